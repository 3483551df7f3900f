"""Which persons the portal knows, and their contracts: the order in which the rules build on one another.

Who is one contact           identity.py   R22–R24, E13, E18, E19, E21
How each contract stands     contracts.py  R16–R19, O4, O11
Co-residents and partners    roles.py      R22, O20, E17
Who owns or looks after      offices.py    R11, O19, E6, E22
What each contact becomes    contacts.py   R16–R21, O1, O23, E14–E16, E20
Which group sends it         people.py
"""

from collections.abc import Mapping
from datetime import date

from pandas import DataFrame

from include.rules.contracts import decide_contracts
from include.rules.people import PERSONS, everybody, share_of
from include.settings import SystemSettings


def decide(
    views: Mapping[str, DataFrame], known: DataFrame, settings: SystemSettings, today: date
) -> dict[str, DataFrame]:
    """Decide on every person and every contract, sent or not.

    views:    persons, partners, contracts, contract_roles, units, owners, caretakers, licences
    known:    frames.LEDGER, of all contacts
    settings: both property ranges, person_types, portal_access_lead_days, portal_access_trail_days
    today:    the local calendar day (Europe/Berlin)
    returns:  "contact" and "contract": frames.DECIDED, with the payload fields
    """
    all_of_them = everybody(views, known, settings, today)
    holders = all_of_them.contacts[["external_id", "decision"]].assign(has_record=all_of_them.about["has_record"])
    contracts = decide_contracts(all_of_them.agreements, all_of_them.stand, holders, views["units"])
    return {"contact": share_of(all_of_them, known, PERSONS), "contract": contracts}
