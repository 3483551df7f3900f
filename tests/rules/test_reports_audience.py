"""Nobody ever sees what was written for somebody else, whatever becomes of a report's kind or reporter (E43)."""

import pytest

from tests.rules.builders import Records, Row, came_in, decide_reports, file, held, kind, note, order, prop, report
from tests.rules.mirror import Mirror

KIM, JO = "100.1.1", "100.2.1"
MONDAY, TUESDAY, WEDNESDAY, THURSDAY = (f"2026-06-{day} 12:00" for day in (15, 16, 17, 18))
FIRST = note("N1", text="nur für Kim", created_at="2026-06-02 09:00")
SECOND = note("N2", text="für alle", created_at="2026-06-16 18:00")


def individual(*parts: Records, reporter: str = KIM) -> Records:
    return report(*parts, reporter_person=reporter)


def for_all(*parts: Records, property_nr: str = "100") -> Records:
    return report(*parts, report_kind="OBJEKT", property_nr=property_nr)


@pytest.mark.rule("E43")
def test_an_individual_report_that_becomes_a_property_report_is_withdrawn_and_comes_anew() -> None:
    portal = Mirror()
    portal.run(individual(FIRST), at=MONDAY)
    assert portal.tickets() == ["M1"]
    sent = portal.run(for_all(FIRST), at=TUESDAY)
    assert sent == ["remove comment N1", "remove ticket M1", "create ticket M1~P"]
    assert portal.notes("M1~P") == []
    shown = portal.shown["ticket"]["M1~P"]
    assert (shown["contactId"], shown["unitId"], shown["propertyId"]) == (None, None, "100")


@pytest.mark.rule("E43")
def test_only_notes_written_since_then_go_to_everybody() -> None:
    portal = Mirror()
    portal.run(individual(FIRST), at=MONDAY)
    portal.run(for_all(FIRST), at=TUESDAY)
    portal.run(for_all(FIRST, SECOND), at=WEDNESDAY)
    assert portal.notes("M1~P") == ["für alle"]
    assert portal.outcome.row("comment", "N1~P")["reason"] == "BEFORE_AUDIENCE_CHANGED"
    assert portal.run(for_all(FIRST, SECOND), at=THURSDAY) == []


@pytest.mark.rule("E43")
def test_an_old_note_that_is_edited_later_stays_an_old_note() -> None:
    portal = Mirror()
    portal.run(individual(FIRST), at=MONDAY)
    portal.run(for_all(FIRST), at=TUESDAY)
    edited = note("N1", text="nur für Kim, berichtigt", created_at="2026-06-02 09:00", changed_at="2026-06-17 09:00")
    flipped = note("N3", text="war intern", created_at="2026-06-03 09:00", changed_at="2026-06-17 09:00")
    undated = note("N4", text="ohne Datum", created_at=None)
    portal.run(for_all(edited, flipped, undated), at=WEDNESDAY)
    assert portal.notes("M1~P") == []


@pytest.mark.rule("E43")
@pytest.mark.parametrize(("written", "is_shown"), [("2026-06-16 12:00:00", False), ("2026-06-16 12:00:01", True)])
def test_local_notes_are_compared_with_the_acknowledgement_in_utc(written: str, is_shown: bool) -> None:
    portal = Mirror()
    portal.run(individual(), at=MONDAY)
    portal.run(for_all(), at=TUESDAY)
    portal.run(for_all(note(created_at=written)), at=WEDNESDAY)
    assert bool(portal.notes("M1~P")) is is_shown


@pytest.mark.rule("E43", "E25")
def test_a_note_from_the_hour_that_occurs_twice_counts_as_the_earlier() -> None:
    portal = Mirror()
    portal.run(individual(), at="2026-10-24 12:00")
    portal.run(for_all(), at="2026-10-25 02:10")  # the mirror takes it for the second: 01:10 UTC
    portal.run(for_all(note(created_at="2026-10-25 02:30")), at="2026-10-25 12:00")
    assert portal.notes("M1~P") == []


@pytest.mark.rule("E43")
def test_a_change_of_the_ticket_between_note_and_run_loses_no_note() -> None:
    portal = Mirror()
    portal.run(individual(), at=MONDAY)
    portal.run(for_all(), at=TUESDAY)
    closed = {"report_kind": "OBJEKT", "status": "Abgeschlossen"}
    assert portal.run(report(**closed), at=THURSDAY) == ["update ticket M1~P"]
    during = note("N2", text="für alle", created_at="2026-06-17 18:00")  # before that update, not yet read by it
    portal.run(report(during, **closed), at="2026-06-18 12:05")
    assert portal.notes("M1~P") == ["für alle"]


