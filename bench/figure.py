"""One measured figure and its target."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Figure:
    """A value with its unit and the bound it must keep; no bound means it is shown for information."""

    name: str
    value: float
    unit: str = ""
    bound: float | None = None
    kind: Literal["at least", "at most"] = "at least"

    @property
    def ok(self) -> bool:
        if self.bound is None:
            return True
        return self.value >= self.bound if self.kind == "at least" else self.value <= self.bound

    def __str__(self) -> str:
        target = "-" if self.bound is None else f"{self.kind} {self.bound:g}"
        return f"{self.name:<58} {self.value:>12.2f} {self.unit:<9} {target:<16} {'ok' if self.ok else 'short'}"
