"""Owners and caretakers over several runs: with licence and without, beside a tenancy, and with whoever sends them."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import permutations
from typing import Final

import pytest

from include.ixhaus.contract.own import SP_ABGLEICH
from include.rules.offices import CARETAKER_LICENCE, OWNER_LICENCE
from tests.faults.harness import CANARY, HOUSE, Ran, Row, Tenant, Worker, World, seen_id, tenants
from tests.faults.questions import answer
from tests.faults.run_steps import CRASHED, Progress
from tests.faults.test_unknown_effect import PATIENCE, SILENT, name_of

GROUP: Final = "owners_caretakers"
ORDERS: Final = list(permutations(["persons", GROUP]))
OUT: Final = [("objects", "persons", GROUP), ("persons", GROUP, "objects"), (GROUP, "objects", "persons")]
INTERNAL: Final = {"contactId": "VERWALTER", "roleName": "Verwaltung", "roleType": "internal"}
"""What the manager's staff keep in the portal themselves."""
TENANT, NEIGHBOUR = tenants(2)
LEAST, LIMIT, STEP = 40, 120, 3
"""Side effects at which a run dies: each has a before and an after, so an odd step meets both."""


def partner(world: World, number: str, **columns: object) -> None:
    """Write a partner into the ERP, or write it anew."""
    world.sql("DELETE FROM SP_PARTNER WHERE PARTNER_NR = ?", number)
    usual = {"last_name": f"{CANARY.title()} {number}", "email": f"{CANARY}-{number}@example.org"}
    world.insert("SP_PARTNER", partner_nr=number, **usual | columns)


def owns(world: World, number: str, *, end: int | None = None) -> None:
    """Let a partner own the house for years; until so many days from now if given."""
    world.sql("DELETE FROM SP_EIGENTUEMER WHERE PARTNER_NR = ?", number)
    begin, last = world.today - timedelta(days=999), None if end is None else world.today + timedelta(days=end)
    world.insert("SP_EIGENTUEMER", property_nr=HOUSE, partner_nr=number, begin=begin, end=last)


def looks_after(world: World, *numbers: str) -> None:
    """Let partners, and nobody else, look after the house."""
    world.sql("DELETE FROM SP_HAUSMEISTER")
    begin = world.today - timedelta(days=999)
    for number in numbers:
        world.insert("SP_HAUSMEISTER", property_nr=HOUSE, partner_nr=number, is_visible="J", begin=begin)


def license_all(world: World, active: str) -> None:
    for name in (OWNER_LICENCE, CARETAKER_LICENCE):
        world.sql("DELETE FROM SP_LIZENZ WHERE LIZENZ = ?", name)
        world.insert("SP_LIZENZ", licence=name, active=active)


def run_all(world: World, *groups: str) -> list[Ran]:
    """Run groups one after the other, each to a good end."""
    ended = [world.run(group) for group in groups]
    assert [ran.status for ran in ended] == ["ok"] * len(groups), [ran.why for ran in ended]
    return ended


def removed(world: World) -> list[str]:
    """Return the paths of everything that was asked to be removed."""
    return [one["path"] for one in world.sandbox.requests() if one["method"] == "DELETE"]


def sender(world: World, contact: str) -> str:
    """Return the group that sends a contact."""
    (row,) = world.rows(SP_ABGLEICH, record_type="contact", external_id=contact)
    return str(row["group"])


def responsible(world: World) -> list[str]:
    """Return who looks after the house, as the portal has it; its staff's own entries included."""
    return [one["contactId"] for one in world.portal("properties")[HOUSE]["responsibilities"]]


def assert_portal_holds(world: World, contacts: set[str], contracts: set[str]) -> None:
    """The portal shows just these contacts and contracts, each once, and the ledger knows it."""
    assert (set(world.portal("contacts")), set(world.portal("contracts"))) == (contacts, contracts)
    world.assert_no_duplicates()
    world.assert_ledger_is_true()


def owned(*numbers: str) -> set[str]:
    """Return the contracts of owners on the two units."""
    return {f"{HOUSE}/{unit}/{number}~owner" for number in numbers for unit in (1, 2)}


@pytest.fixture
def house(world: World) -> World:
    """A house of two tenants, in the portal with them; it has an owner, O1, and both licences are on."""
    world.settle(TENANT, NEIGHBOUR)
    license_all(world, "J")
    partner(world, "O1")
    owns(world, "O1")
    return world


