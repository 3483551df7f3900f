"""What staff call a record, by the id under which the portal knows it: read from iX-Haus when asked, kept nowhere."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, Final

from sqlalchemy import Column, Connection, Engine, Select, Table, select, tuple_

from include.ixhaus.contract.documents import SP_DOKUMENT
from include.ixhaus.contract.master import SP_EINHEIT, SP_OBJEKT, SP_PARTNER, SP_PERSON
from include.ixhaus.contract.own import SP_ABGLEICH, SP_EINGANG
from include.ixhaus.contract.reports import SP_MELDUNG
from include.ixhaus.database import id_lists, read_snapshot
from include.vocabulary import ids

Query = Callable[[Sequence[str]], Select[Any]]
_UNIT: Final = SP_EINHEIT.c
_LEDGER, _INBOX = SP_ABGLEICH.c, SP_EINGANG.c


def properties_query(keys: Sequence[str]) -> Select[Any]:
    """Return the query for the names of properties."""
    return select(SP_OBJEKT.c.property_nr, SP_OBJEKT.c.name).where(SP_OBJEKT.c.property_nr.in_(keys))


def units_query(keys: Sequence[str]) -> Select[Any]:
    """Return the query for the names of units, by the ids of units: property, unit, name."""
    both = tuple_(_UNIT.property_nr, _UNIT.unit_nr)
    return select(_UNIT.property_nr, _UNIT.unit_nr, _UNIT.name).where(both.in_(list(map(ids.read_unit, keys))))


def documents_query(keys: Sequence[str]) -> Select[Any]:
    """Return the query for the subjects of documents."""
    return select(SP_DOKUMENT.c.document_id, SP_DOKUMENT.c.subject).where(SP_DOKUMENT.c.document_id.in_(keys))


def reports_query(keys: Sequence[str]) -> Select[Any]:
    """Return the query for the subjects of reports."""
    return select(SP_MELDUNG.c.report_nr, SP_MELDUNG.c.subject).where(SP_MELDUNG.c.report_nr.in_(keys))


def imported_query(system: str, keys: Sequence[str]) -> Select[Any]:
    """Return the query for the subjects of reports that came from the portal, by the portal's own id."""
    mine = (_INBOX.system == system, _INBOX.record_type == "ticket", _INBOX.portal_id.in_(keys))
    return select(_INBOX.portal_id, SP_MELDUNG.c.subject).where(*mine, SP_MELDUNG.c.report_nr == _INBOX.erp_id)


def partners_query(keys: Sequence[str]) -> Select[Any]:
    """Return the query for the names of partners, and when each was made."""
    return _people(SP_PARTNER, SP_PARTNER.c.partner_nr, keys)


def persons_query(keys: Sequence[str]) -> Select[Any]:
    """Return the query for the names of persons, and when each was made."""
    return _people(SP_PERSON, SP_PERSON.c.person_key, keys)


def known_query(system: str, record_type: str, external_ids: Sequence[str]) -> Select[Any]:
    """Return the query for whom records stand for, as the ledger remembers it: identity and parents."""
    mine = (_LEDGER.system == system, _LEDGER.record_type == record_type, _LEDGER.external_id.in_(external_ids))
    return select(_LEDGER.external_id, _LEDGER.identity.label("identity"), _LEDGER.parents.label("parents")).where(
        *mine
    )


_NAMED: Final[dict[str, Query]] = {
    "property": properties_query, "responsibility": properties_query, "document": documents_query,
    "ticket": reports_query, "post": reports_query,
}  # fmt: skip
"""Record type → where its names stand, by key; units, contacts and contracts apart."""


