"""`python -m demo.door demo:8095`: what calls 127.0.0.1:8095 reaches the sandbox in another container."""

import asyncio
import sys
from asyncio import StreamReader, StreamWriter


async def serve(host: str, port: int, at: int) -> None:
    """Pass on what comes to a port of this machine, and the answers back, until cancelled."""

    async def passed_on(caller: StreamReader, to_caller: StreamWriter) -> None:
        try:
            portal, to_portal = await asyncio.open_connection(host, port)
        except OSError:
            to_caller.close()
            return
        await asyncio.gather(_pour(caller, to_portal), _pour(portal, to_caller))

    server = await asyncio.start_server(passed_on, "127.0.0.1", at)
    async with server:
        await server.serve_forever()


async def _pour(source: StreamReader, into: StreamWriter) -> None:
    try:
        while piece := await source.read(1 << 16):
            into.write(piece)
            await into.drain()
    except OSError:
        pass
    finally:
        into.close()


if __name__ == "__main__":
    name, _, number = sys.argv[1].rpartition(":")
    asyncio.run(serve(name, int(number), int(number)))
