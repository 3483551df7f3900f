"""Payloads of ticket types, tickets, comments, attachments and posts."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from include.casavi.payloads._fields import Id, LongText, Name, Note, Payload, Text, refuse


class TicketTypePayload(Payload):
    """A report kind."""

    id: Id
    name: Name
    category: Text
    description: Note


class TicketPayload(Payload):
    """A report: of one contact, or, without contact and unit, for everybody in the property (R41)."""

    id: Id
    ticket_type_id: Id
    title: Name
    description: LongText | None
    status: Literal["OPEN", "IN_PROGRESS", "CLOSED"]
    property_id: Id
    unit_id: Id | None
    contact_id: Id | None

    @model_validator(mode="after")
    def _names_no_unit_to_everybody(self) -> Self:
        if self.contact_id is None and self.unit_id is not None:
            raise refuse("INVALID_VALUE", "unitId goes with contactId only, as everybody would see whose unit it is")
        return self


class CommentPayload(Payload):
    """A public note; no other can be expressed (R44)."""

    id: Id
    ticket_id: Id
    text: LongText
    author_name: Text
    is_internal: Literal[False]


class AttachmentPayload(Payload):
    """A public file of a ticket, without its content; a changed version is another hash."""

    id: Id
    ticket_id: Id
    file_name: Name
    media_type: Text
    size: int | None
    version: Text
    is_internal: Literal[False]


class PostPayload(Payload):
    """A bulletin at the pinboard; it has no status (R40)."""

    id: Id
    title: Name
    text: LongText
    author_id: Id
    property_ids: Annotated[tuple[Id, ...], Field(min_length=1)]
    shared_with: Literal["ALL"]
    notify: bool
