"""Sending a record that the portal cannot change: a new copy takes the old one's place, under an id of its own.

A document's copy is made first and the old one removed afterwards, so that none is lost whatever fails in between. The
old one goes first where it must not be seen any more (E31), and where it is only assumed that it can be removed at all:
nobody may see the old text and the new one. Before a copy is made, the ledger knows its id and the hash of its content,
so that whoever goes on after a crash finds it and makes no second one.
"""

import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Final

from include.casavi.client import Answer
from include.casavi.endpoints import Endpoint
from include.casavi.upload import Upload
from include.casavi.verdict import Verdict
from include.settings import PortalAnswers
from include.sync.calls import GONE, Body, Calls
from include.sync.ledger import Place
from include.sync.plan import Action
from include.sync.staging import Change
from include.vocabulary.ids import next_version
from include.vocabulary.state import HELD, MAYBE_HELD, State

Announce = Callable[[Change, str], Awaitable[None]]
"""Puts on record that a copy of a change's content is about to be made under an id."""
_MOST_TAKEN: Final = 20
_LONGEST_ID: Final = 100
_YES: Final = Answer(Verdict.DONE)


class Replacement:
    """One change on its way, over several attempts: each goes on where the last one came to."""

    def __init__(self, calls: Calls, change: Change, place: Place, answers: PortalAnswers, announce: Announce) -> None:
        self._calls = calls
        self._change = change
        self._place = place
        self._answers = answers
        self._announce = announce
        self._target = place.next_id if place.hash == change["hash"] else None
        self._uncertain = self._is_announced = self._target is not None
        self._made: Answer | None = None
        held = [place.portal_id] if place.state in MAYBE_HELD else []
        others = dict.fromkeys([*held, *([place.next_id] if place.next_id else [])])
        self._others = [one for one in others if one != self._target]
        """Ids of copies that the portal has, or may have, with another content."""
        self._is_surveyed = place.state != State.PENDING and not is_as_sent(calls.endpoint, change, place)
        self._is_spent = place.state in (*HELD, State.REMOVED)
        self._first = change["replaced"] or calls.endpoint.find is not None
        """Whether the other copies go before the new one comes."""

    @property
    def portal_id(self) -> str | None:
        """The id by which the portal knows the record now, None if that is our own."""
        known = self._target or self._place.next_id or self._place.portal_id
        return None if known == self._change["external_id"] else known

    async def send(self, body: Body) -> Answer:
        """Make one attempt; verdict DONE when the portal has the record as it is to be, and no other copy of it."""
        if self._change["action"] == Action.REMOVE:
            return await self._remove()
        for step in (self._survey, self._clear_before, self._create):
            answer = await step(body)
            if answer.verdict is not Verdict.DONE:
                return answer
        return await self._clear(self._others) or answer

    async def _remove(self) -> Answer:
        ids = dict.fromkeys([self._place.portal_id, *([self._place.next_id] if self._place.next_id else [])])
        answer = _YES
        for portal_id in ids:
            answer = await self._calls.take_away(portal_id)
            if answer.verdict not in GONE:
                return answer
        return answer

    async def _survey(self, body: Body) -> Answer:
        """Look which copies there are, where the ledger does not say."""
        if self._is_surveyed:
            return _YES
        for portal_id in list(self._others):
            answer = await self._calls.look_up(portal_id, body)
            if answer.verdict is Verdict.MISSING:
                self._others.remove(portal_id)
            elif answer.verdict is not Verdict.DONE:
                return answer
            elif self._is_taken_for_ours():
                self._target, self._made = portal_id, answer
                self._others.remove(portal_id)
        self._is_surveyed = True
        self._is_spent = bool(self._others)
        return _YES

    def _is_taken_for_ours(self) -> bool:
        """Whether what is there is taken for what is to be sent: nothing speaks against it, and it cannot be replaced
        without somebody's noticing.
        """
        if self._change["replaced"] or self._calls.endpoint.find is None or self._place.next_id:
            return False
        return self._place.hash in (None, self._change["hash"])

    async def _clear_before(self, _body: Body) -> Answer:
        """Take away what may not be seen beside the new copy; what was never acknowledged may be for anybody."""
        unknown = [one for one in self._others if one != self._place.portal_id]
        return await self._clear(list(self._others) if self._first else unknown) or _YES

    async def _clear(self, ids: list[str]) -> Answer | None:
        """Remove copies; returns the answer that came in the way, if any."""
        for portal_id in list(ids):
            answer = await self._calls.take_away(portal_id)
            if answer.verdict not in GONE:
                return answer
            self._others.remove(portal_id)
        return None

    async def _create(self, body: Body) -> Answer:
        if self._made:
            return self._made
        for _ in range(_MOST_TAKEN):
            answer = await self._create_under(self._target or self._free_id(), body)
            if answer.verdict is not Verdict.TAKEN:
                break
            answer = await self._make_way(body)
            if answer.verdict is not Verdict.DONE:
                break
        if answer.verdict is Verdict.DONE:
            self._made = answer
        self._uncertain = self._uncertain or answer.verdict is Verdict.FAULT
        return answer

    def _free_id(self) -> str:
        """Return the id for a new copy: our own as long as none was removed from it, or if that makes it free."""
        own, place = self._change["external_id"], self._place
        if not self._is_spent:
            return place.next_id or place.portal_id
        if self._answers.deleted_id == "free" and not self._others:
            return own
        return next_version(own, place.portal_id, *([place.next_id] if place.next_id else []))

    async def _create_under(self, target: str, body: Body) -> Answer:
        if len(target) > _LONGEST_ID:
            return Answer(Verdict.REFUSED)
        if not self._is_announced:
            await self._announce(self._change, target)
        self._target, self._is_announced = target, True
        if self._uncertain and self._answers.post_on_known_id == "doubles":
            found = await self._calls.look_up(target, body)
            if found.verdict is not Verdict.MISSING:
                return found
        answer = await self._calls.make(self._calls.endpoint.create, target, _under(target, body))
        if answer.verdict is Verdict.TAKEN and self._uncertain:
            found = await self._calls.look_up(target, body)
            return answer if found.verdict is Verdict.MISSING else found
        return answer

    async def _make_way(self, body: Body) -> Answer:
        """Go on to the next id, as one is taken: by what was removed from it, or by a copy nobody remembers."""
        taken = self._target or ""
        found = await self._calls.look_up(taken, body)
        if found.verdict is Verdict.DONE:
            self._others.append(taken)
            if self._first and (stays := await self._clear([taken])):
                return stays
        elif found.verdict is not Verdict.MISSING:
            return found
        self._target = next_version(self._change["external_id"], taken)
        self._is_announced = self._uncertain = False
        return _YES


def is_as_sent(endpoint: Endpoint, change: Change, place: Place) -> bool:
    """Whether the portal acknowledged just this content of a record of which it may not be possible to make another:
    sent again, it is only looked for.
    """
    is_known = place.state in HELD and place.next_id is None and place.hash == change["hash"]
    return is_known and endpoint.find is not None and not change["replaced"]


def _under(portal_id: str, body: Body) -> Body:
    """Return what is sent of a record with the id by which the portal is to know it."""
    if isinstance(body, Upload):
        return replace(body, fields={**body.fields, "id": portal_id}) if "id" in body.fields else body
    content = json.loads(body or b"{}")
    return body if content.get("id") == portal_id else json.dumps({**content, "id": portal_id}).encode()
