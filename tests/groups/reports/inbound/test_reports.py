"""Tickets from the portal become reports of iX-Haus."""

from datetime import UTC, datetime

import pytest

from include.groups.reports.inbound import Received, unsettled
from include.ixhaus.contract.own import SP_ABGLEICH, SP_EINGANG
from include.vocabulary.clock import utc_now
from include.vocabulary.reasons import explain
from tests.groups.reports.inbound.harness import PARTNER, TENANT, World


@pytest.mark.rule("R47", "R48", "R38", "R49", "R58", "O9")
def test_a_ticket_becomes_a_report_under_the_configured_user(world: World) -> None:
    ticket_id = world.files_report("Es ist kalt.", unit_id="100/1", title="Heizung  kalt")
    assert world.receive() == Received(tickets=1)
    (ticket,) = world.sandbox.state("tickets")
    report = world.report()
    moments = [report.pop(name) for name in ("reported_at", "portal_changed_at", "changed_at")]
    assert all(isinstance(moment, datetime) for moment in moments)
    assert report == {
        "report_nr": f"SP-{ticket['internalId']}", "subject": "Heizung kalt", "text": "Es ist kalt.",
        "report_kind": "REPARATUR", "status": "Neu", "reporter_person": TENANT, "reporter_partner": None,
        "property_nr": "100", "unit_nr": "1", "team_nr": "T1", "responsible_user": "011", "created_by": "007",
        "changed_by": "007", "origin": "PORTAL", "hint": None, "portal_status": None, "portal_reason": None,
        "portal_change": "NEUE_MELDUNG",
    }  # fmt: skip
    (held,) = world.rows(SP_ABGLEICH, record_type="ticket")
    assert (held["external_id"], held["state"], held["hash"]) == (ticket_id, "present", None)
    assert (held["group"], held["properties"], held["identity"]) == ("reports", "100", TENANT)


def test_a_second_reading_imports_nothing(world: World) -> None:
    world.comments(world.files_report(file=("a.txt", "text/plain", b"A")))
    assert world.receive() == Received(tickets=1, comments=1, attachments=1)
    world.sandbox.forget_requests()
    assert world.receive("casavi_reports/2") == Received()
    assert [one["path"] for one in world.sandbox.requests()] == ["/authenticate", "/tickets"]


@pytest.mark.rule("R4", "E44", "R41")
@pytest.mark.parametrize("kind", ["PORTAL", "ALT", "INTERN", "AUSHANG"])
def test_a_type_that_is_no_released_kind_is_named_and_not_imported(world: World, kind: str) -> None:
    world.sandbox.portal_type("PORTAL", "Im Portal angelegt")
    ticket_id = world.files_report(kind=kind)
    for run in ("r/1", "r/2"):
        assert world.receive(run) == Received()
    assert world.reports() == []
    assert world.warned() == [("warning", ticket_id, "TICKET_TYPE_UNKNOWN")]  # once per version


@pytest.mark.rule("E44")
def test_a_ticket_is_imported_once_its_kind_is_released_and_it_changes(world: World) -> None:
    ticket_id = world.files_report(kind="ALT")
    world.receive()
    world.sql("UPDATE SP_MELDUNGSART SET FREIGEGEBEN = 'J'")
    world.comments(ticket_id)
    assert world.receive() == Received(tickets=1, comments=1)


@pytest.mark.rule("E26")
def test_times_are_local(world: World) -> None:
    before_new_year = datetime(2026, 12, 31, 23, 30, 5, tzinfo=UTC) - utc_now()
    world.sandbox.behave(clock_skew_seconds=before_new_year.total_seconds())
    world.comments(world.files_report())
    world.receive()
    assert [str(world.report()[name])[:16] for name in ("reported_at", "portal_changed_at")] == ["2027-01-01 00:30"] * 2
    assert str(world.notes()[0]["created_at"])[:16] == "2027-01-01 00:30"


@pytest.mark.rule("O6", "R49")
def test_a_status_set_in_the_portal_shows_and_never_changes_iXHaus(world: World) -> None:
    number = world.ours()
    world.receive()
    world.sandbox.staff_sets_status(number, "CLOSED")
    world.receive()
    assert (world.report()["status"], world.report()["portal_change"]) == ("Neu", "STATUS_GEAENDERT")


@pytest.mark.rule("R49", "E49")
def test_our_own_change_coming_back_sets_no_column(world: World) -> None:
    number = world.ours()
    world.receive()
    world.sql("UPDATE SP_MELDUNG SET STATUS = 'Abgeschlossen'")
    world.user.change("tickets", number, status="CLOSED", title="Anders")
    assert world.receive() == Received()
    assert (world.report()["portal_change"], world.report()["portal_changed_at"]) == (None, None)


