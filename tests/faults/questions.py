"""What runs have asked about, and a person who answers it."""

from datetime import timedelta

from include.ixhaus.contract.own import SP_FREIGABE, SP_FREIGABE_SATZ
from include.sync.approvals import decide
from include.vocabulary.clock import utc_now
from tests.faults.harness import Row, World
from tests.faults.run_steps import SYSTEM

BY = "hausverwaltung"


def questions(world: World, state: str = "open") -> list[Row]:
    """The questions that are in a state, oldest first."""
    return sorted(world.rows(SP_FREIGABE, state=state), key=lambda row: row["asked_at"])


def question(world: World) -> Row:
    """The one open question, its `items` with it: (record type, id) → what would happen and why."""
    (row,) = questions(world)
    items = world.rows(SP_FREIGABE_SATZ, approval=row["approval"])
    assert len(items) == row["count"]
    return row | {"items": {(one["record_type"], one["external_id"]): (one["kind"], one["reason"]) for one in items}}


def answer(world: World, *, approve: bool = True) -> None:
    """Answer all questions there are."""
    found = questions(world)
    assert found
    for row in found:
        holds, now = timedelta(hours=72), utc_now()
        assert decide(world.engine, SYSTEM, row["approval"], approve=approve, by=BY, holds=holds, now=now)


def pass_time(world: World) -> None:
    """Let every answer and every question be out of date."""
    world.sql("UPDATE SP_FREIGABE SET GUELTIG_BIS = '2000-01-01 00:00:00.000000'")
