"""Whatever people read, in both languages: one pair per text, and tables of them. Which language, the pages know."""

from collections.abc import Callable, Mapping
from typing import Literal, NamedTuple

Language = Literal["de", "en"]


class Text(NamedTuple):
    """One text in both languages. It may have places like {count}."""

    german: str
    english: str

    def said(self, language: Language, **places: object) -> str:
        """Return it in a language, with its places filled; without any given, braces stay as they are."""
        text = self.english if language == "en" else self.german
        return text.format(**places) if places else text


Texts = Mapping[str, Text]
"""A table of texts: key → text."""


def translator(texts: Texts, language: Language) -> Callable[..., str]:
    """Return t(key, **places), the text of a key in one language; raises KeyError where there is none."""

    def t(key: str, **places: object) -> str:
        return texts[key].said(language, **places)

    return t
