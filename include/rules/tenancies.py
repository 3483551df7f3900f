"""Which letters belong to a tenancy that is over, whatever else binds their recipient to the manager (E6, E7, O16)."""

from collections.abc import Mapping
from datetime import date

import pandas as pd
from pandas import DataFrame, Series

from include.rules.contracts import agreements_of, stand_of
from include.rules.identity import People
from include.rules.offices import ownerships_of
from include.rules.values import occurs
from include.settings import SystemSettings
from include.vocabulary.decision import Decision


def is_over(
    letters: DataFrame, people: People, views: Mapping[str, DataFrame], settings: SystemSettings, today: date
) -> "Series[bool]":
    """Return which letters belong to nothing that still gives their recipient access.

    The header id names the tenancy: a person's key all contracts of that person; a partner's number, or the key of a
    person without contract, whatever binds him to the letter's property. Who has nothing there at all is not judged by
    it, nor is anybody by a contract that is wrong in iX-Haus (E3).

    letters: frames.LETTERS
    views:   contracts, licences
    """
    agreements = agreements_of(views["contracts"], people)
    agreements = agreements.assign(decision=stand_of(agreements, settings, today)["decision"])
    ties = pd.concat([agreements, ownerships_of(people, views["licences"], settings, today)], ignore_index=True)
    ties = ties[ties["contact"] >= 0]
    lasting = ties[ties["decision"] != Decision.REMOVE]
    named, place = letters["recipient_id"], _place(letters)
    names_person = occurs(named, ties["person_key"])
    in_property = occurs(place, _place(ties)) & ~occurs(place, _place(lasting))
    return in_property.mask(names_person, ~occurs(named, lasting["person_key"]))


def _place(rows: DataFrame) -> Series:
    """Return whom and where a row is about."""
    return rows["contact"].astype("str") + "\n" + rows["property_nr"]
