"""E-mails to contacts without an account, through the exchange of reports and to a real mail server."""

import subprocess
import sys
from collections.abc import Iterator

import pytest

from demo.ixhaus import REPORT_CASES
from include.ixhaus.contract.reports import SP_MELDUNG
from tests.dags.rig import Rig, Rows, airflow_run
from tests.mailbox import SENDER, Mailbox, killing

pytestmark = airflow_run
REPORT = REPORT_CASES["R42"]
REPORTER = "129.R16.1"
ADDRESS = "kim.muster@example.org"
DONE = (ADDRESS, f"Ihre Meldung {REPORT}: Muster-R42")
ONE_RUN = """
from include.groups.reports.run import exchange
from include.sync.run import Request
exchange("production", "casavi_reports/killed", Request())
"""


@pytest.fixture
def mailbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[Mailbox]:
    box = Mailbox()
    with box.open():
        box.connect(monkeypatch)
        yield box


@pytest.fixture
def told(told: Rig, mailbox: Mailbox) -> Rig:
    """iX-Haus and the portal in step, reports included, with a mail server and a reporter who has an address."""
    told.sql("UPDATE SP_PERSON SET EMAIL = ? WHERE PERSON_SCHLUESSEL = ?", ADDRESS, REPORTER)
    return told


def complete(rig: Rig, status: str = "Abgeschlossen") -> None:
    rig.sql("UPDATE SP_MELDUNG SET STATUS = ? WHERE MELDUNG_NR = ?", status, REPORT)


def write_note(rig: Rig, text: str, *, public: str = "J") -> None:
    rig.sql(
        "INSERT INTO SP_NOTIZ (NOTIZ_ID, MELDUNG_NR, TEXT, OEFFENTLICH, VERFASSER, ANGELEGT_VON, ANGELEGT_AM,"
        " GEAENDERT_AM, HERKUNFT) VALUES ('N-1', ?, ?, ?, 'Nora', '011', datetime('now', '+1 day'),"
        " datetime('now', '+1 day'), 'ERP')", REPORT, text, public,
    )  # fmt: skip


def report(rig: Rig, number: str, **columns: str) -> None:
    """Somebody makes a report in iX-Haus now."""
    fields = {
        "report_nr": number, "subject": "Tür klemmt", "report_kind": "ANFRAGE", "status": "Neu", "property_nr": "129",
        "reporter_person": REPORTER, "origin": "ERP", **columns,
    }  # fmt: skip
    now = dict.fromkeys(("reported_at", "changed_at"), "datetime('now', '+1 day')")
    names, marks = ", ".join(SP_MELDUNG.c[name].name for name in (*fields, *now)), ", ".join(["?"] * len(fields))
    rig.sql(f"INSERT INTO SP_MELDUNG ({names}) VALUES ({marks}, {', '.join(now.values())})", *fields.values())


def events(rig: Rig, reason: str) -> Rows:
    return rig.sql("SELECT EREIGNIS, ZUSTAND FROM SP_EMAIL WHERE GRUND = ? ORDER BY 1", reason)


@pytest.mark.rule("E54")
def test_a_first_export_writes_to_nobody(told: Rig, mailbox: Mailbox) -> None:
    assert told.exchange().state == "success"
    assert mailbox.received == []
    assert (f"{REPORT}/opened/{REPORTER}", "settled") in events(told, "NO_NEWS")


@pytest.mark.rule("R42")
def test_the_portal_is_never_asked_to_write_emails_itself(told: Rig) -> None:
    tickets = told.live("tickets").values()
    assert REPORT in {ticket["id"] for ticket in tickets}
    assert [ticket for ticket in tickets if "notifyUnregisteredByEmail" in ticket] == []


@pytest.mark.rule("R42")
@pytest.mark.parametrize(
    ("is_registered", "email", "mails", "warned"),
    [(True, ADDRESS, 0, 0), (True, None, 0, 0), (False, ADDRESS, 1, 0), (False, None, 0, 1)],
)
def test_exactly_one_way_or_a_warning(
    told: Rig, mailbox: Mailbox, is_registered: bool, email: str | None, mails: int, warned: int
) -> None:
    flag = "J" if is_registered else "N"  # as casavi_documents reads it back
    told.sql("UPDATE SP_PORTALKONTO SET REGISTRIERT = ? WHERE KONTAKT = ?", flag, REPORTER)
    told.sql("UPDATE SP_PERSON SET EMAIL = ? WHERE PERSON_SCHLUESSEL = ?", email, REPORTER)
    complete(told)
    assert told.exchange().state == "success"
    assert told.exchange().state == "success"
    assert mailbox.told == [DONE] * mails
    key = f"{REPORT}/closed/{REPORTER}"
    assert [entry[:3] for entry in told.entries("warning")].count(("email", key, "NOBODY_NOTIFIED")) == warned


