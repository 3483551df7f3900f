"""Whom a key stands for: all ids under which portal, ledger and protocol know one person."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Engine, Select, select

from include.ixhaus.contract.master import SP_PARTNER, SP_PERSON
from include.ixhaus.contract.own import SP_ABGLEICH, SP_PORTALKONTO
from include.ixhaus.database import read_snapshot
from include.vocabulary import ids

ORDER: Final = ("document", "contract", "contact")
"""What leaves the portal with a person, what stands on others first. Reports stay: they are the property's file."""
_ROW = SP_ABGLEICH.c


@dataclass(frozen=True)
class Held:
    """A record of the ledger that is about the person."""

    record_type: str
    external_id: str
    portal_ids: tuple[str, ...]
    """Under which the portal may have it, copies that were only about to be made among them."""
    is_held: bool


@dataclass(frozen=True)
class Person:
    """One person.

    persons, partners: its keys in iX-Haus
    contacts:          its ids in the portal
    records:           what the ledger has of it: documents, contracts, contacts
    reports:           tickets of which the ledger remembers that they are for it
    """

    persons: frozenset[str]
    partners: frozenset[str]
    contacts: frozenset[str] = frozenset()
    records: tuple[Held, ...] = ()
    reports: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        """The key by which it is known when it is asked for again."""
        return min(self.partners or self.persons)

    def has_contact(self, contact_id: str) -> bool:
        """Whether a contact of the portal is this person, whatever its id has behind it."""
        base = ids.bases(contact_id)[-1]
        return base in self.persons or (base in self.partners and not ids.is_person(contact_id))

    @property
    def names(self) -> list[str]:
        """All ids that may stand for it somewhere, the longest first."""
        return sorted({name for _, name in self.ids} | self.persons | self.partners, key=lambda one: (-len(one), one))

    @property
    def ids(self) -> set[tuple[str, str]]:
        """Record type and id of all that is about it."""
        named = {(one.record_type, name) for one in self.records for name in (one.external_id, *one.portal_ids)}
        return named | {("contact", one) for one in self.contacts}


def find_person(engine: Engine, system: str, given: str) -> Person:
    """Return whom a key stands for: a person's key, a partner's number, or the id of a contact, with or without
    additions. A person of whom nobody knows has no records.
    """
    key = ids.bases(given.strip())[-1]
    with read_snapshot(engine) as connection:
        persons, partners = _keys(connection, key, is_person=ids.is_person(given.strip()))
        known: set[str] = {one for query in _contacts(system) for one in connection.execute(query).scalars()}
        unheld = Person(persons, partners)
        contacts = {one for one in known if unheld.has_contact(one)} | (partners or persons)
        records = [one for name in contacts for one in _below(connection, system, name)]
        reports = {one for name in contacts for one in _reports(connection, system, name)}
    return Person(persons, partners, frozenset(contacts), tuple(_in_order(records)), frozenset(reports))


def _keys(connection: Connection, key: str, *, is_person: bool) -> tuple[frozenset[str], frozenset[str]]:
    """Return the keys of persons and partners that belong together."""
    person, partner = SP_PERSON.c, SP_PARTNER.c
    found = select(person.partner_nr).where(person.person_key == key, person.partner_nr.is_not(None))
    partners = set(connection.execute(found).scalars())
    if not is_person:
        partners |= set(connection.execute(select(partner.partner_nr).where(partner.partner_nr == key)).scalars())
    of_partners = select(person.person_key).where(person.partner_nr.in_(sorted(partners)))
    persons = set(connection.execute(of_partners).scalars()) if partners else set[str]()
    return frozenset(persons if partners and not is_person else persons | {key}), frozenset(partners)


def _contacts(system: str) -> list[Select[Any]]:
    account = SP_PORTALKONTO.c
    return [
        select(_ROW.external_id).where(_ROW.system == system, _ROW.record_type == "contact"),
        select(account.contact).where(account.system == system),
    ]


def _below(connection: Connection, system: str, contact_id: str) -> Iterable[Held]:
    names = (_ROW.record_type, _ROW.external_id, _ROW.portal_id, _ROW.next_id, _ROW.state, _ROW.parents)
    parent = ids.typed("contact", contact_id)
    itself = (_ROW.record_type == "contact") & (_ROW.external_id == contact_id)
    below = _ROW.record_type.in_(("document", "contract")) & _ROW.parents.contains(parent, autoescape=True)
    rows = connection.execute(select(*names).where(_ROW.system == system, itself | below)).all()
    for record_type, external_id, portal_id, next_id, state, parents in rows:
        if record_type == "contact" or contact_id in contacts_in(parents):
            portal_ids = tuple(dict.fromkeys(filter(None, (portal_id or external_id, next_id))))
            yield Held(record_type, external_id, portal_ids, state not in ("new", "removed"))


def _reports(connection: Connection, system: str, contact_id: str) -> Iterable[str]:
    """Yield the tickets of which the ledger says that they hang below a contact, or are for it."""
    mine = (_ROW.system == system) & (_ROW.record_type == "ticket")
    named = _ROW.parents.contains(contact_id, autoescape=True) | _ROW.identity.contains(contact_id, autoescape=True)
    query = select(_ROW.external_id, _ROW.parents, _ROW.identity).where(mine, named)
    for external_id, parents, identity in connection.execute(query):
        if contact_id in contacts_in(parents) or contact_id in (identity or "").split(" "):
            yield external_id


def contacts_in(parents: str | None) -> list[str]:
    """Return the contacts that `parents` names."""
    return [name for record_type, name in ids.read_parents(parents) if record_type == "contact"]


def _in_order(records: Iterable[Held]) -> list[Held]:
    return sorted(set(records), key=lambda one: (ORDER.index(one.record_type), one.external_id))
