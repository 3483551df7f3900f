"""A file name that is safe everywhere: in a header, on Windows, in a download list."""

import re
from typing import Final
from unicodedata import category, normalize

from include.ixhaus.files.media import ENDINGS
from include.vocabulary.limits import FILE_NAME
from include.vocabulary.signs import MARK, line

MAX_BYTES: Final = 200
_UNNAMED: Final = "Dokument"
_PATH: Final = re.compile(r"\A(?:(?:[A-Za-z]:|\.{0,2}/).*/|[A-Za-z]:(?!\s))")
"""A path up to its last part; "Abrechnung 2026/2027" is none."""
_NOT_ALLOWED: Final = re.compile(r"[<>:/|?*]+")
_QUOTES: Final = re.compile("[\"'`\u201c\u201d\u201e\u201f\u2018\u2019\u201a\u201b\u00ab\u00bb\u2039\u203a\u00b4]")
_DEVICE: Final = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³])\s*(?:\.|$)", re.I)
_EDGE: Final = ". -_"
# fmt: off
_PROGRAMS: Final = frozenset((
    "app", "bat", "bin", "chm", "cmd", "com", "cpl", "dll", "dmg", "exe", "gadget", "hta", "htm", "html", "inf",
    "ins", "iso", "jar", "js", "jse", "lnk", "mht", "mhtml", "msc", "msi", "msp", "php", "pif", "pl", "ps1",
    "py", "reg", "scr", "sct", "sh", "shtml", "svg", "svgz", "url", "vb", "vbe", "vbs", "wasm", "ws", "wsc",
    "wsf", "wsh", "xht", "xhtml", "xll",
))
# fmt: on
_KNOWN: Final = _PROGRAMS | {ending for endings in ENDINGS.values() for ending in endings} | {"dot", "dotx", "dotm"}
"""Endings that say what a file is; where the content says something else they are taken off."""
_OWN_ENDING: Final = re.compile(r"(?=[0-9]*[a-z])[a-z0-9]{1,8}")


def safe_name(name: str, media_type: str) -> str:
    """Return the name under which a content of this type goes out.

    name:       as the ERP has it, may be anything or nothing
    media_type: the true type; the ending follows it (`rechnung.pdf.exe` that is a PDF becomes `rechnung.pdf`), and an
                unknown type keeps an ending that claims nothing about the content, else gets `.bin`
    returns:    composed letters (NFC), at most 150 characters and 200 bytes in UTF-8, with a mark where it was cut,
                ending in lower case
    """
    clean = _clean(name)
    stem, ending = _without_claims(clean)
    wanted = ENDINGS.get(media_type)
    if wanted is None:
        stem, ending = _own_ending(stem)
    elif ending not in wanted:
        ending = wanted[0]
    return f"{_shortened(stem, len(ending) + 1)}.{ending}"


def _clean(name: str) -> str:
    letters = "".join(_plain(letter) for letter in line(name))
    last = _PATH.sub("", letters.rpartition("\\")[2], count=1)
    allowed = _NOT_ALLOWED.sub("-", _QUOTES.sub("", last))
    return normalize("NFC", " ".join(allowed.split()))  # again: what was taken out may have stood between two parts


def _plain(letter: str) -> str:
    if letter.isspace():
        return " "
    return "" if category(letter)[0] == "C" else letter  # control, bidi, zero-width, private, unassigned, surrogates


def _without_claims(name: str) -> tuple[str, str]:
    """Take all known endings off; return the rest, and the first of the row of endings, in lower case."""
    stem, claimed = name.rstrip(_EDGE), ""
    while True:
        rest, dot, ending = stem.rpartition(".")
        if not dot or ending.strip().lower() not in _KNOWN:
            return stem.strip(_EDGE), claimed
        stem, claimed = rest.rstrip(_EDGE), ending.strip().lower()


def _own_ending(stem: str) -> tuple[str, str]:
    rest, dot, ending = stem.rpartition(".")
    if dot and _OWN_ENDING.fullmatch(ending.lower()):
        return _without_claims(rest)[0], ending.lower()
    return stem, "bin"


def _shortened(stem: str, room: int) -> str:
    """Return the stem cut to what is left beside the ending; never empty and no device of Windows."""
    if _DEVICE.match(stem):
        stem = f"({stem})"
    letters, size = FILE_NAME - room, MAX_BYTES - room
    if len(stem) > letters or len(stem.encode()) > size:
        beginning = stem[: letters - len(MARK)].encode()[: size - len(MARK.encode())].decode(errors="ignore")
        stem = f"{beginning.rstrip(_EDGE)}{MARK}"
    return _without_claims(stem)[0] or _UNNAMED
