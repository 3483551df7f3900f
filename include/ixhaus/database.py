"""The way into the ERP's database: Airflow's connection gives the hook, SQLAlchemy runs on the hook's own connections.

Oracle in production, SQLite in the embedded default; which of them is seen from the driver, never asked of the
Airflow connection. A connection must be used in the thread that opened it (sqlite3 insists), so nothing is pooled.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from typing import Any, Final

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import NullPool

IDS_AT_ONCE: Final = 900
"""Oracle takes at most 1,000 in one list."""
ROWS_PER_ROUND_TRIP: Final = 2_000
"""Rows Oracle sends at once; the driver's default of 100 makes a large view wait for the network most of the time."""

_READS_ONLY: Final = "reads_only"
_ON_CONNECT: Final = (
    "PRAGMA busy_timeout=30000",  # first, so that the next line waits too
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=NORMAL",
    "PRAGMA foreign_keys=ON",
)


def open_engine(conn_id: str) -> Engine:
    """Return an engine on the database of an Airflow connection.

    The hook is resolved once. Raises what Airflow raises when there is no such connection, ValueError when it leads to
    neither Oracle nor SQLite.
    """
    from airflow.sdk import BaseHook  # 3.5 s: only who comes through Airflow pays for it

    hook = BaseHook.get_hook(conn_id, hook_params={"log_sql": False})  # statements carry personal data
    return engine_on(hook.get_conn)


def engine_on(connect: Callable[[], Any]) -> Engine:
    """Return an engine whose connections come from `connect`, a function that opens an oracledb or sqlite3 connection.

    On SQLite a transaction that may write takes the write lock when it begins and waits up to 30 s for it; one that
    reads first and writes later would otherwise be refused as soon as another one wrote in between. Long reads belong
    into `read_snapshot`, which holds up nobody.
    """
    with closing(connect()) as first:
        driver = type(first).__module__.partition(".")[0]
    if driver == "sqlite3":
        engine = create_engine("sqlite://", creator=connect, poolclass=NullPool)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    elif driver == "oracledb":
        # The dialect reads CLOB and BLOB as text and bytes, without a locator and a round trip per row.
        engine = create_engine(
            "oracle+oracledb://",
            creator=connect,
            poolclass=NullPool,
            arraysize=ROWS_PER_ROUND_TRIP,
            coerce_to_decimal=False,
        )
        event.listen(engine, "begin", _begin_oracle)
    else:
        raise ValueError(f"the iX-Haus connection leads to {driver}; use a connection of type oracle or sqlite")
    return engine


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


def _prepare_sqlite(dbapi_connection: Any, _record: object) -> None:
    dbapi_connection.isolation_level = None  # transactions begin below, never by the driver: it begins at writes only
    for pragma in _ON_CONNECT:
        dbapi_connection.execute(pragma)


def _begin_sqlite(connection: Connection) -> None:
    if connection.get_execution_options().get(_READS_ONLY):
        connection.exec_driver_sql("PRAGMA query_only=ON")  # Oracle refuses writes here, so the sample does as well
        connection.exec_driver_sql("BEGIN")
    else:
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def _begin_oracle(connection: Connection) -> None:
    if connection.get_execution_options().get(_READS_ONLY):
        connection.exec_driver_sql("SET TRANSACTION READ ONLY")
