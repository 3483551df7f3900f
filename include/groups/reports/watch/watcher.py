"""One look at both sides: whether a run is wanted, and what about."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from time import monotonic
from typing import Any, Final, NamedTuple, TypeVar

from sqlalchemy import Connection, Engine

from include.groups.reports.inbound import unsettled
from include.groups.reports.inbound.reading import OVERLAP
from include.groups.reports.inbound.work import read_cursor
from include.groups.reports.times import local, parse
from include.groups.reports.watch.ixhaus import Stamp, lease_of, note_look, recent
from include.groups.reports.watch.portal import Listed, PortalWatch
from include.ixhaus.activation import why_off
from include.ixhaus.database import open_engine, reading
from include.settings import SystemSettings, load_settings
from include.vocabulary.clock import berlin_day, utc_now

GROUP: Final = "reports"
REACH: Final = timedelta(minutes=15)
"""How far before the last look a change may be stamped: clocks differ, and transactions take their time."""
HANDED_OVER_SECONDS: Final = 30.0
"""How long a run that was asked for may take to begin before it is asked for again."""
NOTED_EVERY: Final = timedelta(minutes=1)
"""How often is written down that both sides were looked at."""
MOST_REPORTS: Final = 200
"""More changed reports than these at once, and the run looks at all of them."""
Result = TypeVar("Result")


class Change(NamedTuple):
    """What a run is wanted for: the reports that staff changed, or None for too many to name; the portal's tickets need
    no names, as the run reads whatever is new there.
    """

    reports: tuple[str, ...] | None

    def payload(self) -> dict[str, Any]:
        """Return what goes through Airflow with the event: keys, no personal data."""
        return {"about": None if self.reports is None else list(self.reports)}


class _Sight(NamedTuple):
    """What one look at iX-Haus shows."""

    settings: SystemSettings
    token: int
    stamps: set[Stamp]
    cursor: datetime | None
    """Up to when runs have read the portal's tickets, for the first look at it."""


class Watcher:
    """Looks at both sides of a system again and again; remembers what it has told.

    It stays silent while a run is at work, as that run deals with whatever is there, and after it has asked for a run
    until that one begins.
    """

    def __init__(self, system: str) -> None:
        self._system = system
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=f"watch {system}")  # sqlite3 stays with its thread
        self._connection: Connection | None = None
        self._portal = PortalWatch()
        self._looked_at: datetime | None = None
        self._noted_at: datetime | None = None
        self._told_stamps: set[Stamp] = set()
        self._told_tickets: set[Listed] = set()
        self._settled_tickets: set[Listed] = set()
        """Those of the last page that need no run, as they were read already."""
        self._asked: tuple[int, float] | None = None
        """Newest lease when a run was asked for, and until when to wait for the next one."""

    async def look(self) -> Change | None:
        """Return what is new on either side and was not told yet; None if nothing is, or if it is not the time to look.

        Raises whatever iX-Haus's database raises when it is away: without it no run could work.
        """
        sight = await self._in_thread(self._look_at_ixhaus)
        if sight is None:
            return None
        listed = await self._portal.changed(sight.settings, sight.cursor and sight.cursor - OVERLAP)
        if listed is not None:
            await self._in_thread(lambda: self._note_look(sight.settings, utc_now()))
        new_tickets = await self._new_tickets(sight.settings, listed)
        new_stamps = sight.stamps - self._told_stamps
        if not new_stamps and not new_tickets:
            return None
        if await self._in_thread(lambda: _is_off(sight.settings)):
            return None
        self._told_stamps = sight.stamps
        self._told_tickets |= new_tickets
        self._asked = (sight.token, monotonic() + HANDED_OVER_SECONDS)
        reports = sorted({stamp.report for stamp in new_stamps})
        return Change(tuple(reports) if len(reports) <= MOST_REPORTS else None)

    def _look_at_ixhaus(self) -> _Sight | None:
        settings = load_settings(self._system)
        if not settings.active:
            return None
        began = utc_now()
        since = local((self._looked_at or began) - REACH)
        try:
            self._connection = self._connection or reading(open_engine(settings.ixhaus_connection))
            with self._connection.begin():
                token, is_busy = lease_of(self._connection, f"{self._system}/{GROUP}")
                if is_busy or self._is_awaited(token):
                    return None
                stamps = recent(self._connection, since, settings.report_user)
                cursor = None if self._portal.has_looked else parse(read_cursor(self._connection, self._system))
        except BaseException:
            self._disconnect()
            raise
        self._looked_at = began
        return _Sight(settings, token, stamps, cursor)

    def _note_look(self, settings: SystemSettings, now: datetime) -> None:
        if self._noted_at is None or now - self._noted_at >= NOTED_EVERY:
            with _engine(settings).begin() as connection:
                note_look(connection, self._system, now)
            self._noted_at = now

    def _is_awaited(self, token: int) -> bool:
        if self._asked is None:
            return False
        asked_at, until = self._asked
        return token == asked_at and monotonic() < until

    async def _new_tickets(self, settings: SystemSettings, listed: Sequence[Listed] | None) -> set[Listed]:
        if listed is None:
            return set()
        self._told_tickets &= set(listed)
        self._settled_tickets &= set(listed)
        untold = set(listed) - self._told_tickets - self._settled_tickets
        if not untold:
            return set()
        found = await self._in_thread(lambda: unsettled(_engine(settings), self._system, untold))
        new = {Listed(*one) for one in found}
        self._settled_tickets |= untold - new
        return new

    async def _in_thread(self, function: Callable[[], Result]) -> Result:
        return await asyncio.get_running_loop().run_in_executor(self._thread, function)

    def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.invalidate()
            connection.close()

    async def aclose(self) -> None:
        """End the session with the portal and the connection with iX-Haus."""
        await self._portal.close()
        await self._in_thread(self._disconnect)
        self._thread.shutdown(wait=False)


def _engine(settings: SystemSettings) -> Engine:
    return open_engine(settings.ixhaus_connection)


def _is_off(settings: SystemSettings) -> bool:
    return why_off(_engine(settings), berlin_day(utc_now())) is not None
