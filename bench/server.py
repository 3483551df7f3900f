"""A plain in-memory HTTP server that says yes to everything: the limit no client can beat. Prints its port."""

import asyncio
import json

from aiohttp import web


class Yes:
    """Answers a login with a token and any other call with the record it was about; counts what arrives."""

    def __init__(self) -> None:
        self.count = 0

    async def login(self, _: web.Request) -> web.Response:
        return web.json_response({"token": "t", "expiresAt": "2099-01-01T00:00:00Z"})

    async def create(self, request: web.Request) -> web.Response:
        self.count += 1
        record_id = json.loads(await request.read())["id"]
        return web.Response(status=201, body=json.dumps({"id": record_id}).encode(), content_type="application/json")

    async def update(self, request: web.Request) -> web.Response:
        self.count += 1
        await request.read()
        body = json.dumps({"id": request.match_info["id"]}).encode()
        return web.Response(body=body, content_type="application/json")

    async def counted(self, _: web.Request) -> web.Response:
        return web.json_response({"count": self.count})


async def serve() -> None:
    yes = Yes()
    app = web.Application()
    app.add_routes([
        web.post("/authenticate", yes.login),
        web.post("/contacts", yes.create),
        web.put("/contacts/{id}", yes.update),
        web.get("/count", yes.counted),
    ])  # fmt: skip
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve())
