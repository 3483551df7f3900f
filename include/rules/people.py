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
from include.rules.identity import given_up, identify, people_of
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
    each = agreements_of(views["contracts"], people)
    stands = stand_of(each, settings, today)
    agreements, stand = one_per_partner(each, stands, BEST_FIRST)
    ownerships = ownerships_of(people, views["licences"], settings, today)
    caretakings = caretakings_of(people, views["licences"], settings, today)
    ties = _ties(each.assign(reason=stands["reason"]), ownerships, caretakings)
    identified, dropped = identify(people, known[known["record_type"] == "contact"])
    places = places_of(people, ties, settings)
    contacts = decide_contacts(people, identified, standing(people, ties, settings), places)
    merged = given_up(people, dropped, contacts)
    return Everybody(people.contacts[list(ABOUT)], agreements, stand, ownerships, caretakings, contacts, merged)


def _ties(agreements: DataFrame, ownerships: DataFrame, caretakings: DataFrame) -> DataFrame:
    all_of_them = [agreements, ownerships.assign(is_main=True), caretakings.assign(is_main=False)]
    return pd.concat([some[list(TIES)] for some in all_of_them], ignore_index=True)


def share_of(all_of_them: Everybody, known: DataFrame, group: str) -> DataFrame:
    """Return the contacts that a group sends, and the ids that are given up for them.

    Whatever this group has sent so far and the other one decides about from now on stays as it is until then: it comes
    along with decision WITHHOLD, lest this group take it for gone.

    known:   frames.LEDGER, of all contacts
    group:   the group's name
    returns: frames.DECIDED, with the fields of a contact
    """
    is_mine = all_of_them.about["is_resident"] == (group == PERSONS)
    # of residents all of them: a contact without a person has no other id to give up
    is_merged_mine = Series(group == PERSONS, index=all_of_them.merged.index, dtype=bool)
    sent_so_far = known.loc[(known["record_type"] == "contact") & (known["group"] == group), "external_id"]
    contacts = _share(all_of_them.contacts, is_mine, sent_so_far)
    merged = _share(all_of_them.merged, is_merged_mine, sent_so_far)
    return one_per_id(pd.concat([contacts, merged], ignore_index=True))


def _share(decided: DataFrame, is_mine: "Series[bool]", sent_so_far: Series) -> DataFrame:
    handed_over = ~is_mine & occurs(decided["external_id"], sent_so_far)
    chosen = is_mine | handed_over
    return withhold(decided[chosen], handed_over[chosen], "OTHER_GROUP")
