"""All reports with how they stand in the portal, and what happened to each."""

from datetime import UTC

import pytest
from sqlalchemy import Engine, event

from demo.ixhaus import REPORT_CASES
from include.lookup.history import Event, history
from include.lookup.overview import NONE, PAGE, Report, Wanted, one_report, overview
from tests.dags.rig import Rig
from tests.lookup.conftest import SYSTEM, Erp, run_reports
from tests.sandbox import PortalUser

REPORTER = "129.R16.1"


def report(engine: Engine, number: str) -> Report:
    found = one_report(engine, SYSTEM, number)
    assert found is not None
    return found


def numbers(engine: Engine, **wanted: str) -> set[str]:
    found = overview(engine, SYSTEM, Wanted(**wanted))
    assert found.total == len(found.reports)
    return {one.number for one in found.reports}


@pytest.mark.rule("R50")
def test_a_report_shows_its_field_serviceportal_and_its_last_transmission(engine: Engine) -> None:
    shown = report(engine, REPORT_CASES["R35"])
    assert (shown.portal_status, shown.portal_reason, shown.property_nr) == ("SENT", "INDIVIDUAL", "129")
    assert shown.last is not None
    assert (shown.last.record_type, shown.last.action, shown.last.outcome) == ("ticket", "create", "OK")


@pytest.mark.rule("R50")
def test_a_report_that_was_never_sent_has_no_last_transmission(engine: Engine) -> None:
    shown = report(engine, REPORT_CASES["R39"])
    assert (shown.portal_status, shown.portal_reason, shown.last) == ("", "KIND_LOCKED", None)


@pytest.mark.rule("R40")
def test_the_last_transmission_of_a_bulletin_is_that_of_its_post(engine: Engine) -> None:
    last = report(engine, REPORT_CASES["R40"]).last
    assert last is not None
    assert last.record_type == "post"


def test_reports_are_filtered_by_property_status_and_reason(engine: Engine) -> None:
    everything = numbers(engine)
    sent, unsent = numbers(engine, status="SENT"), numbers(engine, status=NONE)
    assert sent
    assert unsent
    assert sent | unsent == everything
    assert numbers(engine, reason="KIND_LOCKED") == {REPORT_CASES["R39"]}
    assert numbers(engine, property_nr="301") == {REPORT_CASES["R34"]}
    assert numbers(engine, property_nr="301", status="SENT") == set()


def test_the_counts_are_of_the_whole_property_whatever_is_filtered(engine: Engine) -> None:
    counts = overview(engine, SYSTEM, Wanted("129", reason="KIND_LOCKED")).counts
    assert counts["", "KIND_LOCKED"] == 1
    assert sum(counts.values()) == len(numbers(engine, property_nr="129"))


def add_reports(erp: Erp, number: int) -> None:
    erp.sql(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) "
        "INSERT INTO SP_MELDUNG (MELDUNG_NR, OBJEKT_NR, GEMELDET_AM) "
        "SELECT printf('Z%06d', i), '900', '2026-01-01 10:00:00' FROM n",
        number,
    )


def test_a_page_holds_the_next_reports_and_no_others(engine: Engine, erp: Erp) -> None:
    add_reports(erp, PAGE + 3)
    first, second = (overview(engine, SYSTEM, Wanted("900"), page) for page in (1, 2))
    assert (len(first.reports), len(second.reports), first.total, first.pages) == (PAGE, 3, PAGE + 3, 2)
    assert first.reports[0].number > first.reports[-1].number > second.reports[0].number


def test_a_page_of_many_reports_reads_no_more_rows_than_it_shows(engine: Engine, erp: Erp) -> None:
    add_reports(erp, 20 * PAGE)
    queries: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *given: queries.append(given[2]))
    overview(engine, SYSTEM, Wanted(), 3)
    assert len(queries) <= 10
    assert [query for query in queries if "subject" in query and "LIMIT" not in query] == []


def events(engine: Engine, number: str) -> list[tuple[str, ...]]:
    return [
        (one.direction, one.record_type, one.number, one.action, one.outcome) for one in history(engine, SYSTEM, number)
    ]


@pytest.mark.rule("R44", "R45")
def test_the_history_of_a_report_holds_what_was_sent_of_it_and_its_public_notes(engine: Engine) -> None:
    found = set(events(engine, REPORT_CASES["R44"]))
    assert found == {
        ("out", "ticket", REPORT_CASES["R44"], "create", "OK"),
        ("out", "comment", "N-R44-1", "create", "OK"),
    }


