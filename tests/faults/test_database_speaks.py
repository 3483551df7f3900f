"""A database that fails says so in one sentence, wherever the run was: in the protocol, in the log and in the XCom."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from airflow.sdk.exceptions import AirflowException, AirflowFailException, AirflowSkipException
from sqlalchemy import Engine, event
from sqlalchemy.exc import DBAPIError

from include.erasure.housekeeping import tidy
from include.groups import GROUPS
from include.ixhaus.contract.own import SP_PROTOKOLL, SP_PROTOKOLL_EINTRAG, SP_SPERRE
from include.ixhaus.database import open_engine
from include.ixhaus.faults import sentence
from include.settings import ConfigurationError, load_settings
from include.sync import flow, steps
from include.sync.lease import Lease
from include.sync.protocol import count_names
from include.sync.run import Request
from include.vocabulary.clock import to_utc_column, utc_now
from include.vocabulary.reasons import explain
from tests.faults.desk import Desk
from tests.faults.harness import CANARY, Row, World
from tests.faults.run_steps import SYSTEM
from tests.ixhaus.test_faults import drivers_error

SECONDS = 0.7
"""How long a call of the database may take here, so that nobody waits long for a lock."""
HOLDERS = "FROM v$session WHERE blocking_session IS NOT NULL"


class Task:
    """What Airflow gives a task: here somewhere to leave an XCom."""

    def __init__(self) -> None:
        self.left: Row = {}

    def xcom_push(self, key: str, value: object) -> None:
        self.left[key] = value


@pytest.fixture
def task(monkeypatch: pytest.MonkeyPatch) -> Task:
    task = Task()
    monkeypatch.setattr(flow, "get_current_context", lambda: {"ti": task})
    return task


@pytest.fixture
def engine(world: World) -> Engine:
    """The engine that runs of this process use."""
    world.configure(limits={"database_seconds": SECONDS})
    return open_engine("ixhaus_production", SECONDS)


def oracle_fails(engine: Engine, number: str, at: str, times: int = 1) -> None:
    """Let statements that contain `at` fail as Oracle does, so many times."""
    left = iter(range(times))

    @event.listens_for(engine, "before_cursor_execute")
    def fail(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if at in statement and next(left, None) is not None:
            error = drivers_error(number)
            raise DBAPIError.instance(statement, {}, error, type(error).__mro__[1], hide_parameters=True)


def begin() -> Any:
    """What extract and the exchange do first."""
    return steps.begin(GROUPS["persons"], SYSTEM, "casavi_persons/1", Request())


def spoken_by(act: Callable[[], object]) -> Exception:
    """What a task that does this ends with."""
    with pytest.raises(AirflowException) as caught, flow.spoken():
        act()
    return caught.value


def assert_told(world: World, error: Exception, task: Task, number: str) -> None:
    """The task's log, its XCom and the protocol say the same; nobody holds the lease, and nothing was written."""
    (row,) = world.protocol()
    assert (row["status"], row["reason"]) == ("failed", task.left["why"])
    assert row["reason"].startswith(f"{number}: ")
    assert row["reason"].endswith(".")
    assert str(error).startswith(f"{number}: ")
    assert not world.is_leased()
    written = [one for one in world.sandbox.requests() if one["method"] != "GET" and one["path"] != "/authenticate"]
    assert written == []


# before the protocol is open


@pytest.mark.rule("R51")
def test_a_view_that_is_not_granted_is_told(world: World, engine: Engine, task: Task) -> None:
    oracle_fails(engine, "ORA-00942", "SP_EINSTELLUNG")
    error = spoken_by(begin)
    assert type(error) is AirflowFailException
    assert_told(world, error, task, "ORA-00942")


@pytest.mark.rule("R51")
def test_a_missing_view_of_the_embedded_database_is_told(world: World, engine: Engine, task: Task) -> None:
    world.sql("DROP TABLE SP_EINSTELLUNG")
    error = spoken_by(begin)
    assert_told(world, error, task, "SQLITE_ERROR")
    assert "(SP_EINSTELLUNG)" in str(error)


@pytest.mark.rule("R53", "R51")
def test_a_lease_whose_row_is_locked_is_told_with_the_way_to_the_holder(
    world: World, engine: Engine, task: Task
) -> None:
    oracle_fails(engine, "DPY-4024", 'INTO "SP_SPERRE"')
    error = spoken_by(begin)
    assert type(error) is AirflowException, "a later attempt may succeed"
    assert_told(world, error, task, "DPY-4024")
    assert HOLDERS in str(error)
    assert HOLDERS in task.left["why"]


