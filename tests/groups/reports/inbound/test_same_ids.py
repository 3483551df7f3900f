"""The same id below two tickets is two records (R58); and times that no calendar knows."""

import pytest

from include.groups.reports.inbound import Received
from include.vocabulary.reasons import explain
from tests.distorted import GONE, Distorted
from tests.groups.reports.inbound.harness import World

pytestmark = pytest.mark.rule("R58")
FILE = ("a.txt", "text/plain", b"A")


@pytest.mark.parametrize("number", [5, GONE])
def test_the_same_comment_id_below_two_tickets_is_two_notes(world: World, distorted: Distorted, number: object) -> None:
    tickets = [world.files_report(title=title) for title in ("eins", "zwei")]
    for ticket_id in tickets:
        distorted(world.comment(ticket_id, f"zu {ticket_id}"), id="5", internalId=number)
    assert world.receive() == Received(tickets=2, comments=2)
    expected = sorted(f"zu {one}" for one in tickets)
    assert sorted(world.texts()) == expected
    world.user.change("tickets", tickets[1], title="Anders")
    world.user.change("tickets", tickets[0], title="Anders")
    assert world.receive() == Received()
    assert (sorted(world.texts()), world.warned()) == (expected, [])


def test_each_of_two_comments_with_the_same_id_is_told_when_it_changes(world: World, distorted: Distorted) -> None:
    first, second = (world.files_report(title=title) for title in ("eins", "zwei"))
    distorted(world.comment(first, "zum ersten"), id="5", internalId=5)
    other = world.comment(second, "zum zweiten")
    distorted(other, id="5", internalId=5)
    world.receive()
    distorted(other, id="5", internalId=5, text="anders")
    world.user.change("tickets", second, title="Anders")
    world.receive()
    assert sorted(world.texts()) == ["Im Portal geändert: anders", "zum ersten", "zum zweiten"]


def test_two_comments_of_a_ticket_with_the_same_id_are_two_notes(world: World, distorted: Distorted) -> None:
    ticket_id = world.files_report()
    for text in ("eins", "zwei"):
        distorted(world.comment(ticket_id, text), id="5")
    assert world.receive() == Received(tickets=1, comments=2)
    world.user.change("tickets", ticket_id, title="Anders")
    assert world.receive() == Received()
    assert sorted(world.texts()) == ["eins", "zwei"]


@pytest.mark.rule("O26")
def test_the_same_attachment_id_below_two_tickets_is_two_files(world: World, distorted: Distorted) -> None:
    for name in ("a", "b"):
        world.files_report(title=name, file=(f"{name}.txt", "text/plain", name.encode()))
    for attachment_id in world.attachments():
        distorted(attachment_id, id="7")
    assert world.receive() == Received(tickets=2, attachments=2)
    assert sorted(one["content"] for one in world.files()) == [b"a", b"b"]
    assert len({one["report_nr"] for one in world.files()}) == 2


@pytest.mark.rule("O26")
def test_two_files_of_a_ticket_with_the_same_id_are_two_files(world: World, distorted: Distorted) -> None:
    ticket_id = world.files_report(file=FILE)
    world.comment(ticket_id, file=("b.txt", "text/plain", b"B"))
    for attachment_id in world.attachments():
        distorted(attachment_id, id="7")
    assert world.receive() == Received(tickets=1, comments=1, attachments=2)
    world.user.change("tickets", ticket_id, title="Anders")
    assert world.receive() == Received()


@pytest.mark.rule("E26")
@pytest.mark.parametrize("moment", ["9999-12-31T23:30:00.000Z", "0001-01-01T00:00:00+14:00", "morgen"])
def test_a_report_made_in_no_year_counts_from_when_it_came(world: World, distorted: Distorted, moment: str) -> None:
    ticket_id, fine = world.files_report(title="ewig"), world.files_report(title="gut")
    distorted(ticket_id, createdAt=moment)
    distorted(world.comment(ticket_id), createdAt=moment)
    distorted(world.comment(fine), modifiedAt=moment)
    assert world.receive() == Received(tickets=2, comments=2)
    assert {one["subject"]: one["hint"] for one in world.reports()} == {
        "ewig": explain("REPORTED_WHEN_UNKNOWN"), "gut": None,
    }  # fmt: skip
    assert (world.aside(), bool(world.cursor())) == ([], True)