@pytest.mark.rule("E43")
def test_a_note_whose_sending_failed_is_sent_later_though_the_ticket_changed_meanwhile() -> None:
    portal = Mirror()
    portal.run(individual(), at=MONDAY)
    portal.run(for_all(), at=TUESDAY)
    with_note = report(SECOND, report_kind="OBJEKT", status="In Bearbeitung")
    portal.run(with_note, at=WEDNESDAY, breaks=lambda record_type, _: record_type == "comment")
    assert portal.notes("M1~P") == []
    portal.run(with_note, at=THURSDAY)
    assert portal.notes("M1~P") == ["für alle"]


@pytest.mark.rule("E43")
def test_before_the_new_ticket_is_acknowledged_no_note_goes_to_it() -> None:
    portal = Mirror()
    portal.run(individual(FIRST), at=MONDAY)
    portal.run(for_all(FIRST, SECOND), at=TUESDAY, breaks=lambda _, external_id: external_id == "M1~P")
    assert portal.tickets() == []
    portal.run(for_all(FIRST, SECOND), at=WEDNESDAY)
    assert (portal.tickets(), portal.notes("M1~P")) == (["M1~P"], [])


@pytest.mark.rule("E43")
def test_an_old_report_between_its_two_tickets_is_still_followed() -> None:
    portal, old = Mirror(), "2020-01-01"
    portal.run(report(reported_at=old), at=MONDAY, properties_full_history="100")
    portal.run(
        report(reported_at=old, report_kind="OBJEKT"), at=TUESDAY, breaks=lambda _, external_id: external_id == "M1~P"
    )
    portal.run(report(reported_at=old, report_kind="OBJEKT"), at=WEDNESDAY)
    assert portal.tickets() == ["M1~P"]


@pytest.mark.rule("E43")
def test_back_to_its_reporter_the_first_ticket_returns_with_its_own_notes() -> None:
    portal = Mirror()
    portal.run(individual(FIRST), at=MONDAY)
    portal.run(for_all(FIRST), at=TUESDAY)
    portal.run(for_all(FIRST, SECOND), at=WEDNESDAY)
    portal.run(individual(FIRST, SECOND), at=THURSDAY)
    assert portal.tickets() == ["M1"]
    assert portal.notes("M1") == ["nur für Kim"]
    assert portal.run(individual(FIRST, SECOND), at="2026-06-19 12:00") == []


@pytest.mark.rule("E43")
def test_public_again_it_does_not_show_what_was_private_in_between() -> None:
    portal = Mirror()
    portal.run(for_all(FIRST), at="2026-06-14 12:00")
    assert portal.tickets() == ["M1"]
    portal.run(individual(FIRST), at=MONDAY)
    assert portal.tickets() == ["M1~100.1.1"]
    between = note("N5", text="vertraulich", created_at="2026-06-15 20:00")
    portal.run(individual(FIRST, between), at=TUESDAY)
    assert portal.notes("M1~100.1.1") == ["vertraulich"]
    portal.run(for_all(FIRST, between), at=WEDNESDAY)
    portal.run(for_all(FIRST, between), at=THURSDAY)
    assert (portal.tickets(), portal.notes("M1")) == (["M1"], ["nur für Kim"])  # public at that time


@pytest.mark.rule("E43")
def test_another_reporter_gets_another_ticket_and_none_of_the_old_notes() -> None:
    portal = Mirror()
    portal.run(individual(FIRST), at=MONDAY)
    sent = portal.run(individual(FIRST, reporter=JO), at=TUESDAY)
    assert sent == ["remove comment N1", "remove ticket M1", "create ticket M1~100.2.1"]
    portal.run(individual(FIRST, SECOND, reporter=JO), at=WEDNESDAY)
    assert portal.notes("M1~100.2.1") == ["für alle"]
    assert portal.shown["ticket"]["M1~100.2.1"]["contactId"] == JO
    portal.run(individual(FIRST, SECOND), at=THURSDAY)
    assert (portal.tickets(), portal.notes("M1")) == (["M1"], ["nur für Kim"])


@pytest.mark.rule("E43", "E38")
def test_whose_a_withdrawn_ticket_was_is_not_forgotten() -> None:
    portal = Mirror()
    portal.run(report(FIRST, team_nr="T1"), at=MONDAY)
    portal.run(report(FIRST, team_nr="T1"), at=TUESDAY, user_teams=["T2"])
    assert portal.tickets() == []
    portal.run(individual(FIRST, reporter=JO), at=WEDNESDAY)
    assert (portal.tickets(), portal.notes("M1~100.2.1")) == (["M1~100.2.1"], [])


