"""What the signs of a text stand for: one way for each kind of field (docs/texts.md)."""

import re
import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from include.vocabulary.signs import MARK, ODD_IN_LINE, ODD_IN_TEXT, bare, cut, cut_name, line, lines, readable

pytestmark = pytest.mark.rule("E50")
KINDS = (line, lines, bare)
FAMILY, ENGLAND = "👩‍👩‍👧", "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"
ODD = "a \t\n\r\v\x00\x80\x85\u200b\u200c\u200d\ufeff\u0308\u0301u\u202a\u061c\u05d0\u212bß\ufe0f\u2028👩👧🏴\U000e0067"
AROUND = st.text(st.sampled_from(ODD) | st.characters(), max_size=20)


@pytest.mark.parametrize("clean", KINDS)
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Kosten 500 \x80 \x96 siehe \x84Anlage\x93 \x85", "Kosten 500 € – siehe „Anlage“ …"),
        ("Musterstr. 12 a\x96c", "Musterstr. 12 a–c"),
        ("a\x81\x8d\x8f\x90\x9db", "ab"),  # CP1252 means nothing by these
        ("a\0\x07\x1f\x7fb", "ab"),
        ("Mu\u0308ller aus Ko\u0308ln", "Müller aus Köln"),
        ("u\u200b\u0308", "ü"),
        ("\ufeffkim@exam\u00adple.org\u200b", "kim@example.org"),
        ("\u202a0221 1234567\u202c", "0221 1234567"),
        ("Auf\u200clage x\u200dy", "Auflage xy"),
        ("  \xa0Kim \u2003", "Kim"),
        ("Zoë Łukasz O’Neill  ß €", "Zoë Łukasz O’Neill  ß €"),
        ("❤️ 👍🏽", "❤️ 👍🏽"),
        (ENGLAND, ENGLAND),
        ("x\U000e0067y", "xy"),
    ],
)
def test_every_kind_reads_signs_alike(clean: Callable[[str], str], text: str, expected: str) -> None:
    assert clean(text) == expected


@pytest.mark.parametrize(
    ("text", "in_line", "in_lines"),
    [
        ("WEG Beispiel\r\nVerwaltung", "WEG Beispiel Verwaltung", "WEG Beispiel\nVerwaltung"),
        ("Hinterhaus \r\n Musterstr. 12", "Hinterhaus Musterstr. 12", "Hinterhaus \n Musterstr. 12"),
        ("M\tuster", "M uster", "M\tuster"),
        ("1. OG\n\n\nlinks", "1. OG links", "1. OG\n\n\nlinks"),
        ("eins\rzwei\vdrei\fvier\u2028fünf", "eins zwei drei vier fünf", "eins\nzwei\ndrei\nvier\nfünf"),
        ("Haus  zwei", "Haus  zwei", "Haus  zwei"),
    ],
)
def test_a_line_has_one_blank_for_breaks_and_tabs(text: str, in_line: str, in_lines: str) -> None:
    assert (line(text), lines(text)) == (in_line, in_lines)


@pytest.mark.parametrize("text", [FAMILY, "שלום \u200fא", "می\u200cخواهم"])
def test_what_joins_and_turns_stays_where_it_means_something(text: str) -> None:
    assert line(text) == lines(text) == text


def test_an_address_or_number_has_no_sign_that_nobody_sees() -> None:
    assert bare("\u200fkim\u200d@example.org\u2069") == "kim@example.org"
    assert bare("👩\u200d👧") == "👩👧"


@given(AROUND)
@example("a\u200c\u0301\u200c\x80")
def test_what_was_cleaned_is_clean(text: str) -> None:
    for clean in KINDS:
        found = clean(text)
        assert clean(found) == found
        assert unicodedata.is_normalized("NFC", found)
        assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ufeff\u00ad]", found)
    assert not re.search(r"[\n\t]", line(text) + bare(text))


@given(AROUND)
def test_what_no_pattern_finds_needs_no_cleaning(text: str) -> None:
    if not re.search(ODD_IN_LINE, text):
        assert line(text) == bare(text) == text.strip()
    if not re.search(ODD_IN_TEXT, text):
        assert lines(text) == text.strip()


def test_every_ordinary_sign_stays_what_it_is() -> None:
    ordinary = "".join(chr(code) for code in range(0x10000) if not re.match(ODD_IN_LINE, chr(code)))
    assert line(f"x{ordinary}x") == f"x{ordinary}x"
    assert set("äöüÄÖÜßéèçñøłŠž€„“–’…§°²½") <= set(ordinary)


def test_what_came_in_keeps_its_letters_and_blanks() -> None:
    assert readable(" u\u0308\u200b\r\n\x80\0 ") == " u\u0308\u200b\n€ "


@given(st.text(max_size=80), st.integers(len(MARK), 60))
def test_a_cut_text_is_a_beginning_with_a_mark(text: str, limit: int) -> None:
    found, was_cut = cut(text, limit), len(text) > limit
    assert len(found) <= limit
    assert found == text if not was_cut else found.endswith(MARK)
    assert text.startswith(found.removesuffix(MARK) if was_cut else found)


@pytest.mark.parametrize("whole", ["e\N{COMBINING ACUTE ACCENT}", "👩‍👧", "👍🏽", "❤️"])
def test_a_cut_parts_no_character(whole: str) -> None:
    text = "x" * 10 + whole + "y" * 40
    for limit in range(len(MARK) + 8, len(MARK) + 16):
        kept = cut(text, limit).removesuffix(MARK)
        assert (whole in kept) or kept == "x" * len(kept)


def test_a_limit_below_the_mark_still_holds() -> None:
    assert cut("x" * 20, 3) == MARK[:3]
    assert cut("xyz", 3) == "xyz"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("brief.pdf", "brief.pdf"),
        ("x" * 40 + ".pdf", "x" * 15 + f"{MARK}.pdf"),
        ("x" * 40, "x" * 19 + MARK),
        ("a." + "x" * 40, "a." + "x" * 17 + MARK),
    ],
)
def test_a_name_that_was_cut_keeps_its_ending(name: str, expected: str) -> None:
    assert cut_name(name, 30) == expected
