"""What a script says that people did inside the portal, each the body of one call in inside.py."""

from typing import Any, Literal

from pydantic import Base64Bytes, BaseModel, ConfigDict, Field


class Given(BaseModel):
    """A slip in a script is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class TicketType(Given):
    """A type that staff made in the portal: without a lock."""

    id: str = Field(min_length=1)
    name: str


class File(Given):
    """A file beside a report or comment; its content in base64."""

    fileName: str = Field(min_length=1)
    mediaType: str | None = None
    content: Base64Bytes


class Made(Given):
    """An object made in the portal by hand or by an earlier program; without an id it gets one of the portal's."""

    id: str | None = Field(default=None, min_length=1)
    fields: dict[str, Any]
    file: File | None = None


class Named(Given):
    """The external id of an object, or its internal id where it has none."""

    id: str = Field(min_length=1)


class TenantReport(Given):
    """A tenant files a report; other than on the page, of any type and for any unit or none."""

    contactId: str
    ticketTypeId: str
    title: str
    text: str
    unitId: str | None = None
    attachment: File | None = None


class TenantComment(Given):
    """A tenant comments on a ticket, which is named by its external id."""

    ticketId: str
    contactId: str
    text: str
    attachment: File | None = None


class StaffComment(Given):
    """Staff comment on a ticket, which is named by its external id."""

    ticketId: str
    text: str
    isInternal: bool = False
    authorName: str = "Verwaltung"


class CommentEdit(Given):
    """What staff change of a comment; null leaves it as it is."""

    text: str | None = None
    isInternal: bool | None = None


class StatusEdit(Given):
    """Staff change the status of a ticket, which is named by its external id."""

    ticketId: str
    status: Literal["OPEN", "IN_PROGRESS", "CLOSED"]
