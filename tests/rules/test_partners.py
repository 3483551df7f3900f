"""Partner management: one contact per partner, co-residents, contract partners."""

from typing import Any, Final

import pytest

from tests.rules.builders import Records, contract, decide, held, partner, person, role


@pytest.mark.rule("R22")
def test_a_person_kept_in_partner_management_goes_out_with_the_partners_data() -> None:
    row = decide(person(contract(), last_name="Alt", partner=partner("P1", last_name="Neu"))).contact("P1")
    assert (row["decision"], row["lastName"]) == ("send", "Neu")
    assert row["source"] == "SP_PERSON:100.1.1 SP_PARTNER:P1"


@pytest.mark.rule("R22", "O20")
@pytest.mark.parametrize("kind", ["MITBEWOHNER", "VERTRAGSPARTNER"])
def test_co_residents_and_contract_partners_are_contacts_with_a_contract_of_their_own(kind: str) -> None:
    home = contract(role(partner("P2"), kind), begin="2025-01-01", end="2027-12-31")
    outcome = decide(person(home, partner=partner("P1")))
    assert outcome.ids("contact", "send") == ["P1", "P2"]
    row = outcome.contract("V1/P2")
    fields = ("decision", "type", "number", "unitId", "contactId", "startDate", "endDate")
    assert {field: row[field] for field in fields} == {
        "decision": "send", "type": "RENTER", "number": "V1", "unitId": "100/1", "contactId": "P2",
        "startDate": "2025-01-01", "endDate": "2027-12-31",
    }  # fmt: skip
    assert row["parents"].splitlines() == ["unit 100/1", "contact P2"]


@pytest.mark.rule("O20")
def test_who_lives_with_an_owner_has_a_renters_contract() -> None:
    home = contract(role(partner("P2")), kind="EIGENTUM")
    outcome = decide(person(home, partner=partner("P1")))
    assert (outcome.contract("V1")["type"], outcome.contract("V1/P2")["type"]) == ("OWNER", "RENTER")


@pytest.mark.rule("R22")
def test_of_a_person_without_partner_only_the_main_person_goes_out() -> None:
    outcome = decide(person(contract(role(partner("P2")))))
    assert outcome.ids("contact", "send") == ["100.1.1"]
    assert outcome.ids("contract", "send") == ["V1"]
    assert outcome.contact("P2")["reason"] == outcome.contract("V1/P2")["reason"] == "MAIN_WITHOUT_PARTNER"


@pytest.mark.rule("R23")
def test_a_partner_with_several_persons_and_roles_is_one_contact_with_several_contracts() -> None:
    kim = partner("P1")
    outcome = decide(
        person(contract(nr="V1"), key="100.1.1", partner=kim),
        person(contract(nr="V2", unit_nr="G7"), key="100.2.1", partner=kim),
        person(contract(role(kim), nr="V3", property_nr="110"), key="110.1.1", partner=partner("P9")),
    )
    assert outcome.ids("contact") == ["P1", "P9"]
    assert outcome.contact("P1")["source"] == "SP_PERSON:100.1.1 SP_PERSON:100.2.1 SP_PARTNER:P1"
    assert [outcome.contract(nr)["contactId"] for nr in ("V1", "V2", "V3/P1")] == ["P1"] * 3
    assert outcome.contact("P1")["properties"] == "100 110"


@pytest.mark.rule("R22", "E16")
@pytest.mark.parametrize("held_before", [[], [held("P2")]])
def test_a_role_whose_partner_is_missing_is_named_and_stops_nobody(held_before: list[dict[str, str]]) -> None:
    outcome = decide(person(contract(role("P2")), partner=partner("P1")), known=held_before)
    for row in (outcome.contract("V1/P2"), outcome.contact("P2")):
        assert (row["decision"], row["reason"]) == ("invalid", "NO_PARTNER")
    assert outcome.contact("P1")["decision"] == outcome.contract()["decision"] == "send"


@pytest.mark.rule("R22")
def test_a_person_whose_partner_is_missing_is_named_and_its_contract_waits() -> None:
    outcome = decide(person(contract(), partner="P1"))
    assert (outcome.contact("P1")["decision"], outcome.contact("P1")["reason"]) == ("invalid", "NO_PARTNER")
    assert (outcome.contract()["decision"], outcome.contract()["reason"]) == ("withhold", "CONTACT_NOT_SENT")


@pytest.mark.rule("E5")
def test_a_person_in_two_properties_goes_out_with_the_contract_of_the_released_one() -> None:
    outcome = decide(person(contract(nr="V1"), contract(nr="V2", property_nr="900")))
    assert (outcome.contact()["decision"], outcome.contact()["properties"]) == ("send", "100")
    assert (outcome.contract("V1")["decision"], outcome.contract("V2")["decision"]) == ("send", "remove")
    assert outcome.contract("V2")["reason"] == "PROPERTY_NOT_RELEASED"


