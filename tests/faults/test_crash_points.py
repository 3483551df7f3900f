"""A run dies before each of its side effects, one after the other; each time the next one mends it."""

from dataclasses import replace

from tests.faults.harness import Tenant, Worker, World, tenants
from tests.faults.run_steps import CRASHED, Progress

LEAST, LIMIT = 40, 120


def test_a_run_may_die_at_any_point(world: World, worker: Worker) -> None:
    """Each round creates, changes and removes somebody; each dies a side effect later than the last and is mended.

    Every other run that died in its loads is mended as Airflow does it, by repeating the load; all others by a new run.
    As calls and commits follow one another, a death before one is a death after the one before: only those count.
    """
    leaves, changes = tenants(2)
    world.settle(leaves, changes, *(Tenant(100 + number, begin=1) for number in range(LIMIT)))
    world.configure(limits={"lease_seconds": 60, "parallel_requests": 1})  # no renewals, and nothing at once
    world.sandbox.behave(post_existing="duplicate")
    retried = 0
    for point in range(1, LIMIT, 2):
        comes = Tenant(99 + point)
        world.put(comes, changes.renamed(f"Kanari {point}"), replace(leaves, end=-1))
        leaves = comes
        run = world.next_run()
        if worker.wait(worker.start(world.order(run, crash_at=point))) != CRASHED:
            break  # there are no more points: it came to its end
        is_retried = point % 4 == 1 and Progress.load(world.progress(run)).is_loading()
        retried += is_retried
        world.expire_lease()
        ran = world.run(resume=run if is_retried else None)
        assert ran.status == "ok", ran.why
        world.assert_mirrors()
    assert LEAST < point < LIMIT - 2
    assert retried > LEAST / 10
    world.heal()
    world.assert_idle()
