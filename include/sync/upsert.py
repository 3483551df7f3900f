"""Sending a record that the portal can change: it keeps its id for good."""

import json

from include.casavi.answers import read
from include.casavi.client import Answer
from include.casavi.verdict import Verdict
from include.settings import PortalAnswers
from include.sync.calls import Body, Calls
from include.sync.plan import Action
from include.sync.staging import Change


class Upsert:
    """One change on its way, over several attempts.

    uncertain: whether an earlier create may have taken effect
    returns:   whether it is sent again after it was removed; where that was no deletion, the portal has it still
    """

    portal_id: str | None = None
    """The portal knows it by our own id."""

    def __init__(self, calls: Calls, change: Change, answers: PortalAnswers, *, uncertain: bool, returns: bool) -> None:
        self._calls = calls
        self._endpoint = calls.endpoint
        self._id = change["external_id"]
        self._action = change["action"]
        self._answers = answers
        self._uncertain = uncertain
        self._is_there = self._action == Action.UPDATE or (returns and self._endpoint.removal is not None)

    async def send(self, body: Body) -> Answer:
        """Make one attempt; after a mere "later" nothing has happened, after a fault nobody knows."""
        answer = await (self._calls.take_away(self._id) if self._action == Action.REMOVE else self._bring(body))
        self._uncertain = self._uncertain or answer.verdict is Verdict.FAULT
        return answer

    async def _bring(self, body: Body) -> Answer:
        if self._is_there or (self._uncertain and self._answers.post_on_known_id == "doubles"):
            answer = await self._settle(body)
            if answer.verdict is not Verdict.MISSING:
                return answer
        answer = await self._calls.make(self._endpoint.create, self._id, body)
        if answer.verdict is Verdict.TAKEN:  # somebody, perhaps an earlier run of ours, made it: adopt it
            return await self._settle(body)
        return answer

    async def _settle(self, body: Body) -> Answer:
        """Bring what the portal holds of the record up to date; verdict MISSING if it is still to be created."""
        if self._endpoint.update is None:
            raise ValueError("what cannot be changed is replaced, see Replacement")
        content = self._part(body)
        if self._endpoint.own_fields and self._answers.omitted_field == "cleared":
            shown = await self._calls.read(self._id)
            if shown.verdict is Verdict.DONE:
                content = self._with_own_fields(content, shown)
            elif shown.verdict is not Verdict.MISSING:  # not shown does not mean that an update cannot revive it
                return shown
        return await self._calls.make(self._endpoint.update, self._id, content)

    def _part(self, body: Body) -> Body:
        """Return what an update takes of a record."""
        fields = self._endpoint.update_fields
        if not fields or not isinstance(body, bytes):
            return body
        content = json.loads(body)
        return json.dumps({name: content[name] for name in content if name in fields}).encode()

    def _with_own_fields(self, body: Body, shown: Answer) -> Body:
        record = read(shown.content)
        own = {name: record[name] for name in self._endpoint.own_fields if record.get(name)}
        if not own or not isinstance(body, bytes):
            return body
        return json.dumps(json.loads(body) | own).encode()
