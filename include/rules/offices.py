"""Who owns or looks after whole properties: how each stands today (R11, R13, O11, O19, E6, E22)."""

from datetime import date
from typing import Final

import pandas as pd
from pandas import DataFrame, Series

from include.rules.contacts import BEST_FIRST
from include.rules.first_hit import first_hit
from include.rules.frames import CARETAKINGS, OWNERSHIPS, nothing
from include.rules.identity import People
from include.rules.values import days, is_released, utc
from include.settings import SystemSettings
from include.vocabulary.decision import Decision

OWNER_LICENCE: Final = "Objekteigentümer"
CARETAKER_LICENCE: Final = "Hausmeister"


def ownerships_of(people: People, licences: DataFrame, settings: SystemSettings, today: date) -> DataFrame:
    """Return every ownership of a whole property and how it stands; access opens and closes as for a contract.

    returns: frames.OWNERSHIPS
    """
    if people.owners.empty:
        return nothing(OWNERSHIPS)
    owners, day = _dated(people.owners), pd.Timestamp(today)
    unlicensed = Series(not is_licensed(licences, OWNER_LICENCE, today), index=owners.index)
    stand = first_hit(
        owners,
        (unlicensed, Decision.REMOVE, "NO_OWNER_LICENCE"),
        (~is_released(owners["property_nr"], settings), Decision.REMOVE, "PROPERTY_NOT_RELEASED"),
        (owners["begin"].isna(), Decision.INVALID, "NO_START"),
        (owners["end"] < owners["begin"], Decision.INVALID, "END_BEFORE_START"),
        (owners["begin"] - settings.portal_access_lead > day, Decision.REMOVE, "NOT_YET"),
        (owners["end"] + settings.portal_access_trail < day, Decision.REMOVE, "OWNERSHIP_ENDED"),
        otherwise=(Decision.SEND, "OWNER"),
    )
    return _best_of_each(owners.join(stand))


def _best_of_each(owned: DataFrame) -> DataFrame:
    """Return one row for each owner of a property: who sold and bought again stands as the best of his times does."""
    rank = owned["reason"].map({reason: rank for rank, reason in enumerate(BEST_FIRST)})
    in_order = owned.assign(rank=rank).sort_values(["rank", "begin"], kind="stable")
    best = in_order.drop_duplicates(["property_nr", "partner_nr"]).index
    return owned.loc[owned.index.isin(best)].reset_index(drop=True)


def caretakings_of(people: People, licences: DataFrame, settings: SystemSettings, today: date) -> DataFrame:
    """Return every caretaker of a property and whether the portal shows him; his days count exactly.

    returns: frames.CARETAKINGS
    """
    if people.caretakers.empty:
        return nothing(CARETAKINGS)
    caretakers, day = _dated(people.caretakers), pd.Timestamp(today)
    unlicensed = Series(not is_licensed(licences, CARETAKER_LICENCE, today), index=caretakers.index)
    stand = first_hit(
        caretakers,
        (unlicensed, Decision.REMOVE, "NO_CARETAKER_LICENCE"),
        (~is_released(caretakers["property_nr"], settings), Decision.REMOVE, "PROPERTY_NOT_RELEASED"),
        (caretakers["begin"].isna(), Decision.INVALID, "NO_START"),
        (caretakers["end"] < caretakers["begin"], Decision.INVALID, "END_BEFORE_START"),
        (caretakers["begin"] > day, Decision.REMOVE, "NOT_YET"),
        (caretakers["end"] < day, Decision.REMOVE, "CARETAKER_ENDED"),
        otherwise=(Decision.SEND, "CARETAKER"),
    )
    return caretakers.join(stand)


def is_licensed(licences: DataFrame, name: str, today: date) -> bool:
    """Whether a licence is switched on and has not expired (R11)."""
    mine = licences[(licences["licence"] == name) & licences["active"].eq(True)]
    until = days(mine["valid_until"])
    return bool((until.isna() | (until >= pd.Timestamp(today))).any())


def _dated(offices: DataFrame) -> DataFrame:
    begin, end = days(offices["begin"]), days(offices["end"])
    return offices.assign(begin=begin, end=end, changed_at=utc(offices["changed_at"]))
