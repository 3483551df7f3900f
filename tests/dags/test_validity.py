"""The DAG files as Airflow sees them: parsed with no connection configured, complete, small and light."""

import json
import os
import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pendulum
import pytest
from airflow.dag_processing.dagbag import DagBag
from airflow.sdk import DAG, Asset, AssetAny, AssetOrTimeSchedule, CronDataIntervalTimetable
from airflow.serialization.encoders import coerce_to_core_timetable
from airflow.timetables.base import DataInterval, TimeRestriction

from include.groups import RUNS
from include.sync.flow import GUARDED, RETRIES
from include.vocabulary.addresses import pages_of
from tests.dags.conftest import SYNCED

ROOT = Path(__file__).parents[2]
SYNC = [f"casavi_{group}{suffix}" for group in SYNCED for suffix in ("", "_test")]
EXCHANGE = ["casavi_reports", "casavi_reports_test"]
RECONCILE = ["casavi_reconcile", "casavi_reconcile_test"]
OTHERS = [
    "casavi_release_removals", "casavi_doctor", "casavi_alerts", "casavi_housekeeping", "casavi_morning",
    "casavi_morning_test", "casavi_forget",
]  # fmt: skip
PARAMS = ["properties", "dry_run", "resend"]
HEAVY = {"pandas", "pyarrow", "sqlalchemy", "aiohttp", "oracledb", "phonenumbers"}
PARSE = """
import json
from airflow.dag_processing.dagbag import DagBag
bag = DagBag({dags!r})
print(json.dumps([bag.import_errors, {{name: repr(dag.timetable) for name, dag in bag.dags.items()}}]))
"""
RUN = """
import json
from airflow.dag_processing.dagbag import DagBag
from airflow.utils.db import initdb
initdb()
dag = DagBag({dags!r}).dags[{dag_id!r}]
run = dag.test(run_conf={{"properties": "100", "dry_run": True}})
about = {{"tags": sorted(dag.tags), "docs": dag.doc_md, "params": list(dag.params), "owner": dag.owner}}
states = {{ti.task_id: str(ti.state) for ti in run.get_task_instances()}}
print(json.dumps([str(run.state), states, about]))
"""


@pytest.fixture(scope="module")
def bag() -> DagBag:
    with pytest.MonkeyPatch.context() as environment:
        for name in [name for name in os.environ if name.startswith("AIRFLOW_CONN_")]:
            environment.delenv(name)
        return DagBag(str(ROOT / "dags"))


def test_every_file_parses_without_any_connection(bag: DagBag) -> None:
    assert bag.import_errors == {}
    assert set(bag.dags) == {*SYNC, *EXCHANGE, *RECONCILE, *OTHERS}


def test_every_dag_says_who_it_belongs_to_and_what_to_do_when_it_is_red(bag: DagBag) -> None:
    for dag in bag.dags.values():
        assert dag.owner == "serviceportal", dag.dag_id
        assert "serviceportal" in dag.tags, dag.dag_id
        assert dag.catchup is False, dag.dag_id
        assert (dag.doc_md or "").strip().startswith("### casavi_"), dag.dag_id
        assert re.search(r"\n\nServiceportal: \[\S+\]\(/serviceportal/\w+", dag.doc_md or ""), dag.dag_id


def test_whoever_looks_for_a_dag_finds_it_by_its_group_or_by_what_it_is_for(bag: DagBag) -> None:
    told = {"alerts": "alerts", "morning": "alerts", "doctor": "operation", "housekeeping": "operation",
            "forget": "privacy", "release_removals": "approvals"}  # fmt: skip
    for name, dag in bag.dags.items():
        group = name.removeprefix("casavi_").removesuffix("_test")
        assert dag.tags - {"serviceportal", "production", "test"} == {told.get(group, group)}, name


@pytest.mark.parametrize("name", SYNC)
def test_a_sync_dag_is_complete(bag: DagBag, name: str) -> None:
    dag = bag.dags[name]
    system, group = (
        "test" if name.endswith("_test") else "production",
        name.removeprefix("casavi_").removesuffix("_test"),
    )
    assert dag.tags == {"serviceportal", system, group}
    assert dag.max_active_runs == 1
    triage = (dag.doc_md or "").partition("#### Triage")[2]
    assert all(f"[{page}]({address})" in triage for page, address in pages_of(system, group).items())
    assert all(f"`{task}`" in triage for task in ("extract", "load", "protocol"))
    assert list(dag.params) == PARAMS
    assert {"extract", "transform", "plan", "protocol"} <= set(dag.task_dict)


def test_every_task_is_begun_again_where_its_worker_ends(bag: DagBag) -> None:
    tasks = [task for dag in bag.dags.values() for task in dag.tasks]
    assert [(task.dag_id, task.task_id) for task in tasks if (task.retries or 0) < RETRIES] == []


