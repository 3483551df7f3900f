"""Who has had the last word about each report, worked out by the database from what both sides can read (R1, R44).

A word is a report or note that came from the portal, or a public note of ours that the portal has; the note on an order
(R43) is one too. Internal notes are none, nor are notes that have not arrived. When a word was said is what iX-Haus
says of it, local time: which hour it was in the night in October that has one twice, nobody knows.
"""

from collections.abc import Sequence
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
    union,
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
Numbers = Sequence[str] | Select[Any] | None
"""Of reports, or the query for them; None for all."""


def crossed_query(system: str, since: datetime) -> Select[Any]:
    """Return the query for the notes that the portal has taken since a zoned moment: id there, action, when (UTC)."""
    columns = (_LEDGER.external_id, _LEDGER.action, _LEDGER.acknowledged_at)
    return select(*columns).where(*_held(system), _LEDGER.acknowledged_at >= to_utc_column(since))


def asked_query(note_ids: Sequence[str]) -> Select[Any]:
    """Return the query for the reports of some notes, or notes on orders, about which something came from there."""
    notes = select(_NOTE.report_nr).where(_NOTE.note_id.in_(note_ids))
    orders = select(_ORDER.report_nr).where(ids.order_note(_ORDER.order_nr).in_(note_ids))
    asked = union_all(*_theirs()).subquery("asked")
    found = union(notes, orders).subquery("found")
    return select(found.c.report_nr).where(found.c.report_nr.in_(select(asked.c.report_nr)))


def words_query(system: str, numbers: Sequence[str]) -> Select[Any]:
    """Return the query for all words in some reports: report_nr, note_id (else the report's number), said_at, is_ours
    (1 or 0).
    """
    return _select_all(union_all(*_ours(system, numbers), *_theirs(numbers)).subquery("words"))


def talk_of(system: str, reports: Select[Any]) -> Subquery:
    """Return what reports wait for: report_nr, answered_at (our last word), waits_since (the first word from the portal
    that has no answer of ours behind it); local times, NULL for none.

    reports: the query for their numbers
    """
    words = union_all(*_ours(system, reports), *_theirs(reports)).subquery("words")
    last = func.max(case((words.c.is_ours == 1, words.c.said_at))).over(partition_by=words.c.report_nr)
    said = _select_all(words).add_columns(last.label("answered_at")).subquery("said").c
    is_waiting = and_(said.is_ours == 0, or_(said.answered_at.is_(None), said.said_at > said.answered_at))
    waits_since = func.min(case((is_waiting, said.said_at)))
    found = select(said.report_nr, func.max(said.answered_at).label("answered_at"), waits_since.label("waits_since"))
    return found.group_by(said.report_nr).subquery("talk")


def _select_all(words: Subquery) -> Select[Any]:
    return select(words.c.report_nr, words.c.note_id, words.c.said_at, words.c.is_ours)


def _ours(system: str, reports: Numbers) -> list[Select[Any]]:
    is_ours = and_(_NOTE.is_public == YES, or_(_NOTE.origin.is_(None), _NOTE.origin != Origin.PORTAL))
    order_note = ids.order_note(_ORDER.order_nr)
    note = _word(_NOTE.report_nr, _NOTE.note_id, _NOTE.created_at, _OURS, reports)
    order = _word(_ORDER.report_nr, order_note, _ORDER.ordered_at, _OURS, reports)
    return [note.where(is_ours, _has_crossed(system, _NOTE.note_id)), order.where(_has_crossed(system, order_note))]


def _theirs(reports: Numbers = None) -> list[Select[Any]]:
    note = _word(_NOTE.report_nr, _NOTE.note_id, _NOTE.created_at, _THEIRS, reports)
    report = _word(_REPORT.report_nr, _REPORT.report_nr, _REPORT.reported_at, _THEIRS, reports)
    return [
        note.where(_NOTE.is_public == YES, _NOTE.origin == Origin.PORTAL),
        report.where(_REPORT.origin == Origin.PORTAL),
    ]


def _word(
    report_nr: Column[Any],
    note_id: ColumnElement[Any],
    said_at: Column[Any],
    is_ours: ColumnElement[int],
    reports: Numbers,
) -> Select[Any]:
    columns = {"report_nr": report_nr, "note_id": note_id, "said_at": said_at, "is_ours": is_ours}
    found = select(*(column.label(name) for name, column in columns.items()))
    return found if reports is None else found.where(report_nr.in_(reports))


def _has_crossed(system: str, note_id: ColumnElement[Any]) -> ColumnElement[bool]:
    """Return whether the portal holds a note, under its own id, one with additions, or one that the portal gave it."""
    key = _LEDGER.external_id
    own = select(key).where(*_held(system), key == note_id)
    added = select(key).where(*_held(system), key >= note_id + ids.ADDITION, key < note_id + ids.AFTER_ADDITION)
    mine = (_INBOX.system == system, _INBOX.record_type == "comment", _INBOX.erp_id.is_not(None))
    return or_(own.exists(), added.exists(), note_id.in_(select(_INBOX.erp_id).where(*mine)))


def _held(system: str) -> list[ColumnElement[bool]]:
    return [_LEDGER.system == system, _LEDGER.record_type == "comment", _LEDGER.state.in_(HELD)]
