"""Whatever one ticket, comment or file holds is that one's problem: set aside by id and reason, tried again (R58)."""

import sqlite3
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import DBAPIError

from include.groups.reports.inbound import Received, attachments, intake, tickets, work
from include.ixhaus.contract.own import SP_EINGANG
from include.vocabulary.reasons import explain
from tests.distorted import Distorted
from tests.groups.reports.inbound.harness import CANARY, TENANT, World

pytestmark = pytest.mark.rule("R58")
FILE = ("a.txt", "text/plain", b"A")
ODD: list[Any] = [["Kanari"], {"kanari": 1}, True]
"""What no text is."""


# ---- what the portal keeps from us


@pytest.mark.rule("O26")
def test_a_file_that_is_kept_from_us_waits_and_keeps_nothing_else_waiting(world: World) -> None:
    ticket_id = world.files_report(title="eins", file=FILE)
    world.files_report(title="zwei", file=FILE)
    kept = world.attachments()[0]
    world.sandbox.fault("status", path=f"/attachments/{kept}", times=None, status=403)
    assert world.receive() == Received(tickets=2, attachments=1)
    assert world.cursor()
    assert world.aside() == [
        ("attachment", kept, "ATTACHMENT_UNREADABLE"), ("ticket", ticket_id, "ATTACHMENT_UNREADABLE"),
    ]  # fmt: skip
    assert [one["hint"] for one in world.reports()] == [explain("ATTACHMENT_UNREADABLE"), None]
    world.sandbox.end_faults()
    assert world.receive() == Received(attachments=1)
    assert (world.aside(), [one["hint"] for one in world.reports()]) == ([], [None, None])


def test_comments_that_are_kept_from_us_wait_and_keep_nothing_else_waiting(world: World) -> None:
    ticket_id, other = world.files_report(title="eins", file=FILE), world.files_report(title="zwei")
    for one in (ticket_id, other):
        world.comment(one, one)
    world.sandbox.fault("status", path=f"/tickets/{ticket_id}/comments", times=None, status=403)
    assert world.receive() == Received(tickets=2, comments=1, attachments=1)
    assert world.cursor()
    assert world.aside() == [("ticket", ticket_id, "COMMENTS_UNREADABLE")]
    assert world.receive("r/2") == Received()
    assert [reason for *_, reason in world.warned()] == ["COMMENTS_UNREADABLE"] * 2  # a run each
    world.sandbox.end_faults()
    world.hours_pass(1)
    assert world.receive() == Received(comments=1)
    assert (world.aside(), [one["hint"] for one in world.reports()]) == ([], [None, None])


# ---- what nobody can take


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("field", ["title", "description", "ticketTypeId", "contactId", "status"])
def test_a_ticket_that_nobody_can_take_is_set_aside_alone(
    world: World, distorted: Distorted, field: str, odd: object
) -> None:
    ticket_id = world.files_report(title="schlecht")
    world.files_report(title="gut")
    distorted(ticket_id, **{field: odd})
    assert world.receive() == Received(tickets=1, unread=1)
    assert [one["subject"] for one in world.reports()] == ["gut"]
    assert world.aside() == [("ticket", ticket_id, "TICKET_ODD")]
    assert world.warned() == [("error", ticket_id, "TICKET_ODD")]
    assert world.cursor()


@pytest.mark.parametrize(
    ("field", "odd"),
    [*((field, odd) for field in ("text", "authorName", "createdAt") for odd in ODD), ("isInternal", 0)],
)
def test_a_comment_that_nobody_can_take_is_set_aside_alone(
    world: World, distorted: Distorted, field: str, odd: object
) -> None:
    ticket_id = world.files_report(file=FILE)
    bad = world.comment(ticket_id, "schlecht", file=FILE)
    world.comment(ticket_id, "gut")
    distorted(bad, **{field: odd})
    assert world.receive() == Received(tickets=1, comments=1, attachments=1)
    assert world.texts() == ["gut"]
    assert world.aside() == [("comment", bad, "COMMENT_ODD"), ("ticket", ticket_id, "COMMENT_ODD")]
    assert world.report()["hint"] == explain("COMMENT_ODD")
    assert world.warned() == [("warning", bad, "COMMENT_ODD")]


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("field", ["fileName", "mimeType", "url"])
def test_a_file_that_nobody_can_take_is_set_aside_alone(
    world: World, distorted: Distorted, field: str, odd: object
) -> None:
    ticket_id = world.files_report(file=FILE)
    world.comment(ticket_id, file=("gut.txt", "text/plain", b"gut"))
    bad = world.attachments()[0]
    distorted(bad, **{field: odd})
    assert world.receive() == Received(tickets=1, comments=1, attachments=1)
    assert [one["content"] for one in world.files()] == [b"gut"]
    assert world.aside() == [("attachment", bad, "ATTACHMENT_ODD"), ("ticket", ticket_id, "ATTACHMENT_ODD")]
    assert world.report()["hint"] == explain("ATTACHMENT_ODD")