def names_of(engine: Engine, system: str, records: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """Return (record type, external id) → name or subject; of a contract that of the contact it is with.

    What iX-Haus no longer has is left out, and so is a contact whose number was given to somebody else since (E21).
    """
    wanted: dict[str, set[str]] = {}
    for record_type, external_id in records:
        wanted.setdefault(record_type, set()).add(external_id)
    with read_snapshot(engine) as connection:
        return {
            (record_type, external_id): name
            for record_type, external_ids in wanted.items()
            for external_id, name in _names(connection, system, record_type, external_ids).items()
            if name
        }


def _names(connection: Connection, system: str, record_type: str, external_ids: set[str]) -> dict[str, str]:
    if record_type == "contact":
        return _contacts(connection, system, external_ids)
    if record_type == "contract":
        return _contracts(connection, system, external_ids)
    if record_type == "unit":
        return {ids.unit(row[0], row[1]): row[2] or "" for row in _rows(connection, units_query, external_ids)}
    if record_type not in _NAMED:
        return {}
    keys = _bases(external_ids)
    names = _texts(connection, _NAMED[record_type], keys)
    came_in = _texts(connection, partial(imported_query, system), keys) if record_type == "ticket" else {}
    return {external_id: found_under(external_id, names, came_in) for external_id in external_ids}


def found_under(external_id: str, names: Mapping[str, str], came_in: Mapping[str, str]) -> str:
    """Return what is known of a record of the portal, "" for nothing.

    names, came_in: the same by the number in iX-Haus, and by the portal's own id for what came from there
    """
    bases = ids.bases(external_id)
    for base in bases:
        if base in came_in and ids.extended(base, ids.ERP) not in bases:
            return came_in[base]
        if base in names:
            return names[base]
    return ""


def _contracts(connection: Connection, system: str, external_ids: set[str]) -> dict[str, str]:
    parents = {one: row.parents for one, row in _known(connection, system, "contract", external_ids).items()}
    contact = {
        one: parent_id
        for one, lines in parents.items()
        for parent_type, parent_id in ids.read_parents(lines)
        if parent_type == "contact"
    }
    names = _contacts(connection, system, set(contact.values()))
    return {one: names.get(parent_id, "") for one, parent_id in contact.items()}


def _contacts(connection: Connection, system: str, external_ids: set[str]) -> dict[str, str]:
    known = _known(connection, system, "contact", external_ids)
    keys = _bases(external_ids)
    partners = {row[0]: row for row in _rows(connection, partners_query, keys)}
    persons = {row[0]: row for row in _rows(connection, persons_query, keys)}
    found: dict[str, str] = {}
    for external_id in external_ids:
        views = [persons] if ids.is_person(external_id) else [partners, persons]
        rows = [view[base] for base in ids.bases(external_id) for view in views if base in view]
        identity = known[external_id].identity if external_id in known else None
        if rows and _is_same(identity, rows[0].created_at):
            found[external_id] = rows[0].company or " ".join(filter(None, (rows[0].first_name, rows[0].last_name)))
    return found


def _is_same(identity: str | None, created_at: datetime | None) -> bool:
    """Whether the record made at a time is the one that the ledger remembers (see rules/identity.py)."""
    return not identity or created_at is None or identity == created_at.isoformat(timespec="seconds")


def _known(connection: Connection, system: str, record_type: str, external_ids: set[str]) -> dict[str, Any]:
    return {row[0]: row for row in _rows(connection, partial(known_query, system, record_type), external_ids)}


def _people(view: Table, number: Column[Any], keys: Sequence[str]) -> Select[Any]:
    shown = (view.c[name].label(name) for name in ("company", "first_name", "last_name", "created_at"))
    return select(number, *shown).where(number.in_(keys))


def _bases(external_ids: Iterable[str]) -> set[str]:
    return {base for external_id in external_ids for base in ids.bases(external_id)}


def _texts(connection: Connection, query: Query, keys: Iterable[str]) -> dict[str, str]:
    return {row[0]: row[1] or "" for row in _rows(connection, query, keys)}


def _rows(connection: Connection, query: Query, keys: Iterable[str]) -> Iterator[Any]:
    for some in id_lists(keys):
        yield from connection.execute(query(some))
