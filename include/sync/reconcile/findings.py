"""What comparing the portal with the ledger and with today's decisions says of each record. Pure; knows no business."""

from collections.abc import Collection, Iterator
from enum import StrEnum
from typing import Final

import numpy as np
import pandas as pd
from pandas import DataFrame, Series

from include.columns.keys import occurs
from include.vocabulary import ids
from include.vocabulary.decision import EXTERNAL_ID, ORPHAN, Decision
from include.vocabulary.state import HELD, State


class Finding(StrEnum):
    """One per record that the portal holds or should hold; also the reason code by which the protocol names it."""

    IN_STEP = "IN_STEP"
    MISSING = "MISSING_IN_PORTAL"
    """The ledger has it there: sent again by the next run."""
    ADOPTED = "ADOPTED"
    """The portal has it, the ledger did not, iX-Haus knows it."""
    RETURNED = "RETURNED"
    """The ledger calls it removed, the portal has it."""
    DRIFTED = "DRIFTED"
    """A field that is sent differs."""
    ORPHAN = ORPHAN
    """An id of our form that iX-Haus does not know."""
    FOREIGN = "FOREIGN"
    """Made by hand in the portal."""


PORTAL: Final = (
    "portal_id", "number", "digest", "property_id", "unit_id", "contact_id", "created_at", "has_access", "is_gone",
    "parent",
)  # fmt: skip
DESIRED: Final = (
    EXTERNAL_ID, "decision", "reason", "properties", "parents", "identity", "changed_at", "hash", "digest", "sender",
)  # fmt: skip
KNOWN: Final = (
    EXTERNAL_ID, "state", "hash", "refused", "reason", "properties", "identity", "parents", "group", "acknowledged_at",
    "portal_id", "run",
)  # fmt: skip
_NO_TEXTS: Final = ("changed_at", "has_access_portal", "is_gone_portal")
_AT_ONCE: Final = 100_000
_LETTERS: Final = r"[^\W\d_]+"
_FROM_PORTAL: Final = "FROM_PORTAL"


def told_apart(portal: DataFrame, known: DataFrame) -> DataFrame:
    """Return what the portal lists with the record that each stands for: one row per `external_id`.

    Where several ids of the portal stand for one record, as a replacement and what it replaced do until that is removed
    (ids.unversioned), the one that the ledger names counts, else the newest; the others stand for themselves and are in
    nobody's way to leave.

    portal: PORTAL
    known:  external_id, portal_id
    """
    names = portal["portal_id"].astype("str")
    if portal.empty:
        return portal.assign(external_id=names)
    copies = names[names.str.contains(ids.ADDITION, regex=False).fillna(False).astype(bool)]
    copies = copies[~occurs(copies, known[EXTERNAL_ID])]  # a number of iX-Haus may end as the id of a copy does
    named = known[known["portal_id"].notna()].drop_duplicates("portal_id").set_index("portal_id")[EXTERNAL_ID]
    stands_for = names.copy()
    stands_for[copies.index] = copies.map(ids.unversioned)
    by_ledger = occurs(names, named.index.to_series())
    stands_for[by_ledger] = names[by_ledger].map(named)
    several = stands_for.duplicated(keep=False)
    if not several.any():
        return portal.assign(external_id=stands_for)
    stands_for[several] = _among_several(portal[several], names[several], stands_for[several], known)
    rows = portal.assign(external_id=stands_for)
    return rows[~rows[EXTERNAL_ID].duplicated()]


def _among_several(portal: DataFrame, names: Series, stands_for: Series, known: DataFrame) -> Series:
    """Return what each of the ids stands for where several would stand for the same."""
    is_named = occurs(names, known["portal_id"].fillna(known[EXTERNAL_ID]))
    ranks = DataFrame({"is_other": ~is_named, "created_at": portal["created_at"]})
    order = ranks.sort_values(["is_other", "created_at"], ascending=[True, False], kind="stable").index
    ordered = stands_for.loc[order]
    further = names.mask(names == stands_for, ids.left_over(stands_for))
    return ordered.mask(ordered.duplicated(), further.loc[order]).loc[names.index]


def forms(external_ids: Series) -> Series:
    """Return what ids look like: the runs of digits, letters and signs that they are made of, without additions."""
    bases = external_ids.astype("str").str.split(ids.ADDITION, n=1, regex=False).str[0]
    return bases.str.replace(_LETTERS, "a", regex=True).str.replace(r"\d+", "9", regex=True)


