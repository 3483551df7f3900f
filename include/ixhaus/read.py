"""Read the contract's views as of one moment into one Parquet file each, with the English names of the code.

Raw cursor rows go straight into Arrow columns of a fixed schema, a chunk at a time: no pandas in between, so memory
stays flat and no type is guessed.
"""

import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Date,
    DateTime,
    Engine,
    Integer,
    LargeBinary,
    Numeric,
    Select,
    Table,
    Text,
    select,
)

from include.ixhaus.check import ContractError, FlagError, differences
from include.ixhaus.contract import FRAMES, NO, NO_DATES, VIEWS, YES
from include.ixhaus.database import ROWS_PER_ROUND_TRIP, read_snapshot

if TYPE_CHECKING:
    from airflow.sdk import ObjectStoragePath

    Place = Path | ObjectStoragePath
    """A folder or file of this machine, or in an object store that Airflow knows."""
CHUNK: Final = 20_000
_KEYLESS: Final = "rows_without_key"
"""What a frame's file says of itself."""
_MOMENT: Final = pa.timestamp("us")
_EMPTY: Final = pa.scalar("", pa.large_string())
_NO_DATES: Final = pa.array(NO_DATES)
_TEXTS: Final = (pa.types.is_string, pa.types.is_large_string, pa.types.is_null)
_NUMBERS: Final = (pa.types.is_integer, pa.types.is_floating, pa.types.is_decimal, pa.types.is_null)
PASSING: Final[Mapping[str, Any]] = {"compression": "lz4", "use_dictionary": False, "write_statistics": False}
"""How files are written that are read once, as a whole, minutes later."""
if "jemalloc" in pa.supported_memory_backends():
    pa.set_memory_pool(pa.jemalloc_memory_pool())  # gives back what frames leave sooner: docs/figures.md
Cells = Any
"""One column of some rows: an Arrow array, or the values as the driver has them. The published types of pyarrow know
too few of its overloads.
"""


def read_views(
    engine: Engine, names: Sequence[str], folder: Path, only: Mapping[str, ColumnElement[bool]] = MappingProxyType({})
) -> dict[str, int]:
    """Read views as of one moment into `folder`, which is made, or replaced as a whole; a failure leaves it as it was.

    names:   views of the contract, such as SP_PERSON
    only:    view → which of its rows; a view without a condition is read as a whole
    writes:  <frame name>.parquet per view, columns with English names:
             text → string, NULL where empty, without the blanks that a CHAR column has behind it: a key that has
             them in one view only would be found in no other; CLOB → string, as it is; J/N → bool, False where empty;
             day → timestamp[us] at midnight;
             moment → timestamp[us], local time without zone; whole number → int64.
             Legacy "empty" dates become NULL (E27). Contents (BLOB) are never read here.
    returns: frame name → number of rows
             Rows without a key are left out: nobody could say what they are; see `keyless_rows`. A key that occurs
             twice is the rules' business, see rules/outcomes.py.
    raises:  ContractError when a view or column is missing, or a value is not of the agreed type
    """
    tables = [VIEWS[name] for name in names]
    folder.parent.mkdir(parents=True, exist_ok=True)
    part = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))  # readable by the owner only
    try:
        with read_snapshot(engine) as connection:
            if missing := differences(connection, tables):
                raise ContractError("\n".join(difference.sentence for difference in missing))
            counts = {FRAMES[table.name]: read_view(connection, table, part, only.get(table.name)) for table in tables}
        shutil.rmtree(folder, ignore_errors=True)
        part.rename(folder)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    return counts


def frame_of(folder: "Place", name: str) -> pd.DataFrame:
    """Return one frame that `read_views` wrote: str, bool, datetime64[us], and Int64 for whole numbers."""
    with (folder / f"{name}.parquet").open("rb") as file:
        table = pq.ParquetFile(file).read()  # what pq.read_table does takes twice as long for a small file
    return table.to_pandas(types_mapper=lambda kind: pd.Int64Dtype() if kind == pa.int64() else None, split_blocks=True)


def keyless_rows(folder: "Place", name: str) -> int:
    """Return how many rows `read_views` left out of a frame as their key, or a part of it, was empty."""
    said = metadata_of(folder, name).metadata or {}
    return int(said.get(_KEYLESS.encode(), 0))


