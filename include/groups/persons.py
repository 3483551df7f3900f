"""Contacts of persons, partners, co-residents and contract partners, and their contracts (R16–R24)."""

from typing import Final

from include.sync.group import Group
from include.vocabulary.texts import Text

PERSONS: Final = Group(
    name="persons",
    label=Text("Personen", "Persons"),
    views=(
        "SP_EINHEIT",
        "SP_PERSON",
        "SP_PARTNER",
        "SP_VERTRAG",
        "SP_VERTRAGSROLLE",
        "SP_EIGENTUEMER",
        "SP_HAUSMEISTER",
        "SP_LIZENZ",
    ),
    record_types={
        "contact": "include.casavi.payloads.ContactPayload",
        "contract": "include.casavi.payloads.ContractPayload",
    },
    rules="include.rules.persons.decide",
    shared={"contact": "owners_caretakers", "contract": "owners_caretakers"},
)
