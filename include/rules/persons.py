"""Which persons the portal knows, and their contracts: the order in which the rules build on one another.

Who is one contact           identity.py   R22–R24, E13, E18, E19, E21
How each contract stands     contracts.py  R16–R19, O4, O11, O20
What each contact becomes    contacts.py   R16–R21, O1, O23, E14–E16, E20
"""

from collections.abc import Mapping
from datetime import date

import pandas as pd
from pandas import DataFrame

from include.rules.contacts import decide_contacts, places_of, standing
from include.rules.contracts import agreements_of, decide_contracts, stand_of
from include.rules.identity import given_up, identify, people_of
from include.settings import SystemSettings


def decide(
    views: Mapping[str, DataFrame], known: DataFrame, settings: SystemSettings, today: date
) -> dict[str, DataFrame]:
    """Decide on every person and every contract, sent or not.

    views:    persons, partners, contracts, contract_roles, units
    known:    the ledger's record_type, external_id, state, identity
    settings: both property ranges, person_types, portal_access_lead_days, portal_access_trail_days
    today:    the local calendar day (Europe/Berlin)
    returns:  "contact" and "contract", each with the control columns and the payload fields
    """
    people = people_of(views["persons"], views["partners"], views["contract_roles"])
    agreements = agreements_of(views["contracts"], people, views["units"])
    stand = stand_of(agreements, settings, today)

    identified, dropped = identify(people, known[known["record_type"] == "contact"])
    places = places_of(people, agreements, stand, settings)
    contacts = decide_contacts(people, identified, standing(people, agreements, stand, settings), places)
    return {
        "contact": pd.concat([contacts, given_up(people, dropped, contacts)], ignore_index=True),
        "contract": decide_contracts(agreements, stand, people, contacts),
    }
