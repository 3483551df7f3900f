"""How views are read from a real Oracle: as columns, by the driver; see test_oracle.py for how one is named."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from sqlalchemy import Engine, MetaData, Table, insert, text
from sqlalchemy.exc import DBAPIError

from include.ixhaus import read
from include.ixhaus.check import ContractError
from include.ixhaus.contract import FRAMES, VIEWS
from include.ixhaus.database import engine_on, read_snapshot
from include.ixhaus.read import frame_of, read_view
from tests.ixhaus.test_oracle import ON_ORACLE, Logons, schema

__all__ = ["schema"]
pytestmark = ON_ORACLE
Row = dict[str, Any]
DAY, MOMENT = datetime(2027, 3, 1), datetime(2027, 3, 1, 14, 30, 15, 123_456)  # noqa: DTZ001 - as in the view
SECOND = MOMENT.replace(microsecond=0)
"""What is left of it in a DATE."""
NEVER = datetime(9999, 12, 31)  # noqa: DTZ001 - what legacy data writes for "empty"
LETTER: Row = {"document_id": "D1", "subject": "Größe: 5 €", "file_name": "", "document_date": MOMENT, "version": 0,
               "size": 2**53 + 1, "has_pdf": "J", "changed_at": MOMENT}  # fmt: skip
NOTE: Row = {"note_id": "N1", "text": "Ziegel " * 900 + " ", "is_public": "N", "created_at": NEVER, "changed_at": DAY}


@pytest.fixture(scope="module")
def engine(schema: None) -> Iterator[Engine]:
    engine = engine_on(Logons())
    yield engine
    engine.dispose()


@pytest.fixture
def views(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Table]]:
    """Tables in place of views, in a schema that holds others."""
    names, metadata = ("SP_DOKUMENT", "SP_NOTIZ"), MetaData()
    made: dict[str, Table] = {name: VIEWS[name].to_metadata(metadata, name=f"TEST_{name}") for name in names}
    for name, table in made.items():
        monkeypatch.setitem(FRAMES, table.name, FRAMES[name])
        with suppress(DBAPIError):  # left by a run that was killed
            table.drop(engine, checkfirst=False)
        table.create(engine, checkfirst=False)
    yield made
    for table in made.values():
        table.drop(engine, checkfirst=False)


def put(engine: Engine, table: Table, *rows: Row) -> None:
    with engine.begin() as connection:
        connection.execute(insert(table), [dict.fromkeys(table.columns.keys()) | row for row in rows])


def frame(engine: Engine, table: Table, folder: Path) -> pd.DataFrame:
    with read_snapshot(engine) as connection:
        read_view(connection, table, folder)
    return frame_of(folder, FRAMES[table.name])


def test_every_kind_of_column_is_read_as_it_is(engine: Engine, views: dict[str, Table], tmp_path: Path) -> None:
    put(engine, views["SP_DOKUMENT"], LETTER, {"document_id": "D2", "document_date": NEVER, "version": -7})
    put(engine, views["SP_NOTIZ"], NOTE, {"note_id": "N2"})
    frames = [frame(engine, table, tmp_path) for table in views.values()]
    letters, notes = (found.astype(object).where(found.notna(), None).to_dict("records") for found in frames)
    assert letters[0] == dict.fromkeys(letters[0]) | LETTER | {
        "file_name": None, "document_date": pd.Timestamp(DAY), "has_pdf": True, "changed_at": SECOND,
    }  # fmt: skip
    assert letters[1] == dict.fromkeys(letters[0]) | {"document_id": "D2", "version": -7, "has_pdf": False}
    assert notes[0] == dict.fromkeys(notes[0]) | NOTE | {"is_public": False, "created_at": None}
    assert notes[1] == dict.fromkeys(notes[0]) | {"note_id": "N2", "is_public": False}


def test_more_rows_than_a_round_trip_are_all_there_as_tuples_show_them(
    engine: Engine, views: dict[str, Table], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [{"document_id": f"D{one:05}", "version": one, "changed_at": MOMENT} for one in range(4_500)]
    put(engine, views["SP_DOKUMENT"], *rows)
    as_columns = frame(engine, views["SP_DOKUMENT"], tmp_path)
    monkeypatch.setattr(read, "_columns_of_oracle", read._columns_of_any)
    as_tuples = frame(engine, views["SP_DOKUMENT"], tmp_path)
    assert len(as_columns) == len(rows)
    columns, tuples = (found.sort_values("document_id", ignore_index=True) for found in (as_columns, as_tuples))
    pd.testing.assert_frame_equal(columns, tuples)


def replace_column(engine: Engine, table: Table, column: str, kind: str, value: object) -> None:
    """Make a column one of another kind, and write one row."""
    statements = (
        f'ALTER TABLE "{table.name}" DROP COLUMN "{column}"',
        f'ALTER TABLE "{table.name}" ADD ("{column}" {kind})',
        f'INSERT INTO "{table.name}" (DOKUMENT_ID, "{column}") VALUES (:id, :value)',
    )
    with engine.begin() as connection:
        for statement, given in zip(statements, ({}, {}, {"id": "D1", "value": value}), strict=True):
            connection.execute(text(statement), given)


@pytest.mark.parametrize("kind", ["TIMESTAMP(6)", "TIMESTAMP(9)"])
def test_a_moment_keeps_its_microseconds(engine: Engine, views: dict[str, Table], tmp_path: Path, kind: str) -> None:
    table = views["SP_DOKUMENT"]
    replace_column(engine, table, "GEAENDERT_AM", kind, DAY)
    with engine.begin() as connection:
        connection.execute(text(f"UPDATE \"{table.name}\" SET GEAENDERT_AM = TIMESTAMP '{MOMENT}'"))
    assert frame(engine, table, tmp_path)["changed_at"].tolist() == [pd.Timestamp(MOMENT)]


@pytest.mark.parametrize(
    ("column", "kind", "value"),
    [("BETREFF", "NUMBER", 7), ("BETREFF", "DATE", DAY), ("VERSION", "NUMBER", 1.5), ("VERSION", "VARCHAR2(9)", "1"),
     ("DOKUMENTDATUM", "NUMBER", 20270301), ("HAT_PDF", "NUMBER", 1), ("HAT_PDF", "VARCHAR2(4)", "ja")],
)  # fmt: skip
def test_a_column_of_another_type_is_named_and_its_value_is_not(
    engine: Engine, views: dict[str, Table], tmp_path: Path, column: str, kind: str, value: object
) -> None:
    table = views["SP_DOKUMENT"]
    replace_column(engine, table, column, kind, value)
    with pytest.raises(ContractError, match=column) as caught:
        frame(engine, table, tmp_path)
    assert str(value) not in str(caught.value).replace(column, "")
