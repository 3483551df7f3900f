"""A stand-in for python-oracledb where no Oracle is at hand: it remembers statements and answers with rows.

It shows what the code says to the driver and that it takes what the driver gives (names in capitals, datetime for DATE,
None for ''); it does not show that Oracle accepts the statements.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa


class FakeOracle:
    """rows: view → (columns, rows)."""

    def __init__(self, rows: Mapping[str, tuple[Sequence[str], Sequence[tuple[Any, ...]]]] | None = None) -> None:
        self.rows = rows or {}
        self.statements: list[str] = []
        self.array_sizes: list[int] = []

    def connect(self) -> "Connection":
        return Connection(self)


class Connection:
    version = "19.24.0.0.0"
    outputtypehandler: object = None
    thin = True
    max_identifier_length = 128

    def __init__(self, server: FakeOracle) -> None:
        self._server = server

    def cursor(self) -> "Cursor":
        return Cursor(self._server)

    def fetch_df_batches(
        self, statement: str, _given: object, *, size: int, fetch_decimals: bool
    ) -> Iterator[pa.Table]:
        assert fetch_decimals  # else a long number is rounded
        cursor = self.cursor()
        cursor.arraysize = size
        cursor.execute(statement)
        while rows := cursor.fetchmany(size):
            columns = [pa.array(cells) for cells in zip(*rows, strict=True)]
            yield pa.Table.from_arrays(columns, names=[f"C{place}" for place in range(len(columns))])

    def close(self) -> None: ...

    def commit(self) -> None: ...

    def rollback(self) -> None: ...


Connection.__module__ = "oracledb.connection"


class Cursor:
    rowcount = 0
    arraysize = 100
    outputtypehandler: object = None

    def __init__(self, server: FakeOracle) -> None:
        self._server = server
        self._rows: list[tuple[Any, ...]] = []
        self.description: list[tuple[object, ...]] | None = None

    def __enter__(self) -> "Cursor":
        return self

    def __exit__(self, *_: object) -> None: ...

    def execute(self, statement: str, _parameters: object = None) -> None:
        self._server.statements.append(statement)
        self._server.array_sizes.append(self.arraysize)
        view = re.search(r'FROM "(\w+)"', statement)
        columns, rows = self._server.rows.get(view[1] if view else "", (["ONLY"], [("1.1",)]))
        is_probe = "1 = 0" in statement
        self._rows = [] if is_probe else list(rows)
        is_query = statement.lstrip().upper().startswith("SELECT")
        self.description = [(name, None, None, None, None, None, None) for name in columns] if is_query else None

    def fetchone(self) -> tuple[Any, ...] | None:
        return self._rows.pop(0) if self._rows else None

    def fetchmany(self, size: int = 100) -> list[tuple[Any, ...]]:
        taken, self._rows = self._rows[:size], self._rows[size:]
        return taken

    def fetchall(self) -> list[tuple[Any, ...]]:
        return self.fetchmany(len(self._rows))

    def var(self, *_: object, **__: object) -> object:
        return None

    def setinputsizes(self, *_: object, **__: object) -> None: ...

    def close(self) -> None: ...
