"""What went back and forth about reports since a moment: how much, and the newest of it (R49, R58)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Select, func, select

from include.ixhaus.contract.own import SP_ABGLEICH, SP_EINGANG
from include.ixhaus.contract.reports import SP_NOTIZ
from include.lookup.names import found_under, reports_query
from include.vocabulary import ids
from include.vocabulary.clock import from_utc_column, to_utc_column

_ROW, _INBOX = SP_ABGLEICH.c, SP_EINGANG.c
TAKEN_IN: Final = ("ticket", "comment")
SENT: Final = ("ticket", "post", "comment")


@dataclass(frozen=True)
class Passed:
    """A report or note that went over; `action` is "" for what was taken in, report "" if iX-Haus has it no longer."""

    at: datetime | None
    record_type: str
    action: str
    report: str
    subject: str


@dataclass(frozen=True)
class Way:
    """What went over one way: how many of each record type, and the newest of them."""

    counts: Mapping[str, int]
    newest: list[Passed]

    def count(self, *record_types: str) -> int:
        """Return how many there are of some types."""
        return sum(self.counts.get(one, 0) for one in record_types)


def received(connection: Connection, system: str, since: datetime, shown: int) -> Way:
    """Return what has been taken over from the portal since a (zoned) moment, the newest first."""
    rows = connection.execute(received_query(system, since).limit(shown)).all()
    notes = [erp_id for record_type, erp_id, _ in rows if record_type == "comment"]
    report_of = _pairs(connection, notes_query(notes)) if notes else {}
    numbers = [report_of.get(erp_id, "") if kind == "comment" else erp_id for kind, erp_id, _ in rows]
    subjects = _subjects(connection, numbers)
    newest = [
        Passed(from_utc_column(at), record_type, "", *_known(number, subjects))
        for (record_type, _, at), number in zip(rows, numbers, strict=True)
    ]
    return Way(_counts(connection, received_counts_query(system, since)), newest)


def sent(connection: Connection, system: str, since: datetime, shown: int) -> Way:
    """Return what the portal has said yes to since a (zoned) moment, the newest first."""
    rows = connection.execute(sent_query(system, since).limit(shown)).all()
    tickets = [_ticket(row.record_type, row.external_id, row.parents) for row in rows]
    keys = sorted({base for one in tickets for base in ids.bases(one)})
    came_in = _pairs(connection, origins_query(system, keys)) if keys else {}
    subjects = _subjects(connection, [*keys, *came_in.values()])
    numbers = {number: number for number in subjects}
    newest = [
        Passed(from_utc_column(row.sent_at), row.record_type, row.action or "create",
               *_known(found_under(ticket, numbers, came_in), subjects))
        for row, ticket in zip(rows, tickets, strict=True)
    ]  # fmt: skip
    return Way(_counts(connection, sent_counts_query(system, since)), newest)


def received_query(system: str, since: datetime) -> Select[Any]:
    """Return the query for what was taken over since a moment: record type, key in iX-Haus, time, newest first."""
    found = select(_INBOX.record_type, _INBOX.erp_id, _INBOX.received_at).where(*_taken_in(system, since))
    return found.order_by(_INBOX.received_at.desc(), _INBOX.erp_id)


def received_counts_query(system: str, since: datetime) -> Select[Any]:
    """Return the query for how much was taken over since a moment, by record type."""
    return select(_INBOX.record_type, func.count()).where(*_taken_in(system, since)).group_by(_INBOX.record_type)


def sent_query(system: str, since: datetime) -> Select[Any]:
    """Return the query for what the portal has accepted since a moment, newest first."""
    columns = (_ROW.record_type, _ROW.external_id, _ROW.parents, _ROW.action, _ROW.sent_at)
    found = select(*(column.label(column.key) for column in columns)).where(*_accepted(system, since))
    return found.order_by(_ROW.sent_at.desc(), _ROW.external_id)


def sent_counts_query(system: str, since: datetime) -> Select[Any]:
    """Return the query for how much the portal has accepted since a moment, by record type."""
    return select(_ROW.record_type, func.count()).where(*_accepted(system, since)).group_by(_ROW.record_type)


def notes_query(note_ids: Iterable[str]) -> Select[Any]:
    """Return the query for the reports that notes belong to."""
    return select(SP_NOTIZ.c.note_id, SP_NOTIZ.c.report_nr).where(SP_NOTIZ.c.note_id.in_(list(note_ids)))


def origins_query(system: str, portal_ids: Iterable[str]) -> Select[Any]:
    """Return the query for the numbers of reports that came from the portal, by the portal's ids."""
    mine = (_INBOX.system == system, _INBOX.record_type == "ticket", _INBOX.portal_id.in_(list(portal_ids)))
    return select(_INBOX.portal_id, _INBOX.erp_id).where(*mine, _INBOX.erp_id.is_not(None))


def _taken_in(system: str, since: datetime) -> list[ColumnElement[bool]]:
    """Return what is asked of SP_EINGANG: found by system and record type, the beginning of its key."""
    came_from_there = _INBOX.erp_id.startswith(ids.IMPORTED, autoescape=True)
    of_types = _INBOX.record_type.in_(TAKEN_IN)
    return [_INBOX.system == system, of_types, came_from_there, _INBOX.received_at >= to_utc_column(since)]


def _accepted(system: str, since: datetime) -> list[ColumnElement[bool]]:
    """Return what is asked of SP_ABGLEICH: found by system and record type, the beginning of its key."""
    said_yes = _ROW.outcome == "OK"
    return [_ROW.system == system, _ROW.record_type.in_(SENT), said_yes, _ROW.sent_at >= to_utc_column(since)]


def _ticket(record_type: str, external_id: str, parents: str | None) -> str:
    """Return the id of the ticket or post that a record is, or lies below."""
    above = (parent_id for parent_type, parent_id in ids.read_parents(parents) if parent_type in SENT)
    return next(above, "") if record_type == "comment" else external_id


def _subjects(connection: Connection, numbers: Iterable[str]) -> dict[str, str]:
    wanted = sorted({number for number in numbers if number})
    return _pairs(connection, reports_query(wanted)) if wanted else {}


def _pairs(connection: Connection, query: Select[Any]) -> dict[str, str]:
    return {key: text or "" for key, text in connection.execute(query)}


def _known(number: str, subjects: Mapping[str, str]) -> tuple[str, str]:
    return (number, subjects[number]) if number in subjects else ("", "")


def _counts(connection: Connection, query: Select[Any]) -> dict[str, int]:
    return {record_type: int(number) for record_type, number in connection.execute(query)}
