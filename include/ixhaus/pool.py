"""Connections that only the thread that opened them may use, as sqlite3 insists."""

import threading
from typing import Self

from sqlalchemy.pool import ConnectionPoolEntry, Pool


class ThreadPool(Pool):
    """Keeps one idle connection per thread; SQLAlchemy's own pool for this shares one among nested transactions."""

    def __init__(self, *arguments: object, **options: object) -> None:
        super().__init__(*arguments, **options)  # type: ignore[arg-type]  # handed through
        self._idle = threading.local()

    def _do_get(self) -> ConnectionPoolEntry:
        entry: ConnectionPoolEntry | None = self._idle.__dict__.pop("entry", None)
        return entry or self._create_connection()

    def _do_return_conn(self, record: ConnectionPoolEntry) -> None:
        if "entry" in self._idle.__dict__:
            record.close()
        else:
            self._idle.entry = record

    def recreate(self) -> Self:
        """Return a pool like this one, without its connections."""
        return self.__class__(
            self._creator,
            recycle=self._recycle,
            echo=self.echo,
            logging_name=self._orig_logging_name,
            reset_on_return=self._reset_on_return,
            pre_ping=self._pre_ping,
            _dispatch=self.dispatch,
            dialect=self._dialect,
        )

    def dispose(self) -> None:
        """Close this thread's idle connection; those of other threads end with their threads."""
        entry: ConnectionPoolEntry | None = self._idle.__dict__.pop("entry", None)
        if entry:
            entry.close()

    def status(self) -> str:
        """Return what the pool holds, for logs."""
        return "one idle connection per thread"
