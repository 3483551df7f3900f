"""Reading a whole list from the portal, page by page, without being led astray."""

import json
from collections.abc import AsyncGenerator
from datetime import datetime
from typing import Any, Final, NamedTuple
from urllib.parse import quote

from yarl import URL

from include.casavi.client import Answer, Portal
from include.casavi.endpoints import Call, parent_of
from include.casavi.verdict import Expected, Verdict

MOST_PAGES: Final = 100_000
ATTEMPTS: Final = 4


class Page(NamedTuple):
    """One page of a list, and the portal's time when it was made (None if it did not say)."""

    records: list[dict[str, Any]]
    date: datetime | None


class ListingError(Exception):
    """A list could not be read to its end; what was read must not be taken for all there is."""


async def list_records(portal: Portal, call: Call, of: str = "", **query: str) -> AsyncGenerator[dict[str, Any]]:
    """Yield the records of a list, following the links to further pages; arguments and errors as of `list_pages`."""
    async for page in list_pages(portal, call, of, **query):
        for record in page.records:
            yield record


async def list_pages(portal: Portal, call: Call, of: str = "", **query: str) -> AsyncGenerator[Page]:
    """Yield a list page by page, following the links.

    of:     external id of the record whose list it is, where the path asks for it
    query:  the list's parameters, for the first page only: the links carry them on
    raises: ListingError when a page cannot be had, leads to another host, or comes round again;
            PortalStopError when no call can succeed
    """
    path = call.path.replace("{parent}", quote(of, safe=""))
    address: URL | None = URL(f"{portal.base}{path}", encoded=True).with_query(query)
    seen: set[URL] = set()
    while address is not None:
        if address in seen or len(seen) >= MOST_PAGES:
            raise ListingError(f"{call.path}: the portal's pages come round again or never end")
        seen.add(address)
        answer = await _page(portal, call, address)
        page = json.loads(answer.content)
        yield Page([{**record, "id": _text(record.get("id"))} for record in page["list"]], answer.date)
        address = _next(portal.base, address, page)


async def find(portal: Portal, call: Call, external_id: str, name: str | None) -> Answer:
    """Look for a record among those of its parent, by its id or its file name; verdict DONE or MISSING, or what came
    in the way.
    """
    try:
        if call.answers is Expected.PAGE:
            found = [one async for one in list_records(portal, call, parent_of(external_id))]
        else:
            answer = await portal.call(call, external_id)
            if answer.verdict is not Verdict.DONE:
                return answer
            found = json.loads(answer.content).get("attachments") or []
    except ListingError:
        return Answer(Verdict.FAULT, reason="BAD_ANSWER")
    is_there = any(one.get("id") == external_id or (name and one.get("fileName") == name) for one in found)
    return Answer(Verdict.DONE if is_there else Verdict.MISSING)


def _text(external_id: object) -> str:
    return "" if external_id is None else str(external_id)


async def _page(portal: Portal, call: Call, address: URL) -> Answer:
    for attempt in range(1, ATTEMPTS + 1):
        answer = await portal.call(call, "", address=address)
        if answer.verdict is Verdict.DONE:
            return answer
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
