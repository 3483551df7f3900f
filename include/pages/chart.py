"""The small chart above the protocol: a row of bars for what was sent, one for what failed, a bar for each day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from include.lookup.runs import DayTotal

WIDTH: Final = 600
HEIGHT: Final = 60
_GAP: Final = 4
_LEAST: Final = 2
"""Height of the smallest bar that is not nothing, so that one error beside a thousand is seen."""


@dataclass(frozen=True)
class Bar:
    """A rectangle in a picture of WIDTH by HEIGHT, and what it stands for."""

    x: float
    y: float
    width: float
    height: float
    day: date
    value: int


@dataclass(frozen=True)
class Bars:
    """One row of bars with its highest value and its sum."""

    highest: int
    total: int
    bars: list[Bar]


def draw(days: Sequence[DayTotal]) -> dict[str, Bars]:
    """Return the rows "sent" and "errors", each in its own scale, from totals in the order of the days."""
    return {
        "sent": _row([(one.day, one.sent) for one in days]),
        "errors": _row([(one.day, one.errors) for one in days]),
    }


def _row(values: Sequence[tuple[date, int]]) -> Bars:
    highest = max((value for _, value in values), default=0)
    step = WIDTH / max(len(values), 1)
    bars = []
    for index, (day, value) in enumerate(values):
        height = max(_LEAST, round(HEIGHT * value / highest, 1)) if value else 0
        bars.append(Bar(round(index * step + _GAP / 2, 1), HEIGHT - height, round(step - _GAP, 1), height, day, value))
    return Bars(highest, sum(value for _, value in values), bars)
