"""All reports with how they stand in the portal, and what happened to each."""

from datetime import UTC, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, event

from demo.ixhaus import REPORT_CASES
from include.lookup.history import Event, history
from include.lookup.listing import NONE, PAGE, Wanted
from include.lookup.overview import Overview, Report, one_report, overview
from include.settings import load_settings
from include.vocabulary.clock import utc_now
from tests.dags.rig import Rig
from tests.lookup.conftest import SYSTEM, Erp, run_reports
from tests.lookup.test_answers import NOW, add_note, cross, local
from tests.sandbox import PortalUser

REPORTER = "129.R16.1"


def report(engine: Engine, number: str) -> Report:
    found = one_report(engine, load_settings(SYSTEM), number)
    assert found is not None
    return found


def look(engine: Engine, wanted: Wanted, page: int = 1) -> Overview:
    return overview(engine, load_settings(SYSTEM), wanted, utc_now(), page)


def numbers(engine: Engine, **wanted: Any) -> set[str]:
    found = look(engine, Wanted(**wanted))
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
    counts = look(engine, Wanted("129", reason="KIND_LOCKED")).counts
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
    first, second = (look(engine, Wanted("900"), page) for page in (1, 2))
    assert (len(first.reports), len(second.reports), first.total, first.pages) == (PAGE, 3, PAGE + 3, 2)
    assert first.reports[0].number > first.reports[-1].number > second.reports[0].number


def test_a_page_of_many_reports_reads_no_more_rows_than_it_shows(engine: Engine, erp: Erp) -> None:
    add_reports(erp, 20 * PAGE)
    queries: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *given: queries.append(given[2]))
    look(engine, Wanted(text="dach"), 3)
    assert len(queries) <= 12
    assert [query for query in queries if "BETREFF" in query and "LIMIT" not in query and "count(*)" not in query] == []


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
    assert one_report(engine, load_settings(SYSTEM), "gibt es nicht") is None
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


@pytest.fixture
def waiting(erp: Erp) -> Erp:
    """Reports of tenants: SP-A has no answer, SP-B one, SP-C was answered and asked about again."""
    for number, hours in (("SP-A", 50), ("SP-B", 40), ("SP-C", 90)):
        erp.sql(
            "INSERT INTO SP_MELDUNG "
            "(MELDUNG_NR, BETREFF, TEAM_NR, GEMELDET_AM, MELDUNGSTEXT, OBJEKT_NR, STATUS, HERKUNFT) "
            "VALUES (?, ?, ?, ?, 'Das DACH ist undicht, Größe unbekannt.', '900', 'Neu', 'PORTAL')",
            number, f"Betreff {number}", "T1" if number == "SP-A" else None, local(NOW - timedelta(hours=hours)),
        )  # fmt: skip
    for number, hours in (("SP-B", 30), ("SP-C", 80)):
        add_note(erp, f"N-{number}", NOW - timedelta(hours=hours), None, report=number)
        cross(erp, f"N-{number}", NOW - timedelta(hours=hours))
    for key, hours in (("SP-C1", 60), ("SP-C2", 20)):
        add_note(erp, key, NOW - timedelta(hours=hours), "PORTAL", report="SP-C")
    return erp


def turns(engine: Engine, **wanted: Any) -> list[tuple[str, str]]:
    return [(one.number, one.waits_for) for one in look(engine, Wanted("900", **wanted)).reports]


@pytest.mark.rule("R1")
def test_what_has_waited_longest_for_us_comes_first(engine: Engine, waiting: Erp) -> None:
    assert turns(engine) == [("SP-C", "us"), ("SP-A", "us"), ("SP-B", "tenant")]
    first = look(engine, Wanted("900")).reports[0]
    assert first.waits_since is not None
    assert f"{first.waits_since}" == local(NOW - timedelta(hours=60))  # the first word without an answer, not the last


@pytest.mark.rule("R44")
def test_an_internal_note_and_one_that_has_not_arrived_are_no_answer(engine: Engine, waiting: Erp) -> None:
    add_note(waiting, "N-1", NOW, None, public="N", report="SP-A")
    add_note(waiting, "N-2", NOW, None, report="SP-A")
    assert ("SP-A", "us") in turns(engine)
    cross(waiting, "N-2", NOW)
    assert ("SP-A", "tenant") in turns(engine)


@pytest.mark.rule("E49")
def test_a_note_of_ours_that_the_portal_gave_another_id_is_an_answer(engine: Engine, waiting: Erp) -> None:
    add_note(waiting, "N-1", NOW, None, report="SP-A")
    waiting.sql(
        "INSERT INTO SP_EINGANG (SYSTEM, ART, PORTAL_ID, IXHAUS_ID) VALUES ('production', 'comment', 'K1', 'N-1')"
    )
    assert ("SP-A", "tenant") in turns(engine)


@pytest.mark.rule("O6", "R49")
def test_a_closed_report_waits_only_for_an_answer_to_what_came_afterwards(engine: Engine, waiting: Erp) -> None:
    waiting.sql("UPDATE SP_MELDUNG SET STATUS = 'Abgeschlossen ' WHERE OBJEKT_NR = '900'")
    assert {waits_for for _, waits_for in turns(engine)} == {""}
    waiting.sql("UPDATE SP_MELDUNG SET PORTAL_AENDERUNG = 'NEUE_NOTIZ STATUS_GEAENDERT' WHERE MELDUNG_NR = 'SP-C'")
    assert turns(engine)[0] == ("SP-C", "us")


def test_filters_combine_and_are_counted(engine: Engine, waiting: Erp) -> None:
    assert [number for number, _ in turns(engine, waits_for="us")] == ["SP-C", "SP-A"]
    assert [number for number, _ in turns(engine, waits_for="us", team="T1")] == ["SP-A"]
    assert [number for number, _ in turns(engine, team=NONE)] == ["SP-C", "SP-B"]
    assert [number for number, _ in turns(engine, older_than=2)] == ["SP-C", "SP-A"]
    assert [number for number, _ in turns(engine, older_than=-2)] == ["SP-B"]
    found = look(engine, Wanted("900", waits_for="us", older_than=2))
    assert (found.total, found.waiting) == (2, {"": 0, "us": 2, "tenant": 0})
    found = look(engine, Wanted("900", waits_for="tenant", older_than=2))
    assert (found.total, found.waiting) == (0, {"": 0, "us": 2, "tenant": 0})
    assert look(engine, Wanted("900", waits_for="tenant"), page=7).total == 1


def test_words_are_found_in_number_subject_text_and_notes_however_they_are_spelled(
    engine: Engine, waiting: Erp
) -> None:
    assert [number for number, _ in turns(engine, text="dach GRÖßE")] == ["SP-C", "SP-A", "SP-B"]
    assert [number for number, _ in turns(engine, text="sp-a undicht")] == ["SP-A"]
    assert [number for number, _ in turns(engine, text="betreff sp-b")] == ["SP-B"]
    assert [number for number, _ in turns(engine, text="text SP-C2")] == ["SP-C"]
    assert turns(engine, text="dach ziegel") == []
    assert turns(engine, text="%") == []  # a sign like others


def test_teams_are_offered_by_name(engine: Engine) -> None:
    teams = look(engine, Wanted()).teams
    assert teams["T1"]
    assert list(teams.values()) == sorted(teams.values())
