"""The frame in which a rules function hands over what it decided: one row per record, sent or not."""

from typing import Final

import pandas as pd
from pandas import DataFrame, Series

from include.vocabulary import ids
from include.vocabulary.decision import CONTROL_COLUMNS, Decision

CARRIES_CONTENT: Final = (Decision.SEND.value, Decision.RESTRICT.value)


def outcome(records: DataFrame, content: DataFrame) -> DataFrame:
    """Return the control columns of `records` and, for what is sent, the payload fields of `content`.

    records: frames.DECIDED
    content: same index; one column per payload field but `id`, named as in the portal's API
    returns: frames.DECIDED, with the payload fields
    raises:  ValueError if an external id would stand for two records
    """
    ids = records["external_id"]
    if not ids.is_unique:
        twice = ", ".join(sorted(set(ids[ids.duplicated()]))[:5])
        raise ValueError(f"two iX-Haus records would have the same id in the portal: {twice}; correct their numbers")
    is_sent = records["decision"].isin(CARRIES_CONTENT)
    # what is not sent stays out of the staged files too: data minimisation
    fields = {name: _blank_out(content[name], ~is_sent) for name in content.columns}
    return records[list(CONTROL_COLUMNS)].assign(id=ids, **fields).reset_index(drop=True)


def withhold(decided: DataFrame, held_back: "Series[bool]", reason: str) -> DataFrame:
    """Return decided records, see `outcome`, with some of them withheld for a reason; what they held is blanked out.

    decided: frames.DECIDED
    returns: frames.DECIDED
    """
    fields = {
        name: _blank_out(decided[name], held_back) for name in decided.columns if name not in (*CONTROL_COLUMNS, "id")
    }
    changes = {
        "decision": decided["decision"].mask(held_back, Decision.WITHHOLD.value),
        "reason": decided["reason"].mask(held_back, reason),
        "warnings": decided["warnings"].mask(held_back, ""),  # whoever sends it says them
    }
    return decided.assign(**fields, **changes)


def _blank_out(column: Series, hidden: "Series[bool]") -> Series:
    if column.dtype == bool:
        return column & ~hidden
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
