"""The portal's record types, one row each: what they refer to, how they are filtered, and how they are shown.

A further record type is a row of RESOURCES plus, where it has any, its own check, filters and way of showing itself.
"""

from datetime import date, datetime
from typing import Final

from demo.portal.documents import DOCUMENT_TYPES, DOCUMENTS
from demo.portal.posts import POSTS
from demo.portal.record import Resource, View
from demo.portal.state import Body, Store, Stored
from demo.portal.texts import BERLIN
from demo.portal.tickets import TICKET_TYPES, TICKETS


def today() -> date:
    """The day it is where the houses stand."""
    return datetime.now(BERLIN).date()


def has_ended(contract: Body) -> bool:
    """Whether a contract's last day is over."""
    end = contract.get("endDate")
    return end is not None and str(end) < today().isoformat()


def _show_property(view: View, stored: Stored, body: Body) -> Body:
    units = view.store.linked("units", "propertyId", stored.id)
    addresses = [
        {**address, "units": [unit.id for unit in units if unit.body.get("address") == address["street"]]}
        for address in body.get("addresses", [])
    ]
    responsibilities = body.get("responsibilities", [])
    return {**body, "images": [], "addresses": addresses, "responsibilities": responsibilities}


def _show_unit(view: View, stored: Stored, body: Body) -> Body:
    contracts = view.store.linked("contracts", "unitId", stored.id)
    all_of_them = bool(view.query.get("includeInactiveContracts"))
    shown = [show_contract(view, one, one.body) for one in contracts if all_of_them or not has_ended(one.body)]
    return {**body, "contracts": shown}


def _show_contact(view: View, stored: Stored, body: Body) -> Body:
    contracts = view.store.linked("contracts", "contactId", stored.id)
    kept = {"portalUser": True, "isRegistered": False, "isInvited": False}
    return {**kept, **body, "contracts": [show_contract(view, one, one.body) for one in contracts]}


def show_contract(view: View, stored: Stored, body: Body) -> Body:
    """Return a contract with its number and the property that its unit belongs to."""
    unit = view.store.find("units", body["unitId"])
    property_id = body.get("propertyId") or (unit.body["propertyId"] if unit else None)
    empty = {"number": None, "startDate": None, "endDate": None}
    return {**empty, **body, "internalId": stored.internal_id, "propertyId": property_id}


def _unit_has_known_address(store: Store, body: Body) -> str | None:
    parent = store.live("properties", body["propertyId"])
    streets = [address["street"] for address in parent.body.get("addresses", [])] if parent else []
    if not body.get("address") or body["address"] in streets:
        return None
    return "address: is not one of the property's addresses"


def _contract_is_in_its_units_property(store: Store, body: Body) -> str | None:
    unit = store.live("units", body["unitId"])
    if unit is None or body.get("propertyId") in (None, unit.body["propertyId"]):
        return None
    return "propertyId: is not the property of the unit"


def _without_access_no_account(body: Body, archived: bool) -> Body:
    no_access = archived or body.get("portalUser") is False
    return {**body, "isRegistered": False, "isInvited": False} if no_access else body


def _name_of_contact(body: Body) -> str:
    person = " ".join(str(body[part]) for part in ("firstName", "lastName") if body.get(part))
    return person or str(body.get("companyName") or "")


def _flag(name: str) -> str:
    return f"coalesce(json_extract(body, '$.{name}'), 0) = ?"


ROLE: Final = (
    "id IN (SELECT contact_id FROM objects AS contract WHERE contract.kind = 'contracts'"
    " AND contract.archived = 0 AND json_extract(contract.body, '$.type') = ?)"
)

RESOURCES: Final = {
    row.kind: row
    for row in (
        Resource("properties", "PropertyWrite", _show_property),
        Resource(
            "units",
            "UnitWrite",
            _show_unit,
            references={"propertyId": "properties"},
            check=_unit_has_known_address,
        ),
        Resource(
            "contacts",
            "ContactWrite",
            _show_contact,
            settle=_without_access_no_account,
            filters={"isRegistered": _flag("isRegistered"), "isInvited": _flag("isInvited"), "role": ROLE},
            label=_name_of_contact,
        ),
        Resource(
            "contracts",
            "ContractWrite",
            show_contract,
            references={"unitId": "units", "contactId": "contacts", "propertyId": "properties"},
            check=_contract_is_in_its_units_property,
            label=lambda body: str(body.get("number") or ""),
        ),
        DOCUMENT_TYPES,
        DOCUMENTS,
        TICKET_TYPES,
        TICKETS,
        POSTS,
    )
}
