"""How the tenancy stands that a letter belongs to, whatever else binds its recipient to the manager (E6, E7, O16)."""

from collections.abc import Mapping
from datetime import date

import pandas as pd
from pandas import DataFrame, Series

from include.columns.keys import occurs
from include.rules.contacts import BEST_FIRST
from include.rules.contracts import agreements_of, stand_of
from include.rules.identity import People
from include.rules.offices import ownerships_of
from include.settings import SystemSettings
from include.vocabulary.decision import Decision


def tenancies_of(
    letters: DataFrame, people: People, views: Mapping[str, DataFrame], settings: SystemSettings, today: date
) -> Series:
    """Return what may happen to each letter: SEND it, REMOVE it as what it belongs to is over, or call it INVALID as
    that is wrong in iX-Haus (E3).

    The header id names the tenancy: a person's key all contracts of that person; a partner's number, or the key of a
    person without contract, whatever binds him to the letter's property. Who has nothing there at all is not judged by
    it. The best of several counts, as it does for his access.

    letters: frames.LETTERS
    views:   contracts, licences
    """
    agreements = agreements_of(views["contracts"], people)
    agreements = agreements.join(stand_of(agreements, settings, today))
    ties = pd.concat([agreements, ownerships_of(people, views["licences"], settings, today)], ignore_index=True)
    ties = ties[ties["contact"] >= 0].sort_values("reason", key=lambda reasons: reasons.map(BEST_FIRST.index))
    named, place = letters["recipient_id"], _place(letters)
    of_person = _best(ties, ties["person_key"])
    in_property = _best(ties, _place(ties))
    judged = place.map(in_property).mask(occurs(named, ties["person_key"]), named.map(of_person))
    return judged.astype("str").fillna(Decision.SEND.value)


def _best(ties: DataFrame, names: Series) -> Series:
    """Return the decision on the first of the ties that have one name, by that name."""
    is_first = names.notna() & ~names.duplicated()
    return ties["decision"][is_first].set_axis(names[is_first])


def _place(rows: DataFrame) -> Series:
    """Return whom and where a row is about."""
    return rows["contact"].astype("str") + "\n" + rows["property_nr"]