def slim(rows: DataFrame) -> DataFrame:
    """Return rows without the columns in which nothing stands, but for those that are looked at everywhere."""
    kept = (EXTERNAL_ID, "record_type", "state", "portal_id", "created_at", "has_access", "is_gone", "digest", "parent")
    return rows.drop(columns=[name for name in rows.columns if name not in kept and not rows[name].notna().any()])


def parts(desired: DataFrame, known: DataFrame, portal: DataFrame) -> Iterator[tuple[DataFrame, DataFrame, DataFrame]]:
    """Yield the three sides of some records at a time, each record in one part: a million do not fit beside their
    comparison.
    """
    sides = (desired, known, portal)
    number = -(-max(map(len, sides)) // _AT_ONCE) or 1
    which = [pd.util.hash_pandas_object(side[EXTERNAL_ID].astype("str"), index=False) % number for side in sides]
    for part in range(number):
        desired_part, known_part, portal_part = (
            side[(place == part).to_numpy()] for side, place in zip(sides, which, strict=True)
        )
        yield desired_part, known_part, portal_part


def judge(desired: DataFrame, known: DataFrame, portal: DataFrame, our_forms: Collection[str]) -> DataFrame:
    """Return one row per record that the ledger or the portal has, with its `finding` ("" for none: neither has it).

    desired: DESIRED; digest is that of what the portal should show (missing: it cannot be compared)
    known:   KNOWN, columns without any value may be missing
    portal:  as `told_apart` returns it, likewise, with `identity`: for whom it is, as the rules would remember it
    our_forms: what ids look like that iX-Haus gives such records, see `forms`
    returns: the columns of desired with the suffix "", of known with "_known", of portal with "_portal", and finding,
             is_equal: what the portal shows is what it should show; is_other_copy: it is none that the ledger names;
             is_wanted: the rules want it there
    """
    known, portal = known.reindex(columns=KNOWN), portal.reindex(columns=[*PORTAL, EXTERNAL_ID, "identity"])
    rows = desired.merge(known.add_suffix("_known"), how="outer", left_on=EXTERNAL_ID, right_on=f"{EXTERNAL_ID}_known")
    rows[EXTERNAL_ID] = rows[EXTERNAL_ID].fillna(rows.pop(f"{EXTERNAL_ID}_known"))
    listed = portal.add_suffix("_portal").rename(columns={f"{EXTERNAL_ID}_portal": EXTERNAL_ID})
    rows = rows.merge(listed, how="outer", on=EXTERNAL_ID)
    texts = {name: "str" for name in rows.columns if name not in _NO_TEXTS}  # frames without rows have lost that
    rows = rows.astype(texts)
    is_listed, is_gone = rows["portal_id_portal"].notna(), rows["is_gone_portal"].eq(True)
    state = rows["state_known"].fillna("")
    is_held, is_wanted = state.isin(HELD), rows["decision"].isin([Decision.SEND, Decision.RESTRICT])
    is_comparable = rows["digest"].notna() & rows["digest_portal"].notna()
    is_equal = (rows["digest"] == rows["digest_portal"]) | ~is_comparable
    has_come_back = rows["has_access_portal"].eq(True) & (state == State.RESTRICTED)
    copy = rows["portal_id_known"].fillna(rows[EXTERNAL_ID])
    is_other_copy = is_listed & (rows["portal_id_portal"] != copy)  # an earlier one, whatever it shows
    is_as_sent = is_wanted & (rows["hash"] == rows["hash_known"])
    is_unknown = state.isin(["", State.NEW])
    is_from_portal = (rows["decision"] == Decision.WITHHOLD) & (rows["reason"] == _FROM_PORTAL)
    is_ours = forms(rows[EXTERNAL_ID]).isin(our_forms)
    table = [
        (is_held & is_listed & is_as_sent & (~is_equal | is_other_copy), Finding.DRIFTED),
        (is_held & is_listed & ~is_wanted & has_come_back, Finding.DRIFTED),
        (is_held & is_listed, Finding.IN_STEP),
        (is_held, Finding.MISSING),
        ((state == State.PENDING) & is_listed, Finding.ADOPTED),
        ((state == State.REMOVED) & is_listed & ~is_gone, Finding.RETURNED),
        (~is_unknown | ~is_listed, ""),
        (is_from_portal, Finding.FOREIGN),
        (rows["decision"].notna(), Finding.ADOPTED),
        (is_ours, Finding.ORPHAN),
    ]
    finding = np.select([one for one, _ in table], [str(name) for _, name in table], default=Finding.FOREIGN.value)
    return rows.assign(finding=finding, is_equal=is_equal, is_other_copy=is_other_copy, is_wanted=is_wanted)
