"""Texts of iX-Haus by the kind of their field, from the views to what goes out (docs/texts.md)."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pandas import DataFrame, Series
from pydantic import ValidationError
from sqlalchemy import Text

from include.casavi.payloads import CommentPayload, ContactPayload, PropertyPayload, UnitPayload, refusal
from include.ixhaus.contract import FRAMES, VIEWS
from include.rules import objects, texts
from include.rules.rtf import spoken
from include.rules.texts import outbound
from include.rules.values import cleaned
from include.vocabulary.limits import TEXT
from include.vocabulary.signs import cut, lines
from tests.rules.builders import (
    Outcome,
    contract,
    decide,
    decide_documents,
    decide_reports,
    document,
    file,
    kind,
    note,
    order,
    partner,
    person,
    prop,
    report,
    unit,
)

pytestmark = pytest.mark.rule("E50")
RTF = (
    r"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0\fnil\fcharset0 Arial;}}{\colortbl ;\red255\green0\blue0;}"
    r"\viewkind4\uc1\pard\cf1\b\f0\fs20 Gr\'fc\'dfe,\b0\par der Techniker kommt \{morgen\} f\'fcr 50 \'80 \u-10179?"
    r"\u-8638?.\par{\pict\wmetafile8 " + "01ab" * 100 + "}}\0"
)
SAID = "Grüße,\nder Techniker kommt {morgen} für 50 € 🙂."
UNREADABLE = (r"{\rtf1\ansi{\fonttbl{\f0 Arial", r"{\rtf1\u-99999999 x}")


@given(st.lists(st.none() | st.text(alphabet="aß🙂<>\r\n\t\x00\x85 \u0308", max_size=40), max_size=5))
def test_what_goes_out_is_what_staff_wrote(written: list[str | None]) -> None:
    found = outbound(Series(written, dtype="str"), 20).tolist()
    for text, sent in zip(written, found, strict=True):
        kept = lines(text or "")
        assert (sent == cut(kept, 20)) if kept else (sent != sent)


def test_clean_columns_are_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(_text: str) -> str:
        raise AssertionError

    monkeypatch.setattr("include.vocabulary.signs.lines", never)
    frame = DataFrame({"street": ["Größe 1–3", " x ", None], "text": ["a\n\tb", "", "€ „x“"]}, dtype="str")
    found = cleaned(frame, frame.columns).astype(object)
    expected = [["Größe 1–3", "a\n\tb"], ["x", None], [None, "€ „x“"]]
    assert found.where(found.notna(), None).to_numpy().tolist() == expected


def test_keys_stay_letter_by_letter() -> None:
    frame = DataFrame({"partner_nr": ["Mu\u0308 1 "], "path": [" o\u0308rt\x96/a.pdf"]}, dtype="str")
    assert cleaned(frame, frame.columns).to_numpy().tolist() == [["Mu\u0308 1", "o\u0308rt\x96/a.pdf"]]


def test_every_column_that_is_treated_apart_is_one_of_the_contract() -> None:
    columns = [column for view in FRAMES for column in VIEWS[view].columns]
    assert texts.KEYS | texts.LONG | texts.BARE <= {column.key for column in columns}
    assert len(texts.KEYS | texts.LONG | texts.BARE) == len(texts.KEYS) + len(texts.LONG) + len(texts.BARE)
    assert {column.key for column in columns if isinstance(column.type, Text)} <= texts.LONG
    keys = {column.key for column in columns if column.primary_key}
    assert keys - texts.KEYS == {"name", "licence", "role"}  # named in settings or code, never a record's id


# one-line fields of master data, with a line break, a tab, signs of CP1252, decomposed letters

ODD_LINES = [
    ("WEG Beispiel\r\nVerwaltung", "WEG Beispiel Verwaltung"),
    ("M\tuster", "M uster"),
    ("1. OG\nlinks", "1. OG links"),
    ("Musterstr. 12 a\x96c", "Musterstr. 12 a–c"),
    ("Mu\u0308ller aus Ko\u0308ln", "Müller aus Köln"),
    ("Haus \0\u200bA", "Haus A"),
]


def content(outcome: Outcome, record_type: str, external_id: str, model: Any) -> dict[str, Any]:
    """What goes over the wire of a record."""
    row = outcome.row(record_type, external_id)
    assert row["decision"] == "send"
    fields = {str(one.alias): row[str(one.alias)] for one in model.model_fields.values()}
    return dict(model.model_validate(fields, strict=False).model_dump(by_alias=True))


@pytest.mark.rule("R13")
@pytest.mark.parametrize(("written", "sent"), ODD_LINES)
def test_a_house_with_an_odd_sign_in_a_line_goes_out(written: str, sent: str) -> None:
    house = prop(name=written, street=written, city=written, metering_provider=written)
    outcome = decide(house, unit(name=written, usage=written), rules=objects.decide)
    found = content(outcome, "property", "100", PropertyPayload)
    assert {found[name] for name in ("name", "city", "mscProviderName")} == {sent}
    assert found["addresses"][0]["street"] == sent
    of_unit = content(outcome, "unit", "100/1", UnitPayload)
    assert (of_unit["name"], of_unit["usage"], of_unit["address"]) == (sent, sent, sent)


@pytest.mark.rule("O1")
@pytest.mark.parametrize(("written", "sent"), ODD_LINES)
@pytest.mark.parametrize("has_partner", [True, False])
def test_a_person_with_an_odd_sign_in_a_line_goes_out(written: str, sent: str, has_partner: bool) -> None:
    names = ("last_name", "first_name", "company", "street", "city", "title", "salutation", "website")
    fields = dict.fromkeys(names, written)
    tenant = person(contract(), partner=partner(**fields)) if has_partner else person(contract(), **fields)
    outcome = decide(tenant)
    found = content(outcome, "contact", "P1" if has_partner else "100.1.1", ContactPayload)
    shown = ("lastName", "firstName", "companyName", "street", "city", "title", "salutation", "website")
    assert {found[name] for name in shown} == {sent}
    assert outcome.contract()["decision"] == "send"


@pytest.mark.rule("E15")
@pytest.mark.parametrize("typed", ["kim@example.org\u200b", "\ufeffkim@example.org", "kim@exam\u00adple.org",
                                   "\u202akim@example.org\u202c"] )  # fmt: skip
def test_invisible_signs_around_an_address_are_none_of_it(typed: str) -> None:
    row = decide(person(contract(), email=typed)).contact()
    assert (row["email"], row["decision"]) == ("kim@example.org", "send")


@pytest.mark.rule("O1")
def test_a_phone_number_has_no_signs_that_nobody_sees() -> None:
    row = decide(person(contract(), mobile="\u202a0170 1234567\u202c", telephone="0221\u00a0123\n456")).contact()
    assert (row["mobile"], row["telephone"]) == ("0170 1234567", "0221\u00a0123 456")


@pytest.mark.rule("R45", "R43")
def test_notes_titles_and_orders_say_what_was_meant() -> None:
    template = {"notes_commissioning": True, "note_template": "{contractor.name} \x96 kommt"}
    repairs = kind("REPARATUR", name="Ma\u0308ngel", **template)
    written = note(text="Kosten 500 \x80 \x96 siehe \x84Anlage\x93", author="Mu\u0308ller")
    world = report(written, order(company="Rohr\u0308 \x80"), file(file_name="Bo\u0308den\x96.jpg"), subject="a\tb\x85")
    outcome = decide_reports(world, repairs)
    assert outcome.row("comment", "N1")["text"] == "Kosten 500 € – siehe „Anlage“"
    assert outcome.row("comment", "N1")["authorName"] == "Müller"
    assert outcome.row("comment", "AUFTRAG-A1")["text"] == "Rohr̈ € – kommt"
    assert outcome.row("ticket", "M1")["title"] == "a b…"
    assert outcome.row("ticket_type", "REPARATUR")["name"] == "Mängel"
    assert outcome.row("attachment", "F1")["fileName"] == "Böden–.jpg"


# RTF


@pytest.mark.parametrize("around", ["{}", "  \n{}"])
def test_rtf_is_read_as_what_it_says(around: str) -> None:
    assert lines(spoken(around.format(RTF))) == SAID


@pytest.mark.rule("R45")
def test_rtf_in_a_note_or_report_goes_out_as_text() -> None:
    outcome = decide_reports(report(note(text=RTF), text=RTF))
    assert outcome.row("comment", "N1")["text"] == SAID
    assert outcome.row("ticket", "M1")["description"] == SAID


@pytest.mark.rule("R45")
def test_rtf_without_a_word_is_an_empty_note() -> None:
    row = decide_reports(report(note(text=r"{\rtf1\ansi\pard\par }"))).row("comment", "N1")
    assert (row["decision"], row["reason"]) == ("withhold", "NOTE_EMPTY")


@pytest.mark.parametrize("text", UNREADABLE)
def test_rtf_that_nobody_can_read_is_named_and_never_shown(text: str) -> None:
    assert spoken(text) == text
    row = decide_reports(report(note(text=text))).row("comment", "N1")
    fields = {name: row[name] for name in ("id", "ticketId", "text", "authorName", "isInternal")}
    with pytest.raises(ValidationError) as caught:
        CommentPayload.model_validate_json(json.dumps(fields))
    assert refusal(caught.value) == ("RTF_UNREADABLE", "Wortlaut: ist RTF, das sich nicht lesen lässt")


@pytest.mark.parametrize("text", ["{rtf}", "kein {\\rtf1 Anfang}", "{\\b fett}"])
def test_what_is_no_rtf_stays(text: str) -> None:
    assert outbound(Series([text], dtype="str")).tolist() == [text]


def test_only_the_length_of_a_text_is_limited() -> None:
    assert outbound(Series(["x" * TEXT, "y" * (TEXT + 1)], dtype="str")).str.len().tolist() == [TEXT, TEXT]
    assert decide_reports(report(text="y" * (TEXT + 1))).row("ticket", "M1")["warnings"] == "TEXT_CUT"


def test_a_document_says_what_was_meant() -> None:
    outcome = decide_documents(document(subject="Abrechnung\r\n2025 \x96 Ko\u0308ln", file_name="a\tb\x96.pdf"))
    row = outcome.row("document", "D1")
    assert (row["title"], row["fileName"]) == ("Abrechnung 2025 – Köln", "a b–.pdf")
