"""Rows as the code speaks of them: SQLAlchemy takes a column's key wherever values are given, but names the rows it
returns as the database does.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Select


def named_rows(
    connection: Connection, query: Select[Any], values: Mapping[str, Any] | None = None
) -> list[dict[str, Any]]:
    """Return a query's rows under the keys of its columns, or their labels.

    values: of the query's own parameters
    """
    names = query.selected_columns.keys()
    return [dict(zip(names, row, strict=True)) for row in connection.execute(query, values)]