@pytest.mark.rule("E43")
def test_a_property_report_that_moves_to_another_property_leaves_its_notes_behind() -> None:
    portal = Mirror()
    portal.run(for_all(FIRST), at=MONDAY)
    portal.run(for_all(FIRST, property_nr="101"), prop("101"), at=TUESDAY)
    portal.run(for_all(FIRST, property_nr="102"), prop("102"), at=WEDNESDAY)
    portal.run(for_all(FIRST, property_nr="102"), prop("102"), at=THURSDAY)
    (ticket,) = portal.tickets()
    assert (ticket, portal.notes(ticket)) == ("M1~P~102", [])


@pytest.mark.rule("E43")
@pytest.mark.parametrize("bulletin_first", [True, False])
def test_a_bulletin_and_a_report_never_are_both(bulletin_first: bool) -> None:
    portal, kinds = Mirror(), ["REPARATUR", "AUSHANG"]
    first, second = reversed(kinds) if bulletin_first else kinds
    portal.run(report(FIRST, report_kind=first), at=MONDAY)
    portal.run(report(FIRST, report_kind=second), at=TUESDAY)
    assert (portal.tickets(), portal.posts()) == ((["M1"], []) if bulletin_first else ([], ["M1"]))
    assert portal.run(report(FIRST, report_kind=second), at=WEDNESDAY) == []


@pytest.mark.rule("E43", "R41")
def test_what_a_tenant_reported_never_becomes_public_with_its_history() -> None:
    arrived = came_in("ticket", "portal-7", "M1")
    public = report(FIRST, arrived, report_kind="OBJEKT", origin="PORTAL")
    decided = decide_reports(public)  # also if the ledger does not know the ticket
    assert decided.ids("ticket", "send") == ["portal-7~P"]
    assert decided.ids("comment", "send") == []
    ledger = [held("portal-7", identity=KIM, record_type="ticket")]
    assert decide_reports(public, known=ledger).row("ticket", "portal-7")["decision"] == "remove"


@pytest.mark.rule("E43")
def test_a_ticket_from_the_portal_is_its_reporters_until_something_else_is_known() -> None:
    arrived = came_in("ticket", "portal-7", "M1")
    mine = report(arrived, origin="PORTAL")
    for identity in ("", KIM):
        known = [held("portal-7", identity=identity, record_type="ticket")]
        assert decide_reports(mine, known=known).ids("ticket", "send") == ["portal-7"]
    moved = decide_reports(mine, known=[held("portal-7", identity=JO, record_type="ticket")])
    assert moved.ids("ticket", "send") == ["portal-7~100.1.1"]
    withdrawn = decide_reports(mine, known=[held("portal-7", "removed", record_type="ticket")])
    assert withdrawn.ids("ticket", "send") == ["portal-7~100.1.1"]


@pytest.mark.rule("E43", "R44")
def test_files_of_the_time_before_stay_behind_too() -> None:
    portal = Mirror()
    seen = file("F1", file_name="alt.jpg", changed_at="2026-06-02 09:00")
    hidden = file("F2", file_name="intern.jpg", changed_at="2026-06-02 09:00", is_public=False)
    portal.run(individual(seen, hidden, note(files=[file("F3", file_name="notiz.jpg")])), at=MONDAY)
    assert portal.files("M1") == ["alt.jpg", "notiz.jpg"]
    touched = file("F1", file_name="alt.jpg", changed_at="2026-06-17 09:00")
    fresh = file("F4", file_name="neu.jpg", changed_at="2026-06-17 09:00")
    later = note("N2", text="für alle", created_at="2026-06-17 09:00", files=[file("F5", file_name="plan.pdf")])
    old_note = note(files=[file("F3", file_name="notiz.jpg", changed_at="2026-06-17 09:00")])
    public = for_all(touched, hidden, fresh, later, old_note)
    portal.run(public, at=TUESDAY)
    portal.run(public, at=THURSDAY)
    assert portal.files("M1~P") == ["neu.jpg", "plan.pdf"]


@pytest.mark.rule("E43", "R43")
def test_an_order_of_the_time_before_is_not_told_to_everybody() -> None:
    portal = Mirror()
    flags: Row = {"notes_commissioning": True, "note_template": "Auftrag {order.number}"}
    kinds = [kind("REPARATUR", **flags), kind("OBJEKT", is_property_wide=True, **flags)]
    portal.run(individual(order("A1")), *kinds, at=MONDAY)
    assert portal.notes("M1") == ["Auftrag A1"]
    both = for_all(order("A1"), order("A2", ordered_at="2026-06-17 09:00"))
    portal.run(for_all(order("A1")), *kinds, at=TUESDAY)
    portal.run(both, *kinds, at=THURSDAY)
    assert portal.notes("M1~P") == ["Auftrag A2"]
