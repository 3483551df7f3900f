"""German or English: what the browser asks for, until somebody chooses with the switch on the page."""

from typing import Final

from starlette.requests import Request

from include.vocabulary.texts import Language

COOKIE: Final = "serviceportal_language"
PARAMETER: Final = "lang"
"""The query parameter with which the switch on a page chooses."""


def chosen_language(request: Request) -> Language | None:
    """Return the language that the switch has just chosen, or None."""
    return _known(request.query_params.get(PARAMETER, ""))


def language_of(request: Request) -> Language:
    """Return the language of the answer: the switch, then its cookie, then the browser's wish, else German.

    A browser that wants neither gets English.
    """
    chosen = chosen_language(request) or _known(request.cookies.get(COOKIE, ""))
    return chosen or _wished(request.headers.get("accept-language", ""))


def _known(code: str) -> Language | None:
    return "de" if code == "de" else "en" if code == "en" else None


def _wished(header: str) -> Language:
    wishes = []
    for part in header.split(","):
        name, _, weight = part.partition(";q=")
        language = _known(name.strip().lower()[:2])
        if language:
            wishes.append((_weight(weight), language))
    if wishes:
        return max(wishes, key=lambda wish: wish[0])[1]  # the first of equals
    return "en" if header.strip(" *") else "de"


def _weight(text: str) -> float:
    try:
        return float(text or 1)
    except ValueError:
        return 0
