"""A small house to fill a portal with."""

from tests.sandbox import PortalUser


def build_house(user: PortalUser) -> None:
    """Property 104 with two addresses and two units."""
    addresses = [{"street": "Am Ring 1"}, {"street": "Am Ring 3"}]
    user.post("properties", id="104", name="Am Ring", postalCode="00000", city="Musterstadt", addresses=addresses)
    user.post("units", id="104/001", propertyId="104", name="EG links", address="Am Ring 1")
    user.post("units", id="104/002", propertyId="104", name="EG rechts", address="Am Ring 3")


def move_in(user: PortalUser, contact_id: str, unit_id: str, *, end: str | None = None, **contact: object) -> None:
    """A person with a tenancy of the unit since 2024."""
    user.post("contacts", id=contact_id, **contact)
    contract = {"id": f"V-{contact_id}", "type": "RENTER", "unitId": unit_id, "contactId": contact_id}
    user.post("contracts", **contract, startDate="2024-01-01", endDate=end)
