"""Tokens expire, keys are revoked, addresses are wrong: one new login, or an end with a cause."""

import pytest

from tests.faults.harness import Ran, World, tenants

PARALLEL = 4


def ids(ran: Ran, status: int) -> list[str]:
    return [one["body_id"] for one in ran.requests if one["status"] == status]


def test_an_expired_token_costs_one_new_login_for_all_workers(world: World) -> None:
    world.move_in(*tenants(20))
    world.sandbox.fault("expire_tokens", "POST", "/contacts", skip=7)

    ran = world.run()

    assert ran.status == "ok", ran.why
    assert ran.logins == 2 + 1  # one for each of the two loads, and one more
    assert len(ids(ran, 201)) == len(set(ids(ran, 201))) == 40
    assert 1 <= len(ids(ran, 401)) <= PARALLEL
    world.assert_mirrors()


def test_a_token_that_lives_shortly_is_renewed_again_and_again(world: World) -> None:
    world.move_in(*tenants(60))
    for sent in (5, 20, 35, 50):  # counted, as a busy machine may take longer for one call than a short life lasts
        world.sandbox.fault("expire_tokens", "POST", "/contacts", skip=sent)
    ran = world.run()
    assert ran.status == "ok", ran.why
    assert ran.logins == 2 + 4
    assert len(ids(ran, 201)) == len(set(ids(ran, 201))) == 120
    world.assert_mirrors()


def test_a_token_refused_twice_ends_the_load_with_its_cause(world: World) -> None:
    world.move_in(*tenants(20))
    world.sandbox.fault("status", "POST", "/contacts", skip=5, status=401, times=None)

    ran = world.run()

    assert (ran.status, ran.failed) == ("failed", ["send_contact.0"])
    assert "the portal refuses the key pair (status 401)" in ran.why
    assert len(ids(ran, 401)) <= 2 * PARALLEL
    assert ran.counts("created", "errors", "outstanding") == (5, 0, 35)
    assert not world.is_leased()
    world.heal()


def test_a_redirect_ends_the_load_at_once(world: World) -> None:
    world.move_in(*tenants(20))
    world.sandbox.fault("redirect", "POST", "/contacts", skip=5, times=None, location=f"{world.sandbox.url}/v2/units")

    ran = world.run()

    assert (ran.status, ran.failed) == ("failed", ["send_contact.0"])
    assert "answers with a redirect" in ran.why
    assert 1 <= len(ids(ran, 302)) <= PARALLEL
    assert {one["path"] for one in ran.requests} == {"/contacts"}  # nothing was followed
    assert ran.counts("created", "errors", "outstanding") == (5, 0, 35)
    world.heal()


def test_nobody_repeats_anything_once_the_load_has_to_stop(world: World) -> None:
    """Some workers wait to repeat a passing failure when another one hears that the key was revoked."""
    world.move_in(*tenants(20))
    world.configure(limits={"attempts": 10})
    world.sandbox.fault("status", "POST", "/contacts", status=503, times=3)
    world.sandbox.fault("status", "*", "/contacts*", status=401, times=None)
    ran = world.run()
    assert ran.status == "failed"
    assert len(ran.requests) <= 3 + 2 * PARALLEL  # each once more after the new login
    world.heal()


@pytest.mark.parametrize(
    ("status", "cause"), [(401, "refuses the key pair"), (403, "denies"), (404, "check the portal")]
)
def test_a_refused_login_ends_the_load_before_any_record(world: World, status: int, cause: str) -> None:
    world.move_in(*tenants(3))
    world.sandbox.fault("status", "POST", "/authenticate", status=status, times=None)
    ran = world.run()
    assert (ran.status, ran.requests, ran.xcom["outstanding"]) == ("failed", [], 6)
    assert cause in ran.why
    assert ran.logins == 1
    world.heal()


@pytest.mark.parametrize("kind", ["drop", "html", "cut", "invalid_json"])
def test_a_login_that_goes_wrong_is_repeated(world: World, kind: str) -> None:
    world.move_in(*tenants(3))
    world.sandbox.fault(kind, "POST", "/authenticate", times=2)
    ran = world.run()
    assert ran.status == "ok", ran.why
    assert ran.logins > 2
    world.heal()
