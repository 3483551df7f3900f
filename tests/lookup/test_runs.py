"""What is read from the protocol: runs by day, system and group, all of them, and how each group stands."""

import sqlite3
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import sqlglot
from sqlalchemy import Engine, event

from include.ixhaus.contract.own import SP_ABGLEICH, SP_PROTOKOLL, SP_PROTOKOLL_EINTRAG, SP_SPERRE
from include.ixhaus.database import engine_on
from include.lookup import runs
from include.lookup.asked import Asked, at_work, last_asked
from include.lookup.days import Trouble, trouble_per_day
from include.lookup.kept import with_kept
from include.lookup.runs import (
    Selection,
    active_systems,
    count_runs,
    dag_run_of,
    executions,
    find_run,
    find_runs,
    runs_behind,
)
from include.settings import load_each
from include.sync.lease import acquire
from include.sync.protocol import Counts, Entry, RunKey, add_entries, close_run, open_run
from include.vocabulary.state import Level, RunStatus
from tests.ixhaus.oracle import FakeOracle

NOVEMBER_24 = date(2026, 11, 24)


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    engine = engine_on(lambda: sqlite3.connect(tmp_path / "ixhaus.db"))
    SP_PROTOKOLL.metadata.create_all(engine, [SP_ABGLEICH, SP_PROTOKOLL, SP_PROTOKOLL_EINTRAG, SP_SPERRE])
    return engine


def berlin(text: str) -> datetime:
    """A winter time of day in Germany."""
    return datetime.fromisoformat(f"{text}+01:00").astimezone(UTC)


def add(
    engine: Engine, when: datetime, *found: Entry, system: str = "production", group: str = "persons", run: str = "",
    status: str = "ok", **counts: int,
) -> str:  # fmt: skip
    """A finished run of 90 seconds; returns its name."""
    key = RunKey(system, group, run or f"casavi_{group}/scheduled__{when.isoformat()}#1")
    open_run(engine, key, when)
    close_run(engine, key, Counts(**counts), RunStatus(status), "", when + timedelta(seconds=90))
    with engine.begin() as connection:
        add_entries(connection, key, found, when)
    return key.name


def selected(engine: Engine, selection: Selection) -> list[str]:
    found = [run["run"] for run in find_runs(engine, selection, 100)]
    assert count_runs(engine, selection) == len(found)
    return found


