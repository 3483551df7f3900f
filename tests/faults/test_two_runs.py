"""Two runs of one group at once: one works, the other says so and ends; a run thought dead writes nothing any more."""

import asyncio
import os
import signal
import time
from functools import partial

import pytest

from include.ixhaus.contract.own import SP_ABGLEICH
from include.sync.acknowledge import open_acknowledgements
from include.sync.lease import LeaseLostError, acquire
from include.sync.ledger import LedgerStatements, Outcomes
from tests.faults.harness import Worker, World, tenants

LEASE = "production/persons"


@pytest.mark.rule("R53", "E57")
def test_the_second_of_two_runs_ends_at_once_and_says_so(world: World, worker: Worker) -> None:
    world.move_in(*tenants(60))
    world.sandbox.fault("delay", "POST", "/con*", seconds=0.06, times=None)
    pid = worker.start(world.order(world.next_run()))
    while len(world.sandbox.requests()) < 10:
        time.sleep(0.01)

    second = world.run()
    status = worker.wait(pid)

    assert (second.status, second.failed, second.xcom["read"], second.xcom["sent"]) == ("skipped", [], 0, 0)
    assert second.xcom["reason"] == "Ein anderer Lauf dieser Gruppe arbeitet noch; dieser Lauf hat nichts getan."
    assert status == 0
    skipped, first = world.protocol()[:2]
    assert (skipped["status"], first["status"], first["created"]) == ("skipped", "ok", 120)
    logins = [one for one in world.sandbox.requests() if one["path"] == "/authenticate"]
    assert len(logins) == 2  # one for each load of the first run
    world.assert_mirrors()


@pytest.mark.rule("R53")
def test_groups_do_not_hold_each_other_up(world: World) -> None:
    world.put(*tenants(2))
    acquire(world.engine, LEASE, "somebody else", 60)
    assert world.run("objects").status == "ok"


@pytest.mark.rule("R53")
def test_a_run_that_is_frozen_while_another_takes_over_writes_nothing_more(world: World, worker: Worker) -> None:
    """The process stops for longer than its lease, as on a machine that sleeps, and wakes up after the other's run."""
    world.move_in(*tenants(60))
    world.configure(limits={"lease_seconds": 0.5})
    world.sandbox.fault("delay", "POST", "/contacts", seconds=0.03, times=None)
    stale = worker.start(world.order(run := world.next_run()))
    worker.signal_when(stale, signal.SIGSTOP, world.sandbox, 20)
    healed = world.heal()
    ledger = world.rows(SP_ABGLEICH)
    seen = len(world.sandbox.requests())

    os.kill(stale, signal.SIGCONT)
    status = worker.wait(stale)

    assert status == 1
    assert world.rows(SP_ABGLEICH) == ledger
    assert len(world.sandbox.requests()) - seen <= 4
    assert [row["status"] for row in world.protocol()[:2]] == ["ok", "aborted"]
    assert healed.run != run
    world.assert_mirrors()


def test_a_stale_writer_cannot_commit(world: World) -> None:
    world.settle(*tenants(1))
    stale = acquire(world.engine, LEASE, "thought dead", 0.01)
    time.sleep(0.02)
    acquire(world.engine, LEASE, "the next one", 60)
    fresh = partial(Outcomes, LedgerStatements(world.engine.dialect), "production", "contact", "thought dead#1")

    async def write() -> None:
        async with open_acknowledgements(world.engine, stale, fresh) as acknowledgements:
            await acknowledgements.commit(lambda outcomes: outcomes.doubt("100.1.1"))

    with pytest.raises(LeaseLostError, match="thought dead no longer holds production/persons"):
        asyncio.run(write())
    assert world.ledger("100.1.1")["hash"]


@pytest.mark.rule("R53")
def test_a_lease_left_by_a_dead_run_is_taken_over(world: World) -> None:
    world.move_in(*tenants(1))
    began = time.monotonic()
    acquire(world.engine, LEASE, "dead", 0.5)
    world.heal()
    assert time.monotonic() - began > 0.45


def test_a_run_that_is_cleared_sends_what_is_true_now(world: World) -> None:
    """Fault 30: an old run started again does not bring back what was true when it first ran."""
    (tenant,) = tenants(1)
    world.settle(tenant)
    world.put(tenant.renamed("Kanari im Mai"))
    old = world.run()
    world.put(tenant.renamed("Kanari im Juni"))
    world.run()
    again = world.run(again=old.run)
    assert (again.status, again.requests) == ("ok", [])
    assert world.portal("contacts")[tenant.contact_id]["lastName"] == "Kanari im Juni"
    world.assert_mirrors()
