"""Texts of iX-Haus, a whole column at a time: cleaned by the kind of their field (docs/texts.md), cut where they are
too long (E50).
"""

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pandas import DataFrame, Series

from include.rules import rtf
from include.vocabulary import limits, signs

KEYS: Final = frozenset({
    "property_nr", "unit_nr", "entrance_nr", "person_key", "partner_nr", "contract_nr", "document_id", "recipient_id",
    "report_nr", "note_id", "file_id", "order_nr", "report_kind", "team_nr", "user_nr", "created_by",
    "changed_by", "responsible_user", "reporter_person", "reporter_partner", "path", "dms_fields",
})  # fmt: skip
"""Columns that are compared letter by letter, or say where something lies: blanks around them are cut off, no more."""
LONG: Final = frozenset({"text", "portal_note", "description", "note_template"})
"""Columns whose texts may have several lines."""
BARE: Final = frozenset({"telephone", "mobile", "fax", "email"})
"""Columns in which no sign means anything that nobody sees. All others are texts in one line."""
STR: Final = pd.StringDtype("pyarrow", na_value=np.nan)
"""What pandas calls str."""


def clean(column: Series, name: str) -> Series:
    """Return a column of a view as str, cleaned by its kind; empty text is missing.

    Ordinary texts stay as they are, so the hash of what was sent does not change; only the others are looked at one by
    one, each that occurs once.
    """
    texts: Any = pa.array(column if column.dtype == STR else column.astype(STR))  # pandas takes five times as long
    if name in LONG:
        texts = _replaced(texts, f"{signs.ODD_IN_TEXT}|{rtf.START}", sendable)
    elif name not in KEYS:
        texts = _replaced(texts, signs.ODD_IN_LINE, signs.bare if name in BARE else signs.line)
    texts = pc.utf8_trim_whitespace(texts)
    texts = pc.if_else(pc.equal(texts, pa.scalar("", texts.type)), pa.scalar(None, texts.type), texts)
    return Series(pd.array(texts, dtype=STR), index=column.index, name=column.name)


def _replaced(texts: Any, odd: str, change: Callable[[str], str]) -> Any:
    is_odd = pc.match_substring_regex(texts, odd)
    if not pc.any(is_odd).as_py():
        return texts
    values = texts.to_numpy(zero_copy_only=False)
    places = np.flatnonzero(pc.fill_null(is_odd, False).to_numpy(zero_copy_only=False))
    changed = {text: change(text) for text in set(values[places])}
    values[places] = [changed[text] for text in values[places]]
    return pa.array(values, type=texts.type)


def sendable(text: str) -> str:
    """Return a text that may have several lines as the portal takes it, but for its length."""
    return signs.lines(rtf.spoken(text))


def outbound(column: Series, limit: int = limits.TEXT) -> Series:
    """Return texts that may have several lines as the portal takes them; what is empty then is missing. Nothing else
    changes: they are texts, and "<b>" in one is three letters.
    """
    return cut_all(clean(column, "text"), limit)


def one_line(column: Series, limit: int = limits.LINE) -> Series:
    """Return texts as `outbound` does, in one line, with one blank for several."""
    return cut_all(outbound(column).str.replace(r"\s+", " ", regex=True), limit)


def cut_all(texts: Series, limit: int, cut: Callable[[str, int], str] = signs.cut) -> Series:
    """Return texts with at most `limit` characters; what was cut bears a mark."""
    too_long = (texts.str.len() > limit).fillna(False).to_numpy(dtype=bool)
    if not too_long.any():
        return texts
    values = texts.to_numpy(dtype=object, copy=True)
    for place in np.flatnonzero(too_long):
        values[place] = cut(values[place], limit)
    return Series(pd.array(values, dtype="str"), index=texts.index)


def is_cut(column: Series) -> "Series[bool]":
    """Return which texts were cut."""
    return column.str.endswith(signs.MARK).fillna(False).astype(bool)


def is_any_cut(content: DataFrame, *fields: str) -> "Series[bool]":
    """Return which records have a text that was cut in one of these fields."""
    found = [is_cut(content[field]) for field in fields]
    return pd.concat(found, axis=1).any(axis=1)
