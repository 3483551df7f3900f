"""Texts from the portal read as they were meant, and carry nothing but text (E50)."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pandas import Series

from include.casavi.payloads._fields import TEXT_LENGTH
from include.rules.reports import cut, plain
from include.rules.reports.texts import LIMIT, MARK, outbound

MARKUP = ["<b>", "</b>", "<p>", "</p>", "<br>", "<script>x", "</script>", "&lt;", "&amp;", "&#0;", "<!-- ", "-->", "<"]
anything = st.lists(st.text(max_size=5) | st.sampled_from(MARKUP), max_size=12).map("".join)


@pytest.mark.rule("E50")
@pytest.mark.parametrize(
    ("given_text", "read"),
    [
        ("Größe 5 Ω, ß, 👩‍👩‍👧 & mehr", "Größe 5 Ω, ß, 👩‍👩‍👧 & mehr"),
        ("eins\r\nzwei\rdrei\n", "eins\nzwei\ndrei\n"),
        ("a\x00b\x07c\x1bd\x85e\tf", "abcde\tf"),
        ("<p>Guten Tag,</p><p>es <b>tropft</b>.</p>", "Guten Tag,\nes tropft."),
        ("eins<br>zwei<br/>drei<BR />vier", "eins\nzwei\ndrei\nvier"),
        ("<ul><li>eins</li><li>zwei</li></ul>Ende", "eins\nzwei\nEnde"),
        ("vor<script>alert('<b>x</b>')</script>nach", "vornach"),
        ("vor<STYLE type='text/css'>p {}</STYLE >nach", "vornach"),
        ("vor<scr\x00ipt>alert(1)</script>nach", "vornach"),
        ("<script>alert(1)", ""),
        ("a<script/>b", "ab"),
        ("<img src=x onerror=alert(1)>Bild", "Bild"),
        ("<x-y onclick=alert(1)>hier</x-y>", "hier</x-y>"),
        ("<o:p>Word</o:p>", "Word"),
        ("&lt;b&gt; ist &amp;lt;", "<b> ist &lt;"),
        ("&uuml;ber &#228; &#x1F525; &#0;", "über ä 🔥 \ufffd"),
        ("AT&T R&D &copy & https://x.de/?a=1&section=2&copy=3", "AT&T R&D &copy & https://x.de/?a=1&section=2&copy=3"),
        ("Temperatur < 18 Grad, 3 > 2, a<3", "Temperatur < 18 Grad, 3 > 2, a<3"),
        ("Frau <Müller> und <Max Muster>", "Frau <Müller> und <Max Muster>"),
        ("vor<!-- geheim -->nach", "vornach"),
        ("", ""),
    ],
)
def test_markup_reads_as_text(given_text: str, read: str) -> None:
    assert plain(given_text) == read


@pytest.mark.rule("E50")
@given(anything)
def test_no_control_characters_and_no_lone_surrogates_are_left(text: str) -> None:
    found = plain(text)
    assert not [one for one in found if unicodedata.category(one) == "Cc" and one not in "\n\t"]
    found.encode("utf-8")


@pytest.mark.rule("E50")
@given(st.text(alphabet=st.characters(exclude_characters="<&", exclude_categories=["Cc", "Cs"])))
def test_text_without_markup_survives_unchanged(text: str) -> None:
    assert plain(text) == text


@pytest.mark.rule("E50")
@given(st.text(alphabet=st.characters(exclude_characters="<>&", exclude_categories=["Cc", "Cs"])))
def test_what_was_escaped_is_unescaped_once(text: str) -> None:
    escaped = f"<p>{text}&lt;i&gt;&amp;amp;</p>"
    assert plain(escaped) == f"{text}<i>&amp;"


@pytest.mark.rule("E50")
@given(st.text(alphabet=st.characters(exclude_characters="<>&", exclude_categories=["Cc", "Cs"])))
def test_nothing_of_a_script_is_left(text: str) -> None:
    assert plain(f"vor<script>{text}</script>nach") == "vornach"


@pytest.mark.rule("E50")
@given(st.text(max_size=80), st.integers(len(MARK), 60))
def test_a_cut_text_is_a_beginning_with_a_mark(text: str, limit: int) -> None:
    found, was_cut = cut(text, limit)
    assert len(found) <= limit
    assert was_cut == (len(text) > limit)
    assert found == text if not was_cut else found.endswith(MARK)
    assert text.startswith(found.removesuffix(MARK) if was_cut else found)


@pytest.mark.rule("E50")
@pytest.mark.parametrize("whole", ["e\N{COMBINING ACUTE ACCENT}", "👩‍👧", "👍🏽", "❤️"])
def test_a_cut_parts_no_character(whole: str) -> None:
    text = "x" * 10 + whole + "y" * 40
    for limit in range(len(MARK) + 8, len(MARK) + 16):
        kept = cut(text, limit)[0].removesuffix(MARK)
        assert (whole in kept) or kept == "x" * len(kept)


@pytest.mark.rule("E50")
def test_a_limit_below_the_mark_still_holds() -> None:
    assert cut("x" * 20, 3) == (MARK[:3], True)
    assert cut("xyz", 3) == ("xyz", False)


@pytest.mark.rule("E50")
@given(st.lists(st.none() | st.text(alphabet="aß🙂<>\r\n\t\x00\x85 ", max_size=40), max_size=5))
def test_what_goes_out_is_what_staff_wrote(texts: list[str | None]) -> None:
    found = outbound(Series(texts, dtype="str"), 20).tolist()
    for text, sent in zip(texts, found, strict=True):
        kept = "".join(one for one in (text or "").replace("\r\n", "\n").replace("\r", "\n") if one not in "\x00\x85")
        kept = kept.strip()
        assert (sent == cut(kept, 20)[0]) if kept else (sent != sent)


def test_rules_and_payloads_agree_on_the_longest_text() -> None:
    assert LIMIT == TEXT_LENGTH
