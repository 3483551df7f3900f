"""The portal refuses single records: the others go through, and what was refused is named and waits for its source."""

import signal
from datetime import timedelta

import pytest

from include.casavi.endpoints import ENDPOINTS
from include.casavi.payloads import ContactPayload
from include.ixhaus.contract.own import SP_ABGLEICH
from include.sync import steps
from include.vocabulary.clock import utc_now
from tests.faults.desk import Desk
from tests.faults.harness import Tenant, Worker, World, seen_id, tenants

REFUSALS = [(400, "REFUSED"), (409, "CONFLICT"), (422, "REFUSED")]
CLOSED = [(403, "ADDRESS_CLOSED"), (404, "ADDRESS_CLOSED"), (405, "ADDRESS_CLOSED")]


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
    assert again.named("outstanding") == {bad.contact_id: ("REFUSED_BEFORE", status)}
    assert again.xcom["reason"].startswith(f"1 × contact (HTTP {status}): Früher abgelehnt")

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


# what is not about the record


PEOPLE = 10


def refuse_all(world: World, status: int, skip: int = 0) -> None:
    """Let the portal answer every POST of a contact, and whatever is tried instead, with a status."""
    world.sandbox.fault("status", "POST", "/contacts", status=status, times=None, skip=skip)
    world.sandbox.fault("status", "PUT", "/contacts/*", status=status, times=None)


def marked(world: World) -> list[str]:
    """Return whom the ledger remembers as refused for good."""
    return [row["external_id"] for row in world.rows(SP_ABGLEICH) if row["refused"]]


def outcomes(world: World) -> set[str]:
    """Return how sending contacts failed last."""
    found = {row["outcome"] for row in world.rows(SP_ABGLEICH, record_type="contact")}
    return found - {None, "OK"}


@pytest.mark.rule("R54")
@pytest.mark.parametrize(
    ("status", "batch_size"), [*((status, 5000) for status in (400, 403, 404, 405, 409, 413, 422)), (400, 4), (404, 3)]
)
def test_what_passes_refuses_nobody_for_good(world: World, status: int, batch_size: int) -> None:
    """A passing fault of the portal looks like so many refusals: the next run sends them all."""
    world.move_in(*tenants(PEOPLE))
    world.configure(limits={"batch_size": batch_size})
    refuse_all(world, status)

    ran = world.run()

    assert (ran.status, ran.xcom["errors"], ran.xcom["outstanding"]) == ("errors", PEOPLE, 0)
    assert outcomes(world) == {"ADDRESS_CLOSED" if status in (403, 404, 405) else "REFUSED_ALIKE"}
    assert marked(world) == []
    again = world.run()
    assert (again.status, again.xcom["errors"]) == ("errors", PEOPLE)
    assert marked(world) == []
    world.heal()


@pytest.mark.rule("R54")
@pytest.mark.parametrize(("status", "why"), [(400, "refused alike (REFUSED, status 400)"), (404, "takes nothing at")])
def test_many_refusals_alike_in_a_row_end_the_load_with_a_sentence(world: World, status: int, why: str) -> None:
    world.move_in(*tenants(PEOPLE))
    world.configure(limits={"failures_in_a_row": 4, "parallel_requests": 1})
    refuse_all(world, status, skip=2)

    ran = world.run()

    assert (ran.status, ran.failed) == ("failed", ["send_contact.0"])
    assert "4 records in a row" in ran.why
    assert why in ran.why
    assert ran.counts("created", "errors", "outstanding") == (2, 4, 2 * PEOPLE - 6)
    assert marked(world) == []
    world.heal()


def test_those_that_failed_come_last_so_that_they_hold_up_nobody(world: World) -> None:
    """More odd records than may fail in a row come before all others, night after night."""
    people = sorted(tenants(PEOPLE), key=lambda tenant: tenant.contact_id)
    world.move_in(*people)
    world.configure(limits={"failures_in_a_row": 4, "parallel_requests": 1})
    odd, others = people[:4], people[4:]
    for tenant in odd:
        refuse(world, 422, tenant.contact_id)
    assert world.run().failed == ["send_contact.0"]
    assert world.portal("contacts") == {}

    ran = world.run()

    assert set(world.portal("contacts")) == {tenant.contact_id for tenant in others}
    assert (ran.failed, set(ran.named("error")), marked(world)) == (
        ["send_contact.0"], {tenant.contact_id for tenant in odd}, [],
    )  # fmt: skip
    world.heal()


@pytest.mark.parametrize(("odd", "is_final"), [(1, True), (5, True), (6, False)])
def test_only_up_to_half_of_a_batch_is_refused_for_good(world: World, odd: int, is_final: bool) -> None:
    people = tenants(PEOPLE)
    world.move_in(*people)
    for tenant in people[:odd]:
        refuse(world, 422, tenant.contact_id)

    ran = world.run()

    assert ran.status == "errors"
    assert len(marked(world)) == (odd if is_final else 0)
    assert ("refused alike" in ran.xcom["reason"]) is not is_final
    assert len(world.portal("contacts")) == len(world.portal("contracts")) == PEOPLE - odd


@pytest.mark.parametrize(("status", "reason"), CLOSED)
def test_one_answer_about_the_address_stops_nobody_and_is_tried_again(world: World, status: int, reason: str) -> None:
    first, bad, last = tenants(3)
    world.move_in(first, bad, last)
    world.sandbox.fault("status", "POST", "/contacts", body_id=bad.contact_id, status=status, times=None)
    ran = world.run()
    assert (ran.status, ran.failed, ran.named("error")) == ("errors", [], {bad.contact_id: (reason, status)})
    assert set(world.portal("contacts")) == {first.contact_id, last.contact_id}
    assert world.run().named("error") == {bad.contact_id: (reason, status)}
    world.heal()


