"""How often a run logs on to iX-Haus, counted where the driver opens a connection: each costs Oracle a process."""

import sqlite3
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from demo.ixhaus import REPORT_CASES
from include.groups import GROUPS
from include.ixhaus.database import close_engines
from tests.dags.rig import Rig, airflow_run

pytestmark = airflow_run
REPORTER = "129.R16.1"
Logons = Callable[[], int]


@pytest.fixture
def logons(monkeypatch: pytest.MonkeyPatch) -> Iterator[Logons]:
    """Returns how many connections to iX-Haus were opened since it was asked last; begins with none open."""
    opened: list[str] = []
    connect = sqlite3.connect

    def counted(database: Any, *more: Any, **options: Any) -> sqlite3.Connection:
        if "ixhaus.db" in str(database):
            opened.append(str(database))
        connection: sqlite3.Connection = connect(database, *more, **options)
        return connection

    close_engines()
    monkeypatch.setattr("airflow.providers.sqlite.hooks.sqlite.sqlite3.connect", counted)

    def since_last() -> int:
        number = len(opened)
        opened.clear()
        return number

    yield since_last
    close_engines()


def test_an_idle_exchange_logs_on_three_times_at_most(told: Rig, logons: Logons) -> None:
    assert told.exchange().state == "success"
    assert 1 <= logons() <= 3


def test_an_exchange_of_one_report_and_one_note_logs_on_five_times_at_most(told: Rig, logons: Logons) -> None:
    told.portal.tenant_files(REPORTER, "ANFRAGE", "Heizung kalt", "Seit gestern.", "129/R16")
    told.sql(
        "INSERT INTO SP_NOTIZ (NOTIZ_ID, MELDUNG_NR, TEXT, OEFFENTLICH, VERFASSER, ANGELEGT_VON, ANGELEGT_AM, HERKUNFT)"
        " VALUES ('N-9', ?, 'Wir kommen.', 'J', 'Nora', '011', '2026-01-01 10:00:00.000000', 'ERP')",
        REPORT_CASES["R35"],
    )
    logons()
    run = told.exchange()
    assert (run.state, run.protocol["created"]) == ("success", 1)
    assert told.sql("SELECT count(*) FROM SP_MELDUNG WHERE BETREFF = 'Heizung kalt'") == [(1,)]
    assert 1 <= logons() <= 5


def test_the_first_runs_of_all_groups_log_on_twenty_times_at_most(fresh: Rig, logons: Logons) -> None:
    total = 0
    for name in GROUPS:
        assert fresh.run(f"casavi_{name}").state in ("success", "failed")  # the sample holds records that are refused
        total += logons()
        close_engines()  # as in a process of its own
    assert 5 <= total <= 20
