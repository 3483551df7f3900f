"""Payloads of properties, units, contacts, contracts and responsibilities."""

from datetime import date
from typing import Literal, Self

from pydantic import model_serializer, model_validator

from include.casavi.payloads._fields import Email, Id, Name, Note, Payload, Phone, Text, refuse


class AddressPayload(Payload):
    """One address of a property."""

    street: Name


class PropertyPayload(Payload):
    """A property with its addresses."""

    id: Id
    name: Name
    number: Text
    note: Note
    country: Text
    city: Text
    postal_code: Text
    msc_number: Text
    msc_provider_name: Text
    msc_provider_identifier: Text
    addresses: tuple[AddressPayload, ...]


class UnitPayload(Payload):
    """A unit of a property."""

    id: Id
    property_id: Id
    name: Name
    number: Text
    address: Text
    usage: Text
    note: Note
    msc_number: Text


class ContactPayload(Payload):
    """A person as the portal knows it."""

    id: Id
    title: Text
    salutation: Text
    first_name: Text
    last_name: Text
    company_name: Text
    company_role: Text
    email: Email | None
    telephone: Phone
    mobile: Phone
    fax: Phone
    website: Text
    street: Text
    postal_code: Text
    city: Text
    country: Text
    preferred_way_of_contact: Literal["ONLINE"] | None
    portal_user: bool

    @model_validator(mode="after")
    def _is_named(self) -> Self:
        if not (self.last_name or self.company_name):
            raise refuse("NO_NAME", "NAMELESS")
        return self

    @model_validator(mode="after")
    def _is_unreachable_without_access(self) -> Self:
        if not self.portal_user and (self.email or self.telephone or self.mobile or self.fax):
            raise refuse("INVALID_VALUE", "CONTACT_DATA")
        return self


class ContractPayload(Payload):
    """What binds a contact to a unit between two days."""

    id: Id
    type: Literal["RENTER", "OWNER"]
    number: Text
    property_id: Id
    unit_id: Id
    contact_id: Id
    start_date: date
    end_date: date | None

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.end_date and self.end_date < self.start_date:
            raise refuse("END_BEFORE_START", "ENDS_TOO_EARLY")
        return self


class ResponsibilityPayload(Payload):
    """One caretaker of a property, as its residents see him."""

    contact_id: Id
    role_name: Name
    is_visible_in_portal: bool
    is_visible_on_pinboard: bool
    email: Email | None
    telephone: Phone


class ResponsibilitiesPayload(Payload):
    """All caretakers of a property: the portal replaces those it had, but for its own staff's (O19)."""

    id: Id
    responsibilities: tuple[ResponsibilityPayload, ...]

    @model_serializer
    def _as_list(self) -> list[dict[str, object]]:
        return [caretaker.model_dump() for caretaker in self.responsibilities]
