"""The sandbox portal in another container answers at this machine's own address."""

import asyncio
from collections.abc import Awaitable, Callable

from yarl import URL

from demo.door import serve
from demo.ports import free_port
from tests.sandbox import SandboxProcess


def through_the_door(url: str, visit: Callable[[int], Awaitable[bytes]]) -> bytes:
    there, here = URL(url), free_port()

    async def opened() -> bytes:
        door = asyncio.create_task(serve(str(there.host), int(there.port or 0), here))
        await asyncio.sleep(0.2)
        try:
            return await asyncio.wait_for(visit(here), 10)
        finally:
            door.cancel()

    return asyncio.run(opened())


def saying(words: bytes) -> Callable[[int], Awaitable[bytes]]:
    async def visit(port: int) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(words)
        answer = await reader.read()
        writer.close()
        await writer.wait_closed()
        return answer

    return visit


def test_what_is_asked_here_is_answered_there(sandbox: SandboxProcess) -> None:
    assert through_the_door(sandbox.url, saying(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")).startswith(
        b"HTTP/1.1 200"
    )


def test_a_sandbox_that_is_not_there_ends_the_call() -> None:
    assert through_the_door(f"http://127.0.0.1:{free_port()}", saying(b"")) == b""
