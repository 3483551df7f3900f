"""Texts on their way to the portal: readable, and cut where they are too long (E50)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pandas import Series

from include.casavi.payloads._fields import TEXT_LENGTH
from include.rules.reports.texts import LIMIT, MARK, cut, outbound


@pytest.mark.rule("E50")
@given(st.text(max_size=80), st.integers(len(MARK), 60))
def test_a_cut_text_is_a_beginning_with_a_mark(text: str, limit: int) -> None:
    found, was_cut = cut(text, limit), len(text) > limit
    assert len(found) <= limit
    assert found == text if not was_cut else found.endswith(MARK)
    assert text.startswith(found.removesuffix(MARK) if was_cut else found)


@pytest.mark.rule("E50")
@pytest.mark.parametrize("whole", ["e\N{COMBINING ACUTE ACCENT}", "👩‍👧", "👍🏽", "❤️"])
def test_a_cut_parts_no_character(whole: str) -> None:
    text = "x" * 10 + whole + "y" * 40
    for limit in range(len(MARK) + 8, len(MARK) + 16):
        kept = cut(text, limit).removesuffix(MARK)
        assert (whole in kept) or kept == "x" * len(kept)


@pytest.mark.rule("E50")
def test_a_limit_below_the_mark_still_holds() -> None:
    assert cut("x" * 20, 3) == MARK[:3]
    assert cut("xyz", 3) == "xyz"


@pytest.mark.rule("E50")
@given(st.lists(st.none() | st.text(alphabet="aß🙂<>\r\n\t\x00\x85 ", max_size=40), max_size=5))
def test_what_goes_out_is_what_staff_wrote(texts: list[str | None]) -> None:
    found = outbound(Series(texts, dtype="str"), 20).tolist()
    for text, sent in zip(texts, found, strict=True):
        kept = "".join(one for one in (text or "").replace("\r\n", "\n").replace("\r", "\n") if one not in "\x00\x85")
        kept = kept.strip()
        assert (sent == cut(kept, 20)) if kept else (sent != sent)


def test_rules_and_payloads_agree_on_the_longest_text() -> None:
    assert LIMIT == TEXT_LENGTH
