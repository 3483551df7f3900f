"""Outcomes that cannot be written, and outcomes that nobody waits for any more."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from functools import partial

import pytest
from sqlalchemy.exc import DatabaseError

from include.sync import acknowledge
from include.sync.acknowledge import Acknowledgements, open_acknowledgements
from include.sync.lease import acquire
from include.sync.ledger import LedgerStatements, Outcomes
from tests.faults.harness import World, tenants

FIRST, SECOND = (tenant.contact_id for tenant in tenants(2))


@pytest.fixture
def known(world: World) -> World:
    """Two persons in portal and ledger."""
    world.settle(*tenants(2))
    return world


@pytest.fixture(params=[0.0, 3600.0], ids=["in a thread", "here"], autouse=True)
def _where(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for the ledger in a thread of its own, as for a database that is far, and where the calls are made."""
    monkeypatch.setattr(acknowledge, "NEAR", request.param)


def doubt(external_id: str, outcomes: Outcomes) -> None:
    outcomes.doubt(external_id)


def open_for(world: World) -> Callable[[], AbstractAsyncContextManager[Acknowledgements]]:
    lease = acquire(world.engine, "production/persons", "test", 60)
    statements = LedgerStatements(world.engine.dialect)
    return partial(
        open_acknowledgements, world.engine, lease, partial(Outcomes, statements, "production", "contact", "test#1")
    )


def test_after_a_failed_transaction_nothing_more_is_written(known: World) -> None:
    """A later one could rest on what the failed one should have put on record."""
    known.sql(
        f"CREATE TRIGGER full BEFORE UPDATE ON SP_ABGLEICH WHEN new.SCHLUESSEL = '{FIRST}' "
        "BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END"
    )

    async def write() -> None:
        async with opened() as acknowledgements:
            for external_id in (FIRST, SECOND):
                with pytest.raises(DatabaseError):
                    await acknowledgements.commit(partial(doubt, external_id))

    opened = open_for(known)
    asyncio.run(write())
    assert known.ledger(SECOND)["hash"]


def test_what_was_answered_is_written_even_if_its_worker_is_gone(known: World) -> None:
    async def hand_over(acknowledgements: Acknowledgements) -> None:
        await acknowledgements.commit(partial(doubt, FIRST))

    async def write() -> None:
        async with opened() as acknowledgements:
            worker = asyncio.create_task(hand_over(acknowledgements))
            await asyncio.sleep(0)
            worker.cancel()

    opened = open_for(known)
    asyncio.run(write())
    assert known.ledger(FIRST)["hash"] is None
