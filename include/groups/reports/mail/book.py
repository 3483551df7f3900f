"""What is remembered of e-mails: each event once, as a row of SP_ABGLEICH of type "email", and since when events are
looked for, in SP_POSITION.

States of an event (see ledger.State):

    unknown ──► new ──► pending ──► present     new: waits to be sent; pending: is being sent
       └──────────────────────────► present     dealt with, the reason says how
    pending ──► new      certainly not sent: the next run tries again
    present ──► removed ──► new | present       a report was closed, is open again, and is closed again

Action and outcome stay empty: they are the portal's, and what the protocol counts.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Final, NamedTuple

import pandas as pd
from sqlalchemy import BindParameter, Connection, Engine, Select, bindparam, insert, select, update

from include.ixhaus.contract.own import SP_ABGLEICH, SP_POSITION
from include.ixhaus.database import read_snapshot
from include.settings import SystemSettings
from include.sync import protocol
from include.sync.plan import Action
from include.sync.protocol import Entry
from include.sync.run import RunState
from include.vocabulary.clock import to_utc_column, utc_now
from include.vocabulary.state import State

EMAIL: Final = "email"
_LOOKED: Final = "reports.emails"
_ROW, _MARK = SP_ABGLEICH.c, SP_POSITION.c
_SYSTEM: Final[BindParameter[Any]] = bindparam("k_system")
_EVENTS: Final = (_ROW.system == _SYSTEM) & (_ROW.record_type == EMAIL)
_THE_MARK: Final = (_MARK.system == _SYSTEM) & (_MARK.name == _LOOKED)

TOLD: Final = select(_ROW.external_id, _ROW.state, _ROW.identity, _ROW.acknowledged_at).where(_EVENTS)
UNCERTAIN: Final = select(_ROW.external_id).where(_EVENTS, _ROW.state == State.PENDING.value)
LOOKED: Final = select(_MARK.value).where(_THE_MARK)
CREATED: Final = select(_ROW.record_type, _ROW.external_id).where(
    _ROW.system == _SYSTEM, (_ROW.record_type == "ticket") | (_ROW.record_type == "comment"),
    _ROW.action == Action.CREATE.value, _ROW.outcome == "OK", _ROW.acknowledged_at >= bindparam("k_since"),
)  # fmt: skip
REMEMBER: Final = insert(SP_ABGLEICH)
BECOMES: Final = (
    update(SP_ABGLEICH)
    .where(_EVENTS & (_ROW.external_id == bindparam("k_id")))
    .values({name: bindparam(name) for name in ("state", "reason", "run", "sent_at", "acknowledged_at")})
)
LOOK: Final = update(SP_POSITION).where(_THE_MARK).values({name: bindparam(name) for name in ("value", "as_of")})
LOOK_FIRST: Final = insert(SP_POSITION)


class Decided(NamedTuple):
    """What is decided about an event in state `state` ("": unknown): wait to be sent (EMAIL_DUE), or another reason."""

    event: str
    about: str
    state: str
    reason: str


class Book:
    """The rows of one system, on behalf of one run."""

    def __init__(self, engine: Engine, settings: SystemSettings, state: RunState) -> None:
        self._engine, self._state = engine, state
        self._lease = state.lease(settings)
        self._mine = {"k_system": state.system}

    def told(self) -> pd.DataFrame:
        """Return event, state, about (str) and at (UTC) of all events known."""
        rows = self._rows(TOLD)
        frame = pd.DataFrame(rows, columns=["event", "state", "about", "at"])
        kept = frame.astype({"event": "str", "state": "str", "about": "str"})
        return kept.assign(at=pd.to_datetime(frame["at"]).astype("datetime64[us]"))

    def last_looked(self) -> datetime:
        """Return when events were last looked for (UTC without zone); the first time, when this run began."""
        ((value,),) = self._rows(LOOKED) or [(self._state.queried_at,)]
        return to_utc_column(datetime.fromisoformat(value))

    def created_since(self, since: datetime) -> pd.DataFrame:
        """Return record_type and external_id of the tickets and comments that the portal got from then on (UTC)."""
        return pd.DataFrame(self._rows(CREATED, k_since=since), columns=["record_type", "external_id"], dtype="str")

    def record(
        self, decided: Sequence[Decided], reopened: Iterable[str], entries: list[Entry], *, looked: bool
    ) -> None:
        """Remember everything found and, if `looked`, that it was looked for everywhere, in one transaction: each event
        is found once.
        """
        key = {"system": self._state.system, "record_type": EMAIL, "group": self._state.group}
        new = [
            {**key, "external_id": one.event, "identity": one.about or None, **self._values(one.reason)}
            for one in decided
            if not one.state
        ]
        changed = [{"k_id": one.event, **self._values(one.reason)} for one in decided if one.state]
        changed += [{"k_id": event, **self._values("NO_NEWS"), "state": State.REMOVED.value} for event in reopened]
        with self._begun() as connection:
            if new:
                connection.execute(REMEMBER, new)
            self._update(connection, changed)
            if looked:
                self._looked(connection)
            protocol.add_entries(connection, self._state.key, entries, utc_now())

    def left_uncertain(self) -> list[str]:
        """Return the events of which nobody knows whether their e-mail was sent, as the run died meanwhile."""
        return [event for (event,) in self._rows(UNCERTAIN)]

    def becomes(self, event: str, reason: str) -> None:
        """Remember what became of an event: EMAIL_DUE, "" (its e-mail is being sent), or how it was dealt with."""
        with self._begun() as connection:
            self._update(connection, [{"k_id": event, **self._values(reason)}])

    def name(self, event: str, reason: str) -> None:
        """Name an event in the protocol."""
        protocol.add_once(self._engine, self._state.key, [Entry(EMAIL, event, "warning", reason)], utc_now())

    def _values(self, reason: str) -> dict[str, Any]:
        now = to_utc_column(utc_now())
        is_dealt_with = reason not in ("", "EMAIL_DUE")
        state = State.PRESENT if is_dealt_with else State.NEW if reason else State.PENDING
        return {
            "state": state.value, "reason": reason or None, "run": self._state.key.name,
            "sent_at": None if state is State.NEW else now, "acknowledged_at": now if is_dealt_with else None,
        }  # fmt: skip

    def _rows(self, query: Select[Any], **given: object) -> list[tuple[Any, ...]]:
        with read_snapshot(self._engine) as connection:
            return [tuple(row) for row in connection.execute(query, self._mine | given)]

    def _update(self, connection: Connection, rows: list[dict[str, Any]]) -> None:
        if rows:
            connection.execute(BECOMES, [self._mine | row for row in rows])

    def _looked(self, connection: Connection) -> None:
        values = {"value": self._state.queried_at, "as_of": to_utc_column(utc_now())}
        if connection.execute(LOOK, self._mine | values).rowcount == 0:
            connection.execute(LOOK_FIRST, {"system": self._state.system, "name": _LOOKED, **values})

    @contextmanager
    def _begun(self) -> Iterator[Connection]:
        with self._engine.begin() as connection:
            self._lease.confirm(connection)
            yield connection
