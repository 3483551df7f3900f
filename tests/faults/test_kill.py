"""A load is killed, or asked to end, while it sends; what it did stays, and the next run or retry does the rest."""

import signal
import time

import pytest

from tests.faults.harness import Row, Worker, World, seen_id, tenants

PEOPLE = 250
PARALLEL = 4
KILL_AT = 100


@pytest.fixture
def busy(world: World) -> World:
    """Many people to be created, in a portal that takes its time and would make a second object of a repeated one."""
    world.move_in(*tenants(PEOPLE))
    world.sandbox.behave(post_existing="duplicate")
    world.sandbox.fault("delay", "POST", "/contacts", seconds=0.008, times=None)
    return world


def repeated(world: World, seen_before: list[Row]) -> set[str]:
    """Return the ids that were sent before the kill and again after it."""
    after = world.sandbox.requests()[len(seen_before) :]
    return {seen_id(one) for one in seen_before if one["body_id"]} & {seen_id(one) for one in after}


@pytest.mark.rule("E57")
@pytest.mark.parametrize("again", ["new run", "retry"])
def test_a_killed_load_loses_nothing_and_repeats_at_most_what_was_in_flight(
    busy: World, worker: Worker, again: str
) -> None:
    run = busy.next_run()
    pid = worker.start(busy.order(run))
    assert worker.kill_when(pid, signal.SIGKILL, busy.sandbox, KILL_AT) == -signal.SIGKILL
    before = busy.sandbox.requests()
    assert KILL_AT <= len(before) < PEOPLE

    ran = busy.run(resume=run if again == "retry" else None)

    assert ran.status == "ok", ran.why
    assert len(repeated(busy, before)) <= PARALLEL
    busy.assert_mirrors()
    if again == "retry":
        assert ran.counts("created", "errors", "outstanding") == (2 * PEOPLE, 0, 0)
    else:
        aborted = busy.protocol()[1]
        assert (aborted["status"], aborted["reason"]) == ("aborted", "Der Lauf ist ohne Abschluss geendet.")
        assert aborted["created"] + ran.xcom["created"] == 2 * PEOPLE
        assert aborted["created"] == ran.xcom["unchanged"]
        assert KILL_AT - PARALLEL - 1 <= aborted["created"] <= len(before)
    busy.assert_idle()


def test_a_load_killed_again_and_again_gets_on(busy: World, worker: Worker) -> None:
    for share in (1, 2, 3):
        pid = worker.start(busy.order(busy.next_run()))
        worker.kill_when(pid, signal.SIGKILL, busy.sandbox, share * PEOPLE // 4)
    busy.heal()
    assert len(busy.sandbox.requests()) <= 2 * PEOPLE + 3 * (PARALLEL + 2 * PARALLEL) + 8  # repeats, look-ups, logins


def test_a_load_that_is_asked_to_end_acknowledges_what_is_under_way(busy: World, worker: Worker) -> None:
    pid = worker.start(busy.order(run := busy.next_run()))
    assert worker.kill_when(pid, signal.SIGTERM, busy.sandbox, KILL_AT) == 1
    before = busy.sandbox.requests()

    (row,) = [row for row in busy.protocol() if row["run"].startswith(run)]
    assert row["status"] == "failed"
    answered = [one for one in before if one["status"] == 201]
    assert row["created"] == len(answered)  # every answer was waited for and acknowledged
    assert row["created"] + row["outstanding"] == 2 * PEOPLE
    assert not busy.is_leased()

    busy.heal()
    assert repeated(busy, before) == set()


def test_a_load_that_is_asked_to_end_does_not_wait_for_a_long_pause(world: World, worker: Worker) -> None:
    world.move_in(*tenants(8))
    world.configure(limits={"max_wait_seconds": 150})
    world.sandbox.fault("status", "POST", "/contacts", status=429, headers={"Retry-After": "120"}, times=None)
    pid = worker.start(world.order(world.next_run()))
    began = time.monotonic()
    assert worker.kill_when(pid, signal.SIGTERM, world.sandbox, 3) == 1
    assert time.monotonic() - began < 60
    world.heal()


def test_a_retry_sends_what_was_refused_before_its_correction(world: World, worker: Worker) -> None:
    """The run that died was about to send a corrected record; its refusal is over, also for the retry."""
    (tenant,) = tenants(1)
    world.move_in(tenant)
    world.sandbox.fault("status", "POST", "/contacts", status=422)
    assert set(world.run().named("error")) == {tenant.contact_id}
    world.put(tenant.renamed("Kanari, berichtigt"))
    world.sandbox.fault("delay", "PUT", "/contacts/*", seconds=0.5)
    world.sandbox.forget_requests()
    pid = worker.start(world.order(run := world.next_run()))
    assert worker.kill_when(pid, signal.SIGKILL, world.sandbox, 2) == -signal.SIGKILL
    ran = world.run(resume=run)
    assert (ran.status, *ran.counts("created", "outstanding")) == ("ok", 2, 0), ran.why
    world.assert_mirrors()