@pytest.mark.parametrize("entry", [None, "Kanari", 7, ["kanari"]])
def test_an_entry_that_is_no_record_hides_no_other(world: World, distorted: Distorted, entry: object) -> None:
    ticket_id = world.files_report(file=FILE)
    world.comment(ticket_id, "gut", file=("gut.txt", "text/plain", b"gut"))
    good = dict(world.user.comments(ticket_id)[0]["attachments"][0])
    distorted(world.user.comments(ticket_id)[0]["id"], attachments=[entry, good])
    world.sandbox.fault(
        "status", "GET", f"/tickets/{ticket_id}/comments", times=None, status=200,
        body={"list": [entry, *world.user.comments(ticket_id)]},
    )  # fmt: skip
    world.sandbox.fault(
        "status", "GET", "/tickets", times=None, status=200, body={"list": [entry, *world.user.listed("tickets")]}
    )
    assert world.receive() == Received(tickets=1, comments=1, attachments=2, unread=1)
    assert {reason for *_, reason in world.warned()} == {"ATTACHMENT_ODD", "COMMENT_ODD", "TICKET_WITHOUT_ID"}
    assert {one[0] for one in world.aside()} == {"attachment", "ticket"}


# ---- tried again


def test_a_ticket_is_tried_again_when_it_changes(world: World, distorted: Distorted) -> None:
    ticket_id = world.files_report(title="schlecht")
    distorted(ticket_id, title=["schlecht"])
    world.receive()
    assert world.receive("r/2") == Received()  # not before
    distorted(ticket_id)
    assert world.receive("r/3") == Received()  # and nobody knows as yet that it is mended
    world.user.change("tickets", ticket_id, title="Kalt")
    assert world.receive("r/4") == Received(tickets=1)
    assert (world.aside(), world.report()["subject"]) == ([], "Kalt")


@pytest.mark.parametrize(("hours", "is_tried"), [(23, False), (24, True)])
def test_what_nobody_can_take_is_tried_again_daily(
    world: World, distorted: Distorted, hours: int, is_tried: bool
) -> None:
    ticket_id, other = world.files_report(title="schlecht"), world.files_report(title="gut", file=FILE)
    bad, (bad_file,) = world.comment(other), world.attachments()
    odd = {ticket_id: {"title": ["schlecht"]}, bad: {"text": ["schlecht"]}, bad_file: {"fileName": ["schlecht"]}}
    for record_id, fields in odd.items():
        distorted(record_id, **fields)
    world.receive()
    assert len(world.aside()) == 4  # and the ticket below which something is
    for record_id in odd:
        distorted(record_id)
    world.hours_pass(hours)
    expected = Received(tickets=1, comments=1, attachments=1) if is_tried else Received()
    assert world.receive("r/2") == expected
    assert bool(world.aside()) != is_tried


def test_what_is_still_odd_after_a_day_is_not_told_again_but_named_in_the_protocol(
    world: World, distorted: Distorted
) -> None:
    ticket_id = world.files_report()
    bad = world.comment(ticket_id)
    distorted(bad, text=["schlecht"])
    world.receive()
    world.sql("UPDATE SP_MELDUNG SET HINWEIS = NULL, PORTAL_AENDERUNG = NULL, PORTAL_GEAENDERT_AM = NULL")
    world.hours_pass(24)
    world.receive("r/2")
    report = world.report()
    assert (report["hint"], report["portal_change"], report["portal_changed_at"]) == (None, None, None)
    assert world.warned() == [("warning", bad, "COMMENT_ODD")] * 2
    (first, last) = (row for row in world.rows(SP_EINGANG) if row["reason"])
    assert all(row["tried_at"] > row["received_at"] for row in (first, last))


