"""Which reports are wanted, and in what order they are shown: the queries, all but a page of them in the database."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Integer, Select, and_, case, func, literal_column, or_, select

from include.ixhaus.contract.reports import SP_MELDUNG, SP_MELDUNGSART, SP_NOTIZ, SP_TEAM
from include.lookup.talk import talk_of
from include.vocabulary.clock import BERLIN

PAGE: Final = 50
NONE: Final = "-"
"""Asks for reports without a status, without a reason, or without a team."""
NEW_NOTE: Final = "NEUE_NOTIZ"
"""In PORTAL_AENDERUNG until staff save the report: a comment came."""
_REPORT, _KIND, _NOTE, _TEAM = SP_MELDUNG.c, SP_MELDUNGSART.c, SP_NOTIZ.c, SP_TEAM.c
_SHOWN: Final = (
    _REPORT.report_nr, _REPORT.subject, _REPORT.report_kind, _KIND.name, _REPORT.property_nr, _REPORT.team_nr,
    _REPORT.status, _REPORT.reported_at, _REPORT.origin, _REPORT.hint, _REPORT.portal_status, _REPORT.portal_reason,
    _REPORT.portal_changed_at, _REPORT.portal_change,
)  # fmt: skip
_NOBODY, _US, _TENANT = (literal_column(str(number), Integer) for number in range(3))
_WAITS_FOR: Final = {"us": _US, "tenant": _TENANT}


@dataclass(frozen=True)
class Wanted:
    """Which reports: "" for any.

    status:     of the field Serviceportal; NONE for those without, as in `reason` and `team`
    reason:     a code
    team:       a number
    waits_for:  us or tenant
    older_than: days since it was reported; less than 0: no older than so many
    text:       words that must all stand in its number, subject, text, or notes
    """

    property_nr: str = ""
    status: str = ""
    reason: str = ""
    team: str = ""
    waits_for: str = ""
    older_than: int = 0
    text: str = ""


def page_query(system: str, closed: Collection[str], wanted: Wanted, now: datetime, page: int) -> Select[Any]:
    """Return the query for one page of reports: those that wait for us, longest first, then the others, newest first.

    closed: statuses of iX-Haus with which a report is closed
    """
    found = _reports(system, closed)
    columns = found.selected_columns
    waits_longest = case((columns.waits_for == _US, columns.waits_since)).asc().nulls_last()
    newest = (_REPORT.reported_at.desc().nulls_last(), _REPORT.report_nr.desc())
    is_wanted = [*_conditions(wanted, now), *_waiting_for(columns.waits_for, wanted.waits_for)]
    return found.where(*is_wanted).order_by(waits_longest, *newest).limit(PAGE).offset((max(page, 1) - 1) * PAGE)


def waiting_query(system: str, closed: Collection[str], wanted: Wanted, now: datetime) -> Select[Any]:
    """Return the query for how many of the wanted reports wait for whom (0 nobody, 1 us, 2 the tenant), whoever is
    wanted.
    """
    found = _reports(system, closed).where(*_conditions(wanted, now)).subquery().c
    return select(found.waits_for, func.count()).group_by(found.waits_for)


def one_query(system: str, closed: Collection[str], number: str) -> Select[Any]:
    """Return the query for one report."""
    return _reports(system, closed).where(_REPORT.report_nr == number)


def counts_query(property_nr: str) -> Select[Any]:
    """Return the query for how many reports there are of each status and reason."""
    groups = (_REPORT.portal_status, _REPORT.portal_reason)
    return select(*groups, func.count()).where(*_equals(_REPORT.property_nr, property_nr)).group_by(*groups)


def teams_query() -> Select[Any]:
    """Return the query for the teams: number, name."""
    return select(_TEAM.team_nr, _TEAM.name).order_by(_TEAM.name, _TEAM.team_nr)


def _reports(system: str, closed: Collection[str]) -> Select[Any]:
    talk = talk_of(system)
    is_open = or_(_REPORT.status.is_(None), func.trim(_REPORT.status).not_in(closed))
    # whoever closes a report saves it, which clears the column: so this came afterwards (R49)
    is_asked_again = func.coalesce(_REPORT.portal_change, NONE).contains(NEW_NOTE)
    waits_for = case(
        (and_(talk.c.waits_since.is_not(None), or_(is_open, is_asked_again)), _US),
        (and_(talk.c.waits_since.is_(None), talk.c.answered_at.is_not(None), is_open), _TENANT),
        else_=_NOBODY,
    )
    joined = SP_MELDUNG.outerjoin(SP_MELDUNGSART, _KIND.report_kind == _REPORT.report_kind)
    joined = joined.outerjoin(talk, talk.c.report_nr == _REPORT.report_nr)
    return select(*_SHOWN, waits_for.label("waits_for"), talk.c.waits_since).select_from(joined)


def _conditions(wanted: Wanted, now: datetime) -> list[ColumnElement[bool]]:
    return [
        *_equals(_REPORT.property_nr, wanted.property_nr),
        *_equals(_REPORT.portal_status, wanted.status),
        *_equals(_REPORT.portal_reason, wanted.reason),
        *_equals(func.trim(_REPORT.team_nr), wanted.team),
        *_of_age(wanted.older_than, now),
        *(_holds(word) for word in wanted.text.split()),
    ]


def _equals(column: Any, wanted: str) -> list[ColumnElement[bool]]:
    if not wanted:
        return []
    return [or_(column.is_(None), column == "")] if wanted == NONE else [column == wanted]


def _waiting_for(column: ColumnElement[int], wanted: str) -> list[ColumnElement[bool]]:
    return [column == _WAITS_FOR[wanted]] if wanted else []


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
