"""Sending one batch of planned changes: in parallel, within the portal's limits, with an outcome per record."""

import asyncio
import contextlib
import logging
import signal
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from functools import partial
from typing import Final

import uvloop

from include.casavi.client import Portal, PortalStopError, open_portal
from include.casavi.endpoints import ENDPOINTS
from include.casavi.listing import ListingError
from include.sync.acknowledge import Acknowledgements, open_acknowledgements
from include.sync.deliver import Courier, Delivery, Parcels, PatienceExhaustedError
from include.sync.ledger import LedgerStatements, Outcomes, held_records, settled_records
from include.sync.plan import Action
from include.sync.run import Opened
from include.sync.staging import Change
from include.vocabulary.ids import read_parents

log = logging.getLogger(__name__)
_LOG_EVERY: Final = 5_000
OpenParcels = Callable[[Portal], AbstractAsyncContextManager[Parcels | None]]
"""Makes ready, for one session with the portal, what packs the records; None: they are nothing but their content."""


def _no_parcels(_portal: Portal) -> AbstractAsyncContextManager[None]:
    return contextlib.nullcontext()


class LoadStoppedError(Exception):
    """The batch could not be finished; what was acknowledged stays, the rest waits for the next run."""


@dataclass
class Batch:
    """The changes of one record type that one task sends."""

    run: Opened
    record_type: str
    changes: Sequence[Change]
    open_parcels: OpenParcels = _no_parcels
    _counts: Counter[str] = field(default_factory=Counter)
    _failures_in_a_row: int = 0
    _why_stop: str | None = None
    _end_session: Callable[[], None] = lambda: None

    def send(self) -> dict[str, int]:
        """Send the batch and return how many changes ended how: acknowledged, failed, withheld.

        Changes that this run has settled before (a crash, a retry) are not sent again. Raises LoadStoppedError with a
        sentence when the rest cannot be sent, LeaseLostError when another run took over.
        """
        settled, pending = settled_records(self.run.engine, self.run.system, self.record_type, self.run.key.name)
        todo = [change for change in self.changes if change["external_id"] not in settled]
        sendable, orphans = self._split_by_parents(todo)
        try:
            with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                runner.run(self._send(sendable, orphans, pending))
        except ExceptionGroup as several:  # the workers share one fate: the first cause tells it
            raise several.exceptions[0] from None
        if self._why_stop:
            raise LoadStoppedError(self._why_stop)
        return dict(self._counts)

    def _split_by_parents(self, changes: Sequence[Change]) -> tuple[list[Change], list[Change]]:
        """Part the changes whose parents the portal holds, and removals, from those it would refuse."""
        parents = {change["external_id"]: _parents(change) for change in changes}
        held = held_records(self.run.engine, self.run.system, {one for some in parents.values() for one in some})
        orphans = [change for change in changes if not held.issuperset(parents[change["external_id"]])]
        names = {change["external_id"] for change in orphans}
        return [change for change in changes if change["external_id"] not in names], orphans

    async def _send(self, changes: Sequence[Change], orphans: Sequence[Change], pending: set[str]) -> None:
        run, settings = self.run, self.run.settings
        statements = LedgerStatements(run.engine.dialect)
        fresh = partial(Outcomes, statements, run.system, self.record_type, run.key.name)
        async with (
            open_acknowledgements(run.engine, run.lease, fresh) as ledger,
            open_portal(settings.portal_connection, settings.limits) as portal,
        ):
            self._end_session = portal.pace.end
            if orphans:
                await ledger.commit(partial(self._withhold, orphans=orphans))
            try:
                async with self.open_parcels(portal) as parcels:
                    await self._deliver(changes, portal, parcels, ledger, pending)
            except (PortalStopError, ListingError) as stop:
                self._stop(str(stop))

    async def _deliver(
        self,
        changes: Sequence[Change],
        portal: Portal,
        parcels: Parcels | None,
        ledger: Acknowledgements,
        pending: set[str],
    ) -> None:
        limits = self.run.settings.limits
        endpoint = ENDPOINTS[self.record_type]
        courier = Courier(portal, endpoint, limits, parcels)
        queue = _Queue(changes, limits.parallel_requests, replaces=endpoint.update is None)
        with _on_sigterm(partial(self._stop, "the task was asked to end; the next run goes on from here")):
            async with asyncio.TaskGroup() as workers:
                for _ in range(min(limits.parallel_requests, len(changes))):
                    workers.create_task(self._work(queue, courier, ledger, pending))

    async def _work(self, queue: "_Queue", courier: Courier, ledger: Acknowledgements, pending: set[str]) -> None:
        for place, change in queue:
            if self._why_stop:
                return
            if not queue.is_intended(place):
                await _commit(ledger, queue, lambda _: None)
            try:
                delivery = await courier.deliver(change, uncertain=change["external_id"] in pending)
            except (PortalStopError, PatienceExhaustedError) as stop:
                self._stop(str(stop))
                return
            await _commit(ledger, queue, partial(self._settle, change=change, delivery=delivery))
            self._watch(delivery)

    def _settle(self, outcomes: Outcomes, change: Change, delivery: Delivery) -> None:
        if delivery.state:
            outcomes.acknowledge(change, delivery.state, delivery.status)
        else:
            outcomes.fail(change, delivery.reason, delivery.status, final=delivery.final)

    def _withhold(self, outcomes: Outcomes, orphans: Sequence[Change]) -> None:
        for change in orphans:
            outcomes.fail(change, "PARENT_NOT_IN_PORTAL", None, final=False)
        self._counts["withheld"] += len(orphans)

    def _watch(self, delivery: Delivery) -> None:
        """Count, tell how far we are, and stop when the portal seems to be down."""
        passing = delivery.state is None and not delivery.final
        if delivery.is_attempted:  # what could not even be sent says nothing about the portal
            self._failures_in_a_row = self._failures_in_a_row + 1 if passing else 0
        self._counts["acknowledged" if delivery.state else "failed"] += 1
        done = self._counts["acknowledged"] + self._counts["failed"]
        if done % _LOG_EVERY == 0:
            log.info("%s: %d of %d sent, %d failed", self.record_type, done, len(self.changes), self._counts["failed"])
        if self._failures_in_a_row >= self.run.settings.limits.failures_in_a_row:
            self._stop(
                f"{self._failures_in_a_row} records in a row failed ({delivery.reason}); the portal seems to be down, "
                "the next run goes on from here"
            )

    def _stop(self, why: str) -> None:
        """Begin nothing new; what is under way is finished and acknowledged."""
        self._why_stop = self._why_stop or why
        self._end_session()


