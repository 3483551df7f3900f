"""The DAG casavi_doctor: a finding in the log, red only where something does not work."""

import logging
from pathlib import Path

import pytest

from demo.ixhaus import build_sample
from include.doctor import Patient, weekly
from tests.doctor.clinic import Clinic
from tests.sandbox import SandboxProcess


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sample")
    build_sample(folder / "ixhaus.db", persons=60)
    return folder


@pytest.fixture
def clinic(
    sample: Path, tmp_path: Path, sandbox: SandboxProcess, monkeypatch: pytest.MonkeyPatch, airflow_db: None
) -> Clinic:
    made = Clinic(sample, tmp_path, sandbox, monkeypatch)
    monkeypatch.setattr(weekly, "Patient", lambda _: made.patient())
    return made


def test_each_finding_is_in_the_log_with_who_mends_it(clinic: Clinic, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="include.doctor.weekly")
    found = weekly.look("production")
    assert (found["error"], found["warning"]) == (0, 0)
    clinic.sql("DROP TABLE SP_HAUSMEISTER")
    clinic.sql("UPDATE SP_EINSTELLUNG SET WERT = 'N'")
    found = weekly.look("production")
    assert (found["error"], found["warning"]) == (1, 1)
    [error] = [one.getMessage() for one in caplog.records if one.levelno == logging.ERROR]
    assert error.startswith("SP_HAUSMEISTER: The view is missing")
    assert error.endswith("(iX-Haus consultant)")


def test_a_task_asks_nothing_of_airflows_own_database(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    from airflow.utils import session

    def refuse(*_: object, **__: object) -> None:
        raise RuntimeError("Direct database access via the ORM is not allowed in Airflow 3.0")

    monkeypatch.setattr(session, "create_session", refuse)
    assert isinstance(clinic.patient(), Patient)
    assert weekly.look("production")["warning"] == 0