@pytest.mark.rule("E5", "E11", "R15")
def test_withdrawing_the_last_released_property_removes_the_contact_and_releasing_it_restores_the_id() -> None:
    tenant = person(contract())
    withdrawn = decide(tenant, properties="900", known=[held("100.1.1")])
    assert (withdrawn.contact()["decision"], withdrawn.contact()["reason"]) == ("remove", "PROPERTY_NOT_RELEASED")
    assert (withdrawn.contact()["properties"], withdrawn.contract()["decision"]) == ("100", "remove")
    restored = decide(tenant, known=[held("100.1.1", state="removed")])
    assert restored.ids("contact", "send") == ["100.1.1"]


@pytest.mark.rule("E6")
def test_who_moved_out_but_still_owns_a_flat_stays() -> None:
    kim = partner("P1")
    outcome = decide(
        person(contract(nr="V1", end="2025-12-31"), key="100.1.1", partner=kim),
        person(contract(nr="V2", kind="EIGENTUM"), key="100.2.1", partner=kim, person_type="Eigentümer"),
    )
    assert outcome.contact("P1")["decision"] == "send"
    assert (outcome.contract("V1")["decision"], outcome.contract("V2")["type"]) == ("remove", "OWNER")


@pytest.mark.rule("E16")
def test_a_co_resident_without_email_goes_out() -> None:
    row = decide(person(contract(role(partner("P2"))), partner=partner("P1"))).contact("P2")
    assert (row["decision"], row["email"]) == ("send", None)


@pytest.mark.rule("E16")
@pytest.mark.parametrize("email", ["child@example.org", "nonsense"])
def test_a_minor_goes_out_without_login_and_contact_data_but_with_its_contract(email: str) -> None:
    child = partner("P2", is_minor=True, email=email, mobile="0170 1", telephone="0221 1", fax="0221 2",
                    delivery_route="PORTAL", street="Musterstr. 1")  # fmt: skip
    outcome = decide(person(contract(role(child)), partner=partner("P1")))
    row = outcome.contact("P2")
    assert (row["decision"], row["reason"], row["portalUser"]) == ("send", "MINOR", False)
    assert [row[field] for field in ("email", "telephone", "mobile", "fax", "preferredWayOfContact")] == [None] * 5
    assert row["street"] == "Musterstr. 1"
    assert outcome.contract("V1/P2")["decision"] == "send"


@pytest.mark.rule("E16")
def test_a_co_resident_who_is_main_tenant_elsewhere_is_one_contact() -> None:
    kim = partner("P2")
    outcome = decide(
        person(contract(role(kim), nr="V1"), key="100.1.1", partner=partner("P1")),
        person(contract(nr="V2", unit_nr="2"), key="100.2.1", partner=kim),
    )
    assert outcome.ids("contact", "send") == ["P1", "P2"]
    assert (outcome.contract("V1/P2")["contactId"], outcome.contract("V2")["contactId"]) == ("P2", "P2")


@pytest.mark.rule("E17")
@pytest.mark.parametrize(("today", "decision"), [("2026-05-31", "send"), ("2026-06-01", "remove")])
def test_a_co_resident_who_moves_out_earlier_leaves_earlier(today: str, decision: str) -> None:
    outcome = decide(person(contract(role(partner("P2"), end="2026-05-31")), partner=partner("P1")), today=today)
    assert outcome.contact("P2")["decision"] == outcome.contract("V1/P2")["decision"] == decision
    assert outcome.contact("P1")["decision"] == "send"


@pytest.mark.rule("E17")
@pytest.mark.parametrize(("today", "decision"), [("2026-06-30", "remove"), ("2026-07-01", "send")])
def test_a_co_resident_who_moves_in_later_comes_later(today: str, decision: str) -> None:
    outcome = decide(person(contract(role(partner("P2"), begin="2026-07-01")), partner=partner("P1")), today=today)
    assert outcome.contract("V1/P2")["decision"] == decision


@pytest.mark.rule("E17")
def test_a_co_resident_who_takes_over_keeps_contact_and_contract() -> None:
    kim = partner("P2")
    outcome = decide(person(contract(role(kim, end="2026-05-31")), key="100.1.2", partner=kim), known=[held("P2")])
    assert outcome.ids("contact") == ["P2"]
    assert (outcome.contract("V1")["contactId"], outcome.contract("V1")["decision"]) == ("P2", "send")
    assert (outcome.contract("V1/P2")["decision"], outcome.contract("V1/P2")["reason"]) == ("remove", "MAIN_TENANT")


