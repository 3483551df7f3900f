"""bench/server.py with a memory: which records came how often, when, and which it refuses. Prints its port.

POST /asked  {"latency": s, "refused": [ids], "forget": bool}: how it answers from now on; counts begin anew
GET  /told   what came since, see Told
"""

import asyncio
import json
import logging
import time
from collections import Counter
from typing import Any, TypedDict

from aiohttp import web

from bench.server import Yes, serve

REFUSAL = b'{"message": "lastName: not accepted"}'


class Told(TypedDict):
    """What came since it was last asked to count.

    requests: all of them, logins and lists too
    arrived:  record → how often
    stored:   records that it holds, from before too
    seconds:  from the first record to the last
    most:     so many calls were in flight at once
    """

    requests: int
    arrived: dict[str, int]
    stored: list[str]
    seconds: float
    most: int


class Portal(Yes):
    """Takes records after a while, or refuses them."""

    def __init__(self) -> None:
        super().__init__(contacts=0)
        self.stored: set[str] = set()
        self.ask({})

    def ask(self, asked: dict[str, Any]) -> None:
        """Count anew, and answer as asked."""
        self.latency = asked.get("latency", 0)
        self.refused = frozenset(asked.get("refused", ()))
        if asked.get("forget"):
            self.stored.clear()
        self.count, self.most, self.in_flight = 0, 0, 0
        self.arrived: Counter[str] = Counter()
        self.first = self.last = 0.0

    def tell(self) -> Told:
        seconds = self.last - self.first
        return Told(
            requests=self.count, arrived=self.arrived, stored=sorted(self.stored), seconds=seconds, most=self.most
        )

    async def login(self, request: web.Request) -> web.Response:
        self.count += 1
        return await super().login(request)

    async def create(self, request: web.Request) -> web.Response:
        return await self._take(request, 201)

    async def update(self, request: web.Request) -> web.Response:
        return await self._take(request, 200)

    async def _take(self, request: web.Request, status: int) -> web.Response:
        self.in_flight += 1
        self.most = max(self.most, self.in_flight)
        body = await request.read()
        record_id = request.match_info.get("id") or str(json.loads(body)["id"])
        self._note(record_id)
        await self.wait()
        self.in_flight -= 1
        self.last = time.perf_counter()
        if record_id in self.refused:
            return web.Response(status=422, body=REFUSAL, content_type="application/json")
        self.stored.add(record_id)
        answer = json.dumps({"id": record_id}).encode()
        return web.Response(status=status, body=answer, content_type="application/json")

    def _note(self, record_id: str) -> None:
        self.count += 1
        self.arrived[record_id] += 1
        self.first = self.first or time.perf_counter()

    async def one(self, request: web.Request) -> web.Response:
        """Give back a record; ours asks before it changes one, so that nothing is lost that staff have added."""
        self.count += 1
        if self.latency:
            await asyncio.sleep(self.latency)
        record_id = request.match_info["id"]
        return web.json_response({"id": record_id}, status=200 if record_id in self.stored else 404)

    async def asked(self, request: web.Request) -> web.Response:
        self.ask(json.loads(await request.read()))
        return web.Response(status=204)

    async def told(self, _: web.Request) -> web.Response:
        return web.json_response(self.tell())


if __name__ == "__main__":
    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)  # a peer that is killed ends in mid-call
    portal = Portal()
    further = web.get("/contacts/{id}", portal.one), web.post("/asked", portal.asked), web.get("/told", portal.told)
    asyncio.run(serve(portal, *further))
