"""Which tickets have changed in the portal: one request for the first page of the changed ones, and patience."""

import logging
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from time import monotonic
from typing import Any, Final, NamedTuple

from yarl import URL

from include.casavi.answers import read
from include.casavi.client import Portal, PortalStopError, open_portal
from include.casavi.endpoints import LISTS
from include.casavi.verdict import Verdict
from include.groups.reports.inbound.tickets import id_of
from include.groups.reports.times import iso
from include.settings import ConfigurationError, SystemSettings

log = logging.getLogger(__name__)
OVERLAP: Final = timedelta(minutes=1)
"""How far before the last look the list begins: what was under way there is listed again."""
LONGEST_PAUSE: Final = 300.0
"""Seconds between looks at a portal that does not answer and asks for no longer pause."""


class Listed(NamedTuple):
    """A ticket of the page: its id, and when it was changed, as the portal writes it."""

    ticket: str
    modified: str


MORE: Final = "(more)"
"""Stands for the tickets of further pages, which are not read here."""


class PortalWatch:
    """A session with the portal that lasts from look to look; every failure lengthens the pause until the next one."""

    def __init__(self) -> None:
        self._stack = AsyncExitStack()
        self._portal: Portal | None = None
        self._not_before = 0.0
        self._failures = 0
        self._seen_until: datetime | None = None

    @property
    def has_looked(self) -> bool:
        """Whether the portal has answered before: then the next look begins there."""
        return self._seen_until is not None

    async def changed(self, settings: SystemSettings, after: datetime | None) -> list[Listed] | None:
        """Return the tickets changed after a time, or since the last look; None where the portal was left alone.

        At most one request, besides a login.
        """
        if monotonic() < self._not_before:
            return None
        begin = max(filter(None, (after, self._seen_until and self._seen_until - OVERLAP)), default=None)
        query = {"modifiedAfter": iso(begin)} if begin else {}
        try:
            portal = self._portal or await self._open(settings)
            address = URL(f"{portal.base}{LISTS['ticket'].path}").with_query(query)
            answer = await portal.call(LISTS["ticket"], "", address=address)
        except Exception as error:  # whatever it is, the next session may do better
            log.warning(
                "the portal: %s",
                error if isinstance(error, PortalStopError | ConfigurationError) else type(error).__name__,
            )
            self._rest(settings, None)
            await self.close()
            return None
        if answer.verdict is not Verdict.DONE:
            self._rest(settings, answer.pause)
            return None
        self._failures = 0
        self._seen_until = answer.date or self._seen_until
        return _listed(read(answer.content), have_ids=settings.portal.tickets_have_ids)

    def _rest(self, settings: SystemSettings, pause: float | None) -> None:
        self._failures += 1
        backoff = min(LONGEST_PAUSE, (settings.watch_seconds or 1) * 2.0**self._failures)
        self._not_before = monotonic() + max(pause or 0, backoff)

    async def _open(self, settings: SystemSettings) -> Portal:
        self._portal = await self._stack.enter_async_context(open_portal(settings.portal_connection, settings.limits))
        return self._portal

    async def close(self) -> None:
        """End the session; the next look begins another."""
        self._portal = None
        await self._stack.aclose()


def _listed(page: dict[str, Any], *, have_ids: bool) -> list[Listed]:
    tickets = [one for one in page["list"] if isinstance(one, dict)]
    found = [Listed(id_of(one, have_ids=have_ids), str(one.get("modifiedAt") or "")) for one in tickets]
    links = page.get("_links")
    more = links.get("next") if isinstance(links, dict) else links
    return [*found, Listed(MORE, str(more))] if more else found
