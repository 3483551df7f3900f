"""Reading a whole list from the portal, page by page, without being led astray."""

import json
from collections.abc import AsyncGenerator
from typing import Any, Final

from yarl import URL

from include.casavi.client import Portal
from include.casavi.endpoints import Call
from include.casavi.verdict import Verdict

MOST_PAGES: Final = 100_000
ATTEMPTS: Final = 4


class ListingError(Exception):
    """A list could not be read to its end; what was read must not be taken for all there is."""


async def list_records(portal: Portal, call: Call, **query: str) -> AsyncGenerator[dict[str, Any]]:
    """Yield the records of a list, following the links to further pages.

    query:  the list's parameters, for the first page only: the links carry them on
    raises: ListingError when a page cannot be had, leads to another host, or comes round again;
            PortalStopError when no call can succeed
    """
    address: URL | None = (portal.base / call.path.lstrip("/")).with_query(query)
    seen: set[URL] = set()
    while address is not None:
        if address in seen or len(seen) >= MOST_PAGES:
            raise ListingError(f"{call.path}: the portal's pages come round again or never end")
        seen.add(address)
        page = await _page(portal, call, address)
        for record in page["list"]:
            yield {**record, "id": str(record.get("id"))}
        address = _next(portal.base, address, page)


async def _page(portal: Portal, call: Call, address: URL) -> dict[str, Any]:
    for attempt in range(1, ATTEMPTS + 1):
        answer = await portal.call(call, "", address=address)
        if answer.verdict is Verdict.DONE:
            page: dict[str, Any] = json.loads(answer.content)
            return page
        if answer.verdict not in (Verdict.WAIT, Verdict.FAULT):
            break
        if not answer.pause:  # else the session's pace keeps it
            await portal.pace.rest(attempt)
    raise ListingError(f"{call.path}: a page could not be read ({answer.reason or answer.status})")


def _next(base: URL, current: URL, page: dict[str, Any]) -> URL | None:
    link = (page.get("_links") or {}).get("next")
    if not link:
        return None
    address = current.join(URL(link))
    if address.origin() != base.origin():  # the token must not go to a host that an answer names
        raise ListingError(f"{current.path}: the next page lies on another host")
    return address
