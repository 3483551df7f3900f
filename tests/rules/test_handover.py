"""A contact changes hands between the groups persons and owners_caretakers: one decides about it, the other leaves it.

Whoever holds its row in the ledger and decides about it no more names it all the same, with reason OTHER_GROUP: what a
group does not name it takes for gone, and removes.
"""

from typing import Final

import pytest

from tests.rules.builders import (
    Outcome,
    Records,
    Row,
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
    role,
    unit,
)

HOUSE: Final = prop().plus(unit(), licence("Objekteigentümer", "Hausmeister"))
KIM: Final = partner("P1", first_name="Kim", created_at="2026-05-01")
MADE: Final = "2026-05-01T00:00:00"
BEFORE: Final = "2020-01-01T00:00:00"
STATES: Final = ["new", "pending", "present", "restricted", "removed"]


def tenant(*roles: Records, key: str = "100.1.1", who: Records | None = KIM) -> Records:
    return person(contract(*roles), key=key, partner=who, created_at="2026-05-01")


def both(world: Records, *ledger: Row) -> tuple[Outcome, Outcome]:
    """Return what persons decides, and what owners_caretakers decides."""
    return decide(HOUSE, world, known=ledger), decide_owners(HOUSE, world, known=ledger)


def by_owners(external_id: str, state: str = "present", identity: str = MADE) -> Row:
    return held(external_id, state, identity, group="owners_caretakers")


def by_persons(external_id: str, state: str = "present", identity: str = MADE) -> Row:
    return held(external_id, state, identity)


def decided(outcome: Outcome) -> dict[str, str]:
    """Return why each contact is or is not in the portal."""
    frame = outcome.frames["contact"]
    return dict(zip(frame["external_id"], frame["reason"], strict=True))


def assert_left_alone(outcome: Outcome, external_id: str) -> None:
    row = outcome.contact(external_id)
    assert (row["decision"], row["reason"], row["portalUser"]) == ("withhold", "OTHER_GROUP", False)
    assert (row["firstName"], row["lastName"]) == (None, None)


@pytest.mark.rule("R23", "E22")
def test_an_id_given_up_for_another_is_removed_by_the_group_that_keeps_the_other() -> None:
    world = person(key="110.1.1", partner="P3")
    residents, others = both(world, by_owners("110.1.1", "restricted"), by_persons("P3", "restricted"))
    assert decided(residents) == {"P3": "NO_CONTRACT", "110.1.1": "MERGED"}
    assert decided(others) == {"110.1.1": "OTHER_GROUP"}
    assert_left_alone(others, "110.1.1")


@pytest.mark.rule("R23", "E22")
@pytest.mark.parametrize("state", ["pending", "present", "restricted", "removed"])
@pytest.mark.parametrize("key", ["100.1.1", "100.1.1~20260501"])
def test_an_id_given_up_is_handed_over_whatever_the_portal_holds_of_it(key: str, state: str) -> None:
    residents, others = both(tenant(), by_persons("P1"), by_owners(key, state))
    assert decided(residents) == {"P1": "ACTIVE", key: "MERGED"}
    assert decided(others) == {key: "OTHER_GROUP"}


@pytest.mark.rule("R23", "E22", "E18")
def test_an_owner_of_whom_nobody_knows_whether_he_arrived_turns_out_to_be_a_tenant_under_another_id() -> None:
    residents, others = both(tenant().plus(owner("P1")), by_owners("P1", "pending"), by_persons("100.1.1"))
    assert decided(residents) == {"100.1.1": "ACTIVE", "P1": "MERGED"}
    assert decided(others) == {"P1": "OTHER_GROUP"}


@pytest.mark.rule("R23", "E22")
def test_all_ids_that_are_given_up_are_handed_over_not_only_the_first() -> None:
    world = tenant().plus(person(key="100.2.1", partner="P1"), person(key="100.3.1", partner="P1"))
    ledger = [by_owners(key) for key in ("P1", "100.1.1", "100.2.1", "100.3.1")]
    residents, others = both(world, *ledger)
    assert decided(residents) == {"P1": "ACTIVE", "100.1.1": "MERGED", "100.2.1": "MERGED", "100.3.1": "MERGED"}
    assert set(decided(others).items()) == {(row["external_id"], "OTHER_GROUP") for row in ledger}


