"""Owners and caretakers of whole properties: their licences, their contracts and responsibilities, who sends them."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.rules.builders import (
    Outcome,
    Records,
    caretaker,
    contract,
    decide,
    decide_owners,
    held,
    licence,
    owner,
    partner,
    person,
    prop,
    unit,
)

HOUSE = prop("100").plus(unit("1"), unit("2"))
OWNERS = licence("Objekteigentümer")
CARETAKERS = licence("Hausmeister")


def kim(**fields: object) -> Records:
    return partner("P1", first_name="Kim", email="kim@example.org", telephone="0221 1", **fields)


def responsible(outcome: Outcome, house: str = "100") -> list[dict[str, object]]:
    return list(outcome.row("responsibility", house)["responsibilities"])


@pytest.mark.rule("R11", "O19")
def test_an_owner_is_a_contact_with_an_owners_contract_on_every_unit() -> None:
    outcome = decide_owners(HOUSE, owner(kim(), begin="2020-05-01", end="2030-04-30"))
    contact = outcome.contact("P1")
    assert (contact["decision"], contact["reason"], contact["portalUser"]) == ("send", "OWNER", True)
    assert contact["email"] == "kim@example.org"
    assert outcome.ids("contract", "send") == ["100/1/P1~owner", "100/2/P1~owner"]
    row = outcome.contract("100/2/P1~owner")
    fields = ("type", "propertyId", "unitId", "contactId", "startDate", "endDate")
    assert [row[field] for field in fields] == ["OWNER", "100", "100/2", "P1", "2020-05-01", "2030-04-30"]
    assert row["parents"].splitlines() == ["unit 100/2", "contact P1"]


@pytest.mark.rule("R11", "E22")
@pytest.mark.parametrize(
    ("licences", "owners", "caretakers"),
    [
        (licence("Objekteigentümer", "Hausmeister"), "send", "send"),
        (OWNERS, "send", "remove"),
        (CARETAKERS, "remove", "send"),
        (licence("Objekteigentümer", "Hausmeister", active=False), "remove", "remove"),
        (licence("Objekteigentümer", "Hausmeister", valid_until="2026-06-14"), "remove", "remove"),
        (licence("Objekteigentümer", "Hausmeister", valid_until="2026-06-15"), "send", "send"),
    ],
)
def test_owners_and_caretakers_each_need_their_own_licence(licences: Records, owners: str, caretakers: str) -> None:
    outcome = decide_owners(HOUSE, owner(kim()), caretaker(partner("P2")), licences)
    assert outcome.contact("P1")["decision"] == outcome.contract("100/1/P1~owner")["decision"] == owners
    assert outcome.row("responsibility", "100")["decision"] == caretakers
    assert outcome.contact("P2")["decision"] == {"send": "restrict"}.get(caretakers, caretakers)


@pytest.mark.rule("R11")
def test_without_licence_the_reason_says_which_one() -> None:
    outcome = decide_owners(HOUSE, owner(kim()), caretaker(partner("P2")), licence())
    assert outcome.contact("P1")["reason"] == outcome.contract("100/1/P1~owner")["reason"] == "NO_OWNER_LICENCE"
    assert outcome.contact("P2")["reason"] == "NO_CARETAKER_LICENCE"
    assert outcome.row("responsibility", "100")["reason"] == "NO_CARETAKER_LICENCE"


@pytest.mark.rule("R13", "R11")
def test_only_of_released_properties() -> None:
    elsewhere = prop("900").plus(unit("1", "900"))
    outcome = decide_owners(elsewhere, owner(kim(), "900"), caretaker(partner("P2"), "900"))
    assert outcome.ids("contact", "send", "restrict") == outcome.ids("contract", "send") == []
    assert outcome.ids("responsibility", "send") == []
    assert outcome.contact("P1")["reason"] == "PROPERTY_NOT_RELEASED"


@pytest.mark.rule("R11")
def test_of_two_properties_the_released_one_counts() -> None:
    world = (HOUSE, prop("900"), unit("1", "900"), owner(kim()), owner("P1", "900"))
    outcome = decide_owners(*world)
    assert outcome.contact("P1")["reason"] == "OWNER"
    assert outcome.contact("P1")["properties"] == "100"
    assert outcome.ids("contract", "send") == ["100/1/P1~owner", "100/2/P1~owner"]


@pytest.mark.rule("R18", "R19", "O11")
@pytest.mark.parametrize(
    ("days", "reason"),
    [
        ({"begin": "2026-06-29"}, "OWNER"),
        ({"begin": "2026-06-30"}, "NOT_YET"),
        ({"end": "2026-06-05"}, "OWNER"),
        ({"end": "2026-06-04"}, "OWNERSHIP_ENDED"),
        ({"begin": None}, "NO_START"),
        ({"end": "2019-12-31"}, "END_BEFORE_START"),
    ],
)
def test_an_owners_access_opens_and_closes_as_with_a_contract(days: dict[str, Any], reason: str) -> None:
    given = {"portal_access_lead_days": 14, "portal_access_trail_days": 10}
    outcome = decide_owners(HOUSE, owner(kim(), **days), **given)
    assert outcome.contract("100/1/P1~owner")["reason"] == outcome.contact("P1")["reason"] == reason


@pytest.mark.rule("E20")
def test_a_company_may_own_a_property() -> None:
    outcome = decide_owners(HOUSE, owner(partner("P1", last_name=None, company="Muster GmbH")))
    row = outcome.contact("P1")
    assert (row["decision"], row["companyName"], row["lastName"]) == ("send", "Muster GmbH", None)


@pytest.mark.rule("E22c")
def test_an_owner_without_name_is_invalid_and_his_contracts_wait() -> None:
    outcome = decide_owners(HOUSE, owner(partner("P1", last_name=None)))
    assert outcome.contact("P1")["reason"] == "NO_NAME"
    assert outcome.contract("100/1/P1~owner")["reason"] == "CONTACT_NOT_SENT"


@pytest.mark.rule("R11", "R22")
def test_an_owner_the_partner_management_does_not_know_is_invalid() -> None:
    assert decide_owners(HOUSE, owner("P7")).contact("P7")["reason"] == "NO_PARTNER"


@pytest.mark.rule("O19")
def test_a_caretaker_is_a_contact_without_access_and_says_at_the_property_how_to_reach_him() -> None:
    outcome = decide_owners(HOUSE, caretaker(kim()))
    contact = outcome.contact("P1")
    assert (contact["decision"], contact["portalUser"], contact["firstName"]) == ("restrict", False, "Kim")
    assert (contact["email"], contact["telephone"]) == (None, None)
    assert responsible(outcome) == [
        {
            "contactId": "P1", "roleName": "Hausmeister", "isVisibleInPortal": True, "isVisibleOnPinboard": False,
            "email": "kim@example.org", "telephone": "0221 1",
        }
    ]  # fmt: skip
    assert outcome.row("responsibility", "100")["parents"].splitlines() == ["property 100", "contact P1"]


@pytest.mark.rule("O19")
def test_all_caretakers_of_a_property_go_out_together_in_a_fixed_order() -> None:
    outcome = decide_owners(HOUSE, caretaker(partner("P3")), caretaker(partner("P2"), is_visible=False))
    assert [(one["contactId"], one["isVisibleInPortal"]) for one in responsible(outcome)] == [
        ("P2", False),
        ("P3", True),
    ]


@pytest.mark.rule("O19")
@pytest.mark.parametrize(
    ("days", "reason"),
    [
        ({"begin": "2026-06-15", "end": "2026-06-15"}, "CARETAKER"),
        ({"begin": "2026-06-16"}, "NOT_YET"),
        ({"end": "2026-06-14"}, "CARETAKER_ENDED"),
        ({}, "CARETAKER"),
        ({"begin": None}, "NO_START"),
        ({"end": "2019-12-31"}, "END_BEFORE_START"),
    ],
)
def test_a_caretakers_days_count_exactly(days: dict[str, Any], reason: str) -> None:
    outcome = decide_owners(HOUSE, caretaker(kim(), **days), portal_access_lead_days=14)
    assert outcome.row("responsibility", "100")["reason"] == outcome.contact("P1")["reason"] == reason


@pytest.mark.rule("E3", "R11")
@pytest.mark.parametrize("office", [owner, caretaker])
@pytest.mark.parametrize(
    ("days", "reason"), [({"begin": None}, "NO_START"), ({"end": "2019-12-31"}, "END_BEFORE_START")]
)
def test_an_office_with_impossible_days_is_named_and_leaves_the_portal_as_it_is(
    office: Callable[..., Records], days: dict[str, Any], reason: str
) -> None:
    outcome = decide_owners(HOUSE, office(kim(), **days), known=[held("P1", group="owners_caretakers")])
    row = outcome.contract("100/1/P1~owner") if office is owner else outcome.row("responsibility", "100")
    assert (row["decision"], row["reason"]) == ("invalid", reason)
    assert (outcome.contact("P1")["decision"], outcome.contact("P1")["reason"]) == ("withhold", reason)


@pytest.mark.rule("E3", "O19")
def test_a_caretaker_with_impossible_days_is_named_beside_those_who_are_shown() -> None:
    outcome = decide_owners(HOUSE, caretaker(partner("P1"), begin=None), caretaker(partner("P2")))
    assert [one["contactId"] for one in responsible(outcome)] == ["P2"]
    assert outcome.row("responsibility", "100")["warnings"] == "NO_START"


@pytest.mark.rule("E3", "O19")
def test_why_a_property_shows_no_caretaker_begins_with_what_is_wrong() -> None:
    ended, wrong = caretaker(partner("P1"), end="2026-06-14"), caretaker(partner("P2"), begin=None)
    row = decide_owners(HOUSE, ended, wrong).row("responsibility", "100")
    assert (row["decision"], row["reason"]) == ("invalid", "NO_START")


@pytest.mark.rule("O19")
def test_one_of_two_caretakers_leaves() -> None:
    outcome = decide_owners(HOUSE, caretaker(partner("P1"), end="2026-06-01"), caretaker(partner("P2")))
    assert [one["contactId"] for one in responsible(outcome)] == ["P2"]
    assert outcome.contact("P1")["decision"] == "remove"


@pytest.mark.rule("R21", "O19")
def test_anonymised_and_invalid_ways_to_reach_a_caretaker_stay_out() -> None:
    hidden = partner("P1", email="anonymisiert", telephone="anonymisiert", mobile="0171 3920000")
    outcome = decide_owners(HOUSE, caretaker(hidden), caretaker(partner("P2", email="x@@y")))
    assert [(one["email"], one["telephone"]) for one in responsible(outcome)] == [(None, "0171 3920000"), (None, None)]
    assert outcome.row("responsibility", "100")["warnings"] == "EMAIL_INVALID"


@pytest.mark.rule("R23", "E6", "E22")
@pytest.mark.parametrize("office", [owner, caretaker])
def test_who_is_a_tenant_too_is_one_contact_sent_with_the_persons(office: object) -> None:
    world = (HOUSE, person(contract(), partner=kim()), office("P1"))  # type: ignore[operator]
    everyone = (licence("Objekteigentümer", "Hausmeister"), *world)
    assert decide(*everyone).contact("P1")["decision"] == "send"
    assert decide_owners(*world).ids("contact") == []


@pytest.mark.rule("E6", "R11")
def test_a_tenant_who_moved_out_stays_a_contact_as_owner_or_caretaker() -> None:
    former = person(contract(end="2020-12-31"), partner=kim())
    licences = licence("Objekteigentümer", "Hausmeister")
    as_owner = decide(HOUSE, licences, former, owner("P1")).contact("P1")
    assert (as_owner["decision"], as_owner["reason"], as_owner["portalUser"]) == ("send", "OWNER", True)
    as_caretaker = decide(HOUSE, licences, former, caretaker("P1")).contact("P1")
    assert (as_caretaker["decision"], as_caretaker["portalUser"]) == ("restrict", False)
    assert decide(HOUSE, former, owner("P1")).contact("P1")["reason"] == "MOVED_OUT"


@pytest.mark.rule("E22", "R17")
def test_an_owner_whose_person_type_is_not_released_has_access_as_owner() -> None:
    prospect = person(contract(), partner=kim(), person_type="Interessent")
    row = decide(HOUSE, OWNERS, prospect, owner("P1")).contact("P1")
    assert (row["decision"], row["reason"]) == ("send", "OWNER")


@pytest.mark.rule("E6", "R24")
def test_an_owner_who_becomes_a_tenant_is_handed_over_and_never_taken_for_gone() -> None:
    world = (HOUSE, person(contract(), partner=kim()), owner("P1"))
    ledger = [held("P1", group="owners_caretakers")]
    row = decide_owners(*world, known=ledger).contact("P1")
    assert (row["decision"], row["reason"]) == ("withhold", "OTHER_GROUP")
    assert decide(*world, OWNERS, known=ledger).contact("P1")["decision"] == "send"


@pytest.mark.rule("E6", "R24")
def test_a_tenant_who_is_only_an_owner_any_more_is_handed_over_too() -> None:
    world = (HOUSE, owner(kim()))
    ledger = [held("P1", group="persons")]
    assert decide(*world, OWNERS, known=ledger).contact("P1")["reason"] == "OTHER_GROUP"
    assert decide_owners(*world, known=ledger).contact("P1")["decision"] == "send"


@pytest.mark.rule("E14")
def test_an_owner_keeps_an_email_address_before_a_co_resident() -> None:
    tenant = person(contract(), partner=partner("P5"))
    flatmate = Records({"contract_roles": [{"contract_nr": "V1", "partner_nr": "P0", "role": "MITBEWOHNER"}]})
    world = (HOUSE, OWNERS, tenant, flatmate, partner("P0", email="kim@example.org"), owner(kim()))
    assert decide(*world).contact("P0")["email"] is None
    assert (
        decide_owners(HOUSE, tenant, flatmate, partner("P0", email="kim@example.org"), owner(kim())).contact("P1")[
            "email"
        ]
        == "kim@example.org"
    )
