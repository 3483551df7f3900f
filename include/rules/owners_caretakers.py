"""Owners and caretakers of whole properties, each only with its licence (R11, O19, E6, E20, E22).

An owner is a contact with an owner's contract on every unit of the property. A caretaker is a contact without access
and a responsibility of the property, which says how to reach him.
"""

from collections.abc import Mapping
from datetime import date
from typing import Final

import pandas as pd
from pandas import DataFrame, Series

from include.columns.keys import taken
from include.rules.emails import clean_emails
from include.rules.first_hit import first_hit
from include.rules.objects import is_wanted
from include.rules.outcomes import CARRIES_CONTENT, lines, newest, outcome, parents
from include.rules.people import Everybody, everybody, share_of
from include.rules.values import is_anonymised, iso, joined, keyed, utc, warnings
from include.settings import SystemSettings
from include.vocabulary import ids
from include.vocabulary.decision import Decision

ROLE: Final = "Hausmeister"
"""The role's name in the portal (O19)."""


def decide(
    views: Mapping[str, DataFrame], known: DataFrame, settings: SystemSettings, today: date
) -> dict[str, DataFrame]:
    """Decide on every owner and caretaker, sent or not.

    views, today: as for persons, see rules/persons.py
    known:    frames.LEDGER, of all contacts
    settings: both property ranges, portal_access_lead_days, portal_access_trail_days (for owners),
              include_vacant_units
    returns:  frames.DECIDED, with the payload fields: "contact" (those who are no tenants too), "contract" (one per
              owner and unit), "responsibility" (one per property: all its caretakers)
    """
    all_of_them = everybody(views, known, settings, today)
    units = keyed(views["units"], ["property_nr", "unit_nr"])[["property_nr", "unit_nr", "changed_at"]]
    units = units.drop_duplicates(["property_nr", "unit_nr"])  # of a doubled one nothing but its number matters here
    units = units.assign(is_wanted=is_wanted(units, views, settings, today))
    return {
        "contact": share_of(all_of_them, known, "owners_caretakers"),
        "contract": _decide_contracts(all_of_them, units),
        "responsibility": _decide_responsibilities(all_of_them),
    }


def _decide_contracts(all_of_them: Everybody, units: DataFrame) -> DataFrame:
    """Decide on the contract of every owner on every unit of his property.

    units: property_nr, unit_nr, changed_at; is_wanted: whether the portal is to hold it
    """
    owned = all_of_them.ownerships.merge(units, on="property_nr", suffixes=("", "_of_unit"))
    contact = taken(all_of_them.contacts[["external_id", "decision"]], owned["contact"].to_numpy())
    unit_id = ids.unit(owned["property_nr"], owned["unit_nr"])
    is_settled = owned["decision"] != Decision.SEND
    decided = first_hit(
        owned,
        (~owned["is_wanted"], Decision.REMOVE, "UNIT_VACANT"),
        (~contact["decision"].isin(CARRIES_CONTENT), Decision.WITHHOLD, "CONTACT_NOT_SENT"),
        otherwise=(Decision.SEND, "OWNER"),
    )
    content = DataFrame(
        {
            "type": "OWNER",
            "number": Series(pd.NA, index=owned.index, dtype="str"),
            "propertyId": owned["property_nr"],
            "unitId": unit_id,
            "contactId": contact["external_id"],
            "startDate": iso(owned["begin"], "D"),
            "endDate": iso(owned["end"], "D"),
        }
    )
    records = owned.assign(
        external_id=ids.owner(unit_id, owned["partner_nr"]),
        decision=decided["decision"].mask(is_settled, owned["decision"]),
        reason=decided["reason"].mask(is_settled, owned["reason"]),
        warnings="",
        properties=owned["property_nr"],
        parents=lines(parents("unit", unit_id), parents("contact", contact["external_id"])),
        identity="",
        changed_at=newest(owned["changed_at"], utc(owned["changed_at_of_unit"])),
        source=ids.source("SP_EIGENTUEMER", owned["property_nr"], owned["partner_nr"]),
    )
    return outcome(records, content)


