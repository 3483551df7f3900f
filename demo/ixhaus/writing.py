"""How sample rows get into SQLite: a column at a time, in the text form SQLAlchemy reads back."""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from sqlalchemy import insert
from sqlalchemy.dialects import sqlite

from include.ixhaus.contract import METADATA

Row = Mapping[str, Any]
_DIALECT: Final = sqlite.dialect(paramstyle="qmark")


def write_columns(connection: sqlite3.Connection, table: str, columns: Mapping[str, Sequence[Any]]) -> None:
    """Insert rows given as equally long columns of plain Python values; days and moments as text already."""
    statement = insert(METADATA.tables[table]).compile(dialect=_DIALECT, column_keys=list(columns))
    in_order = [columns[name] for name in statement.positiontup or ()]
    connection.executemany(str(statement), zip(*in_order, strict=True))


def write_rows(connection: sqlite3.Connection, table: str, rows: Iterable[Row]) -> None:
    """Insert rows given as dicts, which may name different columns; dates and times as such."""
    given = list(rows)
    names = METADATA.tables[table].columns.keys()
    if unknown := {name for row in given for name in row} - set(names):
        raise KeyError(f"{table} has no column {', '.join(sorted(unknown))}")
    write_columns(connection, table, {name: [_plain(row.get(name)) for row in given] for name in names})


def moments(values: npt.NDArray[np.datetime64]) -> list[str]:
    """Return points in time as text."""
    return [f"{text[:10]} {text[11:]}.000000" for text in np.datetime_as_string(values, unit="s").tolist()]


def days(values: npt.NDArray[np.datetime64]) -> list[str | None]:
    """Return calendar days as text, None for NaT."""
    return [None if text == "NaT" else text for text in np.datetime_as_string(values, unit="D").tolist()]


def at_nine(day: date) -> datetime:
    """Return nine o'clock of a day: when the sample's staff entered a record."""
    return datetime.combine(day, time(9))


def years_before(today: date, years: float) -> datetime:
    """Return nine o'clock of the day some years before today."""
    return at_nine(today - timedelta(days=round(365.25 * years)))


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat(" ", "microseconds")
    return value.isoformat() if isinstance(value, date) else value
