"""Records made in the portal on trial: each is noted before it is made, so that all of them can be removed again."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from include.casavi.answers import read
from include.casavi.client import Answer, Portal, PortalStopError
from include.casavi.endpoints import ENDPOINTS, LISTS, SINGLE, Call
from include.casavi.listing import ATTEMPTS, ListingError, list_records
from include.casavi.upload import Upload
from include.casavi.verdict import Verdict

OVERLAP: Final = timedelta(minutes=10)
"""How far before the trial's begin what changed since is listed: the portal's clocks may differ from one another."""
MOST_OF_ONE_ID: Final = 3
"""How often one id is removed: a portal that makes a second record of a known id holds two."""


class UnclearError(Exception):
    """What was asked cannot be told from how the portal answered; the message says why, without data of anybody."""


class Trial:
    """What one person tries out in a portal; `name` begins the ids of all that is made."""

    def __init__(self, portal: Portal, name: str) -> None:
        self.name = name
        self._portal = portal
        self._began: datetime | None = None
        self._made: list[tuple[str, str]] = []

    async def ask(self, call: Call, external_id: str, body: bytes | Upload | None = None, of: str = "") -> Answer:
        """Make a call, again after passing failures unless nobody knows whether it took effect; raises UnclearError."""
        try:
            for attempt in range(1, ATTEMPTS + 1):
                answer = await self._portal.call(call, external_id, body, of=of)
                is_passing = answer.verdict is Verdict.WAIT or (
                    answer.verdict is Verdict.FAULT and call.method != "POST"
                )
                if not is_passing or attempt == ATTEMPTS:
                    break
                await self._portal.pace.rest(attempt)
        except PortalStopError as stop:
            raise UnclearError(str(stop)) from None
        self._began = self._began or answer.date
        if answer.verdict in (Verdict.WAIT, Verdict.FAULT):
            raise UnclearError(f"{call.method} {call.path} failed ({answer.reason or answer.status})")
        return answer

    async def create(self, record_type: str, external_id: str, body: bytes | Upload, of: str = "") -> Answer:
        """Create a record, which `tidy` removes if it is not below another; raises UnclearError."""
        if not of:
            self.note(record_type, external_id)
        return await self.ask(ENDPOINTS[record_type].create, external_id, body, of)

    def note(self, record_type: str, external_id: str) -> None:
        """Let `tidy` remove a record, which must have an id to be named by."""
        if external_id and (record_type, external_id) not in self._made:
            self._made.append((record_type, external_id))

    async def shown(self, record_type: str, external_id: str) -> dict[str, Any] | None:
        """Return what the portal shows of a record, None if it has none; raises UnclearError."""
        call = SINGLE[record_type]
        answer = await self.ask(call, external_id)
        if answer.verdict is Verdict.MISSING:
            return None
        return dict(read(done(answer, f"{call.method} {call.path}").content))

    async def listed(self, record_type: str, of: str = "", *, only_new: bool = False) -> list[dict[str, Any]]:
        """Return a list of the portal, or what was changed in it since the trial began; raises UnclearError."""
        since = self._began - OVERLAP if self._began and only_new else None
        query: Mapping[str, str] = {"modifiedAfter": f"{since.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.000Z"} if since else {}
        try:
            return [one async for one in list_records(self._portal, LISTS[record_type], of, query)]
        except (ListingError, PortalStopError) as error:
            raise UnclearError(str(error)) from None

    async def tidy(self) -> list[str]:
        """Remove all that was made, the last first; returns a line for each record that a person has to remove."""
        lines = [await self._removed(record_type, external_id) for record_type, external_id in reversed(self._made)]
        self._made.clear()
        return [line for line in lines if line]

    async def _removed(self, record_type: str, external_id: str) -> str:
        endpoint, what = ENDPOINTS[record_type], f"{record_type} {external_id}"
        if endpoint.remove is None:
            return what
        try:
            for _ in range(MOST_OF_ONE_ID):
                answer = await self.ask(endpoint.remove, external_id, endpoint.removal)
                if answer.verdict is Verdict.MISSING:
                    return what if await self.shown(record_type, external_id) else ""
                if answer.verdict is not Verdict.DONE:
                    return f"{what} (the portal refuses to remove it, status {answer.status})"
                if endpoint.removal:
                    return f"{what} (closed; the portal has no call that deletes one)"
        except UnclearError as why:
            return f"{what} ({why})"
        return ""


def done(answer: Answer, what: str) -> Answer:
    """Return an answer that must be a success; raises UnclearError."""
    if answer.verdict is not Verdict.DONE:
        raise UnclearError(f"{what} was refused (status {answer.status})")
    return answer
