"""What contacts are to hear of at reports whose kind says that unregistered ones get e-mails (R42, E53, E54).

Three things are events: a report has come into the portal, it is completed or cancelled, a public note has come into
the portal. Only individual reports have a contact who hears of them: a property report names nobody (R41), and who
lives in a property is not known here. A report that is not in the portal only because its reporter is not (O7:
NO_PORTAL_CONTACT) counts as well, without its notes.

What is met here for the first time, but has not just happened, is remembered and told to nobody: everything that was
there before the first run, before a property was released (E54), or before the flag was set.
"""

from collections.abc import Mapping
from typing import Final

import pandas as pd
from pandas import DataFrame, Series

from include.columns.keys import occurs, positions, taken
from include.rules.contacts import mail_addresses
from include.rules.identity import identify, people_of
from include.rules.reports.audience import read_marks
from include.rules.reports.ledger import of_type
from include.rules.reports.sources import kinds_of
from include.rules.reports.texts import title_of
from include.rules.values import cleaned, keyed, utc
from include.vocabulary import ids
from include.vocabulary.decision import Decision
from include.vocabulary.state import EmailState, State

OPENED: Final = "opened"
CLOSED: Final = "closed"
NOTE: Final = "note"


def concerned(reports: DataFrame, tickets: DataFrame, ledger: DataFrame) -> DataFrame:
    """Return the reports of whose events a contact may hear by e-mail.

    reports: see classification.shown
    tickets: external_id, hash: what was decided in this run
    ledger:  record_type, external_id, state, hash, identity, acknowledged_at (ISO text, UTC) of tickets as of now
    returns: the columns of reports, and is_ticket, is_there (the portal holds it), is_current (and as decided last),
             is_first (it belongs to what its property began with); numbered from 0
    """
    is_ticket = reports["as_what"] == "individual"
    is_without = (reports["decision"] == Decision.REMOVE) & (reports["reason"] == "NO_PORTAL_CONTACT")
    chosen = reports["notifies_unregistered"] & reports["contact_id"].notna() & (is_ticket | is_without)
    mine = reports[chosen].reset_index(drop=True)
    held = of_type(ledger, "ticket")
    held = taken(held, positions(mine["external_id"], held["external_id"]))
    wanted = taken(tickets[["hash"]], positions(mine["external_id"], tickets["external_id"]))["hash"]
    is_ticket = mine["as_what"] == "individual"
    is_there = is_ticket & (held["state"] == State.PRESENT).fillna(False)
    return mine.assign(
        is_ticket=is_ticket,
        is_there=is_there,
        is_current=is_there & (held["hash"] == wanted).fillna(False),
        is_first=read_marks(held)["is_first"].where(is_ticket, mine["is_first_export"]),
    )


def events(
    concerned: DataFrame, comments: DataFrame, created: DataFrame, told: DataFrame, since: pd.Timestamp
) -> DataFrame:
    """Return what a contact is to hear of, and what is to be remembered as old.

    concerned: see `concerned`
    comments:  external_id, decision, parents, changed_at (UTC): what was decided in this run
    created:   record_type, external_id of the tickets and comments that the portal has got since `since`
    told:      event, state (see EmailState), about, at
               (UTC)
    since:     when events were last looked for (UTC)
    returns:   event (its key in SP_EMAIL), report_nr, contact_id, what (OPENED, CLOSED, NOTE), about (the note's
               comment, else ""), state (of `told`, "" if unknown), is_news (bool)
    """
    found = concerned.assign(**{what: _keys(concerned["report_nr"], what, concerned) for what in (OPENED, CLOSED)})
    opened = taken(told[["state", "at"]], positions(found[OPENED], told["event"]))
    is_waiting = occurs(found[CLOSED], told.loc[told["state"] == EmailState.WAITING, "event"])
    found = found.assign(was_opened=opened["state"].notna(), opened_at=opened["at"], end_waits=is_waiting)
    parts = [_opened(found, created, since), _closed(found), _notes(found, comments, created, told)]
    rows = pd.concat(parts, ignore_index=True)
    state = taken(told[["state"]], positions(rows["event"], told["event"]))["state"].fillna("")
    return rows.assign(state=state, is_news=rows["is_news"].astype(bool))


