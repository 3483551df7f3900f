"""Texts on their way: what comes in becomes plain text, what goes out carries nothing unreadable (E50)."""

import re
import unicodedata
from html.parser import HTMLParser
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
_LONE_AMPERSAND: Final = re.compile(r"&(?!#?\w+;)")
_SEEN: Final = ("\N{ZERO WIDTH JOINER}", "\N{VARIATION SELECTOR-16}")
_BLOCKS: Final = """
address article aside blockquote body center dd details dialog div dl dt fieldset figcaption figure footer form h1 h2 h3
h4 h5 h6 head header hgroup hr html legend li main nav ol p pre section summary table tbody tfoot thead title tr ul
"""
_INLINE: Final = """
a abbr acronym applet area audio b base bdi bdo big button canvas caption cite code col colgroup data datalist del dfn
em embed font frame frameset i iframe img input ins kbd label link map mark math meta meter noframes noscript object
optgroup option output param picture progress q rp rt ruby s samp script select slot small source span strike strong
style sub sup svg td template textarea th time track tt u var video wbr
"""
_BLOCK_TAGS: Final = frozenset(_BLOCKS.split())
_TAGS: Final = _BLOCK_TAGS | frozenset(_INLINE.split()) | {"br"}
_DROPPED: Final = ("script", "style")


def plain(html_or_text: str) -> str:
    """Return a text of the portal as it reads: no markup, but its lines.

    Elements of HTML go, with a new line where a block begins or ends; the content of scripts and styles goes too.
    Entities are resolved once, so what was written as &lt;b&gt; reads <b> and stays that. What merely looks like
    markup ("Temperatur <18", "<Müller>") is kept. Control characters go, line ends become LF.
    """
    reader = _Reader()
    reader.feed(_LONE_AMPERSAND.sub("&amp;", readable(html_or_text)))
    reader.close()
    text = readable("".join(reader.parts).encode("utf-8", "ignore").decode("utf-8"))
    return text.strip("\n") if reader.has_markup else text


def cut(text: str, limit: int = LIMIT) -> tuple[str, bool]:
    """Return the text with at most `limit` characters and whether it was cut, which a mark at its end shows.

    A character is not cut from what belongs to it: accents, parts of an emoji.
    """
    if len(text) <= limit:
        return text, False
    end = max(limit - len(MARK), 0)
    while end and (_joins(text[end]) or text[end - 1] == _SEEN[0]):
        end -= 1
    return (text[:end] + MARK)[:limit], True


def outbound(column: Series, limit: int = LIMIT) -> Series:
    """Return texts of iX-Haus as the portal takes them: LF at line ends, no other control characters, cut; what is
    empty then is missing. Nothing else changes: they are texts, and "<b>" in one is three letters.
    """
    texts = column.astype("str")
    kept = {text: readable(text).strip() for text in texts.dropna().unique()}
    texts = texts.map(kept).astype("str")
    return _cut_all(texts.mask(texts == ""), limit)


def one_line(column: Series, limit: int) -> Series:
    """Return texts as `outbound` does, in one line."""
    texts = outbound(column).str.replace(r"\s+", " ", regex=True)
    return _cut_all(texts, limit)


def title_of(reports: DataFrame) -> Series:
    """Return a title in one line: the subject, else the name of the kind, else the number; the portal needs one.

    reports: subject, kind_name, report_nr
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
        values[place] = cut(values[place], limit)[0]
    return Series(pd.array(values, dtype="str"), index=texts.index)


def readable(text: str) -> str:
    """Return a text with LF at line ends and no other control characters."""
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def _joins(character: str) -> bool:
    return character in _SEEN or unicodedata.category(character) in ("Mn", "Me", "Sk")


class _Reader(HTMLParser):
    """Collects what a text says, without its markup."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.has_markup = False
        self._dropping = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._is_text(tag, attrs):
            self.handle_data(self.get_starttag_text() or "")
        elif tag in _DROPPED:
            self._dropping += 1
        else:
            self._end_line(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _DROPPED:  # else all the rest would be its content
            self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if self._is_text(tag, []):
            self.handle_data(f"</{tag}>")
        elif tag in _DROPPED:
            self._dropping = max(self._dropping - 1, 0)
        else:
            self._end_line(tag)

    def handle_data(self, data: str) -> None:
        if not self._dropping and data:
            self.parts.append(data)

    def _is_text(self, tag: str, attrs: list[tuple[str, str | None]]) -> bool:
        """Whether this is no element but something in angle brackets, such as a name; one with attributes is none."""
        is_known = tag in _TAGS or ":" in tag
        is_text = not is_known and all(value is None for _, value in attrs)
        self.has_markup |= not is_text
        return is_text

    def _end_line(self, tag: str) -> None:
        is_at_start = not self.parts or self.parts[-1].endswith("\n")
        if not self._dropping and (tag == "br" or (tag in _BLOCK_TAGS and not is_at_start)):
            self.parts.append("\n")