def _decide_responsibilities(all_of_them: Everybody) -> DataFrame:
    """Decide on the caretakers of every property: the portal takes all of a property at once."""
    caretakers = all_of_them.caretakings.sort_values(["property_nr", "partner_nr", "is_visible"], ignore_index=True)
    contact = taken(all_of_them.contacts[["external_id", "decision"]], caretakers["contact"].to_numpy())
    person = taken(all_of_them.about, caretakers["contact"].to_numpy())
    may_be_shown = (caretakers["decision"] == Decision.SEND) & contact["decision"].isin(CARRIES_CONTENT)
    once = caretakers[may_be_shown].drop_duplicates(["property_nr", "partner_nr"])
    is_shown = Series(caretakers.index.isin(once.index))
    reason = caretakers["reason"].mask((caretakers["decision"] == Decision.SEND) & ~is_shown, "CONTACT_NOT_SENT")
    emails = clean_emails(person["email"].mask(is_anonymised(person["email"])))
    entries = _entries(contact["external_id"], person, emails["address"], caretakers["is_visible"])
    house = caretakers["property_nr"].drop_duplicates().reset_index(drop=True)
    row = Series(pd.Index(house).get_indexer(pd.Index(caretakers["property_nr"])))
    keys = ids.source("SP_HAUSMEISTER", caretakers["property_nr"], caretakers["partner_nr"])
    any_shown = is_shown.groupby(row).any()
    any_wrong = (caretakers["decision"] == Decision.INVALID).groupby(row).any()
    without_any = any_wrong.map({True: Decision.INVALID.value, False: Decision.REMOVE.value})
    said = {"EMAIL_INVALID": is_shown & emails["is_invalid"]}
    said |= {code: caretakers["reason"] == code for code in ("NO_START", "END_BEFORE_START")}
    found = {code: applies.groupby(row).any() & any_shown for code, applies in said.items()}
    records = DataFrame(index=house.index).assign(
        external_id=house,
        decision=without_any.mask(any_shown, Decision.SEND.value).astype("str"),
        reason=_reasons(caretakers, reason, row).mask(any_shown, "CARETAKER"),
        warnings=warnings(house.index, found),
        properties=house,
        parents=_parents(house, row, contact["external_id"], is_shown),
        identity="",
        changed_at=newest(caretakers["changed_at"], person["changed_at"]).groupby(row).max(),
        source=joined(row, keys, len(house)),
    )
    shown = entries[is_shown].groupby(row[is_shown]).agg(list).reindex(house.index)
    return outcome(records, shown.rename("responsibilities").to_frame())


def _reasons(caretakers: DataFrame, reason: Series, row: Series) -> Series:
    """Return why a property shows no caretaker: what is wrong with one of them (E3) counts first."""
    order = (caretakers["decision"] != Decision.INVALID).sort_values(kind="stable").index
    return reason.loc[order].groupby(row).first()


def _entries(contact_ids: Series, person: DataFrame, email: Series, is_visible: Series) -> Series:
    """Return each caretaker as the portal shows him; anonymised values stay out (R21)."""
    numbers = [person[name].mask(is_anonymised(person[name])) for name in ("telephone", "mobile")]
    telephone = numbers[0].fillna(numbers[1])
    columns = (contact_ids, is_visible.eq(True), _or_none(email), _or_none(telephone))
    entries = [
        {
            "contactId": one,
            "roleName": ROLE,
            "isVisibleInPortal": bool(visible),
            "isVisibleOnPinboard": False,
            "email": mail,
            "telephone": number,
        }
        for one, visible, mail, number in zip(*columns, strict=True)
    ]
    return Series(entries, index=contact_ids.index, dtype=object)


def _or_none(texts: Series) -> Series:
    return texts.astype(object).where(texts.notna(), None)


def _parents(house: Series, row: Series, contact: Series, is_shown: "Series[bool]") -> Series:
    persons = parents("contact", contact[is_shown]).groupby(row[is_shown]).agg(ids.LINE.join).reindex(house.index)
    return lines(parents("property", house), persons.fillna(""))