def metadata_of(folder: "Place", name: str) -> pq.FileMetaData:
    """Return what a frame's file says of itself, its number of rows among it."""
    with (folder / f"{name}.parquet").open("rb") as file:
        return pq.read_metadata(file)


class Views(Mapping[str, pd.DataFrame]):
    """The views that were read; each is loaded when the rules ask for it, so that not all are in memory at once."""

    def __init__(self, folder: "Place") -> None:
        self._folder = folder

    def __getitem__(self, name: str) -> pd.DataFrame:
        return frame_of(self._folder, name)

    def __iter__(self) -> Iterator[str]:
        return (path.stem for path in self._folder.iterdir() if path.suffix == ".parquet")

    def __len__(self) -> int:
        return sum(1 for _ in self)


def rows_of(table: Table, only: ColumnElement[bool] | None = None) -> Select[tuple[Any, ...]]:
    """Return the query for the rows of a view, all or some, without its contents."""
    query = select(*_columns(table))
    return query if only is None else query.where(only)


def read_view(connection: Connection, table: Table, folder: Path, only: ColumnElement[bool] | None = None) -> int:
    """Write the rows of one view to its Parquet file in `folder` and return their number; raises like `read_views`."""
    columns = _columns(table)
    schema = pa.schema([(column.key, _arrow_type(column)) for column in columns])
    number = keyless = 0

    def arrays_of(rows: Iterable[Cells]) -> list[Cells]:
        return [_array(table, column, cells) for column, cells in zip(columns, rows, strict=True)]

    with pq.ParquetWriter(folder / f"{FRAMES[table.name]}.parquet", schema, **PASSING) as writer:
        for chunk in tables_of(connection, rows_of(table, only), schema, arrays_of):
            kept = chunk.filter(_has_key(chunk, [column.key for column in table.primary_key]))
            writer.write_table(kept)
            number, keyless = number + kept.num_rows, keyless + chunk.num_rows - kept.num_rows
        writer.add_key_value_metadata({_KEYLESS: str(keyless)})
    return number


def tables_of(
    connection: Connection,
    query: Select[tuple[Any, ...]],
    schema: pa.Schema,
    arrays_of: Callable[[Iterable[Cells]], list[Cells]],
) -> Iterator[pa.Table]:
    """Yield a query's rows as tables of about CHUNK rows.

    arrays_of: turns the values of each column, as the driver has them, into an array of the schema
    """
    statement, values = _compiled(connection, query)
    columns_of = _columns_of_oracle if connection.dialect.name == "oracle" else _columns_of_any
    parts: list[pa.Table] = []
    for columns in columns_of(connection, statement, values):
        parts.append(pa.Table.from_arrays(arrays_of(columns), schema=schema))
        if len(parts) * ROWS_PER_ROUND_TRIP >= CHUNK:
            yield pa.concat_tables(parts).combine_chunks()
            parts = []
    if parts:
        yield pa.concat_tables(parts).combine_chunks()


def _columns_of_oracle(connection: Connection, statement: str, values: Any) -> Iterator[Iterable[Cells]]:
    """Yield the columns of a round trip's rows as arrays, which this driver makes without any object of Python's."""
    driver: Any = connection.connection.driver_connection
    for batch in driver.fetch_df_batches(statement, values, size=ROWS_PER_ROUND_TRIP, fetch_decimals=True):
        yield [column.combine_chunks() for column in pa.table(batch).columns]


def _columns_of_any(connection: Connection, statement: str, values: Any) -> Iterator[Iterable[Cells]]:
    """Yield the columns of a round trip's rows as tuples, which become arrays while the processor's cache has them."""
    with closing(connection.connection.cursor()) as cursor:
        cursor.arraysize = ROWS_PER_ROUND_TRIP
        cursor.execute(statement, values)
        while rows := cursor.fetchmany(ROWS_PER_ROUND_TRIP):
            yield zip(*rows, strict=True)


def _has_key(rows: pa.Table, names: Sequence[str]) -> Cells:
    has_key = pc.is_valid(rows[names[0]])
    for name in names[1:]:
        has_key = pc.and_(has_key, pc.is_valid(rows[name]))
    return has_key


def _compiled(connection: Connection, query: Select[tuple[Any, ...]]) -> tuple[str, Any]:
    """Return a query and its values as the driver's cursor takes them."""
    compiled = query.compile(dialect=connection.dialect, compile_kwargs={"render_postcompile": True})
    values = compiled.params if compiled.positiontup is None else [compiled.params[one] for one in compiled.positiontup]
    return str(compiled), values


