"""Reports and notes both ways, through real Airflow and over real HTTP."""

from typing import Any

import pytest

from demo.ixhaus import REPORT_CASES
from include.groups.reports.inbound import unsettled
from include.ixhaus.database import open_engine
from tests.dags.rig import Rig, airflow_run
from tests.sandbox import PortalUser

pytestmark = airflow_run
REPORTER = "129.R16.1"


def shown(rig: Rig, ticket_id: str) -> list[str]:
    """The public comments below a ticket, as its reporter reads them."""
    return [one["text"] for one in PortalUser(rig.portal).comments(ticket_id)]


def field_of(rig: Rig, report_nr: str) -> tuple[Any, ...]:
    ((status, reason),) = rig.sql("SELECT PORTAL_STATUS, PORTAL_GRUND FROM SP_MELDUNG WHERE MELDUNG_NR = ?", report_nr)
    return status, reason


@pytest.mark.rule("R1", "R34", "R35", "R44")
def test_the_first_run_sends_what_is_decided_and_a_second_one_nothing(told: Rig) -> None:
    tickets = told.live("tickets")
    assert {REPORT_CASES["R35"], REPORT_CASES["R44"], REPORT_CASES["R41"]} <= set(tickets)
    assert {REPORT_CASES[name] for name in ("R34", "R39", "R35-closed", "O13-old")}.isdisjoint(tickets)
    assert shown(told, REPORT_CASES["R44"]) == ["Der Techniker kommt am Dienstag."]
    again = told.run("casavi_reports")
    assert (again.state, again.protocol["sent"], again.protocol["errors"]) == ("success", 0, 0)
    assert told.writes() == []


@pytest.mark.rule("R50")
def test_the_field_serviceportal_says_how_each_report_stands(told: Rig) -> None:
    assert field_of(told, REPORT_CASES["R35"]) == ("SENT", "INDIVIDUAL")
    assert field_of(told, REPORT_CASES["R39"]) == (None, "KIND_LOCKED")
    assert field_of(told, REPORT_CASES["R40"]) == ("SENT", "BULLETIN")


@pytest.mark.rule("R1", "R47", "R58")
def test_a_tenants_report_is_on_the_clerks_screen_and_the_answer_in_the_portal(told: Rig) -> None:
    ticket = told.portal.tenant_files(REPORTER, "ANFRAGE", "Heizung kalt", "Seit gestern.", "129/R16")
    assert told.run("casavi_reports").state == "success"
    ((number, user, origin, person),) = told.sql(
        "SELECT MELDUNG_NR, ANGELEGT_VON, HERKUNFT, MELDER_PERSON FROM SP_MELDUNG WHERE BETREFF = 'Heizung kalt'"
    )
    assert (user, origin, person) == ("007", "PORTAL", REPORTER)
    told.sql(
        "INSERT INTO SP_NOTIZ (NOTIZ_ID, MELDUNG_NR, TEXT, OEFFENTLICH, VERFASSER, ANGELEGT_VON, ANGELEGT_AM, HERKUNFT)"
        " VALUES ('N-1', ?, 'Wir kommen morgen.', 'J', 'Nora', '011', '2026-01-01 10:00:00.000000', 'ERP')", number,
    )  # fmt: skip
    assert told.run("casavi_reports").state == "success"
    assert shown(told, ticket["id"]) == ["Wir kommen morgen."]
    told.portal.forget_requests()
    assert told.run("casavi_reports").protocol["sent"] == 0  # our own comment comes back and is recognised
    assert told.sql("SELECT COUNT(*) FROM SP_NOTIZ WHERE MELDUNG_NR = ?", number) == [(1,)]


@pytest.mark.rule("R45")
def test_a_note_that_becomes_internal_and_cannot_be_taken_back_is_named(told: Rig) -> None:
    told.sql("UPDATE SP_NOTIZ SET OEFFENTLICH = 'N' WHERE NOTIZ_ID = 'N-R45-1'")
    run = told.run("casavi_reports")
    assert (run.state, run.protocol["errors"]) == ("failed", 1)
    assert [entry[:3] for entry in told.entries("error")] == [("comment", "N-R45-1", "CANNOT_WITHDRAW")]


@pytest.mark.rule("R46", "R35")
def test_a_completed_report_is_closed_in_the_portal(told: Rig) -> None:
    told.sql("UPDATE SP_MELDUNG SET STATUS = 'Abgeschlossen' WHERE MELDUNG_NR = ?", REPORT_CASES["R35"])
    assert told.run("casavi_reports").protocol["updated"] == 1
    tickets = {one["id"]: one["fields"]["status"] for one in told.portal.state("tickets")}
    assert tickets[REPORT_CASES["R35"]] == "CLOSED"


