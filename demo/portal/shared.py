"""Which documents one tenant sees: the own ones, and those of homes and houses that a current contract leads to."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from demo.portal.documents import DOCUMENT_TYPES, DOCUMENTS
from demo.portal.state import Body, Store, Stored

EVERYBODY: Final = frozenset({"OWNER", "RENTER"})
AUDIENCES: Final[Mapping[str | None, frozenset[str]]] = {
    None: EVERYBODY,
    "ALL": EVERYBODY,
    "RESIDENT": EVERYBODY,
    "OWNER": frozenset({"OWNER"}),
    "RENTER": frozenset({"RENTER"}),
}
"""sharedWith → types of contract whose people see the document; None is a document that was sent without."""


@dataclass(frozen=True, slots=True)
class SharedDocument:
    """One row of the list; `origin` is a key of the texts, `place` the name of the unit or property it is about."""

    number: int
    title: str
    folder: str | None
    origin: str
    place: str
    size: int
    file_name: str
    media_type: str


def shared_documents(store: Store, contact_id: str, contracts: list[Body]) -> list[SharedDocument]:
    """Return what the person under this id sees by virtue of these contracts: newest first, each document once."""
    own = ((document, "personal", "") for document in store.linked(DOCUMENTS.kind, "contactId", contact_id))
    found = [*own, *(one for contract in contracts for one in _through(store, contract))]
    rows = {document.internal_id: _row(store, document, origin, place) for document, origin, place in found}
    return [rows[number] for number in sorted(rows, reverse=True)]


def _through(store: Store, contract: Body) -> Iterator[tuple[Stored, str, str]]:
    """Documents of the contract's unit and of its property, with where they are from."""
    unit = store.live("units", contract["unitId"])
    if unit is None:
        return
    yield from _about(store, unit, "unit", contract)
    owner = store.live("properties", unit.body["propertyId"])
    if owner is not None:
        yield from _about(store, owner, "property", contract)


def _about(store: Store, place: Stored, origin: str, contract: Body) -> Iterator[tuple[Stored, str, str]]:
    for document in store.linked(DOCUMENTS.kind, f"{origin}Id", place.id):
        if contract["type"] in AUDIENCES[document.body.get("sharedWith")]:
            yield document, origin, str(place.body["name"])


def _row(store: Store, document: Stored, origin: str, place: str) -> SharedDocument:
    body = document.body
    folder = store.live(DOCUMENT_TYPES.kind, body["documentTypeId"]) if "documentTypeId" in body else None
    return SharedDocument(
        number=document.internal_id,
        title=body["title"] or body["fileName"],
        folder=str(folder.body["name"]) if folder else None,
        origin=origin,
        place=place,
        size=body["size"],
        file_name=body["fileName"],
        media_type=body["mediaType"],
    )
