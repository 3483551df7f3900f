"""The way into the ERP's database: Airflow's connection gives the hook, SQLAlchemy runs on the hook's own connections.

Oracle in production, SQLite in the embedded default; which of them is seen from the driver, never asked of the
Airflow connection. There is one engine per process and database, so a task logs on once.
"""

import os
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Final

import oracledb
from sqlalchemy import Connection, Engine, create_engine, event

from include.ixhaus.pool import ThreadPool

IDS_AT_ONCE: Final = 900
"""Oracle takes at most 1,000 in one list."""
ROWS_PER_ROUND_TRIP: Final = 2_000
"""Rows Oracle sends at once; the driver's default of 100 makes a large view wait for the network most of the time."""
CALL_SECONDS: Final = 300.0
"""How long one call may take where nothing else is said."""
_LONGEST_LOCK: Final = 30.0
"""Seconds that SQLite waits for another writer."""
_RECYCLED_AFTER: Final = 1_800
"""Seconds after which an idle Oracle connection is opened anew: firewalls forget those that are silent for an hour."""

_READS_ONLY: Final = "reads_only"
_ON_CONNECT: Final = ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=NORMAL", "PRAGMA foreign_keys=ON")
_engines: dict[tuple[str, str, int, float], Engine] = {}


class WrongKindError(ValueError):
    """A connection leads to neither Oracle nor SQLite; the message says what to do."""

    def __init__(self, kind: str) -> None:
        super().__init__(f"the iX-Haus connection leads to {kind}; use a connection of type oracle or sqlite")


def open_engine(conn_id: str, seconds: float = CALL_SECONDS) -> Engine:
    """Return this process's engine on the database of an Airflow connection, made when it is first asked for.

    seconds: how long one call may take
    raises:  what Airflow raises when there is no such connection, what the driver raises when it cannot connect;
             WrongKindError when it leads to neither Oracle nor SQLite
    """
    from airflow.sdk import BaseHook  # 3.5 s: only who comes through Airflow pays for it

    connection = BaseHook.get_connection(conn_id)
    # A connection that was changed meanwhile, or a file that was put in another's place, is another database.
    key = (conn_id, connection.get_uri(), _file_of(connection.host), seconds)
    if known := _engines.get(key):
        return known
    made = engine_on(
        _hook_of(connection).get_conn, seconds
    )  # without a lock: a database that hangs holds up nobody else
    engine = _engines.setdefault(key, made)
    if engine is not made:
        made.dispose()
    return engine


def _file_of(host: str | None) -> int:
    """Return the number of the file that a connection's host names; 0 if it names none."""
    try:
        return os.stat(host or "").st_ino
    except OSError:
        return 0


def _hook_of(connection: Any) -> Any:
    from airflow.sdk.exceptions import AirflowException

    try:
        return connection.get_hook(hook_params={"log_sql": False})  # statements carry personal data
    except (AirflowException, TypeError):  # a type Airflow does not know, or one that is no database
        raise WrongKindError(connection.conn_type or "nothing") from None


def close_engines() -> None:
    """Close what this process keeps open towards all databases; whoever needs one again opens it anew."""
    for engine in list(_engines.values()):
        engine.dispose()
    _engines.clear()


def _forget_engines() -> None:
    """In a forked process: leave the parent's connections to the parent."""
    for engine in _engines.values():
        engine.dispose(close=False)
    _engines.clear()


os.register_at_fork(after_in_child=_forget_engines)


def engine_on(connect: Callable[[], Any], seconds: float = CALL_SECONDS) -> Engine:
    """Return an engine whose connections come from `connect`, a function that opens an oracledb or sqlite3 connection.

    On SQLite a transaction that may write takes the write lock when it begins and waits for it; one that reads first
    and writes later would otherwise be refused as soon as another one wrote in between. Long reads belong into
    `read_snapshot`, which holds up nobody.

    seconds: how long one call may take
    """
    opened = _Opener(connect)
    if opened.driver == "sqlite3":
        engine = create_engine("sqlite://", creator=opened, poolclass=ThreadPool, hide_parameters=True)
        event.listen(engine, "connect", _prepare_sqlite(min(seconds, _LONGEST_LOCK)))
        event.listen(engine, "begin", _begin_sqlite)
    elif opened.driver == "oracledb":
        # The dialect reads CLOB and BLOB as text and bytes, without a locator and a round trip per row.
        engine = create_engine(
            "oracle+oracledb://",
            creator=opened,
            pool_size=2,
            pool_pre_ping=True,
            pool_recycle=_RECYCLED_AFTER,
            arraysize=ROWS_PER_ROUND_TRIP,
            coerce_to_decimal=False,
            hide_parameters=True,
        )
        event.listen(engine, "connect", _limit_calls(seconds))
        event.listen(engine, "begin", _begin_oracle)
        event.listen(engine, "before_cursor_execute", _keep_fractions)
    else:
        opened.close()
        raise WrongKindError(opened.driver)
    return engine


