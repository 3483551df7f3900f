"""Runs of a group that was added by the book, and its DAG."""

import runpy
from collections.abc import Iterator
from pathlib import Path

import pytest

from include.pages.frame_texts import FRAME
from include.sync import deliver
from tests.faults.harness import HOUSE, World, tenants
from tests.faults.run_steps import short_backoff
from tests.sandbox import SandboxProcess

ROOT = Path(__file__).parents[2]


@pytest.fixture
def world(tmp_path: Path, sandbox: SandboxProcess, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    made = World(tmp_path, sandbox)
    made.enter(monkeypatch)
    monkeypatch.setattr(deliver, "backoff", short_backoff)
    made.settle(*tenants(1))
    for number, label in (("7", "Keller"), ("8", None)):
        made.insert("SP_SCHLUESSEL", key_nr=number, property_nr=HOUSE, label=label)
    made.insert("SP_SCHLUESSEL", key_nr="9", property_nr="999", label="Nicht freigegeben")
    yield made
    made.assert_no_duplicates()


def counted(world: World) -> dict[str, int]:
    ran = world.run("keys")
    assert ran.status == "ok", ran.why
    names = ("created", "updated", "removed", "unchanged", "withheld", "invalid")
    return {name: number for name, number in zip(names, ran.counts(*names), strict=True) if number} | {
        "requests": len(ran.requests)
    }


def test_keys_come_into_the_portal_change_and_go(world: World) -> None:
    assert counted(world) == {"created": 2, "withheld": 1, "requests": 2}
    assert world.portal("keys") == {
        "7": {"id": "7", "propertyId": HOUSE, "number": "7", "label": "Keller"},
        "8": {"id": "8", "propertyId": HOUSE, "number": "8", "label": None},
    }
    assert counted(world) == {"unchanged": 2, "withheld": 1, "requests": 0}
    world.sql("UPDATE SP_SCHLUESSEL SET BEZEICHNUNG = 'Dach' WHERE SCHLUESSEL_NR = '7'")
    world.sql("DELETE FROM SP_SCHLUESSEL WHERE SCHLUESSEL_NR = '8'")
    assert counted(world) == {"updated": 1, "removed": 1, "withheld": 1, "requests": 2}
    assert {number: key["label"] for number, key in world.portal("keys").items()} == {"7": "Dach"}
    assert counted(world) == {"unchanged": 1, "withheld": 1, "requests": 0}
    assert [row["status"] for row in world.protocol() if row["group"] == "keys"] == ["ok"] * 4


def test_the_dag_has_the_steps_of_every_group(monkeypatch: pytest.MonkeyPatch) -> None:
    from airflow.sdk import DAG

    made: dict[str, set[str]] = {}

    def leave(dag: DAG, *_raised: object) -> None:
        made[dag.dag_id] = set(dag.task_ids)
        left(dag, None, None, None)  # type: ignore[no-untyped-call]

    left = DAG.__exit__
    monkeypatch.setattr(DAG, "__exit__", leave)
    runpy.run_path(str(ROOT / "dags" / "casavi_keys.py"))
    tasks = {"extract", "transform", "plan", "send_key.load", "remove_key.load", "protocol"}
    assert [tasks - made[name] for name in ("casavi_keys", "casavi_keys_test")] == [set(), set()]


def test_the_pages_call_a_key_a_key() -> None:
    assert (FRAME["group_keys"].german, FRAME["kind_key"].english) == ("Schlüssel", "Key")