@pytest.fixture
def kept(house: World) -> World:
    """The house with its owner and a caretaker, H1, in the portal, where staff have added somebody of their own."""
    partner(house, "H1", telephone="+49 30 23125000")
    looks_after(house, "H1")
    run_all(house, GROUP)
    entries = house.portal("properties")[HOUSE]["responsibilities"]
    house.sandbox.edit("properties", HOUSE, responsibilities=[*entries, INTERNAL])
    house.sandbox.forget_requests()
    return house


RESIDENTS: Final = {TENANT.contact_id, NEIGHBOUR.contact_id}
TENANCIES: Final = {TENANT.contract_id, NEIGHBOUR.contract_id}


# ---- licences


@pytest.mark.rule("R11", "O19")
def test_owner_and_caretaker_arrive_and_a_second_run_sends_nothing(kept: World) -> None:
    assert_portal_holds(kept, RESIDENTS | {"O1", "H1"}, TENANCIES | owned("O1"))
    assert responsible(kept) == ["H1", "VERWALTER"]
    assert kept.portal("contacts")["H1"]["portalUser"] is False
    assert [ran.requests for ran in run_all(kept, GROUP, "persons", GROUP)] == [[], [], []]


@pytest.mark.rule("R11", "E22")
def test_a_licence_that_runs_out_removes_nobody_without_approval(kept: World) -> None:
    license_all(kept, "N")
    kept.configure(guard={"max_percent": 10})
    (ran,) = run_all(kept, GROUP)
    assert ran.requests == []
    assert set(ran.named("guarded")) == {"O1", "H1", HOUSE} | owned("O1")


@pytest.mark.rule("R11", "E22")
def test_once_approved_owners_and_caretakers_go_and_the_staffs_own_entries_stay(kept: World) -> None:
    license_all(kept, "N")
    kept.configure(guard={"max_percent": 10})
    kept.run(GROUP)
    answer(kept)
    ran = kept.run(GROUP)
    assert (ran.status, *ran.counts("removed", "errors")) == ("ok", 5, 0)
    assert_portal_holds(kept, RESIDENTS, TENANCIES)
    assert responsible(kept) == ["VERWALTER"]


@pytest.mark.rule("R11", "E22", "R24")
@pytest.mark.parametrize("put_archived", ["revive", "not_found"])
def test_with_the_licence_back_the_same_contacts_come_back(kept: World, put_archived: str) -> None:
    kept.sandbox.behave(put_archived=put_archived, post_archived="revive")
    before = {one["id"]: one["internalId"] for kind in ("contacts", "contracts") for one in kept.sandbox.state(kind)}
    for active in ("N", "J"):
        license_all(kept, active)
        run_all(kept, GROUP)
    assert_portal_holds(kept, RESIDENTS | {"O1", "H1"}, TENANCIES | owned("O1"))
    after = {one["id"]: one["internalId"] for kind in ("contacts", "contracts") for one in kept.sandbox.state(kind)}
    assert (after, sorted(responsible(kept))) == (before, ["H1", "VERWALTER"])


# ---- owner and tenant at once: two groups may send one contact


def tenancy(world: World, number: str, end: int | None = None) -> None:
    """Let a partner have the tenancy of the first unit, in place of whoever had it."""
    world.sql("DELETE FROM SP_EINHEIT WHERE FLAECHE_NR = '1'")
    world.put(replace(TENANT, person={"partner_nr": number}, end=end))


def without_tenant(world: World) -> None:
    """Delete the tenant of the first unit in the ERP for good; the unit stays."""
    world.drop(TENANT.number)
    world.insert("SP_EINHEIT", property_nr=HOUSE, unit_nr="1", name="Wohnung 1")


@pytest.fixture
def owner_and_tenant(house: World) -> World:
    """O1, who owns the house and rents the first unit, beside a second owner; all are in the portal."""
    tenancy(house, "O1")
    partner(house, "O2")
    owns(house, "O2")
    run_all(house, "persons", GROUP)
    house.sandbox.forget_requests()
    return house


