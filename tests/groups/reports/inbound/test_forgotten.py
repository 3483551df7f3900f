"""Ledger and inbox have forgotten what the portal holds: everything is told by its id, nothing comes in again."""

from typing import Any

import pytest

from include.groups.reports.inbound import Received
from include.ixhaus.contract.own import SP_ABGLEICH, SP_EINGANG
from tests.groups.reports.inbound.harness import SYSTEM, TENANT, World

pytestmark = pytest.mark.rule("R58", "E49")
PNG = b"\x89PNG\r\n\x1a\n" + bytes(50)


def forget(world: World) -> None:
    for table in ("SP_ABGLEICH", "SP_EINGANG", "SP_POSITION"):
        world.sql(f"DELETE FROM {table}")


def held(world: World, kind: str = "ticket") -> dict[str, tuple[str, str | None]]:
    """External id → state and identity, as the ledger has them."""
    rows = world.rows(SP_ABGLEICH, record_type=kind)
    return {row["external_id"]: (row["state"], row["identity"]) for row in rows}


def note(world: World, note_id: str, text: str, **columns: object) -> None:
    row = {"note_id": note_id, "report_nr": "M1", "text": text, "is_public": "J", "origin": "ERP"}
    world.insert("SP_NOTIZ", row | columns)


def inbox(world: World, kind: str) -> dict[str, str | None]:
    return {row["portal_id"]: row["erp_id"] for row in world.rows(SP_EINGANG, record_type=kind)}


# tickets


@pytest.mark.rule("E43")
@pytest.mark.parametrize(
    ("fields", "identity"),
    [
        ({"contactId": TENANT}, TENANT),
        ({"contactId": TENANT, "propertyId": "100", "unitId": "100/1"}, TENANT),
        ({"propertyId": "100"}, "~P100"),
    ],
)
@pytest.mark.parametrize("ticket_id", ["M1", "M1~P", "M1~ERP", "M1~4711~2"])
def test_a_ticket_under_the_number_of_a_report_is_that_report(
    world: World, ticket_id: str, fields: dict[str, str], identity: str
) -> None:
    world.insert("SP_MELDUNG", {"report_nr": "M1", "status": "Neu", "property_nr": "100"})
    world.user.post("tickets", id=ticket_id, ticketTypeId="REPARATUR", title="Unsere", **fields)
    for run in ("r/1", "r/2"):
        assert world.receive(run) == Received()
    assert [report["report_nr"] for report in world.reports()] == ["M1"]
    assert held(world) == {ticket_id: ("present", identity)}
    (row,) = world.rows(SP_ABGLEICH)
    assert (row["hash"], row["group"], row["properties"]) == (None, "reports", "100")
    assert (world.report()["portal_change"], world.warned()) == (None, [])


def test_a_ticket_that_the_ledger_only_planned_to_send_is_there(world: World) -> None:
    world.ours(state="new")
    assert world.receive() == Received()
    assert held(world) == {"M1": ("present", TENANT)}


@pytest.mark.parametrize("state", ["pending", "removed", "restricted"])
def test_what_the_ledger_knows_of_a_ticket_stays(world: World, state: str) -> None:
    world.ours(state=state)
    world.receive()
    assert held(world) == {"M1": (state, None)}


def test_a_ticket_made_in_the_portal_is_the_report_that_was_made_of_it(world: World) -> None:
    ticket = world.files_report("Es ist kalt.", file=("a.txt", "text/plain", b"A"))
    world.comments(ticket, "Noch kalt", file=("b.txt", "text/plain", b"B"))
    world.receive()
    before = world.reports(), world.notes(), world.files(), held(world), inbox(world, "ticket")
    forget(world)
    assert world.receive("r/2") == Received()
    assert (world.reports(), world.notes(), world.files(), held(world), inbox(world, "ticket")) == before
    (report,) = world.reports()
    assert inbox(world, "ticket") == {ticket: report["report_nr"]}
    assert (len(inbox(world, "comment")), len(inbox(world, "attachment"))) == (1, 2)
    world.comments(ticket, "Immer noch")
    assert world.receive("r/3") == Received(comments=1)


def test_it_is_that_report_also_when_staff_have_changed_its_subject_or_its_time(world: World) -> None:
    world.files_report(title="Heizung")
    world.receive()
    for change in ("BETREFF = 'Anders'", "BETREFF = 'Heizung', GEMELDET_AM = '2001-01-01 00:00:00.000000'"):
        world.sql(f"UPDATE SP_MELDUNG SET {change}")
        forget(world)
        assert world.receive() == Received()


