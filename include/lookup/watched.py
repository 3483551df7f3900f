"""When both sides were last looked at for something new about reports, between the runs that the protocol shows."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Engine

from include.groups import REPORTS
from include.groups.reports.watch.ixhaus import last_look, lease_of
from include.ixhaus.database import read_snapshot
from include.settings import load_settings

_LONGEST: Final = timedelta(minutes=10)
"""How long ago the last look may be: a look is written down each minute, and a portal that is tired is left alone for
five."""


@dataclass(frozen=True)
class Watched:
    """When (UTC) both sides of a system were last looked at, and whether that is too long ago."""

    system: str
    at: datetime
    is_late: bool


def last_watched(engine: Engine, system: str, now: datetime) -> Watched | None:
    """Return the last look at both sides of a system, as of a zoned time; None where nobody looks (yet).

    While a run exchanges reports nobody needs to look, so it is never late then.
    """
    if not load_settings(system).watch_seconds:
        return None
    with read_snapshot(engine) as connection:
        at = last_look(connection, system)
        is_busy = lease_of(connection, f"{system}/{REPORTS.name}")[1]
    return Watched(system, at, not is_busy and now - at > _LONGEST) if at else None
