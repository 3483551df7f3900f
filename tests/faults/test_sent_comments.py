"""Notes from iX-Haus that staff change or delete in casavi (E48), and those that only they can delete there (R45)."""

import pytest

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
    notes = desk.world.rows("SELECT * FROM SP_NOTIZ WHERE NOTIZ_ID <> 'N1' ORDER BY rowid")
    assert {(note["OEFFENTLICH"], note["HERKUNFT"], note["MELDUNG_NR"]) for note in notes} <= {("N", "PORTAL", "M1")}
    return [note["TEXT"] for note in notes]


def column(desk: Desk) -> str | None:
    (report,) = desk.world.rows("SELECT PORTAL_AENDERUNG FROM SP_MELDUNG WHERE MELDUNG_NR = 'M1'")
    return None if report["PORTAL_AENDERUNG"] is None else str(report["PORTAL_AENDERUNG"])


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
@pytest.mark.parametrize("columns", [{"VERFASSER": None}, {"VERFASSER": " Nora  Nordlicht "}, {"ANGELEGT_VON": None}])
def test_whoever_is_named_as_its_author_a_change_is_seen(desk: Desk, columns: Row) -> None:
    desk.note(desk.report("M1"), "N1", "Wir kommen.")
    desk.set("SP_NOTIZ", "NOTIZ_ID", "N1", **columns)
    desk.settle()
    desk.settle()
    assert told(desk) == []
    desk.sandbox.staff_edits_comment(comment(desk), text="Wir kommen nicht.")
    desk.settle()
    assert told(desk) == ["Im Portal geändert: Wir kommen nicht."]


@pytest.mark.rule("E48")
@pytest.mark.parametrize("change", [{"TEXT": "Berichtigt"}, {"OEFFENTLICH": "N"}])
def test_a_note_changed_in_ixhaus_and_not_sent_yet_is_no_change_in_the_portal(sent: Desk, change: Row) -> None:
    sent.set("SP_NOTIZ", "NOTIZ_ID", "N1", **change)
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
    (run,) = desk.world.rows("SELECT LAUF FROM SP_PROTOKOLL ORDER BY ABGEFRAGT_AM DESC LIMIT 1")
    rows = desk.world.rows("SELECT * FROM SP_PROTOKOLL_EINTRAG WHERE LAUF = ? AND SCHLUESSEL = 'N1'", run["LAUF"])
    return [(row["STUFE"], row["GRUND"], row["TEXT"]) for row in rows]


@pytest.fixture
def stuck(sent: Desk) -> Desk:
    """The note has become internal; the portal has been asked to take it back and knows no such call."""
    sent.settle()
    sent.set("SP_NOTIZ", "NOTIZ_ID", "N1", OEFFENTLICH="N")
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
    (row,) = stuck.world.rows("SELECT * FROM SP_ABGLEICH WHERE ART = 'comment'")
    assert (row["ZUSTAND"], row["ABGELEHNT"]) == ("removed", None)
    assert (told(stuck), column(stuck)) == ([], None)


@pytest.mark.rule("R45")
def test_a_corrected_note_goes_out_once_the_old_one_is_removed_by_hand(sent: Desk) -> None:
    sent.set("SP_NOTIZ", "NOTIZ_ID", "N1", TEXT="Berichtigt")
    assert sent.run().ending.xcom["status"] == "errors"
    sent.sandbox.staff_deletes_comment(comment(sent))
    sent.settle()
    assert sent.comments() == [("M1", "Berichtigt")]
    assert told(sent) == []
