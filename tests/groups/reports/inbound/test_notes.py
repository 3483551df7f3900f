"""Comments from the portal become notes of iX-Haus: the public ones, each once (R44, R58, E48, E49)."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.groups.reports.inbound import Received, versions
from include.groups.reports.inbound.comments import public
from include.ixhaus.contract.own import SP_EINGANG
from include.sync.sealing import renew_if_lost
from tests.groups.reports.inbound.harness import CANARY, SYSTEM, TENANT, World
from tests.sandbox import SandboxProcess

SECRET_TEXT = "streng intern"


@pytest.mark.rule("R58", "R49", "O9")
def test_comments_of_tenants_and_staff_arrive_as_public_notes_with_their_author(world: World) -> None:
    number = world.ours()
    world.receive()
    internal_id = world.comments(number, "Noch kalt")
    world.sandbox.staff_comments(number, "Wir kommen", author="Verwaltung Nord")
    assert world.receive() == Received(comments=2)
    first, second = world.notes()
    assert (first["note_id"], first["report_nr"], first["text"]) == (f"SP-{internal_id}", "M1", "Noch kalt")
    assert (first["is_public"], first["created_by"], first["origin"]) == (True, "007", "PORTAL")
    assert (first["author"], second["author"]) == (f"{CANARY} {TENANT}", "Verwaltung Nord")
    assert world.report()["portal_change"] == "NEUE_NOTIZ"
    assert world.report()["portal_changed_at"]


@pytest.mark.rule("R44")
@pytest.mark.parametrize("flag", [True, None, "false", 0, "missing"])
def test_only_a_comment_that_says_so_is_public(flag: object) -> None:
    comment: dict[str, Any] = {"id": "C", "text": SECRET_TEXT, "isInternal": flag}
    if flag == "missing":
        del comment["isInternal"]
    assert public([comment]) == {}


@pytest.mark.rule("R44")
@given(st.lists(st.tuples(st.sampled_from([True, False, None, "no"]), st.text(max_size=5)), max_size=8))
def test_no_internal_comment_ever_counts(given_comments: list[tuple[object, str]]) -> None:
    comments = [
        {"id": str(number), "internalId": number, "isInternal": flag, "text": text}
        for number, (flag, text) in enumerate(given_comments)
    ]
    assert list(public(comments).values()) == [one for one in comments if one["isInternal"] is False]


@pytest.mark.rule("R44")
def test_no_internal_text_arrives_whatever_staff_do(world: World, sandbox: SandboxProcess) -> None:
    ticket_id = world.files_report("öffentlich")
    hidden = int(sandbox.staff_comments(ticket_id, SECRET_TEXT, internal=True)["internalId"])
    shown = int(sandbox.staff_comments(ticket_id, "öffentlich")["internalId"])
    assert world.receive() == Received(tickets=1, comments=1)
    sandbox.staff_edits_comment(hidden, text=f"{SECRET_TEXT} geändert")
    sandbox.staff_edits_comment(shown, text=SECRET_TEXT, internal=True)
    world.receive()
    sandbox.staff_deletes_comment(hidden)
    sandbox.staff_sets_status(ticket_id, "CLOSED")
    world.receive()
    tables = ("SP_MELDUNG", "SP_NOTIZ", "SP_ANHANG", "SP_EINGANG", "SP_PROTOKOLL_EINTRAG", "SP_ABGLEICH")
    assert SECRET_TEXT not in str([world.sql(f"SELECT * FROM {table}") for table in tables])


@pytest.mark.rule("E48")
def test_a_changed_comment_becomes_a_further_note(world: World) -> None:
    ticket_id = world.files_report()
    internal_id = world.comments(ticket_id, "Am Montag")
    world.receive()
    world.sandbox.staff_edits_comment(internal_id, text="Am Dienstag")
    for _ in range(2):
        world.receive()
    assert world.texts() == ["Am Montag", "Im Portal geändert: Am Dienstag"]
    assert [note["is_public"] for note in world.notes()] == [True, True]
    assert world.report()["portal_change"] == "NOTIZ_GEAENDERT"


@pytest.mark.rule("E48", "R45")
@pytest.mark.parametrize("how", ["deleted", "flipped"])
def test_a_comment_that_is_gone_stays_and_leaves_an_internal_note(world: World, how: str) -> None:
    internal_id = world.comments(world.files_report(), "Am Montag")
    world.receive()
    if how == "deleted":
        world.sandbox.staff_deletes_comment(internal_id)
    else:
        world.sandbox.staff_edits_comment(internal_id, internal=True)
    for _ in range(2):
        world.receive()
    first, second = world.notes()
    assert (first["text"], first["is_public"]) == ("Am Montag", True)
    assert (second["text"][:32], second["is_public"]) == ("Im Portal gelöscht: Notiz vom " + _day(first), False)
    assert world.report()["portal_change"] == "NOTIZ_GELOESCHT"


def _day(note: dict[str, Any]) -> str:
    return str(note["created_at"])[8:10]


@pytest.mark.rule("E48")
def test_a_comment_that_is_public_again_is_shown_again(world: World) -> None:
    internal_id = world.comments(world.files_report(), "Am Montag")
    world.receive()
    for internal in (True, False):
        world.sandbox.staff_edits_comment(internal_id, internal=internal)
        world.receive()
    assert world.texts()[2] == "Im Portal geändert: Am Montag"


@pytest.mark.rule("E48")
def test_a_note_and_a_status_of_the_same_moment_both_show(world: World) -> None:
    number = world.ours()
    world.receive()
    world.comments(number)
    world.sandbox.staff_sets_status(number, "IN_PROGRESS")
    world.receive()
    assert world.report()["portal_change"] == "NEUE_NOTIZ STATUS_GEAENDERT"


@pytest.mark.rule("E49", "R49")
def test_our_own_comment_is_known_by_the_ledger(world: World) -> None:
    number = world.ours()
    world.ledger("comment", "N1")
    world.user.comment(number, "Wir kommen.", id="N1", isInternal=False)
    assert world.receive() == Received()
    assert (world.notes(), world.report()["portal_change"]) == ([], None)


@pytest.mark.rule("E49")
@pytest.mark.parametrize(("author", "imported"), [("Nora", 0), ("Jemand", 1)])
def test_our_own_comment_under_a_strange_id_is_known_while_nobody_knows_whether_it_arrived(
    world: World, author: str, imported: int
) -> None:
    number = world.ours()
    world.insert("SP_NOTIZ", {
        "note_id": "N1", "report_nr": number, "text": "Wir kommen.", "is_public": "J", "author": "Nora",
        "origin": "ERP",
    })  # fmt: skip
    world.ledger("comment", "N1", "pending")
    world.sandbox.staff_comments(number, "Wir kommen.", author=author)
    assert world.receive().comments == imported
    world.sql("UPDATE SP_ABGLEICH SET ZUSTAND = 'present'")
    world.user.change("tickets", number, title="Anders")
    assert world.receive() == Received()


@pytest.mark.rule("E50")
def test_a_text_that_is_too_long_is_cut_and_kept_whole_beside(world: World) -> None:
    text = "Ärger 😀 " * 4_000
    ticket_id = world.files_report(text)
    world.comments(ticket_id, text)
    assert world.receive() == Received(tickets=1, comments=1)
    for kept in (world.report()["text"], world.texts()[0]):
        assert len(kept) <= 30_000
        assert kept.endswith("… [gekürzt]")
    assert [file["content"].decode() for file in world.files()] == [text, text]
    assert [bool(file["note_id"]) for file in world.files()] == [False, True]


@pytest.mark.rule("E50")
def test_markup_is_neutralised_in_every_text(world: World) -> None:
    ticket_id = world.files_report("<p>Kalt &amp; nass</p><script>alert(1)</script>", title="<b>Heizung</b>\nkalt")
    world.comments(ticket_id, "Zeile<br>Zeile\x00")
    world.receive()
    assert (world.report()["subject"], world.report()["text"]) == ("Heizung kalt", "Kalt & nass")
    assert world.texts() == ["Zeile\nZeile"]


def test_a_page_of_long_texts_is_read(world: World) -> None:
    for number in range(40):
        world.files_report("x" * 30_000, title=str(number))
    assert world.receive() == Received(tickets=40)


def test_what_was_read_before_the_inbox_was_sealed_is_not_read_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = re.compile("[0-9a-f]{32} ")
    number = world.ours()
    with monkeypatch.context() as before:
        before.setattr(versions, "sealed", lambda digest, _: digest)
        world.receive()
        world.comments(number, "Danke")
        world.receive()
    world.sql("DELETE FROM SP_POSITION WHERE NAME = 'secret'")
    assert [plain.match(row["version"]) is not None for row in world.rows(SP_EINGANG, record_type="comment")] == [True]
    world.comments(number, "Noch etwas")
    assert world.receive() == Received(comments=1)
    assert world.texts() == ["Danke", "Noch etwas"]
    assert not any(plain.match(row["version"]) for row in world.rows(SP_EINGANG, record_type="comment"))


def test_a_lost_secret_changes_nothing_of_what_was_read(world: World) -> None:
    number = world.ours()
    world.receive()
    world.comments(number, "Danke")
    assert world.receive() == Received(comments=1)
    world.sql("UPDATE SP_POSITION SET WERT = 'of another key' WHERE NAME = 'secret'")
    assert renew_if_lost(world.engine, SYSTEM)
    world.comments(number, "Noch etwas")
    assert world.receive() == Received(comments=1)
    assert world.texts() == ["Danke", "Noch etwas"]
