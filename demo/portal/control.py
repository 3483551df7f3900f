"""The switchboard below /_sandbox: reset, behaviour, faults, request log and state. casavi has nothing like it."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from fastapi import APIRouter, HTTPException
from pydantic import BaseModel, ConfigDict, ValidationError

from demo.portal.attachments import ATTACHMENTS
from demo.portal.behaviour import Behaviour
from demo.portal.comments import COMMENTS
from demo.portal.faults import FaultBook, Rules
from demo.portal.folders import FOLDERS, Folder, replace_folders
from demo.portal.portal import Portal
from demo.portal.requestlog import RequestLog
from demo.portal.resources import RESOURCES
from demo.portal.state import Store, Stored

KEPT: Final = (*RESOURCES, COMMENTS, ATTACHMENTS)
"""All kinds of objects in the state; comments and attachments are changed through their tickets only."""


class Edit(BaseModel):
    """What staff change by hand in the portal: the object's external id and the fields to set."""

    model_config = ConfigDict(extra="forbid")

    id: str
    fields: dict[str, Any]


def control_router(portal: Portal, faults: FaultBook, log: RequestLog, database: Path) -> APIRouter:
    """Return the routes that script and inspect the sandbox; `/database` says which one it is."""
    router = APIRouter(prefix="/_sandbox")
    at_start = portal.behaviour

    @router.post("/reset", status_code=204)
    async def reset() -> None:
        portal.store.clear()
        replace_folders(portal.store, FOLDERS)
        portal.behaviour = at_start
        faults.clear()
        log.clear()

    @router.get("/database")
    async def which() -> dict[str, str]:
        return {"path": str(database.resolve())}

    _add_behaviour(router, portal)
    _add_faults(router, faults)
    _add_requests(router, log)
    _add_state(router, portal.store)
    _add_folders(router, portal.store)
    return router


def _add_behaviour(router: APIRouter, portal: Portal) -> None:
    @router.get("/behaviour")
    async def read_behaviour() -> Behaviour:
        return portal.behaviour

    @router.put("/behaviour")
    async def set_behaviour(changes: dict[str, Any]) -> Behaviour:
        try:
            portal.behaviour = portal.behaviour.changed(changes)
        except ValidationError as wrong:
            raise HTTPException(422, wrong.errors(include_url=False, include_context=False)) from None
        return portal.behaviour


def _add_faults(router: APIRouter, faults: FaultBook) -> None:
    @router.get("/faults")
    async def list_faults() -> list[dict[str, Any]]:
        return faults.listing()

    @router.post("/faults", status_code=201)
    async def add_faults(rules: Rules) -> list[dict[str, Any]]:
        faults.add(rules)
        return faults.listing()

    @router.delete("/faults", status_code=204)
    async def end_faults() -> None:
        faults.clear()


def _add_requests(router: APIRouter, log: RequestLog) -> None:
    @router.get("/requests")
    async def list_requests() -> dict[str, Any]:
        return log.listing()

    @router.delete("/requests", status_code=204)
    async def forget_requests() -> None:
        log.clear()


def _add_state(router: APIRouter, store: Store) -> None:
    @router.get("/counts")
    async def counts() -> dict[str, dict[str, int]]:
        nothing = {"live": 0, "archived": 0, "duplicates": 0}
        counted = store.counts()
        # only what clients write: folders are there before anything was sent
        written = [row.kind for row in RESOURCES.values() if "create" in row.operations]
        return {kind: counted.get(kind, nothing) for kind in (*written, COMMENTS, ATTACHMENTS)}

    @router.get("/state/{kind}")
    async def state(kind: str) -> dict[str, Any]:
        objects = store.everything(_known(kind, KEPT))
        per_id = Counter(stored.id for stored in objects)
        return {"kind": kind, "objects": [dump(stored) for stored in objects], "per_id": per_id}

    @router.patch("/state/{kind}")
    async def edit(kind: str, edit: Edit) -> dict[str, Any]:
        stored = store.live(_known(kind, RESOURCES), edit.id)
        if stored is None:
            raise HTTPException(404, f"{kind}: nothing under the id {edit.id!r}")
        body = stored.body | edit.fields | {"id": stored.id}
        return dump(store.update(stored, body, stored.sent, RESOURCES[kind].label(body)))


def _add_folders(router: APIRouter, store: Store) -> None:
    @router.put("/document-types", status_code=204)
    async def set_folders(folders: list[Folder]) -> None:
        if len({folder.id for folder in folders}) < len(folders):
            raise HTTPException(422, "id: two folders have the same")
        replace_folders(store, folders)


def _known(kind: str, kinds: Iterable[str]) -> str:
    if kind not in kinds:
        raise HTTPException(404, f"{kind!r} is not a record type; there are {', '.join(kinds)}")
    return kind


def dump(stored: Stored) -> dict[str, Any]:
    """Return an object with all that the portal keeps of it."""
    return {
        "id": stored.id or None,
        "internalId": stored.internal_id,
        "archived": stored.archived,
        "revision": stored.revision,
        "createdAt": stored.created_at,
        "modifiedAt": stored.modified_at,
        "fields": stored.body,
        "sent": stored.sent,
    }
