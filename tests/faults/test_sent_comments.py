"""Notes from iX-Haus that staff change or delete in casavi (E48), and those that only they can delete there (R45)."""

import pytest

from include.ixhaus.contract.own import SP_ABGLEICH, SP_PROTOKOLL_EINTRAG
from include.ixhaus.contract.reports import SP_MELDUNG, SP_NOTIZ
from include.vocabulary.reasons import explain
from tests.faults.desk import Desk
from tests.faults.harness import Row

TEXT = "Größe < 3 m & <b>fett</b>\r\n\r\nGrüße 🙂 "


@pytest.fixture
def sent(desk: Desk) -> Desk:
    """A report with a note, both in the portal."""
    desk.note(desk.report("M1"), "N1", TEXT)
    desk.settle()
    return desk


def comment(desk: Desk) -> int:
    """The comment's internal id."""
    (found,) = [one for one in desk.sandbox.state("comments") if one["id"] == "N1"]
    return int(found["internalId"])


def told(desk: Desk) -> list[str]:
    """What staff are told below the report; all of it is internal."""
    notes = [note for note in desk.world.rows(SP_NOTIZ) if note["note_id"] != "N1"]
    assert {(note["is_public"], note["origin"], note["report_nr"]) for note in notes} <= {(False, "PORTAL", "M1")}
    return [note["text"] for note in notes]


def column(desk: Desk) -> str | None:
    (report,) = desk.world.rows(SP_MELDUNG, report_nr="M1")
    return None if report["portal_change"] is None else str(report["portal_change"])


def touch(desk: Desk) -> None:
    """Something changes at the ticket, so that it is read again."""
    desk.sandbox.staff_comments("M1", "Nur für uns", internal=True)


@pytest.mark.rule("E48")
@pytest.mark.parametrize("is_read_before", [False, True])
def test_a_note_that_staff_change_in_the_portal_is_told_once_and_not_sent_back(
    sent: Desk, is_read_before: bool
) -> None:
    if is_read_before:
        sent.settle()
    sent.sandbox.staff_edits_comment(comment(sent), text="Ganz anders")
    sent.settle()
    touch(sent)
    sent.settle()
    assert told(sent) == ["Im Portal geändert: Ganz anders"]
    assert column(sent) == "NOTIZ_GEAENDERT"
    assert sent.comments() == [("M1", "Ganz anders")]


@pytest.mark.rule("E48")
def test_each_further_change_is_told(sent: Desk) -> None:
    for text in ("A", "B", TEXT, "B"):
        sent.sandbox.staff_edits_comment(comment(sent), text=text)
        sent.settle()
    assert told(sent) == [f"Im Portal geändert: {text}" for text in "ABB"]


@pytest.mark.rule("E48")
@pytest.mark.parametrize("how", ["deleted", "internal"])
def test_a_note_that_staff_delete_in_the_portal_is_told_once_and_not_sent_again(sent: Desk, how: str) -> None:
    if how == "deleted":
        sent.sandbox.staff_deletes_comment(comment(sent))
    else:
        sent.sandbox.staff_edits_comment(comment(sent), internal=True)
    for _ in range(2):
        sent.settle()
        touch(sent)
    (text,) = told(sent)
    assert text.startswith("Im Portal gelöscht: Notiz vom ")
    assert column(sent) == "NOTIZ_GELOESCHT"
    assert len(sent.sandbox.state("comments")) == 3  # ours and the two that touched the ticket: none was sent again


@pytest.mark.rule("E49")
@pytest.mark.parametrize(
    "shown",
    [
        TEXT.strip(),
        "Größe &lt; 3 m &amp; &lt;b&gt;fett&lt;/b&gt;<br><br>Grüße 🙂",
        "<p>Größe &lt; 3 m &amp; &lt;b&gt;fett&lt;/b&gt;</p><p>Grüße 🙂</p>",
        "Größe < 3 m & fett Grüße 🙂",
    ],
)
def test_what_the_portal_makes_of_a_text_is_no_change(sent: Desk, shown: str) -> None:
    sent.sandbox.staff_edits_comment(comment(sent), text=shown)
    sent.settle()
    assert (told(sent), column(sent)) == ([], None)


@pytest.mark.rule("E50", "E49")
def test_a_text_that_went_out_shortened_comes_back_unchanged(desk: Desk) -> None:
    desk.note(desk.report("M1"), "N1", "lang " * 8_000)
    desk.settle()
    desk.settle()
    assert told(desk) == []


