"""DATENBANK: a content out of SP_DOKUMENT_INHALT or SP_ANHANG, in pieces."""

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from typing import Any, BinaryIO, Final

import oracledb
from sqlalchemy import Connection, Engine, Integer, Table, literal_column, select
from sqlalchemy.exc import SQLAlchemyError

from include.ixhaus.database import read_snapshot
from include.ixhaus.files.source import PIECE, FileError

_CONTENT: Final = "content"
"""What the column with the content is called in every view that has one."""
Key = Mapping[str, str]


def copy_blob(engine: Engine, table: Table, key: Key, file: BinaryIO, max_bytes: int) -> None:
    """Write one content to an open file, a piece at a time; takes a connection of the thread's own, so any may call.

    key:   column → value, naming one row
    raises :  FileError: FILE_MISSING without the row or its content, FILE_TOO_LARGE before anything is copied,
            FILE_UNREADABLE when the database fails
    """
    copy = _copy_sqlite if engine.dialect.name == "sqlite" else _copy_oracle
    try:
        with read_snapshot(engine) as connection:
            copy(connection, table, key, file, max_bytes)
    except (SQLAlchemyError, sqlite3.Error, oracledb.Error):
        raise FileError("FILE_UNREADABLE", False) from None  # a driver's message may hold values


def _copy_sqlite(connection: Connection, table: Table, key: Key, file: BinaryIO, max_bytes: int) -> None:
    row = select(literal_column("rowid", Integer))
    query = row.where(*_row(table, key), table.c[_CONTENT].is_not(None))
    row_id = connection.execute(query.select_from(table)).scalar()
    if row_id is None:
        raise FileError("FILE_MISSING", False)
    raw: Any = connection.connection.driver_connection
    with raw.blobopen(table.name, table.c[_CONTENT].name, row_id, readonly=True) as blob:
        _refuse_larger(len(blob), max_bytes)
        while piece := blob.read(PIECE):
            file.write(piece)


def _copy_oracle(connection: Connection, table: Table, key: Key, file: BinaryIO, max_bytes: int) -> None:
    query = select(table.c[_CONTENT]).where(*_row(table, key)).compile(dialect=connection.dialect)
    with closing(connection.connection.cursor()) as cursor:
        raw: Any = cursor
        # On the cursor it takes the place of the dialect's handler on the connection.
        raw.outputtypehandler = _as_locator
        raw.execute(str(query), query.params)
        row = raw.fetchone()
        if row is None or row[0] is None:
            raise FileError("FILE_MISSING", False)
        size = row[0].size()
        _refuse_larger(size, max_bytes)
        for offset in range(1, size + 1, PIECE):  # Oracle counts from 1
            file.write(row[0].read(offset, PIECE))


def _as_locator(cursor: Any, metadata: Any) -> Any:
    """Ask for a locator whatever `oracledb.defaults.fetch_lobs` says: an Airflow connection's extras can change it."""
    if metadata.type_code is oracledb.DB_TYPE_BLOB:
        return cursor.var(oracledb.DB_TYPE_BLOB, arraysize=cursor.arraysize)
    return None


def _row(table: Table, key: Key) -> list[Any]:
    return [table.c[column] == value for column, value in key.items()]


def _refuse_larger(size: int, max_bytes: int) -> None:
    if size > max_bytes:
        raise FileError("FILE_TOO_LARGE", True)