def test_a_number_that_another_portals_ticket_has_taken_is_not_taken_for_this_one(world: World) -> None:
    ticket = world.files_report(title="Heizung")
    number = world.sandbox.state("tickets")[0]["internalId"]
    other = {"report_nr": f"SP-{number}", "subject": "Ganz anders", "origin": "PORTAL", "text": "fremd"}
    world.insert("SP_MELDUNG", other | {"reported_at": "2020-01-01 00:00:00"})
    assert world.receive() == Received(tickets=1)
    new = inbox(world, "ticket")[ticket]
    assert new
    assert new.startswith(f"SP-{number}-")
    forget(world)
    assert world.receive() == Received()
    assert inbox(world, "ticket") == {ticket: new}


@pytest.mark.rule("E43")
@pytest.mark.parametrize("first_seen", [True, False])
def test_what_continues_a_tenants_ticket_for_another_audience_is_the_same_report(
    world: World, first_seen: bool
) -> None:
    ticket = world.files_report(title="Heizung")
    world.receive()
    world.user.post("tickets", id=f"{ticket}~P", ticketTypeId="GEBAEUDE", title="Anders", propertyId="100")
    if first_seen:  # else the one that it continues changes later, and is listed later
        world.user.change("tickets", f"{ticket}~P", title="Heizung")
    else:
        world.user.change("tickets", ticket, title="Heizung")
    forget(world)
    assert world.receive() == Received()
    assert held(world) == {ticket: ("present", TENANT), f"{ticket}~P": ("present", "~P100")}
    assert inbox(world, "ticket") == {ticket: world.report()["report_nr"], f"{ticket}~P": None}


def test_what_it_continues_cannot_be_read_so_that_it_waits(world: World) -> None:
    world.user.post("tickets", id="T~P", ticketTypeId="GEBAEUDE", title="Anders", propertyId="100")
    world.sandbox.fault("status", "GET", "/tickets/T", times=None, status=503)
    assert world.receive() == Received(unread=1)
    assert world.reports() == []


@pytest.mark.parametrize("ticket_id", ["M9", "M9~P"])
def test_a_ticket_whose_report_ixhaus_does_not_know_is_not_made_a_new_one(world: World, ticket_id: str) -> None:
    world.insert("SP_ABGLEICH", {
        "system": SYSTEM, "record_type": "ticket", "external_id": ticket_id, "state": "present", "reason": "ORPHAN",
    })  # fmt: skip
    world.user.post("tickets", id=ticket_id, ticketTypeId="REPARATUR", title="Fremd", contactId=TENANT)
    world.comments(ticket_id)
    assert world.receive() == Received()
    assert (world.reports(), world.notes(), world.warned()) == ([], [], [])


def test_a_tenants_ticket_that_reads_like_a_number_of_ixhaus_stays_his_report(world: World) -> None:
    world.insert("SP_MELDUNG", {"report_nr": "4711", "status": "Neu", "origin": "ERP"})
    world.user.post("tickets", id="4711", ticketTypeId="REPARATUR", title="Meine", contactId=TENANT)
    world.user.post("tickets", id="4711~ERP", ticketTypeId="REPARATUR", title="Unsere", contactId=TENANT)
    (number, _) = [ticket["internalId"] for ticket in world.sandbox.state("tickets")]
    world.insert("SP_EINGANG", {
        "system": SYSTEM, "record_type": "ticket", "portal_id": "4711", "erp_id": f"SP-{number}", "version": "before",
    })  # fmt: skip
    world.insert("SP_MELDUNG", {"report_nr": f"SP-{number}", "status": "Neu", "subject": "Meine", "origin": "PORTAL"})
    world.user.comment("4711~ERP", "Wir kommen.", id="N1", isInternal=False)
    note(world, "N1", "Wir kommen.", report_nr="4711")
    assert world.receive() == Received()
    assert inbox(world, "ticket") == {"4711": f"SP-{number}", "4711~ERP": None}
    assert held(world, "comment") == {"N1": ("present", None)}


# comments


@pytest.mark.parametrize(("ticket_id", "comment_id"), [("M1", "N1"), ("M1~P", "N1~P"), ("M1", "N1~ERP")])
def test_a_comment_under_the_id_of_a_note_is_that_note(world: World, ticket_id: str, comment_id: str) -> None:
    world.ours(ticket_id, report_nr="M1")
    note(world, "N1", "Wir kommen.")
    world.user.comment(ticket_id, "Wir kommen.", id=comment_id, isInternal=False)
    forget(world)
    for run in ("r/1", "r/2"):
        assert world.receive(run) == Received()
    (row,) = world.rows(SP_ABGLEICH, record_type="comment")
    assert (row["external_id"], row["state"], row["parents"]) == (comment_id, "present", f"ticket {ticket_id}")
    assert row["hash"]
    assert world.texts() == ["Wir kommen."]


@pytest.mark.parametrize("origin", ["ERP", None])
def test_a_comment_that_says_something_else_is_to_be_sent_again(world: World, origin: str | None) -> None:
    world.ours()
    note(world, "N1", "Wir kommen nicht.", origin=origin)
    world.user.comment("M1", "Wir kommen.", id="N1", isInternal=False)
    forget(world)
    assert world.receive() == Received()
    (row,) = world.rows(SP_ABGLEICH, record_type="comment")
    assert (row["state"], row["hash"]) == ("present", None)


