"""Somebody is told: once when something begins, once when it is over, whatever dies or is away meanwhile."""

import json
import re
import threading
from datetime import timedelta
from textwrap import dedent

import pytest
import yaml

from include.alerts.notifiers import ways
from include.settings import ConfigurationError, SystemSettings, validate_settings
from include.vocabulary.metrics import LAST_GOOD, LATE, LOOKED, STANDING, UNSENT
from include.vocabulary.reasons import explain
from include.vocabulary.state import RunStatus
from tests.alerts.office import BEGIN, ROOT, SMTP, WEBHOOK, Office
from tests.lookup.asking import ask, leaving
from tests.statsd import statsd

FAILED = "Serviceportal Produktivsystem: Objekte: Lauf fehlgeschlagen"
OVER = "Serviceportal Produktivsystem: vorbei: Objekte: Lauf fehlgeschlagen"


def test_a_red_run_is_told_once_and_once_that_it_is_over(office: Office) -> None:
    office.run(
        "objects", RunStatus.FAILED, "these tasks failed: extract; what they had sent stays, the next run goes on"
    )
    assert office.look() == {"standing": 1, "told": 1, "unsent": 0}
    [mail] = office.mailbox.received
    assert (mail["To"], mail["Subject"]) == ("technik@example.org", FAILED)
    [text] = office.mailbox.texts
    assert "Der letzte Lauf ist nicht gut ausgegangen: diese Aufgaben sind fehlgeschlagen: extract" in text
    assert "/serviceportal/protocol/run?system=production&amp;run=casavi_objects%2Fscheduled__" in text
    office.mailbox.received.clear()
    office.later(minutes=5)
    office.run("objects", RunStatus.FAILED, "again")
    assert office.look() == {"standing": 1, "told": 0, "unsent": 0}
    office.later(minutes=5)
    office.run("objects")
    assert [office.look()["told"], office.look()["told"]] == [1, 0]
    assert office.told == [OVER]
    office.later(minutes=5)
    office.run("objects", RunStatus.ERRORS)
    office.look()
    assert office.told == [FAILED]


def test_a_group_that_does_not_run_is_late(office: Office) -> None:
    office.later(hours=17, minutes=59)  # 3:59 in Berlin; due at two, two hours of grace
    office.run("reports")
    office.look()
    assert office.told == []
    office.later(minutes=2)
    for other in ("persons", "owners_caretakers", "documents", "reports"):
        office.run(other)
    assert [office.look()["told"], office.look()["told"]] == [1, 0]
    assert office.told == ["Serviceportal Produktivsystem: Objekte: überfällig"]
    office.run("objects")
    office.look()
    assert office.told == ["Serviceportal Produktivsystem: vorbei: Objekte: überfällig"]


def test_a_group_that_the_clock_found_just_done_is_not_late(office: Office) -> None:
    office.later(hours=16, minutes=6)  # 2:06 in Berlin: by an event, due at half past two
    office.run("persons")
    office.later(minutes=24)
    office.run("persons", RunStatus.SKIPPED, explain("JUST_DONE"))
    office.later(hours=3)
    for other in ("objects", "owners_caretakers", "documents", "reports"):
        office.run(other)
    office.look()
    assert office.told == []
    office.later(days=1)
    for other in ("objects", "owners_caretakers", "documents", "reports"):
        office.run(other)
    office.look()
    assert office.told == ["Serviceportal Produktivsystem: Personen: überfällig"]


def test_nothing_is_due_before_somebody_began_to_look_or_while_ixhaus_is_switched_off(office: Office) -> None:
    with office.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM SP_PROTOKOLL")
    assert office.look()["standing"] == 0
    with office.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE SP_EINSTELLUNG SET WERT = 'N'")
    office.later(days=9)
    assert office.look() == {}
    assert office.told == []


