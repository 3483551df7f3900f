"""Children first, parents last, whichever group sends them (R15): what the portal still has below properties and units.

Only what keeps somebody's access is asked about. Contacts never wait for anything themselves: whoever must leave leaves
at once. Notes and files hang at a ticket, go with it, and cannot always be taken away one by one.
"""

from collections.abc import Collection, Iterator
from itertools import chain
from typing import Final

from sqlalchemy import Engine, or_, select

from include.ixhaus.contract.own import SP_ABGLEICH
from include.ixhaus.database import read_snapshot
from include.sync.protocol import CHILDREN_LEFT
from include.vocabulary.ids import read_parents, typed
from include.vocabulary.state import MAYBE_HELD

_ROW: Final = SP_ABGLEICH.c
_PROPERTY: Final = "property"
_PARENTS: Final = (_PROPERTY, "unit")
_AT_A_TICKET: Final = ("comment", "attachment")
_FEW: Final = 20
Record = tuple[str, str]
"""Record type and external id."""


def with_children(engine: Engine, system: str, record_type: str, ids: Collection[str]) -> set[str]:
    """Return which of these records the portal has, or may have, something below: what names one as its parent, and of
    a property all that belongs to it and to no other.
    """
    if record_type not in _PARENTS or not ids:
        return set()
    return {external_id for _, external_id in _still_needed(engine, system, {(record_type, one) for one in ids})}


def freed_parents(engine: Engine, system: str) -> set[str]:
    """Return the groups that have held back the removal of a property or unit for the sake of its children, and may
    send it now: the portal has nothing below it any more.
    """
    query = select(_ROW.group, _ROW.record_type, _ROW.external_id).where(
        _ROW.system == system,
        _ROW.record_type.in_(_PARENTS),
        _ROW.state.in_(MAYBE_HELD),
        _ROW.outcome == CHILDREN_LEFT,
    )
    with read_snapshot(engine) as connection:
        held_back = {(str(kind), str(one)): str(group) for group, kind, one in connection.execute(query)}
    needed = _still_needed(engine, system, held_back) if held_back else set()
    return {group for record, group in held_back.items() if record not in needed}


def _still_needed(engine: Engine, system: str, records: Collection[Record]) -> set[Record]:
    query = select(_ROW.record_type, _ROW.external_id, _ROW.parents, _ROW.properties).where(
        _ROW.system == system, _ROW.state.in_(MAYBE_HELD), _ROW.record_type.not_in(_AT_A_TICKET)
    )
    if len(records) <= _FEW:  # what is found is looked at again: a number may be part of another
        names = (_ROW.parents.contains(typed(*record), autoescape=True) for record in records)
        houses = (_ROW.properties.contains(one, autoescape=True) for kind, one in records if kind == _PROPERTY)
        query = query.where(or_(*chain(names, houses)))
    needed: set[Record] = set()
    with read_snapshot(engine) as connection:
        for kind, external_id, parents, properties in connection.execution_options(yield_per=20_000).execute(query):
            needed.update(_above(kind, external_id, parents, properties))
    return needed.intersection(records)


def _above(kind: str, external_id: str, parents: str | None, properties: str | None) -> Iterator[Record]:
    yield from read_parents(parents)
    house = (properties or "").strip()
    if house and (kind, external_id) != (_PROPERTY, house):
        yield _PROPERTY, house  # of several properties it is none's alone: no property has such a number
