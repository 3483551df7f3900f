"""An entity group: what one DAG reads, decides and sends. Imported by DAG files, so it imports nothing heavy."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Group:
    """One entity group's wiring, as a DAG file states it.

    name:         objects, persons, ...; also the key of its schedule in the settings
    label:        what staff call it
    views:        names of the contract's views its rules need, all read at one moment
    record_types: record type → dotted name of its payload model, parents before children;
                  removals are sent in the reverse order
    rules:        dotted name of the function that decides, see include/rules
    sees:         record types of other groups whose ledger rows the rules may look at
    """

    name: str
    label: str
    views: tuple[str, ...]
    record_types: Mapping[str, str]
    rules: str
    sees: tuple[str, ...] = ()


def stages(group: Group) -> list[str]:
    """Return the names of the load tasks in order: sending parents first, removing children first."""
    return [f"send_{name}" for name in group.record_types] + [
        f"remove_{name}" for name in reversed(list(group.record_types))
    ]
