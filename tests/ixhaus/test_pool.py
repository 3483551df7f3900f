"""One idle connection per thread, closed in the thread's last moment."""

import gc
import sqlite3
from pathlib import Path
from threading import Event, Thread

import pytest
from sqlalchemy import Engine, event, text

from include.ixhaus.database import engine_on, read_snapshot


class Counted:
    """An engine, and how many connections it opened and closed."""

    def __init__(self, path: Path) -> None:
        self.engine: Engine = engine_on(lambda: sqlite3.connect(path))
        self.opened = self.closed = 0
        event.listen(self.engine, "connect", self._count_opened)
        event.listen(self.engine, "close", self._count_closed)

    def _count_opened(self, *_: object) -> None:
        self.opened += 1

    def _count_closed(self, *_: object) -> None:
        self.closed += 1


@pytest.fixture
def counted(tmp_path: Path) -> Counted:
    return Counted(tmp_path / "x.db")


def use(engine: Engine, times: int = 1) -> None:
    for _ in range(times):
        with engine.begin() as connection:
            connection.execute(text("SELECT 1"))


def test_a_thread_opens_one_connection_however_often_it_needs_one(counted: Counted) -> None:
    use(counted.engine, 5)
    assert (counted.opened, counted.closed) == (1, 0)


def test_nested_transactions_have_connections_of_their_own_of_which_one_is_kept(counted: Counted) -> None:
    with read_snapshot(counted.engine):
        use(counted.engine)
    assert (counted.opened, counted.closed) == (2, 1)


def test_a_thread_that_ends_closes_its_connection(counted: Counted, tmp_path: Path) -> None:
    thread = Thread(target=use, args=(counted.engine, 3))
    thread.start()
    thread.join()
    assert (counted.opened, counted.closed) == (1, 1)
    use(counted.engine)
    counted.engine.dispose()
    assert not (tmp_path / "x.db-wal").exists()


def test_a_pool_that_goes_before_a_threads_connection_says_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    engines = [engine_on(lambda: sqlite3.connect(tmp_path / "x.db"))]
    is_idle, may_end = Event(), Event()

    def used_and_gone() -> None:
        use(engines.pop())
        is_idle.set()
        may_end.wait()

    thread = Thread(target=used_and_gone)
    thread.start()
    is_idle.wait()
    gc.collect()  # here, in another thread than the one with the idle connection
    may_end.set()
    thread.join()
    assert caplog.records == []
