"""Which contacts the portal holds, with what content and access (R11, R16–R23, O1, O23, E12, E14–E16, E20, E22c)."""

from typing import Final

import numpy as np
import pandas as pd
from pandas import DataFrame, Series

from include.columns.keys import positions
from include.rules.emails import clean_emails, share_out
from include.rules.first_hit import first_hit
from include.rules.identity import People
from include.rules.outcomes import CARRIES_CONTENT, in_order
from include.rules.values import is_anonymised, is_released, joined, warnings
from include.settings import SystemSettings
from include.vocabulary.decision import NOT_UNIQUE, Decision
from include.vocabulary.state import State

BEST_FIRST: Final = (
    "ACTIVE", "OWNER", "TYPE_NOT_RELEASED", "CARETAKER", "NOT_YET", "MOVED_OUT", "OWNERSHIP_ENDED", "CARETAKER_ENDED",
    NOT_UNIQUE, "OUTSIDE_CONTRACT", "UNKNOWN_PERSON", "NO_START", "END_BEFORE_START", "MAIN_WITHOUT_PARTNER",
    "NO_OWNER_LICENCE", "NO_CARETAKER_LICENCE", "PROPERTY_NOT_RELEASED", "NO_CONTRACT", "MAIN_TENANT",
)  # fmt: skip
"""A contact is what the best of its contracts and offices allows: how one of them stands, best first (E6, E10, E22)."""

NOT_IN_PORTAL: Final = (
    "NOT_YET", "MOVED_OUT", "OWNERSHIP_ENDED", "CARETAKER_ENDED", "OUTSIDE_CONTRACT", "MAIN_WITHOUT_PARTNER",
    "NO_OWNER_LICENCE", "NO_CARETAKER_LICENCE", "PROPERTY_NOT_RELEASED", "NO_CONTRACT",
)  # fmt: skip
LEFT_ALONE: Final = ("NO_START", "END_BEFORE_START", "UNKNOWN_PERSON", NOT_UNIQUE)
"""Contracts that are wrong in the ERP: no reason to send anybody, and none to remove anybody (E3)."""

_NAMES: Final = {"firstName": "first_name", "lastName": "last_name", "companyName": "company"}
_REACH: Final = {"email": "email", "telephone": "telephone", "mobile": "mobile", "fax": "fax"}
_DETAILS: Final = {
    "title": "title", "salutation": "salutation", "companyRole": "company_role", "website": "website",
    "street": "street", "postalCode": "postal_code", "city": "city", "country": "country",
}  # fmt: skip


def standing(people: People, ties: DataFrame, settings: SystemSettings) -> Series:
    """Return for each contact how the best of its ties stands: one of BEST_FIRST (E5, E6, E8, E10, E22).

    A contact without any tie stands as NO_CONTRACT, or PROPERTY_NOT_RELEASED if its person is kept there.

    ties: frames.TIES
    """
    rank = Series(positions(ties["reason"], Series(BEST_FIRST)))
    of_persons = np.where(
        is_released(people.persons["property_nr"], settings),
        BEST_FIRST.index("NO_CONTRACT"),
        BEST_FIRST.index("PROPERTY_NOT_RELEASED"),
    )
    ranks = pd.concat([rank, Series(of_persons)], ignore_index=True)
    contact = pd.concat([ties["contact"], people.persons["contact"]], ignore_index=True)
    best = ranks.groupby(contact).min().reindex(people.contacts.index)
    return Series(pd.array(np.array(BEST_FIRST, dtype=object)[best.to_numpy(dtype=int)], dtype="str"))


def decide_contacts(people: People, identified: DataFrame, stands: Series, places: DataFrame) -> DataFrame:
    """Decide on every contact.

    identified: frames.IDENTIFIED
    stands:     how the best of its agreements stands
    places:     frames.PLACES
    returns:    frames.DECIDED, with the fields of a contact
    """
    words = _anonymised(people.contacts)
    is_overwritten = _is_overwritten(people.contacts, words)
    contacts = _without_anonymised_values(people.contacts, words, is_overwritten)
    emails = clean_emails(contacts["email"])
    decided = _decide(contacts, stands, is_overwritten & (identified["state"] == State.REMOVED))
    is_sent = decided["decision"].isin(CARRIES_CONTENT)
    is_user = (decided["decision"] == Decision.SEND) & ~contacts["is_minor"]

    users = identified.assign(email=emails["address"], is_main=places["is_main"])[is_user]
    shared = share_out(users).reindex(contacts.index)
    found = {
        "ANONYMISED_VALUE": is_sent & words[[*_DETAILS.values(), *_REACH.values()]].any(axis=1),
        "EMAIL_INVALID": is_user & emails["is_invalid"],
        "EMAIL_PARTLY": is_user & emails["is_partly"],
        "EMAIL_SHARED": shared["is_shared"] == True,  # noqa: E712 - missing for those who are no users
    }
    records = contacts.assign(
        **{name: decided[name] for name in ("decision", "reason")},
        **{name: identified[name] for name in ("external_id", "identity")},
        warnings=warnings(contacts.index, found),
        properties=places["properties"],
        parents="",
    )
    return in_order(records, _content(contacts.assign(email=shared["email"]), decided, is_user))


