"""What tenants do in the portal: file a report, and comment on one."""

from dataclasses import dataclass

from demo.portal.attachments import keep_attachment
from demo.portal.behaviour import TicketIds
from demo.portal.collection import new_id
from demo.portal.comments import TENANT, keep_comment
from demo.portal.portal import Portal
from demo.portal.resources import RESOURCES
from demo.portal.state import Body, Stored
from demo.portal.tickets import TICKETS
from demo.portal.uploads import Upload


@dataclass(frozen=True, slots=True)
class Report:
    """A report as its author writes it; the portal makes up its id."""

    contact: Stored
    ticket_type_id: str
    title: str
    text: str
    unit: Stored | None


def file_report(portal: Portal, report: Report, upload: Upload | None) -> Stored:
    """Make a ticket that is private to its author: nobody files one for the whole property."""
    place: Body = {"unitId": report.unit.id, "propertyId": report.unit.body["propertyId"]} if report.unit else {}
    body = {
        "id": new_id(),
        "ticketTypeId": report.ticket_type_id,
        "title": report.title,
        "description": report.text,
        "status": "OPEN",
        "contactId": report.contact.id,
        **place,
    }
    with portal.store.together():
        if portal.behaviour.ticket_ids is TicketIds.NONE:
            ticket = portal.store.insert_numbered(TICKETS.kind, body | {"id": None}, TICKETS.label(body))
        else:
            ticket = portal.store.insert(TICKETS.kind, body["id"], body, None, TICKETS.label(body))
        if upload:
            keep_attachment(portal.store, ticket, upload)
    return ticket


def comment_as_tenant(portal: Portal, ticket: Stored, contact: Stored, text: str, upload: Upload | None) -> Stored:
    """Add a comment that the manager and its author see."""
    name = RESOURCES["contacts"].label(contact.body) or contact.id
    fields = {"text": text, "isInternal": False, "authorId": contact.id, "authorName": name}
    with portal.store.together():
        comment = keep_comment(portal.store, ticket, TENANT, fields)
        if upload:
            keep_attachment(portal.store, ticket, upload, comment)
        portal.touch_ticket(ticket.internal_id)
    return comment
