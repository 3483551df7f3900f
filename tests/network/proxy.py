"""A proxy as houses have them: it lets through to other hosts by CONNECT, and only those who log in."""

import asyncio
import contextlib
from base64 import b64encode
from collections.abc import AsyncGenerator

USER, PASSWORD = "haus", "p@ss:wörd/#1"
"""With what has to be percent-encoded in an address."""
_GRANTED = b"HTTP/1.1 200 Connection established\r\n\r\n"
_LOGIN = (
    b'HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm="x"\r\nContent-Length: 0\r\n\r\n'
)


class Proxy:
    """Serves within the running loop; `asked` are the targets, with whether they were let through."""

    def __init__(self) -> None:
        self.hosts: dict[str, int] = {}
        """Names that only the proxy resolves, each with the port of this machine where it really is."""
        self.asked: list[tuple[str, bool]] = []
        self.refuses_with = 0
        self.port = 0
        self._pipes: set[asyncio.Task[None]] = set()

    @contextlib.asynccontextmanager
    async def serving(self) -> AsyncGenerator[None]:
        """Take connections until left."""
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        async with server:
            yield

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        method, target, _ = head[0].split(" ")
        login = b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        is_known = f"proxy-authorization: basic {login}".lower() in [line.lower() for line in head]
        is_granted = is_known and method == "CONNECT" and not self.refuses_with
        self.asked.append((target, is_granted))
        if not is_granted:
            refusal = f"HTTP/1.1 {self.refuses_with} No\r\nContent-Length: 0\r\n\r\n".encode()
            writer.write(refusal if self.refuses_with else _LOGIN)
            await writer.drain()
            writer.close()
            return
        there = await asyncio.open_connection("127.0.0.1", self.hosts[target.partition(":")[0]])
        writer.write(_GRANTED)
        self._pipes |= {
            asyncio.create_task(_pipe(reader, there[1])),
            asyncio.create_task(_pipe(there[0], writer)),
        }


async def _pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while piece := await reader.read(1 << 16):
            writer.write(piece)
            await writer.drain()
    with contextlib.suppress(OSError):
        writer.close()
