"""`make up`: Airflow with its pages until Ctrl-C; what it says goes into a file, so that the addresses stand last."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final
from urllib.request import urlopen

from demo.ports import PortTakenError, free_port, is_free

USUAL: Final = 8080
_PORT: Final = "AIRFLOW__API__PORT"
PATIENCE: Final = 10
"""Seconds in which Airflow may end by itself; what it was at is repeated, as after any crash."""


def run_airflow(home: Path, sandbox: str, say: Callable[[str], object]) -> int:
    """Run Airflow until Ctrl-C; returns 0 then, 1 with a sentence if it does not start or ends by itself.

    sandbox: the address of the sandbox portal

    Raises PortTakenError if another program has just the port that was asked for.
    """
    port = _settle_port(say)
    log = home / "airflow.log"
    say(f"Airflow starts, which takes half a minute; its log: {log}")
    with log.open("ab") as file:
        process = subprocess.Popen(
            ["airflow", "standalone"], stdin=subprocess.DEVNULL, stdout=file, stderr=file, start_new_session=True
        )
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        if _answers(process, f"http://127.0.0.1:{port}/api/v2/monitor/health"):
            say(f"Portal sandbox: {sandbox}   Airflow: http://127.0.0.1:{port}   (Ctrl-C ends both)")
        process.wait()
    except KeyboardInterrupt:
        return 0
    finally:
        _end(process)
    sys.stderr.write(f"Airflow has ended by itself with {process.returncode}; {log} says why\n")
    return 1


def _settle_port(say: Callable[[str], object]) -> int:
    """Return the port for Airflow's pages: the one that is asked for, else the usual one, else a free one; where it is
    another than the usual one, tell Airflow, which takes it for granted.
    """
    port = int(os.environ.get(_PORT) or USUAL)
    if not is_free(port):
        if os.environ.get(_PORT):
            raise PortTakenError(f"{_PORT}={port}: another program has this port; end it, or leave {_PORT} out")
        taken, port = port, free_port()
        say(f"Another program has port {taken}: this time Airflow uses {port}.")
    os.environ[_PORT] = str(port)
    if port != USUAL and not os.environ.get("AIRFLOW__API__BASE_URL"):  # where tasks report to Airflow
        os.environ.setdefault("AIRFLOW__CORE__EXECUTION_API_SERVER_URL", f"http://127.0.0.1:{port}/execution/")
    return port


def _answers(process: "subprocess.Popen[bytes]", address: str) -> bool:
    """Wait until Airflow's pages are there; False if it has ended before."""
    while process.poll() is None:
        with suppress(OSError), urlopen(address, timeout=2):  # noqa: S310 - this machine
            return True
        time.sleep(0.5)
    return False


def _end(process: "subprocess.Popen[bytes]") -> None:
    """End Airflow with all it has started: its scheduler waits for tasks, which wait for pages that are gone."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            process.poll()  # else the first of them stays in the list of processes
            os.killpg(process.pid, 0)
            time.sleep(0.1)
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
