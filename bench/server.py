"""A plain in-memory HTTP server that says yes to everything: the limit no client can beat. Prints its port.

python -m bench.server 0 0.05       lists no contacts, takes 50 ms to say yes to a record
"""

import asyncio
import json
import re
import sys
from typing import Any, Final

from aiohttp import web

PAGE: Final = 1_000


def contact(number: int) -> dict[str, Any]:
    """Return an invented contact as the portal lists it."""
    return {
        "id": str(number), "internalId": 10_000_000 + number, "title": None, "salutation": "Frau", "firstName": "Eva",
        "lastName": f"Muster {number}", "companyName": None, "companyRole": None, "email": f"e{number}@example.org",
        "telephone": "+49 30 123456", "mobile": None, "fax": None, "website": None, "street": "Am Ring 1",
        "postalCode": "10115", "city": "Berlin", "country": "Deutschland", "preferredWayOfContact": None,
        "portalUser": True, "createdAt": "2026-05-01T10:00:00.000Z",
    }  # fmt: skip


class Yes:
    """Answers a login with a token and any other call with the record it was about; counts what arrives.

    latency: seconds that it takes to say yes to a record
    """

    def __init__(self, contacts: int, latency: float = 0) -> None:
        self.count = 0
        self.latency = latency
        self._contacts = contacts

    async def login(self, _: web.Request) -> web.Response:
        return web.json_response({"token": "t", "expiresAt": "2099-01-01T00:00:00Z"})

    async def create(self, request: web.Request) -> web.Response:
        self.count += 1
        record_id = json.loads(await request.read())["id"]
        await self.wait()
        return web.Response(status=201, body=json.dumps({"id": record_id}).encode(), content_type="application/json")

    async def update(self, request: web.Request) -> web.Response:
        self.count += 1
        await request.read()
        await self.wait()
        body = json.dumps({"id": request.match_info["id"]}).encode()
        return web.Response(body=body, content_type="application/json")

    async def wait(self) -> None:
        if self.latency:
            await asyncio.sleep(self.latency)

    async def no_folders(self, _: web.Request) -> web.Response:
        return web.json_response({"list": [], "_links": {"next": None}})

    async def upload(self, request: web.Request) -> web.Response:
        """Take a form of any size; the id comes first in it."""
        head, size = b"", 0
        async for piece in request.content.iter_any():
            head += piece[:4096] if len(head) < 4096 else b""
            size += len(piece)
        found = re.search(rb'name="?id"?[^\n]*\r\n(?:[^\r\n]+\r\n)*\r\n([^\r]*)\r\n', head)
        record = {"id": found[1].decode() if found else None, "size": size}
        return web.json_response(record, status=201)

    async def contacts(self, request: web.Request) -> web.Response:
        """List as many contacts as there were asked for, a thousand a page."""
        self.count += 1
        first = PAGE * int(request.query.get("page", "0"))
        last = min(first + PAGE, self._contacts)
        address = f"{request.url.origin()}/contacts?page={first // PAGE + 1}" if last < self._contacts else None
        found = [contact(number) for number in range(first, last)]
        return web.json_response({"list": found, "_links": {"next": address}})

    async def counted(self, _: web.Request) -> web.Response:
        return web.json_response({"count": self.count})


async def serve(yes: Yes, *further: web.RouteDef) -> None:
    app = web.Application(client_max_size=0)
    app.add_routes([
        web.post("/authenticate", yes.login),
        web.get("/contacts", yes.contacts),
        web.post("/contacts", yes.create),
        web.put("/contacts/{id}", yes.update),
        web.get("/count", yes.counted),
        web.get("/document-types", yes.no_folders),
        web.post("/documents", yes.upload),
        *further,
    ])  # fmt: skip
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(Yes(int(sys.argv[1]), float(sys.argv[2]))))
