"""Files on tickets and their comments: how they are kept and shown, and the routes that take and give them."""

from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from demo.portal.collection import new_id
from demo.portal.paging import own_address
from demo.portal.portal import BASE, Portal
from demo.portal.reading import Handler, live_object, merged
from demo.portal.schema import ApiDocument
from demo.portal.state import Body, Store, Stored
from demo.portal.uploads import FILE, Upload, read_upload

ATTACHMENTS: Final = "attachments"


def attachment_routes(portal: Portal, document: ApiDocument) -> list[Route]:
    """Return the routes of `POST /tickets/{id}/attachments` and of the addresses that attachments are shown with."""
    form = document.form("/tickets/{ticketId}/attachments")
    fields, check = form["properties"], document.check(form)

    async def add(request: Request) -> Response:
        upload = await read_upload(request, fields, check, portal.behaviour)
        ticket = live_object(portal.store, "tickets", request)
        with portal.store.together():
            stored = keep_attachment(portal.store, ticket, upload)
            portal.touch_ticket(ticket.internal_id)
        return JSONResponse(shown_attachment(own_address(request), stored), 201)

    async def download(request: Request) -> Response:
        stored = live_object(portal.store, ATTACHMENTS, request)
        content = portal.store.files.content(stored.internal_id) or b""
        return Response(content, headers={"content-type": stored.body["mediaType"]})

    table: list[tuple[str, str, Handler]] = [
        ("POST", f"{BASE}/tickets/{{id}}/attachments", add),
        ("GET", f"{BASE}/attachments/{{id}}", download),
    ]
    return merged(table, portal.guarded)


def keep_attachment(store: Store, ticket: Stored, upload: Upload, comment: Stored | None = None) -> Stored:
    """Put a file on a ticket, or on one of its comments; what it changes of them is up to the caller."""
    about: Body = {"ticketId": ticket.id, "ticketInternalId": ticket.internal_id}
    about["commentInternalId"] = comment.internal_id if comment else None
    kept = {name: value for name, value in upload.fields.items() if name != FILE}
    external_id = new_id()
    stored = store.insert(ATTACHMENTS, external_id, {"id": external_id} | about | kept, None, kept["fileName"])
    store.files.keep(stored.internal_id, upload.content)
    return stored


def attachments_of(store: Store, ticket_number: int) -> dict[int | None, list[Stored]]:
    """Return internal id of the comment → its attachments; those on the ticket itself are under None."""
    found: dict[int | None, list[Stored]] = {}
    for attachment in store.of_ticket(ATTACHMENTS, ticket_number):
        found.setdefault(attachment.body["commentInternalId"], []).append(attachment)
    return found


def shown_attachment(address: str, stored: Stored) -> Body:
    """Return an attachment in the shape of the OpenAPI document."""
    return {
        "id": stored.id,
        "fileName": stored.body["fileName"],
        "mimeType": stored.body["mediaType"],
        "url": f"{address}{BASE}/{ATTACHMENTS}/{stored.id}",
    }