def test_a_comment_that_staff_have_hidden_is_not_to_be_sent_again(world: World) -> None:
    world.ours()
    note(world, "N1", "Wir kommen.")
    world.user.comment("M1", "Wir kommen.", id="N1", isInternal=True)
    forget(world)
    assert world.receive() == Received()
    assert held(world, "comment") == {"N1": ("present", None)}


def test_the_note_of_another_report_is_none_of_this_ticket(world: World) -> None:
    world.ours()
    world.insert("SP_MELDUNG", {"report_nr": "M2", "status": "Neu"})
    note(world, "N1", "Wir kommen.", report_nr="M2")
    world.user.comment("M1", "Etwas anderes", id="N1", isInternal=False)
    forget(world)
    assert world.receive() == Received(comments=1)


@pytest.mark.rule("R43")
@pytest.mark.parametrize(("ticket_id", "comment_id"), [("M1", "AUFTRAG-A1"), ("M1~P", "AUFTRAG-A1~P")])
def test_the_note_on_an_order_is_known_by_its_number(world: World, ticket_id: str, comment_id: str) -> None:
    world.ours(ticket_id, report_nr="M1")
    world.insert("SP_BEAUFTRAGUNG", {"order_nr": "A1", "report_nr": "M1"})
    for _ in range(2 if ticket_id == "M1" else 1):  # a portal that doubles what it has
        world.sandbox.behave(comment_ids="duplicate")
        world.user.comment(ticket_id, "Rohr GmbH ist beauftragt.", id=comment_id, isInternal=False)
    forget(world)
    for run in ("r/1", "r/2"):
        assert world.receive(run) == Received()
    assert held(world, "comment") == {comment_id: ("present", None)}


def test_our_comment_under_an_id_of_the_portals_is_known_by_its_text(world: World) -> None:
    world.ours()
    world.sandbox.behave(comment_ids="ignored")
    note(world, "N1", "Wir kommen.", author="Nora")
    world.user.comment("M1", "Wir kommen.", isInternal=False)
    forget(world)
    assert world.receive() == Received()
    (row,) = world.rows(SP_ABGLEICH, record_type="comment")
    assert (row["external_id"], row["state"], bool(row["hash"])) == ("N1", "present", True)


@pytest.mark.rule("E48")
def test_a_comment_that_was_changed_before_or_meanwhile_is_told_once(world: World) -> None:
    ticket = world.files_report()
    comment = world.comments(ticket, "Am Montag")
    world.receive()
    world.sandbox.staff_edits_comment(comment, text="Am Dienstag")
    world.receive()
    forget(world)
    world.receive()
    assert world.texts() == ["Am Montag", "Im Portal geändert: Am Dienstag"]
    forget(world)
    world.sandbox.staff_edits_comment(comment, text="Am Mittwoch")
    for _ in range(2):
        world.receive()
    assert world.texts()[2:] == ["Im Portal geändert: Am Mittwoch"]


# files


def file(world: World, file_id: str = "A1", **columns: Any) -> None:
    row = {"file_id": file_id, "report_nr": "M1", "file_name": "foto.png", "size": len(PNG), "origin": "ERP"}
    world.insert("SP_ANHANG", row | columns)


@pytest.mark.parametrize(
    ("name", "columns", "is_as_it_is"),
    [
        ("foto (A1).png", {"content": PNG}, True),
        ("anders.png", {"content": PNG}, True),  # as an earlier program named it
        ("foto (A1).png", {}, True),  # kept elsewhere than in the database
        ("foto (1) (A1~v2).png", {"size": None}, True),
        ("foto (A1).png", {"size": 7}, False),  # another version
    ],
)
@pytest.mark.parametrize("ticket_id", ["M1", "M1~P"])
def test_a_file_of_ours_is_known_by_its_name_or_content(
    world: World, ticket_id: str, name: str, columns: dict[str, Any], is_as_it_is: bool
) -> None:
    world.ours(ticket_id, report_nr="M1")
    file(world, **columns)
    world.user.attach(ticket_id, PNG, file_name=name)
    forget(world)
    for run in ("r/1", "r/2"):
        assert world.receive(run) == Received()
    (row,) = world.rows(SP_ABGLEICH, record_type="attachment")
    assert (row["external_id"], row["state"]) == (f"A1{ticket_id[2:]}", "present")
    assert bool(row["hash"]) is is_as_it_is


def test_what_a_tenant_makes_of_our_file_is_his_while_the_ledger_knows_ours(world: World) -> None:
    world.ours()
    file(world, content=PNG)
    world.ledger("attachment", "A1")
    world.user.attach("M1", PNG + b"painted over", file_name="foto (A1).png")
    assert world.receive() == Received(attachments=1)
