"""Under which id the portal knows a contact, whatever happens to numbers in the ERP."""

import pytest

from tests.rules.builders import contract, decide, held, partner, person, role


@pytest.mark.rule("R24")
def test_the_id_is_the_partner_number_or_without_partner_the_person_key() -> None:
    outcome = decide(
        person(contract(nr="V1"), key="100.1.1", partner=partner("P1")),
        person(contract(nr="V2", unit_nr="2"), key="100.2.1"),
    )
    assert outcome.ids("contact", "send") == ["100.2.1", "P1"]


@pytest.mark.rule("R24")
def test_a_changed_name_or_email_makes_no_new_contact() -> None:
    tenant = person(contract(), last_name="Neu", email="neu@example.org", created_at="2020-01-01 08:00:00")
    outcome = decide(tenant, known=[held("100.1.1", identity="2020-01-01T08:00:00")])
    assert outcome.ids("contact") == ["100.1.1"]


@pytest.mark.rule("E13")
def test_people_of_one_name_stay_apart() -> None:
    twins = [
        person(contract(nr=f"V{n}", unit_nr=str(n)), key=f"100.{n}.1", first_name="Max", last_name="anonymisiert")
        for n in (1, 2)
    ]
    assert decide(*twins).ids("contact", "send") == ["100.1.1", "100.2.1"]


@pytest.mark.rule("E18")
@pytest.mark.parametrize("state", ["present", "restricted"])
def test_partner_management_switched_on_later_keeps_the_id_the_portal_has(state: str) -> None:
    tenant = person(contract(role(partner("P2"))), partner=partner("P1", last_name="Neu"))
    outcome = decide(tenant, known=[held("100.1.1", state)])
    assert outcome.ids("contact", "send") == ["100.1.1", "P2"]
    assert (outcome.contact("100.1.1")["lastName"], outcome.contract()["contactId"]) == ("Neu", "100.1.1")
    assert "contact 100.1.1" in outcome.contract()["parents"]


@pytest.mark.rule("E18")
def test_of_several_person_keys_the_lowest_stays_and_the_others_are_merged_into_it() -> None:
    kim = partner("P1")
    outcome = decide(
        person(contract(nr="V2", unit_nr="2"), key="100.2.1", partner=kim),
        person(contract(nr="V1"), key="100.1.1", partner=kim),
        known=[held("100.2.1"), held("100.1.1")],
    )
    assert outcome.ids("contact", "send") == ["100.1.1"]
    merged = outcome.contact("100.2.1")
    assert (merged["decision"], merged["reason"], merged["lastName"]) == ("remove", "MERGED", None)
    assert (outcome.contract("V1")["contactId"], outcome.contract("V2")["contactId"]) == ("100.1.1", "100.1.1")


@pytest.mark.rule("E18")
def test_a_partner_the_portal_already_holds_keeps_its_number_and_takes_its_persons_over() -> None:
    tenant = person(contract(), partner=partner("P1"))
    outcome = decide(tenant, known=[held("P1"), held("100.1.1")])
    assert outcome.ids("contact", "send") == ["P1"]
    assert outcome.contact("100.1.1")["reason"] == "MERGED"


@pytest.mark.rule("E18")
def test_the_id_the_portal_holds_comes_before_one_it_has_removed() -> None:
    tenant = person(contract(), partner=partner("P1"))
    outcome = decide(tenant, known=[held("P1", "removed"), held("100.1.1")])
    assert outcome.ids("contact", "send") == ["100.1.1"]


@pytest.mark.rule("E18", "E4")
def test_a_kept_id_survives_removal_and_return() -> None:
    outcome = decide(person(contract(), partner=partner("P1")), known=[held("100.1.1", "removed")])
    assert outcome.ids("contact") == ["100.1.1"]


@pytest.mark.rule("E18")
@pytest.mark.parametrize("known", [[], [held("100.1.1", "new")], [held("100.1.1", record_type="contract")]])
def test_what_was_never_in_the_portal_binds_nobody(known: list[dict[str, str]]) -> None:
    assert decide(person(contract(), partner=partner("P1")), known=known).ids("contact") == ["P1"]


