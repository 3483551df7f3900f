"""One measured figure and its target."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Self


@dataclass(frozen=True)
class Figure:
    """A value with its unit and the bound it must keep; no bound means it is shown for information.

    among: the values of which it is the median, to show how far they lie apart
    """

    name: str
    value: float
    unit: str = ""
    bound: float | None = None
    kind: Literal["at least", "at most"] = "at least"
    among: Sequence[float] = ()

    @classmethod
    def median(
        cls,
        name: str,
        values: Sequence[float],
        unit: str = "x",
        bound: float | None = None,
        kind: Literal["at least", "at most"] = "at least",
    ) -> Self:
        """Return the median of several values, of which each was measured beside its peer, in turn."""
        return cls(name, statistics.median(values), unit, bound, kind, tuple(values))

    @property
    def ok(self) -> bool:
        if self.bound is None:
            return True
        return self.value >= self.bound if self.kind == "at least" else self.value <= self.bound

    def __str__(self) -> str:
        target = "-" if self.bound is None else f"{self.kind} {self.bound:g}"
        spread = f"  {min(self.among):.2f} to {max(self.among):.2f}" if len(self.among) > 1 else ""
        return f"{self.name:<58} {self.value:>12.2f} {self.unit:<9} {target:<16} {'ok' if self.ok else 'short'}{spread}"
