"""Who is one contact, and under which id the portal knows it (R22–R24, E13, E18, E19, E21)."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd
from pandas import DataFrame, Series

from include.columns.keys import occurs, positions, taken
from include.rules.frames import CONTACT_TEXTS
from include.rules.outcomes import newest
from include.rules.values import cleaned, iso, joined, keyed, utc
from include.vocabulary import ids
from include.vocabulary.decision import CONTROL_COLUMNS, Decision
from include.vocabulary.state import HELD, State


class People(NamedTuple):
    """Contacts-to-be and the records they are made from: see frames.PEOPLE."""

    contacts: DataFrame
    persons: DataFrame
    roles: DataFrame
    owners: DataFrame
    caretakers: DataFrame


def people_of(views: Mapping[str, DataFrame]) -> People:
    """Put together what is one contact: a partner with all its persons and roles (R23), or a person without partner.

    Names never make two records one (E13). A partner that the partner management does not know gets a row all the
    same, with has_record False. An owner or caretaker who is also a tenant is one contact (E6, E22).

    views: persons, partners, contract_roles, owners, caretakers
    """
    persons = cleaned(keyed(views["persons"], ["person_key"]), ["partner_nr", "person_type", "property_nr"])
    roles = keyed(views["contract_roles"], ["contract_nr", "partner_nr", "role"])
    owners, caretakers = (keyed(views[name], ["property_nr", "partner_nr"]) for name in ("owners", "caretakers"))

    of_residents = pd.concat([persons["partner_nr"], roles["partner_nr"]]).dropna().drop_duplicates()
    others = pd.concat([owners["partner_nr"], caretakers["partner_nr"]])
    numbers = pd.concat([of_residents, others]).drop_duplicates().reset_index(drop=True)
    alone = persons["partner_nr"].isna()
    persons["number"] = _apart_from(numbers, persons["person_key"])
    partners = _partners(views["partners"], numbers, len(of_residents))
    without_partner = cleaned(persons[alone], CONTACT_TEXTS).assign(has_record=True, is_resident=True, is_doubled=False)
    contacts = pd.concat([partners, without_partner], ignore_index=True)
    persons = persons.drop(columns=list(CONTACT_TEXTS))  # a partner's count before those of its persons

    persons["contact"] = np.where(alone, len(numbers) + alone.cumsum() - 1, positions(persons["partner_nr"], numbers))
    for held_by_partners in (roles, owners, caretakers):
        held_by_partners["contact"] = positions(held_by_partners["partner_nr"], numbers)
    contacts["is_doubled"] |= contacts.index.isin(persons.loc[persons["person_key"].duplicated(keep=False), "contact"])
    contacts["is_minor"] = contacts["is_minor"].eq(True).fillna(False).astype(bool)
    contacts["changed_at"] = newest(
        utc(contacts["changed_at"]), utc(persons["changed_at"]).groupby(persons["contact"]).max()
    )
    contacts["source"] = _sources(contacts["partner_nr"], persons)
    return People(contacts, persons, roles, owners, caretakers)


def _partners(view: DataFrame, numbers: Series, residents: int) -> DataFrame:
    """Return a row for each partner number, of which the first ones are of residents; doubled: of several rows."""
    partners = cleaned(keyed(view, ["partner_nr"]), [*CONTACT_TEXTS, "company_role"])
    found = positions(numbers, partners["partner_nr"])
    return taken(partners, found).assign(
        partner_nr=numbers, number=numbers, has_record=found >= 0, is_resident=numbers.index < residents,
        is_doubled=numbers.isin(partners.loc[partners["partner_nr"].duplicated(), "partner_nr"]),
    )  # fmt: skip


def _apart_from(partner_numbers: Series, person_keys: Series) -> Series:
    """Return person keys as contact numbers; one that is also a partner's number must not become that partner."""
    return person_keys.mask(occurs(person_keys, partner_numbers), ids.extended(person_keys, ids.PERSON))


def _sources(partner_nr: Series, persons: DataFrame) -> Series:
    of_persons = joined(persons["contact"], ids.source("SP_PERSON", persons["person_key"]), len(partner_nr))
    return (of_persons + (" " + ids.source("SP_PARTNER", partner_nr)).fillna("")).str.strip()


