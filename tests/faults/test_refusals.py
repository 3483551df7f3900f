"""The portal refuses single records: the others go through, and what was refused is named and waits for its source."""

import pytest

from tests.faults.harness import Tenant, World, seen_id, tenants

REFUSALS = [(400, "REFUSED"), (404, "CONFLICT"), (409, "CONFLICT"), (422, "REFUSED")]


def refuse(world: World, status: int, external_id: str) -> None:
    """Let the portal answer every write of a record with a status."""
    for method, path, body_id in (("POST", "*", external_id), ("PUT", f"*/{external_id}", None)):
        world.sandbox.fault("status", method, path, body_id=body_id, status=status, times=None)


def contract_of(tenant: Tenant) -> set[str]:
    return {tenant.contract_id}


@pytest.mark.rule("R51", "R54")
@pytest.mark.parametrize(("status", "reason"), REFUSALS)
def test_a_refused_record_stops_nobody_and_waits_until_its_source_changes(
    world: World, status: int, reason: str
) -> None:
    first, bad, last = tenants(3)
    world.move_in(first, bad, last)
    refuse(world, status, bad.contact_id)

    ran = world.run()
    assert (ran.status, ran.failed) == ("errors", [])
    assert set(world.portal("contacts")) == {first.contact_id, last.contact_id}
    assert ran.named("error") == {bad.contact_id: (reason, status)}
    assert ran.named("withheld") == {bad.contract_id: ("PARENT_NOT_IN_PORTAL", None)}
    assert ran.counts("created", "errors", "withheld") == (4, 1, 1)
    assert world.ledger(bad.contact_id)["hash"] is None

    again = world.run()
    assert (again.status, again.requests, *again.counts("outstanding", "errors")) == ("ok", [], 1, 0)
    assert again.named("outstanding") == {bad.contact_id: ("REFUSED_BEFORE", None)}

    world.put(bad.renamed("Kanari, berichtigt"))
    assert world.run().named("error") == {bad.contact_id: (reason, status)}

    world.put(bad.renamed("Kanari, noch einmal berichtigt"))
    world.heal()
    world.assert_idle()


@pytest.mark.parametrize(("status", "reason"), REFUSALS)
def test_a_refused_update_leaves_what_the_portal_has(world: World, status: int, reason: str) -> None:
    good, bad = tenants(2)
    world.settle(good, bad)
    refuse(world, status, bad.contact_id)
    world.put(bad.renamed("Kanari neu"), good.renamed("Kanari neu"))

    ran = world.run()

    assert ran.named("error") == {bad.contact_id: (reason, status)}
    assert ran.counts("updated", "errors") == (1, 1)
    assert world.portal("contacts")[bad.contact_id]["lastName"] == "Kanari 2"
    world.sandbox.end_faults()
    assert world.run().xcom["outstanding"] == 1
    world.put(bad)  # staff take the change back
    world.heal()


@pytest.mark.parametrize("status", [400, 409, 422])
def test_a_refused_removal_is_an_error_and_stays_outstanding(world: World, status: int) -> None:
    stays, goes = tenants(2)
    world.settle(stays, goes)
    world.sandbox.fault("status", "DELETE", f"*/{goes.contract_id}", status=status, times=None)
    world.drop(goes.number)

    ran = world.run()

    assert set(ran.named("error")) == contract_of(goes)
    assert goes.contract_id in world.portal("contracts")
    world.sandbox.end_faults()
    assert (again := world.run()).xcom["outstanding"] == 1, again.xcom
    assert goes.contract_id not in {seen_id(one) for one in again.requests}
    assert world.run(resend="all").status == "ok"
    world.heal()


@pytest.mark.rule("R20")
def test_a_record_the_portal_does_not_have_counts_as_removed(world: World) -> None:
    stays, goes = tenants(2)
    world.settle(stays, goes)
    world.sandbox.fault("status", "DELETE", f"*/{goes.contact_id}", status=404)
    world.drop(goes.number)
    ran = world.run()
    assert (ran.status, ran.xcom["removed"]) == ("ok", 2)
    assert world.ledger(goes.contact_id)["state"] == "removed"


def test_a_record_deleted_in_the_portal_is_made_again(world: World) -> None:
    tenant, *_ = tenants(1)
    world.settle(tenant)
    world.sandbox.reset()  # everything, in fact; persons only come back if their units do
    world.sql("UPDATE SP_ABGLEICH SET ZUSTAND = 'pending', PRUEFSUMME = NULL")  # somebody has looked
    for group in ("objects", "persons"):
        assert world.run(group).status == "ok"
    world.assert_mirrors()


@pytest.mark.parametrize("post_existing", ["conflict", "update", "duplicate"])
def test_a_record_the_portal_has_already_is_adopted(world: World, post_existing: str) -> None:
    """Our ledger was lost: everything is new to us and nothing to the portal."""
    world.settle(*tenants(2))
    world.sql("UPDATE SP_ABGLEICH SET ZUSTAND = 'pending', PRUEFSUMME = NULL WHERE ART IN ('contact', 'contract')")
    world.sandbox.behave(post_existing=post_existing)
    world.heal()


@pytest.mark.rule("R54")
def test_a_transient_refusal_is_sent_again_without_anybody_doing_anything(world: World) -> None:
    good, unlucky = tenants(2)
    world.move_in(good, unlucky)
    world.sandbox.fault("status", "POST", "/contacts", body_id=unlucky.contact_id, status=500)
    for path in (f"/contacts/{unlucky.contact_id}", "/contacts"):
        world.sandbox.fault("status", "*", path, status=503, times=None, skip=0 if path.count("/") > 1 else 1)
    ran = world.run()
    assert unlucky.contact_id in ran.named("error")
    world.heal()
