"""The reports with everything that decides about them: kind, status, reporter, what the portal knows of each."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final, NamedTuple

import pandas as pd
from pandas import DataFrame, Series

from include.columns.keys import Rows, occurs, positions, taken
from include.rules.frames import KIND_FLAGS
from include.rules.identity import contacts_of, people_of
from include.rules.offices import is_licensed
from include.rules.reports.audience import read_marks
from include.rules.reports.ledger import base_ids, families, inbox_of, of_type
from include.rules.values import cleaned, is_released, is_true, keyed
from include.settings import SystemSettings
from include.vocabulary.state import MAYBE_HELD, State

OPEN: Final = "OPEN"
CLOSED: Final = "CLOSED"
_KIND_TEXTS: Final = ("name", "category", "description", "note_template")
_TEXTS: Final = (
    "subject", "text", "report_kind", "status", "reporter_person", "reporter_partner", "property_nr", "unit_nr",
    "team_nr", "origin",
)  # fmt: skip


TEAM_LICENCE: Final = "Komfortpaket"


class Sources(NamedTuple):
    """What every decision about reports is made from: see frames.SOURCES; reports are numbered from 0."""

    reports: DataFrame
    tickets: DataFrame
    posts: DataFrame


def kinds_of(report_kinds: DataFrame) -> DataFrame:
    """Return the catalogue of report kinds with clean texts and flags that are True or False.

    returns: frames.KINDS
    """
    kinds = cleaned(keyed(report_kinds, ["report_kind"]), _KIND_TEXTS)
    return kinds.assign(**{name: is_true(kinds[name]) for name in KIND_FLAGS})


def gather(views: Mapping[str, DataFrame], known: DataFrame, settings: SystemSettings, today: date) -> Sources:
    """Put together what decides about reports; for views and today see decide.

    known: frames.LEDGER
    """
    reports = cleaned(keyed(views["reports"], ["report_nr"]), _TEXTS)
    kinds = kinds_of(views["report_kinds"])
    of_kind = taken(kinds, positions(reports["report_kind"], kinds["report_kind"]))
    contacts = contacts_of(
        people_of(views), of_type(known, "contact"), reports["reporter_person"], reports["reporter_partner"]
    )
    inbox = inbox_of(views["inbox"], "ticket")
    reports = reports.assign(
        **{name: is_true(of_kind[name]) for name in KIND_FLAGS},
        kind_name=of_kind["name"],
        note_template=of_kind["note_template"],
        **states_of(reports["status"], settings),
        is_in_range=is_released(reports["property_nr"], settings),
        is_full_history=_in_full_history(reports["property_nr"], settings),
        is_team_released=of_released_team(reports["team_nr"], views["teams"], _chosen_teams(views, settings, today)),
        contact_id=contacts["external_id"],
        is_user=contacts["state"] == State.PRESENT,
        is_doubled=reports["report_nr"].duplicated(keep=False),
        ticket_id=base_ids(reports["report_nr"], inbox),
    )
    tickets = _tickets(of_type(known, "ticket"), reports, inbox)
    posts = of_type(known, "post")
    posts = _rows_of(posts, families(posts["external_id"], reports["report_nr"]))
    return Sources(reports.assign(**_history(reports, tickets, posts, known, inbox)), tickets, posts)


def portal_state(status: str | None, settings: SystemSettings) -> str:
    """Return the status that the ticket of a report with this status has in the portal (OPEN, IN_PROGRESS, CLOSED)."""
    column = cleaned(DataFrame({"status": [status]}, dtype="str"), ["status"])["status"]
    return str(states_of(column, settings)["portal_state"].iloc[0])


def states_of(status: Series, settings: SystemSettings) -> dict[str, Series]:
    """Return portal_state, is_closed and has_unknown_status (bool) of reports by their status in iX-Haus; one that the
    settings do not name counts as open (O6).
    """
    portal_state = status.map(settings.report_statuses).astype("str")
    is_closed = status.isin(closed_statuses(settings))
    return {
        "portal_state": portal_state.mask(is_closed, CLOSED).fillna(OPEN),
        "is_closed": is_closed,
        "has_unknown_status": portal_state.isna() & ~is_closed,
    }


def closed_statuses(settings: SystemSettings) -> list[str]:
    """Return the statuses of iX-Haus with which a report is closed (O6)."""
    mapped = [name for name, state in settings.report_statuses.items() if state == CLOSED]
    return sorted({*settings.closing_statuses, *mapped})


def _in_full_history(numbers: Series, settings: SystemSettings) -> "Series[bool]":
    return numbers.isin([nr for nr in numbers.dropna().unique() if nr in settings.properties_full_history])


def of_released_team(team_nr: Series, teams: DataFrame, chosen: Sequence[str]) -> "Series[bool]":
    """Return which reports belong to no team or to a chosen one, by number or name; no choice is all (R37)."""
    if not chosen:
        return Series(True, index=team_nr.index)
    named = teams["name"].isin(chosen) | teams["team_nr"].isin(chosen)
    return team_nr.isna() | team_nr.isin([*chosen, *teams.loc[named, "team_nr"]])


def _chosen_teams(views: Mapping[str, DataFrame], settings: SystemSettings, today: date) -> Sequence[str]:
    """Return the teams to choose by; without the licence for that there is no choice (R12)."""
    return settings.user_teams if is_licensed(views["licences"], TEAM_LICENCE, today) else ()


def _rows_of(ledger: DataFrame, family: Rows) -> DataFrame:
    rows = ledger.assign(report=family)
    rows = rows[rows["report"] >= 0].reset_index(drop=True)
    return rows[["report", "external_id", "state"]].join(read_marks(rows))


def _tickets(ledger: DataFrame, reports: DataFrame, inbox: DataFrame) -> DataFrame:
    """Return the ledger's tickets and those from the portal that the ledger does not know."""
    came_in = reports.loc[occurs(reports["ticket_id"], inbox["portal_id"]), "ticket_id"]
    unknown = came_in[~occurs(came_in, ledger["external_id"])]
    added = DataFrame({"external_id": unknown.to_numpy(), "state": State.PRESENT.value}).astype("str")
    rows = pd.concat([ledger, added], ignore_index=True) if len(added) else ledger
    return _rows_of(rows, families(rows["external_id"], reports["ticket_id"]))


