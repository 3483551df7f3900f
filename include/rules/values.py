"""Single values made ready for the rules, a whole column at a time."""

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pandas import DataFrame, Series

from include.rules.texts import clean
from include.settings import SystemSettings

ANONYMISED = "anonymisiert"
"""What iX-Haus writes over a value it anonymises (R21)."""

_EMPTY_BEFORE, _EMPTY_FROM = pd.Timestamp("1900-01-02"), pd.Timestamp("9999-01-01")
_ZONE = "Europe/Berlin"


def cleaned(frame: DataFrame, columns: Iterable[str]) -> DataFrame:
    """Return `frame` with these text columns as str, each cleaned by its kind (see texts.py), empty text missing."""
    return frame.assign(**{name: clean(frame[name], name) for name in columns})


def keyed(frame: DataFrame, columns: Iterable[str]) -> DataFrame:
    """Return `frame` with these key columns as str, letter by letter as the ERP has them, and rows numbered from 0."""
    return frame.assign(**{name: frame[name].astype("str") for name in columns}).reset_index(drop=True)


def days(column: Series) -> Series:
    """Return calendar days as datetime64; what legacy data writes for "empty" (1899-12-30, 9999-12-31) is NaT (E27)."""
    moments = pd.to_datetime(column).astype("datetime64[us]")
    return moments.where((moments >= _EMPTY_BEFORE) & (moments < _EMPTY_FROM))


def utc(column: Series, *, earliest: bool = False) -> Series:
    """Return the ERP's local moments (Europe/Berlin, no zone) as UTC without zone, datetime64[us].

    A clock time that occurs twice in October counts as its second occurrence (`earliest`: as its first, where too late
    would show somebody too much), one that does not exist in March as the moment after the gap: neither may stop a run
    (E25).
    """
    moments = pd.to_datetime(column).astype("datetime64[us]")
    is_first = np.full(len(moments), earliest)
    local = moments.dt.tz_localize(_ZONE, ambiguous=is_first, nonexistent="shift_forward")
    return local.dt.tz_convert("UTC").dt.tz_localize(None)


def iso(column: Series, unit: str) -> Series:
    """Return datetime64 values as ISO text, to the day (unit "D") or the second ("s"); missing stays missing."""
    moments = pa.array(column, pa.timestamp("us"), from_pandas=True)
    cut = pc.floor_temporal(moments, unit="second").cast(pa.timestamp("s"))
    texts = pc.replace_substring((cut.cast(pa.date32()) if unit == "D" else cut).cast(pa.large_string()), " ", "T")
    return Series(texts.to_pandas().array, index=column.index)


def is_true(column: Series) -> "Series[bool]":
    """Return where a flag is set; a missing one is not."""
    return column.eq(True).fillna(False).astype(bool)


def is_anonymised(column: Series) -> "Series[bool]":
    """Return where a cleaned text is nothing but the word that iX-Haus writes over anonymised values (R21)."""
    return column.str.lower() == ANONYMISED


def is_released(numbers: Series, settings: SystemSettings) -> "Series[bool]":
    """Return which property numbers lie in either object range (R13, R14, R15)."""
    released = [
        number
        for number in numbers.dropna().unique()
        if number in settings.properties or number in settings.properties_full_history
    ]
    return numbers.isin(released)


def joined(groups: Series, texts: Series, size: int) -> Series:
    """Return for each group 0 … size-1 its distinct texts, sorted and separated by blanks; "" for a group without.

    groups: int, group of each text; texts: str, none missing
    """
    pairs = DataFrame({"group": groups.to_numpy(), "text": texts.to_numpy()})
    is_single = ~pairs["group"].duplicated(keep=False)
    result = Series(pd.array([""] * size, dtype="str"))
    singles = pairs[is_single]
    result = singles.set_index("group")["text"].reindex(range(size)).fillna("") if len(singles) else result
    several: dict[int, set[str]] = {}
    for group, text in pairs[~is_single].itertuples(index=False):  # few: most people live in one place
        several.setdefault(group, set()).add(text)
    result.loc[list(several)] = [" ".join(sorted(texts)) for texts in several.values()]
    return result.reset_index(drop=True)


def warnings(index: pd.Index, found: Mapping[str, "Series[bool]"]) -> Series:
    """Return the codes that apply to each row, separated by blanks."""
    codes = Series("", index=index, dtype="str")
    for code, applies in found.items():
        if applies.any():
            codes[applies] = (codes[applies] + " " + code).str.strip()
    return codes
