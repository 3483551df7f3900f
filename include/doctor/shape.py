"""Views and tables as the contract has them: there, with all columns, of the right type and length, with keys."""

import re
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, Final, NamedTuple

from sqlalchemy import TIMESTAMP, Column, Date, DateTime, LargeBinary, Numeric, String, Table, Text, inspect
from sqlalchemy import Integer as Whole
from sqlalchemy.exc import NoSuchTableError

from include.doctor.finding import Finding, said
from include.doctor.patient import Check, Patient
from include.doctor.shape_texts import SAYINGS
from include.ixhaus.check import differences, no_rows
from include.ixhaus.contract import METADATA, OWN_TABLES
from include.ixhaus.versions import NEWEST, VERSION_TABLE, VERSIONS, version_of


class Live(NamedTuple):
    """A column as the database has it: its type, None where it has none, and its length in letters, 0 if unknown."""

    kind: str | None
    length: int = 0


_KINDS: Final = (
    (Text, ("CLOB",)),
    (String, ("VARCHAR2",)),
    (TIMESTAMP, ("TIMESTAMP",)),
    (DateTime | Date, ("DATE", "TIMESTAMP")),
    (Whole | Numeric, ("NUMBER",)),
    (LargeBinary, ("BLOB",)),
)
"""Type of the contract → what the database may have for it; the first that fits counts."""
_SAME: Final = {
    "VARCHAR": "VARCHAR2", "NVARCHAR": "VARCHAR2", "NVARCHAR2": "VARCHAR2", "NCHAR": "CHAR", "TEXT": "CLOB",
    "NCLOB": "CLOB", "LONG_VARCHAR": "CLOB", "LONG": "CLOB", "DATETIME": "DATE", "INTEGER": "NUMBER",
    "NUMERIC": "NUMBER", "RAW": "BLOB", "LONG_RAW": "BLOB", "BINARY_INTEGER": "NUMBER",
    "TIMESTAMP_TZ": "TIMESTAMP WITH TIME ZONE",
    "TIMESTAMP_LTZ": "TIMESTAMP WITH LOCAL TIME ZONE",
}  # fmt: skip
"""What drivers and SQLite call a type → what the contract calls it."""


def answers(patient: Patient) -> Iterator[Finding]:
    """Ask for a connection, first of all: a database that is away is said once."""
    with patient.connected():
        yield from ()


def there(table: Table, patient: Patient) -> Iterator[Finding]:
    """Find what is missing of one view or table (R55)."""
    with patient.connected() as connection:
        found = differences(connection, [table])
    for one in found:
        patient.broken.add(one.name)
        kind = "VIEW" if one.is_view else "TABLE"
        yield said(
            SAYINGS, f"{kind}_{'INCOMPLETE' if one.columns else 'MISSING'}", one.name, columns=_list(one.columns)
        )


def types(table: Table, patient: Patient) -> Iterator[Finding]:
    """Find columns of another type, padded, or too short for what is written into them."""
    live = live_columns(patient, table)
    is_written = table.name in OWN_TABLES or bool(table.info.get("written"))
    for column in table.columns:
        if found := live.get(column.name):
            code = _judge(column, found, is_written=is_written)
            where = f"{table.name}.{column.name}"
            if code:
                yield said(SAYINGS, code, where, found=_name(found), wanted=wanted(column))


def keyed(table: Table, patient: Patient) -> Iterator[Finding]:
    """Find own tables without their primary key or an index: two rows for one record, or slow pages."""
    with patient.connected():
        inspector = inspect(patient.engine)
    try:
        key = inspector.get_pk_constraint(table.name)["constrained_columns"]
        indexes = {_columns(index["column_names"]) for index in inspector.get_indexes(table.name)}
    except NoSuchTableError:  # missing, which is said, or elsewhere behind a synonym
        return
    if _columns(key) != _columns(column.name for column in table.primary_key):
        yield said(SAYINGS, "NO_KEY", table.name, columns=_list(column.name for column in table.primary_key))
    for index in table.indexes:
        if _columns(column.name for column in index.columns) not in indexes:
            yield said(SAYINGS, "NO_OWN_INDEX", table.name, index=index.name)


def version(patient: Patient) -> Iterator[Finding]:
    """Find own tables of another version than this installation needs."""
    with patient.connected() as connection:
        found = version_of(connection)
    if found not in VERSIONS:
        yield said(SAYINGS, "TABLES_NEWER", VERSION_TABLE, found=found, newest=NEWEST)
    elif found != NEWEST:
        yield said(SAYINGS, "TABLES_OLDER", VERSION_TABLE, found=found, newest=NEWEST)


def live_columns(patient: Patient, table: Table) -> dict[str, Live]:
    """Return the columns that a view or table has, with their types."""
    if not patient.is_oracle:
        with patient.connected() as connection:
            rows = connection.exec_driver_sql(f'PRAGMA table_info("{table.name}")').all()
        return {str(row[1]).upper(): _of_sqlite(str(row[2])) for row in rows}
    with patient.connected() as connection:
        result = connection.execute(no_rows(table))
        return {str(one[0]).upper(): _of_oracle(one) for one in result.cursor.description}


def wanted(column: Column[Any]) -> str:
    """Return the type that the contract has for a column."""
    kind = _allowed(column)[0]
    return f"{kind}({column.type.length})" if kind == "VARCHAR2" else kind  # type: ignore[attr-defined]


def _judge(column: Column[Any], live: Live, *, is_written: bool) -> str | None:
    allowed, length = _allowed(column), getattr(column.type, "length", None) or 0
    if live.kind is None or (live.kind in ("VARCHAR2", "CHAR") and live.length == 0):  # NULL AS column
        return None
    if live.kind == "CHAR" and allowed == ("VARCHAR2",):
        return None if live.length == 1 else "PADDED_KEY" if column.primary_key else "PADDED"
    if live.kind not in allowed:
        return "WRONG_TYPE"
    return "TOO_SHORT" if is_written and live.kind == "VARCHAR2" and live.length < length else None


def _allowed(column: Column[Any]) -> tuple[str, ...]:
    return next(allowed for kind, allowed in _KINDS if isinstance(column.type, kind))


def _name(live: Live) -> str:
    return f"{live.kind}({live.length})" if live.length else str(live.kind)


def _of_sqlite(declared: str) -> Live:
    name, length = re.fullmatch(r"(\w*)(?:\((\d+).*\))?.*", declared.upper()).groups()  # type: ignore[union-attr]
    return Live(_SAME.get(name, name) or None, int(length or 0) if "CHAR" in name else 0)


def _of_oracle(described: Any) -> Live:
    name = str(described[1].name).removeprefix("DB_TYPE_")
    kind = _SAME.get(name, name)
    return Live(kind, int(described[2] or 0) if kind in ("VARCHAR2", "CHAR") else 0)


def _columns(names: Any) -> tuple[str, ...]:
    return tuple(str(name).upper() for name in names)


def _list(names: Any) -> str:
    return ", ".join(names)


def each(check: Any, tables: Mapping[str, Table]) -> Iterator[Check]:
    """Yield a check for each of some views or tables, so that one does not keep it from the others."""
    return (partial(check, table) for table in tables.values())


CHECKS: Final[tuple[Check, ...]] = (
    answers,
    *each(there, METADATA.tables),
    *each(types, METADATA.tables),
    *each(keyed, OWN_TABLES),
    version,
)