def identify(people: People, known: DataFrame) -> tuple[DataFrame, DataFrame]:
    """Give every contact the external id under which the portal holds it or shall hold it (R24).

    A contact's number is its partner number, without partner its person key. Where the portal already holds it under
    the key of one of its persons, because partner management came later, that id stays (E18): nobody is removed and
    created again, and no second invitation goes out. Further ids of the same partner are given up.

    known:   frames.LEDGER, of contacts
    returns: frames.IDENTIFIED and frames.GIVEN_UP
    """
    columns = ["external_id", "state", "identity"]
    known = keyed(known.loc[known["state"] != State.NEW, columns], columns)
    candidates = _candidates(people, known)
    found = positions(candidates["external_id"], known["external_id"])
    candidates["state"] = taken(known[["state"]], found)["state"].fillna("")
    is_known, is_held = candidates["state"] != "", candidates["state"].isin(HELD)
    candidates["rank"] = np.select([is_held, is_known], [0, 2], default=4) + candidates["is_person"]
    is_person = candidates["is_person"] == 1
    persons = candidates[is_person & is_known].sort_values("external_id")
    candidates = pd.concat([candidates[~is_person], persons]).sort_values(["contact", "rank"], kind="stable")
    is_chosen = ~candidates["contact"].duplicated()
    chosen, others = candidates[is_chosen], candidates[~is_chosen]
    given_up = others.loc[others["state"] != "", ["external_id", "identity", "contact"]]
    return chosen[["external_id", "identity", "state"]].reset_index(drop=True), given_up.reset_index(drop=True)


def contacts_of(people: People, known: DataFrame, person_keys: Series, partner_numbers: Series) -> DataFrame:
    """Return the contact that each row names; missing if there is no such person or partner, or nobody can tell which.

    known:           frames.LEDGER, of contacts
    person_keys:     key of a person, missing where the row names none; it counts before the partner
    partner_numbers: number of a partner, same index
    returns:         frames.RECIPIENTS
    """
    identified, _ = identify(people, known)
    clear = person_keys.mask(occurs(person_keys, _unclear(people, identified)))
    person = positions(clear, people.persons["person_key"])
    of_person = taken(people.persons[["contact"]], person)["contact"]
    numbers = people.contacts["partner_nr"].dropna()
    partner = taken(Series(numbers.index).to_frame("contact"), positions(partner_numbers, numbers))["contact"]
    contact = of_person.fillna(partner).fillna(-1).to_numpy(dtype=np.intp)
    return taken(identified[["external_id", "state"]], contact).assign(contact=contact)


def _unclear(people: People, identified: DataFrame) -> Series:
    """Return the keys of persons of which the view has several rows, and those are several contacts."""
    doubled = people.persons[people.persons["person_key"].duplicated(keep=False)]
    contact = taken(identified[["external_id"]], doubled["contact"].to_numpy())
    pairs = contact.assign(key=doubled["person_key"].to_numpy()).drop_duplicates()
    return pairs.loc[pairs["key"].duplicated(), "key"]


def _candidates(people: People, known: DataFrame) -> DataFrame:
    """Return each contact's own id and, if it is a partner, those of its persons."""
    own = people.contacts[["number", "created_at"]].assign(contact=people.contacts.index, is_person=0)
    is_of_partner = people.persons["partner_nr"].notna()
    of_persons = people.persons.loc[is_of_partner, ["number", "created_at", "contact"]].assign(is_person=1)
    candidates = pd.concat([own, of_persons], ignore_index=True)
    candidates["identity"] = iso(pd.to_datetime(candidates["created_at"]), "s").fillna("")
    candidates["external_id"] = _unless_reused(candidates, known)
    return candidates


def _unless_reused(records: DataFrame, known: DataFrame) -> Series:
    """Return the numbers as external ids, with the day of creation behind those that belonged to another record.

    A number that the ERP gave again after a physical deletion must not inherit the old contact (E21). The ledger
    remembers when the record was made; once a record has the longer id it keeps it.
    """
    number, identity = records["number"], records["identity"]
    before = taken(known[["identity"]], positions(number, known["external_id"]))["identity"].fillna("")
    is_other = (identity != "") & (before != "") & (before != identity)
    longer = ids.extended(number, identity.str.slice(0, 10).str.replace("-", ""))
    return longer.where(is_other | ((identity != "") & occurs(longer, known["external_id"])), number)


def given_up(people: People, dropped: DataFrame, contacts: DataFrame) -> DataFrame:
    """Return the rows of the ids that are given up because their partner is already in the portal under another (E18).

    dropped:  frames.GIVEN_UP
    contacts: frames.DECIDED; what they hold besides is not repeated
    returns:  frames.DECIDED
    """
    contact = dropped["contact"].to_numpy()
    control = taken(contacts[list(CONTROL_COLUMNS)], contact).assign(
        external_id=dropped["external_id"],
        decision=Decision.REMOVE.value,
        reason="MERGED",
        warnings="",
        identity=dropped["identity"],
        source=ids.source("SP_PARTNER", taken(people.contacts[["partner_nr"]], contact)["partner_nr"]),
    )
    return control.assign(id=control["external_id"], portalUser=False)
