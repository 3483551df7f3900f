"""What one tenant sees: own contracts and what belongs to them, nothing of anybody else."""

from dataclasses import dataclass, field
from typing import Final

from demo.portal.reports import Board, board_of
from demo.portal.resources import RESOURCES, has_ended, today
from demo.portal.shared import SharedDocument, shared_documents
from demo.portal.state import Body, Store, Stored

CONTRACT_FIELDS: Final = ("type", "number", "startDate", "endDate")
UNIT_FIELDS: Final = ("name", "address")
PROPERTY_FIELDS: Final = ("name", "postalCode", "city")
RESPONSIBLE_FIELDS: Final = ("roleName", "contactName", "telephone", "email")
CONTACT_DATA: Final = ("email", "telephone", "mobile")


@dataclass(frozen=True, slots=True)
class Tenancy:
    """One contract with its unit, property and, while it runs, the persons to turn to."""

    contract: Body
    state: str
    unit: Body | None
    property: Body | None
    responsible: list[Body]


@dataclass(frozen=True, slots=True)
class TenantView:
    """The whole page; `access` is a key of the texts, and without access there is only the name."""

    name: str
    access: str
    contact_data: dict[str, str]
    tenancies: list[Tenancy]
    documents: list[SharedDocument] = field(default_factory=list)
    board: Board = field(default_factory=Board)


def tenant_view(store: Store, contact_id: str) -> TenantView | None:
    """Return what the person under this id sees; None when the portal does not hold the person."""
    contact = store.live("contacts", contact_id)
    if contact is None:
        return None
    name = RESOURCES["contacts"].label(contact.body) or contact.id
    access = _access(contact.body)
    if access == "no_access":
        return TenantView(name, access, {}, [])
    data = {name: str(contact.body[name]) for name in CONTACT_DATA if contact.body.get(name)}
    contracts = store.linked("contracts", "contactId", contact_id)
    current = [contract.body for contract in contracts if _state(contract.body) == "current"]
    documents = shared_documents(store, contact_id, current)
    tenancies = [_tenancy(store, contract) for contract in contracts]
    return TenantView(name, access, data, tenancies, documents, board_of(store, contact_id, current))


def _access(contact: Body) -> str:
    if contact.get("portalUser") is False:
        return "no_access"
    if contact.get("isRegistered"):
        return "registered"
    return "invited" if contact.get("isInvited") else "not_invited"


def _tenancy(store: Store, contract: Stored) -> Tenancy:
    unit = store.live("units", contract.body["unitId"])
    owner = store.live("properties", unit.body["propertyId"]) if unit else None
    state = _state(contract.body)
    visible = owner.body.get("responsibilities", []) if owner and state == "current" else []
    return Tenancy(
        contract=_only(CONTRACT_FIELDS, contract.body),
        state=state,
        unit=_only(UNIT_FIELDS, unit.body) if unit else None,
        property=_only(PROPERTY_FIELDS, owner.body) if owner else None,
        responsible=[_only(RESPONSIBLE_FIELDS, one) for one in visible if one.get("isVisibleInPortal", True)],
    )


def _only(fields: tuple[str, ...], body: Body) -> Body:
    """What the page may show of an object, and no more."""
    return {name: body.get(name) for name in fields}


def _state(contract: Body) -> str:
    if has_ended(contract):
        return "ended"
    begin = contract.get("startDate")
    return "future" if begin is not None and str(begin) > today().isoformat() else "current"
