"""Owners and caretakers of whole properties, each with its licence (R11, R25)."""

from typing import Final

from include.sync.group import Group

OWNERS_CARETAKERS: Final = Group(
    name="owners_caretakers",
    label="Eigentümer und Hausmeister",
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
)  # fmt: skip