@pytest.mark.rule("R23", "E22")
def test_an_id_that_was_only_planned_is_given_up_without_a_word() -> None:
    residents, others = both(tenant(), by_persons("P1"), by_owners("100.1.1", "new"))
    assert (decided(residents), decided(others)) == ({"P1": "ACTIVE"}, {})


@pytest.mark.rule("R23", "E22")
@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize(
    ("world", "external_id"),
    [
        (tenant().plus(owner("P1")), "P1"),
        (tenant(role(KIM), who=partner("P5")).plus(caretaker("P1")), "P1"),
        (tenant(who=None), "100.1.1"),
    ],
    ids=["tenant", "co_resident", "person_without_partner"],
)
def test_who_is_a_resident_now_is_sent_by_persons_and_left_alone_by_the_other(
    world: Records, external_id: str, state: str
) -> None:
    residents, others = both(world, by_owners(external_id, state))
    assert residents.contact(external_id)["decision"] == "send"
    assert decided(others) == {external_id: "OTHER_GROUP"}
    assert_left_alone(others, external_id)


@pytest.mark.rule("R23", "E22")
@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize(
    ("world", "number"),
    [(owner(KIM), "P1"), (caretaker(KIM), "P1"), (owner(partner("100.1.1", created_at="2026-05-01")), "100.1.1")],
    ids=["owner", "caretaker", "number_like_a_person_key"],
)
def test_who_is_no_resident_any_more_is_sent_by_the_other_and_left_alone_by_persons(
    world: Records, number: str, state: str
) -> None:
    residents, others = both(world, by_persons(number, state))
    assert others.contact(number)["decision"] in ("send", "restrict")
    assert decided(residents) == {number: "OTHER_GROUP"}
    assert_left_alone(residents, number)


@pytest.mark.rule("R23", "E22", "E21")
@pytest.mark.parametrize("state", STATES[1:])
def test_an_id_with_the_day_of_creation_is_handed_over_in_both_directions(state: str) -> None:
    longer, former = "P1~20260501", by_persons("P1", "removed", BEFORE)
    residents, others = both(tenant(), former, by_owners(longer, state))
    assert (decided(residents), decided(others)) == ({longer: "ACTIVE"}, {longer: "OTHER_GROUP"})
    residents, others = both(owner(KIM), former, by_persons(longer, state))
    assert (decided(residents), decided(others)) == ({longer: "OTHER_GROUP"}, {longer: "OWNER"})


@pytest.mark.rule("R23", "E22", "R24")
def test_a_person_whose_key_is_an_owners_number_stays_with_persons_under_its_own_id() -> None:
    world = tenant(key="7", who=None).plus(owner(partner("7", created_at="2026-05-01")))
    residents, others = both(world, by_persons("7~person"), by_persons("7"))
    assert decided(residents) == {"7~person": "ACTIVE", "7": "OTHER_GROUP"}
    assert decided(others) == {"7": "OWNER"}


@pytest.mark.rule("R23", "E22")
def test_what_the_new_group_removes_the_old_one_does_not_remove_too() -> None:
    ended = owner(KIM, end="2020-12-31")
    residents, others = both(ended, by_persons("P1"))
    assert (decided(residents), decided(others)) == ({"P1": "OTHER_GROUP"}, {"P1": "OWNERSHIP_ENDED"})
    left = person(contract(end="2020-12-31"), partner=KIM)
    residents, others = both(left, by_owners("P1"))
    assert (decided(residents), decided(others)) == ({"P1": "MOVED_OUT"}, {"P1": "OTHER_GROUP"})


@pytest.mark.rule("R23", "E22")
def test_who_is_in_the_erp_no_more_is_named_by_nobody() -> None:
    residents, others = both(Records(), by_persons("P1"), by_owners("P2"))
    assert (decided(residents), decided(others)) == ({}, {})  # the group that holds the row removes it
