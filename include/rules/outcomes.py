"""The frame in which a rules function hands over what it decided: one row per record, sent or not."""

from typing import Final

import pandas as pd
from pandas import DataFrame, Series

from include.vocabulary import ids
from include.vocabulary.decision import CONTROL_COLUMNS, NOT_UNIQUE, Decision

CARRIES_CONTENT: Final = (Decision.SEND.value, Decision.RESTRICT.value)


def outcome(records: DataFrame, content: DataFrame) -> DataFrame:
    """Return the control columns of `records` and, for what is sent, the payload fields of `content`.

    Records that would have one id in the portal come as one that is invalid, with the sources of all (R24).

    records: frames.DECIDED
    content: same index; one column per payload field but `id`, named as in the portal's API
    returns: frames.DECIDED, with the payload fields
    """
    return one_per_id(in_order(records, content))


def in_order(records: DataFrame, content: DataFrame) -> DataFrame:
    """Return what `outcome` does, row by row: records that would have one id are invalid, each in its place.

    records: frames.DECIDED
    content: as of `outcome`
    returns: frames.DECIDED, with the payload fields
    """
    hidden = ~records["decision"].isin(CARRIES_CONTENT)
    # what is not sent stays out of the staged files too: data minimisation
    fields = {name: _blank_out(content[name], hidden) for name in content.columns} if hidden.any() else content
    decided = records[list(CONTROL_COLUMNS)].assign(id=records["external_id"], **fields).reset_index(drop=True)
    is_double = decided["external_id"].duplicated(keep=False)
    return _left(decided, is_double, Decision.INVALID, NOT_UNIQUE) if is_double.any() else decided


def one_per_id(decided: DataFrame) -> DataFrame:
    """Return decided records, those with one id as one that is invalid, with the sources and properties of all.

    decided: frames.DECIDED
    returns: frames.DECIDED
    """
    is_double = decided["external_id"].duplicated(keep=False)
    if not is_double.any():
        return decided
    double = _left(decided[is_double], is_double[is_double], Decision.INVALID, NOT_UNIQUE)
    of_all = double.groupby("external_id", sort=False, dropna=False)[["source", "properties"]].agg(_together)
    first = double.drop_duplicates("external_id")
    named = first.assign(**{name: pd.array(of_all[name].to_numpy(), dtype="str") for name in of_all.columns})
    return pd.concat([decided[~is_double], named], ignore_index=True)


def _together(texts: Series) -> str:
    return " ".join(sorted({word for text in texts for word in text.split()}))


def withhold(decided: DataFrame, held_back: "Series[bool]", reason: str) -> DataFrame:
    """Return decided records, see `outcome`, with some of them withheld for a reason; what they held is blanked out.

    decided: frames.DECIDED
    returns: frames.DECIDED
    """
    return _left(decided, held_back, Decision.WITHHOLD, reason)


def _left(decided: DataFrame, which: "Series[bool]", decision: Decision, reason: str) -> DataFrame:
    """Return decided records with some of them left as the portal has them; what they held is blanked out."""
    if not which.any():
        return decided
    names = [name for name in decided.columns if name not in (*CONTROL_COLUMNS, "id")]
    fields = {name: _blank_out(decided[name], which) for name in names}
    changes = {
        "decision": decided["decision"].mask(which, decision.value),
        "reason": decided["reason"].mask(which, reason),
        "warnings": decided["warnings"].mask(which, ""),  # whoever sends it says them
    }
    return decided.assign(**fields, **changes)


def _blank_out(column: Series, hidden: "Series[bool]") -> Series:
    if column.dtype == bool:
        return column & ~hidden
    if not (column.notna() & hidden).any():  # most are hidden already, and each is as long as there are records
        return column
    return column.mask(hidden, None) if column.dtype == object else column.mask(hidden)


def parents(record_type: str, external_ids: Series) -> Series:
    """Return one line of the parents column for each record: "<record type> <external id>"; no id makes no line."""
    return ids.typed(record_type, external_ids).fillna("")


def lines(first: Series, *others: Series) -> Series:
    """Return the parents column of records with several parents, each as `parents` returns it."""
    found = first
    for one in others:
        found = found + ids.LINE + one
    return found.str.strip(ids.LINE)


def newest(*moments: Series) -> Series:
    """Return the newest of several moments row by row; NaT only where all are missing."""
    return pd.concat(list(moments), axis=1).max(axis=1)
