"""Texts read as they were meant, and nothing in them is markup any more (E50)."""

import html
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.groups.reports.inbound.texts import one_line, plain

pytestmark = pytest.mark.rule("E50")
ANYTHING = st.text(st.characters())
PARTS = ["Wort ", "<b>", "</b>", "<DIV class='x'>", "</div >", "<br/>", '<a href="y">', "2 < 3 "]
WRITTEN = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"], exclude_characters="<&"))


@pytest.mark.parametrize(
    ("given_text", "expected"),
    [
        ("2 < 3 & 4 > 1", "2 < 3 & 4 > 1"),
        ("a<b und <Müller> schreibt an <x@y.de>", "a<b und <Müller> schreibt an <x@y.de>"),
        ("Größe ß 😀👩‍👩‍👧 é", "Größe ß 😀👩‍👩‍👧 é"),
        ("a\r\nb\rc\td\x00\x07\x85", "a\nb\nc\td…"),
        ("Foto <Link siehe unten> folgt, Raum <i Wohnzimmer> betroffen.",) * 2,
        ("Wenn a<b und c>d, dann tropft es.",) * 2,
        ("x <title fehlt> y",) * 2,
        ("siehe <Link> und <Source>, </Bad oben>",) * 2,
        ("<b>fett</b> <script>alert(1)</script> Rest", "fett  Rest"),
        ('<a href="https://example.org">hier</a>', "hier"),
        ("<A HREF=https://example.org/?a=b target = '_blank' download>hier</A >", "hier"),
        ("<img src='a.png' alt=\"ein Bild\"/><input type=checkbox checked disabled><td nowrap>x", "x"),
        ("vor<script async src='x'>a</script>nach<script egal>b</script>", "vornach"),
        ("2 < 3 & 4",) * 2,
        ("<p>eins</p><p>zwei</p>", "eins\nzwei"),
        ("eins<br>zwei<br/>drei", "eins\nzwei\ndrei"),
        ("<b>fett</b> und <i class='x'>schräg</i>", "fett und schräg"),
        ("vor<script>alert('<b>')</script>nach", "vornach"),
        ("vor<STYLE type=x>p {}</STYLE >nach", "vornach"),
        ("Da steht <script> und sonst nichts", "Da steht  und sonst nichts"),
        ("M&uuml;ller &amp; S&ouml;hne", "Müller & Söhne"),
        ("&lt;b&gt; und &amp;lt;", "<b> und &lt;"),
        ("AT&T &copy 5&euro;", "AT&T &copy 5€"),
        ("<!-- weg -->da<!-- offen", "da<!-- offen"),
        ("<ul><li>a</li><li>b</li></ul>", "a\nb"),
        ("&#0;&#1;&#xD800;ok", "��ok"),
        ("\ud800ok", "ok"),
        ("", ""),
    ],
)
def test_what_is_written_is_what_is_read(given_text: str, expected: str) -> None:
    assert plain(given_text) == expected


@given(WRITTEN)
def test_a_text_without_markup_stays_letter_for_letter(text: str) -> None:
    assert plain(text) == text


@given(WRITTEN)
def test_whatever_was_escaped_reads_as_it_was_written(text: str) -> None:
    assert plain(html.escape(f"<b>{text}&")) == f"<b>{text}&"
    assert plain(f"<div>{html.escape(text)}</div>") == text.strip("\n")


@given(ANYTHING)
def test_nothing_unreadable_is_left(text: str) -> None:
    assert not [one for one in plain(text) if unicodedata.category(one) in ("Cc", "Cs") and one not in "\n\t"]


@given(
    st.lists(st.sampled_from(["Wort ", "<b>", "</b>", "<DIV class='x'>", "</div >", "<br/>", '<a href="y">', "2 < 3 "]))
)
def test_of_elements_only_their_lines_stay(parts: list[str]) -> None:
    words = [part for part in parts if part[0] != "<"]
    assert plain("".join(parts)).replace("\n", "") == "".join(words)


def test_a_line_is_one_line() -> None:
    assert one_line("  <b>Zwei</b>\n Zeilen\t", 400) == "Zwei Zeilen"
