"""DATENBANK: a content out of SP_DOKUMENT_INHALT, in pieces."""

import sqlite3
from contextlib import closing
from typing import Any, BinaryIO, Final

import oracledb
from sqlalchemy import Connection, Engine, Integer, literal_column, select
from sqlalchemy.exc import SQLAlchemyError

from include.ixhaus.contract.documents import SP_DOKUMENT_INHALT
from include.ixhaus.database import read_snapshot
from include.ixhaus.files.source import PIECE, FileError

_TABLE: Final = SP_DOKUMENT_INHALT
_CONTENT: Final = _TABLE.c.INHALT


def copy_blob(engine: Engine, document_id: str, rendition: str, file: BinaryIO, max_bytes: int) -> None:
    """Write one content to an open file, a piece at a time; opens a connection of its own, so any thread may call.

    Raises FileError: FILE_MISSING without the row or its content, FILE_TOO_LARGE before anything is copied,
    FILE_UNREADABLE when the database fails.
    """
    copy = _copy_sqlite if engine.dialect.name == "sqlite" else _copy_oracle
    try:
        with read_snapshot(engine) as connection:
            copy(connection, document_id, rendition, file, max_bytes)
    except (SQLAlchemyError, sqlite3.Error, oracledb.Error):
        raise FileError("FILE_UNREADABLE", False) from None  # a driver's message may hold values


def _copy_sqlite(connection: Connection, document_id: str, rendition: str, file: BinaryIO, max_bytes: int) -> None:
    row = select(literal_column("rowid", Integer))
    query = row.where(*_key(document_id, rendition), _CONTENT.is_not(None))
    row_id = connection.execute(query.select_from(_TABLE)).scalar()
    if row_id is None:
        raise FileError("FILE_MISSING", False)
    raw: Any = connection.connection.driver_connection
    with raw.blobopen(_TABLE.name, _CONTENT.name, row_id, readonly=True) as blob:
        _refuse_larger(len(blob), max_bytes)
        while piece := blob.read(PIECE):
            file.write(piece)


def _copy_oracle(connection: Connection, document_id: str, rendition: str, file: BinaryIO, max_bytes: int) -> None:
    query = select(_CONTENT).where(*_key(document_id, rendition)).compile(dialect=connection.dialect)
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


def _key(document_id: str, rendition: str) -> tuple[Any, Any]:
    return _TABLE.c.DOKUMENT_ID == document_id, _TABLE.c.FASSUNG == rendition


def _refuse_larger(size: int, max_bytes: int) -> None:
    if size > max_bytes:
        raise FileError("FILE_TOO_LARGE", True)