@pytest.mark.rule("R7")
def test_a_mistake_in_one_systems_settings_leaves_the_other_active(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = "active: true\nproperties: 100\nperson_types: [Mieter]\nportal_access_lead_days: 1\nreport_user: '007'\n"
    given += "post_author: verwaltung\n"
    monkeypatch.setattr(runs, "load_each", partial(load_each, tmp_path))
    (tmp_path / "test.yaml").write_text(given, encoding="utf-8")
    (tmp_path / "production.yaml").mkdir()
    assert active_systems() == {"test": "ixhaus_test"}


@pytest.mark.rule("R51")
def test_a_day_is_a_day_in_germany(engine: Engine) -> None:
    first = add(engine, berlin("2026-11-24T00:00:00"))
    last = add(engine, berlin("2026-11-24T23:59:59"))
    add(engine, berlin("2026-11-23T23:59:59"))
    add(engine, berlin("2026-11-25T00:00:00"))
    assert selected(engine, Selection(first=NOVEMBER_24, last=NOVEMBER_24)) == [last, first]


@pytest.mark.rule("R51")
def test_runs_are_found_by_system_and_group(engine: Engine) -> None:
    ours = add(engine, berlin("2026-11-24T02:00"), group="objects")
    add(engine, berlin("2026-11-24T02:10"), group="persons")
    tests = add(engine, berlin("2026-11-24T02:20"), group="objects", system="test")
    assert selected(engine, Selection(group="objects")) == [tests, ours]
    assert selected(engine, Selection(group="objects", system="production")) == [ours]


@pytest.mark.parametrize("what", [{"sent": 1}, {"errors": 1}, {"invalid": 1}, {"status": "failed"}])
def test_runs_worth_a_look_sent_something_or_went_wrong(engine: Engine, what: dict[str, Any]) -> None:
    add(engine, berlin("2026-11-24T02:00"), read=100, unchanged=100)
    notable = add(engine, berlin("2026-11-24T02:05"), **what)
    assert selected(engine, Selection(is_notable=True)) == [notable]


def test_pages_of_runs_follow_each_other(engine: Engine) -> None:
    names = [add(engine, berlin(f"2026-11-24T0{hour}:00")) for hour in range(5)]
    found = [find_runs(engine, Selection(), 2, offset)[0]["run"] for offset in (0, 2, 4)]
    assert found == [names[4], names[2], names[0]]


def test_a_run_has_its_counts_and_its_duration(engine: Engine) -> None:
    name = add(engine, berlin("2026-11-24T02:00"), read=9, sent=3, created=2, removed=1)
    run = find_run(engine, "production", name)
    assert run
    assert (run["read"], run["sent"], run["created"], run["removed"], run["seconds"]) == (9, 3, 2, 1, 90.0)
    assert find_run(engine, "test", name) is None


def test_a_cleared_run_has_a_row_for_each_execution(engine: Engine) -> None:
    twice = [
        add(engine, berlin(f"2026-11-24T0{token}:00"), run=f"casavi_persons/manual__%_1#{token}") for token in (2, 3)
    ]
    add(engine, berlin("2026-11-24T04:00"), run="casavi_persons/manual__%_11#4")
    add(engine, berlin("2026-11-24T05:00"), run="casavi_persons/manual__xx1#5")
    found = executions(engine, "production", "casavi_persons", "manual__%_1")
    assert [run["run"] for run in found] == twice[::-1]


def test_the_name_of_a_protocol_row_leads_to_its_dag_run() -> None:
    run_id = "scheduled__2026-11-24T01:00:00+00:00"
    assert dag_run_of(f"casavi_persons/{run_id}#17") == ("casavi_persons", run_id)


def test_all_selected_runs_are_read_in_parts(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "AT_ONCE", 2)
    same = berlin("2026-11-24T03:00")
    names = [add(engine, same, run=f"casavi_persons/manual__{number}#1") for number in range(3)]
    names += [add(engine, berlin(f"2026-11-24T0{hour}:00")) for hour in (2, 1)]
    add(engine, berlin("2026-11-23T01:00"))
    found: list[dict[str, Any]] = []
    while part := runs_behind(engine, Selection(first=NOVEMBER_24), found[-1] if found else None):
        found += part
    assert [run["run"] for run in found] == [*names[2::-1], *names[3:]]


@pytest.mark.rule("R51")
def test_a_day_has_the_numbers_of_its_worst_run(engine: Engine) -> None:
    add(engine, berlin("2026-11-24T00:00"), errors=1, invalid=5)
    add(engine, berlin("2026-11-24T23:59"), errors=2, invalid=3)
    add(engine, berlin("2026-11-24T12:00"), errors=900, status="dry_run")
    add(engine, berlin("2026-11-24T12:00"), errors=900, system="test")
    add(engine, berlin("2026-10-26T00:00"), invalid=1, group="objects")
    add(engine, berlin("2026-10-25T23:59"), errors=900, group="documents")
    found = trouble_per_day(engine, "production", NOVEMBER_24, days=30)
    assert list(found) == ["objects", "persons"]
    assert [one.day for one in found["persons"]] == [NOVEMBER_24 - timedelta(days=29 - number) for number in range(30)]
    assert found["objects"][0] == Trouble(date(2026, 10, 26), 1, 0, 1)
    assert found["persons"][-2:] == [Trouble(date(2026, 11, 23), 0, 0, 0), Trouble(NOVEMBER_24, 2, 2, 5)]


def test_a_day_of_25_hours_is_one_day(engine: Engine) -> None:
    for hour in range(25):
        began = datetime(2026, 10, 24, 22, tzinfo=UTC) + timedelta(hours=hour)  # midnight in summer time
        add(engine, began)
    (days,) = trouble_per_day(engine, "production", date(2026, 10, 26), days=3).values()
    assert [one.runs for one in days] == [0, 25, 0]


def numbers(engine: Engine, name: str) -> tuple[int | None, int | None]:
    """What was held back for a person, and by the rules."""
    with engine.connect() as connection:
        (run,) = with_kept(connection, "production", find_runs(engine, Selection(), 1))
    assert run["run"] == name
    return run["guarded"], run["by_rule"]


@pytest.mark.rule("E36")
def test_what_the_guard_kept_is_told_apart_from_what_the_rules_withhold(engine: Engine) -> None:
    when = berlin("2026-11-24T02:00")
    found = [
        Entry("contact", "P1", Level.GUARDED, "REMOVAL_GUARD"),
        Entry("contact", "P2", Level.GUARDED, "REMOVAL_REJECTED"),
        Entry("contract", "V1", Level.WITHHELD, "PARENT_NOT_IN_PORTAL"),
    ]
    assert numbers(engine, add(engine, when, *found, withheld=10)) == (2, 8)
    preview = add(engine, when + timedelta(hours=1), withheld=10, status="dry_run")
    assert numbers(engine, preview) == (None, None)
    compared = add(engine, when + timedelta(hours=2), withheld=10, group="reconcile")
    assert numbers(engine, compared) == (None, None)


def standing(engine: Engine, group: str) -> Asked:
    return next(one for one in last_asked(engine, "production") if one.group == group)


@pytest.mark.rule("R51")
def test_a_group_was_last_asked_by_the_run_that_asked(engine: Engine) -> None:
    whole = add(engine, berlin("2026-11-24T02:00"), invalid=7)
    about_one = add(engine, berlin("2026-11-24T03:00"), run="casavi_persons/manual__1#2")
    add(engine, berlin("2026-11-24T04:00"), run="casavi_persons/manual__2#0", status="failed")
    newest = add(engine, berlin("2026-11-24T05:00"), status="skipped")
    add(engine, berlin("2026-11-24T06:00"), group="objects")
    found = standing(engine, "persons")
    assert [one and one["run"] for one in (found.asked, found.newest, found.whole)] == [about_one, newest, whole]
    never = standing(engine, "documents")
    assert (never.asked, never.newest, never.whole) == (None, None, None)


@pytest.mark.rule("R53")
def test_a_run_is_at_work_while_it_holds_its_lease(engine: Engine) -> None:
    lease = acquire(engine, "production/persons", "casavi_persons/manual__1", 60)
    acquire(engine, "test/persons", "casavi_persons_test/manual__1", 60)
    now = datetime.now(UTC)
    assert at_work(engine, "production", now) == {"casavi_persons/manual__1#1"}
    assert at_work(engine, "production", now + timedelta(seconds=90)) == set()
    lease.release(engine)
    assert at_work(engine, "production", now) == set()


def test_what_is_asked_is_oracle_without_values() -> None:
    server = FakeOracle({table.name: (table.columns.keys(), []) for table in (SP_PROTOKOLL, SP_PROTOKOLL_EINTRAG)})
    engine = engine_on(server.connect)
    said: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda _c, _u, statement, *_: said.append(statement))
    everything = Selection(NOVEMBER_24, NOVEMBER_24, "production", "persons", is_notable=True)
    find_runs(engine, everything, 50, 100)
    trouble_per_day(engine, "production", NOVEMBER_24)
    runs_behind(engine, everything, {"queried_at": "2026-11-24T00:00:00+00:00", "run": "run"})
    executions(engine, "production", "casavi_persons", "manual__1")
    queries = [statement for statement in said if statement.startswith("SELECT")]
    assert len(queries) == 4
    for statement in queries:
        sqlglot.parse_one(statement, dialect="oracle")
        assert "2026" not in statement
        assert "persons" not in statement
