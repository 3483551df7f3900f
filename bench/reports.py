"""Runs over many reports of which one changed: all of them, as the schedule's run does, and as an event's run does."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.figure import Figure
from bench.unchanged import environment


def measure(quick: bool) -> Iterator[Figure]:
    number = 2_000 if quick else 100_000
    with tempfile.TemporaryDirectory() as home:
        folder = Path(home)
        env = environment(folder)
        _child(env, "prepare", str(folder / "erp.db"), str(number))
        schedule, event = _child(env, "run"), _child(env, "run", "B-7")
    name = f"{number:,} reports, {2 * number:,} notes, {number:,} persons"
    yield Figure(f"{name}: all of it", schedule["seconds"], "s")
    yield Figure(f"{name}: peak memory", schedule["peak_mb"], "MB", 1000, "at most")
    yield Figure(f"{name}: an event's run", event["seconds"], "s")
    yield Figure(
        f"{name}: event / all", event["seconds"] / schedule["seconds"], "x", None if quick else 0.25, "at most"
    )


def _child(env: dict[str, str], *arguments: str) -> dict[str, float]:
    command = [sys.executable, "-m", "bench.reports_child", *arguments]
    output = subprocess.run(command, env=env, check=True, stdout=subprocess.PIPE, text=True).stdout
    found: dict[str, float] = json.loads(output.strip().splitlines()[-1])
    return found
