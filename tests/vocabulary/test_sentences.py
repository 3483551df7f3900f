"""What the protocol says of a run is German there, and English for who reads English, places and all."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from include.ixhaus.check import Difference
from include.vocabulary.reasons import translate
from include.vocabulary.sentences import SENTENCES, in_language
from include.vocabulary.texts import Text

ROOT = Path(__file__).parents[2] / "include"
PLACES = re.compile(r"\{\w+\}")


def filled(text: str) -> str:
    return PLACES.sub(lambda found: f"<{found[0][1:-1]}>", text)


@pytest.mark.parametrize("text", SENTENCES, ids=lambda text: text.english[:60])
def test_a_sentence_is_said_in_either_language(text: Text) -> None:
    german, english = filled(text.german), filled(text.english)
    assert sorted(PLACES.findall(text.german)) == sorted(PLACES.findall(text.english))
    assert (in_language(english, "de"), in_language(german, "en")) == (german, english)
    assert (in_language(german, "de"), in_language(english, "en")) == (german, english)
    assert (translate(german, "en"), translate(german, "de")) == (english, german)


def test_sentences_in_a_sentence_are_said_in_the_same_language() -> None:
    english = (
        "these tasks failed: load_contact (20 records in a row failed (TIMEOUT, status 504); the portal seems to be "
        "down, the next run goes on from here); what they had sent stays, the next run goes on"
    )
    german = (
        "diese Aufgaben sind fehlgeschlagen: load_contact (20 Datensätze nacheinander gingen nicht hinaus (TIMEOUT, "
        "status 504); das Portal scheint nicht erreichbar, der nächste Lauf macht hier weiter); was sie gesendet "
        "hatten, bleibt, der nächste Lauf macht weiter"
    )
    assert in_language(english, "de") == german
    assert in_language(german, "en") == english


def test_what_is_in_no_table_stays_as_it_is() -> None:
    said = "config/production.yaml: properties: this is not a range"
    assert in_language(said, "de") == in_language(said, "en") == said


def said_in(path: Path) -> Iterator[str]:
    """Yield the texts in a module, a place for each value that is put into them."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.JoinedStr):
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else "{x}" for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def test_the_table_says_what_the_code_says() -> None:
    """Else a sentence would quietly stay English once somebody words it better."""
    modules = [path for path in ROOT.rglob("*.py") if path.name != "sentences.py"]
    code = {PLACES.sub("{x}", text) for path in modules for text in said_in(path)}
    differences = [Difference(name, is_view, columns) for name, is_view in (("SP_A", True), ("SP_A", False))
                   for columns in ((), ("A",), ("A", "B"))]  # fmt: skip
    for text in SENTENCES:
        wanted = PLACES.sub("{x}", text.english)
        pieces = [piece for piece in wanted.split("{x}") if len(piece) > 20]
        if not any(piece in said for said in code for piece in pieces):
            assert any(in_language(one.sentence, "de") != one.sentence for one in differences), text.english
    assert all(in_language(one.sentence, "de") != one.sentence for one in differences)
