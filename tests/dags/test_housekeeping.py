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
