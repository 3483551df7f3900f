"""Sentences about fields that must not go out: in both languages, for every field of every payload."""

from collections.abc import Iterator
from typing import get_args

import pytest
from pydantic import BaseModel

from include.casavi import payloads
from include.vocabulary.reasons import translate
from include.vocabulary.refusals import FIELDS, WRONG, refused


def fields_of(model: type[BaseModel]) -> Iterator[str]:
    for name, field in model.model_fields.items():
        yield str(field.alias or name)
        for part in get_args(field.annotation):
            if isinstance(part, type) and issubclass(part, BaseModel):
                yield from fields_of(part)


MODELS = [one for one in vars(payloads).values() if isinstance(one, type) and issubclass(one, BaseModel)]


@pytest.mark.parametrize("model", MODELS)
def test_every_field_has_a_name_in_both_languages(model: type[BaseModel]) -> None:
    assert set(fields_of(model)) <= set(FIELDS)


def test_no_two_names_or_findings_read_alike_so_that_each_is_found_again() -> None:
    for texts in (FIELDS, WRONG):
        assert len({text.german for text in texts.values()}) == len(texts)


def test_a_refusal_is_german_and_can_be_read_in_english() -> None:
    german = refused([("lastName", "TOO_LONG", 255), ("email", "NO_ADDRESS", 0), ("", "NAMELESS", 0)])
    assert german == (
        "Nachname: höchstens 255 Zeichen; E-Mail: ist keine gültige Adresse; Nachname oder Firma wird gebraucht"
    )
    assert translate(german, "de") == german
    assert translate(german, "en") == (
        "Last name: at most 255 characters; E-mail: is not a valid address; last name or company is needed"
    )


@pytest.mark.parametrize("sentence", ["", "Etwas anderes", "Zeile 3: etwas; noch etwas", "balance: ist kein Feld"])
def test_what_is_no_refusal_stays_as_it_is(sentence: str) -> None:
    assert translate(sentence, "en") == sentence


def test_a_field_that_nobody_has_named_keeps_its_own_name() -> None:
    found = refused([("balance", "UNKNOWN_FIELD", 0)])
    assert found == "balance: ist kein Feld des Portals"
    assert translate(found, "en") == "balance: is not a field of the portal"