@pytest.mark.rule("E6", "R23")
@pytest.mark.parametrize("order", ORDERS, ids="-".join)
def test_an_owner_who_is_also_a_tenant_is_one_contact(house: World, order: tuple[str, ...]) -> None:
    tenancy(house, "O1")
    run_all(house, *order, *order)
    # the portal has had the person before: the partner keeps its id
    assert_portal_holds(house, RESIDENTS, TENANCIES | owned("O1"))
    assert {one["contactId"] for one in house.portal("contracts").values()} == RESIDENTS
    assert sender(house, TENANT.contact_id) == "persons"
    assert removed(house) == []


@pytest.mark.rule("E6", "E22")
@pytest.mark.parametrize("order", ORDERS, ids="-".join)
def test_who_moves_out_and_still_owns_stays_a_contact(owner_and_tenant: World, order: tuple[str, ...]) -> None:
    world = owner_and_tenant
    tenancy(world, "O1", end=-1)
    run_all(world, *order, *order)
    assert_portal_holds(world, RESIDENTS | {"O2"}, {NEIGHBOUR.contract_id} | owned("O1", "O2"))
    assert removed(world) == [f"/contracts/{TENANT.contract_id}"]


@pytest.mark.rule("E6", "E22", "R24")
@pytest.mark.parametrize("order", ORDERS, ids="-".join)
def test_an_owner_who_becomes_a_tenant_and_back_is_handed_over(house: World, order: tuple[str, ...]) -> None:
    partner(house, "O2")
    owns(house, "O2")
    without_tenant(house)
    run_all(house, "persons", GROUP)
    house.sandbox.forget_requests()
    assert sender(house, "O2") == GROUP

    tenancy(house, "O2")
    run_all(house, *order, *order)
    assert (sender(house, "O2"), removed(house)) == ("persons", [])
    assert_portal_holds(house, {NEIGHBOUR.contact_id, "O1", "O2"}, TENANCIES | owned("O1", "O2"))

    without_tenant(house)
    run_all(house, *order, *order)
    assert (sender(house, "O2"), removed(house)) == (GROUP, [f"/contracts/{TENANT.contract_id}"])
    assert_portal_holds(house, {NEIGHBOUR.contact_id, "O1", "O2"}, {NEIGHBOUR.contract_id} | owned("O1", "O2"))


@pytest.mark.rule("R20", "E22")
@pytest.mark.parametrize("order", ORDERS, ids="-".join)
@pytest.mark.parametrize("was_tenant", [True, False])
def test_who_is_gone_in_the_erp_is_removed_once_by_the_group_that_sent_it(
    house: World, order: tuple[str, ...], was_tenant: bool
) -> None:
    partner(house, "O2")
    owns(house, "O2")
    if was_tenant:
        house.put(Tenant(3, person={"partner_nr": "O2"}))
    run_all(house, "objects", "persons", GROUP)
    assert sender(house, "O2") == ("persons" if was_tenant else GROUP)
    house.sandbox.forget_requests()

    house.drop(3)
    for view in ("SP_EIGENTUEMER", "SP_PARTNER"):
        house.sql(f"DELETE FROM {view} WHERE PARTNER_NR = 'O2'")
    ended = {ran.run.partition("/")[0]: ran for ran in run_all(house, *order, *order)[:2]}
    assert removed(house).count("/contacts/O2") == 1
    by = ended["casavi_persons" if was_tenant else f"casavi_{GROUP}"]
    assert "/contacts/O2" in [one["path"] for one in by.requests]
    house.assert_ledger_is_true()
    assert "O2" not in house.portal("contacts")


@pytest.mark.rule("E22")
def test_a_caretaker_who_is_a_tenant_keeps_access(house: World) -> None:
    tenancy(house, "H1")
    partner(house, "H1")
    looks_after(house, "H1")
    run_all(house, "persons", GROUP)
    contact = house.portal("contacts")[TENANT.contact_id]
    assert (contact["portalUser"], responsible(house)) == (True, [TENANT.contact_id])
    assert removed(house) == []


# ---- answers that do not come, refusals, crashes


