"""What staff get in the morning: in German, what waits for them with numbers and links, and nobody's name."""

import re
from pathlib import Path

import pytest
from airflow.dag_processing.dagbag import DagBag
from sqlalchemy import insert

from include.alerts import morning
from include.ixhaus.contract.own import SP_HINWEIS
from include.settings import ConfigurationError, load_settings
from include.sync.protocol import Entry, add_once
from include.vocabulary.reasons import explain
from include.vocabulary.state import Level, RunStatus
from tests.alerts.office import SMTP, Office
from tests.lookup.asking import ask, leaving

ROOT = Path(__file__).parents[2]
TO = ["buero@example.org", "leitung@example.org"]


def sent(office: Office) -> int | None:
    return morning.send("production", lambda: office.now, office.kept)


def test_all_that_waits_is_named_with_its_page(office: Office) -> None:
    office.set(notifiers=[SMTP], morning_to=TO, language="en")
    ask(office.engine, "q1", leaving("1.1"), leaving("1.2"), asked_at=office.now)
    office.later(minutes=1)
    run = office.run("persons", RunStatus.ERRORS, "2 Fehler", read=9)
    add_once(
        office.engine, run, [Entry("contact", key, Level.INVALID, "NO_NAME") for key in ("1.1", "1.2")], office.now
    )
    with office.engine.begin() as connection:
        row = {"system": "production", "group": "persons", "record_type": "contact", "external_id": "1.3"}
        connection.execute(insert(SP_HINWEIS).values(reason="EMAIL_SHARED", **row))
        connection.exec_driver_sql(
            "INSERT INTO SP_EINGANG (SYSTEM, ART, PORTAL_ID, GRUND) VALUES ('production', 'ticket', 'T1', 'NO_KIND')"
        )
    assert sent(office) == 5
    [mail] = office.mailbox.received
    assert (mail["To"], mail["Subject"]) == (", ".join(TO), "Serviceportal Produktivsystem: 5 Punkte warten auf Sie")
    [text] = office.mailbox.texts
    assert (
        '/serviceportal/approvals/production/q1">Personen: 2 Datensätze warten auf eine Freigabe, bis 27.11.2026'
        in text
    )
    assert "Personen: Der letzte Lauf ist nicht gut ausgegangen: 2 Fehler</a>" in text
    assert '/serviceportal/reports?system=production">Meldungen: 1 Meldungen aus dem Portal' in text
    corrections = re.findall(r">(\d × [^<]+)</a>", text.partition("In iX-Haus zu berichtigen:")[2])
    assert corrections == [f"2 × {explain('NO_NAME')}", f"1 × {explain('EMAIL_SHARED')}"]


def test_nothing_to_do_is_said_too_and_nothing_while_ixhaus_is_switched_off(office: Office) -> None:
    office.set(morning_to=TO)
    assert sent(office) == 0
    assert office.told == ["Serviceportal Produktivsystem: nichts wartet auf Sie"]
    with office.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE SP_EINSTELLUNG SET WERT = 'N'")
    assert sent(office) is None
    assert office.told == []


def test_what_could_not_be_sent_is_for_airflow_to_try_again(office: Office) -> None:
    office.set(morning_to=TO)
    office.mailbox.on_data = lambda: "451 later"
    with pytest.raises(morning.UnsentError, match="smtp_production; it is tried again"):
        sent(office)


@pytest.mark.parametrize(
    ("alerts", "schedule"),
    [({"morning_to": TO}, "0 7 * * 1-5"), ({"morning_to": TO, "morning": "30 6 * * *"}, "30 6 * * *"), ({}, None)],
)
def test_it_comes_when_the_settings_say_and_never_without_recipients(
    office: Office, alerts: dict[str, object], schedule: str | None
) -> None:
    office.set(**alerts)
    dag = DagBag(str(ROOT / "dags" / "casavi_morning.py")).dags["casavi_morning"]
    assert getattr(dag.timetable, "expression", None) == schedule
    assert dag.is_paused_upon_creation is False
    assert {task.retries for task in dag.tasks} == {6}


@pytest.mark.parametrize(
    ("alerts", "sentence"),
    [
        ({"morning": "at seven"}, 'alerts.morning: "at seven" is not a cron expression; write five fields such as'),
        (
            {"morning_to": ["a@example.org", "office"]},
            "alerts.morning_to: entry 2 is no e-mail address; write one such",
        ),
    ],
)
def test_a_setting_that_cannot_be_is_named(office: Office, alerts: dict[str, object], sentence: str) -> None:
    office.set(**alerts)
    with pytest.raises(ConfigurationError, match=f"^config/production.yaml: {sentence}"):
        load_settings("production")
