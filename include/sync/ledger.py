"""The ledger: what the portal has acknowledged, per record.

A hash enters it only after the portal said yes, with one exception: where next_id is set, a copy is about to be made
under that id, and the hash is that of its content, acknowledged or not. `known_records` then shows none.

States and their transitions (anything else is a bug):

    new ──► pending ──► present ◄──► restricted      a create's intent is recorded before it is sent
     └────────────────► present | restricted          an upsert needs no intent
    present | restricted stay until a copy in their place is acknowledged
    present | restricted | pending ──► removed ──► pending | present | restricted
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import zip_longest
from typing import Any, Final, NamedTuple, Protocol

import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import (
    ColumnElement,
    Connection,
    DateTime,
    Dialect,
    Engine,
    Select,
    bindparam,
    case,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.sql.dml import Update
from sqlalchemy.sql.elements import NamedColumn

from include.ixhaus.contract.own import SP_ABGLEICH
from include.ixhaus.database import id_lists, read_snapshot
from include.ixhaus.read import tables_of
from include.sync.prepared import Prepared, driver_moment
from include.sync.staging import Change
from include.vocabulary.clock import to_utc_column, utc_now
from include.vocabulary.state import HELD, State

_ROW = SP_ABGLEICH.c
_KNOWN: Final = (
    _ROW.record_type, _ROW.external_id, _ROW.state, case((_ROW.next_id.is_(None), _ROW.hash)).label("hash"),
    _ROW.refused, _ROW.reason, _ROW.properties, _ROW.identity, _ROW.group, _ROW.parents, _ROW.acknowledged_at,
    case((_ROW.refused.is_not(None) & _ROW.outcome.is_not(None), _ROW.sent_at)).label("refused_at"),
)  # fmt: skip


class Place(NamedTuple):
    """Under which ids the portal has a record, as far as the ledger knows.

    portal_id: the id of the copy it acknowledged last, perhaps removed since
    next_id:   the id of a copy that was about to be made; whether it was nobody knows
    hash:      of that copy's content, else of the one acknowledged
    """

    state: str
    portal_id: str
    next_id: str | None = None
    hash: str | None = None


class Row(Protocol):
    """Values by the names of their columns."""

    def __getitem__(self, name: str, /) -> object: ...


def known_records(
    engine: Engine,
    system: str,
    record_types: Sequence[str],
    only: ColumnElement[bool] | None = None,
    more: Sequence[str] = (),
) -> pa.Table:
    """Return the ledger's rows of a system as a table: record_type, external_id, state, hash, refused, reason,
    properties, identity, group, parents, acknowledged_at, refused_at (NULL also where the content was sent again and
    nobody knows how that ended); all text, times ISO in UTC without zone, NULL where never set.

    only: which rows, None for all
    more: further columns
    """
    columns: list[NamedColumn[Any]] = [*_KNOWN, *(_ROW[name] for name in more)]
    query = select(*columns).where(_ROW.system == system, _ROW.record_type.in_(record_types))
    return _as_table(engine, [query if only is None else query.where(only)], columns)


def known_of(engine: Engine, system: str, record_type: str, ids: Iterable[str]) -> pa.Table:
    """Return the ledger's rows of some records, as `known_records` does."""
    mine = select(*_KNOWN).where(_ROW.system == system, _ROW.record_type == record_type)
    return _as_table(engine, [mine.where(_ROW.external_id.in_(wanted)) for wanted in id_lists(ids)])


def held_counts(engine: Engine, system: str, group: str) -> dict[str, int]:
    """Return record type → how many of a group's records the portal holds."""
    mine = (_ROW.system == system) & (_ROW.group == group) & _ROW.state.in_(HELD)
    with read_snapshot(engine) as connection:
        query = select(_ROW.record_type, func.count()).where(mine).group_by(_ROW.record_type)
        return {str(record_type): number for record_type, number in connection.execute(query)}


def _as_table(
    engine: Engine, queries: Sequence[Select[tuple[object, ...]]], columns: Sequence[NamedColumn[Any]] = _KNOWN
) -> pa.Table:
    schema = pa.schema([(column.key, pa.string()) for column in columns])
    are_moments = [isinstance(column.type, DateTime) for column in columns]

    def arrays_of(rows: Iterable[Any]) -> list[Any]:
        return [_texts(cells, is_moment=one) for cells, one in zip(rows, are_moments, strict=True)]

    with read_snapshot(engine) as connection:
        pieces = [table for query in queries for table in tables_of(connection, query, schema, arrays_of)]
    return pa.concat_tables(pieces) if pieces else schema.empty_table()


