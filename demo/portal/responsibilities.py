"""PUT /properties/{id}/responsibilities: who looks after a property, such as its caretaker."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from demo.portal.portal import BASE, Portal
from demo.portal.reading import live_object, merged, read_body, refuse
from demo.portal.resources import RESOURCES
from demo.portal.schema import ApiDocument
from demo.portal.state import Body, Store

DEFAULTS = {"isVisibleInPortal": True, "isVisibleOnPinboard": False, "email": None, "telephone": None}


def responsibility_routes(portal: Portal, document: ApiDocument) -> list[Route]:
    """Return the route that replaces a property's external responsibilities."""
    check = document.check({"type": "array", "items": document.schema("ResponsibilityWrite")})

    async def replace_responsibilities(request: Request) -> Response:
        stored = live_object(portal.store, "properties", request)
        external = [_entry(portal.store, entry) for entry in await read_body(request, check)]
        # those that the manager's staff keep in the portal itself are none of the interface's business
        internal = [one for one in stored.body.get("responsibilities", []) if one["roleType"] == "internal"]
        body = {**stored.body, "responsibilities": internal + external}
        portal.store.update(stored, body, stored.sent, RESOURCES["properties"].label(body))
        return JSONResponse(internal + external)

    path = f"{BASE}/properties/{{id}}/responsibilities"
    return merged([("PUT", path, replace_responsibilities)], portal.guarded)


def _entry(store: Store, entry: Body) -> Body:
    contact = store.live("contacts", entry["contactId"])
    if contact is None:
        refuse(422, "contactId: is not the id of a contact")
    name = RESOURCES["contacts"].label(contact.body)
    return {**DEFAULTS, **entry, "contactInternalId": contact.internal_id, "contactName": name, "roleType": "external"}
