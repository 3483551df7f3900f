"""Who reported what is wrong where: from the contact's contracts, never guessed (R48, E45–E47)."""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Connection

from include.groups.reports.inbound.statements import (
    CONTRACTS_OF_PARTNER,
    CONTRACTS_OF_PERSON,
    LEDGER,
    PARTNER,
    PERSON,
    PROPERTY,
    ROLES_OF_PARTNER,
    TEAM,
    Row,
    by_ids,
    row_of,
    rows_of,
)
from include.vocabulary import ids

OWN_KIND_OF_TEAM = "Objektverwaltung"
"""The one of a property's teams whose user is responsible for its reports (R38)."""
_NO_DATE_BEFORE = date(1900, 1, 1)  # legacy data says so where there is none (E27)


class Place(NamedTuple):
    """Reporter, property and unit of a report (None: not known), and reason codes of what staff should look at."""

    person_key: str | None = None
    partner_nr: str | None = None
    property_nr: str | None = None
    unit_nr: str | None = None
    hints: tuple[str, ...] = ()


class Agreement(NamedTuple):
    """What ties a contact to a unit: a contract, or a role in one (then without person_key)."""

    property_nr: str | None
    unit_nr: str | None
    person_key: str | None
    begin: date | None
    end: date | None


def find_place(connection: Connection, system: str, ticket: dict[str, Any], today: date) -> Place:
    """Return who made a ticket and where, as far as iX-Haus knows.

    ticket: contactId, unitId, propertyId
    """
    contact_id = str(ticket.get("contactId") or "")
    person_key, partner_nr = _find_contact(connection, system, contact_id)
    if person_key is None and partner_nr is None:
        return _named_place(connection, ticket)._replace(hints=("REPORTER_UNKNOWN",))
    found = choose(_agreements(connection, person_key, partner_nr), str(ticket.get("unitId") or ""), today)
    if found.property_nr is None:
        found = _named_place(connection, ticket)._replace(hints=found.hints)
    return found._replace(person_key=found.person_key or person_key, partner_nr=partner_nr)


def choose(agreements: Sequence[Agreement], unit_id: str, today: date) -> Place:
    """Return the unit that is meant: the one named, if there is an agreement about it; else that of the only agreement
    in force; with neither, the property if it is the same for all.
    """
    if not agreements:
        return Place(hints=("REPORTER_WITHOUT_CONTRACT",))
    newest = sorted(agreements, key=lambda one: (not _has_ended(one, today), one.begin or date.min), reverse=True)
    current = [one for one in newest if not _has_ended(one, today)]
    running = [one for one in current if one.begin is None or one.begin <= today] or current
    there = [one for one in newest if ids.unit(str(one.property_nr), str(one.unit_nr)) == unit_id]
    if there:
        return _at(there[0], *([] if there[0] in current else ["REPORTER_CONTRACT_ENDED"]))
    hints = ["UNIT_WITHOUT_CONTRACT"] if unit_id else []
    if not running:
        return _at(newest[0], *hints, "REPORTER_CONTRACT_ENDED")
    if len({one[:2] for one in running}) == 1:
        return _at(running[0], *hints)
    properties = {one.property_nr for one in running}
    return Place(property_nr=properties.pop() if len(properties) == 1 else None, hints=(*hints, "UNIT_UNCLEAR"))


def team_of(connection: Connection, property_nr: str | None) -> tuple[str | None, str | None]:
    """Return the team of a property that manages it, and the team's user (R38)."""
    team = row_of(connection, TEAM, key=property_nr, kind=OWN_KIND_OF_TEAM) if property_nr else None
    return (team["team_nr"], team["user_nr"]) if team else (None, None)


def _find_contact(connection: Connection, system: str, contact_id: str) -> tuple[str | None, str | None]:
    """Return the person's key and the partner's number that a contact stands for."""
    views = [PERSON] if ids.is_person(contact_id) else [PARTNER, PERSON]
    named = ((number, view) for number in filter(None, ids.bases(contact_id)) for view in views)
    for number, view in named:  # the longest number that is one: it may itself hold what begins an addition
        if record := row_of(connection, view, key=number):
            if _is_another(connection, system, contact_id, record):
                return None, None
            return (number, record["partner_nr"]) if view is PERSON else (None, number)
    return None, None


def _is_another(connection: Connection, system: str, contact_id: str, record: Row) -> bool:
    """Whether iX-Haus gave the number to somebody else since the contact was sent (E21)."""
    sent = by_ids(connection, LEDGER, [contact_id], system=system, kind="contact").get(contact_id)
    created, identity = record["created_at"], sent["identity"] if sent else None
    return bool(created and identity and created.isoformat(timespec="seconds") != identity)


def _agreements(connection: Connection, person_key: str | None, partner_nr: str | None) -> list[Agreement]:
    if partner_nr is None:
        return [_agreement(row) for row in rows_of(connection, CONTRACTS_OF_PERSON, key=person_key)]
    own = [_agreement(row) for row in rows_of(connection, CONTRACTS_OF_PARTNER, key=partner_nr)]
    return own + [_agreement(row) for row in rows_of(connection, ROLES_OF_PARTNER, key=partner_nr)]


def _agreement(row: Row) -> Agreement:
    begin, end = (
        _day(row["begin"]) or _day(row.get("contract_begin")),
        _day(row["end"]) or _day(row.get("contract_end")),
    )
    return Agreement(row["property_nr"], row["unit_nr"], row.get("person_key"), begin, end)


def _day(value: date | None) -> date | None:
    return value if value and value >= _NO_DATE_BEFORE else None


def _has_ended(agreement: Agreement, today: date) -> bool:
    return agreement.end is not None and agreement.end < today


def _at(agreement: Agreement, *hints: str) -> Place:
    return Place(agreement.person_key, None, agreement.property_nr, agreement.unit_nr, tuple(hints))


def _named_place(connection: Connection, ticket: dict[str, Any]) -> Place:
    """Return the property that the ticket names itself, if iX-Haus has it: so that somebody there sees the report."""
    number = str(ticket.get("propertyId") or "")
    is_there = number and row_of(connection, PROPERTY, key=number)
    return Place(property_nr=number if is_there else None)
