"""Properties with their entrances, and units (R13–R15)."""

from typing import Final

from include.sync.group import Group
from include.vocabulary.texts import Text

OBJECTS: Final = Group(
    name="objects",
    label=Text("Objekte", "Properties"),
    views=("SP_OBJEKT", "SP_HAUSEINGANG", "SP_EINHEIT", "SP_VERTRAG"),
    record_types={
        "property": "include.casavi.payloads.PropertyPayload",
        "unit": "include.casavi.payloads.UnitPayload",
    },
    rules="include.rules.objects.decide",
    feeds={"SP_VERTRAG": ("unit",)},  # only says which units are let
    is_above=True,
)
