"""What the ledger remembers of a content tells nobody what it was; one from before is sealed, and nobody notices."""

import re
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier

import pytest
from cryptography.fernet import Fernet

from include.casavi.connections import former_account_of
from include.groups import GROUPS
from include.groups.reconciliation import reconcile_system
from include.ixhaus.contract.own import SP_ABGLEICH, SP_POSITION
from include.ixhaus.secret import NAME
from include.sync import doubt, steps
from include.sync.contents import with_content
from include.sync.run import Request
from include.sync.sealing import secret_of
from tests.faults.harness import World, tenants
from tests.faults.run_steps import SYSTEM

PLAIN = re.compile("[0-9a-f]{32}")
HOME, BAD, NEXT = tenants(3, first=71)  # of no other test, as worlds that begin alike are copied


def unseal(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the ledger be as the releases left it that did not key it: so wrote the runs of `world`."""
    monkeypatch.undo()
    world.enter(monkeypatch)
    world.sql("DELETE FROM SP_POSITION WHERE NAME = ?", NAME)


def kept(world: World) -> list[str]:
    return [row[name] for row in world.rows(SP_ABGLEICH) for name in ("hash", "refused") if row[name]]


def test_a_ledger_from_before_is_sealed_and_nothing_is_sent_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(steps, "with_content", lambda decided, version, _: with_content(decided, version, None))
    monkeypatch.setattr(doubt, "account_of", lambda connection_id, _: former_account_of(connection_id))
    world.move_in(HOME, BAD, NEXT)
    world.sandbox.fault("status", "POST", "*", body_id=BAD.contact_id, status=422, times=None)
    world.run()
    assert all(map(PLAIN.fullmatch, kept(world)))
    unseal(world, monkeypatch)
    ran = world.run()
    assert (ran.requests, *ran.counts("unchanged", "outstanding")) == ([], 4, 1)
    assert not any(map(PLAIN.fullmatch, kept(world)))
    assert not any(PLAIN.search(row["value"]) for row in world.rows(SP_POSITION, name=NAME))
    world.put(HOME.renamed("Kanari, neu"))
    assert [one["method"] for one in world.run().requests] == ["PUT"]
    assert world.run().requests == []


def test_two_processes_that_begin_at_once_have_one_secret(world: World) -> None:
    world.sql("DELETE FROM SP_POSITION WHERE NAME = ?", NAME)
    begin = Barrier(4)

    def ask(_: int) -> bytes:
        begin.wait()
        return secret_of(world.engine, SYSTEM)

    with ThreadPoolExecutor(4) as pool:
        (secret,) = set(pool.map(ask, range(4)))
    assert secret not in str(world.rows(SP_POSITION)).encode()


def test_a_lost_secret_stops_everything_until_the_portal_was_looked_at(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from airflow.models.crypto import get_fernet

    world.settle(HOME, NEXT)
    monkeypatch.setenv("AIRFLOW__CORE__FERNET_KEY", Fernet.generate_key().decode())
    get_fernet.cache_clear()
    try:
        ran = world.run()
        assert (ran.status, ran.requests) == ("failed", [])
        assert "AIRFLOW__CORE__FERNET_KEY=new,former" in ran.why
        reconciled = partial(reconcile_system, SYSTEM, request=Request(), groups=list(GROUPS.values()))
        assert reconciled(run="casavi_reconcile/1", accept_account=True).xcom["status"] == "ok"
        assert [one["method"] for group in ("objects", "persons") for one in world.run(group).requests] == []
    finally:
        monkeypatch.undo()
        get_fernet.cache_clear()
