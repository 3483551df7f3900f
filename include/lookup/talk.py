"""Who has had the last word about each report, worked out by the database from what both sides can read (R1, R44).

A word is a report or note that came from the portal, or a public note of ours that the portal has; the note on an order
(R43) is one too. Internal notes are none, nor are notes that have not arrived. When a word was said is what iX-Haus
says of it, local time: which hour it was in the night in October that has one twice, nobody knows.
"""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    Column,
    ColumnElement,
    Integer,
    Select,
    Subquery,
    and_,
    case,
    func,
    literal_column,
    or_,
    select,
    union_all,
)

from include.ixhaus.contract import YES
from include.ixhaus.contract.own import SP_ABGLEICH, SP_EINGANG
from include.ixhaus.contract.reports import SP_BEAUFTRAGUNG, SP_MELDUNG, SP_NOTIZ
from include.vocabulary import ids
from include.vocabulary.clock import to_utc_column
from include.vocabulary.state import HELD, Origin

_LEDGER, _INBOX = SP_ABGLEICH.c, SP_EINGANG.c
_NOTE, _ORDER, _REPORT = SP_NOTIZ.c, SP_BEAUFTRAGUNG.c, SP_MELDUNG.c
_OURS: Final = literal_column("1", Integer)
_THEIRS: Final = literal_column("0", Integer)


def lately_query(system: str, since: datetime) -> Select[Any]:
    """Return the query for all words in reports of which the portal has taken a note of ours since a zoned moment:
    report_nr, note_id (of a note, else the report's number), said_at, is_ours (1 or 0).
    """
    answered = union_all(*_ours(system, since)).subquery("answered")
    words = _words(system)
    return _select_all(words).where(words.c.report_nr.in_(select(answered.c.report_nr)))


def crossed_query(system: str, since: datetime) -> Select[Any]:
    """Return the query for the notes that the portal has taken since a zoned moment: id there, action, when (UTC)."""
    columns = (_LEDGER.external_id, _LEDGER.action, _LEDGER.acknowledged_at)
    return select(*columns).where(*_held(system), _LEDGER.acknowledged_at >= to_utc_column(since))


def talk_of(system: str) -> Subquery:
    """Return what reports wait for: report_nr, answered_at (our last word), waits_since (the first word from the portal
    that has no answer of ours behind it); local times, NULL for none.
    """
    words = _words(system)
    is_ours = words.c.is_ours == 1
    last = func.max(case((is_ours, words.c.said_at))).over(partition_by=words.c.report_nr)
    said = _select_all(words).add_columns(last.label("answered_at")).subquery("said").c
    is_waiting = and_(said.is_ours == 0, or_(said.answered_at.is_(None), said.said_at > said.answered_at))
    waits_since = func.min(case((is_waiting, said.said_at)))
    found = select(said.report_nr, func.max(said.answered_at).label("answered_at"), waits_since.label("waits_since"))
    return found.group_by(said.report_nr).subquery("talk")


def _select_all(words: Subquery) -> Select[Any]:
    return select(words.c.report_nr, words.c.note_id, words.c.said_at, words.c.is_ours)


def _words(system: str) -> Subquery:
    return union_all(*_ours(system), *_theirs()).subquery("words")


def _ours(system: str, since: datetime | None = None) -> list[Select[Any]]:
    is_ours = and_(_NOTE.is_public == YES, or_(_NOTE.origin.is_(None), _NOTE.origin != Origin.PORTAL))
    order_note = ids.order_note(_ORDER.order_nr)
    return [
        _word(_NOTE.report_nr, _NOTE.note_id, _NOTE.created_at, _OURS).where(
            is_ours, _has_crossed(system, _NOTE.note_id, since)
        ),
        _word(_ORDER.report_nr, order_note, _ORDER.ordered_at, _OURS).where(_has_crossed(system, order_note, since)),
    ]


def _theirs() -> list[Select[Any]]:
    note = _word(_NOTE.report_nr, _NOTE.note_id, _NOTE.created_at, _THEIRS)
    report = _word(_REPORT.report_nr, _REPORT.report_nr, _REPORT.reported_at, _THEIRS)
    return [
        note.where(_NOTE.is_public == YES, _NOTE.origin == Origin.PORTAL),
        report.where(_REPORT.origin == Origin.PORTAL),
    ]


def _word(
    report_nr: Column[Any], note_id: ColumnElement[Any], said_at: Column[Any], is_ours: ColumnElement[int]
) -> Select[Any]:
    return select(
        report_nr.label("report_nr"), note_id.label("note_id"), said_at.label("said_at"), is_ours.label("is_ours")
    )


def _has_crossed(system: str, note_id: ColumnElement[Any], since: datetime | None) -> ColumnElement[bool]:
    """Return whether the portal holds a note, under its own id, one with additions, or one that the portal gave it."""
    mine = [*_held(system), *([_LEDGER.acknowledged_at >= to_utc_column(since)] if since else [])]
    key = _LEDGER.external_id
    own = select(key).where(*mine, key == note_id)
    added = select(key).where(*mine, key >= note_id + ids.ADDITION, key < note_id + ids.AFTER_ADDITION)
    came_back = select(_INBOX.erp_id).where(_INBOX.system == system, _INBOX.record_type == "comment")
    if since:
        came_back = came_back.where(_INBOX.received_at >= to_utc_column(since))
    return or_(own.exists(), added.exists(), note_id.in_(came_back.where(_INBOX.erp_id.is_not(None))))


def _held(system: str) -> list[ColumnElement[bool]]:
    return [_LEDGER.system == system, _LEDGER.record_type == "comment", _LEDGER.state.in_(HELD)]
