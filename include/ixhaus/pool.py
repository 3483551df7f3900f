"""Connections that only the thread that opened them may use, as sqlite3 insists."""

import threading
from typing import Self

from sqlalchemy.pool import ConnectionPoolEntry, Pool


class _Idle:
    """A thread's idle connection. It goes with the thread's locals, in that thread's last moment: the only one left in
    which it can be closed. If the pool goes first, in some other thread, the driver ends it.
    """

    def __init__(self, entry: ConnectionPoolEntry) -> None:
        self.entry: ConnectionPoolEntry | None = entry
        self._thread = threading.get_ident()

    def taken(self) -> ConnectionPoolEntry | None:
        entry, self.entry = self.entry, None
        return entry

    def __del__(self) -> None:
        if self.entry and self._thread == threading.get_ident():
            self.entry.close()


class ThreadPool(Pool):
    """Keeps one idle connection per thread; SQLAlchemy's own pool for this shares one among nested transactions."""

    def __init__(self, *arguments: object, **options: object) -> None:
        super().__init__(*arguments, **options)  # type: ignore[arg-type]  # handed through
        self._mine = threading.local()

    def _do_get(self) -> ConnectionPoolEntry:
        return self._idle() or self._create_connection()

    def _do_return_conn(self, record: ConnectionPoolEntry) -> None:
        if "idle" in self._mine.__dict__:
            record.close()
        else:
            self._mine.idle = _Idle(record)

    def _idle(self) -> ConnectionPoolEntry | None:
        idle: _Idle | None = self._mine.__dict__.pop("idle", None)
        return idle.taken() if idle else None

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
        """Close this thread's idle connection; that of another thread is closed when the thread ends."""
        if entry := self._idle():
            entry.close()

    def status(self) -> str:
        """Return what the pool holds, for logs."""
        return "one idle connection per thread"
