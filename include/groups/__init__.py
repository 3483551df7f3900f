"""What is special to each entity group, and the one list of them. DAG files import it, so it imports nothing heavy."""

from typing import Final

from include.groups.documents.group import DOCUMENTS
from include.groups.objects import OBJECTS
from include.groups.owners_caretakers import OWNERS_CARETAKERS
from include.groups.persons import PERSONS
from include.groups.reports.group import REPORTS

__all__ = ["DOCUMENTS", "GROUPS", "OBJECTS", "OWNERS_CARETAKERS", "PERSONS", "REPORTS"]

GROUPS: Final = {group.name: group for group in (OBJECTS, PERSONS, OWNERS_CARETAKERS, DOCUMENTS, REPORTS)}
"""Name → group, in the order of a full run."""
