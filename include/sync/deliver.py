"""Sending one change so that it takes effect exactly once, whatever the portal and the network do."""

import json
import random
from contextlib import AbstractAsyncContextManager
from time import monotonic
from typing import Final, NamedTuple, Protocol

from include.casavi.client import Answer, Portal
from include.casavi.endpoints import Call, Endpoint
from include.casavi.listing import find
from include.casavi.upload import Upload
from include.casavi.verdict import Verdict
from include.settings import Limits
from include.sync.plan import Action
from include.sync.staging import Change, sent_content
from include.vocabulary.decision import Decision
from include.vocabulary.ids import read_parents
from include.vocabulary.state import State

Body = bytes | Upload | None
CANNOT_WITHDRAW: Final = "CANNOT_WITHDRAW"
"""Why a removal is refused where the portal has none: a person has to do it there."""
_PASSING: Final = (Verdict.WAIT, Verdict.FAULT)
_LONGEST_BACKOFF: Final = 30.0


class Delivery(NamedTuple):
    """How sending one change ended: the record's new state, or a reason; `final` if this content is never accepted,
    `is_attempted` if the portal was asked at all.
    """

    state: State | None
    status: int | None
    reason: str = "OK"
    final: bool = False
    is_attempted: bool = True


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
    """Delivers the changes of one record type through one portal session."""

    def __init__(self, portal: Portal, endpoint: Endpoint, limits: Limits, parcels: Parcels | None = None) -> None:
        self._portal = portal
        self._endpoint = endpoint
        self._limits = limits
        self._parcels = parcels
        self._paused_until = 0.0
        self._paused = 0.0

    async def deliver(self, change: Change, *, uncertain: bool) -> Delivery:
        """Send one change; `uncertain` if an earlier create of this record may have taken effect.

        Passing failures are repeated with growing pauses, a limited number of times; pauses the portal asks for are
        waited for as long as the run may. Raises PatienceExhaustedError when it may not, PortalStopError when nothing
        can succeed or the session was ended.
        """
        if change["action"] == Action.REMOVE:
            return await self._deliver(change, self._endpoint.removal, uncertain)
        if self._parcels is None:
            return await self._deliver(change, sent_content(change).encode(), uncertain)
        try:
            async with self._parcels.pack(change) as upload:
                return await self._deliver(change, upload, uncertain)
        except ParcelError as error:
            if change["replaced"]:  # whoever must not see what the portal holds loses it, whatever becomes of the rest
                return await self._withdraw(change, error)
            return Delivery(None, None, error.reason, final=error.is_final, is_attempted=False)

    async def _withdraw(self, change: Change, why: ParcelError) -> Delivery:
        removed = await self._deliver({**change, "action": Action.REMOVE}, None, uncertain=False)
        if removed.state is None:
            return removed
        return Delivery(None, removed.status, why.reason, final=why.is_final, is_attempted=True)

    async def _deliver(self, change: Change, body: Body, uncertain: bool) -> Delivery:
        answer = await self._send(change, body, uncertain)
        failures = 0
        while answer.verdict in _PASSING:
            failures += not (answer.verdict is Verdict.WAIT and answer.pause)  # a pause asked for is no failure
            if failures >= self._limits.attempts:
                break
            # After a fault nobody knows whether a create took effect; after a mere "later" nothing happened.
            uncertain = uncertain or answer.verdict is Verdict.FAULT
            self._spend_pause(answer)
            if not answer.pause:  # else the session's pace keeps it, for all workers
                await self._portal.pace.rest(backoff(failures))
            answer = await self._send(change, body, uncertain)
        return _delivery(change, answer)

    async def _send(self, change: Change, body: Body, uncertain: bool) -> Answer:
        if change["action"] == Action.REMOVE:
            return await self._remove(change, body)
        if change["action"] == Action.UPDATE or uncertain:
            where = None if change["action"] == Action.UPDATE else self._endpoint.find
            answer = await (self._look_up(where, change, body) if where else self._settle(change, body))
            if answer.verdict is not Verdict.MISSING:
                return answer
        answer = await self._call(self._endpoint.create, change, body)
        if answer.verdict is Verdict.TAKEN:  # somebody, perhaps an earlier run of ours, made it: adopt it
            answer = await self._settle(change, body)
            if answer.verdict is Verdict.MISSING and self._endpoint.update is None:
                answer = await self._call(self._endpoint.create, change, body)
        return answer

    async def _call(self, call: Call, change: Change, body: Body) -> Answer:
        of = _parent(change) if "{parent}" in call.path else ""
        return await self._portal.call(call, change["external_id"], body, of=of)

    async def _settle(self, change: Change, body: Body) -> Answer:
        """Bring what the portal holds of a record up to date; verdict MISSING if it is still to be created.

        Where the portal has no update, what it holds is removed first: whoever must not see a document any more loses
        it before anybody else gets it (E31).
        """
        if self._endpoint.update is not None:
            return await self._call(self._endpoint.update, change, self._part(body))
        answer = await self._remove(change, None)
        return answer._replace(verdict=Verdict.MISSING) if answer.verdict is Verdict.DONE else answer

    def _part(self, body: Body) -> Body:
        """Return what an update takes of a record."""
        fields = self._endpoint.update_fields
        if not fields or not isinstance(body, bytes):
            return body
        content = json.loads(body)
        return json.dumps({name: content[name] for name in content if name in fields}).encode()

    async def _look_up(self, where: Call, change: Change, body: Body) -> Answer:
        """See whether the portal holds a record; verdict MISSING if it does not."""
        name = body.name if isinstance(body, Upload) else None
        return await find(self._portal, where, _parent(change), change["external_id"], name)

    async def _remove(self, change: Change, body: Body) -> Answer:
        if self._endpoint.remove is None:
            return Answer(Verdict.REFUSED, reason=CANNOT_WITHDRAW)
        answer = await self._call(self._endpoint.remove, change, body)
        if answer.verdict is Verdict.MISSING and self._endpoint.find:
            # whether such records can be removed at all is only assumed: "not found" may speak of the address
            left = await self._look_up(self._endpoint.find, change, None)
            if left.verdict is Verdict.DONE:
                return Answer(Verdict.REFUSED, answer.status, reason=CANNOT_WITHDRAW)
            return left
        return answer

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


def _parent(change: Change) -> str:
    """Return the id of the first record that this one belongs to."""
    return next((external_id for _, external_id in read_parents(change["parents"])), "")


def _delivery(change: Change, answer: Answer) -> Delivery:
    removing = change["action"] == Action.REMOVE
    if answer.verdict is Verdict.DONE or (removing and answer.verdict is Verdict.MISSING):
        if removing:
            return Delivery(State.REMOVED, answer.status)
        restricted = change["decision"] == Decision.RESTRICT
        return Delivery(State.RESTRICTED if restricted else State.PRESENT, answer.status)
    if answer.verdict in _PASSING:
        return Delivery(None, answer.status, answer.reason)
    reason = answer.reason or ("REFUSED" if answer.verdict is Verdict.REFUSED else "CONFLICT")
    return Delivery(None, answer.status, reason, final=True)
