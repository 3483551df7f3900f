"""Statements compiled once and run on the driver, for the one place where thousands run per second.

SQLAlchemy's own execution costs a third of a millisecond for three small statements (measured), which is what a whole
HTTP call costs; the statements stay SQLAlchemy's, so they hold on every database.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cache
from operator import itemgetter

from sqlalchemy import Connection, DateTime, Dialect
from sqlalchemy.sql.dml import Update

Row = Mapping[str, object]
"""Text, numbers, None, or what `driver_moment` returned, by parameter."""


class Prepared:
    """An UPDATE of at least two values, compiled for one database; no parameter may be called like a word that the
    database keeps for itself, such as size or group.
    """

    def __init__(self, statement: Update, dialect: Dialect) -> None:
        compiled = statement.compile(dialect=dialect)
        self._sql = str(compiled)
        order = getattr(compiled, "positiontup", None)  # of drivers whose parameters have no names
        self._arrange: Callable[[Row], Sequence[object]] | None = itemgetter(*order) if order else None

    def execute(self, connection: Connection, rows: Sequence[Row]) -> int:
        """Run the statement for every row inside the connection's transaction and return how many rows it changed."""
        arranged = rows if self._arrange is None else list(map(self._arrange, rows))
        return connection.exec_driver_sql(self._sql, arranged).rowcount


@cache
def driver_moment(dialect: Dialect) -> Callable[[datetime], object]:
    """Return how a datetime without zone is given to the driver: as it is, or as text where it takes none."""
    return DateTime().dialect_impl(dialect).bind_processor(dialect) or (lambda moment: moment)
