"""What is sent to the portal, as an allow-list (R5): a field that is not named here never leaves.

Every field is written out, also as null, so that a value cleared in iX-Haus is cleared in the portal (E12). The models
are the last check before the wire; what they refuse is named in the protocol without its content, see refusal.
"""

from include.casavi.payloads._fields import phone, refusal
from include.casavi.payloads.documents import DocumentPayload
from include.casavi.payloads.master import (
    AddressPayload,
    ContactPayload,
    ContractPayload,
    PropertyPayload,
    ResponsibilitiesPayload,
    ResponsibilityPayload,
    UnitPayload,
)
from include.casavi.payloads.reports import (
    AttachmentPayload,
    CommentPayload,
    PostPayload,
    TicketPayload,
    TicketTypePayload,
)

__all__ = [
    "AddressPayload",
    "AttachmentPayload",
    "CommentPayload",
    "ContactPayload",
    "ContractPayload",
    "DocumentPayload",
    "PostPayload",
    "PropertyPayload",
    "ResponsibilitiesPayload",
    "ResponsibilityPayload",
    "TicketPayload",
    "TicketTypePayload",
    "UnitPayload",
    "phone",
    "refusal",
]
