"""`/_sandbox/…` of what happens inside the portal without the interface: what its staff and the tenants do there."""

from typing import Any

from fastapi import APIRouter, HTTPException

from demo.portal.collection import new_id
from demo.portal.comments import COMMENTS, STAFF, delete_comment_of, keep_comment
from demo.portal.control import dump
from demo.portal.deeds import (
    CommentEdit,
    File,
    StaffComment,
    StatusEdit,
    TenantComment,
    TenantReport,
    TicketType,
)
from demo.portal.multipart import Part
from demo.portal.portal import Portal
from demo.portal.reporting import Report, comment_as_tenant, file_report
from demo.portal.state import Body, Stored
from demo.portal.tickets import TICKET_TYPES, TICKETS
from demo.portal.uploads import Upload, facts_of


def inside_router(portal: Portal) -> APIRouter:
    """Return the routes; each answers with what it wrote, in the form of `GET /_sandbox/state/…`."""
    router = APIRouter(prefix="/_sandbox")
    _add_tenants(router, portal)
    _add_staff(router, portal)
    _add_comment_changes(router, portal)
    return router


def _add_tenants(router: APIRouter, portal: Portal) -> None:
    @router.post("/tenant-reports", status_code=201)
    async def tenant_report(given: TenantReport) -> dict[str, Any]:
        _there(portal, TICKET_TYPES.kind, given.ticketTypeId)
        contact = _there(portal, "contacts", given.contactId)
        unit = None if given.unitId is None else _there(portal, "units", given.unitId)
        report = Report(contact, given.ticketTypeId, given.title, given.text, unit)
        return dump(file_report(portal, report, _upload(portal, given.attachment)))

    @router.post("/tenant-comments", status_code=201)
    async def tenant_comment(given: TenantComment) -> dict[str, Any]:
        ticket = _there(portal, TICKETS.kind, given.ticketId)
        contact = _there(portal, "contacts", given.contactId)
        return dump(comment_as_tenant(portal, ticket, contact, given.text, _upload(portal, given.attachment)))


def _add_staff(router: APIRouter, portal: Portal) -> None:
    @router.post("/ticket-types", status_code=201)
    async def ticket_type(given: TicketType) -> dict[str, Any]:
        if portal.store.live(TICKET_TYPES.kind, given.id):
            raise HTTPException(409, "id: is taken")
        body = given.model_dump() | {"locked": False}
        return dump(portal.store.insert(TICKET_TYPES.kind, given.id, body, None, given.name))

    @router.post("/staff-comments", status_code=201)
    async def staff_comment(given: StaffComment) -> dict[str, Any]:
        ticket = _there(portal, TICKETS.kind, given.ticketId)
        fields = given.model_dump(exclude={"ticketId"})
        with portal.store.together():
            comment = keep_comment(portal.store, ticket, STAFF, {"id": new_id(), "authorId": None, **fields})
            portal.touch_ticket(ticket.internal_id)
        return dump(comment)

    @router.put("/ticket-status")
    async def ticket_status(given: StatusEdit) -> dict[str, Any]:
        ticket = _there(portal, TICKETS.kind, given.ticketId)
        return dump(_written(portal, ticket, ticket.body | {"status": given.status}))


def _add_comment_changes(router: APIRouter, portal: Portal) -> None:
    @router.patch("/comments/{number}")
    async def edit_comment(number: int, given: CommentEdit) -> dict[str, Any]:
        comment = _comment(portal, number)
        with portal.store.together():
            after = _written(portal, comment, comment.body | given.model_dump(exclude_none=True))
            portal.touch_ticket(comment.body["ticketInternalId"])
        return dump(after)

    @router.delete("/comments/{number}")
    async def delete_comment(number: int) -> dict[str, Any]:
        return dump(delete_comment_of(portal, _comment(portal, number)))


def _comment(portal: Portal, number: int) -> Stored:
    comment = portal.store.numbered(COMMENTS, number)
    if comment is None:
        raise HTTPException(404, f"{COMMENTS}: nothing under the internal id {number}")
    return comment


def _written(portal: Portal, stored: Stored, body: Body) -> Stored:
    return portal.store.update(stored, body, stored.sent, stored.label)


def _there(portal: Portal, kind: str, external_id: str) -> Stored:
    stored = portal.store.named(kind, external_id)
    if stored is None:
        raise HTTPException(404, f"{kind}: nothing under the id {external_id!r}")
    return stored


def _upload(portal: Portal, file: File | None) -> Upload | None:
    if file is None:
        return None
    part = Part("file", file.fileName, file.mediaType, file.content)
    return Upload({**facts_of(part, portal.behaviour), "isInternal": False}, file.content)
