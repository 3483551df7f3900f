"""Writing outcomes to the ledger while a load runs, many at once but none late.

A worker hands over an outcome and goes on only when it is committed, so a killed load repeats at most what was in
flight. Whatever arrives while one transaction is being committed goes into the next one, so that a slow database costs
a little waiting and not one commit per record.
"""

import asyncio
import sys
from collections.abc import AsyncGenerator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager

from sqlalchemy import Connection, Engine

from include.sync.lease import Lease
from include.sync.ledger import Outcomes


class Acknowledgements:
    """The ledger's writing end during a load. Use `open_acknowledgements`."""

    def __init__(self, connection: Connection, thread: ThreadPoolExecutor, lease: Lease, fresh: Callable[[], Outcomes]):
        self._connection = connection
        self._thread = thread
        self._lease = lease
        self._fresh = fresh
        self._waiting = fresh()
        self._waiters: list[asyncio.Future[None]] = []
        self._writing: asyncio.Task[None] | None = None
        self._broken: Exception | None = None

    async def commit(self, add: Callable[[Outcomes], None]) -> None:
        """Let `add` put outcomes into the next transaction and return when that is committed.

        Raises LeaseLostError, or whatever the database raised; nothing of the transaction, and of any later one, is
        then in the ledger.
        """
        add(self._waiting)
        committed = asyncio.get_running_loop().create_future()  # one each: cheaper than to shield a shared one
        self._waiters.append(committed)
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write())
        await committed

    async def _write(self) -> None:
        loop = asyncio.get_running_loop()
        while self._waiters:
            await self._let_others_join()
            outcomes, waiters = self._waiting, self._waiters
            self._waiting, self._waiters = self._fresh(), []
            try:
                if self._broken is None:
                    await loop.run_in_executor(self._thread, self._store, outcomes)
            except Exception as error:  # every waiting worker must hear of it, whatever it is
                self._broken = error
            for waiter in waiters:
                if waiter.done():  # cancelled with its worker
                    continue
                if self._broken is None:
                    waiter.set_result(None)
                else:
                    waiter.set_exception(self._broken)

    async def _let_others_join(self) -> None:
        """Wait while answers that have arrived already are being worked off: they share the next commit."""
        seen = -1
        while seen != len(self._waiting):
            seen = len(self._waiting)
            await asyncio.sleep(0)

    async def finish(self) -> None:
        """Return when everything handed over is committed or refused, also what nobody waits for any more."""
        if self._writing:
            await self._writing

    def _store(self, outcomes: Outcomes) -> None:
        with self._connection.begin():
            self._lease.confirm(self._connection)
            outcomes.write(self._connection)


@asynccontextmanager
async def open_acknowledgements(
    engine: Engine, lease: Lease, fresh: Callable[[], Outcomes]
) -> AsyncGenerator[Acknowledgements]:
    """Open a connection and a thread of its own for the ledger; `fresh` makes an empty collection of outcomes."""
    with _quick_switches(), ThreadPoolExecutor(1, "ledger") as thread:
        loop = asyncio.get_running_loop()
        connection = await loop.run_in_executor(thread, engine.connect)
        acknowledgements = Acknowledgements(connection, thread, lease, fresh)
        try:
            yield acknowledgements
        finally:
            await acknowledgements.finish()
            await loop.run_in_executor(thread, connection.close)


@contextmanager
def _quick_switches() -> Iterator[None]:
    """Let the ledger's thread not wait 5 ms, Python's default, for its turn beside a busy event loop: every worker
    waits for it. Measured: a third more records a second.
    """
    usual = sys.getswitchinterval()
    sys.setswitchinterval(0.0005)
    try:
        yield
    finally:
        sys.setswitchinterval(usual)
