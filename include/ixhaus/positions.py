"""Marks that outlast a run: how far something has been read (SP_POSITION)."""

from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from include.clock import to_utc_column
from include.ixhaus.contract.own import SP_POSITION

_ROW = SP_POSITION.c


def position(connection: Connection, system: str, name: str) -> str | None:
    """Return a mark, None if it was never set."""
    query = select(_ROW.WERT).where(_ROW.SYSTEM == system, _ROW.NAME == name)
    return connection.execute(query).scalar()


def set_position(connection: Connection, system: str, name: str, value: str, now: datetime) -> None:
    """Set a mark, inside the caller's transaction."""
    mine = (_ROW.SYSTEM == system) & (_ROW.NAME == name)
    values = {"WERT": value, "STAND": to_utc_column(now)}
    if connection.execute(update(SP_POSITION).where(mine).values(values)).rowcount == 0:
        connection.execute(insert(SP_POSITION).values(SYSTEM=system, NAME=name, **values))
