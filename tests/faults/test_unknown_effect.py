"""No answer, or none that can be understood: nobody knows whether the write took effect, and nothing may be doubled."""

from dataclasses import replace
from itertools import product

import pytest

from tests.faults.harness import World, seen_id, tenants

PATIENCE = 0.8
"""Seconds after which these tests no longer wait for an answer: more than a busy machine needs for one."""
TOO_LONG = 1.2

SILENT = [
    ("status", {"seconds": TOO_LONG, "when": "before"}),  # a time-out; the portal has done nothing
    ("delay", {"seconds": TOO_LONG, "when": "after"}),  # a time-out; the portal has done it
    ("drop", {"when": "before"}),
    ("drop", {"when": "after"}),
    ("cut", {}),
    ("html", {"when": "before"}),
    ("html", {"when": "after"}),
    ("invalid_json", {}),
    ("wrong_id", {}),
    ("status", {"status": 201, "body": "", "when": "before"}),  # success without the record
    ("status", {"status": 200, "body": [], "when": "after"}),
]


def name_of(fault: object) -> str | None:
    """Return how a test is called after its fault."""
    return "-".join(str(value) for value in fault.values()) if isinstance(fault, dict) else None


PORTALS = [
    {"post_existing": post, "put_unknown": put, "put_archived": archived}
    for post, put, archived in product(
        ["conflict", "update", "duplicate"], ["not_found", "upsert"], ["revive", "not_found"]
    )
]


WITHOUT_BODY = SILENT[:4] + SILENT[5:7]
"""What can happen to an answer that has no body: that of a removal."""


@pytest.mark.parametrize(
    ("method", "kind", "more"),
    [(method, *fault) for method in ("POST", "PUT") for fault in SILENT]
    + [("DELETE", *fault) for fault in WITHOUT_BODY],
    ids=name_of,
)
def test_a_write_without_a_clear_answer_takes_effect_once(
    world: World, method: str, kind: str, more: dict[str, object]
) -> None:
    stays, changes, goes, comes = tenants(4)
    world.settle(stays, changes, goes, replace(comes, begin=1))
    world.configure(limits={"timeout_seconds": PATIENCE})
    world.sandbox.behave(post_existing="duplicate")
    world.sandbox.fault(kind, method, "/contacts*", **more)
    world.put(changes.renamed("Kanari neu"), comes)
    world.drop(goes.number)

    ran = world.run()

    assert ran.status == "ok", ran.why
    assert [rule["hits"] for rule in world.sandbox.faults()] == [1]
    world.assert_mirrors()


@pytest.mark.parametrize("portal", PORTALS, ids=name_of)
def test_no_portal_is_made_to_hold_a_record_twice(world: World, portal: dict[str, str]) -> None:
    """Some writes lose their answers after their effect, some before it, in a portal of each kind."""
    first, second, third, fourth = tenants(4)
    world.settle(first, second, replace(third, begin=1), replace(fourth, begin=1))
    world.configure(limits={"attempts": 6})
    world.sandbox.behave(**portal)
    world.sandbox.fault("drop", "*", "/con*", when="after", times=1)
    world.sandbox.fault("drop", "*", "/con*", when="before", skip=2, times=1)
    world.sandbox.fault("cut", "*", "/con*", skip=3, times=2)
    world.put(first.renamed("Kanari neu"), third, fourth)
    world.drop(second.number)
    assert world.run().status == "ok"
    world.assert_mirrors()


@pytest.mark.parametrize(("kind", "more"), SILENT, ids=name_of)
def test_what_was_never_confirmed_is_not_called_done(world: World, kind: str, more: dict[str, object]) -> None:
    """As long as no clear answer comes, the record is an error and no hash is stored; then it arrives once."""
    unlucky, lucky = tenants(2)
    world.move_in(unlucky, lucky)
    world.configure(limits={"timeout_seconds": PATIENCE, "attempts": 2})
    world.sandbox.behave(post_existing="duplicate")
    for path, body_id in (("/contacts", unlucky.contact_id), (f"/contacts/{unlucky.contact_id}", None)):
        world.sandbox.fault(kind, "*", path, body_id=body_id, times=None, **more)

    ran = world.run()

    assert ran.status == "errors"
    assert set(ran.named("error")) == {unlucky.contact_id}
    row = world.ledger(unlucky.contact_id)
    assert (row["state"], row["hash"], row["refused"]) == ("pending", None, None)
    world.assert_no_duplicates()
    world.heal()


@pytest.mark.parametrize("change", ["update", "remove"])
def test_a_change_taken_back_before_it_was_confirmed_is_sent_again(world: World, change: str) -> None:
    """The portal has taken a change without our hearing of it; then the ERP goes back to what we last heard of."""
    stays, tenant = tenants(2)
    world.settle(stays, tenant)
    world.configure(limits={"attempts": 1})
    world.sandbox.fault("drop", "*", f"/contacts/{tenant.contact_id}", when="after", times=None)
    if change == "update":
        world.put(tenant.renamed("Kanari für einen Tag"))
    else:
        world.drop(tenant.number)
    assert set(world.run().named("error")) == {tenant.contact_id}

    world.put(tenant)
    healed = world.heal()

    assert tenant.contact_id in {seen_id(one) for one in healed.requests}


@pytest.mark.parametrize("attempts", [1, 2, 4])
def test_a_record_is_tried_as_often_as_configured(world: World, attempts: int) -> None:
    tenant, other = tenants(2)
    world.settle(tenant, other)
    world.configure(limits={"attempts": attempts})
    world.sandbox.fault("status", "PUT", f"/contacts/{tenant.contact_id}", status=500, times=None)
    world.put(tenant.renamed("Kanari neu"))
    assert len(world.run().requests) == attempts


@pytest.mark.parametrize("post_existing", ["conflict", "update"])
def test_a_write_that_takes_effect_after_our_patience_ended(world: World, post_existing: str) -> None:
    """The portal takes its time and writes after the record was sent again.

    Where POST makes a second object under the same id nothing but an answer could tell, so that portal is left out.
    """
    world.move_in(*tenants(2))
    world.configure(limits={"timeout_seconds": PATIENCE})
    world.sandbox.behave(post_existing=post_existing)
    world.sandbox.fault("delay", "POST", "/contacts", seconds=TOO_LONG, when="before")
    assert world.run().status == "ok"
    world.assert_mirrors()
