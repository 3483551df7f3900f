"""Sending one batch of planned changes: in parallel, within the portal's limits, with an outcome per record."""

import asyncio
import contextlib
import logging
import signal
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from functools import partial
from typing import Final

import uvloop

from include.casavi.client import Portal, PortalStopError, open_portal
from include.casavi.endpoints import ENDPOINTS, endpoint_of
from include.casavi.listing import ListingError
from include.ixhaus.database import read_snapshot
from include.sync.acknowledge import Acknowledgements, open_acknowledgements
from include.sync.below import with_children
from include.sync.deliver import Courier, Delivery, Parcels, PatienceExhaustedError
from include.sync.ledger import (
    LedgerStatements,
    Outcomes,
    Place,
    failures_of,
    held_records,
    places,
    settled_records,
)
from include.sync.plan import Action
from include.sync.protocol import CHILDREN_LEFT, PARENT_MISSING
from include.sync.run import Opened
from include.sync.staging import Change
from include.sync.tally import UNMARKED, Tally
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
    requests: int = 0
    """How many the portal was asked, logins among them."""
    _counts: Counter[str] = field(default_factory=Counter)
    _tally: Tally = field(init=False)
    _why_stop: str | None = None
    _end_session: Callable[[], None] = lambda: None

    def send(self) -> dict[str, int]:
        """Send the batch and return how many changes ended how: acknowledged, failed, withheld.

        Changes that this run has settled before (a crash, a retry) are not sent again. Raises LoadStoppedError with a
        sentence when the rest cannot be sent, LeaseLostError when another run took over.
        """
        run, record_type = self.run, self.record_type
        settled, pending = settled_records(run.engine, run.system, record_type, run.key.name)
        with read_snapshot(run.engine) as connection:
            failed = failures_of(connection, run.system, record_type)
        todo = [change for change in self.changes if change["external_id"] not in settled]
        todo.sort(key=lambda change: change["external_id"] in failed)  # many that fail again hold up nobody else
        sendable, waiting = self._split_by_relatives(todo)
        endpoint, answered = endpoint_of(record_type, run.settings.portal), len(self.changes) - len(todo)
        self._tally = Tally(endpoint, failed, answered, run.settings.limits.failures_in_a_row)
        try:
            with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                runner.run(self._send(sendable, waiting, pending))
        except ExceptionGroup as several:  # the workers share one fate: the first cause tells it
            raise several.exceptions[0] from None
        if self._why_stop:
            raise LoadStoppedError(self._why_stop)
        return dict(self._counts)

    def _split_by_relatives(self, changes: Sequence[Change]) -> tuple[list[Change], dict[str, list[Change]]]:
        """Part the changes that may be sent from those that have to wait, by why: the portal would refuse what it has
        no parents for, and what is removed before its children would leave them hanging (R15).
        """
        parents = {change["external_id"]: _parents(change) for change in changes}
        held = held_records(self.run.engine, self.run.system, {one for some in parents.values() for one in some})
        leaving = [change["external_id"] for change in changes if change["action"] == Action.REMOVE]
        stay = with_children(self.run.engine, self.run.system, self.record_type, leaving)
        sendable: list[Change] = []
        waiting: dict[str, list[Change]] = {}
        for change in changes:
            external_id = change["external_id"]
            if not held.issuperset(parents[external_id]):
                waiting.setdefault(PARENT_MISSING, []).append(change)
            elif external_id in stay and change["action"] == Action.REMOVE:
                waiting.setdefault(CHILDREN_LEFT, []).append(change)
            else:
                sendable.append(change)
        return sendable, waiting

    async def _send(
        self, changes: Sequence[Change], waiting: Mapping[str, Sequence[Change]], pending: set[str]
    ) -> None:
        run, settings = self.run, self.run.settings
        statements = LedgerStatements(run.engine.dialect)
        fresh = partial(Outcomes, statements, run.system, self.record_type, run.key.name)
        async with (
            open_acknowledgements(run.engine, run.lease, fresh) as ledger,
            open_portal(settings.portal_connection, settings.limits) as portal,
        ):
            self._end_session = portal.pace.end
            if waiting:
                await ledger.commit(partial(self._withhold, waiting=waiting))
            try:
                async with self.open_parcels(portal) as parcels:
                    await self._deliver(changes, portal, parcels, ledger, pending)
                await self._conclude(ledger)
            except (PortalStopError, ListingError) as stop:
                self._stop(str(stop))
            finally:
                self.requests = portal.pace.turns

    async def _deliver(
        self,
        changes: Sequence[Change],
        portal: Portal,
        parcels: Parcels | None,
        ledger: Acknowledgements,
        pending: set[str],
    ) -> None:
        settings, limits = self.run.settings, self.run.settings.limits
        known = self._places(changes)

        async def announce(change: Change, next_id: str) -> None:
            await ledger.commit(lambda outcomes: outcomes.announce(change, next_id))

        courier = Courier(portal, self.record_type, settings, parcels, known, announce)
        queue = _Queue(changes, limits.parallel_requests, courier.keeps_hash)
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
            mark = self._tally.refused_mark(change, delivery)
            await _commit(ledger, queue, partial(_settle, change=change, delivery=delivery, refused=mark))
            self._count(delivery)
            if why := self._tally.add(change, delivery):
                self._stop(why)

    def _places(self, changes: Sequence[Change]) -> dict[str, Place]:
        """Return where the portal has what cannot be changed, or not removed; for all else an id says enough."""
        endpoint = ENDPOINTS[self.record_type]
        if endpoint.update is not None and endpoint.removal is None:
            return {}
        names = [change["external_id"] for change in changes]
        return places(self.run.engine, self.run.system, self.record_type, names)

    async def _conclude(self, ledger: Acknowledgements) -> None:
        """Mark what was refused for good, now that all are answered; of a batch that had to stop nothing is."""
        is_whole = self._why_stop is None
        for kind, number in self._tally.alike(is_whole=is_whole).items():
            log.warning("%s: %d records were answered alike (%s, status %s); %s",
                        self.record_type, number, kind.reason, kind.status, UNMARKED)  # fmt: skip
        remembered = list(self._tally.outcomes(is_whole=is_whole))

        def add(outcomes: Outcomes) -> None:
            for change, outcome, status, refused in remembered:
                outcomes.fail(change, outcome, status, refused=refused)

        if remembered:
            await ledger.commit(add)

    def _withhold(self, outcomes: Outcomes, waiting: Mapping[str, Sequence[Change]]) -> None:
        for reason, changes in waiting.items():
            for change in changes:
                outcomes.fail(change, reason, None)
                if reason == CHILDREN_LEFT:  # wanted again it is sent again, and then no longer waits to be removed
                    outcomes.doubt(change["external_id"])
            self._counts["withheld"] += len(changes)

    def _count(self, delivery: Delivery) -> None:
        """Count, and tell how far we are."""
        self._counts["acknowledged" if delivery.state else "failed"] += 1
        done = self._counts["acknowledged"] + self._counts["failed"]
        if done % _LOG_EVERY == 0:
            log.info("%s: %d of %d sent, %d failed", self.record_type, done, len(self.changes), self._counts["failed"])

    def _stop(self, why: str) -> None:
        """Begin nothing new; what is under way is finished and acknowledged."""
        self._why_stop = self._why_stop or why
        self._end_session()


class _Queue:
    """Hands out changes in order and records a little ahead of them that they are about to be sent.

    Intents are added for one change per worker at a time, not one after each answer: the ledger takes several at once.

    keeps_hash: says of an update whether, until it is acknowledged, the hash on record is right as it is
    """

    def __init__(self, changes: Sequence[Change], workers: int, keeps_hash: Callable[[Change], bool]) -> None:
        self._changes = changes
        self._workers = workers
        self._keeps_hash = keeps_hash
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
            if change["action"] == Action.CREATE:
                outcomes.intend(change["external_id"])
            elif not self._keeps_hash(change):
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


def _settle(outcomes: Outcomes, change: Change, delivery: Delivery, refused: str | None) -> None:
    if delivery.state:
        outcomes.acknowledge(change, delivery.state, delivery.status, delivery.portal_id)
    else:
        outcomes.fail(change, delivery.reason, delivery.status, refused=refused)


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
