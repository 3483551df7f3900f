"""What of iX-Haus is to be corrected there before it comes through as it should, by reason."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Select, Subquery, func, select, union_all

from include.ixhaus.contract.own import SP_HINWEIS, SP_PROTOKOLL_EINTRAG
from include.lookup.paging import one_page, pages_of
from include.vocabulary.state import Level

_ENTRY, _STANDING = SP_PROTOKOLL_EINTRAG.c, SP_HINWEIS.c
PAGE: Final = 50
Key = tuple[str, str]
"""Record type and external id."""


@dataclass(frozen=True)
class Correction:
    """How many records have something to be corrected for one reason, and some of them, by type and id."""

    reason: str
    count: int
    records: list[Key]

    @property
    def pages(self) -> int:
        """The number of pages of its records, at least one."""
        return pages_of(self.count, PAGE)


def to_correct(connection: Connection, system: str, runs: Sequence[str]) -> Mapping[str, int]:
    """Return reason → number of records, most first.

    runs: the last run of each group over everything, whose invalid, refused and outstanding records count; warnings
          stand until they are gone, whichever run said them
    """
    return {reason: int(number) for reason, number in connection.execute(counts_query(system, runs))}


def first_to_correct(connection: Connection, system: str, runs: Sequence[str], shown: int) -> list[Correction]:
    """Return the same with the first records of each reason; runs as for to_correct."""
    found: dict[str, Correction] = {}
    for reason, record_type, external_id, number in connection.execute(first_query(system, runs, shown)):
        one = found.setdefault(reason, Correction(reason, int(number), []))
        one.records.append((record_type, external_id))
    return list(found.values())


def page_to_correct(connection: Connection, system: str, runs: Sequence[str], reason: str, page: int) -> Correction:
    """Return one reason with a page of its records; runs as for to_correct."""
    rows = connection.execute(page_query(system, runs, reason, page)).all()
    return Correction(reason, to_correct(connection, system, runs).get(reason, 0), [(one[0], one[1]) for one in rows])


def counts_query(system: str, runs: Sequence[str]) -> Select[Any]:
    """Return the query for how many records each reason has, most first."""
    one, number = _concerned(system, runs).c, func.count()
    return select(one.reason, number).group_by(one.reason).order_by(number.desc(), one.reason)


def first_query(system: str, runs: Sequence[str], shown: int) -> Select[Any]:
    """Return the query for the first records of each reason with the number of all, most first."""
    one = _concerned(system, runs).c
    by_id = (one.record_type, one.external_id)
    place = func.row_number().over(partition_by=one.reason, order_by=by_id).label("place")
    number = func.count().over(partition_by=one.reason).label("number_of")
    ranked = select(one.reason, *by_id, place, number).subquery().c
    columns = (ranked.reason, ranked.record_type, ranked.external_id, ranked.number_of)
    in_order = (ranked.number_of.desc(), ranked.reason, ranked.place)
    return select(*columns).where(ranked.place <= shown).order_by(*in_order)


def page_query(system: str, runs: Sequence[str], reason: str, page: int) -> Select[Any]:
    """Return the query for a page of the records of one reason."""
    one = _concerned(system, runs).c
    by_id = (one.record_type, one.external_id)
    found = select(*by_id).where(one.reason == reason).order_by(*by_id)
    return one_page(found, page, PAGE)


def _concerned(system: str, runs: Sequence[str]) -> Subquery:
    """Return the records that some runs could not send, and those with a warning that stands: both by the keys."""
    levels = (Level.INVALID, Level.ERROR, Level.OUTSTANDING)
    mine = (_ENTRY.system == system, _ENTRY.run.in_(runs), _ENTRY.level.in_(levels))
    unsent = select(_ENTRY.reason, _ENTRY.record_type, _ENTRY.external_id).where(*mine)
    warned = select(_STANDING.reason, _STANDING.record_type, _STANDING.external_id).where(_STANDING.system == system)
    return union_all(unsent, warned).subquery()
