"""A run dies before and after each of its side effects, one after the other; each time the next one mends it."""

from dataclasses import replace

import pytest

from tests.faults.harness import Tenant, Worker, World, tenants
from tests.faults.run_steps import CRASHED, Progress

LEAST, LIMIT = 40, 120


@pytest.mark.parametrize(("again", "step"), [("new run", 1), ("retry", 3)])
def test_a_run_may_die_at_any_point(world: World, worker: Worker, again: str, step: int) -> None:
    """Each round creates, changes and removes somebody; each dies a side effect later than the last and is mended.

    A retry is what Airflow does to a load; it cannot help a run that died before or after its loads.
    """
    leaves, changes = tenants(2)
    world.settle(leaves, changes, *(Tenant(100 + number, begin=1) for number in range(LIMIT)))
    world.configure(limits={"lease_seconds": 60})  # no renewals: the side effects are the same every time
    world.sandbox.behave(post_existing="duplicate")
    retried = 0
    for point in range(1, LIMIT, step):
        comes = Tenant(99 + point)
        world.put(comes, changes.renamed(f"Kanari {point}"), replace(leaves, end=-1))
        leaves = comes
        run = world.next_run()
        if worker.wait(worker.start(world.order(run, crash_at=point))) != CRASHED:
            break  # there are no more points: it came to its end
        world.expire_lease()
        is_retried = again == "retry" and Progress.load(world.progress(run)).is_loading()
        retried += is_retried
        ran = world.run(resume=run if is_retried else None)
        assert ran.status == "ok", ran.why
        world.assert_mirrors()
    assert LEAST < point < LIMIT - 1
    assert retried >= (8 if again == "retry" else 0)
    world.heal()
    world.assert_idle()
