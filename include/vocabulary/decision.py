"""What the rules say about a record, in the words the sync core understands.

Rules return one frame per record type with the columns below, plus one column per payload field, named as in the
portal's API. The core compares, sends and remembers these frames and knows nothing else about them.
"""

from enum import StrEnum
from typing import Final


class Decision(StrEnum):
    """What should happen to one record."""

    SEND = "send"
    """The portal should hold it with this content."""
    RESTRICT = "restrict"
    """The portal should hold it, but give no access to it (R17); guarded like a removal."""
    REMOVE = "remove"
    """The portal should not hold it; if this project put it there, it is reported as removed (R20)."""
    WITHHOLD = "withhold"
    """Leave the portal as it is, whatever it holds."""
    INVALID = "invalid"
    """Our own validation refuses it: named in the protocol, the portal left as it is."""


EXTERNAL_ID: Final = "external_id"
"""str: the record's id in the portal (R24); unique within its record type."""

ORPHAN: Final = "ORPHAN"
"""Reason of a record that the portal has under an id of our form, although the ERP does not know it."""

NOT_UNIQUE: Final = "NOT_UNIQUE"
"""Reason of records of the ERP that would be one record in the portal, or that nobody can tell apart."""

CONTROL_COLUMNS: Final = (
    EXTERNAL_ID,
    "decision",  # str: a Decision
    "reason",  # str: a code of include/vocabulary/reasons.py
    "warnings",  # str: codes of things worth a look although the record is sent, separated by blanks; "" for none
    "properties",  # str: numbers of the properties it belongs to, separated by blanks; "" for none
    "parents",  # str: what the portal must hold before, one "<record type> <external id>" per line; "" for none
    "identity",  # str: of another identity, what the portal has is another record, and goes whatever becomes of the new
    # one: when the ERP record was made, as a number may be used again (E21), or whom it is for (E31); "" if unknown
    "changed_at",  # datetime64[us], UTC without zone: newest change of the ERP records it is made from; NaT if unknown
    "source",  # str: the ERP keys it is made from, separated by blanks; for people who ask why
)
