"""How the tenancy stands that a letter belongs to, whatever else binds its recipient to the manager (E6, E7, O16)."""

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


def tenancies_of(
    letters: DataFrame, people: People, views: Mapping[str, DataFrame], settings: SystemSettings, today: date
) -> Series:
    """Return what may happen to each letter: SEND it, REMOVE it as what it belongs to is over, or call it INVALID as
    that is wrong in iX-Haus (E3).

    The header id names the tenancy: a person's key all contracts of that person; a partner's number, or the key of a
    person without contract, whatever binds him to the letter's property. Who has nothing there at all is not judged by
    it. The best of several counts.

    letters: frames.LETTERS
    views:   contracts, licences
    """
    agreements = agreements_of(views["contracts"], people)
    agreements = agreements.assign(decision=stand_of(agreements, settings, today)["decision"])
    ties = pd.concat([agreements, ownerships_of(people, views["licences"], settings, today)], ignore_index=True)
    ties = ties[ties["contact"] >= 0]
    named, place = letters["recipient_id"], _place(letters)
    names_person = occurs(named, ties["person_key"])

    def holds(some: DataFrame) -> "Series[bool]":
        return occurs(place, _place(some)).mask(names_person, occurs(named, some["person_key"]))

    judged = Series(Decision.REMOVE.value, index=letters.index, dtype="str")
    judged = judged.mask(holds(ties[ties["decision"] == Decision.INVALID]), Decision.INVALID.value)
    return judged.mask(holds(ties[ties["decision"] == Decision.SEND]) | ~holds(ties), Decision.SEND.value)


def _place(rows: DataFrame) -> Series:
    """Return whom and where a row is about."""
    return rows["contact"].astype("str") + "\n" + rows["property_nr"]
