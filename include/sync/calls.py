"""The calls that sending one record needs, whatever the portal knows it by."""

from typing import Final

from include.casavi.client import Answer, Portal
from include.casavi.endpoints import Call, Endpoint
from include.casavi.listing import find
from include.casavi.upload import Upload
from include.casavi.verdict import Verdict
from include.sync.staging import Change
from include.vocabulary.ids import read_parents

Body = bytes | Upload | None
CANNOT_WITHDRAW: Final = "CANNOT_WITHDRAW"
"""Why a removal is refused where the portal has none: a person has to do it there."""
_NO_SUCH_METHOD: Final = 405
GONE: Final = (Verdict.DONE, Verdict.MISSING)
"""What is removed, and what was not there."""


class Calls:
    """One record's calls; `single` is the one that reads it, None where there is none."""

    def __init__(self, portal: Portal, endpoint: Endpoint, single: Call | None, change: Change) -> None:
        self.endpoint = endpoint
        self._portal = portal
        self._single = single
        self._parent = next((external_id for _, external_id in read_parents(change["parents"])), "")

    async def make(self, call: Call, portal_id: str, body: Body) -> Answer:
        """Make one of the endpoint's calls for the record that the portal knows by this id."""
        of = self._parent if "{parent}" in call.path else ""
        return await self._portal.call(call, portal_id, body, of=of)

    async def read(self, portal_id: str) -> Answer:
        """Return what the portal shows under an id; verdict MISSING if nothing, or if it cannot be asked."""
        return await self._portal.call(self._single, portal_id) if self._single else Answer(Verdict.MISSING)

    async def look_up(self, portal_id: str, body: Body) -> Answer:
        """See whether the portal has something under an id, or a file by its name; verdict DONE or MISSING, or what
        came in the way.
        """
        if self.endpoint.find is None:
            return await self.read(portal_id)
        name = body.name if isinstance(body, Upload) else None
        return await find(self._portal, self.endpoint.find, self._parent, portal_id, name)

    async def take_away(self, portal_id: str) -> Answer:
        """Remove what the portal has under an id; one of GONE if it is not there afterwards."""
        if self.endpoint.remove is None:
            return Answer(Verdict.REFUSED, reason=CANNOT_WITHDRAW)
        answer = await self.make(self.endpoint.remove, portal_id, self.endpoint.removal)
        if (answer.verdict is Verdict.MISSING or answer.status == _NO_SUCH_METHOD) and self.endpoint.find:
            # whether such records can be removed at all is only assumed: "not found" may speak of the address
            left = await self.look_up(portal_id, None)
            if left.verdict is Verdict.DONE:
                return Answer(Verdict.REFUSED, answer.status, reason=CANNOT_WITHDRAW)
            return left
        return answer
