"""Reading what a request says: its JSON body, the id in its path, its query; what is wrong ends it with a status."""

import json
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any, NoReturn
from urllib.parse import unquote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from demo.portal.schema import ApiDocument, Check, Mismatch, Schema, parse_parameter
from demo.portal.state import Store, Stored

Handler = Callable[[Request], Awaitable[Response]]


def refuse(status: int, message: str) -> NoReturn:
    """End the request with that status and an error body."""
    raise HTTPException(status, message)


async def read_body(request: Request, check: Check) -> Any:
    """Return the JSON body that passed the check; otherwise end the request with 400."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        refuse(400, "content-type: must be application/json")
    try:
        body = json.loads(await request.body(), parse_constant=_no_number)
        json.dumps(body, ensure_ascii=False).encode()
        check(body, "body")
    except Mismatch as wrong:
        refuse(400, str(wrong))
    except (ValueError, RecursionError):
        refuse(400, "body: is not JSON in UTF-8")
    return body


def path_id(request: Request, name: str = "id") -> str:
    """Return the external id in the path, decoded; 404 when it is no text."""
    try:
        return unquote(request.path_params[name], errors="strict")
    except UnicodeDecodeError:
        refuse(404, "id: is not UTF-8")


def _no_number(_name: str) -> NoReturn:
    raise ValueError("NaN and Infinity are not JSON")


def _parameter(name: str, schema: Schema, check: Check, text: str) -> object:
    try:
        value = parse_parameter(schema, text)
        check(text if isinstance(value, datetime) else value, name)
    except Mismatch as wrong:
        refuse(400, f"{name}: {wrong}")
    return value


class Query:
    """The query parameters that the document allows for `GET path`."""

    def __init__(self, document: ApiDocument, path: str) -> None:
        listed = document.query_parameters(path).items()
        self._known = {name: (schema, document.check(schema)) for name, schema in listed}

    def read(self, request: Request) -> dict[str, object]:
        """Return name → bool, int, time or text; 400 for a name, number or form that is not allowed."""
        query: dict[str, object] = {}
        for name, text in request.query_params.multi_items():
            if name not in self._known:
                refuse(400, "query: has a parameter that is not known")
            if name in query:
                refuse(400, f"{name}: is given more than once")
            query[name] = _parameter(name, *self._known[name], text)
        return query


def live_object(store: Store, kind: str, request: Request) -> Stored:
    """Return the living object that the path names, or end the request with 404."""
    stored = store.named(kind, path_id(request))
    if stored is None:
        refuse(404, "there is nothing under this id")
    return stored


def merged(table: list[tuple[str, str, Handler]], guarded: Callable[[Handler], Handler]) -> list[Route]:
    """Return one route per path, so that a wrong method is answered with all the right ones."""
    by_path: dict[str, dict[str, Handler]] = {}
    for method, path, handler in table:
        by_path.setdefault(path, {})[method] = guarded(handler)
    return [Route(path, _dispatch(handlers), methods=list(handlers)) for path, handlers in by_path.items()]


def _dispatch(handlers: Mapping[str, Handler]) -> Handler:
    async def dispatch(request: Request) -> Response:
        return await handlers["GET" if request.method == "HEAD" else request.method](request)

    return dispatch