@pytest.mark.parametrize("is_ours", [True, False])
def test_what_staff_have_read_is_not_told_again_while_it_is_odd(
    world: World, distorted: Distorted, is_ours: bool
) -> None:
    ticket_id = world.ours() if is_ours else world.files_report()
    world.receive()
    if is_ours:
        distorted(ticket_id, title=["schlecht"])
    else:
        world.sandbox.fault("status", path=f"/tickets/{ticket_id}/comments", times=None, status=403)
    world.comment(ticket_id)
    world.receive()
    assert world.report()["hint"] == explain("TICKET_ODD" if is_ours else "COMMENTS_UNREADABLE")
    world.sql("UPDATE SP_MELDUNG SET HINWEIS = NULL")
    world.hours_pass(24)
    world.receive()
    assert (world.report()["hint"], len(world.aside())) == (None, 1)


def test_what_comes_at_last_is_said_and_the_hint_goes(world: World, distorted: Distorted) -> None:
    ticket_id = world.files_report(file=FILE)
    world.receive()
    world.sql("UPDATE SP_MELDUNG SET HINWEIS = 'Von Hand.', PORTAL_AENDERUNG = NULL")
    bad = world.comment(ticket_id)
    distorted(bad, text=["schlecht"])
    world.receive()
    assert world.report()["hint"] == f"Von Hand. {explain('COMMENT_ODD')}"
    distorted(bad)
    world.hours_pass(24)
    world.receive()
    assert (world.report()["hint"], world.report()["portal_change"]) == ("Von Hand.", "NEUE_NOTIZ")


def test_a_ticket_that_is_gone_from_the_portal_is_waited_for_no_longer(world: World, distorted: Distorted) -> None:
    ticket_id = world.files_report()
    distorted(ticket_id, title=["schlecht"])
    world.receive()
    world.sandbox.fault("status", path=f"/tickets/{ticket_id}", times=None, status=404)
    world.sandbox.fault("status", "GET", "/tickets", times=1, status=200, body={"list": []})
    world.hours_pass(24)
    assert world.receive() == Received()
    assert world.aside() == []
    world.sandbox.end_faults()  # and there it is again
    distorted(ticket_id)
    assert world.receive() == Received(tickets=1)


# ---- tickets without an id


def nameless(world: World, distorted: Distorted) -> str:
    """File a report whose ticket arrives without an id; returns that."""
    ticket_id = world.files_report()
    distorted(ticket_id, id=None)
    world.settings(portal={"tickets_have_ids": True})
    assert world.receive() == Received(unread=1)
    ((_, key, _),) = world.aside()
    assert key == f"#{world.sandbox.state('tickets')[-1]['internalId']}"
    return ticket_id


def test_a_ticket_without_an_id_is_looked_for_daily_until_it_is_gone(world: World, distorted: Distorted) -> None:
    ticket_id = nameless(world, distorted)
    world.sandbox.behave(clock_skew_seconds=86_400)
    world.receive("r/2")  # the mark moves on, and no list that begins there shows it any more
    assert world.receive("r/3") == Received()
    assert world.aside()
    world.hours_pass(24)
    assert world.receive("r/4") == Received(unread=1)
    world.sandbox.forget("tickets", ticket_id)
    assert world.receive("r/5") == Received()
    assert world.aside()
    world.hours_pass(24)
    assert world.receive("r/6") == Received()
    assert world.aside() == []


def test_a_ticket_that_gets_an_id_is_imported_and_nameless_no_more(world: World, distorted: Distorted) -> None:
    ticket_id = nameless(world, distorted)
    distorted(ticket_id)
    assert world.receive("r/2") == Received(tickets=1)
    assert world.aside() == []
    distorted(ticket_id, id=None)
    assert world.receive("r/3") == Received(unread=1)


def test_a_ticket_without_an_id_that_staff_close_is_waited_for_no_longer(world: World, distorted: Distorted) -> None:
    ticket_id = nameless(world, distorted)
    world.sandbox.staff_sets_status(ticket_id, "CLOSED")
    for run in ("r/2", "r/3"):
        world.receive(run)
        assert world.aside() == []
    assert [level for level, *_ in world.warned()] == ["error", "warning"]


# ---- kinds that tenants cannot report as