@pytest.mark.rule("E49")
@pytest.mark.parametrize("columns", [{"author": None}, {"author": " Nora  Nordlicht "}, {"created_by": None}])
def test_whoever_is_named_as_its_author_a_change_is_seen(desk: Desk, columns: Row) -> None:
    desk.note(desk.report("M1"), "N1", "Wir kommen.")
    desk.set("SP_NOTIZ", "note_id", "N1", **columns)
    desk.settle()
    desk.settle()
    assert told(desk) == []
    desk.sandbox.staff_edits_comment(comment(desk), text="Wir kommen nicht.")
    desk.settle()
    assert told(desk) == ["Im Portal geändert: Wir kommen nicht."]


@pytest.mark.rule("E48")
@pytest.mark.parametrize("change", [{"text": "Berichtigt"}, {"is_public": "N"}])
def test_a_note_changed_in_ixhaus_and_not_sent_yet_is_no_change_in_the_portal(sent: Desk, change: Row) -> None:
    sent.set("SP_NOTIZ", "note_id", "N1", **change)
    touch(sent)
    sent.run()
    touch(sent)
    sent.run()  # the portal has refused the change: it shows the old text for good
    assert (told(sent), column(sent)) == ([], None)


@pytest.mark.rule("E48")
def test_a_list_that_cannot_be_read_deletes_nothing(sent: Desk) -> None:
    sent.sandbox.staff_edits_comment(comment(sent), text="Ganz anders")
    sent.sandbox.fault("status", "GET", "/tickets/M1/comments", status=404, times=None)
    assert sent.run().ending.xcom["status"] == "ok"
    assert told(sent) == []
    sent.sandbox.end_faults()
    sent.settle()
    assert told(sent) == ["Im Portal geändert: Ganz anders"]


# ---- what the portal cannot take back


def entries(desk: Desk) -> list[tuple[str, str, str]]:
    """Level, reason and sentence of what the last run says of the note."""
    rows = desk.world.rows(SP_PROTOKOLL_EINTRAG, run=desk.world.protocol()[0]["run"], external_id="N1")
    return [(row["level"], row["reason"], row["text"]) for row in rows]


@pytest.fixture
def stuck(sent: Desk) -> Desk:
    """The note has become internal; the portal has been asked to take it back and knows no such call."""
    sent.settle()
    sent.set("SP_NOTIZ", "note_id", "N1", is_public="N")
    assert sent.run().ending.xcom["status"] == "errors"
    assert entries(sent) == [("error", "CANNOT_WITHDRAW", explain("CANNOT_WITHDRAW"))]
    return sent


@pytest.mark.rule("R45")
def test_what_cannot_be_taken_back_is_an_error_once_and_then_outstanding_until_it_is_gone(stuck: Desk) -> None:
    for _ in range(2):
        done = stuck.run()
        assert (done.ending.why_red, done.ending.xcom["outstanding"]) == (None, 1)
        assert entries(stuck) == [("outstanding", "CANNOT_WITHDRAW", explain("CANNOT_WITHDRAW"))]
    assert "von Hand entfernen" in explain("CANNOT_WITHDRAW")


@pytest.mark.rule("R45")
@pytest.mark.parametrize("how", ["deleted", "internal"])
def test_removing_it_by_hand_settles_it(stuck: Desk, how: str) -> None:
    if how == "deleted":
        stuck.sandbox.staff_deletes_comment(comment(stuck))
    else:
        stuck.sandbox.staff_edits_comment(comment(stuck), internal=True)
    for _ in range(2):
        assert stuck.run().ending.xcom["outstanding"] == 0
        assert entries(stuck) == []
    (row,) = stuck.world.rows(SP_ABGLEICH, record_type="comment")
    assert (row["state"], row["refused"]) == ("removed", None)
    assert (told(stuck), column(stuck)) == ([], None)


@pytest.mark.rule("R45")
def test_a_corrected_note_goes_out_once_the_old_one_is_removed_by_hand(sent: Desk) -> None:
    sent.set("SP_NOTIZ", "note_id", "N1", text="Berichtigt")
    assert sent.run().ending.xcom["status"] == "errors"
    sent.sandbox.staff_deletes_comment(comment(sent))
    sent.settle()
    assert sent.comments() == [("M1", "Berichtigt")]
    assert told(sent) == []
