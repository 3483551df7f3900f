"""Payload of a document: what the portal is told of it, and where its content lies, which stays here."""

from typing import Annotated, Final, Literal, Self

from pydantic import AfterValidator, StringConstraints, model_validator

from include.casavi.payloads._fields import Id, Name, Payload, refuse, without_control_characters
from include.vocabulary import limits

TOLD: Final = ("id", "title", "propertyId", "unitId", "contactId", "sharedWith")
"""The fields that go out as they are; the document type goes out as the id of its folder."""
_Where = Annotated[str, StringConstraints(max_length=limits.PATH), AfterValidator(without_control_characters)]


class DocumentPayload(Payload):
    """A document for exactly one property, unit or contact. Its hash covers all of this, so a new version of the
    content is sent, and an old one never even read (R33).
    """

    id: Id
    title: Name
    document_type: Name
    property_id: Id | None
    unit_id: Id | None
    contact_id: Id | None
    shared_with: Literal["ALL", "OWNER", "RENTER", "RESIDENT"] | None
    file_name: _Where
    storage: Literal["DATENBANK", "DATEI", "DOCUWARE"]
    path: _Where | None
    rendition: Literal["ORIGINAL", "PDF"]
    version: int | None
    size: int | None
    convert: bool

    @model_validator(mode="after")
    def _is_for_exactly_one(self) -> Self:
        if sum(place is not None for place in (self.property_id, self.unit_id, self.contact_id)) != 1:
            raise refuse("INVALID_VALUE", "SEVERAL_PLACES")
        return self

    @model_validator(mode="after")
    def _is_shared_with_nobody_else_if_personal(self) -> Self:
        if (self.contact_id is None) != (self.shared_with is not None):
            raise refuse("INVALID_VALUE", "WRONG_AUDIENCE")
        return self
