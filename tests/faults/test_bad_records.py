"""Whatever a single record holds, it is named and stops nobody."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.faults.harness import Row, Tenant, World, tenants

LONG = "Kanari" * 50
TOMORROW_BEFORE_YESTERDAY: Row = {"begin": -10, "end": -20}


def with_person(**columns: object) -> Callable[[Tenant], Tenant]:
    return lambda tenant: replace(tenant, person=columns)


BAD = {
    "no name": (with_person(last_name=None, company=None), "NO_NAME"),
    "blank name": (with_person(last_name="  ", company=""), "NO_NAME"),
    "over-long text": (with_person(last_name=LONG), "INVALID_VALUE"),
    "over-long street": (with_person(street=LONG), "INVALID_VALUE"),
}


@pytest.mark.rule("R51", "E22c", "E15")
@pytest.mark.parametrize("kind", BAD)
def test_an_invalid_person_is_named_and_stops_nobody(world: World, kind: str) -> None:
    spoil, reason = BAD[kind]
    good, bad = tenants(2)
    world.move_in(good, spoil(bad))

    ran = world.run()

    assert ran.status == "ok"  # our own refusal does not turn a run red
    assert ran.named("invalid") == {bad.contact_id: (reason, None)}
    assert set(world.portal("contacts")) == {good.contact_id}
    assert set(world.portal("contracts")) == {good.contract_id}


@pytest.mark.rule("E50")
def test_odd_signs_in_names_keep_nobody_out(world: World) -> None:
    odd = {
        "Kanari\0vogel": "Kanarivogel",
        "Kanari\r\nvogel": "Kanari vogel",
        "Kana\u0308ri \x96 vogel": "Kanäri – vogel",
    }
    there = tenants(len(odd))
    world.move_in(*(with_person(last_name=name)(tenant) for tenant, name in zip(there, odd, strict=True)))
    ran = world.run()
    assert (ran.status, ran.named("invalid")) == ("ok", {})
    assert sorted(one["lastName"] for one in world.portal("contacts").values()) == sorted(odd.values())
    assert set(world.portal("contracts")) == {tenant.contract_id for tenant in there}


@pytest.mark.rule("R51")
def test_one_bad_record_of_each_kind_and_good_ones_between_them(world: World) -> None:
    good = tenants(3, first=50)
    bad = [spoil(tenant) for (spoil, _), tenant in zip(BAD.values(), tenants(len(BAD)), strict=True)]
    world.move_in(*good, *bad)
    ran = world.run()
    assert ran.status == "ok"
    reasons = {tenant.contact_id: (reason, None) for tenant, (_, reason) in zip(bad, BAD.values(), strict=True)}
    assert ran.named("invalid") == reasons
    assert set(world.portal("contacts")) == {tenant.contact_id for tenant in good}
    world.put(*tenants(len(BAD)))
    world.heal()


@pytest.mark.rule("E3")
@pytest.mark.parametrize(
    ("spoilt", "reason"),
    [({"begin": -10, "end": -20}, "END_BEFORE_START"), ({"contract": {"begin": None}}, "NO_START")],
)
def test_an_invalid_contract_is_named_and_stops_nobody(world: World, spoilt: Row, reason: str) -> None:
    good, bad = tenants(2)
    world.settle(good, bad)
    world.put(replace(bad, **spoilt))
    ran = world.run()
    assert ran.status == "ok"
    assert ran.named("invalid") == {bad.contract_id: (reason, None)}
    assert set(world.portal("contacts")) == {good.contact_id, bad.contact_id}  # a mistake removes nobody
    world.put(bad)
    world.heal()


@pytest.mark.rule("R21")
def test_the_word_anonymisiert_is_never_an_address_or_a_number(world: World) -> None:
    columns = ["first_name", "last_name", "street", "city", "email", "telephone", "mobile", "website"]
    pairs = zip(tenants(len(columns)), columns, strict=True)
    overwritten = {column: replace(tenant, person={column: "anonymisiert"}) for tenant, column in pairs}
    world.move_in(*overwritten.values())

    ran = world.run()

    assert (ran.status, ran.xcom["invalid"]) == ("ok", 0)
    contacts = world.portal("contacts")
    for column, tenant in overwritten.items():
        sent = contacts[tenant.contact_id]
        holding_it = {name for name, value in sent.items() if value == "anonymisiert"}
        is_name = column in ("first_name", "last_name")
        assert holding_it == ({"first_name": {"firstName"}, "last_name": {"lastName"}}[column] if is_name else set())
        assert (sent["email"] is None) == (is_name or column == "email")


@pytest.mark.rule("E15", "O28")
def test_an_address_that_is_none_freezes_nobody(world: World) -> None:
    """The contact loses the address it had, and its contract follows, also to its end."""
    tenant, other = tenants(2)
    world.settle(tenant, other)
    world.put(replace(tenant, end=30, person={"email": "Büro Kanari; x@@y"}))
    ran = world.run()
    assert (ran.status, ran.named("invalid")) == ("ok", {})
    assert ran.named("warning") == {tenant.contact_id: ("EMAIL_INVALID", None)}
    assert world.portal("contacts")[tenant.contact_id]["email"] is None
    assert world.portal("contracts")[tenant.contract_id]["endDate"] is not None


@pytest.mark.rule("E14")
def test_two_persons_with_one_address(world: World) -> None:
    first, second = (replace(tenant, person={"email": "kanari@example.org"}) for tenant in tenants(2))
    world.move_in(first, second)
    ran = world.run()
    assert ran.status == "ok"
    assert {one["email"] for one in world.portal("contacts").values()} == {"kanari@example.org", None}
    assert set(ran.named("warning").values()) == {("EMAIL_SHARED", None)}
    assert len(world.portal("contracts")) == 2
