"""The page Warum?: how long one record takes, beside reading and deciding about everything as a run does."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.figure import Figure
from bench.unchanged import environment

SECONDS = 3
"""So long a reader waits for the decision about one record."""


def measure(quick: bool) -> Iterator[Figure]:
    number = 2_000 if quick else 20_000
    with tempfile.TemporaryDirectory() as home:
        env = environment(Path(home))
        _child(env, "prepare", "persons", str(Path(home) / "erp.db"), str(number), str(number), of="unchanged")
        found = _child(env)
    name = f"why, {number:,} persons"
    whole = found.pop("everything")
    yield Figure(f"{name}: a person, everything read", whole, "s")
    for kind, seconds in found.items():
        yield Figure(f"{name}: {kind}", seconds, "s", SECONDS, "at most")
    yield Figure(f"{name}: a person / everything read", found["person"] / whole, "x", None if quick else 0.5, "at most")


def _child(env: dict[str, str], *arguments: str, of: str = "why") -> dict[str, float]:
    command = [sys.executable, "-m", f"bench.{of}_child", *arguments]
    output = subprocess.run(command, env=env, check=True, stdout=subprocess.PIPE, text=True).stdout
    found: dict[str, float] = json.loads(output.strip().splitlines()[-1])
    return found
