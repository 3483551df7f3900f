"""The reasons that staff read: every code in both languages, with the rule it comes from."""

import re
from pathlib import Path

import pytest

from include.vocabulary.reasons import REASONS, explain, rule_of

RULES = (Path(__file__).parents[2] / "docs" / "rules.md").read_text(encoding="utf-8")
NAMES = re.compile("Objekteigentümer|Größte|Empfänger|Leerstehende Flächen")
"""Of licences, settings and attributes, which an English sentence gives as they are."""


@pytest.mark.rule("O8", "R50")
@pytest.mark.parametrize("code", REASONS)
def test_every_code_has_a_sentence_in_both_languages(code: str) -> None:
    german, english = explain(code), explain(code, "en")
    assert german != english
    assert all(sentence[0].isupper() and sentence.endswith(".") for sentence in (german, english))
    assert not re.search("[äöüß„]", NAMES.sub("", english))


@pytest.mark.parametrize("code", REASONS)
def test_every_code_names_a_rule_that_there_is_or_none(code: str) -> None:
    assert rule_of(code) == "" or f"- **{rule_of(code)}** " in RULES


def test_an_unknown_code_is_its_own_explanation_and_comes_from_no_rule() -> None:
    assert (explain("NEVER_HEARD"), explain("NEVER_HEARD", "en"), rule_of("NEVER_HEARD")) == ("NEVER_HEARD",) * 2 + (
        "",
    )
