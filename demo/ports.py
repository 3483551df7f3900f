"""On which port this checkout's sandbox portal is: the one that is asked for, else one that no other program has."""

import json
import os
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Final
from urllib.request import urlopen

USUAL: Final = 8095
_REMEMBERED: Final = "sandbox.port"


class PortTakenError(Exception):
    """Another program has the port that was asked for; the message says what to do."""


def port_of(home: Path) -> int:
    """Return the port: SANDBOX_PORT, or the one this checkout had last, or the usual one."""
    remembered = home / _REMEMBERED
    text = os.environ.get("SANDBOX_PORT") or (remembered.read_text(encoding="utf-8") if remembered.exists() else "")
    return int(text or USUAL)


def settle_port(home: Path, say: Callable[[str], object]) -> None:
    """See to it that no other program has the port: another one's, and another checkout's sandbox, is left alone.

    Raises PortTakenError if just this port was asked for.
    """
    port = port_of(home)
    if is_ours(port, home) or is_free(port):
        return
    if os.environ.get("SANDBOX_PORT"):
        raise PortTakenError(f"SANDBOX_PORT={port}: another program has this port; end it, or leave SANDBOX_PORT out")
    free = free_port()
    home.mkdir(parents=True, exist_ok=True)
    (home / _REMEMBERED).write_text(str(free), encoding="utf-8")
    say(f"Another program has port {port}: from now on this sandbox portal uses {free}.")


def is_ours(port: int, home: Path) -> bool:
    """Whether what answers there is the sandbox portal of this home, and no other."""
    try:
        with urlopen(f"http://127.0.0.1:{port}/_sandbox/database", timeout=2) as response:
            found = json.loads(response.read())
    except (OSError, ValueError):
        return False
    return isinstance(found, dict) and found.get("path") == str((home / "sandbox.db").resolve())


def is_free(port: int) -> bool:
    """Whether no program of this machine listens at a port."""
    try:
        with socket.create_server(("127.0.0.1", port)):
            return True
    except OSError:
        return False


def free_port() -> int:
    """Return a port at which no program of this machine listens."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        port: int = found.getsockname()[1]
    return port
