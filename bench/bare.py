"""The limit of a load: one aiohttp session, 16 calls in flight, bodies made beforehand; nothing is kept of outcomes.

PORTAL=http://127.0.0.1:… SOURCE=persons.db python -m bench.bare      as a process of its own, see bench/peers
"""

import asyncio
import os
import sqlite3
from contextlib import closing
from urllib.parse import urlsplit

import aiohttp

PARALLEL = 16


async def send_bare(port: int, bodies: dict[str, str]) -> None:
    queue = iter(bodies.values())
    headers = {"token": "t", "Content-Type": "application/json"}
    connector = aiohttp.TCPConnector(limit=PARALLEL)
    async with aiohttp.ClientSession(connector=connector, headers=headers) as session:

        async def worker() -> None:
            for body in queue:
                async with session.post(f"http://127.0.0.1:{port}/contacts", data=body.encode()) as response:
                    await response.read()
                    assert response.status == 201

        async with asyncio.TaskGroup() as group:
            for _ in range(PARALLEL):
                group.create_task(worker())


if __name__ == "__main__":
    with closing(sqlite3.connect(os.environ["SOURCE"])) as source:
        sent = dict(source.execute("SELECT id, body FROM persons").fetchall())
    asyncio.run(send_bare(urlsplit(os.environ["PORTAL"]).port or 80, sent))
