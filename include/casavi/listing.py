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
LONGEST_PAUSE: Final = 600.0
"""Seconds; a portal that asks for more is not waited for."""


class ListingError(Exception):
    """A list could not be read to its end; what was read must not be taken for all there is."""


async def list_records(
    portal: Portal, call: Call, *, longest_pause: float = LONGEST_PAUSE, **query: str
) -> AsyncGenerator[dict[str, Any]]:
    """Yield the records of a list, following the links to further pages; a record without id comes with id "".

    query:  the list's parameters, for the first page only: the links carry them on
    raises: ListingError when a page cannot be had, is none, leads to another host, or comes round again;
            PortalStopError when no call can succeed
    """
    address: URL | None = (portal.base / call.path.lstrip("/")).with_query(query)
    seen: set[URL] = set()
    while address is not None:
        if address in seen or len(seen) >= MOST_PAGES:
            raise ListingError(f"{call.path}: the portal's pages come round again or never end")
        seen.add(address)
        page = await _page(portal, call, address, longest_pause)
        for record in page["list"]:
            if not isinstance(record, dict):
                raise ListingError(f"{call.path}: a page holds something that is no record")
            external_id = record.get("id")
            yield {**record, "id": "" if external_id is None else str(external_id)}
        address = _next(portal.base, address, page)


async def _page(portal: Portal, call: Call, address: URL, longest_pause: float) -> dict[str, Any]:
    for attempt in range(1, ATTEMPTS + 1):
        answer = await portal.call(call, "", address=address)
        if answer.verdict is Verdict.DONE:
            page: dict[str, Any] = json.loads(answer.content)
            return page
        if answer.verdict not in (Verdict.WAIT, Verdict.FAULT) or (answer.pause or 0) > longest_pause:
            break
        if not answer.pause and attempt < ATTEMPTS:  # a pause that was asked for the session's pace keeps
            await portal.pace.rest(attempt)
    raise ListingError(f"{call.path}: a page could not be read ({answer.reason or answer.status})")


def _next(base: URL, current: URL, page: dict[str, Any]) -> URL | None:
    links = page.get("_links") or {}
    link = links.get("next") if isinstance(links, dict) else links
    if not link:
        return None
    try:
        address = current.join(URL(link))
        is_here = address.origin() == base.origin()
    except (TypeError, ValueError):
        raise ListingError(f"{current.path}: the link to the next page is no address") from None
    if not is_here:  # the token must not go to a host that an answer names
        raise ListingError(f"{current.path}: the next page lies on another host")
    return address