def test_no_task_runs_for_ever(bag: DagBag) -> None:
    for dag in bag.dags.values():
        if dag.dag_id in (*SYNC, *EXCHANGE):
            assert {task.execution_timeout for task in dag.tasks} == {timedelta(minutes=240)}, dag.dag_id


@pytest.mark.parametrize("name", EXCHANGE)
def test_reports_are_exchanged_in_one_task(bag: DagBag, name: str) -> None:
    dag = bag.dags[name]
    assert set(dag.task_dict) == {"exchange"}
    assert (dag.max_active_runs, list(dag.params)) == (1, PARAMS)
    assert "#### Triage" in (dag.doc_md or "")


@pytest.mark.parametrize("path", sorted((ROOT / "dags").glob("*.py")), ids=lambda path: path.stem)
def test_a_dag_file_is_wiring_only(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 80


def test_dag_files_import_nothing_heavy() -> None:
    names = [path.stem for path in (ROOT / "dags").glob("*.py")]
    program = (
        "import sys, airflow.sdk; before = set(sys.modules)\n"
        f"sys.path.insert(0, 'dags'); import {', '.join(names)}\n"
        "print(*sorted({name.partition('.')[0] for name in set(sys.modules) - before}))"
    )
    new = set(python(program).split())
    assert {"include", *names} <= new
    assert not new & HEAVY


def python(program: str, **environment: str) -> str:
    """What a Python of its own prints when it runs this program in the project's folder."""
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, cwd=ROOT, env=os.environ | environment, check=True, capture_output=True, text=True)
    return done.stdout


def parsed_with(folder: Path, **files: str) -> tuple[dict[str, str], dict[str, str]]:
    """Import errors and timetables (DAG → text) of the DAG files with these settings files."""
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    printed = python(PARSE.format(dags=str(ROOT / "dags")), SERVICEPORTAL_CONFIG=str(folder))
    errors, timetables = json.loads(printed.splitlines()[-1])
    return errors, timetables


PRODUCTION = """
active: true
properties: 100-199
person_types: [Mieter]
portal_access_lead_days: 14
report_user: "007"
post_author: verwaltung
"""


NOTHING = "NullTimetable"


def timetables_of(timetables: dict[str, str], system: str) -> dict[str, str]:
    """Those of a system's DAGs, by group."""
    suffix = "_test" if system == "test" else ""
    return {group: timetables[f"casavi_{group}{suffix}"] for group in RUNS}


