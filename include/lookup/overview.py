"""All reports with how they stand in the portal and whom they wait for, a page at a time (R1, R49, R50)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Engine

from include.ixhaus.database import read_snapshot
from include.ixhaus.rows import named_rows
from include.lookup.answers import AnswerTime, read_answer_time
from include.lookup.ledger import Sent, sent_of
from include.lookup.listing import (
    PAGE,
    WAITS_FOR,
    WaitsFor,
    Wanted,
    counts_query,
    one_query,
    page_query,
    teams_query,
)
from include.lookup.paging import pages_of
from include.rules.reports.sources import closed_statuses
from include.settings import SystemSettings
from include.vocabulary.state import Origin

WATCHED: Final = ("ticket", "post")
"""What a report is in the portal."""


@dataclass(frozen=True)
class Report:
    """A report as staff see it; times of iX-Haus are local without zone, `last` is the newest transmission.

    waits_for:   whose turn it is: ours, if the last word came from the portal
    waits_since: of ours: when the first word came that has no answer
    """

    number: str
    subject: str
    kind: str
    property_nr: str
    team_nr: str
    erp_status: str
    reported_at: datetime | None
    is_from_portal: bool
    hint: str
    portal_status: str
    portal_reason: str
    portal_changed_at: datetime | None
    portal_changes: tuple[str, ...]
    waits_for: WaitsFor
    waits_since: datetime | None
    last: Sent | None


@dataclass(frozen=True)
class Overview:
    """One page of reports, and what is offered to choose from.

    counts:      (status, reason) → how many there are in the property
    waiting:     for whom → how many of the wanted reports wait, whoever is wanted
    total:       how many are wanted
    teams:       number → name
    answer_time: of all reports, in the last 30 days; None if nothing was answered
    """

    reports: list[Report]
    counts: Mapping[tuple[str, str], int]
    waiting: Mapping[str, int]
    total: int
    teams: Mapping[str, str]
    answer_time: AnswerTime | None

    @property
    def pages(self) -> int:
        """The number of pages, at least one."""
        return pages_of(self.total, PAGE)


def overview(engine: Engine, settings: SystemSettings, wanted: Wanted, now: datetime, page: int = 1) -> Overview:
    """Return one page of the wanted reports, those first that have waited longest for us, then the newest; never more
    than PAGE of them are read.
    """
    system, closed = settings.system, closed_statuses(settings)
    with read_snapshot(engine) as connection:
        counts = connection.execute(counts_query(wanted.property_nr)).all()
        found = named_rows(connection, page_query(system, closed, wanted, now, page))
        # each row says how many there are; where there is none, all that there may be do
        counted = found or named_rows(connection, page_query(system, closed, replace(wanted, waits_for=""), now, 1))
        waiting: dict[str, int] = {
            name: counted[0][f"n{place}"] if counted else 0 for place, name in enumerate(WAITS_FOR)
        }
        return Overview(
            reports=_with_last(connection, system, found),
            counts={(status or "", reason or ""): number for status, reason, number in counts},
            waiting=waiting,
            total=waiting[wanted.waits_for] if wanted.waits_for else sum(waiting.values()),
            teams={number.strip(): name or number for number, name in connection.execute(teams_query())},
            answer_time=read_answer_time(connection, system, now),
        )


def one_report(engine: Engine, settings: SystemSettings, number: str) -> Report | None:
    """Return a single report, None if iX-Haus has none of this number."""
    with read_snapshot(engine) as connection:
        found = named_rows(connection, one_query(settings.system, closed_statuses(settings), number))
        return next(iter(_with_last(connection, settings.system, found)), None)


def _with_last(connection: Connection, system: str, rows: Sequence[Mapping[str, Any]]) -> list[Report]:
    numbers = [row["report_nr"] for row in rows]
    found: dict[str, list[Sent]] = {number: [] for number in numbers}
    for record_type in WATCHED if numbers else ():
        for number, sent in sent_of(connection, system, record_type, numbers).items():
            found[number] += [one for one in sent if one.sent_at]
    last = {number: max(sent, key=lambda one: str(one.sent_at), default=None) for number, sent in found.items()}
    return [_as_report(row, last[row["report_nr"]]) for row in rows]


def _as_report(row: Mapping[str, Any], last: Sent | None) -> Report:
    return Report(
        number=row["report_nr"],
        subject=row["subject"] or "",
        kind=row["name"] or row["report_kind"] or "",
        property_nr=row["property_nr"] or "",
        team_nr=(row["team_nr"] or "").strip(),
        erp_status=row["status"] or "",
        reported_at=row["reported_at"],
        is_from_portal=row["origin"] == Origin.PORTAL,
        hint=row["hint"] or "",
        portal_status=row["portal_status"] or "",
        portal_reason=row["portal_reason"] or "",
        portal_changed_at=row["portal_changed_at"],
        portal_changes=tuple((row["portal_change"] or "").split()),
        waits_for=WAITS_FOR[row["waits_for"]],
        waits_since=row["waits_since"],
        last=last,
    )