def _texts(cells: Any, *, is_moment: bool) -> Any:
    """Return values as text, times (datetime, or what SQLite keeps of one) as datetime.isoformat writes them."""
    if not is_moment:
        return pa.array(cells, pa.string())
    texts = pc.replace_substring(pa.array(cells).cast(pa.string()), " ", "T")
    is_whole = pc.ends_with(texts, ".000000")
    return pc.if_else(is_whole, pc.utf8_slice_codeunits(texts, 0, 19), texts) if pc.any(is_whole).as_py() else texts


def add_new(connection: Connection, system: str, group: str, record_type: str, rows: Iterable[Row]) -> None:
    """Insert records the ledger has never seen (external_id, properties, identity), so that a load only updates."""
    values = [
        {"system": system, "record_type": record_type, "external_id": row["external_id"], "state": State.NEW.value,
         "group": group, "properties": row["properties"], "identity": row["identity"]}
        for row in rows
    ]  # fmt: skip
    if values:
        connection.execute(insert(SP_ABGLEICH), values)


def take_over(connection: Connection, system: str, group: str, record_type: str, ids: Iterable[str]) -> None:
    """Make a group the one that sends these records from now on, and that removes them when the ERP drops them."""
    key = (_ROW.system == bindparam("k_system")) & (_ROW.record_type == bindparam("k_type"))
    statement = update(SP_ABGLEICH).where(key & (_ROW.external_id == bindparam("k_id"))).values(group=group)
    rows = [{"k_system": system, "k_type": record_type, "k_id": external_id} for external_id in ids]
    if rows:
        connection.execute(statement, rows)


def settled_records(engine: Engine, system: str, record_type: str, run: str) -> tuple[set[str], set[str]]:
    """Return the ids that this run has dealt with for good (acknowledged or finally refused), and those whose create
    is pending from whatever run: what a load that starts again after a crash must know.
    """
    mine = select(_ROW.external_id).where(_ROW.system == system, _ROW.record_type == record_type)
    done = mine.where(_ROW.run == run, (_ROW.outcome == "OK") | (_ROW.outcome.is_not(None) & _ROW.refused.is_not(None)))
    with read_snapshot(engine) as connection:
        settled = set(connection.execute(done).scalars())
        pending = set(connection.execute(mine.where(_ROW.state == State.PENDING)).scalars())
    return settled, pending


def places(engine: Engine, system: str, record_type: str, ids: Iterable[str]) -> dict[str, Place]:
    """Return external id → place of those of these records that the ledger knows."""
    mine = select(_ROW.external_id, _ROW.state, _ROW.portal_id, _ROW.next_id, _ROW.hash).where(
        _ROW.system == system, _ROW.record_type == record_type
    )
    found: dict[str, Place] = {}
    with read_snapshot(engine) as connection:
        for some in id_lists(ids):
            for external_id, state, portal_id, *rest in connection.execute(mine.where(_ROW.external_id.in_(some))):
                found[external_id] = Place(state, portal_id or external_id, *rest)
    return found


class Failure(NamedTuple):
    """How sending a record failed last; refused is the mark of a content that was refused for good, see finality."""

    reason: str
    status: int | None
    refused: str | None


def failures_of(connection: Connection, system: str, record_type: str) -> dict[str, Failure]:
    """Return external id → how sending it failed last, for all records where it did."""
    query = select(_ROW.external_id, _ROW.outcome, _ROW.http_status, _ROW.refused).where(
        _ROW.system == system, _ROW.record_type == record_type, _ROW.outcome != "OK"
    )
    return {external_id: Failure(*rest) for external_id, *rest in connection.execute(query)}