def mail_addresses(people: People) -> Series:
    """Return the address at which each contact may be written to: the one the portal would be given, missing if there
    is none (R21, E15).

    An address that several contacts have counts for each (unlike E14: it is where to write, not with what to log in).
    """
    words = _anonymised(people.contacts)
    contacts = _without_anonymised_values(people.contacts, words, _is_overwritten(people.contacts, words))
    return clean_emails(contacts["email"])["address"].mask(contacts["is_minor"] | contacts["is_doubled"])


def _anonymised(contacts: DataFrame) -> DataFrame:
    """Return where each field holds nothing but the word (R21)."""
    fields = (*_NAMES.values(), *_DETAILS.values(), *_REACH.values())
    return DataFrame({name: is_anonymised(contacts[name]) for name in fields})


def _is_overwritten(contacts: DataFrame, words: DataFrame) -> "Series[bool]":
    return words[list(_NAMES.values())].any(axis=1) | contacts["anonymised_at"].notna()


def _decide(contacts: DataFrame, stands: Series, is_overwritten_and_removed: "Series[bool]") -> DataFrame:
    nameless = contacts["last_name"].isna() & contacts["company"].isna()
    not_released, is_caretaker = stands == "TYPE_NOT_RELEASED", stands == "CARETAKER"
    return first_hit(
        contacts,
        (contacts["is_doubled"],            Decision.INVALID,  NOT_UNIQUE),
        (is_overwritten_and_removed,        Decision.WITHHOLD, "ANONYMISED_REMOVED"),
        *((stands == reason,                Decision.REMOVE,   reason) for reason in NOT_IN_PORTAL),
        *((stands == reason,                Decision.WITHHOLD, reason) for reason in LEFT_ALONE),
        (not_released & nameless,           Decision.REMOVE,   "TYPE_NOT_RELEASED"),  # there is no name to send
        (not_released,                      Decision.RESTRICT, "TYPE_NOT_RELEASED"),
        (~contacts["has_record"],           Decision.INVALID,  "NO_PARTNER"),
        (nameless,                          Decision.INVALID,  "NO_NAME"),
        (is_caretaker,                      Decision.RESTRICT, "CARETAKER"),
        (contacts["is_minor"],              Decision.SEND,     "MINOR"),
        (stands == "OWNER",                 Decision.SEND,     "OWNER"),
        otherwise=(Decision.SEND, "ACTIVE"),
    )  # fmt: skip


def _content(contacts: DataFrame, decided: DataFrame, is_user: "Series[bool]") -> DataFrame:
    """Return the payload: no contact data of who is no portal user; of a type that is not released (R17) and of a
    caretaker, whose property names ways to reach him, the name only.
    """
    has_details = decided["decision"] == Decision.SEND
    is_online = contacts["delivery_route"].str.upper() == "PORTAL"
    route = Series("ONLINE", index=contacts.index, dtype="str")
    return DataFrame(
        {
            **{field: contacts[name] for field, name in _NAMES.items()},
            **{field: contacts[name].where(has_details) for field, name in _DETAILS.items()},
            **{field: contacts[name].where(is_user) for field, name in _REACH.items()},
            "preferredWayOfContact": route.where(is_user & is_online),
            "portalUser": is_user,
        }
    )


def _without_anonymised_values(contacts: DataFrame, words: DataFrame, is_overwritten: "Series[bool]") -> DataFrame:
    """Clear every field but the names that holds the word, and for an overwritten person all ways to reach it (R21)."""
    cleared = {name: words[name] for name in _DETAILS.values()}
    cleared |= {name: words[name] | is_overwritten for name in _REACH.values()}
    return contacts.assign(**{name: contacts[name].mask(which) for name, which in cleared.items() if which.any()})


def places_of(people: People, ties: DataFrame, settings: SystemSettings) -> DataFrame:
    """Return per contact the properties it belongs to and whether it holds an open contract or property of its own.

    ties:    frames.TIES
    returns: frames.PLACES
    """
    size = len(people.contacts)
    links = pd.concat(
        [ties[["contact", "property_nr"]], people.persons[["contact", "property_nr"]]],
        keys=["tie", "person"],
        names=["link"],
    ).reset_index(level="link")
    links = links[(links["contact"] >= 0) & links["property_nr"].notna()]
    links["is_other"] = (links["link"] == "person") | ~is_released(links["property_nr"], settings)
    links = links[links["is_other"] == links["is_other"].groupby(links["contact"]).transform("min")]
    holders = ties.loc[ties["is_main"] & ties["reason"].isin(["ACTIVE", "OWNER"]), "contact"]
    return DataFrame(
        {
            "properties": joined(links["contact"], links["property_nr"], size),
            "is_main": Series(range(size)).isin(holders),
        }
    )