@pytest.mark.rule("R23", "O20")
def test_two_roles_of_a_partner_in_one_contract_are_one_contract_as_long_as_either_lasts() -> None:
    kim = partner("P2")
    home = contract(role(kim, "MITBEWOHNER", end="2026-01-31"), role(kim, "VERTRAGSPARTNER", begin="2026-01-01"))
    row = decide(person(home, partner=partner("P1"))).contract("V1/P2")
    assert (row["decision"], row["startDate"], row["endDate"]) == ("send", "2020-01-01", None)
    assert row["source"] == "SP_VERTRAGSROLLE:V1/P2/MITBEWOHNER SP_VERTRAGSROLLE:V1/P2/VERTRAGSPARTNER"


@pytest.mark.rule("R23")
def test_a_role_in_a_contract_that_does_not_exist_gives_nobody_access() -> None:
    orphan = role(partner("P2"))
    orphan.rows["contract_roles"][0]["contract_nr"] = "V9"
    outcome = decide(orphan)
    assert outcome.contact("P2")["reason"] == outcome.contract("V9/P2")["reason"] == "NO_CONTRACT"


@pytest.mark.rule("R22")
@pytest.mark.parametrize(("kind", "expected"), [("MIETE", "RENTER"), ("EIGENTUM", "OWNER"), ("miete", "RENTER")])
def test_the_kind_of_contract_decides_its_type(kind: str, expected: str) -> None:
    assert decide(person(contract(kind=kind))).contract()["type"] == expected


@pytest.mark.parametrize(
    ("records", "reason"),
    [
        (person(contract(has_unit=False)), "UNKNOWN_UNIT"),
        (person(contract(kind="PACHT")), "UNKNOWN_KIND"),
        (person(contract(kind=None)), "UNKNOWN_KIND"),
        (contract(person_key="nobody"), "UNKNOWN_PERSON"),
        (contract(), "UNKNOWN_PERSON"),
    ],
)
@pytest.mark.rule("R16", "E22c")
def test_a_contract_that_cannot_be_placed_is_named(records: Records, reason: str) -> None:
    row = decide(records).contract()
    assert (row["decision"], row["reason"]) == ("invalid", reason)


@pytest.mark.rule("R16")
def test_the_newest_change_of_person_and_partner_is_the_contacts_in_utc() -> None:
    kim = partner("P1", changed_at="2026-05-01 12:00")
    tenant = person(contract(changed_at="2026-07-01 12:00"), changed_at="2026-06-01 12:00", partner=kim)
    assert str(decide(tenant).contact("P1")["changed_at"]) == "2026-06-01 10:00:00"


@pytest.mark.rule("E25")
@pytest.mark.parametrize(
    ("local", "utc"),
    [
        ("2026-01-01 12:00:00.5", "2026-01-01 11:00:00.500000"),
        ("2026-10-25 02:30", "2026-10-25 01:30:00"),
        ("2026-03-29 02:30", "2026-03-29 01:00:00"),
    ],
)
def test_a_change_in_the_hour_that_is_doubled_or_missing_stops_nothing(local: str, utc: str) -> None:
    assert str(decide(person(contract(changed_at=local))).contract()["changed_at"]) == utc


TENANCY: Final[dict[str, Any]] = {"begin": "2026-03-01", "end": "2026-09-30"}


@pytest.mark.rule("E17", "O20")
@pytest.mark.parametrize(
    ("days", "today", "reason"),
    [
        ({"begin": "2025-01-01"}, "2026-02-14", "NOT_YET"),
        ({"begin": "2025-01-01"}, "2026-02-15", "ACTIVE"),
        ({"end": "2030-12-31"}, "2026-10-10", "ACTIVE"),
        ({"end": "2030-12-31"}, "2026-10-11", "MOVED_OUT"),
        ({"begin": "2026-10-05"}, "2026-10-06", "OUTSIDE_CONTRACT"),
        ({"begin": "2026-10-05"}, "2026-10-11", "MOVED_OUT"),
        ({"end": "2026-02-20"}, "2026-02-25", "OUTSIDE_CONTRACT"),
        ({"end": "2026-02-20"}, "2026-03-03", "MOVED_OUT"),
    ],
)
def test_a_role_is_open_only_while_its_contract_is(days: dict[str, str], today: str, reason: str) -> None:
    home = person(contract(role(partner("P2"), **days), **TENANCY), partner=partner("P1"))
    outcome = decide(home, today=today, portal_access_lead_days=14, portal_access_trail_days=10)
    assert (outcome.contract("V1/P2")["reason"], outcome.contact("P2")["reason"]) == (reason, reason)


@pytest.mark.rule("E17", "O20")
def test_what_is_sent_of_a_role_begins_and_ends_no_earlier_and_no_later_than_its_contract() -> None:
    longer = contract(role(partner("P2"), begin="2020-01-01", end="2030-12-31"), **TENANCY)
    row = decide(person(longer, partner=partner("P1"))).contract("V1/P2")
    assert (row["startDate"], row["endDate"]) == (TENANCY["begin"], TENANCY["end"])


