"""What the signs of a text stand for, and how a text is cut: one way for each kind of field (docs/texts.md, E50)."""

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

MARK: Final = "… [gekürzt]"
"""Ends what was cut."""

_ORDINARY: Final = " -~\u00a0-\u00ac\u00ae-\u024f\u2010-\u2027\u2030-\u205e\u20ac"
"""Signs that no kind of field changes: ASCII, composed Latin letters, dashes, quotes, the euro (a regular expression's
class)."""
ODD_IN_LINE: Final = f"[^{_ORDINARY}]"
"""Matches within each text that `line` or `bare` changes, and within some others: by this whole columns are passed
over."""
ODD_IN_TEXT: Final = f"[^\t\n{_ORDINARY}]"
"""The same for `lines`."""


def _meanings() -> Iterator[tuple[int, str | None]]:
    """Yield what control characters mean: nothing; but what an ISO-8859-1 database hands over as U+0080 to U+009F, some
    program wrote there in Windows' CP1252 (0x80 is the euro).
    """
    for code in (*range(0x20), *range(0x7F, 0xA0)):
        if chr(code) not in "\t\n":
            yield code, bytes([code]).decode("cp1252", "ignore") if code >= 0x80 else None


_MEANING: Final = dict(_meanings())
_NEW_LINE: Final = re.compile(r"\r\n?|[\v\f]")
_SEPARATORS: Final = re.compile("[\u2028\u2029]")
_BREAK: Final = re.compile(r"\s*[\t\n]\s*")
_UNSEEN: Final = re.compile(
    "[\u00ad\u200b\u2060-\u2064\u206a-\u206f\ufeff\ufff9-\ufffb\U000e0001]"
    "|(?<![\U0001f3f4\U000e0020-\U000e007f])[\U000e0020-\U000e007f]+"  # else they say of which country a flag is
)
_DIRECTION: Final = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_RIGHT_TO_LEFT: Final = re.compile("[\u0590-\u061b\u061d-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_JOINED: Final = "[^\u0000-\u024f\u0300-\u036f\u200c\u200d\\s]"
"""What joiners mean something between: emoji, letters of other scripts."""
_IDLE_JOINER: Final = re.compile(f"(?<!{_JOINED})[\u200c\u200d]|[\u200c\u200d](?!{_JOINED})")
_JOINER: Final = re.compile("[\u200c\u200d]")
_SEEN: Final = ("\N{ZERO WIDTH JOINER}", "\N{VARIATION SELECTOR-16}")
_LONGEST_ENDING: Final = 8


def readable(text: str) -> str:
    """Return a text with LF at line ends, what CP1252 means by its signs, and no other control characters."""
    return _NEW_LINE.sub("\n", text).translate(_MEANING)


def lines(text: str) -> str:
    """Return a text that may have several lines: readable, letters composed (NFC), without what nobody sees, nothing
    blank around it.
    """
    return _composed(_SEPARATORS.sub("\n", readable(text)))


def line(text: str) -> str:
    """Return a text in one line: as `lines` does, with one blank for line breaks and tabs."""
    return _BREAK.sub(" ", lines(text))


def bare(text: str) -> str:
    """Return an address or number in one line without any sign that nobody sees."""
    return unicodedata.normalize("NFC", _JOINER.sub("", _DIRECTION.sub("", line(text)))).strip()


def cut(text: str, limit: int) -> str:
    """Return the text with at most `limit` characters; one that was cut ends with a mark.

    A character is not cut from what belongs to it: accents, parts of an emoji.
    """
    if len(text) <= limit:
        return text
    end = max(limit - len(MARK), 0)
    while end and (_joins(text[end]) or text[end - 1] == _SEEN[0]):
        end -= 1
    return (text[:end] + MARK)[:limit]


def cut_name(name: str, limit: int) -> str:
    """Return a file's name with at most `limit` characters; one that was cut has the mark before its ending."""
    if len(name) <= limit:
        return name
    stem, dot, ending = name.rpartition(".")
    if not dot or len(ending) > _LONGEST_ENDING:
        return cut(name, limit)
    return f"{cut(stem, limit - len(ending) - 1)}.{ending}"


def _composed(text: str) -> str:
    seen = _UNSEEN.sub("", text)
    if not _RIGHT_TO_LEFT.search(seen):  # only beside letters that run the other way they mean something
        seen = _DIRECTION.sub("", seen)
    joined = _IDLE_JOINER.sub("", unicodedata.normalize("NFC", seen))
    return unicodedata.normalize("NFC", joined).strip()  # again: a joiner may have stood between two parts of a letter


def _joins(character: str) -> bool:
    return character in _SEEN or unicodedata.category(character) in ("Mn", "Me", "Sk")
