"""Properties with their entrances, and units (R13–R15)."""

from typing import Final

from include.sync.group import Group

OBJECTS: Final = Group(
    name="objects",
    label="Objekte",
    views=("SP_OBJEKT", "SP_HAUSEINGANG", "SP_EINHEIT"),
    record_types={
        "property": "include.casavi.payloads.PropertyPayload",
        "unit": "include.casavi.payloads.UnitPayload",
    },
    rules="include.rules.objects.decide",
)