@pytest.mark.rule("E17", "E3")
@pytest.mark.parametrize(
    ("of_contract", "reason"),
    [
        ({"begin": None}, "NO_START"),
        ({"begin": "2026-09-30", "end": "2026-03-01"}, "END_BEFORE_START"),
        ({"kind": "PACHT"}, "UNKNOWN_KIND"),
        ({"kind": None}, "UNKNOWN_KIND"),
        ({"person_key": "nobody"}, "UNKNOWN_PERSON"),
        ({"has_unit": False}, "UNKNOWN_UNIT"),
    ],
)
def test_a_contract_that_is_not_sent_opens_nothing_for_those_who_live_with_its_tenant(
    of_contract: dict[str, Any], reason: str
) -> None:
    roles = [
        role(partner("P2"), kind, begin="2026-01-01", end="2026-12-31") for kind in ("MITBEWOHNER", "VERTRAGSPARTNER")
    ]
    outcome = decide(person(contract(*roles, **of_contract), partner=partner("P1")))
    assert (outcome.contract("V1/P2")["decision"], outcome.contract("V1/P2")["reason"]) == ("invalid", reason)


@pytest.mark.rule("E17", "E3")
@pytest.mark.parametrize("of_contract", [{"begin": None}, {"begin": "2026-09-30", "end": "2026-03-01"}])
def test_a_role_that_is_over_is_over_whatever_is_wrong_with_its_contract(of_contract: dict[str, Any]) -> None:
    home = contract(role(partner("P2"), end="2026-06-01"), **of_contract)
    row = decide(person(home, partner=partner("P1")), known=[held("P2")]).contract("V1/P2")
    assert (row["decision"], row["reason"]) == ("remove", "MOVED_OUT")


@pytest.mark.rule("E17", "E3")
def test_a_role_with_impossible_days_ends_with_its_contract() -> None:
    reversed_role = role(partner("P2"), begin="2026-05-01", end="2026-04-01")
    for end, said in ((None, "END_BEFORE_START"), ("2026-06-01", "MOVED_OUT")):
        world = person(contract(reversed_role, end=end), partner=partner("P1"))
        assert decide(world).contract("V1/P2")["reason"] == said


@pytest.mark.rule("E17", "R23")
@pytest.mark.parametrize(
    ("first", "second", "today", "expected"),
    [
        ({"end": "2026-05-31"}, {"begin": "2026-06-01"}, "2026-06-15", ("ACTIVE", "2020-01-01", None)),
        ({"end": "2026-05-31"}, {"begin": "2026-07-01"}, "2026-05-31", ("ACTIVE", "2020-01-01", "2026-05-31")),
        ({"end": "2026-05-31"}, {"begin": "2026-07-01"}, "2026-06-15", ("NOT_YET", None, None)),
        ({"end": "2026-05-31"}, {"begin": "2026-07-01"}, "2026-07-01", ("ACTIVE", "2026-07-01", None)),
        ({"begin": "2026-07-01", "end": "2025-01-01"}, {"end": "2026-06-14"}, "2026-06-15", ("MOVED_OUT", None, None)),
        ({"begin": "2026-07-01", "end": "2025-01-01"}, {"end": "2026-06-15"}, "2026-06-15",
         ("ACTIVE", "2020-01-01", "2026-06-15")),
    ],
)  # fmt: skip
def test_between_two_roles_a_partner_has_none(
    first: dict[str, str], second: dict[str, str], today: str, expected: tuple[str, str | None, str | None]
) -> None:
    kim = partner("P2")
    home = contract(role(kim, "MITBEWOHNER", **first), role(kim, "VERTRAGSPARTNER", **second))
    row = decide(person(home, partner=partner("P1")), today=today).contract("V1/P2")
    assert (row["reason"], row["startDate"], row["endDate"]) == expected
    assert row["source"] == "SP_VERTRAGSROLLE:V1/P2/MITBEWOHNER SP_VERTRAGSROLLE:V1/P2/VERTRAGSPARTNER"


@pytest.mark.rule("R22", "O20")
@pytest.mark.parametrize(
    ("of_contract", "roles", "expected"),
    [
        ("EIGENTUM", ["VERTRAGSPARTNER"], "OWNER"),
        ("EIGENTUM", ["MITBEWOHNER"], "RENTER"),
        ("EIGENTUM", ["MITBEWOHNER", "VERTRAGSPARTNER"], "OWNER"),
        ("MIETE", ["VERTRAGSPARTNER"], "RENTER"),
    ],
)
def test_who_has_bought_too_is_an_owner(of_contract: str, roles: list[str], expected: str) -> None:
    home = contract(*(role(partner("P2"), kind) for kind in roles), kind=of_contract)
    assert decide(person(home, partner=partner("P1"))).contract("V1/P2")["type"] == expected