def reopened(concerned: DataFrame, told: DataFrame) -> list[str]:
    """Return the events of reports that were closed and are open again: their next end is another event (E40)."""
    is_open = ~concerned["is_closed"] & (concerned["is_current"] | ~concerned["is_ticket"])
    closed = _keys(concerned["report_nr"], CLOSED, concerned)[is_open]
    dealt_with = told.loc[~told["state"].isin([EmailState.WAITING, EmailState.UNDONE]), "event"]
    return closed[occurs(closed, dealt_with)].tolist()


def emails_of(views: Mapping[str, DataFrame], known: DataFrame) -> DataFrame:
    """Return external_id and email (missing: none) of every contact; views and known as of reports.decide."""
    people = people_of(views)
    identified, _ = identify(people, of_type(known, "contact"))
    return DataFrame({"external_id": identified["external_id"], "email": mail_addresses(people)})


def titles_of(views: Mapping[str, DataFrame], numbers: Series) -> dict[str, str]:
    """Return report number → title, as the portal shows it."""
    reports = keyed(views["reports"], ["report_nr", "report_kind"])
    reports = cleaned(reports[occurs(reports["report_nr"], numbers)].reset_index(drop=True), ["subject"])
    kinds = kinds_of(views["report_kinds"])
    kind = taken(kinds, positions(reports["report_kind"], kinds["report_kind"]))
    return dict(zip(reports["report_nr"], title_of(reports.assign(kind_name=kind["name"])), strict=True))


def _opened(found: DataFrame, created: DataFrame, since: pd.Timestamp) -> DataFrame:
    is_new = occurs(found["external_id"], of_type(created, "ticket")["external_id"])
    is_fresh = (utc(found["changed_at"]) >= since).fillna(False) & ~found["is_closed"]
    is_news = is_new.where(found["is_ticket"], is_fresh) & ~found["is_first"]
    return _rows(found, OPENED, is_news, found["is_there"] | ~found["is_ticket"])


def _closed(found: DataFrame) -> DataFrame:
    """Return what has ended; it is news only to those for whom it had begun."""
    is_over = found["is_closed"] & (found["is_current"] | found["end_waits"] | ~found["is_ticket"])
    return _rows(found, CLOSED, found["was_opened"], is_over)


def _rows(found: DataFrame, what: str, is_news: "Series[bool]", exists: "Series[bool]") -> DataFrame:
    columns = found[["report_nr", "contact_id"]].assign(event=found[what], what=what, about="", is_news=is_news)
    return columns[exists].astype({"what": "str", "about": "str"})


def _notes(found: DataFrame, comments: DataFrame, created: DataFrame, told: DataFrame) -> DataFrame:
    """Return the notes that came into the portal; one from before a first export was over is no news (E54)."""
    waiting = told.loc[told["state"] == EmailState.WAITING, "about"]
    news = pd.concat([of_type(created, "comment")["external_id"], waiting])
    is_sent = comments["decision"] == Decision.SEND
    notes = comments[is_sent & occurs(comments["external_id"], news)].reset_index(drop=True)
    tickets = found[found["is_ticket"]].reset_index(drop=True)
    parent = notes["parents"].str.extract(ids.parent_pattern("ticket"))[0].astype("str")
    row = positions(parent, tickets["external_id"])
    notes, of = notes[row >= 0].reset_index(drop=True), taken(tickets, row[row >= 0])
    is_later = of["was_opened"] & (notes["changed_at"] > of["opened_at"]).fillna(False)
    return DataFrame(
        {
            "report_nr": of["report_nr"],
            "contact_id": of["contact_id"],
            "event": _keys(notes["external_id"], NOTE, of),
            "what": Series(NOTE, index=notes.index, dtype="str"),
            "about": notes["external_id"],
            "is_news": ~of["is_first"].astype(bool) | is_later,
        }
    )


def _keys(records: Series, what: str, contacts: DataFrame) -> Series:
    """Return the events' keys: what happened to which record, and for whom."""
    keys = [ids.event(record, what, contact) for record, contact in zip(records, contacts["contact_id"], strict=True)]
    return Series(keys, index=records.index, dtype="str")
