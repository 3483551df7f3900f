"""tap | target, as an orchestrator runs them: the last mark that the target gives out is where the next tap begins."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

MARK, GIVEN = Path("mark.txt"), Path("given.jsonl")
TAP = "bench.peers.drivers.tap"


def pipe(dialect: str, target: Sequence[str], mark_in: Callable[[Any], str]) -> int:
    """Run both and return the exit code of the one that failed, 0 if none did.

    mark_in: finds the mark in a message of the target
    """
    _keep(mark_in)
    mark = MARK.read_text(encoding="utf-8") if MARK.exists() else ""
    tap = subprocess.Popen([sys.executable, "-m", TAP, dialect, mark], stdout=subprocess.PIPE)
    with GIVEN.open("w", encoding="utf-8") as given:
        # a mark that waits in a buffer is lost with whoever is killed
        at_once = {**os.environ, "PYTHONUNBUFFERED": "1"}
        code = subprocess.run(target, stdin=tap.stdout, stdout=given, env=at_once, check=False).returncode
    _keep(mark_in)
    return tap.wait() or code


def begin(peer: str, target: Callable[[], None], mark_in: Callable[[Any], str]) -> None:
    """Be what the command line asks for: the target of the pipe, or the pipe of the tap and a process with the target.

    mark_in: as of `pipe`
    """
    if sys.argv[1:] == ["target"]:
        target()
    else:
        sys.exit(pipe(peer, [sys.executable, "-m", f"bench.peers.drivers.with_{peer}", "target"], mark_in))


def _keep(mark_in: Callable[[Any], str]) -> None:
    """Keep the last mark that was given out, by a run that was killed too."""
    lines = GIVEN.read_text(encoding="utf-8").splitlines() if GIVEN.exists() else []
    for line in reversed(lines):
        try:
            MARK.write_text(mark_in(json.loads(line)), encoding="utf-8")
            return
        except (KeyError, TypeError, ValueError):  # a line of a log, or half a line
            continue
