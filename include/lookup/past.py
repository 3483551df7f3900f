"""What happened to one record: sent, refused, held back, by which run; as far as ledger and protocol still know."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import Connection, Select, select

from include.ixhaus.contract.own import SP_PROTOKOLL_EINTRAG
from include.lookup.ledger import Sent
from include.vocabulary.clock import from_utc_column

_ENTRY: Final = SP_PROTOKOLL_EINTRAG.c
MOST: Final = 30
_LONG_AGO: Final = datetime(1, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Past:
    """One thing that happened to a record.

    at:     UTC
    action: create, update, remove; "" if nothing was sent
    level:  how much a protocol entry weighs (see state.Level); "" for what the portal took
    reason: a code; "OK" for what the portal took, "" if there is no answer
    run:    name in the protocol
    """

    at: datetime | None
    action: str
    level: str
    reason: str
    http_status: int | None
    run: str


def entries_query(system: str, record_type: str, external_id: str) -> Select[Any]:
    """Return the query for all protocol entries about a record, newest first."""
    mine = (_ENTRY.system == system, _ENTRY.record_type == record_type, _ENTRY.external_id == external_id)
    shown = (_ENTRY.at, _ENTRY.action, _ENTRY.level, _ENTRY.reason, _ENTRY.http_status, _ENTRY.run)
    return select(*shown).where(*mine).order_by(_ENTRY.at.desc(), _ENTRY.reason).limit(MOST)


def past_of(
    connection: Connection, system: str, record_type: str, external_id: str, sent: Sent | None
) -> tuple[Past, ...]:
    """Return what happened to a record, newest first.

    sent: its row of the ledger, which knows the last transmission and the last one that was acknowledged
    """
    rows = connection.execute(entries_query(system, record_type, external_id))
    past = [
        Past(from_utc_column(at), action or "", level or "", reason, http_status, run)
        for at, action, level, reason, http_status, run in rows
    ]
    is_told = sent and any(one.run == sent.run and one.reason == sent.outcome for one in past)
    if sent and sent.sent_at and not is_told:
        past.append(Past(sent.sent_at, sent.action, "", sent.outcome, sent.http_status, sent.run))
    if sent and sent.acknowledged_at and sent.acknowledged_at != sent.sent_at:
        past.append(Past(sent.acknowledged_at, "acknowledged", "", "OK", None, ""))
    return tuple(sorted(past, key=lambda one: one.at or _LONG_AGO, reverse=True))
