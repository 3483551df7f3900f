"""What happened to one report, its notes and files, in both directions, newest first (R49, R50, R58)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Literal

from sqlalchemy import Connection, Engine, Select, or_, select

from include.ixhaus.contract.own import SP_ABGLEICH
from include.ixhaus.contract.reports import SP_ANHANG, SP_BEAUFTRAGUNG, SP_NOTIZ
from include.ixhaus.database import read_snapshot
from include.lookup.ledger import Sent, inbox_query, ledger_query, parts, rows_sent, sent_of
from include.rules.reports.commissioning import PREFIX
from include.vocabulary.clock import from_utc_column

_ROW, _NOTE, _FILE, _ORDER = SP_ABGLEICH.c, SP_NOTIZ.c, SP_ANHANG.c, SP_BEAUFTRAGUNG.c
_LONG_AGO: Final = datetime(1, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Event:
    """Something that came from the portal or went there.

    at:          UTC; None if it was never sent
    direction:   in: imported into iX-Haus; out: sent to the portal
    record_type: ticket, post, comment or attachment
    number:      key in iX-Haus of the report, note, order or file; "" if it is no longer there
    action:      received; create, update, remove, or "" for a create whose outcome is not known yet; acknowledged: what
                 the portal said yes to before the last transmission
    outcome:     OK, a reason code, or "" if there is no answer
    """

    at: datetime | None
    direction: Literal["in", "out"]
    record_type: str
    number: str
    external_id: str
    action: str
    outcome: str
    http_status: int | None = None
    run: str = ""


def history(engine: Engine, system: str, number: str) -> list[Event]:
    """Return what happened to a report, newest first.

    Of each record the ledger knows the last transmission, and the last one that was acknowledged if that was another.
    """
    with read_snapshot(engine) as connection:
        keys = _keys(connection, number)
        events = [event for kind, numbers in keys.items() for event in _received(connection, system, kind, numbers)]
        outgoing = _outgoing(connection, system, keys)
    events += [event for erp_key, sent in outgoing for event in _transmissions(erp_key, sent)]
    return sorted(events, key=lambda event: (event.at or _LONG_AGO, event.record_type, event.number), reverse=True)


def notes_query(number: str) -> Select[Any]:
    """Return the query for the keys of a report's notes."""
    return select(_NOTE.note_id).where(_NOTE.report_nr == number)


def orders_query(number: str) -> Select[Any]:
    """Return the query for the numbers of a report's orders."""
    return select(_ORDER.order_nr).where(_ORDER.report_nr == number)


def files_query(number: str) -> Select[Any]:
    """Return the query for the keys of a report's files and of those of its notes."""
    return select(_FILE.file_id).where(
        or_(_FILE.report_nr == number, _FILE.note_id.in_(notes_query(number).scalar_subquery()))
    )


def children_query(system: str, ticket_id: str) -> Select[Any]:
    """Return the query for everything the portal has or had below a ticket, also of notes and files that are gone."""
    parent = f"ticket {ticket_id}"
    below = or_(_ROW.parents == parent, _ROW.parents.startswith(f"{parent}\n", autoescape=True))
    return ledger_query(_ROW.system == system, _ROW.record_type.in_(["comment", "attachment"]), below)


def _keys(connection: Connection, number: str) -> dict[str, list[str]]:
    notes, orders = (connection.execute(query(number)).scalars().all() for query in (notes_query, orders_query))
    files = connection.execute(files_query(number)).scalars().all()
    return {
        "ticket": [number],
        "post": [number],
        "comment": [*notes, *(f"{PREFIX}{order}" for order in orders)],
        "attachment": list(files),
    }


def _received(connection: Connection, system: str, record_type: str, numbers: Sequence[str]) -> Iterator[Event]:
    mine = set(numbers)
    for part in parts(numbers):
        for portal_id, erp_id, received_at in connection.execute(inbox_query(system, record_type, part)):
            if erp_id in mine:
                yield Event(from_utc_column(received_at), "in", record_type, erp_id, portal_id, "received", "OK")


def _outgoing(connection: Connection, system: str, keys: dict[str, list[str]]) -> list[tuple[str, Sent]]:
    found: dict[tuple[str, str], tuple[str, Sent]] = {}
    for record_type, numbers in keys.items():
        for erp_key, rows in sent_of(connection, system, record_type, numbers).items() if numbers else ():
            found |= {(record_type, row.external_id): (erp_key, row) for row in rows}
    for _, ticket in [known for known in found.values() if known[1].record_type == "ticket"]:
        for row in rows_sent(connection, children_query(system, ticket.external_id)):
            found.setdefault((row.record_type, row.external_id), ("", row))
    return list(found.values())


def _transmissions(number: str, sent: Sent) -> Iterator[Event]:
    if sent.sent_at is None and sent.acknowledged_at is None:
        return
    key = (sent.record_type, number, sent.external_id)
    yield Event(sent.sent_at, "out", *key, sent.action, sent.outcome, sent.http_status, sent.run)
    if sent.acknowledged_at and sent.acknowledged_at != sent.sent_at:
        yield Event(sent.acknowledged_at, "out", *key, "acknowledged", "OK")
