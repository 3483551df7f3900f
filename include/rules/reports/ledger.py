"""What the ledger and the inbox say of reports, notes and files: under which id the portal knows each (E43, E49)."""

import numpy as np
import pandas as pd
from pandas import DataFrame, Series

from include.columns.keys import Rows, occurs, positions, taken
from include.rules.outcomes import in_order, one_per_id
from include.rules.values import keyed
from include.vocabulary import ids
from include.vocabulary.decision import CONTROL_COLUMNS, Decision
from include.vocabulary.state import MAYBE_HELD


def of_type(known: DataFrame, record_type: str) -> DataFrame:
    """Return the ledger's rows of one record type, numbered from 0."""
    return known[known["record_type"] == record_type].reset_index(drop=True)


def inbox_of(inbox: DataFrame, record_type: str) -> DataFrame:
    """Return the portal's events of one type; one row per record of the ERP.

    inbox:   frames.INBOX
    returns: frames.CAME_IN
    """
    mine = inbox[inbox["record_type"] == record_type]
    return keyed(mine[["portal_id", "erp_id"]].dropna().drop_duplicates("erp_id"), ["portal_id", "erp_id"])


def base_ids(numbers: Series, inbox: DataFrame) -> Series:
    """Return the portal's own id for what came from there and the ERP's number for everything else.

    A number that is the portal's id of another record gets an addition: two records must never share an id.

    numbers: keys of ERP records of one type
    inbox:   frames.CAME_IN, of that type
    """
    from_portal = taken(inbox, positions(numbers, inbox["erp_id"]))["portal_id"]
    return from_portal.fillna(apart(numbers, inbox["portal_id"]))


def apart(base_ids: Series, given: Series) -> Series:
    """Return the ids, those with an addition that another record of the type has already (E49)."""
    return base_ids.mask(occurs(base_ids, given), ids.extended(base_ids, ids.ERP))


def families(external_ids: Series, bases: Series) -> Rows:
    """Return for each id in the ledger which record it stands for: the row whose base is the id, or the id without
    additions; -1 if there is no such record any more.
    """
    rows = positions(external_ids, bases)
    unclear = np.flatnonzero(rows < 0)
    if len(unclear):
        row_of = dict(zip(bases[::-1], range(len(bases) - 1, -1, -1), strict=True))  # of a base given twice the first
        for place in unclear:  # few: only what once changed its audience
            shorter = ids.bases(str(external_ids.iloc[place]))[1:]
            rows[place] = next((row_of[base] for base in shorter if base in row_of), -1)
    return rows


def additions(external_ids: Series, bases: Series) -> Series:
    """Return what each id has behind its base: "" or an addition; children of the record carry the same (E43)."""
    return Series(list(map(ids.addition, external_ids, bases)), index=bases.index, dtype="str")


def finished(records: DataFrame, content: DataFrame, ledger: DataFrame, family: Rows, superseded: str) -> DataFrame:
    """Return the frame for the sync core, with a removal of every other id under which the portal holds a record.

    records:    frames.DECIDED
    content:    payload fields, same index
    ledger:     frames.LEDGER, of this record type
    family:     the row in `records` for each of the ledger, see families
    superseded: reason of a removal where the record itself is sent
    returns:    frames.DECIDED, with the payload fields
    """
    decided = in_order(records, content)
    is_left = ledger["state"].isin(MAYBE_HELD) & (family >= 0) & ~ledger["external_id"].isin(records["external_id"])
    if not is_left.any():
        return one_per_id(decided)
    left = taken(decided[list(CONTROL_COLUMNS)], family[is_left.to_numpy()])
    reason = left["reason"].mask(left["decision"] == Decision.SEND, superseded)
    known = ledger[is_left].reset_index(drop=True)
    left = left.assign(external_id=known["external_id"], decision=Decision.REMOVE.value, reason=reason)
    # whose it was must stay known after it is gone
    left = left.assign(identity=known["identity"].fillna(""), warnings="", parents="", id=known["external_id"])
    return one_per_id(pd.concat([decided, left], ignore_index=True))
