"""The system that is examined, and the ways into it."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Engine, Executable, func, select
from sqlalchemy.sql.selectable import FromClause

from include.doctor.finding import Finding
from include.ixhaus.database import open_engine, read_snapshot
from include.ixhaus.faults import Kind, fault_of
from include.settings import SystemSettings
from include.vocabulary.clock import utc_now

CALL_SECONDS: Final = 60.0
"""How long one question to the database may take."""
_AWAY: Final = (Kind.LOGIN, Kind.UNREACHABLE, Kind.LOST)


class SaidAlreadyError(Exception):
    """What a check needs is not there, and that has been said."""


class Patient:
    """One system: its settings, its database, what time it is.

    openapi: a document that describes the portal, to compare with what this project calls
    broken:  views and tables that are missing or lack columns, filled while they are looked at
    is_portal_open: whether the portal has let us in, set by the check that knocks
    """

    def __init__(
        self,
        settings: SystemSettings,
        openapi: Path | None = None,
        clock: Callable[[], datetime] = utc_now,
        open_database: Callable[..., Engine] = open_engine,
    ) -> None:
        self.settings = settings
        self.openapi = openapi
        self.broken: set[str] = set()
        self.is_portal_open = False
        self._is_database_away = False
        self._clock, self._open = clock, open_database

    @property
    def now(self) -> datetime:
        """The time, in UTC."""
        return self._clock()

    @property
    def engine(self) -> Engine:
        """The engine on the ERP's database; raises as `connected` does."""
        if self._is_database_away:
            raise SaidAlreadyError
        try:
            return self._engine
        except Exception:
            self._is_database_away = True
            raise

    @property
    def is_oracle(self) -> bool:
        """Whether the database is Oracle, and not the embedded SQLite; raises as `connected` does."""
        return self.engine.dialect.name == "oracle"

    @contextmanager
    def connected(self) -> Iterator[Connection]:
        """Yield a connection that only reads.

        raises: SaidAlreadyError once the database is away; the first to find that out gets the database's own error
        """
        engine = self.engine
        try:
            with read_snapshot(engine) as connection:
                yield connection
        except Exception as error:
            fault = fault_of(error)
            self._is_database_away = bool(fault and fault.kind in _AWAY)
            raise

    @cached_property
    def _engine(self) -> Engine:
        return self._open(self.settings.ixhaus_connection, CALL_SECONDS)

    def rows(self, query: Executable, values: Mapping[str, Any] | None = None) -> Sequence[Any]:
        """Return a query's rows; raises as `connected` does."""
        with self.connected() as connection:
            return connection.execute(query, values or {}).all()

    def value(self, query: Executable, values: Mapping[str, Any] | None = None) -> Any:
        """Return the first value of a query's first row, None without one; raises as `connected` does."""
        rows = self.rows(query, values)
        return rows[0][0] if rows else None

    def count(self, table: FromClause, *conditions: Any) -> int:
        """Return how many rows of a view meet all conditions."""
        return int(self.value(select(func.count()).select_from(table).where(*conditions)))


Check = Callable[[Patient], Iterable[Finding]]
"""Looks at one thing; whatever it raises is a finding."""
