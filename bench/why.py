"""The page Warum?: how long one record takes, beside reading and deciding about everything as a run does."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from inspect import signature
from pathlib import Path

from bench.figure import Figure
from bench.unchanged import environment
from demo.ixhaus import build_sample

SECONDS = 3
"""So long a reader waits for the decision about one record."""
SAMPLE_SECONDS = 1
"""So long in the sample, where nobody is to wait at all."""


def measure(quick: bool) -> Iterator[Figure]:
    sample = signature(build_sample).parameters
    persons, letters = sample["persons"].default, sample["letters"].default
    found, _ = _asked(persons, letters)
    for kind, seconds in found.items():
        yield Figure(f"why, the sample ({persons} persons): {kind}", seconds, "s", SAMPLE_SECONDS, "at most")
    number = 2_000 if quick else 20_000
    name = f"why, {number:,} persons"
    found, whole = _asked(number, number)
    yield Figure(f"{name}: a person, everything read", whole, "s")
    for kind, seconds in found.items():
        yield Figure(f"{name}: {kind}", seconds, "s", SECONDS, "at most")
    yield Figure(f"{name}: a person / everything read", found["person"] / whole, "x", None if quick else 0.5, "at most")


def _asked(persons: int, letters: int) -> tuple[dict[str, float], float]:
    """Return how long each kind of record takes, and a person if everything is read."""
    with tempfile.TemporaryDirectory() as home:
        env = environment(Path(home))
        _child(env, "prepare", "persons", str(Path(home) / "erp.db"), str(persons), str(letters), of="unchanged")
        found = _child(env)
    whole = found.pop("everything")
    return found, whole


def _child(env: dict[str, str], *arguments: str, of: str = "why") -> dict[str, float]:
    command = [sys.executable, "-m", f"bench.{of}_child", *arguments]
    output = subprocess.run(command, env=env, check=True, stdout=subprocess.PIPE, text=True).stdout
    found: dict[str, float] = json.loads(output.strip().splitlines()[-1])
    return found
