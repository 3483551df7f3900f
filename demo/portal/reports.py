"""Which reports and posts one tenant sees: the own reports, and what is for all in a house of a current contract."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from demo.portal.attachments import attachments_of
from demo.portal.comments import COMMENTS
from demo.portal.posts import posts_for
from demo.portal.shared import AUDIENCES
from demo.portal.state import Body, Store, Stored
from demo.portal.tickets import TICKET_TYPES, TICKETS

EVERYBODYS: Final = [(f"json_extract(body, '$.{field}') IS ?", None) for field in ("unitId", "contactId")]
"""What a ticket has that is for everybody in its property: nothing that narrows it down."""


@dataclass(frozen=True, slots=True)
class VisibleFile:
    """A file that the tenant may open."""

    number: int
    file_name: str
    media_type: str
    size: int


@dataclass(frozen=True, slots=True)
class VisibleComment:
    """A public comment; `author` is None for a nameless one of the manager. Times in ms since 1970 UTC."""

    author: str | None
    text: str
    created: int
    files: list[VisibleFile]


@dataclass(frozen=True, slots=True)
class VisibleReport:
    """A report; `is_own` says that the tenant may comment, `place` is the name of its unit or property."""

    number: int
    title: str
    text: str
    status: str
    kind: str
    place: str
    is_own: bool
    created: int
    comments: list[VisibleComment]
    files: list[VisibleFile]

    def all_files(self) -> Iterator[VisibleFile]:
        """Every file that is shown with the report."""
        yield from self.files
        for comment in self.comments:
            yield from comment.files


@dataclass(frozen=True, slots=True)
class Notice:
    """A post on the pinboard of a property."""

    title: str
    text: str
    place: str
    created: int


@dataclass(frozen=True, slots=True)
class Board:
    """What the tenant reads of both, and what a new report may be about: id → name of types and of units."""

    reports: list[VisibleReport] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    types: dict[str, str] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)


def board_of(store: Store, contact_id: str, contracts: list[Body]) -> Board:
    """Return what the person under this id sees by virtue of these contracts: newest first, each thing once."""
    units = [unit for contract in contracts if (unit := store.live("units", contract["unitId"]))]
    houses = {unit.body["propertyId"]: store.live("properties", unit.body["propertyId"]) for unit in units}
    tickets = {ticket.internal_id: ticket for ticket in store.linked(TICKETS.kind, "contactId", contact_id)}
    for house in houses.values():
        tickets |= {one.internal_id: one for one in _everybodys(store, house)} if house else {}
    return Board(
        reports=[_report(store, tickets[number], contact_id) for number in sorted(tickets, reverse=True)],
        notices=_notices(store, contracts),
        types={one.id: one.body["name"] for one in store.page(TICKET_TYPES.kind, []) if one.body["locked"]},
        units={unit.id: _name_of_unit(unit, houses[unit.body["propertyId"]]) for unit in units},
    )


def _everybodys(store: Store, house: Stored) -> list[Stored]:
    return store.page(TICKETS.kind, [("property_id = ?", house.id), *EVERYBODYS])


def _name_of_unit(unit: Stored, house: Stored | None) -> str:
    return f"{house.body['name']}, {unit.body['name']}" if house else str(unit.body["name"])


def _report(store: Store, ticket: Stored, contact_id: str) -> VisibleReport:
    body, attached = ticket.body, attachments_of(store, ticket.internal_id)
    kind = store.live(TICKET_TYPES.kind, body["ticketTypeId"])
    place = store.live("units", body["unitId"]) if body.get("unitId") else None
    house = store.live("properties", body["propertyId"]) if body.get("propertyId") and not place else None
    public = [one for one in store.of_ticket(COMMENTS, ticket.internal_id) if not one.body["isInternal"]]
    return VisibleReport(
        number=ticket.internal_id,
        title=body["title"],
        text=body.get("description") or "",
        status=body["status"],
        kind=str(kind.body["name"]) if kind else "",
        place=str((place or house or ticket).body.get("name", "")),
        is_own=body.get("contactId") == contact_id,
        created=ticket.created_at,
        comments=[_comment(one, attached.get(one.internal_id, [])) for one in public],
        files=_files(attached.get(None, [])),
    )


def _comment(comment: Stored, attachments: list[Stored]) -> VisibleComment:
    body = comment.body
    return VisibleComment(body.get("authorName"), body["text"], comment.created_at, _files(attachments))


def _files(attachments: list[Stored]) -> list[VisibleFile]:
    return [
        VisibleFile(one.internal_id, one.body["fileName"], one.body["mediaType"], one.body["size"])
        for one in attachments
        if not one.body["isInternal"]
    ]


def _notices(store: Store, contracts: list[Body]) -> list[Notice]:
    found: dict[int, Notice] = {}
    for contract in contracts:
        unit = store.live("units", contract["unitId"])
        house = store.live("properties", unit.body["propertyId"]) if unit else None
        for post in posts_for(store, house.id) if house else []:
            if contract["type"] in AUDIENCES[post.body["sharedWith"]]:
                place = str(house.body["name"]) if house else ""
                found[post.internal_id] = Notice(post.body["title"], post.body["text"], place, post.created_at)
    return [found[number] for number in sorted(found, reverse=True)]
