"""Reading a whole list from the portal, page by page, without being led astray."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple
from urllib.parse import quote

from yarl import URL

from include.casavi.answers import read
from include.casavi.client import Answer, Portal
from include.casavi.endpoints import Call
from include.casavi.verdict import Expected, Verdict

MOST_PAGES: Final = 100_000
ATTEMPTS: Final = 4
LONGEST_PAUSE: Final = 600.0
"""Seconds; a portal that asks for more is not waited for."""


class Page(NamedTuple):
    """One page of a list, the portal's time when it was made (None if it did not say), and those of its entries that
    are no records.
    """

    records: list[dict[str, Any]]
    date: datetime | None
    strays: Sequence[object] = ()


class ListingError(Exception):
    """A list could not be read to its end; what was read must not be taken for all there is."""


async def list_records(
    portal: Portal,
    call: Call,
    of: str = "",
    query: Mapping[str, str] | None = None,
    longest_pause: float = LONGEST_PAUSE,
) -> AsyncGenerator[dict[str, Any]]:
    """Yield the records of a list, following the links to further pages; arguments and errors as of `list_pages`, and
    ListingError where an entry is no record, as then nobody knows what there is.
    """
    async for page in list_pages(portal, call, of, query, longest_pause):
        if page.strays:
            raise ListingError(f"{call.path}: a page holds something that is no record")
        for record in page.records:
            yield record


async def list_pages(
    portal: Portal,
    call: Call,
    of: str = "",
    query: Mapping[str, str] | None = None,
    longest_pause: float = LONGEST_PAUSE,
) -> AsyncGenerator[Page]:
    """Yield a list page by page, following the links; a record without id comes with id "".

    of:     external id of the record whose list it is, where the path asks for it
    query:  the list's parameters, for the first page only: the links carry them on
    raises: ListingError when a page cannot be had, is none, leads to another host, or comes round again;
            PortalStopError when no call can succeed
    """
    path = call.path.replace("{parent}", quote(of, safe=""))
    address: URL | None = URL(f"{portal.base}{path}", encoded=True).with_query(query or {})
    seen: set[URL] = set()
    while address is not None:
        if address in seen or len(seen) >= MOST_PAGES:
            raise ListingError(f"{call.path}: the portal's pages come round again or never end")
        seen.add(address)
        answer = await _page(portal, call, address, longest_pause)
        page = read(answer.content)
        records = [_record(one) for one in page["list"] if isinstance(one, dict)]
        yield Page(records, answer.date, [one for one in page["list"] if not isinstance(one, dict)])
        address = _next(portal.base, address, page)


async def find(portal: Portal, call: Call, of: str, external_id: str, name: str | None) -> Answer:
    """Look for a record among those of the record `of`, by its id or its file name; verdict DONE or MISSING, or what
    came in the way. What is no record is not what is looked for.
    """
    try:
        if call.answers is Expected.PAGE:
            found = [one async for page in list_pages(portal, call, of) for one in page.records]
        else:
            answer = await portal.call(call, of)
            if answer.verdict is not Verdict.DONE:
                return answer
            shown = read(answer.content).get("attachments")
            found = [one for one in shown if isinstance(one, dict)] if isinstance(shown, list) else []
    except ListingError:
        return Answer(Verdict.FAULT, reason="BAD_ANSWER")
    is_there = any(one.get("id") == external_id or (name and one.get("fileName") == name) for one in found)
    return Answer(Verdict.DONE if is_there else Verdict.MISSING)


async def _page(portal: Portal, call: Call, address: URL, longest_pause: float) -> Answer:
    for attempt in range(1, ATTEMPTS + 1):
        answer = await portal.call(call, "", address=address)
        if answer.verdict is Verdict.DONE:
            return answer
        if answer.verdict not in (Verdict.WAIT, Verdict.FAULT) or (answer.pause or 0) > longest_pause:
            break
        if not answer.pause and attempt < ATTEMPTS:  # a pause that was asked for the session's pace keeps
            await portal.pace.rest(attempt)
    raise ListingError(f"{call.path}: a page could not be read ({answer.reason or answer.status})")


def _record(record: dict[str, Any]) -> dict[str, Any]:
    external_id = record.get("id")
    is_id = isinstance(external_id, str | int) and not isinstance(external_id, bool)
    return {**record, "id": str(external_id) if is_id else ""}


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