@pytest.mark.parametrize(
    ("counts", "told"),
    [
        ({"read": 100, "errors": 5, "invalid": 5}, []),
        ({"read": 100, "errors": 6}, ["viele Fehler"]),
        ({"read": 100, "invalid": 6}, ["viele ungültige Datensätze"]),
        ({"read": 50}, []),
        ({"read": 49}, ["ungewöhnliche Zahlen"]),
        ({"read": 151}, ["ungewöhnliche Zahlen"]),
        ({"read": 0}, []),  # the removal guard asks about that
    ],
)
def test_numbers_that_are_odd(office: Office, counts: dict[str, int], told: list[str]) -> None:
    for _ in range(3):
        office.later(minutes=1)
        office.run("objects", read=100)
    office.later(minutes=1)
    office.run("objects", **counts)
    office.look()
    assert office.told == [f"Serviceportal Produktivsystem: Objekte: {one}" for one in told]


def test_what_another_version_told_of_is_forgotten(office: Office) -> None:
    kept = json.loads(office.kept["production"])
    kept["standing"] = {"new/objects/": {"since": BEGIN.isoformat(), "told": ["SmtpNotifier"]}}
    office.kept["production"] = json.dumps(kept)
    assert office.look() == {"standing": 0, "told": 0, "unsent": 0}
    assert json.loads(office.kept["production"])["standing"] == {}


def test_each_question_is_told_of(office: Office) -> None:
    ask(office.engine, "q1", leaving("1.1"), asked_at=office.now)
    office.look()
    [text] = office.mailbox.texts
    assert "/serviceportal/approvals/production/q1" in text
    assert office.told == ["Serviceportal Produktivsystem: Personen: eine Frage wartet"]
    ask(office.engine, "q2", leaving("1.2"), asked_at=office.now)
    office.look()
    assert office.told == ["Serviceportal Produktivsystem: Personen: eine Frage wartet"]
    office.later(hours=73)
    office.run_all(read=100)
    office.look()
    assert office.told == ["Serviceportal Produktivsystem: vorbei: Personen: eine Frage wartet"] * 2


def test_reports_set_aside_are_told_by_reason(office: Office) -> None:
    with office.engine.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO SP_EINGANG (SYSTEM, ART, PORTAL_ID, GRUND) VALUES"
            " ('production', 'ticket', 'T1', 'TICKET_UNREADABLE'), ('production', 'ticket', 'T2', 'TICKET_UNREADABLE')"
        )
    office.look()
    [text] = office.mailbox.texts
    assert "2 Meldungen aus dem Portal konnten nicht übernommen werden" in text
    assert office.told == ["Serviceportal Produktivsystem: Meldungen: Meldungen zurückgestellt"]


def test_ixhaus_that_is_away_is_told_and_nothing_else_is_over_meanwhile(office: Office) -> None:
    office.run("objects", RunStatus.FAILED)
    office.look()
    office.mailbox.received.clear()
    office.connect("IXHAUS_PRODUCTION", conn_type="sqlite", host=str(office.folder / "none" / "ixhaus.db"))
    assert [office.look()["told"], office.look()["told"]] == [1, 0]
    assert office.told == ["Serviceportal Produktivsystem: iX-Haus antwortet nicht"]
    office.connect("IXHAUS_PRODUCTION", conn_type="sqlite", host=str(office.database))
    office.look()
    assert office.told == ["Serviceportal Produktivsystem: vorbei: iX-Haus antwortet nicht"]


def test_settings_that_are_wrong_are_told_if_those_about_telling_are_right(office: Office) -> None:
    text = (office.folder / "config" / "production.yaml").read_text(encoding="utf-8")
    office.write(text + "personen: 7\n")
    office.look()
    assert office.told == ["Serviceportal Produktivsystem: Einstellungen fehlerhaft"]


def test_a_message_that_could_not_be_sent_is_tried_again_on_that_way_only(office: Office) -> None:
    office.set(notifiers=[SMTP, WEBHOOK], language="en")
    office.webhook.status = 500
    office.run("objects", RunStatus.FAILED, "The database is away.")
    assert office.look() == {"standing": 1, "told": 1, "unsent": 1}
    assert office.look() == {"standing": 1, "told": 0, "unsent": 1}
    office.webhook.status = 200
    assert office.look() == {"standing": 1, "told": 1, "unsent": 0}
    assert office.told == ["Serviceportal production: Properties: run failed"]
    [said] = office.webhook.received
    assert said["text"].startswith(
        "Serviceportal production: Properties: run failed\n\nThe last run did not end well: "
    )
    office.webhook.status = 500
    office.later(minutes=1)
    office.run("objects")
    assert office.look() == {"standing": 0, "told": 1, "unsent": 1}
    office.later(minutes=1)
    office.run("objects", RunStatus.FAILED)
    office.webhook.status = 200
    assert office.look() == {"standing": 1, "told": 1, "unsent": 0}  # the webhook never heard that it was over
    assert len(office.webhook.received) == 1


