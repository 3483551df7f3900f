"""Bulletins: posted, changed, taken down when they end, posted anew when they begin again."""

from typing import Any

import pytest

from tests.rules.builders import Records, Row, decide_reports, held, prop, report
from tests.rules.mirror import Mirror


def bulletin(**fields: Any) -> Records:
    return report(report_kind="AUSHANG", **{"subject": "Wasser abgestellt", "text": "Montag, 8 bis 10 Uhr", **fields})


@pytest.mark.rule("R40", "R46")
def test_a_bulletin_is_a_post_and_no_ticket() -> None:
    outcome = decide_reports(bulletin(reporter_person=None), known=[held("M9", record_type="ticket")])
    found = outcome.row("post", "M1")
    fields = ("id", "title", "text", "authorId", "propertyIds", "sharedWith", "parents")
    assert [found[name] for name in fields] == [
        "M1", "Wasser abgestellt", "Montag, 8 bis 10 Uhr", "S1", ["100"], "ALL", "property 100",
    ]  # fmt: skip
    assert "status" not in found
    assert outcome.ids("ticket") == []


@pytest.mark.rule("R40", "E42")
@pytest.mark.parametrize("ending", ["Abgeschlossen", "Storniert"])
def test_when_it_ends_it_is_taken_down_and_when_it_begins_again_posted_anew(ending: str) -> None:
    portal = Mirror()
    said = [portal.run(bulletin(status=status, reported_at="2025-02-01"))[-1:] for status in ("Neu", ending, ending)]
    assert said == [["create post M1"], ["remove post M1"], []]
    next_year: Row = {"today": "2027-01-01"}  # followed to its end, whatever its age
    again = bulletin(reported_at="2025-02-01")
    assert portal.run(again, **next_year) == ["create post M1~2"]
    assert portal.run(again, **next_year) == []
    assert portal.run(bulletin(status=ending, reported_at="2025-02-01"), **next_year) == ["remove post M1~2"]
    assert portal.run(again, **next_year) == ["create post M1~3"]


@pytest.mark.rule("R40", "E41")
@pytest.mark.parametrize("full_history", ["", "100"])
def test_one_that_has_ended_before_is_not_posted(full_history: str) -> None:
    found = decide_reports(bulletin(status="Storniert"), properties_full_history=full_history).row("post", "M1")
    assert found["decision"] == ("remove" if full_history else "withhold")
    assert found["reason"] == ("BULLETIN_ENDED" if full_history else "CLOSED_BEFORE_FIRST_EXPORT")


@pytest.mark.rule("E42")
def test_a_post_that_could_not_be_sent_keeps_its_number() -> None:
    portal = Mirror()
    portal.run(bulletin())
    portal.run(bulletin(status="Storniert"))
    portal.run(bulletin(), breaks=lambda *_: True)
    assert portal.run(bulletin()) == ["create post M1~2"]


@pytest.mark.rule("O18", "E42")
def test_an_edited_text_changes_the_post_or_if_so_wanted_replaces_it() -> None:
    portal, edited = Mirror(), bulletin(text="Dienstag, 8 bis 10 Uhr")
    portal.run(bulletin())
    assert portal.run(edited) == ["update post M1"]
    assert portal.run(edited, repost_changed_bulletins=True) == []
    thrice = bulletin(text="Mittwoch")
    assert portal.run(thrice, repost_changed_bulletins=True) == ["remove post M1", "create post M1~2"]
    assert portal.run(thrice, repost_changed_bulletins=True) == []
    assert portal.shown["post"]["M1~2"]["notify"] is True


@pytest.mark.rule("O18")
def test_only_another_text_replaces_a_post() -> None:
    portal = Mirror()
    portal.run(bulletin(), repost_changed_bulletins=True)
    assert portal.run(bulletin(status="In Bearbeitung"), repost_changed_bulletins=True) == []
    assert portal.run(bulletin(), repost_changed_bulletins=True, post_author="S2") == ["update post M1"]


@pytest.mark.rule("E42")
def test_a_bulletin_follows_its_report_to_another_property() -> None:
    portal = Mirror()
    portal.run(bulletin())
    portal.run(bulletin(property_nr="101"), prop("101"))
    assert portal.shown["post"]["M1"]["propertyIds"] == ["101"]
    assert portal.run(bulletin(property_nr="900")) == ["remove post M1"]


@pytest.mark.rule("R40")
def test_without_an_author_no_bulletin_goes_out_and_none_is_taken_down() -> None:
    outcome = decide_reports(bulletin(), bulletin(nr="M2"), known=[held("M2", record_type="post")], post_author=None)
    assert [outcome.row("post", nr)["decision"] for nr in ("M1", "M2")] == ["invalid", "invalid"]
    assert {outcome.row("post", nr)["reason"] for nr in ("M1", "M2")} == {"NO_POST_AUTHOR"}


@pytest.mark.rule("E54", "O25")
def test_what_hangs_there_at_a_first_export_notifies_nobody_then_or_later() -> None:
    portal = Mirror()
    portal.run(bulletin())
    portal.run(bulletin(text="Dienstag"), bulletin(nr="M2"))
    assert {nr: row["notify"] for nr, row in portal.shown["post"].items()} == {"M1": False, "M2": True}


@pytest.mark.rule("R40")
def test_a_bulletin_without_text_or_subject_says_what_there_is() -> None:
    outcome = decide_reports(bulletin(text=None), bulletin(nr="M2", subject=None))
    assert outcome.row("post", "M1")["text"] == "Wasser abgestellt"
    assert outcome.row("post", "M2")["title"] == "Aushang"
