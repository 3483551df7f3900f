"""A house with a network of its own: a proxy, a CA, and beyond the proxy the sandbox portal, which speaks TLS there."""

import asyncio
import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest.mock import patch
from urllib.parse import quote

import trustme
import uvicorn
from starlette.types import ASGIApp

from demo.portal import app
from demo.portal.docuware import PLATFORM
from demo.portal.state import Store
from tests.network.proxy import PASSWORD, USER, Proxy
from tests.sandbox import KEY, SECRET, SandboxProcess

HOST = "portal.test"
"""A name that only the proxy resolves."""
LOGIN = f"{quote(USER)}:{quote(PASSWORD, safe='')}"


@dataclass
class House:
    """What stands there; `sandbox` speaks with the portal by the back door."""

    folder: Path
    proxy: Proxy
    sandbox: SandboxProcess
    port: int = 0

    @property
    def ca(self) -> str:
        """The CA of the house, which signed the portal's certificate."""
        return str(self.folder / "ca.pem")

    @property
    def certificate(self) -> list[str]:
        """A certificate of that CA for the interface, and its key."""
        return [str(self.folder / "interface.pem"), str(self.folder / "interface.key")]

    def way(self, login: str = LOGIN) -> str:
        """The proxy's address, with user and password."""
        return f"http://{login}@127.0.0.1:{self.proxy.port}"

    def portal(self, host: str = HOST, **extra: object) -> dict[str, object]:
        """The fields of a connection to the portal."""
        return self._connection(f"https://{host}:{self.port}/v2", extra)

    def docuware(self, host: str = HOST, **extra: object) -> dict[str, object]:
        """The fields of a connection to DocuWare."""
        return self._connection(f"https://{host}:{self.port}{PLATFORM}", extra)

    def _connection(self, host: str, extra: dict[str, object]) -> dict[str, object]:
        return {"conn_type": "http", "host": host, "login": KEY, "password": SECRET, "extra": extra}


@contextmanager
def built(
    folder: Path,
    *,
    name: str = HOST,
    lasts: timedelta = timedelta(days=1),
    demands_certificate: bool = False,
) -> Iterator[House]:
    """Build a house whose portal has a certificate for a name, and perhaps asks its callers for theirs."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(folder / "ca.pem")
    ours = authority.issue_cert("interface@house.test")
    ours.cert_chain_pems[0].write_to_path(folder / "interface.pem")
    ours.private_key_pem.write_to_path(folder / "interface.key")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    portals = authority.issue_cert(name, not_after=datetime.now(UTC) + lasts)
    portals.configure_cert(context)
    portals.cert_chain_pems[0].write_to_path(folder / "portal.pem")
    portals.private_key_pem.write_to_path(folder / "portal.key")
    if demands_certificate:
        context.verify_mode = ssl.CERT_REQUIRED
        authority.configure_trust(context)
    house = House(folder, Proxy(), SandboxProcess())
    servers: list[uvicorn.Server] = []
    thread = threading.Thread(target=lambda: asyncio.run(_serve(house, context, servers)))
    thread.start()
    while len(servers) < 2 or not all(server.started for server in servers):
        assert thread.is_alive()
        time.sleep(0.01)
    try:
        yield house
    finally:
        for server in servers:
            server.should_exit = True
        thread.join()
        house.sandbox.__exit__(None, None, None)


@contextmanager
def guarded(house: House, newest: ssl.TLSVersion) -> Iterator[None]:
    """Put somebody in the portal's place who wants a certificate and says so: asyncio's servers just hang up."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.maximum_version = newest
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_cert_chain(house.folder / "portal.pem", house.folder / "portal.key")

    def turn_away() -> None:
        with contextlib.suppress(OSError):
            while True:
                caller, _ = door.accept()
                tls = context.wrap_socket(caller, server_side=True, do_handshake_on_connect=False)
                with contextlib.suppress(ssl.SSLError):
                    tls.do_handshake()
                with socket.socket(fileno=tls.detach()) as plain:
                    plain.shutdown(socket.SHUT_WR)
                    while plain.recv(1 << 16):  # else what was said is lost with the connection
                        pass

    with socket.create_server(("127.0.0.1", 0)) as door:
        thread = threading.Thread(target=turn_away)
        thread.start()
        house.proxy.hosts[HOST] = door.getsockname()[1]
        try:
            yield
        finally:
            house.proxy.hosts[HOST] = house.port
            door.shutdown(socket.SHUT_RDWR)
            thread.join()


async def _serve(house: House, context: ssl.SSLContext, servers: list[uvicorn.Server]) -> None:
    """Serve one portal to the proxy over TLS, and to the test by the back door."""
    database = house.folder / "portal.db"
    store = Store(database)
    with patch.object(app, "Store", return_value=store):  # to be closed at the end
        portal = app.create_app(app.Options(database))
    front, back = _server(portal, context), _server(portal)
    sockets = [server.config.bind_socket() for server in (front, back)]
    house.port, behind = (one.getsockname()[1] for one in sockets)
    house.sandbox.url = f"http://127.0.0.1:{behind}"
    house.proxy.hosts[HOST] = house.port
    with contextlib.closing(store):
        async with house.proxy.serving():
            servers += [front, back]
            await asyncio.gather(front.serve([sockets[0]]), back.serve([sockets[1]]))


def _server(portal: ASGIApp, context: ssl.SSLContext | None = None) -> uvicorn.Server:
    config = uvicorn.Config(
        portal,
        host="127.0.0.1",
        port=0,
        log_level="error",
        access_log=False,
        lifespan="off",
        timeout_graceful_shutdown=1,
    )
    config.load()
    config.ssl = context
    return uvicorn.Server(config)
