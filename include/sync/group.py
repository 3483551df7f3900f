"""An entity group: what one DAG reads, decides and sends. Imported by DAG files, so it imports nothing heavy."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from include.vocabulary.texts import Text


@dataclass(frozen=True)
class Group:
    """One entity group's wiring, as its folder in include/groups states it.

    name:         objects, persons, ...; also the key of its schedule in the settings
    label:        what staff call it, on the pages
    views:        names of the contract's views its rules need, all read at one moment
    record_types: record type → dotted name of its payload model, parents before children;
                  removals are sent in the reverse order
    rules:        dotted name of the function that decides, see include/rules
    sees:         record types of other groups whose ledger rows the rules may look at
    parcels:      record type → dotted name of what packs records that are more than their content, such as a file;
                  see load.OpenParcels
    unguarded:    record type → reasons whose removals never wait for a person: what must not be seen any more, however
                  many; only of decisions on a record that is there
    feeds:        view → record types that would lose records if it returned too little; all of the group's, where
                  nothing is said
    removes_first: whether removals go before everything else: who must not see something any more loses it before
                  anybody else gets it
    has_inbox:    whether the rules also want to know which records came from the portal
    is_above:     whether records of other groups hang below its own; its removals that had to wait for those are sent
                  by a run of its own as soon as the last of them has left
    shared:       record type → the other group that sends such records too: what one does not know the other may
    identities:   record type → dotted name of what says for whom a record is that the portal lists, as the ledger's
                  identity remembers it; takes inventory.ROW, returns a column. For types whose identity says that
    recognise:    dotted name of what brings back into the inbox, from what the portal lists, what came from there; ""
                  without an inbox
    """

    name: str
    label: Text
    views: tuple[str, ...]
    record_types: Mapping[str, str]
    rules: str
    sees: tuple[str, ...] = ()
    parcels: Mapping[str, str] = field(default_factory=dict)
    unguarded: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    feeds: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    removes_first: bool = False
    has_inbox: bool = False
    is_above: bool = False
    shared: Mapping[str, str] = field(default_factory=dict)
    identities: Mapping[str, str] = field(default_factory=dict)
    recognise: str = ""


def fed_by(group: Group, view: str) -> tuple[str, ...]:
    """Return the record types that would lose records if a view returned too little."""
    return group.feeds.get(view, tuple(group.record_types))


def is_removal(stage: str) -> bool:
    """Whether a load task removes; its name says so."""
    return stage.startswith("remove_")


def stages(group: Group) -> list[str]:
    """Return the names of the load tasks in order: sending parents first, removing children first."""
    sends = [f"send_{name}" for name in group.record_types]
    removes = [f"remove_{name}" for name in reversed(list(group.record_types))]
    return removes + sends if group.removes_first else sends + removes
