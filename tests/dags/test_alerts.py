"""The DAG casavi_alerts in Airflow: a message although no group's DAG runs, remembered in Airflow's own variable."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from airflow.models.variable import Variable

from tests.alerts.office import SMTP, Office, Webhook
from tests.dags.rig import Rig, airflow_run
from tests.mailbox import Mailbox
from tests.sandbox import SandboxProcess

pytestmark = airflow_run


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, airflow_db: None) -> Iterator[Office]:
    # Airflow's test run sleeps a second whenever it has no task to start.
    monkeypatch.setattr(time, "sleep", lambda seconds, sleep=time.sleep: sleep(0.02 if seconds == 1 else seconds))
    mailbox = Mailbox()
    with mailbox.open():
        mailbox.connect(monkeypatch)
        made = Office(tmp_path, monkeypatch, mailbox, Webhook())
        made.now = datetime(2026, 1, 1, tzinfo=UTC)
        yield made
        Variable.delete("casavi_alerts_production")


def test_groups_whose_dags_do_not_run_are_told_of_once_each(office: Office, sandbox: SandboxProcess) -> None:
    rig = Rig(office.database, sandbox, office.folder)
    Variable.set("casavi_alerts_production", '{"watched_since": "2026-01-01T00:00:00+00:00", "standing": {}}')
    office.run_all(read=10)  # long ago
    office.mailbox.on_data = lambda: "451 later"
    assert rig.run("casavi_alerts").tasks == {"production": "success"}  # of a mail server that is away nothing is red
    office.mailbox.on_data = lambda: "250 OK"
    office.mailbox.received.clear()
    assert rig.run("casavi_alerts").state == "success"
    told = office.told
    assert "Serviceportal Produktivsystem: Objekte: überfällig" in told
    assert len(told) == len(set(told)) == 6
    assert rig.run("casavi_alerts").state == "success"
    assert office.told == []


def test_a_notifier_that_is_none_makes_a_red_run(office: Office, sandbox: SandboxProcess) -> None:
    office.set(notifiers=[{**SMTP, "notifier": "airflow.nowhere.Notifier"}])
    finished = Rig(office.database, sandbox, office.folder).run("casavi_alerts")
    assert finished.failed == {"production"}