def _history(
    reports: DataFrame, tickets: DataFrame, posts: DataFrame, known: DataFrame, inbox: DataFrame
) -> dict[str, "Series[bool]"]:
    columns = ["report", "state", "is_first", "audience"]
    both = pd.concat([tickets[columns], posts[columns]])
    is_new, is_gone = both["state"] == State.NEW, both["state"] == State.REMOVED
    row = Series(reports.index, index=reports.index)
    # withdrawn under one id and not yet there under the next: the portal knows it all the same
    is_changing = row.isin(both.loc[is_new, "report"]) & row.isin(both.loc[is_gone, "report"])
    is_under_way = both["is_first"] & both["state"].isin([State.NEW, State.PENDING])
    return {
        "is_held": row.isin(both.loc[both["state"].isin(MAYBE_HELD), "report"]) | is_changing,
        "was_known": row.isin(both.loc[~is_new, "report"]),
        "was_sent": row.isin(both.loc[~is_new & (both["audience"] != ""), "report"]),
        "was_posted": row.isin(posts.loc[posts["state"] != State.NEW, "report"]),
        "is_first_export": ~reports["property_nr"].isin(_exported_properties(known, inbox))
        | row.isin(both.loc[is_under_way, "report"]),
    }


def _exported_properties(known: DataFrame, inbox: DataFrame) -> list[str]:
    """Return the properties of which reports have gone out before (O25): not what a first export that was interrupted
    has only planned (E54), nor what came from the portal.
    """
    sent = known[known["record_type"].isin(["ticket", "post"]) & ~occurs(known["external_id"], inbox["portal_id"])]
    is_planned = read_marks(sent)["is_first"] & sent["state"].isin([State.NEW, State.PENDING])
    return sorted({number for text in sent.loc[~is_planned, "properties"].dropna() for number in text.split()})
