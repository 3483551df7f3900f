"""The portal asks for time or is down: pauses are never shortened, all share them, and they end somewhere."""

import asyncio
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise

import pytest

from include.casavi import client
from tests.faults.harness import Ran, Row, World, tenants

PARALLEL = 4


def statuses(ran: Ran) -> list[int | None]:
    return [one["status"] for one in ran.requests]


def starts_after(ran: Ran, status: int) -> list[float]:
    """Return how many seconds after the answer with that status each later request began."""
    (busy, *_) = (one for one in ran.requests if one["status"] == status)
    answered = busy["started"] + busy["seconds"]
    return [one["started"] - answered for one in ran.requests if one["started"] > busy["started"]]


def assert_paused(ran: Ran, status: int, seconds: float) -> None:
    """After an answer nobody began anything for so long, but for what was on its way before the answer was read.

    A busy machine may read it late, so what began in the first half of the pause is taken to have been on its way.
    """
    later = starts_after(ran, status)
    assert len(later) > 1
    assert sum(start < seconds for start in later) <= 2 * PARALLEL
    assert all(start < seconds / 2 for start in later if start < seconds)


def ask_for_a_pause(world: World, text: str, **rule: object) -> None:
    world.sandbox.fault("status", "POST", "/contacts", status=429, headers={"Retry-After": text}, **rule)


def after(seconds: float) -> str:
    """Return the moment in so many seconds as an HTTP date, which knows no fractions."""
    return format_datetime(datetime.now(UTC) + timedelta(seconds=seconds), usegmt=True)


def test_a_pause_in_seconds_holds_for_all_workers(world: World) -> None:
    world.move_in(*tenants(12))
    ask_for_a_pause(world, "1", skip=4)

    ran = world.run()

    assert ran.status == "ok", ran.why
    assert_paused(ran, 429, 1)
    world.assert_mirrors()


def test_a_pause_until_a_date_is_kept(world: World) -> None:
    world.move_in(*tenants(4))
    date = after(2)
    ask_for_a_pause(world, date)
    ran = world.run()
    assert ran.status == "ok", ran.why
    until = datetime.strptime(date, "%a, %d %b %Y %H:%M:%S GMT").replace(tzinfo=UTC).timestamp()
    assert [one for one in ran.requests if one["status"] == 201 and one["path"] == "/contacts"][-1]["started"] >= until
    world.assert_mirrors()


@pytest.mark.parametrize("text", ["soon", "-1", "", "1.5", "Wed, 99 Foo 2026", "0", "Wed, 21 Oct 2015 07:28:00 GMT"])
def test_a_pause_that_makes_no_sense_is_replaced_by_our_own(world: World, text: str) -> None:
    world.move_in(*tenants(4))
    ask_for_a_pause(world, text, times=2)
    ran = world.run()
    assert (ran.status, statuses(ran).count(429)) == ("ok", 2), ran.why
    world.assert_mirrors()


