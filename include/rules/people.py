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

from include.rules.contacts import BEST_FIRST, decide_contacts, places_of, standing
from include.rules.contracts import agreements_of, stand_of
from include.rules.frames import CONTACT_TEXTS
from include.rules.identity import People, given_up, identify, people_of
from include.rules.offices import caretakings_of, ownerships_of
from include.rules.outcomes import one_per_id, withhold
from include.rules.roles import one_per_partner
from include.rules.values import occurs
from include.settings import SystemSettings

PERSONS: Final = "persons"
"""The group that sends residents; the other one sends everybody else."""

VIEWS: Final = (
    "persons", "partners", "contracts", "contract_roles", "units", "owners", "caretakers", "licences",
)  # fmt: skip
"""Frames that deciding about contacts needs."""


_DECIDED_ABOUT: Final = [name for name in CONTACT_TEXTS if name not in ("email", "telephone", "mobile")]
"""Texts that nobody asks for once the contacts are decided about; they are let go, as they are most of a frame."""


class Everybody(NamedTuple):
    """What both groups build on: see frames.EVERYBODY; contacts are in the order of people.contacts, which lacks the
    texts that are in them.
    """

    people: People
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
    people = people._replace(contacts=people.contacts.drop(columns=_DECIDED_ABOUT))
    return Everybody(people, agreements, stand, ownerships, caretakings, contacts, merged)


def _ties(agreements: DataFrame, ownerships: DataFrame, caretakings: DataFrame) -> DataFrame:
    columns = ["contact", "property_nr", "is_main", "reason"]
    offices = [ownerships.assign(is_main=True), caretakings.assign(is_main=False)]
    return pd.concat([agreements[columns], *(office[columns] for office in offices)], ignore_index=True)


def share_of(all_of_them: Everybody, known: DataFrame, group: str) -> DataFrame:
    """Return the contacts that a group sends, and the ids that are given up for them.

    Whatever this group has sent so far and the other one decides about from now on stays as it is until then: it comes
    along with decision WITHHOLD, lest this group take it for gone.

    known:   frames.LEDGER, of all contacts
    group:   the group's name
    returns: frames.DECIDED, with the fields of a contact
    """
    merged = all_of_them.merged
    decided = pd.concat([all_of_them.contacts, merged], ignore_index=True)
    has_person = Series(True, index=merged.index, dtype=bool)  # else there would be no other id to give up
    of_residents = pd.concat([all_of_them.people.contacts["is_resident"], has_person], ignore_index=True)
    is_mine = of_residents if group == PERSONS else ~of_residents
    sent_so_far = known.loc[(known["record_type"] == "contact") & (known["group"] == group), "external_id"]
    handed_over = ~is_mine & occurs(decided["external_id"], sent_so_far)
    return one_per_id(withhold(decided, handed_over, "OTHER_GROUP")[is_mine | handed_over].reset_index(drop=True))
