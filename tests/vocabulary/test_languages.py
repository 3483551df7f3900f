"""Nothing English stands in what is said in German, and nothing German in what is said in English."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from include.vocabulary.texts import Language
from tests.vocabulary.foreign import foreign_words

ROOT = Path(__file__).parents[2]
MODULES = sorted(
    path for folder in ("include", "plugins", "dags") for path in (ROOT / folder).rglob("*.py")
    if "Text(" in path.read_text(encoding="utf-8")
)  # fmt: skip
LANGUAGES: tuple[Language, Language] = ("de", "en")


def said_in(path: Path) -> Iterator[tuple[Language, str]]:
    """Yield each text in a module with the language it is meant to be in."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Text":
            for language, said in zip(LANGUAGES, node.args, strict=False):
                if isinstance(said, ast.Constant):
                    yield language, str(said.value)


@pytest.mark.parametrize(
    ("language", "said", "foreign"),
    [
        ("de", "Das Portal has no answer gegeben.", ["has", "no"]),
        ("en", "The portal hat nicht geantwortet.", ["nicht"]),
        ("de", "Die Sicht „List of units“, ein INSTEAD OF-Trigger oder none = alle.", []),
        ("en", "The document was last sent to a folder “Post für das Haus”.", []),
    ],
)
def test_a_foreign_word_is_seen(language: Language, said: str, foreign: list[str]) -> None:
    assert foreign_words(said, language) == foreign


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_text_is_in_its_language(path: Path) -> None:
    assert [(said, words) for language, said in said_in(path) if (words := foreign_words(said, language))] == []


def test_texts_are_found() -> None:
    assert sum(1 for path in MODULES for _ in said_in(path)) > 2000
