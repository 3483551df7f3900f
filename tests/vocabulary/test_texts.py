"""Texts in two languages."""

import pytest

from include.vocabulary.texts import Text, translator

FOUND = Text("{count} gefunden", "{count} found")


def test_a_text_is_said_in_the_language_asked_for() -> None:
    assert (FOUND.said("de", count=3), FOUND.said("en", count=3)) == ("3 gefunden", "3 found")


def test_braces_stay_where_no_place_is_named() -> None:
    assert FOUND.said("en") == "{count} found"


def test_a_table_of_texts_is_read_in_one_language_and_knows_no_other_keys() -> None:
    t = translator({"found": FOUND}, "de")
    assert t("found", count=2) == "2 gefunden"
    with pytest.raises(KeyError):
        t("lost")
