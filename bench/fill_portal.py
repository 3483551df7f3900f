"""bench/server.py that takes a while for each answer, for contracts too. Prints its port.

POST /asked  {"latency": s}: how long it takes from now on; counts begin anew
GET  /told   path → what came since, see Told
"""

import asyncio
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypedDict

from aiohttp import web

from bench.server import Yes, serve


class Told(TypedDict):
    """Of the records of one kind: how many came, when the first came and the last was answered."""

    number: int
    first: float
    last: float


class Slow(Yes):
    """Takes records of any kind after a while; lists none."""

    def __init__(self) -> None:
        super().__init__(contacts=0)
        self.told: dict[str, Told] = {}

    async def create(self, request: web.Request) -> web.Response:
        with self._noted(request.path):
            return await super().create(request)

    async def upload(self, request: web.Request) -> web.Response:
        with self._noted(request.path):
            await self.wait()
            return await super().upload(request)

    @contextmanager
    def _noted(self, path: str) -> Iterator[None]:
        told = self.told.setdefault(path, Told(number=0, first=time.monotonic(), last=0))
        told["number"] += 1
        try:
            yield
        finally:
            told["last"] = time.monotonic()

    async def no_folders(self, _: web.Request) -> web.Response:
        await self.wait()
        return await super().no_folders(_)

    async def contacts(self, request: web.Request) -> web.Response:
        return await self.no_folders(request)

    async def asked(self, request: web.Request) -> web.Response:
        asked: dict[str, Any] = json.loads(await request.read())
        self.latency = asked["latency"]
        self.told.clear()
        return web.Response(status=204)

    async def tell(self, _: web.Request) -> web.Response:
        return web.json_response(self.told)


if __name__ == "__main__":
    slow = Slow()
    lists = [web.get(f"/{kind}", slow.no_folders) for kind in ("properties", "units", "contracts", "documents")]
    asyncio.run(
        serve(
            slow,
            *lists,
            web.post("/contracts", slow.create),
            web.post("/asked", slow.asked),
            web.get("/told", slow.tell),
        )
    )
