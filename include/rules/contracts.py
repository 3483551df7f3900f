"""Contracts and roles in contracts: how each stands today, and whether the portal holds it (R16–R22, O4, O11, O20)."""

from datetime import date
from typing import Final

import pandas as pd
from pandas import DataFrame

from include.columns.keys import occurs, positions, taken
from include.rules.first_hit import first_hit
from include.rules.identity import People
from include.rules.outcomes import CARRIES_CONTENT, lines, outcome, parents
from include.rules.roles import with_roles
from include.rules.values import cleaned, days, is_released, is_true, iso, keyed, utc
from include.settings import SystemSettings
from include.vocabulary import ids
from include.vocabulary.decision import NOT_UNIQUE, Decision

_TYPES: Final = {"MIETE": "RENTER", "EIGENTUM": "OWNER"}


def agreements_of(contracts: DataFrame, people: People) -> DataFrame:
    """Return contracts and roles in contracts in one frame, as both give a contact access to a unit.

    contracts: the view; a contract whose person is unknown has contact -1
    returns:   frames.AGREEMENTS, one row for each contract and role
    """
    contracts = cleaned(keyed(contracts, ["contract_nr"]), ["property_nr", "unit_nr", "person_key", "kind"])
    person = positions(contracts["person_key"], people.persons["person_key"])
    persons = taken(people.persons[["contact", "person_type", "partner_nr"]], person)
    contact = persons["contact"].fillna(-1).astype(int)
    unit_id = ids.unit(contracts["property_nr"], contracts["unit_nr"])
    begin, end = days(contracts["begin"]), days(contracts["end"])
    main = DataFrame(
        {
            "external_id": contracts["contract_nr"],
            "contract_nr": contracts["contract_nr"],
            "contact": contact,
            "main_contact": contact,
            "person_key": contracts["person_key"],
            "is_main": True,
            "property_nr": contracts["property_nr"],
            "unit_id": unit_id,
            "type": contracts["kind"].str.upper().map(_TYPES).astype("str"),
            "begin": begin,
            "end": end,
            "is_reversed": (end < begin).fillna(False),
            "person_type": persons["person_type"],
            "has_person": contact >= 0,
            "main_has_partner": persons["partner_nr"].notna(),
            "has_contract": True,
            "is_doubled": contracts["contract_nr"].duplicated(keep=False),
            "changed_at": utc(contracts["changed_at"]),
            "source": ids.source("SP_VERTRAG", contracts["contract_nr"]),
        }
    )
    return with_roles(main, people.roles)


def stand_of(agreements: DataFrame, settings: SystemSettings, today: date) -> DataFrame:
    """Return decision and reason of each agreement as far as it does not depend on its contact (R16–R19, E1–E4).

    Days are calendar days and count inclusively: access opens on begin - lead and closes after end + trail (O11, E24).
    casavi may have day counts of its own; then the later opening and the earlier closing hold there (O5).

    agreements: frames.AGREEMENTS
    returns:    frames.STAND
    """
    day = pd.Timestamp(today)
    opens = agreements["begin"] - settings.portal_access_lead
    closes = agreements["end"] + settings.portal_access_trail
    is_role = ~agreements["is_main"]
    return first_hit(
        agreements,
        (~agreements["has_contract"], Decision.REMOVE, "NO_CONTRACT"),
        (agreements["is_doubled"], Decision.INVALID, NOT_UNIQUE),
        (~is_released(agreements["property_nr"], settings), Decision.REMOVE, "PROPERTY_NOT_RELEASED"),
        (is_role & (agreements["contact"] == agreements["main_contact"]), Decision.REMOVE, "MAIN_TENANT"),
        (is_role & agreements["has_person"] & ~agreements["main_has_partner"], Decision.REMOVE, "MAIN_WITHOUT_PARTNER"),
        (is_role & (closes < day), Decision.REMOVE, "MOVED_OUT"),  # whatever is wrong with its beginning
        (agreements["begin"].isna(), Decision.INVALID, "NO_START"),
        (agreements["is_reversed"], Decision.INVALID, "END_BEFORE_START"),
        (agreements["end"] < agreements["begin"], Decision.REMOVE, "OUTSIDE_CONTRACT"),
        (opens > day, Decision.REMOVE, "NOT_YET"),
        (closes < day, Decision.REMOVE, "MOVED_OUT"),
        (~agreements["has_person"], Decision.INVALID, "UNKNOWN_PERSON"),
        (~agreements["person_type"].isin(settings.person_types), Decision.REMOVE, "TYPE_NOT_RELEASED"),
        otherwise=(Decision.SEND, "ACTIVE"),
    )


def decide_contracts(agreements: DataFrame, stand: DataFrame, holders: DataFrame, units: DataFrame) -> DataFrame:
    """Decide on every agreement.

    agreements: frames.AGREEMENTS
    stand:      frames.STAND, of each
    holders:    frames.HOLDERS, in the order of people.contacts
    units:      the view, to know which units exist
    returns:    frames.DECIDED, with the fields of a contract
    """
    contact = taken(holders, agreements["contact"].to_numpy())
    has_partner = is_true(contact["has_record"])
    units = keyed(units, ["property_nr", "unit_nr"])
    has_unit = occurs(agreements["unit_id"], ids.unit(units["property_nr"], units["unit_nr"]))
    decided = first_hit(
        agreements,
        (~agreements["is_main"] & ~has_partner, Decision.INVALID, "NO_PARTNER"),
        (~has_unit, Decision.INVALID, "UNKNOWN_UNIT"),
        (agreements["type"].isna(), Decision.INVALID, "UNKNOWN_KIND"),
        (~contact["decision"].isin(CARRIES_CONTENT), Decision.WITHHOLD, "CONTACT_NOT_SENT"),
        otherwise=(Decision.SEND, "ACTIVE"),
    )
    is_settled = stand["decision"] != Decision.SEND
    content = DataFrame(
        {
            "type": agreements["type"],
            "number": agreements["contract_nr"],
            "propertyId": agreements["property_nr"],
            "unitId": agreements["unit_id"],
            "contactId": contact["external_id"],
            "startDate": iso(agreements["begin"], "D"),
            "endDate": iso(agreements["end"], "D"),  # a future end goes out as soon as it is known
        }
    )
    records = agreements.assign(
        decision=decided["decision"].mask(is_settled, stand["decision"]),
        reason=decided["reason"].mask(is_settled, stand["reason"]),
        warnings="",
        properties=agreements["property_nr"].fillna(""),
        parents=lines(parents("unit", agreements["unit_id"]), parents("contact", contact["external_id"])),
        identity="",
    )
    return outcome(records, content)
