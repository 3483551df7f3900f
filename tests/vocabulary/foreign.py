"""Which words of a text belong to the other language: short ones that every sentence has, and no name is."""

import re
from typing import Final

from include.vocabulary.texts import Language

_GERMAN: Final = """
aber alle als am auch auf aus bei beim das dass dem den der des die diese dieser dieses durch ein eine einem
einen einer eines er es für gibt haben ihm ihr ihre im ist ja kann kein keine mit nach nicht noch nur oder ohne
sein seit sich sie sind sondern steht und unter uns vom von vor war waren weil wenn werden wie wird worden wurde
zu zum zur zwei über
"""
_ENGLISH: Final = """
about again all and any are as at be because been before but by can each every for from has have he how if into
is it its last most no nobody none nor not of once only or others she since than that the their them then there
these they this those to until was we were what when where which while who whose why will with without you your
"""
_COMMON: Final[dict[Language, frozenset[str]]] = {"de": frozenset(_GERMAN.split()), "en": frozenset(_ENGLISH.split())}
_BOTH: Final = frozenset(("all", "am", "die", "er", "her", "in", "so", "war", "was", "will"))
"""Words of both languages, with different meanings."""
_WORD: Final = re.compile(r"[^\W\d_]+")
_NOT_PROSE: Final = re.compile(
    r"„[^“]*“|\"[^\"]*\"|`[^`]*`|\*[^*]*\*|“[^”]*”|\{[^}]*\}|\b[A-Za-z_]+[=_.:/][\w=./:-]*|\b\w+ = |\b[A-Z]{2,}\b"
)
"""What is quoted, a name of the code or the database, and a place for a value may be in any language."""


def foreign_words(text: str, language: Language) -> list[str]:
    """Return the words that belong to the other language, if not to both."""
    other: Language = "en" if language == "de" else "de"
    theirs = _COMMON[other] - _COMMON[language] - _BOTH
    return [word for word in _WORD.findall(_NOT_PROSE.sub(" ", text).lower()) if word in theirs]
