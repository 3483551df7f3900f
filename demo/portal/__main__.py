"""`python -m demo.portal`: serve the sandbox portal until it is told to stop."""

import argparse
import os
import socket
import sys
from contextlib import suppress
from pathlib import Path

import uvicorn

from demo.portal.app import Options, create_app
from demo.portal.behaviour import Behaviour
from demo.portal.portal import BASE, KeyPair


def main(arguments: list[str] | None = None) -> None:
    """Read the command line, serve, and write the address to `--ready-file` once connections are taken."""
    given = _parser().parse_args(arguments)
    behaviour = Behaviour(token_life_seconds=given.token_life, page_size=given.page_size)
    app = create_app(Options(given.db, KeyPair(given.key, given.secret), behaviour))
    config = uvicorn.Config(
        app,
        host=given.host,
        port=given.port,
        log_level="warning",
        access_log=False,  # paths hold the ids of persons
        proxy_headers=False,
        date_header=False,  # the sandbox writes its own, which can be wrong on purpose
        lifespan="off",
        timeout_graceful_shutdown=2,
        backlog=2048,
    )
    listener = config.bind_socket()
    _announce(listener, given.host, given.ready_file)
    with suppress(KeyboardInterrupt):  # by then it has ended in order
        uvicorn.Server(config).run(sockets=[listener])


def _announce(listener: socket.socket, host: str, ready_file: Path | None) -> None:
    """Tell people and scripts the address; the socket takes connections from now on, even before they are served."""
    listener.listen(2048)
    address = f"http://{host}:{listener.getsockname()[1]}"
    sys.stderr.write(f"Sandbox portal (not casavi): {address}{BASE}, page: {address}/\n")
    if ready_file is not None:
        partial = ready_file.with_name(f"{ready_file.name}.part")
        partial.write_text(f"{address}\n", encoding="utf-8")
        partial.replace(ready_file)


def _parser() -> argparse.ArgumentParser:
    keys, behaviour, environment = KeyPair(), Behaviour(), os.environ
    parser = argparse.ArgumentParser(prog="python -m demo.portal", description=main.__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8095, help="0 takes a free one")
    parser.add_argument("--db", type=Path, default=Path(".airflow/sandbox.db"), help="SQLite file; made if missing")
    parser.add_argument("--key", default=environment.get("CASAVI_SANDBOX_KEY", keys.key))
    parser.add_argument("--secret", default=environment.get("CASAVI_SANDBOX_SECRET", keys.secret))
    parser.add_argument("--token-life", type=float, default=behaviour.token_life_seconds, help="seconds")
    parser.add_argument("--page-size", type=int, default=behaviour.page_size)
    parser.add_argument("--ready-file", type=Path, help="gets the address as soon as connections are taken")
    return parser


if __name__ == "__main__":
    main()
