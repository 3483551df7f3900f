"""Person types: who becomes a portal user."""

import pytest

from include.casavi.payloads import ContactPayload
from include.vocabulary.decision import CONTROL_COLUMNS
from tests.rules.builders import Records, contract, decide, held, partner, person, role

FIELDS = [field.alias for field in ContactPayload.model_fields.values()]
FULL = {
    "salutation": "Herr", "title": "Dr.", "first_name": "Max", "last_name": "Muster", "company": "Muster GmbH",
    "street": "Musterstr. 1", "postal_code": "50667", "city": "Köln", "country": "Deutschland",
    "telephone": "0221 1", "mobile": "0170 1", "fax": "0221 2", "email": "max@example.org",
    "website": "https://example.org", "delivery_route": "PORTAL",
}  # fmt: skip


@pytest.mark.rule("R17")
def test_a_type_that_is_not_released_goes_out_without_access_with_id_and_name_only() -> None:
    prospect = decide(person(contract(), person_type="Interessent", **FULL)).contact()
    assert (prospect["decision"], prospect["reason"]) == ("restrict", "TYPE_NOT_RELEASED")
    carried = {field: prospect[field] for field in FIELDS if field and prospect[field] is not None}
    assert carried == {
        "id": "100.1.1", "firstName": "Max", "lastName": "Muster", "companyName": "Muster GmbH", "portalUser": False,
    }  # fmt: skip


@pytest.mark.rule("R17")
def test_the_contract_of_a_type_that_is_not_released_is_not_in_the_portal() -> None:
    row = decide(person(contract(), person_type="Interessent")).contract()
    assert (row["decision"], row["reason"]) == ("remove", "TYPE_NOT_RELEASED")


@pytest.mark.rule("R17")
@pytest.mark.parametrize("person_type", ["Interessent", None])
def test_without_any_released_type_nobody_is_a_portal_user(person_type: str | None) -> None:
    assert decide(person(contract(), person_type=person_type)).contact()["decision"] == "restrict"


@pytest.mark.rule("E60")
def test_an_empty_list_of_types_makes_nobody_a_portal_user() -> None:
    assert decide(person(contract()), person_types=[]).contact()["decision"] == "restrict"


@pytest.mark.rule("E9", "R17")
def test_a_type_withdrawn_and_released_again_keeps_the_id() -> None:
    tenant = person(contract(), email="max@example.org")
    withdrawn = decide(tenant, person_types=["Eigentümer"], known=[held("100.1.1")]).contact()
    again = decide(tenant, known=[held("100.1.1", state="restricted")]).contact()
    assert (withdrawn["decision"], withdrawn["portalUser"], withdrawn["email"]) == ("restrict", False, None)
    assert (again["decision"], again["portalUser"], again["email"]) == ("send", True, "max@example.org")


@pytest.mark.rule("E10")
def test_one_released_type_with_an_open_contract_is_enough() -> None:
    both = partner("P1", email="max@example.org")
    outcome = decide(
        person(contract(nr="V1"), key="100.1.1", partner=both, person_type="Interessent"),
        person(contract(nr="V2", unit_nr="2"), key="100.2.1", partner=both, person_type="Mieter"),
    )
    assert (outcome.contact("P1")["decision"], outcome.contact("P1")["email"]) == ("send", "max@example.org")
    assert outcome.ids("contract", "send") == ["V2"]


@pytest.mark.rule("E10")
def test_a_released_type_counts_only_while_its_contract_is_open() -> None:
    both = partner("P1")
    moved_out = person(contract(nr="V1", end="2025-12-31"), key="100.1.1", partner=both)
    prospect = person(contract(nr="V2"), key="100.2.1", partner=both, person_type="Interessent")
    assert decide(moved_out, prospect).contact("P1")["decision"] == "restrict"


@pytest.mark.rule("R17", "R18")
def test_a_type_not_released_counts_now_even_if_a_released_one_comes_later() -> None:
    kim = partner("P1")
    prospect = person(contract(nr="V1"), key="100.1.1", partner=kim, person_type="Interessent")
    tenant = person(contract(nr="V2", begin="2026-07-01"), key="100.2.1", partner=kim)
    assert decide(prospect, tenant).contact("P1")["decision"] == "restrict"
    assert decide(prospect, tenant, today="2026-07-01").contact("P1")["decision"] == "send"


@pytest.mark.rule("R17", "R22")
def test_co_residents_are_treated_like_the_person_they_live_with() -> None:
    home = contract(role(partner("P2", email="kim@example.org")))
    row = decide(person(home, person_type="Interessent", partner=partner("P1"))).contact("P2")
    assert (row["decision"], row["email"]) == ("restrict", None)


@pytest.mark.rule("R17", "R19")
def test_a_type_that_is_not_released_is_removed_after_move_out_like_everybody() -> None:
    assert decide(person(contract(end="2025-12-31"), person_type="Interessent")).contact()["reason"] == "MOVED_OUT"


@pytest.mark.rule("R17", "E22c")
@pytest.mark.parametrize("records", [
    person(contract(), person_type="Interessent", last_name=None),
    person(contract(), person_type="Interessent", partner="100.1.1"),
])  # fmt: skip
def test_a_type_that_is_not_released_never_keeps_access_for_lack_of_a_name(records: Records) -> None:
    row = decide(records).contact()
    assert (row["decision"], row["reason"]) == ("remove", "TYPE_NOT_RELEASED")


@pytest.mark.rule("R5", "O1")
def test_of_a_person_exactly_the_listed_fields_are_sent() -> None:
    row = decide(person(contract(), **FULL)).contact()
    assert set(row) == {*CONTROL_COLUMNS, *FIELDS}
    assert {field: row[field] for field in FIELDS if field} == {
        "id": "100.1.1", "salutation": "Herr", "title": "Dr.", "firstName": "Max", "lastName": "Muster",
        "companyName": "Muster GmbH", "companyRole": None, "street": "Musterstr. 1", "postalCode": "50667",
        "city": "Köln", "country": "Deutschland", "telephone": "0221 1", "mobile": "0170 1", "fax": "0221 2",
        "email": "max@example.org", "website": "https://example.org", "preferredWayOfContact": "ONLINE",
        "portalUser": True,
    }  # fmt: skip


@pytest.mark.rule("O1", "O27")
@pytest.mark.parametrize(("route", "preferred"), [("PORTAL", "ONLINE"), ("DRUCK", None), ("EMAIL", None), (None, None)])
def test_only_the_route_portal_is_a_preference_the_portal_knows(route: str | None, preferred: str | None) -> None:
    assert decide(person(contract(), delivery_route=route)).contact()["preferredWayOfContact"] == preferred


@pytest.mark.rule("E20")
def test_a_company_goes_out_alone_and_no_last_name_is_invented() -> None:
    row = decide(person(contract(), last_name=None, company="Muster GmbH")).contact()
    assert (row["decision"], row["companyName"]) == ("send", "Muster GmbH")
    assert (row["firstName"], row["lastName"]) == (None, None)


@pytest.mark.rule("E22c")
@pytest.mark.parametrize("name", [None, "", "  "])
def test_a_person_without_last_name_and_company_is_named_and_its_contract_waits(name: str | None) -> None:
    outcome = decide(person(contract(), first_name="Max", last_name=name))
    assert (outcome.contact()["decision"], outcome.contact()["reason"]) == ("invalid", "NO_NAME")
    assert (outcome.contract()["decision"], outcome.contract()["reason"]) == ("withhold", "CONTACT_NOT_SENT")
