"""Owners and caretakers of whole properties, each with its licence (R11, R25)."""

from typing import Final

from include.sync.group import Group
from include.vocabulary.texts import Text

OWNERS_CARETAKERS: Final = Group(
    name="owners_caretakers",
    label=Text("Eigentümer, Hausmeister", "Owners, caretakers"),
    views=(
        "SP_EINHEIT", "SP_PERSON", "SP_PARTNER", "SP_VERTRAG", "SP_VERTRAGSROLLE", "SP_EIGENTUEMER", "SP_HAUSMEISTER",
        "SP_LIZENZ",
    ),
    record_types={
        "contact": "include.casavi.payloads.ContactPayload",
        "contract": "include.casavi.payloads.ContractPayload",
        "responsibility": "include.casavi.payloads.ResponsibilitiesPayload",
    },
    rules="include.rules.owners_caretakers.decide",
    shared={"contact": "persons", "contract": "persons"},
)  # fmt: skip
