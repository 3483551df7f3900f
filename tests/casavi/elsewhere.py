"""A host that is not the portal: it answers everything with an empty page and remembers who asked."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any


class Elsewhere:
    """Where nobody should come."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.visits: list[dict[str, str]] = []
        """The headers of each request."""


@contextmanager
def open_elsewhere() -> Iterator[Elsewhere]:
    """Serve on a free port of this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            host.visits.append(dict(self.headers))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b'{"list": []}')

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        host = Elsewhere(f"http://127.0.0.1:{server.server_port}")
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield host
        finally:
            server.shutdown()
            thread.join()
