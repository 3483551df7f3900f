"""What becomes of the records when somebody pauses a DAG, clears a run or fills in a day, by Airflow's scheduler."""

import operator
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from include.ixhaus.database import open_engine
from include.lookup.runs import executions
from include.sync import flow, steps
from tests.dags.rig import Rig, airflow_run
from tests.dags.scheduling import all_paused, backfill, carry_out, clear, due, start, switched_on
from tests.dags.test_runs import TENANTS, counts, rename
from tests.ixhaus.test_faults import drivers_error

pytestmark = airflow_run
DAG = "casavi_persons"


class WorkerEndsError(BaseException):
    """Nobody catches it, as nobody does anything after a SIGKILL."""


@pytest.fixture(autouse=True)
def quiet(pools: None) -> Iterator[None]:
    """The scheduler has nothing to do but what the test switches on."""
    with all_paused():
        yield


def last_names(rig: Rig) -> set[str]:
    """Under which last names the portal shows the tenants."""
    return {rig.live("contacts")[key]["lastName"] for key in TENANTS}


def assert_each_once(rig: Rig) -> None:
    """The portal holds no record twice."""
    assert {kind: number["duplicates"] for kind, number in rig.portal.counts().items() if number["duplicates"]} == {}


@pytest.mark.rule("R52")
def test_a_paused_group_sends_nothing_and_the_first_event_after_the_pause_has_it_caught_up(synced: Rig) -> None:
    rename(synced, *TENANTS)
    assert synced.run("casavi_objects").state == "success"  # whose end starts persons
    assert (due(), synced.writes()) == ([], [])
    with switched_on(DAG):
        synced.run("casavi_objects")
        (started,) = due()
        assert started.startswith(f"{DAG}/asset_triggered__")
        assert counts(carry_out(synced, started)) == {"sent": len(TENANTS)}
    assert last_names(synced) == {"Neumuster"}
    assert_each_once(synced)


@pytest.mark.rule("R52")
def test_after_a_pause_one_run_by_the_clock_catches_up_however_many_were_missed(synced: Rig) -> None:
    rename(synced, *TENANTS)
    with switched_on(DAG):
        (started,) = due()
        assert started.startswith(f"{DAG}/scheduled__")
        assert counts(carry_out(synced, started)) == {"sent": len(TENANTS)}
        assert due() == []
    assert_each_once(synced)


@pytest.mark.rule("R51")
def test_a_cleared_run_is_done_again_under_a_row_of_its_own_and_sends_nothing_twice(synced: Rig) -> None:
    rename(synced, *TENANTS)
    first = synced.run(DAG)
    assert counts(first) == {"sent": len(TENANTS)}
    synced.portal.forget_requests()
    clear(DAG, first.run)
    assert start() == []  # of a paused DAG
    with switched_on(DAG):
        assert start() == [f"{DAG}/{first.run}"]
        again = carry_out(synced, f"{DAG}/{first.run}")
    assert (again.state, counts(again), synced.writes()) == ("success", {}, [])
    rows = executions(open_engine("ixhaus_production"), "production", DAG, first.run)
    assert [(row["status"], row["sent"]) for row in rows] == [("ok", 0), ("ok", len(TENANTS))]
    assert_each_once(synced)


def test_clearing_single_tasks_of_an_ended_run_sends_nothing_and_says_what_to_do(synced: Rig) -> None:
    rename(synced, *TENANTS)
    first = synced.run(DAG)
    synced.portal.forget_requests()
    clear(DAG, first.run, "send_contact.load", "protocol")
    with switched_on(DAG):
        again = carry_out(synced, *start())
    assert (again.failed, synced.portal.requests()) == ({"send_contact.load", "protocol"}, [])
    assert "clear the whole run, not single tasks of it" in again.protocol["reason"]
    assert synced.last_protocol()["sent"] == len(TENANTS)  # the row of the run says what it did


def test_a_backfill_sends_what_changed_on_its_days_as_it_is_now(synced: Rig) -> None:
    rename(synced, *TENANTS)
    assert synced.run(DAG).state == "success"
    for day, key in zip(("17", "18", "25"), TENANTS, strict=True):
        synced.sql(f"UPDATE SP_PERSON SET GEAENDERT_AM = '2026-02-{day} 12:00:00' WHERE PERSON_SCHLUESSEL = ?", key)
    backfill(DAG, datetime(2026, 2, 16, 12, tzinfo=UTC), datetime(2026, 2, 18, 11, tzinfo=UTC))
    with switched_on(DAG):
        for key in TENANTS[:2]:
            synced.portal.forget_requests()
            (started,) = start()
            assert started.startswith(f"{DAG}/backfill__")
            assert counts(carry_out(synced, started)) == {"sent": 1}
            assert synced.writes() == [("PUT", f"/contacts/{key}")]
        assert start() == []
    assert last_names(synced) == {"Neumuster"}
    assert_each_once(synced)


@pytest.mark.rule("R51")
@pytest.mark.parametrize("point", ["protocol.close_run", "log_pages", "Staging.clear"])
@pytest.mark.parametrize("ending", [WorkerEndsError(), drivers_error("ORA-12541")], ids=["worker", "database"])
def test_the_end_of_a_run_is_told_once_more_where_it_was_interrupted(
    synced: Rig, monkeypatch: pytest.MonkeyPatch, point: str, ending: BaseException
) -> None:
    monkeypatch.setattr(flow, "RETRY_DELAY", timedelta(0))
    rename(synced, *TENANTS)
    whole, interruptions = operator.attrgetter(point)(steps), iter([ending])

    def interrupted(*given: Any, **named: Any) -> Any:
        for once in interruptions:
            raise once
        return whole(*given, **named)

    monkeypatch.setattr(f"include.sync.steps.{point}", interrupted)
    with switched_on("casavi_documents"):
        run = synced.run(DAG)
        assert [one.partition("/")[0] for one in due()] == ["casavi_documents"]
    assert next(interruptions, None) is None
    assert (run.state, run.failed) == ("success", set())
    assert (counts(run), run.protocol["status"]) == ({"sent": len(TENANTS)}, "ok")
    assert (synced.last_protocol()["sent"], synced.last_protocol()["status"]) == (len(TENANTS), "ok")
    assert synced.staged() == []
    assert synced.sql("SELECT INHABER FROM SP_SPERRE WHERE NAME = 'production/persons'") == [(None,)]