@pytest.mark.rule("E18", "E21")
def test_a_kept_id_is_not_mistaken_for_a_reused_number_because_the_partner_is_younger_than_the_person() -> None:
    tenant = person(contract(), created_at="2020-01-01", partner=partner("P1", created_at="2026-06-01"))
    outcome = decide(tenant, known=[held("100.1.1", identity="2020-01-01T00:00:00")])
    assert outcome.ids("contact") == ["100.1.1"]
    assert outcome.contact("100.1.1")["identity"] == "2020-01-01T00:00:00"


@pytest.mark.rule("E21")
@pytest.mark.parametrize("state", ["pending", "present", "restricted", "removed"])
def test_a_reused_number_does_not_inherit_the_old_contact(state: str) -> None:
    newcomer = person(contract(), created_at="2026-05-04 09:30:00.25")
    outcome = decide(newcomer, known=[held("100.1.1", state, identity="2019-01-01T00:00:00")])
    assert outcome.ids("contact") == ["100.1.1~20260504"]  # the old id is gone from iX-Haus
    assert outcome.contract()["contactId"] == "100.1.1~20260504"
    assert outcome.contact("100.1.1~20260504")["identity"] == "2026-05-04T09:30:00"


@pytest.mark.rule("E21")
def test_a_reused_number_keeps_its_longer_id_in_later_runs() -> None:
    newcomer = person(contract(), created_at="2026-05-04 09:30")
    longer = held("100.1.1~20260504", identity="2026-05-04T09:30:00")
    with_old = decide(newcomer, known=[held("100.1.1", "removed", identity="2019-01-01T00:00:00"), longer])
    without_old = decide(newcomer, known=[longer])
    assert with_old.ids("contact") == without_old.ids("contact") == ["100.1.1~20260504"]


@pytest.mark.rule("E21")
@pytest.mark.parametrize(
    ("created_at", "identity"),
    [
        ("2020-01-01", "2020-01-01T00:00:00"),
        (None, "2020-01-01T00:00:00"),
        ("2020-01-01", ""),
        (None, ""),
    ],
)
def test_without_two_known_and_different_days_of_creation_it_is_the_same_person(
    created_at: str | None, identity: str
) -> None:
    outcome = decide(person(contract(), created_at=created_at), known=[held("100.1.1", identity=identity)])
    assert outcome.ids("contact") == ["100.1.1"]


@pytest.mark.rule("E21", "E18")
def test_a_partner_does_not_take_over_an_id_that_belonged_to_a_former_holder_of_the_person_key() -> None:
    tenant = person(contract(), created_at="2026-05-04", partner=partner("P1", created_at="2026-05-04"))
    outcome = decide(tenant, known=[held("100.1.1", identity="2019-01-01T00:00:00")])
    assert outcome.ids("contact", "send") == ["P1"]


@pytest.mark.rule("E19")
def test_merged_partners_become_one_contact_and_split_ones_two() -> None:
    def tenants(*numbers: str) -> list[str]:
        people = [
            person(contract(nr=f"V{n}", unit_nr=str(n)), key=f"100.{n}.1", partner=partner(number))
            for n, number in enumerate(numbers)
        ]
        return decide(*people, known=[held("P1"), held("P2")]).ids("contact", "send")

    assert tenants("P1", "P1") == ["P1"]
    assert tenants("P1", "P3") == ["P1", "P3"]


@pytest.mark.rule("R24")
def test_a_person_key_that_is_also_a_partner_number_does_not_become_that_partner() -> None:
    outcome = decide(
        person(contract(nr="V1"), key="7", last_name="Ohne"),
        person(contract(nr="V2", unit_nr="2"), key="100.2.1", partner=partner("7", last_name="Mit")),
    )
    assert (outcome.contact("7")["lastName"], outcome.contact("7~person")["lastName"]) == ("Mit", "Ohne")
    assert (outcome.contract("V1")["contactId"], outcome.contract("V2")["contactId"]) == ("7~person", "7")


@pytest.mark.rule("R24")
def test_a_role_never_overwrites_a_contract_whose_number_looks_like_it() -> None:
    outcome = decide(
        person(contract(role(partner("P2")), nr="V1"), key="100.1.1", partner=partner("P1")),
        person(contract(nr="V1/P2", unit_nr="2"), key="100.2.1"),
    )
    assert outcome.contract("V1/P2")["contactId"] == "100.2.1"
    assert outcome.contract("V1/P2~role")["contactId"] == "P2"
