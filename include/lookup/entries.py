"""What the protocol names of one run: its records by reason, pages of them, what a search finds, and all of them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields
from itertools import islice
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Engine, Select, and_, func, not_, or_, select

from include.ixhaus.contract.own import SP_PROTOKOLL_EINTRAG
from include.ixhaus.database import IDS_AT_ONCE, read_snapshot
from include.lookup.paging import one_page, pages_of
from include.sync.protocol import Entry
from include.vocabulary.state import Level

_ENTRY = SP_PROTOKOLL_EINTRAG.c
SHOWN: Final = 10
"""So many records of a reason before one asks for all of them."""
PAGE: Final = 50
AT_ONCE: Final = 5_000
_MOST_TOTALS: Final = 200
_WEIGHT: Final = {level: place for place, level in enumerate(Level)}
_COLUMNS: Final = tuple(_ENTRY[field.name] for field in fields(Entry))
_KEY: Final = (_ENTRY.record_type, _ENTRY.external_id, _ENTRY.reason)
_IS_TOTAL: Final = and_(_ENTRY.level == Level.FINDING, _ENTRY.external_id.startswith("("))
"""A reconciliation says of each finding how many records it is about, as a number in brackets instead of an id."""
Key = tuple[str, str, str]
"""Record type, external id, reason: with its run the key of an entry."""


@dataclass(frozen=True)
class Reason:
    """A reason for which a run names records, and the first of them.

    count:  how many records it is about
    named:  how many of them the protocol names: of a reconciliation's findings only the first
    totals: record type → number, where they are counted and not all named
    """

    level: Level
    reason: str
    count: int
    named: int
    first: Sequence[Entry]
    totals: Sequence[tuple[str, int]] = ()


@dataclass(frozen=True)
class Wanted:
    """Which entries of a run: "" for any; `text` is looked for in id, reason and sentence, in whatever case."""

    level: str = ""
    reason: str = ""
    text: str = ""


@dataclass(frozen=True)
class Found:
    """A page of entries, and how many there are in all."""

    entries: Sequence[Entry]
    total: int

    @property
    def pages(self) -> int:
        """The number of pages, at least one."""
        return pages_of(self.total, PAGE)


def reasons(engine: Engine, system: str, run: str) -> list[Reason]:
    """Return all reasons for which a run names records, the heaviest first, then those with most records."""
    with read_snapshot(engine) as connection:
        rows = connection.execute(first_query(system, run)).all()
        counted = _as_entries(connection, _totals_query(system, run))
    named: dict[tuple[Level, str], int] = {}
    first: dict[tuple[Level, str], list[Entry]] = {}
    totals: dict[tuple[Level, str], list[tuple[str, int]]] = {}
    for *entry, number in rows:
        one = _entry(entry)
        named[one.level, one.reason] = int(number)
        first.setdefault((one.level, one.reason), []).append(one)
    for one in counted:
        totals.setdefault((one.level, one.reason), []).append((one.record_type, int(one.external_id.strip("()"))))
    found = [
        Reason(
            level=key[0],
            reason=key[1],
            count=sum(number for _, number in totals[key]) if key in totals else named[key],
            named=named.get(key, 0),
            first=first.get(key, []),
            totals=totals.get(key, []),
        )
        for key in {**named, **dict.fromkeys(totals)}
    ]
    return sorted(found, key=lambda one: (_WEIGHT[one.level], -one.count, one.reason))


def find(
    engine: Engine, system: str, run: str, wanted: Wanted, page: int, said: Callable[[str], str] = str
) -> Found:  # fmt: skip
    """Return a page of the wanted entries of a run, by record type and id; never more than PAGE of them are read.

    said: what a reader reads for a stored sentence, in which the text is looked for too
    """
    with read_snapshot(engine) as connection:
        sentences = _sentences(connection, system, run, wanted.text, said) if wanted.text else []
        total = connection.execute(total_query(system, run, wanted, sentences)).scalar_one()
        return Found(_as_entries(connection, page_query(system, run, wanted, page, sentences)), total)


def all_of(engine: Engine, system: str, run: str, after: Key | None) -> list[Entry]:
    """Return the next AT_ONCE entries of a run behind a key, the first ones for None; none behind the last."""
    with read_snapshot(engine) as connection:
        return _as_entries(connection, next_query(system, run, after))


def entries(engine: Engine, system: str, run: str, levels: Sequence[Level], limit: int) -> list[Entry]:
    """Return the first entries of a run on some levels, by record type and id."""
    with read_snapshot(engine) as connection:
        query = _entries(system, run).where(_ENTRY.level.in_(levels)).order_by(*_KEY).limit(limit)
        return _as_entries(connection, query)


def findings(engine: Engine, system: str, run: str) -> list[Entry]:
    """Return what a reconciliation found: an entry per record type and finding, its id their number in brackets."""
    with read_snapshot(engine) as connection:
        return _as_entries(connection, _totals_query(system, run))


def first_query(system: str, run: str) -> Select[Any]:
    """Return the query for the first records of each reason of a run, each with the number of all."""
    alike = (_ENTRY.level, _ENTRY.reason)
    place = func.row_number().over(partition_by=alike, order_by=_KEY[:2]).label("place")
    number = func.count().over(partition_by=alike).label("number_of")
    mine = (_ENTRY.system == system, _ENTRY.run == run, not_(_IS_TOTAL))
    ranked = select(*_COLUMNS, place, number).where(*mine).subquery().c
    columns = [ranked[field.name] for field in fields(Entry)]
    in_order = (ranked.level, ranked.reason, ranked.place)
    return select(*columns, ranked.number_of).where(ranked.place <= SHOWN).order_by(*in_order)


def page_query(system: str, run: str, wanted: Wanted, page: int, sentences: Sequence[str] = ()) -> Select[Any]:
    """Return the query for a page of the wanted entries; sentences: stored ones that hold the text for the reader."""
    query = _entries(system, run).where(*_conditions(wanted, sentences)).order_by(*_KEY)
    return one_page(query, page, PAGE)


def total_query(system: str, run: str, wanted: Wanted, sentences: Sequence[str] = ()) -> Select[Any]:
    """Return the query for how many entries are wanted; sentences as for page_query."""
    mine = (_ENTRY.system == system, _ENTRY.run == run)
    return select(func.count()).where(*mine, *_conditions(wanted, sentences))


def next_query(system: str, run: str, after: Key | None) -> Select[Any]:
    """Return the query for the next AT_ONCE entries behind a key."""
    query = _entries(system, run)
    if after:
        kind, external_id, _ = (column == value for column, value in zip(_KEY, after, strict=True))
        later = [column > value for column, value in zip(_KEY, after, strict=True)]
        query = query.where(or_(later[0], and_(kind, later[1]), and_(kind, external_id, later[2])))
    return query.order_by(*_KEY).limit(AT_ONCE)


def _entries(system: str, run: str) -> Select[Any]:
    return select(*_COLUMNS).where(_ENTRY.system == system, _ENTRY.run == run)


def _totals_query(system: str, run: str) -> Select[Any]:
    return _entries(system, run).where(_IS_TOTAL).order_by(*_KEY).limit(_MOST_TOTALS)


def _conditions(wanted: Wanted, sentences: Sequence[str]) -> Iterator[ColumnElement[bool]]:
    yield not_(_IS_TOTAL)
    if wanted.level:
        yield _ENTRY.level == wanted.level
    if wanted.reason:
        yield _ENTRY.reason == wanted.reason
    if wanted.text:
        columns = (_ENTRY.external_id, _ENTRY.reason, _ENTRY.text)
        holds = [func.lower(column).contains(wanted.text.lower(), autoescape=True) for column in columns]
        yield or_(*holds, _ENTRY.text.in_(sentences)) if sentences else or_(*holds)


def _sentences(connection: Connection, system: str, run: str, text: str, said: Callable[[str], str]) -> list[str]:
    """Return the stored sentences of a run that hold a text as the reader reads them, as many as a statement takes:
    sentences say the same of many records, and the database looks through them as they are stored besides.
    """
    query = select(_ENTRY.text).where(_ENTRY.system == system, _ENTRY.run == run, _ENTRY.text.is_not(None)).distinct()
    stored = connection.execute(query.order_by(_ENTRY.text)).scalars()
    return list(islice((one for one in stored if text.casefold() in said(one).casefold()), IDS_AT_ONCE))


def _as_entries(connection: Connection, query: Select[Any]) -> list[Entry]:
    return [_entry(row) for row in connection.execute(query)]


def _entry(row: Sequence[Any]) -> Entry:
    kind, external_id, level, *rest = row
    return Entry(kind, external_id, Level(level), *rest)
