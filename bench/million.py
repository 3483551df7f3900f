"""Runs over a million persons of whom none changed, beside a hundred thousand: by name only, as it takes a while."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.figure import Figure
from bench.unchanged import Measured, measured


def measure(quick: bool) -> Iterator[Figure]:
    small, large = (2_000, 20_000) if quick else (100_000, 1_000_000)
    first, second = _persons(small), _persons(large)
    name = f"{large:,} persons unchanged"
    yield Figure(f"{name}: extract + transform + plan", second["ours"], "s")
    yield Figure(f"{name}: peak memory", second["peak_mb"], "MB", 2_560, "at most")
    # Of the processor: in the minutes between the two others use the machine more or less.
    ratio = second["processor"] / first["processor"]
    yield Figure(f"{name}: processor time / {small:,} persons", ratio, "x", 11, "at most")
    yield Figure(f"{name}: requests", second["requests"], "", 0, "at most")


def _persons(number: int) -> Measured:
    with tempfile.TemporaryDirectory() as home:
        return measured(Path(home), "persons", number)