@pytest.mark.parametrize(("kind", "more"), [fault for fault in SILENT if fault[0] != "wrong_id"], ids=name_of)
def test_responsibilities_without_a_clear_answer_are_set_once(kept: World, kind: str, more: Row) -> None:
    kept.configure(limits={"timeout_seconds": PATIENCE})
    partner(kept, "H2")
    looks_after(kept, "H1", "H2")
    kept.sandbox.fault(kind, "PUT", f"/properties/{HOUSE}/responsibilities", **more)
    run_all(kept, GROUP)
    assert [rule["hits"] for rule in kept.sandbox.faults()] == [1]
    assert sorted(responsible(kept)) == ["H1", "H2", "VERWALTER"]
    kept.assert_ledger_is_true()
    assert [ran.requests for ran in run_all(kept, GROUP)] == [[]]


@pytest.mark.parametrize("status", [500, 422])
def test_responsibilities_the_portal_does_not_take_are_an_error_of_the_property(kept: World, status: int) -> None:
    partner(kept, "H2")
    looks_after(kept, "H2")
    kept.sandbox.fault("status", "PUT", "*/responsibilities", status=status, times=None)
    ran = kept.run(GROUP)
    assert (ran.status, set(ran.named("error"))) == ("errors", {HOUSE})
    assert {"H1", "H2"} & set(kept.portal("contacts")) == {"H2"}  # everything else was delivered

    kept.sandbox.end_faults()
    run_all(kept, GROUP)
    partner(kept, "H2", telephone="+49 30 23125001")
    run_all(kept, GROUP)
    assert responsible(kept) == ["VERWALTER", "H2"]


@pytest.mark.rule("R15", "R11")
@pytest.mark.parametrize("order", OUT, ids="-".join)
def test_a_property_taken_out_of_the_range_and_back(kept: World, order: tuple[str, ...]) -> None:
    kept.sandbox.behave(post_archived="revive")
    kept.configure(properties="200")
    run_all(kept, *order, "objects")  # started again, as the house waits for all that is below it
    assert_portal_holds(kept, set(), set())
    assert kept.portal("properties") == {}
    assert [ran.requests for ran in run_all(kept, *order)] == [[], [], []]

    kept.configure(properties=HOUSE)
    run_all(kept, "objects", "persons", GROUP)
    assert_portal_holds(kept, RESIDENTS | {"O1", "H1"}, TENANCIES | owned("O1"))
    assert "H1" in responsible(kept)


def rounds(world: World) -> Iterator[tuple[str, str]]:
    """Each round one owner and one caretaker come and those of the last round go; yields the numbers of the new."""
    for number in range(1, LIMIT):
        owner, caretaker = f"O{number + 1}", f"H{number + 1}"
        for one in (owner, caretaker):
            partner(world, one)
        owns(world, owner)
        owns(world, f"O{number}", end=-1)
        looks_after(world, caretaker)
        yield owner, caretaker


def test_a_run_may_die_at_any_point(kept: World, worker: Worker) -> None:
    """Each round dies some side effects later than the last and is mended, by a new run or by repeating the load."""
    kept.configure(limits={"lease_seconds": 60})  # no renewals: the side effects are the same every time
    kept.sandbox.behave(post_existing="duplicate")
    for point, (owner, caretaker) in zip(range(1, LIMIT, STEP), rounds(kept), strict=False):
        run = kept.next_run(GROUP)
        if worker.wait(worker.start(kept.order(run, GROUP, crash_at=point))) != CRASHED:
            break  # there are no more points: it came to its end
        is_retried = point % 2 == 0 and Progress.load(kept.progress(run)).is_loading()
        kept.expire_lease()
        ran = kept.run(GROUP, resume=run if is_retried else None)
        assert ran.status == "ok", ran.why
        assert_portal_holds(kept, RESIDENTS | {owner, caretaker}, TENANCIES | owned(owner))
        assert sorted(responsible(kept)) == sorted([caretaker, "VERWALTER"])
    assert LEAST < point < LIMIT - STEP
    assert [ran.requests for ran in run_all(kept, GROUP)] == [[]]


@pytest.mark.rule("R51")
def test_a_caretaker_who_cannot_be_sent_stops_nobody(kept: World) -> None:
    partner(kept, "H2", last_name=None)
    looks_after(kept, "H1", "H2")
    (ran,) = run_all(kept, GROUP)
    assert ran.named("invalid") == {"H2": ("NO_NAME", None)}
    assert "H2" not in {seen_id(one) for one in ran.requests}
    assert responsible(kept) == ["H1", "VERWALTER"]
