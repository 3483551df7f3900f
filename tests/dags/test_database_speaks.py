"""A database that does not even let a run in: the run is red with one sentence, in the log and in the XCom."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from airflow.providers.sqlite.hooks.sqlite import SqliteHook

from include.ixhaus.database import close_engines
from include.ixhaus.faults import sentence
from include.sync import flow
from tests.dags.rig import Finished, Rig, airflow_run
from tests.ixhaus.test_faults import SECRETS, drivers_error

pytestmark = airflow_run
REFUSALS = ["ORA-01017", "ORA-28001", "ORA-12541"]


@pytest.fixture
def refused(fresh: Rig, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], Finished]:
    """Runs a DAG while the driver refuses every connection with a number."""
    monkeypatch.setattr(flow, "RETRY_DELAY", timedelta(0))

    def run(dag_id: str, number: str) -> Finished:
        def refuse(_: SqliteHook) -> None:
            raise drivers_error(number)

        close_engines()
        with monkeypatch.context() as patched:
            patched.setattr(SqliteHook, "get_conn", refuse)
            return fresh.run(dag_id)

    return run


def assert_told(finished: Finished, log: str, number: str) -> None:
    """The XCom and the log say one sentence, and nothing of what the driver said besides."""
    german, english = (sentence(drivers_error(number), language) or "" for language in ("de", "en"))
    assert finished.state == "failed"
    assert finished.protocol["status"] == "failed"
    assert finished.protocol["reason"] == german
    assert english in log
    for word in (*SECRETS, "oracledb", "sqlalchemy/"):
        assert not re.search(word, log), word


@pytest.mark.rule("R51")
@pytest.mark.parametrize("number", REFUSALS)
def test_a_run_that_is_not_let_in_says_why(
    refused: Callable[[str, str], Finished], capfd: pytest.CaptureFixture[str], number: str
) -> None:
    finished = refused("casavi_persons", number)
    assert finished.failed == {"extract", "protocol"}
    captured = capfd.readouterr()
    assert_told(finished, captured.out + captured.err, number)


@pytest.mark.rule("R51")
def test_an_exchange_that_is_not_let_in_says_why(
    refused: Callable[[str, str], Finished], capfd: pytest.CaptureFixture[str]
) -> None:
    finished = refused("casavi_reports", "ORA-12541")
    assert finished.failed == {"exchange"}
    captured = capfd.readouterr()
    assert_told(finished, captured.out + captured.err, "ORA-12541")
