"""Tickets that the portal gives no id: known by its own number for them."""

import pytest

from include.groups.reports.inbound import Received, unsettled
from include.ixhaus.contract.own import SP_ABGLEICH, SP_EINGANG
from tests.groups.reports.inbound.harness import SYSTEM, TENANT, World

pytestmark = pytest.mark.rule("R58")


@pytest.fixture
def numbering(world: World) -> World:
    """A portal that gives tickets made there no ids."""
    world.sandbox.behave(ticket_ids="none")
    return world


def number_of(world: World) -> str:
    """File a report with a file, and a comment with one; returns the ticket's number."""
    world.files_report("Es ist kalt.", file=("a.txt", "text/plain", b"A"))
    number = str(world.sandbox.state("tickets")[-1]["internalId"])
    world.comments(number, "Noch kalt", file=("b.txt", "text/plain", b"B"))
    assert [ticket["id"] for ticket in world.user.listed("tickets")] == [None]
    return number


def test_a_ticket_without_an_id_comes_in_with_comments_and_files_once(numbering: World) -> None:
    number = number_of(numbering)
    assert numbering.receive() == Received(tickets=1, comments=1, attachments=2)
    assert numbering.report()["report_nr"] == f"SP-{number}"
    assert [row["external_id"] for row in numbering.rows(SP_ABGLEICH, record_type="ticket")] == [number]
    assert numbering.receive("r/2") == Received()
    numbering.comments(number, "Immer noch")
    assert numbering.receive("r/3") == Received(comments=1)


def test_it_is_recognised_when_ledger_and_inbox_have_forgotten_it(numbering: World) -> None:
    number = number_of(numbering)
    numbering.receive()
    for table in ("SP_ABGLEICH", "SP_EINGANG", "SP_POSITION"):
        numbering.sql(f"DELETE FROM {table}")
    assert numbering.receive() == Received()
    (row,) = numbering.rows(SP_EINGANG, record_type="ticket")
    assert (row["portal_id"], row["erp_id"]) == (number, f"SP-{number}")


def test_whoever_watches_sees_it_settled(numbering: World) -> None:
    number = number_of(numbering)
    numbering.receive()
    (ticket,) = numbering.user.listed("tickets")
    assert unsettled(numbering.engine, SYSTEM, [(number, ticket["modifiedAt"]), (number, "later")]) == [
        (number, "later")
    ]


@pytest.mark.rule("E49")
def test_its_number_is_not_taken_for_that_of_a_report_of_ixhaus(numbering: World) -> None:
    numbering.files_report("Es ist kalt.")
    number = str(numbering.sandbox.state("tickets")[-1]["internalId"])
    numbering.insert("SP_MELDUNG", {"report_nr": number, "status": "Neu", "property_nr": "100"})
    assert numbering.receive() == Received(tickets=1)
    assert {report["report_nr"] for report in numbering.reports()} == {number, f"SP-{number}"}


@pytest.mark.rule("E49")
@pytest.mark.parametrize("is_known_before", [True, False])
def test_a_number_that_is_the_id_of_another_ticket_tells_nothing(numbering: World, is_known_before: bool) -> None:
    numbering.files_report("Es ist kalt.")
    number = str(numbering.sandbox.state("tickets")[-1]["internalId"])
    numbering.insert("SP_MELDUNG", {"report_nr": number, "status": "Neu", "property_nr": "100"})
    if is_known_before:
        numbering.ledger("ticket", number)
    else:
        numbering.sandbox.behave(post_existing="duplicate")
        numbering.user.post("tickets", id=number, ticketTypeId="REPARATUR", title="Unsere", contactId=TENANT)
    assert numbering.receive() == Received(unread=1)
    assert ("error", f"#{number}", "TICKET_WITHOUT_ID") in numbering.warned()
    assert [report["report_nr"] for report in numbering.reports()] == [number]
