"""Which reports staff have changed lately, by the time stamps of the views; the interface's own writes do not count.

And when both sides were last looked at, which the page Protokoll shows.
"""

from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Select,
    Table,
    bindparam,
    literal,
    or_,
    select,
    union_all,
)

from include.ixhaus.contract.own import SP_SPERRE
from include.ixhaus.contract.reports import SP_ANHANG, SP_BEAUFTRAGUNG, SP_MELDUNG, SP_NOTIZ
from include.sync import marks
from include.vocabulary.clock import to_utc_column, utc_now
from include.vocabulary.state import Origin

_SINCE: Final[BindParameter[Any]] = bindparam("since")
_USER: Final[BindParameter[Any]] = bindparam("user_nr")
_LOOKED: Final = "watch/looked"
"""The mark for when both sides were last looked at."""
_LEASE: Final = select(SP_SPERRE.c.holder, SP_SPERRE.c.token, SP_SPERRE.c.valid_until)


class Stamp(NamedTuple):
    """A record as it stands: which view and key, when it was changed, and the report it belongs to."""

    view: str
    key: str
    changed_at: datetime
    report: str


def _recent(table: Table, by_staff: ColumnElement[bool] | None = None) -> Select[Any]:
    (key,) = table.primary_key.columns
    query = select(literal(table.name), key, table.c.changed_at, table.c.report_nr).where(table.c.changed_at >= _SINCE)
    return query if by_staff is None else query.where(by_staff)


def _not(column: ColumnElement[str], value: object) -> ColumnElement[bool]:
    return or_(column.is_(None), column != value)  # NULL is not equal to anything, and not unequal either


RECENT: Final = union_all(
    _recent(SP_MELDUNG, _not(SP_MELDUNG.c.changed_by, _USER)),
    _recent(SP_NOTIZ, _not(SP_NOTIZ.c.origin, Origin.PORTAL)),
    _recent(SP_ANHANG, _not(SP_ANHANG.c.origin, Origin.PORTAL)),
    _recent(SP_BEAUFTRAGUNG),
)
"""View, key, time and report of each recently changed record, in one statement as it is asked every second; a
consultant's index on GEAENDERT_AM keeps it cheap.
"""


def recent(connection: Connection, since: datetime, user: str | None) -> set[Stamp]:
    """Return the records of reports that staff have changed since a local time; those without a time stamp wait for the
    schedule's next run.

    user: number of the interface's own user, whose changes do not count
    """
    given = {"since": since, "user_nr": user or ""}
    return {
        Stamp(view, str(key), changed_at, str(report))
        for view, key, changed_at, report in connection.execute(RECENT, given)
    }


def lease_of(connection: Connection, name: str) -> tuple[int, bool]:
    """Return the number of the newest holder of a lease (0: there was none), and whether it is at work."""
    row = connection.execute(_LEASE.where(SP_SPERRE.c.name == name)).one_or_none()
    if row is None:
        return 0, False
    holder, token, valid_until = row
    return token, holder is not None and valid_until > to_utc_column(utc_now())


def note_look(connection: Connection, system: str, at: datetime) -> None:
    """Keep when (UTC) both sides of a system were looked at, within the caller's transaction."""
    marks.write(connection, system, _LOOKED, at.isoformat(timespec="seconds"))


def last_look(connection: Connection, system: str) -> datetime | None:
    """Return when (UTC) both sides of a system were last looked at, to the minute; None if never."""
    found = marks.read(connection, system, _LOOKED)
    return datetime.fromisoformat(found) if found else None