@pytest.mark.rule("R42")
def test_the_email_says_what_happened(told: Rig, mailbox: Mailbox) -> None:
    complete(told, "Storniert")
    told.exchange()
    (mail,), (text,) = mailbox.received, mailbox.texts
    assert (mail["From"], mail.get_content_type(), mail["Auto-Submitted"]) == (SENDER, "text/plain", "auto-generated")
    assert "Ihre Meldung wurde storniert." in text
    assert f"Meldung: {REPORT}\nBetreff: Muster-R42\n" in text


@pytest.mark.rule("R42", "E40")
def test_a_report_that_is_completed_a_second_time_is_told_of_again(told: Rig, mailbox: Mailbox) -> None:
    for status in ("Abgeschlossen", "Neu", "Abgeschlossen"):
        complete(told, status)
        told.exchange()
    assert mailbox.told == [DONE, DONE]


@pytest.mark.rule("R42")
def test_a_new_report_is_told_of_once(told: Rig, mailbox: Mailbox) -> None:
    report(told, "M-1")
    for _ in range(2):
        assert told.exchange().state == "success"
    assert mailbox.told == [(ADDRESS, "Ihre Meldung M-1: Tür klemmt")]
    assert "wir haben Ihre Meldung aufgenommen" in mailbox.texts[0]


@pytest.mark.rule("R42", "O7")
def test_a_reporter_who_is_not_in_the_portal_is_written_to_all_the_same(told: Rig, mailbox: Mailbox) -> None:
    told.sql("UPDATE SP_PERSON SET EMAIL = 'bald@example.org' WHERE PERSON_SCHLUESSEL = '129.E1.1'")
    report(told, "M-1", reporter_person="129.E1.1")
    for _ in range(2):
        assert told.exchange().state == "success"
    assert "M-1" not in told.live("tickets")
    assert mailbox.told == [("bald@example.org", "Ihre Meldung M-1: Tür klemmt")]


@pytest.mark.rule("R42", "R44")
def test_a_public_note_is_told_of_and_an_internal_one_never(told: Rig, mailbox: Mailbox) -> None:
    write_note(told, "Intern: Mieter ist schwierig.", public="N")
    told.exchange()
    assert mailbox.received == []
    told.sql("UPDATE SP_NOTIZ SET OEFFENTLICH = 'J', TEXT = 'Wir kommen <b>morgen</b>.' WHERE NOTIZ_ID = 'N-1'")
    for _ in range(2):
        told.exchange()
    (text,) = mailbox.texts
    assert "Wir kommen <b>morgen</b>." in text
    assert "schwierig" not in text


@pytest.mark.rule("E53")
def test_who_has_registered_meanwhile_gets_no_email(told: Rig, mailbox: Mailbox) -> None:
    complete(told)
    told.portal.edit("contacts", REPORTER, isRegistered=True)  # and nothing was read back since
    told.exchange()
    told.portal.edit("contacts", REPORTER, isRegistered=False)
    told.exchange()
    assert mailbox.received == []
    assert (f"{REPORT}/closed/{REPORTER}", "settled") in events(told, "TOLD_BY_PORTAL")


@pytest.mark.rule("E53")
def test_while_the_portal_does_not_say_who_is_registered_nobody_is_written_to(told: Rig, mailbox: Mailbox) -> None:
    told.portal.fault("status", "GET", f"/contacts/{REPORTER}", status=500, times=None)
    complete(told)
    run = told.exchange()
    assert (run.state, mailbox.received) == ("failed", [])
    assert "the portal did not say who is registered" in run.protocol["reason"]
    told.portal.end_faults()
    assert told.exchange().state == "success"
    assert mailbox.told == [DONE]


@pytest.mark.rule("R42")
def test_kinds_without_the_flag_write_to_nobody_and_setting_it_tells_nothing_old(told: Rig, mailbox: Mailbox) -> None:
    told.sql("UPDATE SP_MELDUNGSART SET NICHT_REGISTRIERTE_PER_EMAIL = 'N'")
    report(told, "M-1")
    told.exchange()
    told.exchange()
    told.sql("UPDATE SP_MELDUNGSART SET NICHT_REGISTRIERTE_PER_EMAIL = 'J' WHERE MELDUNGSART = 'ANFRAGE'")
    told.exchange(resend="all")
    assert mailbox.received == []


