"""Sending one change so that it takes effect exactly once, whatever the portal and the network do."""

import random
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from time import monotonic
from typing import Final, NamedTuple, Protocol

from include.casavi.client import Answer, Portal
from include.casavi.endpoints import SINGLE, endpoint_of
from include.casavi.upload import Upload
from include.casavi.verdict import Verdict
from include.settings import SystemSettings
from include.sync.calls import CANNOT_WITHDRAW, Body, Calls
from include.sync.finality import CLOSED
from include.sync.ledger import Place
from include.sync.plan import Action
from include.sync.replace import Announce, Replacement, is_as_sent
from include.sync.staging import Change, sent_content
from include.sync.upsert import Upsert
from include.vocabulary.decision import Decision
from include.vocabulary.state import State

_PASSING: Final = (Verdict.WAIT, Verdict.FAULT)
_NO: Final = (Verdict.REFUSED, Verdict.DENIED)
_LONGEST_BACKOFF: Final = 30.0


class Delivery(NamedTuple):
    """How sending one change ended: the record's new state, or a reason.

    final:        whether it can be the record that is not accepted; else the next run sends it again
    is_answer:    whether a refusal is what the portal said, and might say of any record; else it is our own finding
    is_attempted: whether the portal was asked at all
    portal_id:    where the portal knows it by an id of its own
    """

    state: State | None
    status: int | None
    reason: str = "OK"
    final: bool = False
    is_answer: bool = True
    is_attempted: bool = True
    portal_id: str | None = None


class ParcelError(Exception):
    """What a record is to be sent with cannot be had; `is_final`: not before the record changes."""

    def __init__(self, reason: str, *, is_final: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.is_final = is_final


class Parcels(Protocol):
    """Makes what is sent of records that are more than their content, such as a file."""

    def pack(self, change: Change) -> AbstractAsyncContextManager[Upload]:
        """Return what to send of a change, ready for several attempts; raises ParcelError."""


class PatienceExhaustedError(Exception):
    """The portal asks for a longer pause than this run may wait."""


def backoff(failures: int) -> float:
    """Return the seconds to wait after so many failures of one record: exponential with full jitter."""
    return random.uniform(0, min(_LONGEST_BACKOFF, 0.5 * 2 ** (failures - 1)))  # noqa: S311 - jitter, no secret


class Courier:
    """Delivers the changes of one record type through one portal session.

    places:   where the portal has the records that cannot be changed, or not removed; what is missing is new
    announce: puts on record that a copy is about to be made
    """

    def __init__(
        self,
        portal: Portal,
        record_type: str,
        settings: SystemSettings,
        parcels: Parcels | None,
        places: Mapping[str, Place],
        announce: Announce,
    ) -> None:
        self._portal = portal
        self._endpoint = endpoint_of(record_type, settings.portal)
        self._single = SINGLE.get(record_type)
        self._answers = settings.portal
        self._limits = settings.limits
        self._parcels = parcels
        self._places = places
        self._announce = announce
        self._paused_until = 0.0
        self._paused = 0.0

    async def deliver(self, change: Change, *, uncertain: bool) -> Delivery:
        """Send one change; `uncertain` if an earlier create of this record may have taken effect.

        Passing failures are repeated with growing pauses, a limited number of times; pauses the portal asks for are
        waited for as long as the run may. Raises PatienceExhaustedError when it may not, PortalStopError when nothing
        can succeed or the session was ended.
        """
        if change["action"] == Action.REMOVE:
            return await self._deliver(change, None, uncertain)
        if self._parcels is None:
            return await self._deliver(change, sent_content(change).encode(), uncertain)
        try:
            async with self._parcels.pack(change) as upload:
                return await self._deliver(change, upload, uncertain)
        except ParcelError as error:
            if change["replaced"]:  # whoever must not see what the portal holds loses it, whatever becomes of the rest
                return await self._withdraw(change, error)
            return Delivery(None, None, error.reason, final=error.is_final, is_answer=False, is_attempted=False)

    async def _withdraw(self, change: Change, why: ParcelError) -> Delivery:
        removed = await self._deliver({**change, "action": Action.REMOVE}, None, uncertain=False)
        if removed.state is None:
            return removed
        return Delivery(None, removed.status, why.reason, final=why.is_final, is_answer=False)

    async def _deliver(self, change: Change, body: Body, uncertain: bool) -> Delivery:
        shipment = self._shipment(change, uncertain)
        answer = await shipment.send(body)
        failures = 0
        while answer.verdict in _PASSING:
            failures += not (answer.verdict is Verdict.WAIT and answer.pause)  # a pause asked for is no failure
            if failures >= self._limits.attempts:
                break
            self._spend_pause(answer)
            if not answer.pause:  # else the session's pace keeps it, for all workers
                await self._portal.pace.rest(backoff(failures))
            answer = await shipment.send(body)
        return _delivery(change, answer, shipment.portal_id)

    def keeps_hash(self, change: Change) -> bool:
        """Whether the hash on record speaks of the content that an update is about to send, and says if it arrived."""
        if self._endpoint.update is not None or change["action"] == Action.REMOVE:
            return False
        place = self._place(change)
        is_on_its_way = place.next_id is not None and place.hash == change["hash"]
        return is_on_its_way or is_as_sent(self._endpoint, change, place)

    def _place(self, change: Change) -> Place:
        return self._places.get(change["external_id"]) or Place(State.NEW, change["external_id"])

    def _shipment(self, change: Change, uncertain: bool) -> Upsert | Replacement:
        calls = Calls(self._portal, self._endpoint, self._single, change)
        place = self._place(change)
        if self._endpoint.update is None:
            return Replacement(calls, change, place, self._answers, self._announce)
        returns = place.state == State.REMOVED
        return Upsert(calls, change, self._answers, uncertain=uncertain, returns=returns)

    def _spend_pause(self, answer: Answer) -> None:
        """Count a pause the portal asked for, once for all workers that share it, against what the run may wait."""
        now = monotonic()
        until = now + (answer.pause or 0)
        if until > self._paused_until:
            self._paused += until - max(now, self._paused_until)
            self._paused_until = until
        if self._paused > self._limits.max_wait_seconds:
            raise PatienceExhaustedError(
                f"the portal asks for pauses of {self._paused:.0f} s in all, this run may wait "
                f"{self._limits.max_wait_seconds:.0f} s; the next run goes on from here"
            )


def _delivery(change: Change, answer: Answer, portal_id: str | None) -> Delivery:
    removing = change["action"] == Action.REMOVE
    if answer.verdict is Verdict.DONE or (removing and answer.verdict is Verdict.MISSING):
        if removing:
            return Delivery(State.REMOVED, answer.status, portal_id=portal_id)
        restricted = change["decision"] == Decision.RESTRICT
        return Delivery(State.RESTRICTED if restricted else State.PRESENT, answer.status, portal_id=portal_id)
    if answer.verdict in _PASSING:
        return Delivery(None, answer.status, answer.reason)
    if answer.verdict is Verdict.CLOSED:
        return Delivery(None, answer.status, CLOSED)
    reason = answer.reason or ("REFUSED" if answer.verdict in _NO else "CONFLICT")
    is_answer = answer.status is not None and reason != CANNOT_WITHDRAW
    return Delivery(None, answer.status, reason, final=True, is_answer=is_answer)
