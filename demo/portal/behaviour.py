"""The open questions about the portal as switches, and what each answer means for one request.

Q2 to Q6 are the numbers of the questions that casavi has not answered yet; the defaults are the answers assumed.
"""

from enum import Enum, StrEnum
from typing import Final

from pydantic import BaseModel, ConfigDict, Field

FIVE_YEARS: Final = 5 * 365 * 24 * 3600.0


class PostExisting(StrEnum):
    """Q3: POST with an id that is taken."""

    CONFLICT = "conflict"
    UPDATE = "update"
    DUPLICATE = "duplicate"


class PostArchived(StrEnum):
    """Q3: POST with the id of an archived object."""

    CONFLICT = "conflict"
    REVIVE = "revive"


class PutUnknown(StrEnum):
    """Q4: PUT on an id that was never there."""

    NOT_FOUND = "not_found"
    UPSERT = "upsert"


class PutArchived(StrEnum):
    """Q4: PUT on an archived object."""

    REVIVE = "revive"
    NOT_FOUND = "not_found"


class PutOmitted(StrEnum):
    """Q5: writable fields that a PUT leaves out."""

    CLEAR = "clear"
    KEEP = "keep"


class ModifiedAfter(StrEnum):
    """Q6: whether a record changed at exactly that time is listed."""

    INCLUSIVE = "inclusive"
    EXCLUSIVE = "exclusive"


class CommentIds(StrEnum):
    """POST of a comment with an id that the ticket already has, or whether ids of comments are kept at all."""

    CONFLICT = "conflict"
    DUPLICATE = "duplicate"
    IGNORED = "ignored"
    """The portal gives every comment an id of its own."""


class TicketIds(StrEnum):
    """Whether a ticket that was made in the portal has an id, or is only known by its internal one."""

    GIVEN = "given"
    NONE = "none"


class Behaviour(BaseModel):
    """All switches; `PUT /_sandbox/behaviour` changes those it names."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    post_existing: PostExisting = PostExisting.CONFLICT
    post_archived: PostArchived = PostArchived.CONFLICT
    put_unknown: PutUnknown = PutUnknown.NOT_FOUND
    put_archived: PutArchived = PutArchived.REVIVE
    put_omitted: PutOmitted = PutOmitted.CLEAR
    modified_after: ModifiedAfter = ModifiedAfter.INCLUSIVE
    second_login_ends_first: bool = False
    token_life_seconds: float = Field(default=30 * 24 * 3600, gt=0)
    page_size: int = Field(default=100, ge=1, le=10_000)
    first_page: int = Field(default=0, ge=0, le=1)
    max_file_bytes: int = Field(default=100 * 2**20, ge=0)
    """Size of the largest file that is taken; larger ones are answered 413."""
    refused_media_types: tuple[str, ...] = ()
    """Declared media types (`image/tiff`, in small letters) that are answered 415."""
    comments_touch_ticket: bool = True
    """Whether a comment or attachment that comes, changes or goes changes the ticket's time of modification."""
    comment_ids: CommentIds = CommentIds.CONFLICT
    ticket_ids: TicketIds = TicketIds.GIVEN
    clock_skew_seconds: float = Field(default=0, ge=-FIVE_YEARS, le=FIVE_YEARS)
    """How far the portal's clock is ahead: the Date header and all times that it writes."""

    def changed(self, changes: dict[str, object]) -> "Behaviour":
        """Return a copy with some switches set; raise pydantic's ValidationError for an unknown one."""
        return Behaviour.model_validate(self.model_dump() | changes)


class Held(Enum):
    """What the portal holds under an external id."""

    NOTHING = "nothing"
    LIVE = "live"
    ARCHIVED = "archived"


class Effect(Enum):
    """What a write does; the value is the status it is answered with."""

    CREATED = 201
    UPDATED = 200
    NOT_FOUND = 404
    CONFLICT = 409


def effect_of_post(held: Held, behaviour: Behaviour) -> tuple[Effect, bool]:
    """Return what a POST does, and whether it writes to the object that is there (else to a new one)."""
    if held is Held.NOTHING:
        return Effect.CREATED, False
    if held is Held.ARCHIVED:
        revive = behaviour.post_archived is PostArchived.REVIVE
        return (Effect.CREATED, True) if revive else (Effect.CONFLICT, False)
    return {
        PostExisting.CONFLICT: (Effect.CONFLICT, False),
        PostExisting.UPDATE: (Effect.UPDATED, True),
        PostExisting.DUPLICATE: (Effect.CREATED, False),
    }[behaviour.post_existing]


def effect_of_put(held: Held, behaviour: Behaviour) -> tuple[Effect, bool]:
    """Return what a PUT does, and whether it writes to the object that is there (else to a new one)."""
    if held is Held.LIVE:
        return Effect.UPDATED, True
    if held is Held.ARCHIVED:
        revive = behaviour.put_archived is PutArchived.REVIVE
        return (Effect.UPDATED, True) if revive else (Effect.NOT_FOUND, False)
    upsert = behaviour.put_unknown is PutUnknown.UPSERT
    return (Effect.CREATED, False) if upsert else (Effect.NOT_FOUND, False)
