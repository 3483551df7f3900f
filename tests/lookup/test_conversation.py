"""A report as a conversation: who said what, and whether the other side can read it."""

import pytest
from sqlalchemy import Engine

from demo.ixhaus import REPORT_CASES
from include.lookup.conversation import Said, conversation
from tests.dags.rig import Rig
from tests.lookup.conftest import SYSTEM, Erp, run_reports
from tests.lookup.test_answers import NOW, add_note, cross

REPORTER = "129.R16.1"


def said(engine: Engine, number: str) -> dict[str, Said]:
    return {one.key: one for one in conversation(engine, SYSTEM, number, with_texts=True)}


def standings(engine: Engine, number: str) -> dict[str, str]:
    return {key: one.standing for key, one in said(engine, number).items()}


@pytest.mark.rule("R44", "R45")
def test_each_note_says_who_can_read_it(engine: Engine, erp: Erp) -> None:
    number = REPORT_CASES["R44"]
    add_note(erp, "SP-7", NOW, "PORTAL", report=number)
    add_note(erp, "SP-7-x", NOW, "PORTAL", public="N", report=number)  # ours on a comment that was deleted
    add_note(erp, "N-new", NOW, None, report=number)
    add_note(erp, "N-late", NOW, None, public="N", report=number)
    cross(erp, "N-late", NOW)
    assert standings(engine, number) == {
        number: "both", "N-R44-1": "both", "N-R44-2": "internal", "SP-7": "both", "SP-7-x": "internal",
        "N-new": "not_there", "N-late": "still_there",
    }  # fmt: skip


@pytest.mark.rule("R39")
def test_of_a_report_that_is_never_transferred_nothing_is_shared(engine: Engine) -> None:
    assert set(standings(engine, REPORT_CASES["R39"]).values()) == {"not_there"}


@pytest.mark.rule("R40")
def test_a_bulletin_is_read_at_the_pinboard(engine: Engine) -> None:
    assert standings(engine, REPORT_CASES["R40"]) == {REPORT_CASES["R40"]: "both"}


@pytest.mark.rule("R1", "R58", "R44")
def test_a_report_of_the_portal_and_its_answer_stand_in_order_as_both_sides_see_them(
    engine: Engine, world: Rig
) -> None:
    world.portal.tenant_files(REPORTER, "ANFRAGE", "Heizung kalt", "Seit gestern.", "129/R16")
    run_reports()
    ((number,),) = world.sql("SELECT MELDUNG_NR FROM SP_MELDUNG WHERE BETREFF = 'Heizung kalt'")
    add_note(Erp(world.database), "N-1", NOW, None, report=str(number))
    run_reports("casavi_reports/answer")
    report, answer = conversation(engine, SYSTEM, str(number), with_texts=True)
    assert (report.is_ours, report.text, report.standing) == (False, "Seit gestern.", "both")
    assert (answer.is_ours, answer.text, answer.standing) == (True, "Text N-1", "both")
    assert answer.at is not None
    assert answer.at.utcoffset() is not None
    assert answer.crossed_at is not None
    assert report.crossed_at is None


@pytest.mark.rule("R43")
def test_the_note_on_an_order_names_the_order(engine: Engine) -> None:
    (note,) = [one for one in said(engine, REPORT_CASES["R43"]).values() if one.order]
    assert (note.key, note.order, note.text, note.standing) == (
        "AUFTRAG-A-R43", "A-R43", "Muster Heizungsbau GmbH", "both",
    )  # fmt: skip


@pytest.mark.rule("O26", "R44")
def test_files_are_named_and_as_secret_as_their_note(engine: Engine, erp: Erp) -> None:
    number = REPORT_CASES["R44"]
    for key, note in (("F-1", None), ("F-2", "N-R44-1"), ("F-3", "N-R44-2")):
        erp.sql(
            "INSERT INTO SP_ANHANG (ANHANG_ID, MELDUNG_NR, NOTIZ_ID, DATEINAME, OEFFENTLICH) VALUES (?, ?, ?, ?, 'J')",
            key, number, note, f"{key}.pdf",
        )  # fmt: skip
    files = {key: [(one.name, one.standing) for one in word.files] for key, word in said(engine, number).items()}
    assert files == {
        number: [("F-1.pdf", "not_there")], "N-R44-1": [("F-2.pdf", "not_there")],
        "N-R44-2": [("F-3.pdf", "internal")],
    }  # fmt: skip


@pytest.mark.rule("O26")
def test_a_file_that_was_sent_is_there(engine: Engine) -> None:
    (report,) = said(engine, REPORT_CASES["E51"]).values()
    assert [(one.name, one.standing) for one in report.files] == [("Foto der Heizung.png", "both")]


def test_who_may_not_read_gets_ids_and_times_alone(engine: Engine) -> None:
    for case in ("R44", "R43", "E51"):
        for one in conversation(engine, SYSTEM, REPORT_CASES[case], with_texts=False):
            assert (one.text, one.author, {file.name for file in one.files} | {""}) == ("", "", {""})
            assert one.key


@pytest.mark.rule("E50")
def test_a_note_reads_as_the_portal_has_it(engine: Engine, erp: Erp) -> None:
    erp.sql("UPDATE SP_NOTIZ SET TEXT = ? WHERE NOTIZ_ID = 'N-R44-1'", r"{\rtf1\ansi Guten Tag\par Bis bald}")
    assert said(engine, REPORT_CASES["R44"])["N-R44-1"].text == "Guten Tag\nBis bald"


def test_a_report_that_does_not_exist_has_no_conversation(engine: Engine) -> None:
    assert conversation(engine, SYSTEM, "gibt es nicht", with_texts=True) == []
