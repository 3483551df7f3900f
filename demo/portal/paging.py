"""Lists in pages that lead on to the next."""

from collections.abc import Callable, Mapping
from typing import Final
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from demo.portal.behaviour import Behaviour
from demo.portal.state import Body, Stored

LAST_PAGE: Final = 10**12
"""Higher page numbers are as empty as this one, and SQLite's integers end somewhere."""

Find = Callable[[int, int], list[Stored]]
"""Takes offset and limit."""


def one_page(
    request: Request, query: Mapping[str, object], behaviour: Behaviour, find: Find, show: Callable[[Stored], Body]
) -> Response:
    """Return the page that the query asks for."""
    size = behaviour.page_size
    number = min(int(str(query.get("page", 0))), LAST_PAGE)
    found = find(max(0, number - behaviour.first_page) * size, size + 1)
    following = max(number, behaviour.first_page) + 1
    return JSONResponse(
        {
            "list": [show(stored) for stored in found[:size]],
            "_links": {"next": _address_of_page(request, following) if len(found) > size else None},
        }
    )


def own_address(request: Request) -> str:
    """Return where the client reaches the sandbox, without a slash at the end."""
    return str(request.base_url).rstrip("/")


def _address_of_page(request: Request, number: int) -> str:
    query = [(name, text) for name, text in request.query_params.multi_items() if name != "page"]
    return f"{own_address(request)}{request.url.path}?{urlencode([*query, ('page', number)])}"