def held_records(engine: Engine, system: str, wanted: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    """Return which of the (record type, external id) pairs the portal holds."""
    by_type: dict[str, list[str]] = {}
    for record_type, external_id in set(wanted):
        by_type.setdefault(record_type, []).append(external_id)
    held: set[tuple[str, str]] = set()
    with read_snapshot(engine) as connection:
        for record_type, ids in by_type.items():
            query = select(_ROW.external_id).where(
                _ROW.system == system, _ROW.record_type == record_type, _ROW.state.in_(HELD)
            )
            for some in id_lists(ids):
                part = query.where(_ROW.external_id.in_(some))
                held |= {(record_type, external_id) for external_id in connection.execute(part).scalars()}
    return held


def _update(which: ColumnElement[bool], names: Iterable[str]) -> Update:
    mine = (_ROW.system == bindparam("k_system")) & (_ROW.record_type == bindparam("k_type"))
    return update(SP_ABGLEICH).where(mine & which).values({name: bindparam(name) for name in names})


_ONE: Final = _ROW.external_id == bindparam("k_id")
_IDS: Final = tuple(f"k_id_{place}" for place in range(16))
_SEVERAL: Final = _ROW.external_id.in_([bindparam(name) for name in _IDS])
"""For statements that set the same of every record; one for several costs half of what one for each does."""
_INTENT: Final = ("state", "run", "action", "outcome", "sent_at")
_ANNOUNCED: Final = ("hash", "next_id")
_ACKNOWLEDGED: Final = (
    "state", "portal_id", "next_id", "hash", "refused", "reason", "properties", "identity", "parents", "run", "action",
    "outcome", "http_status", "sent_at", "acknowledged_at",
)  # fmt: skip
_FAILED: Final = ("refused", "run", "action", "outcome", "http_status", "sent_at")


class LedgerStatements:
    """The ledger's updates, compiled for one database."""

    def __init__(self, dialect: Dialect) -> None:
        self.intent = Prepared(_update(_SEVERAL, _INTENT), dialect)
        self.doubt = Prepared(_update(_SEVERAL, ["hash"]), dialect)
        self.announced = Prepared(_update(_ONE, _ANNOUNCED), dialect)
        self.acknowledged = Prepared(_update(_ONE, _ACKNOWLEDGED), dialect)
        self.failed = Prepared(_update(_ONE, _FAILED), dialect)
        self._moment = driver_moment(dialect)

    def moment(self, zoned: datetime) -> object:
        """Return a zoned time as the driver takes it."""
        return self._moment(to_utc_column(zoned))


class Outcomes:
    """Outcomes of one transaction, collected by statement; all bear the time at which the transaction was begun."""

    def __init__(self, statements: LedgerStatements, system: str, record_type: str, run: str) -> None:
        self._moment = statements.moment(utc_now())
        self._statements = statements
        self._key = {"k_system": system, "k_type": record_type}
        self._run = run
        self._intents: list[str] = []
        self._doubts: list[str] = []
        self._announced: list[dict[str, object]] = []
        self._acknowledged: list[dict[str, object]] = []
        self._failed: list[dict[str, object]] = []

    def __len__(self) -> int:
        by_id = len(self._intents) + len(self._doubts)
        return by_id + len(self._announced) + len(self._acknowledged) + len(self._failed)

    def intend(self, external_id: str) -> None:
        """A create is about to be sent."""
        self._intents.append(external_id)

    def doubt(self, external_id: str) -> None:
        """An update or removal is about to be sent: until it is acknowledged, nobody knows what the portal holds, so
        that the record is sent again even if the ERP goes back to what was acknowledged last.
        """
        self._doubts.append(external_id)

    def announce(self, change: Change, next_id: str) -> None:
        """A copy is about to be made under this id."""
        self._announced.append({
            **self._key, "k_id": change["external_id"], "hash": change["hash"], "next_id": next_id,
        })  # fmt: skip

    def acknowledge(self, change: Change, state: State, status: int | None, portal_id: str | None = None) -> None:
        """The portal said yes to a planned change; `portal_id` if it knows the record by an id of its own."""
        self._acknowledged.append({
            **self._key, "k_id": change["external_id"], "state": state.value,
            "portal_id": portal_id, "next_id": None, "hash": change["hash"],
            "refused": None, "reason": change["reason"], "properties": change["properties"],
            "identity": change["identity"], "parents": change["parents"] or None,
            "run": self._run, "action": change["action"], "outcome": "OK",
            "http_status": status, "sent_at": self._moment, "acknowledged_at": self._moment,
        })  # fmt: skip

    def fail(self, change: Change, reason: str, status: int | None, *, refused: str | None = None) -> None:
        """The portal, or the way there, said no; `refused` keeps a content from being sent again, see finality."""
        self._failed.append({
            **self._key, "k_id": change["external_id"], "refused": refused,
            "run": self._run, "action": change["action"], "outcome": reason, "http_status": status,
            "sent_at": self._moment,
        })  # fmt: skip

    def write(self, connection: Connection) -> None:
        """Send everything collected to the database, inside the caller's transaction."""
        intent = {
            **self._key, "state": State.PENDING.value, "run": self._run, "action": None, "outcome": None,
            "sent_at": self._moment,
        }  # fmt: skip
        for statement, rows in (
            (self._statements.intent, _for_several(self._intents, intent)),
            (self._statements.doubt, _for_several(self._doubts, {**self._key, "hash": None})),
            (self._statements.announced, self._announced),
            (self._statements.acknowledged, self._acknowledged),
            (self._statements.failed, self._failed),
        ):
            if rows:
                statement.execute(connection, rows)


def _for_several(ids: Sequence[str], values: Mapping[str, object]) -> list[dict[str, object]]:
    """Return the rows of a statement for several records; ids left over in the last are filled up with its first."""
    parts = (ids[start : start + len(_IDS)] for start in range(0, len(ids), len(_IDS)))
    return [{**values, **dict(zip_longest(_IDS, part, fillvalue=part[0]))} for part in parts]
