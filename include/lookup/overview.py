"""All reports with how they stand in the portal, a page at a time (R49, R50)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Engine, Select, func, or_, select

from include.ixhaus.contract.reports import SP_MELDUNG, SP_MELDUNGSART
from include.ixhaus.database import read_snapshot
from include.ixhaus.rows import named_rows
from include.lookup.ledger import Sent, sent_of

PAGE: Final = 50
NONE: Final = "-"
"""Asks for reports without a status, or without a reason."""
_REPORT, _KIND = SP_MELDUNG.c, SP_MELDUNGSART.c
_SHOWN: Final = (
    _REPORT.report_nr, _REPORT.subject, _REPORT.report_kind, _KIND.name, _REPORT.property_nr, _REPORT.status,
    _REPORT.reported_at, _REPORT.origin, _REPORT.hint, _REPORT.portal_status, _REPORT.portal_reason,
    _REPORT.portal_changed_at, _REPORT.portal_change,
)  # fmt: skip
WATCHED: Final = ("ticket", "post")
"""What a report is in the portal."""


@dataclass(frozen=True)
class Wanted:
    """Which reports: "" for any; a status of the field Serviceportal, a reason code, or NONE for those without."""

    property_nr: str = ""
    status: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Report:
    """A report as staff see it; times of iX-Haus are local without zone, `last` is the newest transmission."""

    number: str
    subject: str
    kind: str
    property_nr: str
    erp_status: str
    reported_at: datetime | None
    is_from_portal: bool
    hint: str
    portal_status: str
    portal_reason: str
    portal_changed_at: datetime | None
    portal_changes: tuple[str, ...]
    last: Sent | None


@dataclass(frozen=True)
class Overview:
    """One page of reports, how many there are of each (status, reason) in the property, and how many are wanted."""

    reports: list[Report]
    counts: Mapping[tuple[str, str], int]
    total: int

    @property
    def pages(self) -> int:
        """The number of pages, at least one."""
        return max(1, -(-self.total // PAGE))


def overview(engine: Engine, system: str, wanted: Wanted, page: int = 1) -> Overview:
    """Return one page of the wanted reports, newest first; never more than PAGE rows are read."""
    with read_snapshot(engine) as connection:
        rows = connection.execute(counts_query(wanted.property_nr)).all()
        counts = {(status or "", reason or ""): number for status, reason, number in rows}
        found = named_rows(connection, page_query(wanted, page))
        return Overview(_with_last(connection, system, found), counts, _total(counts, wanted))


def one_report(engine: Engine, system: str, number: str) -> Report | None:
    """Return a single report, None if iX-Haus has none of this number."""
    query = _reports().where(_REPORT.report_nr == number)
    with read_snapshot(engine) as connection:
        return next(iter(_with_last(connection, system, named_rows(connection, query))), None)


def page_query(wanted: Wanted, page: int) -> Select[Any]:
    """Return the query for one page of reports."""
    conditions = [
        *_property(wanted.property_nr),
        *_equals(_REPORT.portal_status, wanted.status),
        *_equals(_REPORT.portal_reason, wanted.reason),
    ]
    newest = (_REPORT.reported_at.desc().nulls_last(), _REPORT.report_nr.desc())
    return _reports().where(*conditions).order_by(*newest).limit(PAGE).offset((max(page, 1) - 1) * PAGE)


def counts_query(property_nr: str) -> Select[Any]:
    """Return the query for how many reports there are of each status and reason."""
    groups = (_REPORT.portal_status, _REPORT.portal_reason)
    return select(*groups, func.count()).where(*_property(property_nr)).group_by(*groups)


def _reports() -> Select[Any]:
    return select(*_SHOWN).select_from(SP_MELDUNG).outerjoin(SP_MELDUNGSART, _KIND.report_kind == _REPORT.report_kind)


def _property(number: str) -> list[ColumnElement[bool]]:
    return [_REPORT.property_nr == number] if number else []


def _equals(column: Any, wanted: str) -> list[ColumnElement[bool]]:
    if not wanted:
        return []
    return [or_(column.is_(None), column == "")] if wanted == NONE else [column == wanted]


def _total(counts: Mapping[tuple[str, str], int], wanted: Wanted) -> int:
    status, reason = ("" if one == NONE else one or None for one in (wanted.status, wanted.reason))
    return sum(n for (a, b), n in counts.items() if status in (None, a) and reason in (None, b))


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
        erp_status=row["status"] or "",
        reported_at=row["reported_at"],
        is_from_portal=row["origin"] == "PORTAL",
        hint=row["hint"] or "",
        portal_status=row["portal_status"] or "",
        portal_reason=row["portal_reason"] or "",
        portal_changed_at=row["portal_changed_at"],
        portal_changes=tuple((row["portal_change"] or "").split()),
        last=last,
    )