OWN_NAMES: dict[str, object] = {
    "report_statuses": {"Erfasst": "OPEN", "Läuft": "IN_PROGRESS", "Fertig": "CLOSED"},
    "closing_statuses": {"Hinfällig": "CANCELLED"},
}


@pytest.mark.rule("R49", "E49", "R46")
@pytest.mark.parametrize(
    ("status", "in_portal", "other"),
    [
        ("Läuft", "IN_PROGRESS", "CLOSED"),
        ("Fertig", "CLOSED", "IN_PROGRESS"),
        ("Hinfällig", "CLOSED", "IN_PROGRESS"),
        (" Läuft ", "IN_PROGRESS", "CLOSED"),
        ("Abgeschlossen", "OPEN", "CLOSED"),  # a name that these settings do not know counts as open
    ],
)
def test_with_status_names_of_ones_own_only_a_change_made_in_the_portal_is_marked(
    world: World, status: str, in_portal: str, other: str
) -> None:
    number = world.ours(status="Erfasst")
    world.settings(**OWN_NAMES)
    world.receive()
    world.sql("UPDATE SP_MELDUNG SET STATUS = ?", status)
    world.user.change("tickets", number, status=in_portal, title="Anders")
    assert world.receive() == Received()
    assert (world.report()["portal_change"], world.report()["portal_changed_at"]) == (None, None)
    world.sandbox.staff_sets_status(number, other)
    world.receive()
    assert (world.report()["status"], world.report()["portal_change"]) == (status, "STATUS_GEAENDERT")


@pytest.mark.rule("R49")
def test_a_status_that_is_not_yet_sent_is_no_change_in_the_portal(world: World) -> None:
    number = world.ours()
    world.sql("UPDATE SP_MELDUNG SET STATUS = 'Abgeschlossen', GEAENDERT_AM = '2999-01-01 00:00:00.000000'")
    world.user.change("tickets", number, title="Anders")
    world.receive()
    assert world.report()["portal_change"] is None


@pytest.mark.rule("E38")
def test_a_note_on_a_withdrawn_ticket_is_imported_and_flagged(world: World) -> None:
    number = world.ours(state="removed", hint="Bisher.")
    world.user.change("tickets", number, status="CLOSED")
    world.comments(number, "Immer noch kalt")
    assert world.receive() == Received(comments=1)
    assert world.report()["hint"] == f"Bisher. {explain('TICKET_WITHDRAWN')}"
    assert world.report()["portal_change"] == "NEUE_NOTIZ"


def test_a_ticket_for_another_audience_belongs_to_the_same_report(world: World) -> None:
    world.insert("SP_MELDUNG", {"report_nr": "M1", "status": "Neu"})
    for ticket_id in ("M1", "M1~4711"):
        world.ledger("ticket", ticket_id)
        world.user.post("tickets", id=ticket_id, ticketTypeId="REPARATUR", title="Eins", contactId=PARTNER)
        world.comments(ticket_id, f"zu {ticket_id}")
    assert world.receive() == Received(comments=2)
    world.comments("M1~4711", "noch eine")
    world.receive()
    assert world.texts() == ["zu M1", "zu M1~4711", "noch eine"]  # and none is taken for deleted
    assert {note["report_nr"] for note in world.notes()} == {"M1"}
    assert {row["erp_id"] for row in world.rows(SP_EINGANG, record_type="ticket")} == {None}


def test_a_report_that_is_gone_from_iXHaus_is_named(world: World) -> None:
    world.ledger("ticket", "M9")
    world.user.post("tickets", id="M9", ticketTypeId="REPARATUR", title="Weg", contactId=TENANT)
    assert world.receive() == Received()
    assert world.warned() == [("warning", "M9", "REPORT_MISSING")]


def test_the_watcher_learns_which_tickets_are_to_be_read(world: World) -> None:
    for number in range(3):
        world.files_report(title=str(number))
    listed = [(one["id"], one["modifiedAt"]) for one in world.user.listed("tickets")]
    assert unsettled(world.engine, "production", listed) == listed
    world.receive()
    assert unsettled(world.engine, "production", listed) == []
    assert unsettled(world.engine, "test", listed) == listed
    world.comments(listed[1][0])
    newest = [(one["id"], one["modifiedAt"]) for one in world.user.listed("tickets")]
    assert unsettled(world.engine, "production", newest) == [newest[-1]]
