"""A person's rows leave the project's own tables, all in one transaction; what only names it in passing is emptied."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final

from sqlalchemy import ColumnElement, Connection, Table, and_, delete, or_, select, update

from include.erasure.person import Person
from include.groups.reports.mail.book import EMAIL
from include.ixhaus.contract.own import (
    SP_ABGLEICH,
    SP_EMAIL,
    SP_FREIGABE,
    SP_FREIGABE_SATZ,
    SP_HINWEIS,
    SP_PORTALKONTO,
    SP_POSITION,
    SP_PROTOKOLL,
    SP_PROTOKOLL_EINTRAG,
)
from include.vocabulary import ids

_RECORDS: Final = (SP_ABGLEICH, SP_HINWEIS, SP_PROTOKOLL_EINTRAG, SP_FREIGABE_SATZ)
"""Tables with a row per record."""
_SENTENCES: Final[Mapping[Table, str]] = {
    SP_PROTOKOLL: "reason", SP_PROTOKOLL_EINTRAG: "text", SP_FREIGABE: "cause",
}  # fmt: skip
"""Tables with a sentence that may name ids."""


def naming(person: Person) -> re.Pattern[str]:
    """Return the pattern that finds the person's ids in a text. Ids that are mere numbers stand for much else: they
    count behind the word for their kind, or in quotation marks.
    """
    plain = [re.escape(one) for one in person.names if not one.isdecimal()]
    every = "|".join(map(re.escape, person.names))
    typed = rf"(?:(?<=contact |partner )|(?<=contract )|(?<=document )|(?<=person )|(?<=[\"'/]))(?:{every})"
    parts = [rf"(?<![\w.])(?:{'|'.join(plain)})"] if plain else []
    return re.compile(rf"(?:{'|'.join([*parts, typed])})(?![\w]|[.-]\w)")


def forget_rows(connection: Connection, system: str, person: Person) -> Counter[str]:
    """Delete the person's rows in the caller's transaction; returns table → how many rows."""
    done: Counter[str] = Counter()
    for table in _RECORDS:
        done[table.name] += sum(_delete(connection, table, system, one) for one in _several(table, person.ids))
    for contact_id in person.contacts:
        done[SP_PORTALKONTO.name] += _delete(connection, SP_PORTALKONTO, system, SP_PORTALKONTO.c.contact == contact_id)
        told = SP_EMAIL.c.event.endswith(f"/{contact_id}", autoescape=True)
        done[SP_EMAIL.name] += _delete(connection, SP_EMAIL, system, told)
        entry = SP_PROTOKOLL_EINTRAG.c
        named = (entry.record_type == EMAIL) & entry.external_id.endswith(f"/{contact_id}", autoescape=True)
        done[SP_PROTOKOLL_EINTRAG.name] += _delete(connection, SP_PROTOKOLL_EINTRAG, system, named)
    for table, name in _SENTENCES.items():
        done[table.name] += _empty(connection, table, name, system, person)
    done[SP_POSITION.name] += _forget_witnesses(connection, system, person)
    done[SP_ABGLEICH.name] += _forget_audience(connection, system, person)
    return done


def _several(table: Table, records: Iterable[tuple[str, str]]) -> Iterable[ColumnElement[bool]]:
    return [and_(table.c.record_type == kind, table.c.external_id == name) for kind, name in sorted(records)]


def _delete(connection: Connection, table: Table, system: str, which: ColumnElement[bool]) -> int:
    return connection.execute(delete(table).where(table.c.system == system, which)).rowcount


def _empty(connection: Connection, table: Table, name: str, system: str, person: Person) -> int:
    """Empty the sentences that name the person."""
    column, keys, pattern = table.c[name], list(table.primary_key), naming(person)
    likely = or_(*(column.contains(one, autoescape=True) for one in person.names))
    rows = connection.execute(select(*keys, column).where(table.c.system == system, likely)).all()
    found = [row for row in rows if pattern.search(row[-1])]
    for *values, _ in found:
        mine = and_(*(key == value for key, value in zip(keys, values, strict=True)))
        connection.execute(update(table).where(mine).values({name: None}))
    return len(found)


def _forget_witnesses(connection: Connection, system: str, person: Person) -> int:
    """Forget marks that name a record of the person: by which the portal's account is told (doubt.py)."""
    mark = SP_POSITION.c
    mine = (mark.system == system) & mark.name.startswith("witness/")
    rows = connection.execute(select(mark.name, mark.value).where(mine)).all()
    theirs = [name for name, value in rows if _is_of(value, person)]
    return sum(_delete(connection, SP_POSITION, system, mark.name == name) for name in theirs)


def _is_of(value: str | None, person: Person) -> bool:
    record_type, _, rest = (value or "").partition(" ")
    return (record_type, rest.partition(" ")[2]) in person.ids


def _forget_audience(connection: Connection, system: str, person: Person) -> int:
    """Let the ledger not say any more whose reports these are; the reports themselves are the property's."""
    row = SP_ABGLEICH.c
    for report in person.reports:
        mine = and_(row.system == system, row.record_type == "ticket", row.external_id == report)
        parents = connection.execute(select(row.parents).where(mine)).scalar()
        others = [ids.typed(kind, name) for kind, name in ids.read_parents(parents) if name not in person.contacts]
        values = {"parents": ids.LINE.join(others) or None, "identity": None}
        connection.execute(update(SP_ABGLEICH).where(mine).values(values))
    return len(person.reports)
