"""`/_sandbox/…` of what happens to the portal as a whole: objects made or wiped out by hand, and restored backups.

Where they come from is all the same to a client: its own ids, those of an earlier program, or the portal's.
"""

from typing import Any

from fastapi import APIRouter, HTTPException

from demo.portal.collection import new_id
from demo.portal.control import dump
from demo.portal.deeds import File, Made, Named
from demo.portal.documents import DOCUMENTS
from demo.portal.multipart import Part
from demo.portal.portal import Portal
from demo.portal.record import Resource
from demo.portal.resources import RESOURCES
from demo.portal.state import Body, Stored
from demo.portal.uploads import facts_of


def handmade_router(portal: Portal) -> APIRouter:
    """Return the routes; what was made is answered in the form of `GET /_sandbox/state/…`."""
    router = APIRouter(prefix="/_sandbox")
    _add_objects(router, portal)
    _add_snapshots(router, portal)
    return router


def _add_objects(router: APIRouter, portal: Portal) -> None:
    @router.post("/objects/{kind}", status_code=201)
    async def make(kind: str, given: Made) -> dict[str, Any]:
        if kind not in RESOURCES:
            raise HTTPException(404, f"{kind!r} is not a record type; there are {', '.join(RESOURCES)}")
        if (given.file is None) == (kind == DOCUMENTS.kind):
            raise HTTPException(422, "file: is what documents have, and nothing else")
        return dump(_made(portal, RESOURCES[kind], given))

    @router.delete("/objects/{kind}", status_code=204)
    async def forget(kind: str, given: Named) -> None:
        found = [one for one in portal.store.everything(kind) if given.id in (one.id or str(one.internal_id),)]
        if not found:
            raise HTTPException(404, f"{kind}: nothing under the id {given.id!r}")
        with portal.store.together():
            for stored in found:
                portal.store.forget_one(stored)


def _made(portal: Portal, resource: Resource, given: Made) -> Stored:
    """Insert an object whatever has its id already; what it refers to must be there."""
    for name, kind in resource.references.items():
        if name in given.fields and portal.store.live(kind, given.fields[name]) is None:
            raise HTTPException(422, f"{name}: there is nothing under this id in {kind}")
    facts = _facts(portal, given.file) if given.file else {}
    external_id = new_id() if given.id is None else given.id
    body = resource.settle({"id": external_id} | given.fields | facts, False)
    with portal.store.together():
        stored = portal.store.insert(resource.kind, external_id, body, None, resource.label(body))
        if given.file:
            portal.store.files.keep(stored.internal_id, given.file.content)
    return stored


def _facts(portal: Portal, file: File) -> Body:
    return facts_of(Part("file", file.fileName, file.mediaType, file.content), portal.behaviour)


def _add_snapshots(router: APIRouter, portal: Portal) -> None:
    @router.post("/snapshots/{name}", status_code=204)
    async def keep(name: str) -> None:
        portal.store.snapshots.keep(name)

    @router.put("/snapshots/{name}/restore", status_code=204)
    async def restore(name: str) -> None:
        try:
            portal.store.snapshots.restore(name)
        except KeyError:
            raise HTTPException(404, f"there is no snapshot {name!r}") from None