def test_a_pause_longer_than_the_run_may_wait_ends_the_load(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    slept, sleep = [0.0], asyncio.sleep

    async def noted(seconds: float) -> None:
        slept.append(seconds)
        await sleep(seconds)

    monkeypatch.setattr(asyncio, "sleep", noted)
    world.move_in(*tenants(12))
    ask_for_a_pause(world, "120", skip=4, times=None)

    ran = world.run()

    assert sum(slept) < 3
    assert (ran.status, ran.failed) == ("failed", ["send_contact.0"])
    assert (
        "the portal asks for pauses of 120 s in all, this run may wait 5 s; the next run goes on from here" in ran.why
    )
    assert statuses(ran).count(429) <= 4
    assert ran.counts("created", "errors", "outstanding") == (4, 0, 20)
    world.heal()


def test_pauses_add_up_to_what_the_run_may_wait(world: World) -> None:
    world.move_in(*tenants(4))
    world.configure(limits={"max_wait_seconds": 1.5, "parallel_requests": 1})
    ask_for_a_pause(world, "1", times=None)
    ran = world.run()
    assert (ran.status, statuses(ran)) == ("failed", [429, 429])
    assert "pauses of 2 s in all" in ran.why
    world.heal()


def test_a_long_pause_is_waited_for_to_its_end(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A hundred times faster: 120 s are 1.2."""
    factor, sleep = 100, asyncio.sleep
    monkeypatch.setattr(client, "monotonic", lambda: time.monotonic() * factor)
    monkeypatch.setattr(asyncio, "sleep", lambda seconds: sleep(seconds / factor))
    world.move_in(*tenants(8))
    world.configure(limits={"max_wait_seconds": 130, "attempts": 1})
    ask_for_a_pause(world, "120", skip=4)
    ran = world.run()
    assert ran.status == "ok", ran.why
    assert_paused(ran, 429, 120 / factor)
    world.assert_mirrors()


def test_asking_for_pauses_again_and_again_is_no_failure(world: World) -> None:
    """More pauses than attempts: as long as the portal says how long, it is waited for, up to the limit."""
    world.move_in(*tenants(2))
    world.configure(limits={"attempts": 1, "parallel_requests": 1})
    ask_for_a_pause(world, "1", times=2)
    ran = world.run()
    assert (ran.status, statuses(ran).count(429)) == ("ok", 2), ran.why


def test_after_a_pause_the_rate_still_holds(world: World) -> None:
    world.move_in(*tenants(12))
    world.configure(limits={"requests_per_second": 20, "parallel_requests": 8})
    ask_for_a_pause(world, "1", skip=3)
    ran = world.run()
    assert ran.status == "ok", ran.why
    contacts = sorted(one["started"] for one in ran.requests if one["path"] == "/contacts")
    _, ends = max(pairwise(contacts), key=lambda pair: pair[1] - pair[0])
    after_it = [moment for moment in contacts if moment >= ends]
    assert len(after_it) > 4
    assert after_it[-1] - ends >= (len(after_it) - 3) / 20


@pytest.mark.parametrize("status", [500, 502, 503, 504])
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_burst_of_faults_is_outlived(world: World, status: int, when: str) -> None:
    faults = 8
    world.move_in(*tenants(8))
    world.configure(limits={"attempts": faults + 1})  # all of them may hit one record
    world.sandbox.fault("status", "*", "/con*", skip=3, times=faults, status=status, when=when)
    ran = world.run()
    assert ran.status == "ok", ran.why
    world.assert_mirrors()


def test_a_pause_goes_with_a_fault_too(world: World) -> None:
    world.move_in(*tenants(12))
    world.sandbox.fault("status", "POST", "/contacts", status=503, headers={"Retry-After": "1"})
    ran = world.run()
    assert ran.status == "ok", ran.why
    assert_paused(ran, 503, 1)


def test_an_endless_fault_ends_the_load_and_loses_nothing(world: World) -> None:
    world.move_in(*tenants(30))
    world.configure(limits={"failures_in_a_row": 6, "attempts": 2})
    world.sandbox.fault("status", "*", "/contacts*", status=500, skip=10, times=None)

    ran = world.run()

    assert (ran.status, ran.failed) == ("failed", ["send_contact.0"])
    assert "6 records in a row failed (PORTAL_FAULT); the portal seems to be down" in ran.why
    created, errors, outstanding = ran.counts("created", "errors", "outstanding")
    assert created <= 10
    assert 6 <= errors < 6 + 4
    assert created + errors + outstanding == 60
    assert set(ran.named("error").values()) == {("PORTAL_FAULT", 500)}
    world.heal()


@pytest.mark.rule("R54")
def test_a_portal_that_does_not_answer_at_all_ends_the_load(world: World) -> None:
    world.move_in(*tenants(10))
    world.configure(limits={"failures_in_a_row": 4, "attempts": 2})
    world.sandbox.kill()
    try:
        ran = run_without_log(world)
    finally:
        world.sandbox.start(int(world.sandbox.url.rpartition(":")[2]))
    assert (ran["status"], ran["sent"], ran["errors"] + ran["outstanding"]) == ("failed", 0, 20)
    world.heal()


def run_without_log(world: World) -> Row:
    """Run while there is no portal to ask what it saw."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(world.sandbox, "requests", list)
        return world.run().xcom
