"""What is remembered of e-mails: each event once, as a row of SP_EMAIL, and since when events are looked for, in
SP_POSITION.

States of an event (see vocabulary/state.py EmailState):

    unknown ──► waiting ──► sending ──► settled
       └──────────────────────────────► settled     dealt with in another way, the reason says how
    sending ──► waiting      certainly not sent: the next run tries again
    settled ──► undone ──► waiting | settled        a report was closed, is open again, and is closed again
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Final, NamedTuple

import pandas as pd
from sqlalchemy import BindParameter, Connection, Select, bindparam, insert, select, update

from include.ixhaus.contract.own import SP_ABGLEICH, SP_EMAIL
from include.ixhaus.database import read_snapshot
from include.sync import marks, protocol
from include.sync.plan import Action
from include.sync.protocol import Entry
from include.sync.run import Opened
from include.vocabulary.clock import to_utc_column, utc_now
from include.vocabulary.state import EmailState, Level

EMAIL: Final = "email"
_LOOKED: Final = "reports.emails"
_EVENT, _LEDGER = SP_EMAIL.c, SP_ABGLEICH.c
_SYSTEM: Final[BindParameter[Any]] = bindparam("k_system")
_EVENTS: Final = _EVENT.system == _SYSTEM

TOLD: Final = select(_EVENT.event, _EVENT.state, _EVENT.about, _EVENT.settled_at).where(_EVENTS)
UNCERTAIN: Final = select(_EVENT.event).where(_EVENTS, _EVENT.state == EmailState.SENDING.value)
CREATED: Final = select(_LEDGER.record_type, _LEDGER.external_id).where(
    _LEDGER.system == _SYSTEM, (_LEDGER.record_type == "ticket") | (_LEDGER.record_type == "comment"),
    _LEDGER.action == Action.CREATE.value, _LEDGER.outcome == "OK", _LEDGER.acknowledged_at >= bindparam("k_since"),
)  # fmt: skip
REMEMBER: Final = insert(SP_EMAIL)
BECOMES: Final = (
    update(SP_EMAIL)
    .where(_EVENTS & (_EVENT.event == bindparam("k_id")))
    .values({name: bindparam(name) for name in ("state", "reason", "run", "sent_at", "settled_at")})
)


class Decided(NamedTuple):
    """What is decided about an event in state `state` ("": unknown): wait to be sent (EMAIL_DUE), or another reason."""

    event: str
    about: str
    state: str
    reason: str


class Book:
    """The rows of one system, on behalf of one run."""

    def __init__(self, run: Opened) -> None:
        self._run = run
        self._mine = {"k_system": run.system}

    def told(self) -> pd.DataFrame:
        """Return event, state, about (str) and at (UTC) of all events known."""
        rows = self._rows(TOLD)
        frame = pd.DataFrame(rows, columns=["event", "state", "about", "at"])
        kept = frame.astype({"event": "str", "state": "str", "about": "str"})
        return kept.assign(at=pd.to_datetime(frame["at"]).astype("datetime64[us]"))

    def last_looked(self) -> datetime:
        """Return when events were last looked for (UTC without zone); the first time, when this run began."""
        with read_snapshot(self._run.engine) as connection:
            value = marks.read(connection, self._run.system, _LOOKED)
        return to_utc_column(datetime.fromisoformat(value or self._run.state.queried_at))

    def created_since(self, since: datetime) -> pd.DataFrame:
        """Return record_type and external_id of the tickets and comments that the portal got from then on (UTC)."""
        return pd.DataFrame(self._rows(CREATED, k_since=since), columns=["record_type", "external_id"], dtype="str")

    def record(
        self, decided: Sequence[Decided], reopened: Iterable[str], entries: list[Entry], *, looked: bool
    ) -> None:
        """Remember everything found and, if `looked`, that it was looked for everywhere, in one transaction: each event
        is found once.
        """
        new = [
            {"system": self._run.system, "event": one.event, "about": one.about or None, **self._values(one.reason)}
            for one in decided
            if not one.state
        ]
        changed = [{"k_id": one.event, **self._values(one.reason)} for one in decided if one.state]
        changed += [{"k_id": event, **self._values("NO_NEWS"), "state": EmailState.UNDONE.value} for event in reopened]
        with self._begun() as connection:
            if new:
                connection.execute(REMEMBER, new)
            self._update(connection, changed)
            if looked:
                self._looked(connection)
            protocol.add_entries(connection, self._run.key, entries, utc_now())

    def left_uncertain(self) -> list[str]:
        """Return the events of which nobody knows whether their e-mail was sent, as the run died meanwhile."""
        return [event for (event,) in self._rows(UNCERTAIN)]

    def becomes(self, event: str, reason: str) -> None:
        """Remember what became of an event: EMAIL_DUE, "" (its e-mail is being sent), or how it was dealt with."""
        with self._begun() as connection:
            self._update(connection, [{"k_id": event, **self._values(reason)}])

    def name(self, event: str, reason: str) -> None:
        """Name an event in the protocol."""
        protocol.add_once(self._run.engine, self._run.key, [Entry(EMAIL, event, Level.WARNING, reason)], utc_now())

    def _values(self, reason: str) -> dict[str, Any]:
        now = to_utc_column(utc_now())
        is_dealt_with = reason not in ("", "EMAIL_DUE")
        state = EmailState.SETTLED if is_dealt_with else EmailState.WAITING if reason else EmailState.SENDING
        return {
            "state": state.value, "reason": reason or None, "run": self._run.key.name,
            "sent_at": None if state is EmailState.WAITING else now, "settled_at": now if is_dealt_with else None,
        }  # fmt: skip

    def _rows(self, query: Select[Any], **given: object) -> list[tuple[Any, ...]]:
        with read_snapshot(self._run.engine) as connection:
            return [tuple(row) for row in connection.execute(query, self._mine | given)]

    def _update(self, connection: Connection, rows: list[dict[str, Any]]) -> None:
        if rows:
            connection.execute(BECOMES, [self._mine | row for row in rows])

    def _looked(self, connection: Connection) -> None:
        marks.write(connection, self._run.system, _LOOKED, self._run.state.queried_at)

    @contextmanager
    def _begun(self) -> Iterator[Connection]:
        with self._run.engine.begin() as connection:
            self._run.lease.confirm(connection)
            yield connection
