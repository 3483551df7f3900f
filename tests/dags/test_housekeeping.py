"""The DAG casavi_housekeeping through Airflow, and Airflow's own database by the command."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from demo.ixhaus import build_sample
from include.erasure import airflow
from include.erasure.housekeeping import tidy_airflow
from include.settings import load_settings
from include.vocabulary.clock import utc_now
from tests.dags.rig import airflow_run

pytestmark = airflow_run


@pytest.fixture
def old_log() -> Path:
    made = airflow.logs() / "dag_id=casavi_objects" / "run_id=long_ago"
    (made / "task_id=extract").mkdir(parents=True)
    os.utime(made, (0, 0))
    return made


def test_a_night_of_housekeeping(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, airflow_db: None, old_log: Path
) -> None:
    from airflow.dag_processing.dagbag import DagBag
    from airflow.models.dagrun import DagRun
    from airflow.utils.session import create_session

    build_sample(tmp_path / "ixhaus.db", persons=60)
    sample = {"conn_type": "sqlite", "host": str(tmp_path / "ixhaus.db")}
    monkeypatch.setenv("AIRFLOW_CONN_IXHAUS_PRODUCTION", json.dumps(sample))
    monkeypatch.setenv("SERVICEPORTAL_STAGING", str(tmp_path / "staging"))
    dag = DagBag(os.environ["AIRFLOW__CORE__DAGS_FOLDER"]).dags["casavi_housekeeping"]
    long_ago = datetime(2026, 2, 1, tzinfo=UTC)
    run = dag.test(logical_date=long_ago)
    assert {ti.task_id: str(ti.state) for ti in run.get_task_instances()} == {
        "production": "success", "test": "success", "logs": "success",
    }  # fmt: skip
    assert not old_log.exists()
    tidy_airflow([load_settings("production")], utc_now())
    with create_session() as session:
        left = session.scalars(select(DagRun).where(DagRun.dag_id == "casavi_housekeeping")).all()
    assert [one.run_id for one in left if one.logical_date == long_ago] == []


def test_a_request_for_erasure_is_forgotten_when_it_has_ended(airflow_db: None) -> None:
    from airflow.models.dagrun import DagRun
    from airflow.models.log import Log
    from airflow.utils.session import create_session
    from airflow.utils.state import DagRunState
    from airflow.utils.types import DagRunType

    ids, states = ("4711.1", "4712.1"), (DagRunState.SUCCESS, DagRunState.RUNNING)
    with create_session() as session:
        for person, state in zip(ids, states, strict=True):
            given = {"person": person, "system": "production", "although_sent": False}
            session.add(
                DagRun(airflow.REQUESTS, run_id=f"of-{person}", run_type=DagRunType.MANUAL, conf=given, state=state)
            )
            session.add(Log("trigger_dag_run", None, dag_id=airflow.REQUESTS, extra=json.dumps(given)))
    airflow.forget_requests()
    with create_session() as session:
        runs = session.scalars(select(DagRun).where(DagRun.dag_id == airflow.REQUESTS)).all()
        logs = session.scalars(select(Log).where(Log.dag_id == airflow.REQUESTS)).all()
        assert [run.run_id for run in runs] == ["of-4712.1"]
        assert ["4711.1" in (log.extra or "") for log in logs] == [False, False]
        assert ["4712.1" in (log.extra or "") for log in logs] == [False, True]
        for row in (*runs, *logs):
            session.delete(row)
