"""Reports and what hangs at them, sent again: after they were withdrawn, and when everything is (A6, R45)."""

import pytest

from include.groups.reports.run import exchange
from include.ixhaus.contract.own import SP_ABGLEICH
from include.sync.run import Request
from tests.faults.desk import Desk
from tests.faults.harness import Row
from tests.faults.run_steps import SYSTEM


@pytest.fixture
def sent(desk: Desk) -> Desk:
    """A report with a note and a file, all in a portal that makes a second object of what it is sent twice."""
    desk.sandbox.behave(post_existing="duplicate", comment_ids="duplicate")
    desk.note(desk.report("M1"), "N1", "Wir kommen.")
    desk.file("M1", "F1")
    desk.settle()
    return desk


def lock(desk: Desk, flag: str) -> None:
    desk.set("SP_MELDUNGSART", "report_kind", "ANFRAGE", is_locked=flag)


def writes(desk: Desk) -> list[tuple[str, str]]:
    """Method and path of what was sent."""
    seen = [(one["method"], one["path"]) for one in desk.sandbox.requests() if one["path"] != "/authenticate"]
    return [pair for pair in seen if pair[0] != "GET"]


def resend(desk: Desk) -> Row:
    return exchange(SYSTEM, desk.world.next_run("reports"), Request(resend="all")).ending.xcom


def place(desk: Desk, record_type: str) -> tuple[str, str | None, str | None]:
    (row,) = desk.world.rows(SP_ABGLEICH, record_type=record_type)
    return row["state"], row["portal_id"], row["next_id"]


@pytest.mark.rule("R39")
def test_a_report_withdrawn_and_released_again_is_the_same_ticket(desk: Desk) -> None:
    desk.sandbox.behave(post_existing="duplicate")
    desk.report("M1")
    desk.settle()
    lock(desk, "J")
    desk.run()  # red, as the portal cannot take back the kind itself
    desk.sandbox.forget_requests()
    assert [one["status"] for one in desk.live("tickets")] == ["CLOSED"]
    lock(desk, "N")
    assert desk.run().ending.xcom["status"] == "ok"
    assert [pair for pair in writes(desk) if pair[1].startswith("/tickets")] == [("PATCH", "/tickets/M1")]
    assert [(one["id"], one["status"]) for one in desk.live("tickets")] == [("M1", "OPEN")]
    desk.assert_ledger_is_true()


@pytest.mark.rule("R39")
def test_a_report_released_again_that_the_portal_has_forgotten_is_created(desk: Desk) -> None:
    desk.report("M1")
    desk.settle()
    lock(desk, "J")
    desk.run()  # red, as the portal cannot take back the kind itself
    desk.sandbox.forget_requests()
    lock(desk, "N")
    desk.sandbox.fault("status", "PATCH", "/tickets/M1", status=404)
    desk.run()
    tickets = [pair for pair in writes(desk) if pair[1].startswith("/tickets")]
    assert tickets[:2] == [("PATCH", "/tickets/M1"), ("POST", "/tickets")]


@pytest.mark.rule("R45", "R58")
def test_notes_and_files_that_are_sent_again_unchanged_are_only_looked_for(sent: Desk) -> None:
    xcom = resend(sent)
    assert (xcom["status"], xcom["errors"], xcom["outstanding"]) == ("ok", 0, 0)
    assert {method for method, _ in writes(sent)} <= {"PATCH", "PUT"}
    assert (sent.comments(), len(sent.files())) == ([("M1", "Wir kommen.")], 1)
    sent.assert_ledger_is_true()


@pytest.mark.rule("R58")
def test_notes_and_files_that_the_portal_has_lost_come_back_when_they_are_sent_again(sent: Desk) -> None:
    (comment,) = sent.sandbox.state("comments")
    sent.sandbox.staff_deletes_comment(comment["internalId"])
    assert resend(sent)["status"] == "ok"
    assert (sent.comments(), len(sent.files())) == ([("M1", "Wir kommen.")], 1)


@pytest.mark.rule("R45")
def test_a_changed_note_is_gone_before_the_new_text_comes_and_is_not_taken_for_somebody_elses(sent: Desk) -> None:
    sent.sandbox.behave(comment_delete="deletes")
    sent.set("SP_NOTIZ", "note_id", "N1", text="Wir kommen morgen.")
    assert sent.run().ending.xcom["status"] == "ok"
    assert writes(sent) == [("DELETE", "/tickets/M1/comments/N1"), ("POST", "/tickets/M1/comments")]
    assert place(sent, "comment") == ("present", "N1~v2", None)
    sent.settle()
    assert sent.comments() == [("M1", "Wir kommen morgen.")]
    assert sent.imported("SP_NOTIZ", "text") == []


@pytest.mark.rule("R45")
@pytest.mark.parametrize("change", [{"text": "Wir kommen morgen."}, {"is_public": "N"}], ids=["changed", "internal"])
def test_where_notes_cannot_be_deleted_it_is_not_even_tried(sent: Desk, change: Row) -> None:
    sent.world.configure(portal={"comments_can_be_deleted": False})
    sent.set("SP_NOTIZ", "note_id", "N1", **change)
    assert sent.run().ending.xcom["status"] == "errors"
    assert writes(sent) == []
    (row,) = sent.world.rows(SP_ABGLEICH, record_type="comment")
    assert (row["outcome"], row["http_status"]) == ("CANNOT_WITHDRAW", None)
    assert sent.comments() == [("M1", "Wir kommen.")]
