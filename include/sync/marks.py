"""Marks that outlast a run (SP_POSITION): how far something was read, and what it is compared with next time."""

from typing import Final

from sqlalchemy import Connection, delete, insert, select, update

from include.ixhaus.contract.own import SP_POSITION
from include.vocabulary.clock import to_utc_column, utc_now

_MARK = SP_POSITION.c
_LONGEST: Final = 400


def read(connection: Connection, system: str, name: str) -> str:
    """Return a mark; "" if it was never set."""
    query = select(_MARK.value).where(_MARK.system == system, _MARK.name == name)
    return connection.execute(query).scalar() or ""


def read_all(connection: Connection, system: str, prefix: str) -> dict[str, str]:
    """Return the marks whose names begin with `prefix`, by what follows it."""
    mine = (_MARK.system == system) & _MARK.name.startswith(prefix, autoescape=True)
    rows = connection.execute(select(_MARK.name, _MARK.value).where(mine))
    return {name.removeprefix(prefix): value or "" for name, value in rows}


def write(connection: Connection, system: str, name: str, value: str) -> None:
    """Set a mark, of at most 400 characters, within the caller's transaction."""
    values = {"value": value[:_LONGEST], "as_of": to_utc_column(utc_now())}
    mine = update(SP_POSITION).where(_MARK.system == system, _MARK.name == name)
    if not connection.execute(mine.values(values)).rowcount:
        connection.execute(insert(SP_POSITION).values(system=system, name=name, **values))


def forget(connection: Connection, system: str, name: str) -> None:
    """Remove a mark within the caller's transaction."""
    connection.execute(delete(SP_POSITION).where(_MARK.system == system, _MARK.name == name))
