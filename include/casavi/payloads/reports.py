"""Payloads of ticket types, tickets, comments, attachments and posts."""

from typing import Annotated, Literal, Self

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer, model_validator

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

    @model_serializer(mode="wrap")
    def _without_null(self, written: SerializerFunctionWrapHandler) -> dict[str, object]:
        """A ticket's ids are there or not: the portal knows no null for them."""
        return {name: value for name, value in written(self).items() if value is not None}

    @model_validator(mode="after")
    def _names_no_unit_to_everybody(self) -> Self:
        if self.contact_id is None and self.unit_id is not None:
            raise refuse("INVALID_VALUE", "UNIT_FOR_ALL")
        return self


class CommentPayload(Payload):
    """A public note; no other can be expressed (R44). Its ticket is in the address, its author is not asked for."""

    id: Id
    ticket_id: Annotated[Id, Field(exclude=True)]
    text: LongText
    author_name: Annotated[Text, Field(exclude=True)]
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
