"""Keys of properties (R13)."""

from typing import Final

from include.sync.group import Group
from include.vocabulary.texts import Text

KEYS: Final = Group(
    name="keys",
    label=Text("Schlüssel", "Keys"),
    views=("SP_SCHLUESSEL",),
    record_types={"key": "include.casavi.payloads.keys.KeyPayload"},
    rules="include.rules.keys.decide",
)
