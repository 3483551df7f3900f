"""Everybody the portal may know, decided once for both groups that send contacts: persons, owners and caretakers.

One contact may be a tenant, an owner and a caretaker at the same time (R23, E6, E22), so all its ties count wherever
it is decided about. It is sent by casavi_persons if it has a person or a role in a contract, else by
casavi_owners_caretakers.
"""

from collections.abc import Mapping
from datetime import date
from typing import Final, NamedTuple

import pandas as pd
from pandas import DataFrame, Series

from include.columns.keys import occurs
from include.rules.contacts import BEST_FIRST, decide_contacts, places_of, standing
from include.rules.contracts import agreements_of, stand_of
from include.rules.frames import ABOUT, TIES
from include.rules.identity import People, given_up, identify, people_of
from include.rules.offices import caretakings_of, ownerships_of
from include.rules.outcomes import one_per_id, withhold
from include.rules.roles import one_per_partner
from include.settings import SystemSettings

PERSONS: Final = "persons"
"""The group that sends residents; the other one sends everybody else."""

VIEWS: Final = (
    "persons", "partners", "contracts", "contract_roles", "units", "owners", "caretakers", "licences",
)  # fmt: skip
"""Frames that deciding about contacts needs."""


class Everybody(NamedTuple):
    """What both groups build on: see frames.EVERYBODY."""

    about: DataFrame
    """Each contact as iX-Haus has it, as far as anybody asks for that once it is decided about; in their order."""
    agreements: DataFrame
    stand: DataFrame
    """How each agreement stands, same index."""
    ownerships: DataFrame
    caretakings: DataFrame
    contacts: DataFrame
    """The decided contacts, with their payload fields."""
    merged: DataFrame
    """Ids in the portal that are given up because their partner is there under another (E18)."""


def everybody(views: Mapping[str, DataFrame], known: DataFrame, settings: SystemSettings, today: date) -> Everybody:
    """Decide on every contact, whichever group sends it.

    views: VIEWS
    known: frames.LEDGER, of all contacts
    """
    people = people_of(views)
    agreements, stand, of_contracts = _agreements(views, people, settings, today)
    ownerships = ownerships_of(people, views["licences"], settings, today)
    caretakings = caretakings_of(people, views["licences"], settings, today)
    ties = _ties(of_contracts, ownerships, caretakings)
    identified, dropped = identify(people, known[known["record_type"] == "contact"])
    places = places_of(people, ties, settings)
    contacts = decide_contacts(people, identified, standing(people, ties, settings), places)
    merged = given_up(people, dropped, contacts)
    return Everybody(people.contacts[list(ABOUT)], agreements, stand, ownerships, caretakings, contacts, merged)


def _agreements(
    views: Mapping[str, DataFrame], people: People, settings: SystemSettings, today: date
) -> tuple[DataFrame, DataFrame, DataFrame]:
    """Return agreements and how each stands, one per contract and partner, and the ties that all of them make."""
    each = agreements_of(views["contracts"], people)
    stand = stand_of(each, settings, today)
    ties = each.assign(reason=stand["reason"])[list(TIES)]
    return *one_per_partner(each, stand, BEST_FIRST), ties


def _ties(of_contracts: DataFrame, ownerships: DataFrame, caretakings: DataFrame) -> DataFrame:
    offices = [ownerships.assign(is_main=True), caretakings.assign(is_main=False)]
    return pd.concat([of_contracts, *(office[list(TIES)] for office in offices)], ignore_index=True)


def share_of(all_of_them: Everybody, known: DataFrame, group: str) -> DataFrame:
    """Return the contacts that a group sends, and the ids that are given up for them.

    Whatever this group has sent so far and the other one decides about from now on stays as it is until then: it comes
    along with decision WITHHOLD, lest this group take it for gone.

    known:   frames.LEDGER, of all contacts
    group:   the group's name
    returns: frames.DECIDED, with the fields of a contact
    """
    is_resident, merged = all_of_them.about["is_resident"], all_of_them.merged
    of_residents = Series(True, index=merged.index, dtype=bool)  # else there would be no other id to give up
    sent_so_far = known.loc[(known["record_type"] == "contact") & (known["group"] == group), "external_id"]
    shares = [
        _share(decided, is_residents if group == PERSONS else ~is_residents, sent_so_far)
        for decided, is_residents in ((all_of_them.contacts, is_resident), (merged, of_residents))
    ]
    return one_per_id(pd.concat(shares, ignore_index=True))


def _share(decided: DataFrame, is_mine: "Series[bool]", sent_so_far: Series) -> DataFrame:
    handed_over = ~is_mine & occurs(decided["external_id"], sent_so_far)
    chosen = is_mine | handed_over
    return withhold(decided[chosen], handed_over[chosen], "OTHER_GROUP")
