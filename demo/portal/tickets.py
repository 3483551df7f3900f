"""Tickets and ticket types as record types: what a ticket refers to, and how both are shown."""

from typing import Final

from demo.portal.attachments import attachments_of, shown_attachment
from demo.portal.record import Resource, View
from demo.portal.schema import iso_time
from demo.portal.state import Body, Store, Stored

SHOWN: Final = ("id", "ticketTypeId", "title", "description", "status", "propertyId", "unitId", "contactId")


def _show_type(_view: View, _stored: Stored, body: Body) -> Body:
    # that a type is locked is for people's eyes: the document knows no field for it
    return {"fields": []} | {name: value for name, value in body.items() if name != "locked"}


def _was_made_over_the_interface(store: Store, body: Body) -> str | None:
    there = store.live(TICKET_TYPES.kind, body["id"])
    if there is None or there.body["locked"]:
        return None
    return "id: is that of a type which was made in the portal"


def _show_ticket(view: View, stored: Stored, body: Body) -> Body:
    attachments = attachments_of(view.store, stored.internal_id).get(None, [])
    return {
        **{name: body.get(name) for name in SHOWN},
        "fields": body.get("fields", {}),
        "attachments": [shown_attachment(view.address, one) for one in attachments],
        "createdAt": iso_time(stored.created_at),
        "modifiedAt": iso_time(stored.modified_at),
    }


def _unit_is_in_the_property(store: Store, body: Body) -> str | None:
    unit = store.live("units", body["unitId"]) if body.get("unitId") is not None else None
    if unit is None or body.get("propertyId") in (None, unit.body["propertyId"]):
        return None
    return "propertyId: is not the property of the unit"


TICKET_TYPES: Final = Resource(
    "ticket-types",
    "TicketTypeWrite",
    _show_type,
    check=_was_made_over_the_interface,
    settle=lambda body, _archived: {**body, "locked": True},
    operations=frozenset({"list", "create", "replace"}),
    has_app_link=False,
)
TICKETS: Final = Resource(
    "tickets",
    "TicketCreate",
    _show_ticket,
    references={
        "ticketTypeId": TICKET_TYPES.kind,
        "propertyId": "properties",
        "unitId": "units",
        "contactId": "contacts",
    },
    check=_unit_is_in_the_property,
    settle=lambda body, _archived: {"status": "OPEN", **body},
    label=lambda body: str(body["title"]),
    # there is no way to take a ticket back: the document has no DELETE, so a client can only close it
    operations=frozenset({"list", "create", "read"}),
    order="modified_at, internal_id",
)