def test_two_looks_at_once_send_nothing_twice(office: Office) -> None:
    office.set(notifiers=[WEBHOOK])
    office.run("objects", RunStatus.FAILED)
    office.webhook.meanwhile = threading.Event()
    first = threading.Thread(target=office.look, args=("first",))
    second = threading.Thread(target=office.look, args=("second",))
    first.start()
    assert office.webhook.reached.wait(20)
    second.start()
    second.join(0.5)
    office.webhook.meanwhile.set()
    first.join()
    second.join()
    assert len(office.webhook.received) == 1


@pytest.mark.parametrize(
    ("notifier", "sentence"),
    [
        ({"notifier": "Slack"}, "alerts.notifiers.0.notifier: this is not the whole name of a class; write for"),
        ({"notifier": "airflow.providers.slack.notifications.slack.SlackNotifier"},
         "alerts.notifiers.0.notifier: there is no airflow.providers.slack.notifications.slack here; check"),
        ({"notifier": "airflow.sdk.DAG"}, "alerts.notifiers.0.notifier: DAG is no notifier; write a class that"),
        ({**SMTP, "arguments": {"too": "x"}}, "alerts.notifiers.0.arguments: SmtpNotifier does not take these ("),
        ({**WEBHOOK, "arguments": {"endpoint": "/x"}},
         "alerts.notifiers.0.arguments: none of them holds the message; write {{ alert.text }} in one of "),
    ],
)  # fmt: skip
def test_a_notifier_that_cannot_work_is_named_at_once(office: Office, notifier: object, sentence: str) -> None:
    office.set(notifiers=[notifier])
    with pytest.raises(ConfigurationError) as stopped:
        office.look()
    assert str(stopped.value).startswith(f"config/production.yaml: {sentence}")


def test_the_examples_of_the_documentation_are_notifiers() -> None:
    page = (ROOT / "docs" / "operation.md").read_text(encoding="utf-8")
    [example] = re.findall(r"^    alerts:\n(?:    .*\n)+", page, re.MULTILINE)
    settings = validate_settings({"system": "production", **yaml.safe_load(dedent(example))}, "docs/operation.md")
    assert [way.name for way in ways(settings)] == ["SmtpNotifier", "HttpNotifier", "HttpNotifier 2", "HttpNotifier 3"]
    assert SystemSettings.model_validate_json(settings.model_dump_json()) == settings  # as runs keep them


def test_a_system_that_is_switched_off_is_forgotten(office: Office) -> None:
    office.write("active: false\n")
    office.later(days=30)
    assert office.look() == {}
    office.set(notifiers=[SMTP])
    assert office.look()["standing"] == 0
    assert office.now - BEGIN == timedelta(days=30)


def test_a_look_measures_each_group_and_itself(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    with statsd(monkeypatch) as server:
        office.later(days=1)
        office.run("persons")
        office.set(notifiers=[WEBHOOK])
        office.webhook.status = 500
        office.look()
        samples = server.samples()
    assert {one.name for one in samples} == {one.name for one in (LAST_GOOD, LATE, STANDING, UNSENT, LOOKED)}
    assert {one.kind for one in samples} == {"g"}
    found = {(one.name, one.labels.get("group", "")): one.value for one in samples}
    assert found[LATE.name, "objects"] == 1
    assert found[LATE.name, "persons"] == 0
    assert found[LAST_GOOD.name, "objects"] == BEGIN.timestamp()
    assert found[LOOKED.name, ""] == found[LAST_GOOD.name, "persons"] == office.now.timestamp()
    assert found[STANDING.name, ""] == found[UNSENT.name, ""] == 4