class _Opener:
    """Opens connections; the one by which the driver is recognised is the first that is handed out."""

    def __init__(self, connect: Callable[[], Any]) -> None:
        self._connect = connect
        self._first: Any = connect()
        self._thread = threading.get_ident()
        self.driver = type(self._first).__module__.partition(".")[0]

    def __call__(self) -> Any:
        if self._thread != threading.get_ident():  # sqlite3 insists on the thread that opened it
            return self._connect()
        first, self._first = self._first, None
        return first or self._connect()

    def close(self) -> None:
        self._first.close()


def id_lists(ids: Iterable[str]) -> Iterator[list[str]]:
    """Yield any number of ids, sorted and each once, in lists that a statement takes."""
    wanted = sorted(set(ids))
    for start in range(0, len(wanted), IDS_AT_ONCE):
        yield wanted[start : start + IDS_AT_ONCE]


@contextmanager
def read_snapshot(engine: Engine) -> Iterator[Connection]:
    """Yield a connection on which everything read is as of one moment; nothing can be written on it.

    The moment is the beginning on Oracle, the first read on SQLite.
    """
    with reading(engine) as connection, connection.begin():
        yield connection


def reading(engine: Engine) -> Connection:
    """Return a connection for many such moments, one per transaction, on which nothing can be written."""
    return engine.connect().execution_options(**{_READS_ONLY: True})


def _prepare_sqlite(lock_seconds: float) -> Callable[[Any, object], None]:
    def prepare(dbapi_connection: Any, _record: object) -> None:
        dbapi_connection.isolation_level = None  # transactions begin below, never by the driver
        dbapi_connection.execute(f"PRAGMA busy_timeout={lock_seconds * 1000:.0f}")  # first, so that the next waits too
        for pragma in _ON_CONNECT:
            dbapi_connection.execute(pragma)
        # its own leaves umlauts in capitals, Oracle's does not
        dbapi_connection.create_function("lower", 1, _lower, deterministic=True)

    return prepare


def _lower(value: object) -> object:
    return value.lower() if isinstance(value, str) else value


def _begin_sqlite(connection: Connection) -> None:
    reads_only = bool(connection.get_execution_options().get(_READS_ONLY))
    if (
        connection.info.get(_READS_ONLY, False) != reads_only
    ):  # Oracle refuses writes in snapshots, so this does as well
        connection.exec_driver_sql(f"PRAGMA query_only={'ON' if reads_only else 'OFF'}")
        connection.info[_READS_ONLY] = reads_only
    connection.exec_driver_sql("BEGIN" if reads_only else "BEGIN IMMEDIATE")


def _limit_calls(seconds: float) -> Callable[[Any, object], None]:
    def limit(dbapi_connection: Any, _record: object) -> None:
        dbapi_connection.call_timeout = round(seconds * 1000)

    return limit


def _begin_oracle(connection: Connection) -> None:
    if connection.get_execution_options().get(_READS_ONLY):
        connection.exec_driver_sql("SET TRANSACTION READ ONLY")


def _keep_fractions(
    _connection: Connection, cursor: Any, _statement: str, parameters: Any, context: Any, executemany: bool
) -> None:
    """Bind times as TIMESTAMP in statements that SQLAlchemy has not compiled; as DATE they lose their fractions."""
    if context is None or context.compiled is not None:
        return
    rows = parameters if executemany else [parameters]
    times = {name for row in rows if isinstance(row, dict) for name in row if isinstance(row[name], datetime)}
    if times:
        cursor.setinputsizes(**dict.fromkeys(times, oracledb.DB_TYPE_TIMESTAMP))
