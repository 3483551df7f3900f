"""Texts on their way: nothing unreadable in them, and cut where they are too long (E50)."""

import re
import unicodedata
from typing import Final

import numpy as np
import pandas as pd
from pandas import DataFrame, Series

LIMIT: Final = 32_000
"""Most characters of a text that either side is given."""
TITLE_LENGTH: Final = 255
MARK: Final = "… [gekürzt]"

_UNREADABLE: Final = r"[\x00-\x08\x0b-\x1f\x7f-\x9f]"
_CONTROL: Final = re.compile(_UNREADABLE)
_SEEN: Final = ("\N{ZERO WIDTH JOINER}", "\N{VARIATION SELECTOR-16}")


def cut(text: str, limit: int = LIMIT) -> str:
    """Return the text with at most `limit` characters; one that was cut ends with a mark.

    A character is not cut from what belongs to it: accents, parts of an emoji.
    """
    if len(text) <= limit:
        return text
    end = max(limit - len(MARK), 0)
    while end and (_joins(text[end]) or text[end - 1] == _SEEN[0]):
        end -= 1
    return (text[:end] + MARK)[:limit]


def outbound(column: Series, limit: int = LIMIT) -> Series:
    """Return texts of iX-Haus as the portal takes them: LF at line ends, no other control characters, cut; what is
    empty then is missing. Nothing else changes: they are texts, and "<b>" in one is three letters.
    """
    texts = column.astype("str")
    kept = {text: sendable(text) for text in texts.dropna().unique()}
    texts = texts.map(kept).astype("str")
    return _cut_all(texts.mask(texts == ""), limit)


def one_line(column: Series, limit: int) -> Series:
    """Return texts as `outbound` does, in one line."""
    texts = outbound(column).str.replace(r"\s+", " ", regex=True)
    return _cut_all(texts, limit)


def title_of(reports: DataFrame) -> Series:
    """Return a title in one line: the subject, else the name of the kind, else the number; the portal needs one.

    reports: frames.TITLED
    """
    return one_line(reports["subject"].fillna(reports["kind_name"]).fillna(reports["report_nr"]), TITLE_LENGTH)


def is_cut(column: Series) -> "Series[bool]":
    """Return which of the texts `outbound` has cut."""
    return column.str.endswith(MARK).fillna(False).astype(bool)


def _cut_all(texts: Series, limit: int) -> Series:
    too_long = (texts.str.len() > limit).fillna(False).to_numpy(dtype=bool)
    if not too_long.any():
        return texts
    values = texts.to_numpy(dtype=object, copy=True)
    for place in np.flatnonzero(too_long):
        values[place] = cut(values[place], limit)
    return Series(pd.array(values, dtype="str"), index=texts.index)


def sendable(text: str) -> str:
    """Return one text as `outbound` does, but for its length."""
    return readable(text).strip()


def readable(text: str) -> str:
    """Return a text with LF at line ends and no other control characters."""
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def _joins(character: str) -> bool:
    return character in _SEEN or unicodedata.category(character) in ("Mn", "Me", "Sk")