def _columns(table: Table) -> list[Column[Any]]:
    return [column for column in table.columns if not isinstance(column.type, LargeBinary)]


def _arrow_type(column: Column[Any]) -> pa.DataType:
    if column.info.get("flag"):
        return pa.bool_()
    if isinstance(column.type, Date | DateTime):
        return _MOMENT
    return pa.int64() if isinstance(column.type, Integer | Numeric) else pa.large_string()  # pandas' own text type


def _array(table: Table, column: Column[Any], cells: Cells) -> Cells:
    try:
        if column.info.get("flag"):
            return _flags(cells)
        if isinstance(column.type, Date | DateTime):
            return _moments(cells, is_day=isinstance(column.type, Date))
        if pa.types.is_integer(_arrow_type(column)):
            return _whole_numbers(cells)
        return _texts(cells, is_long=isinstance(column.type, Text))
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError, OverflowError):
        place = f"{table.name}.{column.name}"
    # outside the handler, as Arrow's message holds the value
    if column.info.get("flag"):
        raise FlagError(place)
    raise ContractError(f"{place}: some values are not {_wanted(column)}; convert them in the view.")


def _wanted(column: Column[Any]) -> str:
    if isinstance(column.type, Date | DateTime):
        return "dates (DATE)"
    return "whole numbers (NUMBER)" if isinstance(column.type, Integer | Numeric) else "text (VARCHAR2; try TO_CHAR)"


def _flags(cells: Cells) -> Cells:
    """Convert flags as `rows.is_yes` does, a chunk at once; raises where one is neither J nor N."""
    flags = _read_as_text(cells, pa.string())
    if not _are_all(flags, YES, NO):
        flags = pc.utf8_rtrim(flags, " ")
        if not _are_all(flags, YES, NO, ""):
            raise pa.ArrowInvalid("neither J nor N")
    return pc.fill_null(pc.equal(flags, pa.scalar(YES)), pa.scalar(False))


def _read_as_text(cells: Cells, kind: pa.DataType) -> Cells:
    """Return texts as an array; raises where they are none, as Arrow would write its own numbers and dates as text."""
    if isinstance(cells, pa.Array) and not any(is_such(cells.type) for is_such in _TEXTS):
        raise pa.ArrowTypeError("no texts")
    return pa.array(cells, kind)


def _are_all(flags: Cells, *known: str) -> bool:
    return bool(pc.all(pc.is_in(flags.drop_null(), pa.array(known)), min_count=0).as_py())


def _whole_numbers(cells: Cells) -> Cells:
    """Convert whole numbers, of whatever type the driver has them; raises where a fraction would be cut off."""
    numbers: Cells = pa.array(cells)
    if not any(is_such(numbers.type) for is_such in _NUMBERS):
        raise pa.ArrowTypeError("Arrow would take texts and flags for numbers")
    return numbers.cast(pa.int64())


def _texts(cells: Cells, *, is_long: bool = False) -> Cells:
    texts = _read_as_text(cells, pa.large_string())
    if not is_long:
        texts = pc.ascii_rtrim(texts, " ")  # byte by byte, ten times as fast; no sign of UTF-8 has a blank in it
    is_empty: Cells = pc.equal(texts, _EMPTY)
    return pc.if_else(is_empty, None, texts) if pc.any(is_empty).as_py() else texts


def _moments(cells: Cells, *, is_day: bool) -> Cells:
    """Convert dates and times (Oracle) or their text (SQLite) and clear what means "no date" (E27)."""
    raw: Cells = pa.array(cells)
    if pa.types.is_string(raw.type):
        raw = _texts(cells)
    elif not (pa.types.is_temporal(raw.type) or pa.types.is_null(raw.type)):
        raise pa.ArrowTypeError("Arrow would take a number for microseconds since 1970")
    moments = raw.cast(_MOMENT, safe=raw.type != pa.timestamp("ns"))  # of which what is finer is cut off
    days = moments.cast(pa.date32())
    is_none: Cells = pc.is_in(days, _NO_DATES)
    result = days.cast(_MOMENT) if is_day else moments
    return pc.if_else(is_none, None, result) if pc.any(is_none).as_py() else result
