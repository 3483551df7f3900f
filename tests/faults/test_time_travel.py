"""From any combination of an old iX-Haus, an old ledger and an old portal, one reconciliation, one approval and one run
end in what the rules say: nobody in who must be out, nobody out who must be in, nothing twice.
"""

import logging
import os
import random

import pytest

from tests.faults.desk import Desk
from tests.faults.harness import tenants
from tests.faults.papers import Archive
from tests.faults.travel import Walk

TRIPS = 20
FIRST = os.environ.get("TRAVEL_FROM")
"""The first walk's number, where `make soak` takes others than those of every test run."""
WALKS = range(int(FIRST), int(FIRST) + 6) if FIRST else (0, 2, 5)
"""Each of every test run meets another portal, and together they meet all that the settings tell apart."""


@pytest.mark.parametrize("seed", WALKS)
def test_any_three_moments_end_in_what_the_rules_say(
    archive: Archive, seed: int, caplog: pytest.LogCaptureFixture
) -> None:
    for name in ("include", "aiohttp", "asyncio"):  # a hundred runs: what they say below a warning is held elsewhere
        caplog.set_level(logging.WARNING, logger=name)
    chance = random.Random(seed)
    walk = Walk(archive, Desk(archive.world, tenants(1)[0]), chance)
    answers: dict[str, object] = {
        "deleted_id": chance.choice(["taken", "free"]),
        "post_on_known_id": chance.choice(["doubles", "refused", "updates"]),
        "omitted_field": chance.choice(["cleared", "stays"]),
        "comments_can_be_deleted": True,
    }
    archive.sandbox.answer(**answers)
    archive.world.configure(portal=answers)
    walk.go()
    for _ in range(TRIPS):
        erp, ledger, portal = (chance.choice(walk.moments) for _ in range(3))
        walk.put_together(erp, ledger, portal)
        try:
            walk.mend()
            walk.assert_as_the_rules_say(erp)
        except AssertionError as error:
            error.add_note(f"seed {seed}: iX-Haus of {erp.name}, ledger of {ledger.name}, portal of {portal.name}")
            raise