@pytest.mark.rule("R42")
def test_a_mail_server_that_is_away_makes_the_run_red_and_gets_the_email_later(
    told: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    box = Mailbox()
    with box.open():
        box.connect(monkeypatch)
    complete(told)
    run = told.exchange()
    assert (run.state, run.protocol["updated"]) == ("failed", 1)
    assert "e-mails that wait for the next run: 1 (smtp_production: no connection" in run.protocol["reason"]
    with box.open(box.port):
        assert told.exchange().state == "success"
    assert box.told == [DONE]


@pytest.mark.rule("R42", "R44", "R45")
def test_a_note_that_becomes_internal_while_its_email_waits_is_not_sent(told: Rig, mailbox: Mailbox) -> None:
    mailbox.on_recipient = "451 try later"
    write_note(told, "Wir kommen morgen.")
    assert told.exchange().state == "failed"
    mailbox.on_recipient = "250 OK"
    told.sql("UPDATE SP_NOTIZ SET OEFFENTLICH = 'N' WHERE NOTIZ_ID = 'N-1'")
    told.exchange()
    assert mailbox.received == []
    assert ("email", f"N-1/note/{REPORTER}", "EMAIL_OBSOLETE", None) in told.entries("warning")


@pytest.mark.rule("R42")
def test_a_run_that_a_change_started_tells_of_it_and_leaves_alone_what_waits_elsewhere(
    told: Rig, mailbox: Mailbox
) -> None:
    mailbox.on_recipient = "451 try later"
    complete(told)
    told.exchange()
    mailbox.on_recipient = "250 OK"
    report(told, "M-1", property_nr="110", report_kind="GEBAEUDE")
    assert told.exchange(about=("M-1",)).state == "success"
    assert ("M-1" in told.live("tickets"), mailbox.received) == (True, [])
    report(told, "M-2")
    assert told.exchange(about=("M-2",)).state == "success"
    assert sorted(mailbox.told) == [(ADDRESS, "Ihre Meldung M-2: Tür klemmt"), DONE]


@pytest.mark.rule("R42")
@pytest.mark.parametrize(
    ("answer", "state", "reason"),
    [("550 no such user", "success", "EMAIL_REFUSED"), ("451 try later", "failed", "EMAIL_DUE")],
)
def test_an_address_that_is_refused_is_named_and_one_put_off_is_tried_again(
    told: Rig,
    mailbox: Mailbox,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    answer: str,
    state: str,
    reason: str,
) -> None:
    mailbox.on_recipient = answer
    complete(told)
    assert told.exchange().state == state
    assert [key for key, _ in events(told, reason)] == [f"{REPORT}/closed/{REPORTER}"]
    mailbox.on_recipient = "250 OK"
    assert told.exchange().state == "success"
    assert mailbox.told == ([DONE] if reason == "EMAIL_DUE" else [])
    tables = [told.sql(f"SELECT * FROM {table}") for table in ("SP_PROTOKOLL", "SP_PROTOKOLL_EINTRAG", "SP_ABGLEICH")]
    said = caplog.text + "".join(capfd.readouterr())
    assert "e-mails that wait" in said or reason == "EMAIL_REFUSED"  # the log was really looked at
    assert ADDRESS not in said + str(tables)


@pytest.mark.rule("R42")
def test_a_run_that_is_killed_while_it_sends_never_sends_twice_and_it_is_named(told: Rig, mailbox: Mailbox) -> None:
    complete(told)
    child = subprocess.Popen([sys.executable, "-c", ONE_RUN])
    mailbox.on_data = lambda: killing(child.pid)
    assert child.wait() == -9
    told.sql("UPDATE SP_SPERRE SET INHABER = NULL")  # its lease has run out
    mailbox.on_data = lambda: "250 OK"
    assert told.exchange().state == "success"
    assert mailbox.told == [DONE]
    key = f"{REPORT}/closed/{REPORTER}"
    assert ("email", key, "EMAIL_UNCERTAIN", None) in told.entries("warning")


@pytest.mark.rule("R42", "E54")
def test_what_happened_in_a_run_that_died_is_told_by_the_next(
    told: Rig, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    report(told, "M-1")
    with monkeypatch.context() as dying:
        dying.setattr("include.groups.reports.run.tell", None)  # as far as the run comes
        assert told.exchange().state == "failed"
    assert mailbox.received == []
    assert told.exchange().state == "success"
    assert mailbox.told == [(ADDRESS, "Ihre Meldung M-1: Tür klemmt")]


@pytest.mark.rule("R42")
def test_without_a_mail_server_nothing_is_sent_and_the_missing_connection_is_named(
    told: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AIRFLOW_CONN_SMTP_PRODUCTION")
    complete(told)
    assert told.exchange().state == "success"
    assert ("email", "smtp_production", "NO_MAIL_CONNECTION", None) in told.entries("warning")