@pytest.mark.rule("R53", "R51")
def test_an_embedded_database_that_somebody_holds_is_told(world: World, engine: Engine, task: Task) -> None:
    with closing(sqlite3.connect(world.database, isolation_level=None, check_same_thread=False)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        event.listen(engine, "handle_error", lambda _: holder.rollback() if holder.in_transaction else None)
        error = spoken_by(begin)
    assert type(error) is AirflowException
    assert_told(world, error, task, "SQLITE_BUSY")


@pytest.mark.rule("R53", "R51")
@pytest.mark.parametrize("times", [1, 2])
def test_a_protocol_that_cannot_be_opened_leaves_the_lease_free(
    world: World, engine: Engine, task: Task, times: int
) -> None:
    oracle_fails(engine, "ORA-01653", 'INTO "SP_PROTOKOLL"', times)
    error = spoken_by(begin)
    assert str(error).startswith("ORA-01653: the tablespace is full; the database administrator (DBA) must enlarge")
    assert not world.is_leased()
    assert [row["status"] for row in world.protocol()] == (["failed"] if times == 1 else [])
    assert [row["token"] for row in world.rows(SP_SPERRE)] == [1]
    world.heal()


@pytest.mark.rule("R51")
def test_a_read_that_breaks_is_told_and_closed(world: World, engine: Engine, task: Task) -> None:
    oracle_fails(engine, "ORA-01555", "SP_PERSON")
    error = spoken_by(lambda: steps.extract(GROUPS["persons"], SYSTEM, "casavi_persons/1", Request()))
    assert type(error) is AirflowException
    assert_told(world, error, task, "ORA-01555")
    world.heal()


# what is tried again


@pytest.mark.parametrize(
    ("number", "is_retried"),
    [("DPY-4011", True), ("ORA-00060", True), ("ORA-12541", True), ("ORA-01017", False), ("ORA-01653", False),
     ("ORA-00942", False), ("ORA-01722", False)],
)  # fmt: skip
def test_only_a_fault_that_may_pass_is_tried_again(task: Task, number: str, is_retried: bool) -> None:
    failed = drivers_error(number)

    def fail() -> None:
        raise failed

    error = spoken_by(fail)
    assert type(error) is (AirflowException if is_retried else AirflowFailException)
    assert (str(error), task.left) == (sentence(failed, "en"), {"why": sentence(failed, "de")})
    assert (error.__cause__, error.__suppress_context__) == (None, True)


def test_what_a_person_must_mend_is_not_tried_again(task: Task) -> None:
    def fail() -> None:
        raise ConfigurationError("write 7")

    error = spoken_by(fail)
    assert (type(error), str(error), task.left) == (AirflowFailException, "write 7", {"why": "write 7"})


def test_anything_else_stays_as_it_is(task: Task) -> None:
    for error in (AirflowSkipException("skip"), KeyError("mistake")):
        with pytest.raises(type(error)) as caught, flow.spoken():
            raise error
        assert caught.value is error
    assert task.left == {}


def test_a_connection_to_something_else_is_told(world: World, task: Task, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_IXHAUS_PRODUCTION", '{"conn_type": "http", "host": "https://erp.example"}')
    error = spoken_by(begin)
    assert str(error) == "the iX-Haus connection leads to http; use a connection of type oracle or sqlite"


@pytest.mark.rule("R9")
def test_a_connection_that_does_not_exist_is_told(world: World, task: Task, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AIRFLOW_CONN_IXHAUS_PRODUCTION")
    error = spoken_by(begin)
    assert str(error).startswith("Airflow connection ixhaus_production: it does not exist")


# the lease


@pytest.mark.rule("R53", "R51")
def test_who_works_is_named_in_the_protocol(world: World, engine: Engine) -> None:
    now = to_utc_column(utc_now()) + timedelta(days=365)
    world.insert("SP_SPERRE", name=f"{SYSTEM}/persons", holder="casavi_persons/other", token=7, valid_until=now)
    with Lease(f"{SYSTEM}/persons", "casavi_persons/other", 7, 0.3).kept_alive(engine):
        ran = world.run()
    assert ran.status == "skipped"
    assert [row["reason"] for row in world.protocol()] == [f"{explain('BUSY')} (casavi_persons/other)"]
    assert [row["holder"] for row in world.rows(SP_SPERRE)] == ["casavi_persons/other"]


@pytest.mark.rule("R53")
def test_a_dead_run_whose_clock_was_a_year_ahead_holds_nobody_up(world: World) -> None:
    ahead = to_utc_column(utc_now()) + timedelta(days=365)
    world.insert("SP_SPERRE", name=f"{SYSTEM}/persons", holder="casavi_persons/dead", token=7, valid_until=ahead)
    assert world.run().status == "ok"
    assert [(row["holder"], row["token"]) for row in world.rows(SP_SPERRE)] == [(None, 8)]


# what nobody may read


@pytest.mark.rule("R51")
def test_no_bound_value_is_told(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    """A report from the portal violates a constraint of the ERP's, whose message quotes it as Oracle's may."""
    desk.settle()
    file = ("a.txt", "text/plain", b"x")
    desk.sandbox.tenant_files(desk.tenant.contact_id, "ANFRAGE", f"{CANARY} Heizung", f"{CANARY} friert", file=file)
    desk.world.sql(
        "CREATE TRIGGER ours BEFORE INSERT ON SP_MELDUNG "
        "BEGIN SELECT RAISE(ABORT, 'kanari friert violates the constraint'); END"
    )
    done = desk.run().ending
    assert done.xcom["status"] == "errors"
    assert [row["reason"] for row in desk.world.rows(SP_PROTOKOLL_EINTRAG, level="error")] == ["TICKET_ODD"]
    assert "SQLITE_CONSTRAINT_TRIGGER: a row violates a constraint" in caplog.text
    for text in (caplog.text, str(done), str(desk.world.protocol()), str(desk.world.rows(SP_PROTOKOLL_EINTRAG))):
        assert CANARY not in text.lower()


# what is forgotten


@pytest.fixture
def old(world: World) -> Callable[..., None]:
    """Writes runs into the protocol that ended days ago, with an entry each."""

    def write(name: str, days: int, status: str, **counts: int) -> None:
        at = to_utc_column(datetime.now(UTC) - timedelta(days=days))
        numbers = dict.fromkeys(count_names(), 0) | counts
        world.insert(
            "SP_PROTOKOLL", system=SYSTEM, run=name, group="persons", status=status, queried_at=at, ended_at=at,
            **numbers,
        )  # fmt: skip
        world.insert(
            "SP_PROTOKOLL_EINTRAG", system=SYSTEM, run=name, record_type="contact", external_id="1.1", reason="X",
            level="warning", text="x", at=at,
        )  # fmt: skip

    return write


def tidied(world: World) -> int:
    """How many runs the nightly housekeeping deletes."""
    return tidy(load_settings(SYSTEM, world.folder / "config"), utc_now())["runs"]


@pytest.mark.rule("R51")
def test_old_runs_are_forgotten_those_without_effect_sooner(world: World, old: Callable[..., None]) -> None:
    world.configure(retention={"protocol_days": 100, "idle_days": 10})
    for status in ("ok", "skipped", "dry_run"):
        old(f"{status} idle", 11, status)
        old(f"{status} recent", 9, status)
    old("sent something", 11, "ok", sent=1)
    old("found something", 11, "ok", invalid=1)
    for status in ("errors", "failed", "aborted"):
        old(f"{status} old", 99, status)
        old(f"{status} too old", 101, status)
    old("sent long ago", 101, "ok", sent=1)
    assert tidied(world) == 7
    kept = {f"{status} recent" for status in ("ok", "skipped", "dry_run")} | {"sent something", "found something"}
    kept |= {f"{status} old" for status in ("errors", "failed", "aborted")}
    assert {row["run"] for row in world.rows(SP_PROTOKOLL)} == kept
    assert {row["run"] for row in world.rows(SP_PROTOKOLL_EINTRAG)} == kept


@pytest.mark.rule("R7")
def test_another_systems_runs_are_not_forgotten(world: World, old: Callable[..., None]) -> None:
    old("other", 9999, "ok")
    for table in ("SP_PROTOKOLL", "SP_PROTOKOLL_EINTRAG"):
        world.sql(f"UPDATE {table} SET SYSTEM = 'test'")
    assert tidied(world) == 0
    assert {row["run"] for row in world.rows(SP_PROTOKOLL, system="test")} == {"other"}
