"""Contents in the database: SQLite as it is, and what is said to Oracle's driver."""

import io
import sqlite3
import tracemalloc
from contextlib import closing
from dataclasses import replace

import oracledb
import pytest

from include.ixhaus.contract.documents import SP_DOKUMENT_INHALT
from include.ixhaus.contract.reports import SP_ANHANG
from include.ixhaus.database import engine_on
from include.ixhaus.files import FileError
from include.ixhaus.files.blob import copy_blob
from include.ixhaus.files.source import PIECE
from tests.ixhaus.files.conftest import Archive
from tests.ixhaus.files.making import PDF, in_database
from tests.ixhaus.oracle import Connection, Cursor, FakeOracle

MIB = 2**20
ORIGINAL = {"document_id": "D1", "rendition": "ORIGINAL"}


@pytest.mark.parametrize("size", [1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE + 7])
def test_the_content_arrives_as_it_is(archive: Archive, size: int) -> None:
    content = (PDF + bytes(range(256)) * (size // 256 + 1))[:size]
    archive.put(content)
    file = io.BytesIO()
    copy_blob(archive.engine, SP_DOKUMENT_INHALT, ORIGINAL, file, size)
    assert file.getvalue() == content


def test_each_rendition_is_a_content_of_its_own(archive: Archive) -> None:
    archive.put(b"the original")
    archive.put(PDF, rendition="PDF")
    assert archive.fetch(in_database(rendition="PDF")).content == PDF
    assert archive.fetch(in_database()).content == b"the original"


@pytest.mark.rule("E30")
@pytest.mark.parametrize("document_id", ["D1", "unknown"])
def test_without_row_or_content_the_file_is_missing_for_now(archive: Archive, document_id: str) -> None:
    archive.put(None)
    assert archive.refusal(in_database(document_id=document_id)) == ("FILE_MISSING", False)


@pytest.mark.rule("O26")
def test_a_file_of_a_report_lies_in_a_view_of_its_own(archive: Archive) -> None:
    SP_ANHANG.create(archive.engine)
    with closing(sqlite3.connect(archive.database)) as connection, connection:
        connection.execute("INSERT INTO SP_ANHANG (ANHANG_ID, INHALT) VALUES ('A1', ?)", (PDF,))
    assert archive.fetch(replace(in_database(document_id="A1"), storage="ANHANG")).content == PDF


def test_a_broken_database_is_not_the_end_of_the_document(archive: Archive) -> None:
    with closing(sqlite3.connect(archive.database)) as connection:
        connection.execute("DROP TABLE SP_DOKUMENT_INHALT")
    assert archive.refusal(in_database()) == ("FILE_UNREADABLE", False)


def test_a_large_content_is_never_in_memory_as_a_whole(archive: Archive) -> None:
    with closing(sqlite3.connect(archive.database)) as connection, connection:
        connection.execute("INSERT INTO SP_DOKUMENT_INHALT VALUES ('D1', 'ORIGINAL', zeroblob(?))", (64 * MIB,))
    target = archive.spool / "copy"
    tracemalloc.start()
    try:
        with target.open("wb") as file:
            copy_blob(archive.engine, SP_DOKUMENT_INHALT, ORIGINAL, file, 64 * MIB)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert target.stat().st_size == 64 * MIB
    assert peak < 4 * MIB


class Locator:
    """A LOB of Oracle: counts from 1, is read in pieces."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self.reads: list[tuple[int, int]] = []

    def size(self) -> int:
        return len(self._content)

    def read(self, offset: int, amount: int) -> bytes:
        self.reads.append((offset, amount))
        return self._content[offset - 1 : offset - 1 + amount]


def oracle_with(locator: object) -> FakeOracle:
    columns_and_rows = (["content"], [(locator,)] if locator != "no row" else [])
    return FakeOracle({"SP_DOKUMENT_INHALT": columns_and_rows})


def test_oracle_is_read_by_locator_in_pieces() -> None:
    content = bytes(range(256)) * 4 * 1024 * 2 + b"the rest"
    locator, file = Locator(content), io.BytesIO()
    oracle = oracle_with(locator)
    copy_blob(engine_on(oracle.connect), SP_DOKUMENT_INHALT, ORIGINAL, file, len(content))
    assert file.getvalue() == content
    assert locator.reads == [(1, PIECE), (1 + PIECE, PIECE), (1 + 2 * PIECE, PIECE)]
    assert '"SP_DOKUMENT_INHALT"."DOKUMENT_ID" = :' in oracle.statements[-1]
    assert "D1" not in oracle.statements[-1]


def test_oracle_is_asked_for_a_locator_against_all_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    handlers: list[object] = []

    class Watched(Cursor):
        def execute(self, statement: str, parameters: object = None) -> None:
            handlers.append(self.outputtypehandler)
            super().execute(statement, parameters)

        def var(self, *given: object, **_more: object) -> object:
            return given

    oracle = oracle_with(Locator(b"content"))
    monkeypatch.setattr(Connection, "cursor", lambda connection: Watched(connection._server))
    copy_blob(engine_on(oracle.connect), SP_DOKUMENT_INHALT, ORIGINAL, io.BytesIO(), 100)

    class Column:
        type_code = oracledb.DB_TYPE_BLOB

    handler = handlers[-1]
    assert callable(handler)
    assert handler(Watched(oracle), Column) == (oracledb.DB_TYPE_BLOB,)
    Column.type_code = oracledb.DB_TYPE_VARCHAR
    assert handler(Watched(oracle), Column) is None


@pytest.mark.rule("R28")
def test_a_content_too_large_is_refused_before_it_is_copied() -> None:
    locator = Locator(b"12345")
    with pytest.raises(FileError) as refused:
        copy_blob(engine_on(oracle_with(locator).connect), SP_DOKUMENT_INHALT, ORIGINAL, io.BytesIO(), 4)
    assert (refused.value.reason, refused.value.is_final) == ("FILE_TOO_LARGE", True)
    assert locator.reads == []


@pytest.mark.parametrize("content", [None, "no row"])
def test_oracle_without_row_or_content(content: object) -> None:
    with pytest.raises(FileError) as refused:
        copy_blob(engine_on(oracle_with(content).connect), SP_DOKUMENT_INHALT, ORIGINAL, io.BytesIO(), 4)
    assert (refused.value.reason, refused.value.is_final) == ("FILE_MISSING", False)


def test_oracle_failing_in_the_middle_names_nothing() -> None:
    class Broken(Locator):
        def read(self, offset: int, amount: int) -> bytes:
            raise oracledb.DatabaseError("ORA-01555: snapshot too old: secret")

    with pytest.raises(FileError) as refused:
        copy_blob(engine_on(oracle_with(Broken(b"x")).connect), SP_DOKUMENT_INHALT, ORIGINAL, io.BytesIO(), 4)
    assert (refused.value.reason, refused.value.is_final) == ("FILE_UNREADABLE", False)
    assert refused.value.__cause__ is None
    assert refused.value.__suppress_context__
