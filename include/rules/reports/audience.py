"""For whom a ticket was sent, so that nobody ever sees what was written for somebody else (E43).

A ticket that changes its audience, because its kind becomes that of a property report or back, or because it gets
another reporter, is withdrawn and comes again under another id. The ledger's `identity` of a ticket remembers:

    <audience>[ first][ <since>]     audience: a contact's id, or that of everybody in a property (ids.everybody);
                                               missing for what came from the portal
                                     first:    it went out with its property's first export (O25, E54)
                                     since:    from when (UTC) this audience has seen it; only where there was another

`since` is kept because the ledger's acknowledged_at moves on with every change of the ticket.
"""

from typing import Final

import pandas as pd
from pandas import DataFrame, Series

from include.columns.keys import occurs, positions, taken
from include.vocabulary import ids
from include.vocabulary.state import MAYBE_HELD, State

_IDENTITY: Final = r"^(?P<audience>.*?)(?P<first> first)?(?: (?P<since>\d{8}T\d{6}))?$"
_MOMENT: Final = "%Y%m%dT%H%M%S"


def read_marks(ledger: DataFrame) -> DataFrame:
    """Return what the identity of each ticket or post says.

    ledger:  frames.LEDGER
    returns: frames.MARKS
    """
    marks = ledger["identity"].astype("str").fillna("").str.extract(_IDENTITY)
    acknowledged = pd.to_datetime(ledger["acknowledged_at"], format="ISO8601").astype("datetime64[us]")
    since = pd.to_datetime(marks["since"], format=_MOMENT).astype("datetime64[us]").fillna(acknowledged.dt.floor("s"))
    return DataFrame(
        {
            "audience": marks["audience"].fillna(""),
            "is_first": marks["first"].notna(),
            "since": since.where(ledger["state"] == State.PRESENT),
        }
    )


def is_public(audience: Series) -> "Series[bool]":
    """Return where the audience is everybody in a property."""
    return audience.str.startswith(ids.PUBLIC).fillna(False).astype(bool)


def write_marks(audience: Series, is_first: "Series[bool]", since: Series) -> Series:
    """Return the identity to remember; a missing audience makes none."""
    first = Series("", index=audience.index, dtype="str").mask(is_first, " first")
    moment = (" " + since.dt.strftime(_MOMENT).astype("str")).fillna("")
    marks: Series = (audience + first + moment).fillna("")
    return marks


def audience_in_portal(listed: DataFrame) -> Series:
    """Return for whom tickets are that the portal lists, as the ledger remembers it; missing where nobody can say.

    listed: frames.LISTED
    """
    contact, house = (listed[name].astype("str") for name in ("contact_id", "property_id"))
    for_all = ids.everybody(house).where(contact.isna() & listed["unit_id"].isna())
    return contact.fillna(for_all)


def audiences(reports: DataFrame, as_what: Series) -> Series:
    """Return for whom each report is as a ticket: its contact, or all of its property; missing if it is no ticket.

    reports: frames.REPORTS
    """
    for_all = ids.everybody(reports["property_nr"])
    return reports["contact_id"].where(as_what == "individual").mask(as_what == "property", for_all)


def tickets_for(reports: DataFrame, tickets: DataFrame, audience: Series) -> DataFrame:
    """Return under which id each report is a ticket for its audience.

    reports:  frames.REPORTS
    tickets:  frames.REMEMBERED
    audience: a contact's id or a property; missing for a report that does not go out as a ticket
    returns:  frames.TICKET_IDS
    """
    wanted = audience.reindex(tickets["report"]).reset_index(drop=True)
    # what came from the portal is its reporter's; once withdrawn, nobody knows any more whose it was
    is_reporters = (tickets["audience"] == "") & (tickets["state"] != State.REMOVED) & ~is_public(wanted)
    is_same = (tickets["audience"] == wanted) | is_reporters
    fitting = tickets[(is_same | wanted.isna()).fillna(False).astype(bool)]
    ranks = fitting["state"].map({**dict.fromkeys(MAYBE_HELD, 0), State.REMOVED: 1}).fillna(2)
    best = fitting.assign(rank=ranks).sort_values(["report", "rank", "external_id"], kind="stable")
    best = best.drop_duplicates("report")
    chosen = taken(best, positions(Series(reports.index), best["report"]))
    external_ids = chosen["external_id"].fillna(_new_ids(reports, tickets, audience))
    others = tickets[tickets["external_id"] != external_ids.reindex(tickets["report"]).reset_index(drop=True)]
    return DataFrame(
        {
            "external_id": external_ids,
            "state": chosen["state"].fillna(""),
            "audience": chosen["audience"].fillna(""),
            "since": chosen["since"],
            "has_history": Series(reports.index).isin(others["report"]),
        }
    )


def _new_ids(reports: DataFrame, tickets: DataFrame, audience: Series) -> Series:
    """Return the id of a ticket not sent before: the report's own, with an addition if that was somebody else's."""
    own, for_all = reports["ticket_id"], is_public(audience)
    other = ids.extended(own, audience).mask(for_all, ids.extended(own, ids.EVERYBODY))
    again = ids.extended(other, audience.str.removeprefix(ids.PUBLIC))
    second = ids.extended(other, ids.TWICE).mask(for_all, again)
    other = other.mask(occurs(other, tickets["external_id"]), second)
    is_other = Series(reports.index).isin(tickets["report"]) & audience.notna()
    return other.where(is_other, own)
