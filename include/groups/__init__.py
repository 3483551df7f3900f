"""What is special to each entity group, and the one list of them. DAG files import it, so it imports nothing heavy."""

from typing import Final

from include.groups.documents.group import DOCUMENTS
from include.groups.objects import OBJECTS
from include.groups.owners_caretakers import OWNERS_CARETAKERS
from include.groups.persons import PERSONS
from include.groups.reports.group import REPORTS
from include.sync.group import Group
from include.vocabulary.texts import Text

__all__ = ["DOCUMENTS", "GROUPS", "OBJECTS", "OWNERS_CARETAKERS", "PERSONS", "RECONCILIATION", "REPORTS", "RUNS"]

GROUPS: Final = {group.name: group for group in (OBJECTS, PERSONS, OWNERS_CARETAKERS, DOCUMENTS, REPORTS)}
"""Name → group, in the order of a full run."""
RECONCILIATION: Final = Group(
    name="reconcile", label=Text("Bestandsabgleich", "Reconciliation"), views=(), record_types={}, rules=""
)
"""Stands for the reconciliation of a system where runs are told apart: schedule, lease, folder, protocol."""
RUNS: Final = {**GROUPS, RECONCILIATION.name: RECONCILIATION}
"""Name → what the protocol knows runs of."""