@pytest.fixture(scope="module")
def as_ever(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The timetables while the settings of both systems are sound."""
    _, timetables = parsed_with(tmp_path_factory.mktemp("sound"), production=PRODUCTION, test=PRODUCTION)
    return timetables


@pytest.mark.rule("R7", "R9")
@pytest.mark.parametrize(("broken", "sound"), [("test", "production"), ("production", "test")])
def test_a_mistake_in_one_systems_settings_is_that_systems_alone(
    tmp_path: Path, as_ever: dict[str, str], broken: str, sound: str
) -> None:
    files = {sound: PRODUCTION, broken: PRODUCTION.replace("active", "activ")}
    errors, after = parsed_with(tmp_path, **files)
    assert (errors, set(after)) == ({}, set(as_ever))
    assert timetables_of(after, sound) == timetables_of(as_ever, sound)
    assert all(NOTHING not in timetable for timetable in timetables_of(after, sound).values())
    assert all(NOTHING in timetable for timetable in timetables_of(after, broken).values())


@pytest.mark.rule("R7")
def test_a_file_that_cannot_even_be_read_is_one_systems_mistake_as_well(tmp_path: Path) -> None:
    (tmp_path / "test.yaml").mkdir()
    errors, timetables = parsed_with(tmp_path, production=PRODUCTION)
    assert (errors, set(timetables)) == ({}, {*SYNC, *EXCHANGE, *RECONCILE, *OTHERS})
    assert all(NOTHING not in timetable for timetable in timetables_of(timetables, "production").values())
    assert all(NOTHING in timetable for timetable in timetables_of(timetables, "test").values())


@pytest.mark.rule("R9")
@pytest.mark.airflow
def test_what_stands_in_for_a_dag_ends_red_with_file_and_field(tmp_path: Path) -> None:
    (tmp_path / "production.yaml").write_text(PRODUCTION.replace('"007"', '"7"'), encoding="utf-8")
    sentence = f'{tmp_path.name}/production.yaml: report_user: "7" is not a three-digit user number; write "007"'
    printed = python(
        RUN.format(dags=str(ROOT / "dags"), dag_id="casavi_objects"),
        SERVICEPORTAL_CONFIG=str(tmp_path),
        AIRFLOW_HOME=str(tmp_path),
        AIRFLOW__DATABASE__SQL_ALCHEMY_CONN=f"sqlite:///{tmp_path}/airflow.db",
    )
    state, tasks, about = json.loads(printed.splitlines()[-1])
    assert (state, tasks) == ("failed", {"settings": "failed"})
    assert f"AirflowFailException: {sentence}" in printed
    assert about["tags"] == ["objects", "production", "serviceportal"]
    assert (about["params"], about["owner"]) == (PARAMS, "serviceportal")
    assert about["docs"].partition("### casavi_")[0].strip("`\n") == f"text\n{sentence}"
    assert "#### Triage" in about["docs"]


@pytest.mark.rule("R52")
def test_each_group_runs_by_its_own_schedule_in_the_settings(tmp_path: Path) -> None:
    schedules = 'schedules:\n  objects: "15 4 * * 1"\n  persons: null\n'
    errors, timetables = parsed_with(tmp_path, production=PRODUCTION + schedules)
    assert errors == {}
    production = {
        f"casavi_{group}"
        for group in (*RUNS, "release_removals", "doctor", "alerts", "housekeeping", "morning", "forget")
    }
    assert set(timetables) == production  # no test system
    assert "15 4 * * 1" in timetables["casavi_objects"]
    assert "casavi_production_objects" in timetables["casavi_persons"]  # only when the objects are up to date
    assert "* * *" not in timetables["casavi_persons"]


@pytest.mark.rule("R52")
def test_objects_and_persons_run_nightly_and_whenever_what_they_wait_for_has_happened(bag: DagBag) -> None:
    objects, persons = bag.dags["casavi_objects"].timetable, bag.dags["casavi_persons"].timetable
    for timetable, starter in ((objects, "casavi_production_objects_freed"), (persons, "casavi_production_objects")):
        assert isinstance(timetable, AssetOrTimeSchedule)
        assert isinstance(timetable.timetable, CronDataIntervalTimetable)
        assert isinstance(timetable.asset_condition, AssetAny)
        assert [one.name for one in timetable.asset_condition.objects if isinstance(one, Asset)] == [starter]
    assert outlets(bag.dags["casavi_objects"], "protocol") == ["casavi_production_objects_synced"]


def outlets(dag: DAG, task_id: str) -> list[str]:
    return [outlet.name for outlet in dag.task_dict[task_id].outlets]


def starters(dag: DAG) -> dict[str, Asset]:
    """The assets whose events start a DAG, by name."""
    condition = getattr(dag.timetable, "asset_condition", None)
    return {one.name: one for one in getattr(condition, "objects", ()) if isinstance(one, Asset)}


def updated(dag: DAG) -> set[str]:
    """The assets that a DAG's runs update when they have brought their group into step or have a question."""
    names = [outlet.name for task in dag.tasks for outlet in task.outlets]
    return {GUARDED.name if name.endswith("_guarded") else name.removesuffix("_synced") for name in names}


@pytest.mark.rule("R52")
def test_which_dag_starts_which(bag: DagBag) -> None:
    found = {
        (first, then)
        for first, one in bag.dags.items()
        for then, other in bag.dags.items()
        if updated(one) & starters(other).keys()
    }
    groups = {
        ("casavi_objects", "casavi_persons"), ("casavi_persons", "casavi_documents"),
        ("casavi_objects", "casavi_owners_caretakers"),
    }  # fmt: skip
    assert found == groups | {(name, "casavi_release_removals") for name in (*SYNC, *EXCHANGE)}
    ((name, changed),) = starters(bag.dags["casavi_reports"]).items()
    assert (name, [one.name for one in changed.watchers]) == ("casavi_production_reports_changed", [name])
    assert starters(bag.dags["casavi_reports_test"]) == {}  # the test system is off


@pytest.mark.rule("R8", "R52")
def test_an_inactive_system_has_no_schedule(bag: DagBag) -> None:
    for name in SYNC:
        assert bag.dags[name].timetable.can_be_scheduled is not name.endswith("_test"), name


@pytest.mark.rule("R52")
def test_of_several_missed_nights_one_is_caught_up() -> None:
    dag: Any = DagBag(str(ROOT / "dags")).dags["casavi_objects"]
    timetable, now = coerce_to_core_timetable(dag.timetable), pendulum.now("UTC")
    restriction = TimeRestriction(dag.start_date, None, dag.catchup)
    long_ago = DataInterval(now.subtract(days=6), now.subtract(days=5))
    missed = timetable.next_dagrun_info(last_automated_data_interval=long_ago, restriction=restriction)
    assert missed is not None
    assert now.subtract(days=1, hours=1) < missed.run_after <= now  # the last one missed; an hour for summer time
    following = timetable.next_dagrun_info(last_automated_data_interval=missed.data_interval, restriction=restriction)
    assert following is not None
    assert following.run_after > now