@pytest.mark.rule("R47", "E55")
def test_a_locked_user_holds_up_what_comes_in_and_nothing_else(told: Rig) -> None:
    told.portal.tenant_files(REPORTER, "ANFRAGE", "Wartet", "", "129/R16")
    told.sql("UPDATE SP_BENUTZER SET GESPERRT = 'J' WHERE BENUTZER_NR = '007'")
    told.sql("UPDATE SP_MELDUNG SET BETREFF = 'Neuer Betreff' WHERE MELDUNG_NR = ?", REPORT_CASES["R35"])
    run = told.run("casavi_reports")
    assert (run.state, run.protocol["updated"]) == ("failed", 1)
    assert "receive" in run.protocol["reason"]
    told.sql("UPDATE SP_BENUTZER SET GESPERRT = 'N' WHERE BENUTZER_NR = '007'")
    assert told.run("casavi_reports").state == "success"
    assert told.sql("SELECT COUNT(*) FROM SP_MELDUNG WHERE BETREFF = 'Wartet'") == [(1,)]


def write_note(rig: Rig, note_id: str, report_nr: str) -> None:
    rig.sql(
        "INSERT INTO SP_NOTIZ (NOTIZ_ID, MELDUNG_NR, TEXT, OEFFENTLICH, VERFASSER, ANGELEGT_VON, ANGELEGT_AM, HERKUNFT)"
        " VALUES (?, ?, ?, 'J', 'Nora', '011', '2026-01-01 10:00:00.000000', 'ERP')", note_id, report_nr, note_id,
    )  # fmt: skip


@pytest.mark.rule("R1")
def test_a_run_about_a_report_sends_what_is_new_in_its_property_and_leaves_the_others_to_the_schedule(
    told: Rig,
) -> None:
    write_note(told, "N-here", REPORT_CASES["R35"])
    write_note(told, "N-elsewhere", REPORT_CASES["R36"])
    run = told.exchange(about=(REPORT_CASES["R35"],))
    assert (run.state, run.protocol["sent"]) == ("success", 1)
    assert shown(told, REPORT_CASES["R35"]) == ["N-here"]
    assert told.exchange().protocol["sent"] == 1
    assert shown(told, REPORT_CASES["R36"]) == ["N-elsewhere"]


@pytest.mark.rule("R1", "R50")
def test_a_run_about_the_portal_alone_imports_and_says_how_the_new_report_stands(told: Rig) -> None:
    told.portal.tenant_files(REPORTER, "ANFRAGE", "Heizung kalt", "Seit gestern.", "129/R16")
    run = told.exchange(about=())
    ((number,),) = told.sql("SELECT MELDUNG_NR FROM SP_MELDUNG WHERE BETREFF = 'Heizung kalt'")
    assert (run.state, field_of(told, number)) == ("success", ("SENT", "INDIVIDUAL"))


@pytest.mark.rule("R1")
def test_a_run_about_nothing_asks_for_the_list_of_tickets_and_nothing_else(told: Rig) -> None:
    told.exchange()  # reads what the first run sent
    told.portal.forget_requests()
    run = told.exchange(about=())
    assert (run.state, run.protocol["read"], run.protocol["sent"]) == ("success", 0, 0)
    assert [one["path"] for one in told.portal.requests()] == ["/authenticate", "/tickets"]


@pytest.mark.rule("E49")
def test_what_a_run_sent_is_read_back_by_it_and_starts_no_other(told: Rig) -> None:
    write_note(told, "N-1", REPORT_CASES["R35"])
    told.exchange(about=(REPORT_CASES["R35"],))
    tickets = [(one["id"], one["modifiedAt"]) for one in PortalUser(told.portal).listed("tickets")]
    assert len(tickets) > 10
    assert unsettled(open_engine("ixhaus_production"), "production", tickets) == []


@pytest.mark.rule("R39", "R15")
def test_a_run_about_the_only_report_of_a_property_may_withdraw_it(told: Rig) -> None:
    """The guard's share is one of all that the portal holds, not of the one property."""
    told.sql("UPDATE SP_MELDUNG SET MELDUNGSART = 'INTERN' WHERE MELDUNG_NR = ?", REPORT_CASES["R36"])
    run = told.exchange(about=(REPORT_CASES["R36"],))
    assert (run.state, run.protocol["removed"]) == ("success", 1)
    assert field_of(told, REPORT_CASES["R36"]) == ("WITHDRAWN", "KIND_LOCKED")


@pytest.mark.rule("E11")
def test_a_run_about_a_report_that_moved_to_another_property_makes_no_second_one(told: Rig) -> None:
    number = REPORT_CASES["R44"]
    told.sql("UPDATE SP_MELDUNG SET OBJEKT_NR = '110', BETREFF = 'Umgezogen' WHERE MELDUNG_NR = ?", number)
    run = told.exchange(about=(REPORT_CASES["R36"],))  # of the property it moved to: that it moved nobody has said yet
    assert (run.state, run.protocol["created"]) == ("success", 0)
    assert told.exchange().state == "success"
    assert [one["id"] for one in told.portal.state("tickets")].count(number) == 1
    assert shown(told, number) == ["Der Techniker kommt am Dienstag."]