@pytest.mark.rule("R41", "E44", "E46")
@pytest.mark.parametrize(("kind", "is_published"), [("GEBAEUDE", False), ("INTERN", True), ("ALT", True)])
def test_a_ticket_of_a_kind_that_was_published_becomes_its_reporters_own_report(
    world: World, kind: str, is_published: bool
) -> None:
    if is_published:  # before it was locked or taken back
        world.ledger("ticket_type", kind)
    world.files_report(kind=kind, unit_id="100/1")
    assert world.receive() == Received(tickets=1)
    report = world.report()
    assert (report["report_kind"], report["reporter_person"], report["unit_nr"]) == (None, TENANT, "1")
    assert report["hint"].startswith(explain("KIND_NOT_FOR_TENANTS"))
    assert report["hint"].endswith(f"Gewählt war: {world.sql(KIND_NAME, kind)[0][0]}.")
    assert world.receive() == Received()


KIND_NAME = "SELECT BEZEICHNUNG FROM SP_MELDUNGSART WHERE MELDUNGSART = ?"


# ---- what nobody has thought of


def test_what_nobody_has_thought_of_below_a_ticket_lets_the_ticket_in(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_arguments: object) -> None:
        raise ZeroDivisionError(CANARY)

    ticket_id = world.files_report(file=FILE)
    world.comment(ticket_id)
    with monkeypatch.context() as patched:
        patched.setattr(intake, "import_comments", fails)
        assert world.receive() == Received(tickets=1)
    assert world.aside() == [("ticket", ticket_id, "PARTS_ODD")]
    assert world.report()["hint"] == explain("PARTS_ODD")
    world.hours_pass(24)
    assert world.receive() == Received(comments=1, attachments=1)
    assert (world.report()["hint"], world.aside()) == (None, [])


def test_what_nobody_has_thought_of_in_a_file_lets_the_others_in(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(path: Path) -> str:
        if path.read_bytes() == b"A":
            raise ZeroDivisionError(CANARY)
        return "text/plain"

    world.comment(world.files_report(file=FILE), file=("b.txt", "text/plain", b"B"))
    monkeypatch.setattr(attachments, "media_type_of", fails)
    assert world.receive() == Received(tickets=1, comments=1, attachments=1)
    assert [one["content"] for one in world.files()] == [b"B"]
    assert {one[2] for one in world.aside()} == {"ATTACHMENT_ODD"}


def test_what_nobody_has_thought_of_in_a_ticket_keeps_no_other_waiting(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    bad = world.files_report(title="schlecht")
    world.files_report(title="gut")
    new_report = tickets.new_report

    def fails(connection: Any, given: Any, ticket: Any, *more: Any) -> Any:
        if ticket["id"] == bad:
            raise ZeroDivisionError(CANARY)
        return new_report(connection, given, ticket, *more)

    monkeypatch.setattr(intake, "new_report", fails)
    assert world.receive() == Received(tickets=1, unread=1)
    assert world.aside() == [("ticket", bad, "TICKET_ODD")]
    assert "set aside: ZeroDivisionError (fails, line" in caplog.text


@pytest.mark.parametrize(
    ("error", "is_of_one"),
    [
        (sqlite3.IntegrityError("UNIQUE constraint failed: SP_NOTIZ.NOTIZ_ID"), True),
        (sqlite3.OperationalError("database is locked"), False),
    ],
)
def test_an_error_of_the_database_is_one_tickets_only_where_it_is_about_what_it_holds(
    world: World, monkeypatch: pytest.MonkeyPatch, error: sqlite3.Error, is_of_one: bool
) -> None:
    error.sqlite_errorname = "SQLITE_CONSTRAINT" if is_of_one else "SQLITE_BUSY"
    write = work._write
    bad = world.files_report(title="schlecht")
    world.files_report(title="gut")

    def fails(connection: Any, writes: Any) -> None:
        if any(row.get("subject") == "schlecht" for _, row in writes.rows):
            raise DBAPIError.instance("INSERT", {"text": CANARY}, error, sqlite3.Error)
        write(connection, writes)

    monkeypatch.setattr(work, "_write", fails)
    if is_of_one:
        assert world.receive() == Received(tickets=1, unread=1)
        assert world.aside() == [("ticket", bad, "TICKET_ODD")]
    else:
        with pytest.raises(DBAPIError):
            world.receive()
        assert (world.aside(), world.cursor()) == ([], None)
