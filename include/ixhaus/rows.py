"""Rows as the code speaks of them: SQLAlchemy takes a column's key wherever values are given, but names the rows it
returns as the database does; flags are letters there and bool here.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Column, Connection, Select

from include.ixhaus.check import FlagError
from include.ixhaus.contract import NO, YES


def named_rows(
    connection: Connection, query: Select[Any], values: Mapping[str, Any] | None = None
) -> list[dict[str, Any]]:
    """Return a query's rows under the keys of its columns, or their labels; flags as bool.

    values: of the query's own parameters
    raises: FlagError where a flag is neither J nor N
    """
    columns = query.selected_columns
    flags = {key: one for key, one in columns.items() if isinstance(one, Column) and one.info.get("flag")}
    rows = [dict(zip(columns.keys(), row, strict=True)) for row in connection.execute(query, values)]
    return [row | {key: is_yes(row[key], column) for key, column in flags.items()} for row in rows] if flags else rows


def is_yes(value: object, column: Column[Any]) -> bool:
    """Return whether a flag is set; an empty one is not, and the blanks of a CHAR column are none of it.

    column: where it stands
    raises: FlagError for whatever is neither J nor N: it may mean either, so nobody guesses
    """
    flag = value.rstrip(" ") if isinstance(value, str) else value
    if flag not in (YES, NO, "", None):
        raise FlagError(f"{column.table.name}.{column.name}")
    return flag == YES
