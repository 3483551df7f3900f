"""The chart of the page Protokoll: which groups had errors and records to be corrected, since when, and whether it gets
better; a row for each group, for each day a point with two bars.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from include.lookup.days import Trouble

WIDTH: Final = 600
HEIGHT: Final = 60
_GAP: Final = 4
_LEAST: Final = 3
"""Height of the smallest bar that is not nothing, so that one error beside a thousand is seen."""


@dataclass(frozen=True)
class Point:
    """A day in a picture of WIDTH by HEIGHT: where it begins, and how high its two bars are."""

    x: float
    day: Trouble
    errors: float
    invalid: float


@dataclass(frozen=True)
class Sum:
    """On how many days there was something, the last of them, and the highest value."""

    days: int
    last: date | None
    highest: int


@dataclass(frozen=True)
class Row:
    """A group's days."""

    system: str
    group: str
    points: list[Point]
    errors: Sum
    invalid: Sum

    @property
    def highest(self) -> int:
        """What the full height stands for."""
        return max(self.errors.highest, self.invalid.highest)

    @property
    def step(self) -> float:
        """The width of a day."""
        return WIDTH / max(len(self.points), 1)

    @property
    def bar(self) -> float:
        """The width of a bar."""
        return round((self.step - _GAP) / 2, 1)


def draw(system: str, group: str, days: Sequence[Trouble]) -> Row:
    """Return the row of a group from its days, oldest first; both kinds of bars have the same scale."""
    errors = _sum([(one.day, one.errors) for one in days])
    invalid = _sum([(one.day, one.invalid) for one in days])
    highest, step = max(errors.highest, invalid.highest), WIDTH / max(len(days), 1)
    points = [
        Point(round(place * step, 1), one, _height(one.errors, highest), _height(one.invalid, highest))
        for place, one in enumerate(days)
    ]
    return Row(system, group, points, errors, invalid)


def _sum(values: Sequence[tuple[date, int]]) -> Sum:
    days = [day for day, value in values if value]
    return Sum(len(days), max(days, default=None), max((value for _, value in values), default=0))


def _height(value: int, highest: int) -> float:
    return max(_LEAST, round(HEIGHT * value / highest, 1)) if value else 0
