"""Comments on tickets: how they are kept and shown, and the routes to list and add them."""

from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from demo.portal.attachments import attachments_of, shown_attachment
from demo.portal.behaviour import CommentIds
from demo.portal.collection import new_id
from demo.portal.paging import one_page, own_address
from demo.portal.portal import BASE, Portal
from demo.portal.reading import Query, live_object, merged, read_body, refuse
from demo.portal.schema import ApiDocument, iso_time
from demo.portal.state import Body, Store, Stored

COMMENTS: Final = "comments"
SHOWN: Final = ("id", "text", "isInternal", "authorId", "authorName")
INTERFACE, STAFF, TENANT = "interface", "staff", "tenant"
"""Who wrote a comment: `origin` in the state, which the interface does not show."""


def comment_routes(portal: Portal, document: ApiDocument) -> list[Route]:
    """Return the routes of `/tickets/{id}/comments`."""
    query = Query(document, "/tickets/{ticketId}/comments")
    check = document.check(document.schema("CommentCreate"))

    async def list_comments(request: Request) -> Response:
        asked = query.read(request)
        ticket = live_object(portal.store, "tickets", request)
        attached = attachments_of(portal.store, ticket.internal_id)

        def find(offset: int, limit: int) -> list[Stored]:
            return portal.store.of_ticket(COMMENTS, ticket.internal_id, offset=offset, limit=limit)

        def show(comment: Stored) -> Body:
            return shown_comment(own_address(request), comment, attached.get(comment.internal_id, []))

        return one_page(request, asked, portal.behaviour, find, show)

    async def add(request: Request) -> Response:
        given = await read_body(request, check)
        ticket = live_object(portal.store, "tickets", request)
        external_id = _id_for(portal, ticket, given)
        fields = {"isInternal": True} | {name: given[name] for name in SHOWN if name in given}
        with portal.store.together():
            comment = keep_comment(portal.store, ticket, INTERFACE, {**fields, "id": external_id}, given)
            portal.touch_ticket(ticket.internal_id)
        return JSONResponse(shown_comment(own_address(request), comment, []), 201)

    path = f"{BASE}/tickets/{{id}}/{COMMENTS}"
    return merged([("GET", path, list_comments), ("POST", path, add)], portal.guarded)


def _id_for(portal: Portal, ticket: Stored, given: Body) -> str:
    """Return the external id that a new comment gets; 409 or 422 when it cannot get the one given."""
    external_id = given.get("id")
    answer = portal.behaviour.comment_ids
    if external_id == "":
        refuse(422, "id: is empty")
    if external_id is None or answer is CommentIds.IGNORED:
        return new_id()
    taken = any(one.id == external_id for one in portal.store.of_ticket(COMMENTS, ticket.internal_id))
    if taken and answer is CommentIds.CONFLICT:
        refuse(409, "id: is taken")
    return str(external_id)


def keep_comment(store: Store, ticket: Stored, origin: str, fields: Body, sent: object = None) -> Stored:
    """Put a comment on a ticket; what it changes of the ticket is up to the caller."""
    about = {"ticketId": ticket.id, "ticketInternalId": ticket.internal_id, "origin": origin}
    body: Body = {"id": new_id()} | about | fields
    return store.insert(COMMENTS, body["id"], body, sent, "")


def shown_comment(address: str, stored: Stored, attachments: list[Stored]) -> Body:
    """Return a comment in the shape of the OpenAPI document, and when it was last changed."""
    return {
        **{name: stored.body.get(name) for name in SHOWN},
        "internalId": stored.internal_id,
        "createdAt": iso_time(stored.created_at),
        "modifiedAt": iso_time(stored.modified_at),
        "attachments": [shown_attachment(address, one) for one in attachments],
    }
