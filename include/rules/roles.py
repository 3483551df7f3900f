"""Roles in contracts: co-residents and further contract partners, each within its contract (R22, O20, E17).

A role is open while both it and its contract are: from the later beginning to the earlier end. A partner with several
roles in one contract has one contract in the portal, which stands as the best of them does.
"""

from collections.abc import Sequence
from typing import Final

import pandas as pd
from pandas import DataFrame, Series

from include.columns.keys import occurs, positions, taken
from include.rules.outcomes import newest
from include.rules.values import days, is_true, utc
from include.vocabulary import ids

PARTY: Final = "VERTRAGSPARTNER"
"""The role of who has signed the contract too; the other one, MITBEWOHNER, only lives there."""
_COPIED: Final = ("has_person", "main_has_partner", "has_contract", "is_doubled")
_DAY: Final = pd.Timedelta(days=1)
_OPEN_END: Final = pd.Timestamp("9999-12-31")


def with_roles(main: DataFrame, roles: DataFrame) -> DataFrame:
    """Return contracts and the roles in them as agreements, one row for each role.

    main:    frames.AGREEMENTS, of contracts alone
    roles:   frames.ROLES
    returns: frames.AGREEMENTS
    """
    of_contract = taken(main, positions(roles["contract_nr"], main["contract_nr"]))
    begin, end = days(roles["begin"]), days(roles["end"])
    is_reversed = (end < begin).fillna(False)
    agreements = of_contract.assign(
        external_id=_ids(roles, main),
        contact=roles["contact"],
        main_contact=of_contract["main_contact"].fillna(-1).astype(int),
        person_key=Series(pd.NA, index=roles.index, dtype="str"),
        is_main=False,
        type=_types(roles["role"], of_contract["type"]),
        begin=newest(begin, of_contract["begin"]).mask(of_contract["begin"].isna()),
        end=_earlier(end.mask(is_reversed), of_contract["end"].mask(is_true(of_contract["is_reversed"]))),
        is_reversed=is_reversed | is_true(of_contract["is_reversed"]),
        changed_at=newest(utc(roles["changed_at"]), of_contract["changed_at"]),
        source=ids.source("SP_VERTRAGSROLLE", roles["contract_nr"], roles["partner_nr"], roles["role"]),
        **{name: is_true(of_contract[name]) for name in _COPIED},
    )
    both = pd.concat([main, agreements], ignore_index=True)
    clashes = occurs(both["external_id"], agreements["external_id"]) & occurs(both["external_id"], main["external_id"])
    return both.assign(is_doubled=both["is_doubled"] | clashes)


def _ids(roles: DataFrame, main: DataFrame) -> Series:
    own = ids.role(roles["contract_nr"], roles["partner_nr"])
    return own.mask(occurs(own, main["external_id"]), ids.extended(own, ids.ROLE))  # contract numbers may contain "/"


def _types(role: Series, of_contract: Series) -> Series:
    """Return what each role is in the portal: who has bought too is an owner, who lives with an owner is none (R22)."""
    is_party = role.str.strip().str.upper() == PARTY
    return of_contract.mask((of_contract == "OWNER") & ~is_party, "RENTER")


def _earlier(first: Series, second: Series) -> Series:
    return pd.concat([first, second], axis=1).min(axis=1).astype("datetime64[us]")


def one_per_partner(agreements: DataFrame, stand: DataFrame, best_first: Sequence[str]) -> tuple[DataFrame, DataFrame]:
    """Return agreements and stand with one row for the roles that a partner has in one contract: how the best stands.

    Its days are those of the role that counts, and of every other that goes over into it: between two roles that do
    not, he has none.

    agreements: frames.AGREEMENTS
    stand:      frames.STAND, of each
    best_first: the reasons that `stand` may hold
    returns:    frames.AGREEMENTS and frames.STAND
    """
    if agreements["external_id"].is_unique:
        return agreements, stand
    rank = stand["reason"].map({reason: rank for rank, reason in enumerate(best_first)})
    order = agreements.assign(rank=rank).sort_values(["rank", "type", "begin", "source"])  # an OWNER before a RENTER
    is_several = order["external_id"].duplicated(keep=False)
    joined = [_joined(rows) for _, rows in order[is_several].groupby("external_id", sort=False)]
    kept = pd.concat([order[~is_several], *joined]).sort_index()
    return kept[agreements.columns].reset_index(drop=True), stand.loc[kept.index].reset_index(drop=True)


def _joined(roles: DataFrame) -> DataFrame:
    """Return one row for roles of one partner in one contract, the best of them first."""
    first = roles.iloc[[0]]
    begin, end = first["begin"].iloc[0], first["end"].fillna(_OPEN_END).iloc[0]
    sound = roles[~roles["is_reversed"] & (roles["type"] == first["type"].iloc[0])]
    spans = list(zip(sound["begin"], sound["end"].fillna(_OPEN_END), strict=True))
    for _ in spans:  # once for each: the next may go over into what the one before it made longer
        touching = [span for span in spans if span[0] <= end + _DAY and begin <= span[1] + _DAY]
        begin = min([begin, *(span[0] for span in touching)])
        end = max([end, *(span[1] for span in touching)])
    row = first.assign(
        begin=begin,
        end=end,
        changed_at=roles["changed_at"].max(),
        source=" ".join(sorted(roles["source"])),
    )
    return row.assign(end=row["end"].mask(row["end"] == _OPEN_END))
