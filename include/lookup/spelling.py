"""Which records a typed id means, however it was spelled, and which come near it if it means none.

Spellings are tried from strict to loose; the first that fits any record decides:

    as it stands
    blanks and capitals    M 2026-17 for m-2026-17
    leading zeros          100/1 for 100/0001; the portal's rules take numbers of a DMS like this (E32)
    signs between parts    100-1 or 100 1 for 100/0001
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Engine, Select, func, or_, select
from sqlalchemy.exc import DBAPIError

from include.ixhaus.check import cannot_be_read
from include.ixhaus.contract.master import SP_PARTNER, SP_PERSON
from include.ixhaus.contract.own import SP_ABGLEICH
from include.ixhaus.database import read_snapshot
from include.lookup.kinds import KINDS, Kind
from include.vocabulary import ids

MOST: Final = 20
"""So many records are offered."""
_NEAR: Final = 5
_COMPARED: Final = 20_000
_DISTANCE: Final = 2
_SIGNS: Final = re.compile(r"[\W_]+")
_ZEROS: Final = re.compile(r"(?<![0-9])0+(?=[0-9])")


@dataclass(frozen=True)
class Meant:
    """Ids of a kind: `ids` those that the typed one may mean, else `near` some that look like it."""

    ids: tuple[str, ...]
    near: tuple[str, ...] = ()


@dataclass(frozen=True)
class Named:
    """A person of iX-Haus and what it is called, for whoever asked for that name."""

    id: str
    name: str


def meant(engine: Engine, system: str, kind: str, typed: str) -> Meant:
    """Return which records of a kind a typed id means; reads ids only.

    Where a view is not as agreed, the id is taken as it stands: who decides about it says what is wrong.
    """
    known = KINDS[kind]
    try:
        with read_snapshot(engine) as connection:
            if any(connection.execute(query).first() for query in exact_queries(system, known, typed)):
                return Meant((typed,))
            stands_for = _known(connection, system, known)
    except DBAPIError as error:
        if not cannot_be_read(error):
            raise
        return Meant((typed,))
    if typed in stands_for:  # a copy of its own, or a part of a key
        return Meant((stands_for[typed],))
    for fold in (_in_capitals, _without_zeros, _without_signs):
        wanted = fold(typed)
        if wanted and (found := {one for spelled, one in stands_for.items() if fold(spelled) == wanted}):
            return Meant(tuple(sorted(found)[:MOST]))
    return Meant((), _near(typed, stands_for))


def exact_queries(system: str, kind: Kind, typed: str) -> list[Select[Any]]:
    """Return the queries that find a record under exactly this id, by its key."""
    queries = [kind.ledger_query(system).where(SP_ABGLEICH.c.external_id == typed)]
    for columns, query in zip(kind.keys, kind.key_queries(), strict=True):
        parts = (typed,) if len(columns) == 1 else ids.read_unit(typed)
        queries.append(query.where(*(column == part for column, part in zip(columns, parts, strict=True))))
    return [query.limit(1) for query in queries]


def named(engine: Engine, typed: str) -> list[Named]:
    """Return the persons and partners whose names hold every word that was typed."""
    with read_snapshot(engine) as connection:
        rows = [row for query in names_queries(typed) for row in connection.execute(query)]
    people = [Named(key, company or " ".join(filter(None, (first, last)))) for key, company, first, last in rows]
    return sorted(people, key=lambda one: (one.name, one.id))[:MOST]


def names_queries(typed: str) -> list[Select[Any]]:
    """Return the queries for persons and partners by name: key, company, first name, last name."""
    queries: list[Select[Any]] = []
    for table, key in ((SP_PARTNER, SP_PARTNER.c.partner_nr), (SP_PERSON, SP_PERSON.c.person_key)):
        texts = (table.c.company, table.c.first_name, table.c.last_name)
        words = [or_(*(_holds(text, word) for text in texts)) for word in typed.split()]
        queries.append(select(key, *texts).where(*words).order_by(key).limit(MOST))
    return queries


def _holds(text: ColumnElement[str | None], word: str) -> ColumnElement[bool]:
    return func.lower(text).contains(word.lower(), autoescape=True)


def _known(connection: Connection, system: str, kind: Kind) -> dict[str, str]:
    """Return the ids that can be asked for → the record's id."""
    found: dict[str, str] = {}
    for query in kind.key_queries():
        for row in connection.execute(query):
            if None not in row:  # a view may have rows without a key; no run reads them
                parts = [part.rstrip() for part in row]
                one = ids.unit(*parts) if len(parts) == 2 else parts[0]
                found[one] = one
    for (portal_id,) in connection.execute(kind.inbox_query(system)):
        found.setdefault(portal_id, portal_id)
    for external_id, portal_id in connection.execute(kind.ledger_query(system)):
        found.setdefault(external_id, external_id)
        if portal_id:
            found.setdefault(portal_id, external_id)
    return found


def _in_capitals(spelled: str) -> str:
    return "".join(spelled.split()).upper()


def _without_zeros(spelled: str) -> str:
    return _ZEROS.sub("", _in_capitals(spelled))


def _without_signs(spelled: str) -> str:
    return _SIGNS.sub("/", _ZEROS.sub("", spelled.strip().upper())).strip("/")


def _near(typed: str, stands_for: dict[str, str]) -> tuple[str, ...]:
    wanted = _without_zeros(typed)
    alike = _of_length(stands_for, len(wanted), _without_zeros)
    folded = get_close_matches(wanted, alike, _NEAR, 0.7)
    return tuple(dict.fromkeys(stands_for[alike[one]] for one in folded))


def _of_length(spellings: Iterable[str], length: int, fold: Callable[[str], str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for spelled in spellings:
        folded = fold(spelled)
        if abs(len(folded) - length) <= _DISTANCE and len(found) < _COMPARED:
            found.setdefault(folded, spelled)
    return found
