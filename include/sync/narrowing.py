"""A run about a few properties reads only their rows: what a change costs does not grow with what is unchanged."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement


@dataclass(frozen=True)
class Extract:
    """Which rows to read; empty for all.

    views: view → condition on its rows; a view without one is read as a whole
    known: condition on the ledger's rows
    """

    views: Mapping[str, ColumnElement[bool]] = field(default_factory=dict)
    known: ColumnElement[bool] | None = None
