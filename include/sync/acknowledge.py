"""Writing outcomes to the ledger while a load runs, many at once but none late.

A worker hands over an outcome and goes on only when it is committed, so a killed load repeats at most what was in
flight. Whatever arrives while one transaction is being committed goes into the next one, so that a slow database costs
a little waiting and not one commit per record.
"""

import asyncio
import sys
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager, nullcontext
from time import perf_counter
from typing import Final, Protocol, TypeVar, TypeVarTuple

from sqlalchemy import Connection, Engine

from include.sync.lease import Lease
from include.sync.ledger import Outcomes

Arguments = TypeVarTuple("Arguments")
Result = TypeVar("Result")
NEAR: Final = 0.001
"""Seconds. A database that commits faster is waited for where the calls are made: a thread for it would cost more than
the waiting (measured: a third of the records a second). A slower one must not hold up the calls.
"""


class Run(Protocol):
    """Calls a function that waits for the database: here, or in the thread that is the ledger's."""

    def __call__(self, work: Callable[[*Arguments], Result], *arguments: *Arguments) -> Awaitable[Result]:
        """Return what `work` returns, once it has."""


class Acknowledgements:
    """The ledger's writing end during a load. Use `open_acknowledgements`."""

    def __init__(self, connection: Connection, run: Run, lease: Lease, fresh: Callable[[], Outcomes]):
        self._connection = connection
        self._run = run
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
        while self._waiters:
            await self._let_others_join()
            outcomes, waiters = self._waiting, self._waiters
            self._waiting, self._waiters = self._fresh(), []
            try:
                if self._broken is None:
                    await self._run(self._store, outcomes)
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
    """Open a connection of its own for the ledger; `fresh` makes an empty collection of outcomes."""
    with ThreadPoolExecutor(1, "ledger") as thread:

        async def elsewhere(work: Callable[[*Arguments], Result], *arguments: *Arguments) -> Result:
            return await asyncio.get_running_loop().run_in_executor(thread, work, *arguments)

        async def here(work: Callable[[*Arguments], Result], *arguments: *Arguments) -> Result:
            return work(*arguments)

        # Measured here, where nothing is under way yet that it could hold up: a thread would need another connection.
        run: Run = here if _seconds_of_a_commit(engine, lease) < NEAR else elsewhere
        connection = await run(engine.connect)
        acknowledgements = Acknowledgements(connection, run, lease, fresh)
        with _quick_switches() if run is elsewhere else nullcontext():
            try:
                yield acknowledgements
            finally:
                await acknowledgements.finish()
                await run(connection.close)


def _seconds_of_a_commit(engine: Engine, lease: Lease) -> float:
    """Return how long the database takes for a small transaction: the quickest of three."""
    times = []
    with engine.connect() as connection:
        for _ in range(3):
            began = perf_counter()
            with connection.begin():
                lease.confirm(connection)
            times.append(perf_counter() - began)
    return min(times)


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
