"""The outermost layer: what happens between the socket and the portal, faults included, and the log of it.

A dropped connection cannot be expressed in ASGI, so this reaches for the transport behind uvicorn's `send`.
"""

import asyncio
import json
import time
from collections.abc import Callable, MutableMapping
from contextlib import suppress
from dataclasses import replace
from typing import Any, Final
from urllib.parse import unquote

from starlette.datastructures import Headers as HeadersByName
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from demo.portal.answers import Answer, spoilt
from demo.portal.clock import Clock
from demo.portal.faults import Action, FaultBook, Kind, When
from demo.portal.multipart import is_form, read_form
from demo.portal.portal import BASE
from demo.portal.requestlog import Entry, RequestLog

Headers = list[tuple[bytes, bytes]]
MARK: Final = (b"x-sandbox", b"serviceportal")


class Wire:
    """ASGI middleware around the whole application."""

    def __init__(
        self, app: ASGIApp, faults: FaultBook, log: RequestLog, clock: Clock, expire_tokens: Callable[[], None]
    ) -> None:
        self._app = app
        self._clock = clock
        self._faults = faults
        self._log = log
        self._expire_tokens = expire_tokens

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; websockets and lifespan events pass through."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        # ids may hold an encoded slash, so routing goes by the path as it was sent
        scope = {**scope, "path": scope["raw_path"].decode("ascii")}
        if scope["path"].startswith(f"{BASE}/"):
            await self._serve(scope, receive, send)
        else:
            await self._app(scope, receive, self._marked(send))

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = await _whole_body(receive)
        if body is None:
            return
        path = unquote(scope["path"]).removeprefix(BASE)
        entry = Entry(scope["method"], path, _id_in(scope, body), time.time())
        self._log.begin(entry)
        answer: Answer | None = None
        try:
            action = self._faults.hit(entry.method, path, entry.body_id)
            answer = await (self._ask(scope, body) if action is None else self._misbehave(action, scope, body))
        finally:
            # before the client can see the answer and ask for the log
            self._log.end(entry, answer.status if answer else None)
        await _deliver(replace(answer, headers=self._with_own(answer.headers)) if answer else None, send)

    def _with_own(self, headers: Headers) -> Headers:
        """Add what every answer carries; a scripted answer may come with a Date of its own."""
        dated = any(name == b"date" for name, _ in headers)
        date = [] if dated else [(b"date", self._clock.date_header().encode("ascii"))]
        return [*headers, *date, MARK]

    def _marked(self, send: Send) -> Send:
        async def send_marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": self._with_own(list(message["headers"]))}
            await send(message)

        return send_marked

    async def _misbehave(self, action: Action, scope: Scope, body: bytes) -> Answer | None:
        if action.kind is Kind.EXPIRE_TOKENS:
            self._expire_tokens()
        if action.when is When.BEFORE:
            await asyncio.sleep(action.seconds)
        answer = await self._ask(scope, body) if action.has_effect else Answer(503, [], b"")
        if action.when is When.AFTER:
            await asyncio.sleep(action.seconds)
        return spoilt(action, answer)

    async def _ask(self, scope: Scope, body: bytes) -> Answer:
        """Let the portal answer, and hold the answer back."""
        parts: list[MutableMapping[str, Any]] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        async def keep(message: Message) -> None:
            parts.append(message)

        await self._app(scope, receive, keep)
        start, *chunks = parts
        return Answer(start["status"], list(start["headers"]), b"".join(chunk.get("body", b"") for chunk in chunks))


async def _deliver(answer: Answer | None, send: Send) -> None:
    if answer is None:
        await _close(send, at_once=True)
        return
    await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
    half = answer.body[: len(answer.body) // 2]
    if answer.cut:
        await send({"type": "http.response.body", "body": half, "more_body": True})
        await _close(send, at_once=False)
    else:
        await send({"type": "http.response.body", "body": answer.body})


async def _close(send: Send, *, at_once: bool) -> None:
    """Close the socket under the response; when not at once, after what was written has gone out."""
    cycle: Any = getattr(send, "__self__", None)
    if cycle is None or not hasattr(cycle, "transport"):
        raise RuntimeError("Only under uvicorn can a connection be dropped: `python -m demo.portal`")
    end = cycle.transport.abort if at_once else cycle.transport.close
    end()
    while not cycle.disconnected:  # uvicorn would answer 500 if we returned earlier
        await asyncio.sleep(0.001)


async def _whole_body(receive: Receive) -> bytes | None:
    """Return the request's body; None when the client went away before it was complete."""
    parts: list[bytes] = []
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        parts.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(parts)


def _id_in(scope: Scope, body: bytes) -> str | None:
    content_type = HeadersByName(scope=scope).get("content-type", "")
    with suppress(ValueError, RecursionError):
        if is_form(content_type):
            return next((part.text() for part in read_form(content_type, body) if part.name == "id"), None)
        content = json.loads(body) if body else None
        if isinstance(content, dict) and isinstance(content.get("id"), str):
            return str(content["id"])
    return None
