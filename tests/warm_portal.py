"""Sandbox portals as forks of one process that has imported all they need: hundreds of tests start one of their own.

    python -m tests.warm_portal

reads orders from standard input, one JSON object a line (arguments, log, environment), forks a sandbox and answers with
its pid.
"""

import atexit
import json
import os
import signal
import subprocess
import sys
import time
from functools import cache
from pathlib import Path
from typing import Any

from tests.sandbox import ROOT, SandboxProcess


class Fork:
    """A process that is another's child, with what is needed of subprocess.Popen; its parent reaps it at once."""

    def __init__(self, pid: int) -> None:
        self.pid = pid

    def poll(self) -> int | None:
        """None while it runs."""
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return -1
        return None

    def kill(self) -> None:
        if self.poll() is None:
            os.kill(self.pid, signal.SIGKILL)

    def wait(self) -> int:
        while (ended := self.poll()) is None:
            time.sleep(0.001)
        return ended


class WarmSandbox(SandboxProcess):
    """A sandbox portal that begins in a twentieth of the time. That `python -m demo.portal` does, others show."""

    def _begun(self, arguments: list[str], log: Path) -> Fork:
        order = {"arguments": arguments, "log": str(log), "environment": dict(os.environ)}
        warm = _warm()
        assert warm.stdin
        assert warm.stdout
        warm.stdin.write(json.dumps(order) + "\n")
        warm.stdin.flush()
        return Fork(int(warm.stdout.readline()))


@cache
def _warm() -> "subprocess.Popen[str]":
    """Return the process that forks, until this one ends."""
    command = [sys.executable, "-W", "error", "-m", "tests.warm_portal"]
    warm = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    atexit.register(_end, warm)
    return warm


def _end(warm: "subprocess.Popen[str]") -> None:
    warm.communicate(timeout=60)


def serve() -> None:
    """Fork a portal for each order."""
    import demo.portal.__main__  # noqa: F401 - so that no fork has to

    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the system reaps them
    for line in sys.stdin:
        sys.stdout.write(f"{os.fork() or _become(json.loads(line))}\n")
        sys.stdout.flush()


def _become(order: dict[str, Any]) -> int:
    """Be, in a fork, the portal that was ordered."""
    from demo.portal.__main__ import main

    status = 70
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.environ.clear()
        os.environ.update(order["environment"])
        log = os.open(order["log"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        for stream, source in enumerate((os.open(os.devnull, os.O_RDONLY), log, log)):
            os.dup2(source, stream)
        main(order["arguments"])
        status = 0
    finally:
        sys.stderr.flush()
        os._exit(status)


if __name__ == "__main__":
    serve()