class _Queue:
    """Hands out changes in order and records a little ahead of them that they are about to be sent.

    Intents are added for one change per worker at a time, not one after each answer: the ledger takes several at once.

    replaces: whether an update is a removal and a create, of which only the first may happen
    """

    def __init__(self, changes: Sequence[Change], workers: int, *, replaces: bool) -> None:
        self._changes = changes
        self._workers = workers
        self._replaces = replaces
        self._given = 0
        self._proposed = 0
        self._intended = 0

    def __iter__(self) -> Iterator[tuple[int, Change]]:
        while self._given < len(self._changes):
            place = self._given
            self._given += 1
            yield place, self._changes[place]

    def is_intended(self, place: int) -> bool:
        """Whether the change at this place may be sent: that it is about to be is on record."""
        return place < self._intended

    def intend(self, outcomes: Outcomes) -> int:
        """Add the intents of the changes that come next; returns up to where intents are then on record."""
        if self._proposed - self._given > self._workers:  # every worker finds its next change on record
            return self._proposed
        until = min(self._given + 2 * self._workers, len(self._changes))
        for change in self._changes[self._proposed : until]:
            if change["action"] == Action.CREATE or (self._replaces and change["action"] == Action.UPDATE):
                outcomes.intend(change["external_id"])
            else:
                outcomes.doubt(change["external_id"])
        self._proposed = max(self._proposed, until)
        return self._proposed

    def confirm(self, until: int) -> None:
        """The intents up to here are committed."""
        self._intended = max(self._intended, until)


async def _commit(ledger: Acknowledgements, queue: _Queue, add: Callable[[Outcomes], None]) -> None:
    """Commit outcomes and, along with them, the intents of the changes that come next."""
    until = 0

    def fill(outcomes: Outcomes) -> None:
        nonlocal until
        add(outcomes)
        until = queue.intend(outcomes)

    await ledger.commit(fill)
    queue.confirm(until)


def _parents(change: Change) -> set[tuple[str, str]]:
    """Return what the portal must hold before; nothing for a removal, which may come after that of its parents."""
    if change["action"] == Action.REMOVE:
        return set()
    return set(read_parents(change["parents"]))


@contextlib.contextmanager
def _on_sigterm(handler: Callable[[], None]) -> Iterator[None]:
    """Call `handler` instead of dying at once, where this is the main thread; then who was called before is again."""
    loop = asyncio.get_running_loop()
    before = signal.getsignal(signal.SIGTERM)
    try:
        loop.add_signal_handler(signal.SIGTERM, handler)
    except (ValueError, RuntimeError, NotImplementedError):  # not the main thread: nothing to handle
        yield
        return
    try:
        yield
    finally:
        loop.remove_signal_handler(signal.SIGTERM)
        signal.signal(signal.SIGTERM, before)