def test_a_403_on_one_record_is_that_record_s(world: World) -> None:
    good, bad = tenants(2)
    world.settle(good, bad)
    world.sandbox.fault("status", "PUT", f"*/{bad.contact_id}", status=403, times=None)
    world.put(bad.renamed("Kanari neu"), good.renamed("Kanari neu"))
    ran = world.run()
    assert (ran.failed, ran.named("error")) == ([], {bad.contact_id: ("REFUSED", 403)})
    assert marked(world) == [bad.contact_id]
    assert world.portal("contacts")[good.contact_id]["lastName"] == "Kanari neu"


def test_a_403_on_one_report_or_its_notes_holds_up_no_other(desk: Desk) -> None:
    desk.settle()
    for number in ("M1", "M2", "M3"):
        desk.note(desk.report(number), f"N{number}", f"Wir kommen zu {number}.")
    desk.sandbox.fault("status", "POST", "/tickets", body_id="M1", status=403, times=None)
    desk.sandbox.fault("status", "POST", "/tickets/M2/comments", status=403, times=None)
    ran = desk.run().ending.xcom
    assert (ran["status"], ran["errors"]) == ("errors", 2)
    assert sorted(one["id"] for one in desk.live("tickets")) == ["M2", "M3"]
    assert desk.comments() == [("M3", "Wir kommen zu M3.")]
    assert marked(desk.world) == ["NM2"]


# what is refused for good, and until when


@pytest.fixture
def refused(world: World) -> Tenant:
    """One of three whom the portal has refused for good, and would take now."""
    first, bad, last = tenants(3)
    world.move_in(first, bad, last)
    refuse(world, 422, bad.contact_id)
    world.run()
    world.sandbox.end_faults()
    assert marked(world) == [bad.contact_id]
    assert world.run().requests == []
    return bad


@pytest.mark.rule("R54")
def test_it_is_tried_again_after_the_configured_days(
    world: World, refused: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = utc_now()
    monkeypatch.setattr(steps, "utc_now", lambda: now + timedelta(days=6))
    assert world.run().requests == []
    monkeypatch.setattr(steps, "utc_now", lambda: now + timedelta(days=7))
    refuse(world, 422, refused.contact_id)
    assert world.run().named("error") == {refused.contact_id: ("REFUSED", 422)}
    assert marked(world) == [refused.contact_id]  # the same once more is no fault of the portal's, alone as it is
    world.sandbox.end_faults()
    world.configure(limits={"refused_days": 1})
    monkeypatch.setattr(steps, "utc_now", lambda: now + timedelta(days=14))
    world.heal()


def test_it_is_tried_again_when_somebody_asks_for_what_was_refused(world: World, refused: Tenant) -> None:
    ran = world.run(resend="refused")
    assert (ran.status, {seen_id(one) for one in ran.requests}) == ("ok", {refused.contact_id, refused.contract_id})
    world.assert_mirrors()


def test_it_is_tried_again_with_another_version_of_the_payload(
    world: World, refused: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ContactPayload, "VERSION", ContactPayload.VERSION + 1)
    assert refused.contact_id in {seen_id(one) for one in world.run().requests}
    world.assert_mirrors()


def test_it_is_tried_again_when_it_is_sent_otherwise(
    world: World, refused: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    contact = ENDPOINTS["contact"]
    monkeypatch.setitem(ENDPOINTS, "contact", contact._replace(removal=b"{}"))
    assert {seen_id(one) for one in world.run().requests} == {refused.contact_id, refused.contract_id}
    world.assert_mirrors()


def test_several_that_are_refused_once_more_stay_so(world: World) -> None:
    """Their retry is a batch of nothing but refusals; the portal has said the same of each among others before."""
    people = tenants(PEOPLE)
    world.move_in(*people)
    odd = people[:3]
    for tenant in odd:
        refuse(world, 422, tenant.contact_id)
    world.run()
    ran = world.run(resend="refused")
    assert set(ran.named("error")) == set(marked(world)) == {tenant.contact_id for tenant in odd}
    assert world.run().requests == []


def test_many_that_stay_refused_alike_leave_no_run_green(world: World) -> None:
    people = tenants(PEOPLE)
    world.move_in(*people)
    world.configure(limits={"failures_in_a_row": 4, "parallel_requests": 1})
    for tenant in people[::2][:4]:
        refuse(world, 422, tenant.contact_id)
    assert world.run().status == "errors"

    again = world.run()

    assert (again.status, again.requests, *again.counts("errors", "outstanding")) == ("errors", [], 0, 4)
    assert again.xcom["reason"].startswith("4 × contact (HTTP 422): Früher abgelehnt")


def test_a_kill_in_the_middle_marks_nobody(world: World, worker: Worker) -> None:
    people = tenants(PEOPLE)
    world.move_in(*people)
    world.configure(limits={"parallel_requests": 1})
    refuse(world, 422, people[0].contact_id)
    order = world.order(world.next_run())
    before = len(world.sandbox.requests())
    world.sandbox.fault("delay", "POST", "/contacts", seconds=0.05, times=None)
    worker.kill_when(worker.start(order), signal.SIGKILL, world.sandbox, before + 6)
    assert (outcomes(world), marked(world)) == ({"REFUSED"}, [])
    world.sandbox.end_faults()
    world.expire_lease()
    world.heal()
