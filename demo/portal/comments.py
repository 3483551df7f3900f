"""Comments on tickets: how they are kept and shown, and the routes to list, add and delete them."""

from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from demo.portal.attachments import attachments_of, shown_attachment
from demo.portal.behaviour import CommentDelete, CommentIds, DeletedIds
from demo.portal.collection import new_id
from demo.portal.paging import one_page, own_address
from demo.portal.portal import BASE, Portal
from demo.portal.reading import Query, live_object, merged, path_id, read_body, refuse
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
        known = _held_under(portal, ticket, given.get("id"))
        fields = {"isInternal": True} | {name: given[name] for name in SHOWN if name in given}
        with portal.store.together():
            if known and portal.behaviour.comment_ids is CommentIds.UPDATE:
                comment = portal.store.update(known, known.body | fields, given, "")
            else:
                fields["id"] = _id_for(portal, given)
                comment = keep_comment(portal.store, ticket, INTERFACE, fields, given)
            portal.touch_ticket(ticket.internal_id)
        attached = attachments_of(portal.store, ticket.internal_id).get(comment.internal_id, [])
        status = 200 if known and known.internal_id == comment.internal_id else 201
        return JSONResponse(shown_comment(own_address(request), comment, attached), status)

    async def delete(request: Request) -> Response:
        answer = portal.behaviour.comment_delete
        if answer is CommentDelete.REFUSES:
            refuse(405, "comments cannot be deleted")
        comment = _live(portal.store, live_object(portal.store, "tickets", request), path_id(request, "commentId"))
        if comment is None or answer is CommentDelete.UNKNOWN:
            refuse(404, "there is nothing at this address")
        delete_comment_of(portal, comment)
        return Response(status_code=204)

    many, one = f"{BASE}/tickets/{{id}}/{COMMENTS}", f"{BASE}/tickets/{{id}}/{COMMENTS}/{{commentId}}"
    return merged([("GET", many, list_comments), ("POST", many, add), ("DELETE", one, delete)], portal.guarded)


def _live(store: Store, ticket: Stored, external_id: str) -> Stored | None:
    return next((one for one in store.of_ticket(COMMENTS, ticket.internal_id) if one.id == external_id), None)


def _held_under(portal: Portal, ticket: Stored, external_id: str | None) -> Stored | None:
    """Return the ticket's living comment under an id; 409 or 422 when no comment can be made under it."""
    answers = portal.behaviour
    if external_id == "":
        refuse(422, "id: is empty")
    if external_id is None or answers.comment_ids is CommentIds.IGNORED:
        return None
    known = _live(portal.store, ticket, external_id)
    gone = known is None and answers.deleted_ids is DeletedIds.TAKEN and _was_there(portal.store, ticket, external_id)
    if gone or (known and answers.comment_ids is CommentIds.CONFLICT):
        refuse(409, "id: is taken")
    return known


def _was_there(store: Store, ticket: Stored, external_id: str) -> bool:
    found = store.find(COMMENTS, external_id)
    return found is not None and found.body["ticketInternalId"] == ticket.internal_id


def _id_for(portal: Portal, given: Body) -> str:
    ignored = portal.behaviour.comment_ids is CommentIds.IGNORED
    return new_id() if ignored or "id" not in given else str(given["id"])


def keep_comment(store: Store, ticket: Stored, origin: str, fields: Body, sent: object = None) -> Stored:
    """Put a comment on a ticket; what it changes of the ticket is up to the caller."""
    about = {"ticketId": ticket.id, "ticketInternalId": ticket.internal_id, "origin": origin}
    body: Body = {"id": new_id()} | about | fields
    return store.insert(COMMENTS, body["id"], body, sent, "")


def delete_comment_of(portal: Portal, comment: Stored) -> Stored:
    """Take a comment off its ticket, and its files with it; returns it as it is kept."""
    number, store = comment.body["ticketInternalId"], portal.store
    with store.together():
        for attachment in attachments_of(store, number).get(comment.internal_id, []):
            store.update(attachment, attachment.body, attachment.sent, attachment.label, archived=True)
            store.files.drop(attachment.internal_id)
        portal.touch_ticket(number)
        return store.update(comment, comment.body, comment.sent, comment.label, archived=True)


def shown_comment(address: str, stored: Stored, attachments: list[Stored]) -> Body:
    """Return a comment in the shape of the OpenAPI document, and when it was last changed."""
    return {
        **{name: stored.body.get(name) for name in SHOWN},
        "internalId": stored.internal_id,
        "createdAt": iso_time(stored.created_at),
        "modifiedAt": iso_time(stored.modified_at),
        "attachments": [shown_attachment(address, one) for one in attachments],
    }