@pytest.mark.rule("R58", "R49")
def test_the_history_holds_what_came_from_the_portal_newest_first(engine: Engine, world: Rig) -> None:
    number = REPORT_CASES["R35"]
    world.portal.tenant_comments(REPORTER, number, "Es tropft noch.")
    run_reports()
    newest, *_, oldest = history(engine, SYSTEM, number)
    assert (newest.direction, newest.record_type, newest.action) == ("in", "comment", "received")
    assert newest.number.startswith("SP-")
    assert (oldest.direction, oldest.record_type) == ("out", "ticket")
    assert newest.at is not None
    assert newest.at.tzinfo is UTC
    shown = report(engine, number)
    assert (shown.portal_changes, shown.portal_changed_at is None) == (("NEUE_NOTIZ",), False)


@pytest.mark.rule("E49", "R58")
def test_the_history_of_a_report_from_the_portal_holds_its_arrival(engine: Engine, world: Rig) -> None:
    ticket = str(world.portal.tenant_files(REPORTER, "ANFRAGE", "Heizung kalt", "Seit gestern.", "129/R16")["id"])
    run_reports()
    ((number,),) = world.sql("SELECT MELDUNG_NR FROM SP_MELDUNG WHERE BETREFF = 'Heizung kalt'")
    arrivals = [one for one in history(engine, SYSTEM, str(number)) if one.direction == "in"]
    assert [(one.record_type, one.external_id, one.number) for one in arrivals] == [("ticket", ticket, number)]
    assert report(engine, str(number)).is_from_portal


@pytest.mark.rule("E43")
def test_a_report_that_changed_its_audience_shows_both_tickets(engine: Engine, world: Rig) -> None:
    number = REPORT_CASES["E43"]
    world.sql("UPDATE SP_MELDUNG SET MELDUNGSART = 'GEBAEUDE' WHERE MELDUNG_NR = ?", number)
    run_reports()
    tickets = {(one.external_id, one.action) for one in history(engine, SYSTEM, number) if one.record_type == "ticket"}
    assert {(number, "remove"), (f"{number}~P", "create")} <= tickets
    last = report(engine, number).last
    assert last is not None
    assert last.external_id == f"{number}~P"


@pytest.mark.rule("R45")
def test_a_note_that_ixhaus_has_lost_stays_in_the_history(engine: Engine, erp: Erp) -> None:
    number = REPORT_CASES["R44"]
    erp.sql("DELETE FROM SP_NOTIZ WHERE NOTIZ_ID = 'N-R44-1'")
    assert ("out", "comment", "", "create", "OK") in events(engine, number)


def test_the_history_of_a_report_leaves_out_those_with_a_similar_number(engine: Engine, erp: Erp) -> None:
    number = REPORT_CASES["R35"]  # there are R35-closed and R35-cancelled, and an id with an addition
    erp.sql(
        "INSERT INTO SP_ABGLEICH (SYSTEM, ART, SCHLUESSEL, ZUSTAND, AKTION, ERGEBNIS, GESENDET_AM) "
        "VALUES ('production', 'ticket', ?, 'present', 'create', 'OK', '2026-01-01 10:00:00.000000')",
        f"{number}0~P",
    )
    assert {one.external_id for one in history(engine, SYSTEM, number)} == {number}


def test_a_report_that_does_not_exist_has_neither_row_nor_history(engine: Engine) -> None:
    assert one_report(engine, SYSTEM, "gibt es nicht") is None
    assert history(engine, SYSTEM, "gibt es nicht") == []


def test_an_event_whose_answer_is_not_known_says_so(engine: Engine, erp: Erp) -> None:
    number = REPORT_CASES["R35"]
    erp.sql("UPDATE SP_ABGLEICH SET ZUSTAND = 'pending', AKTION = NULL, ERGEBNIS = NULL WHERE SCHLUESSEL = ?", number)
    pending: Event = history(engine, SYSTEM, number)[0]
    assert (pending.action, pending.outcome) == ("", "")


def test_the_portal_holds_what_the_history_says_was_sent(engine: Engine, world: Rig) -> None:
    number = REPORT_CASES["R44"]
    sent = [one for one in history(engine, SYSTEM, number) if one.record_type == "comment"]
    assert len(sent) == len(PortalUser(world.portal).comments(number))
