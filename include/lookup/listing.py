"""Which reports are wanted, and in what order they are shown: the queries, all but a page of them in the database."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from sqlalchemy import ColumnElement, Integer, Select, and_, case, func, literal_column, or_, select, true

from include.ixhaus.contract.own import SP_EINGANG
from include.ixhaus.contract.reports import SP_MELDUNG, SP_MELDUNGSART, SP_NOTIZ, SP_TEAM
from include.lookup.paging import one_page
from include.lookup.talk import talk_of
from include.vocabulary.clock import BERLIN

PAGE: Final = 50
NONE: Final = "-"
"""Asks for reports without a status, without a reason, or without a team."""
NEW_NOTE: Final = "NEUE_NOTIZ"
"""In PORTAL_AENDERUNG until staff save the report: a comment came."""
_REPORT, _KIND, _NOTE, _TEAM, _INBOX = SP_MELDUNG.c, SP_MELDUNGSART.c, SP_NOTIZ.c, SP_TEAM.c, SP_EINGANG.c
_SHOWN: Final = (
    _REPORT.report_nr, _REPORT.subject, _REPORT.report_kind, _KIND.name, _REPORT.property_nr, _REPORT.team_nr,
    _REPORT.status, _REPORT.reported_at, _REPORT.origin, _REPORT.hint, _REPORT.portal_status, _REPORT.portal_reason,
    _REPORT.portal_changed_at, _REPORT.portal_change,
)  # fmt: skip
WaitsFor = Literal["us", "tenant", ""]
WAITS_FOR: Final[tuple[WaitsFor, ...]] = ("", "us", "tenant")
"""Whom a report waits for, by the number that stands for it in the queries."""
_NUMBERS: Final[Mapping[str, ColumnElement[int]]] = {
    name: literal_column(str(number), Integer) for number, name in enumerate(WAITS_FOR)
}


@dataclass(frozen=True)
class Wanted:
    """Which reports: "" for any.

    status:     of the field Serviceportal; NONE for those without, as in `reason` and `team`
    reason:     a code
    team:       a number
    waits_for:  us or tenant
    older_than: days since it was reported; less than 0: no older than so many
    text:       words that must all stand in its number, subject, text, or notes
    is_lacking: only those of which something in the portal could not be taken over
    """

    property_nr: str = ""
    status: str = ""
    reason: str = ""
    team: str = ""
    waits_for: str = ""
    older_than: int = 0
    text: str = ""
    is_lacking: bool = False


def page_query(system: str, closed: Collection[str], wanted: Wanted, now: datetime, page: int) -> Select[Any]:
    """Return the query for one page of reports: those that wait for us, longest first, then the others, newest first.

    Each row also has how many of the reports wait for nobody, us, the tenant, whoever is wanted: n0, n1, n2.

    closed: statuses of iX-Haus with which a report is closed
    """
    words = [_holds(word) for word in wanted.text.split()]
    listed = _reports(system, closed, _conditions(system, wanted, now)).where(*words).cte("listed")
    one = listed.c
    counts = [func.sum(case((one.waits_for == number, 1), else_=0)) for number in range(len(WAITS_FOR))]
    counted = select(*(count.label(f"n{number}") for number, count in enumerate(counts))).subquery("counted")
    waits_longest = case((one.waits_for == _NUMBERS["us"], one.waits_since)).asc().nulls_last()
    in_order = (waits_longest, one.reported_at.desc().nulls_last(), one.report_nr.desc())
    found = select(listed, *counted.c).select_from(listed.join(counted, true()))
    if wanted.waits_for:
        found = found.where(one.waits_for == _NUMBERS[wanted.waits_for])
    return one_page(found.order_by(*in_order), page, PAGE)


def one_query(system: str, closed: Collection[str], number: str) -> Select[Any]:
    """Return the query for one report."""
    return _reports(system, closed, [_REPORT.report_nr == number])


def counts_query(property_nr: str) -> Select[Any]:
    """Return the query for how many reports there are of each status and reason."""
    groups = (_REPORT.portal_status, _REPORT.portal_reason)
    return select(*groups, func.count()).where(*_equals(_REPORT.property_nr, property_nr)).group_by(*groups)


def teams_query() -> Select[Any]:
    """Return the query for the teams: number, name."""
    return select(_TEAM.team_nr, _TEAM.name).order_by(_TEAM.name, _TEAM.team_nr)


def team_counts_query(system: str, closed: Collection[str], numbers: Sequence[str]) -> Select[Any]:
    """Return the query for how many reports of some teams, and of none, wait: team (NONE of none), us, tenant; and of
    how many something in the portal could not be taken over: lacking.
    """
    team = func.trim(_REPORT.team_nr)
    (is_without,) = _equals(team, NONE)
    wanted = _reports(system, closed, [or_(team.in_(numbers), is_without)])
    listed = wanted.add_columns(case((is_without, NONE), else_=team).label("team")).subquery("listed")
    lacking = _lacking(system).distinct().subquery("lacking")
    us, tenant = (func.sum(case((listed.c.waits_for == _NUMBERS[name], 1), else_=0)) for name in ("us", "tenant"))
    counts = (us.label("us"), tenant.label("tenant"), func.count(lacking.c.erp_id).label("lacking"))
    joined = listed.outerjoin(lacking, lacking.c.erp_id == listed.c.report_nr)
    return select(listed.c.team, *counts).select_from(joined).group_by(listed.c.team)


def _lacking(system: str) -> Select[Any]:
    """Return the query for the numbers of reports of which something in the portal could not be taken over."""
    tickets = (_INBOX.system == system, _INBOX.record_type == "ticket")
    return select(_INBOX.erp_id).where(*tickets, _INBOX.reason.is_not(None), _INBOX.erp_id.is_not(None))


def _reports(system: str, closed: Collection[str], conditions: Sequence[ColumnElement[bool]]) -> Select[Any]:
    is_open = or_(_REPORT.status.is_(None), func.trim(_REPORT.status).not_in(closed))
    # whoever closes a report saves it, which clears the column: so this came afterwards (R49)
    is_asked_again = func.coalesce(_REPORT.portal_change, NONE).contains(NEW_NOTE)
    talk = talk_of(system, select(_REPORT.report_nr).where(or_(is_open, is_asked_again), *conditions))
    waits_for = case(
        (talk.c.waits_since.is_not(None), _NUMBERS["us"]),
        (and_(talk.c.answered_at.is_not(None), is_open), _NUMBERS["tenant"]),
        else_=_NUMBERS[""],
    )
    joined = SP_MELDUNG.outerjoin(SP_MELDUNGSART, _KIND.report_kind == _REPORT.report_kind)
    joined = joined.outerjoin(talk, talk.c.report_nr == _REPORT.report_nr)
    shown = select(*_SHOWN, waits_for.label("waits_for"), talk.c.waits_since)
    return shown.select_from(joined).where(*conditions)


def _conditions(system: str, wanted: Wanted, now: datetime) -> list[ColumnElement[bool]]:
    return [
        *_equals(_REPORT.property_nr, wanted.property_nr),
        *_equals(_REPORT.portal_status, wanted.status),
        *_equals(_REPORT.portal_reason, wanted.reason),
        *_equals(func.trim(_REPORT.team_nr), wanted.team),
        *_of_age(wanted.older_than, now),
        *([_REPORT.report_nr.in_(_lacking(system))] if wanted.is_lacking else []),
    ]


def _equals(column: Any, wanted: str) -> list[ColumnElement[bool]]:
    if not wanted:
        return []
    return [or_(column.is_(None), column == "")] if wanted == NONE else [column == wanted]


def _of_age(older_than: int, now: datetime) -> list[ColumnElement[bool]]:
    if not older_than:
        return []
    limit = (now - timedelta(days=abs(older_than))).astimezone(BERLIN).replace(tzinfo=None)
    return [_REPORT.reported_at < limit if older_than > 0 else _REPORT.reported_at >= limit]


def _holds(word: str) -> ColumnElement[bool]:
    """Return whether a report or one of its notes holds a word, in capitals or not."""
    texts = (_REPORT.report_nr, _REPORT.subject, _REPORT.text)
    in_notes = select(_NOTE.report_nr).where(_has(_NOTE.text, word))
    return or_(*(_has(text, word) for text in texts), _REPORT.report_nr.in_(in_notes))


def _has(text: ColumnElement[Any], word: str) -> ColumnElement[bool]:
    return func.lower(text).contains(word.lower(), autoescape=True)
