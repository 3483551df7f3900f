"""Tickets without a usable id: nobody can ask the portal for one, so they are looked for in the list of all (R58)."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from include.groups.reports.inbound.set_aside import WITHOUT_ID, is_due
from include.groups.reports.inbound.statements import Row
from include.groups.reports.inbound.texts import storable
from include.groups.reports.inbound.tickets import Ticket, inbox_rows, is_closed_by_staff, is_usable, version_of
from include.groups.reports.inbound.versions import digest
from include.groups.reports.inbound.work import Work, Writes
from include.ixhaus.database import read_snapshot
from include.vocabulary.state import Level

_MARK: Final = "#"
"""Begins the keys in SP_EINGANG of such tickets."""


class Nameless:
    """Those that one reading knows of or finds.

    rows: inbox rows of all tickets that are set aside
    """

    def __init__(self, work: Work, rows: Iterable[Row]) -> None:
        self._work = work
        self._before = {row["portal_id"]: row for row in rows if is_nameless(row["portal_id"])}
        self._seen: dict[str, Ticket] = {}

    def __len__(self) -> int:
        return len(self._seen)

    def is_due(self, now: datetime) -> bool:
        """Whether it is time to look through the whole list for those of before."""
        return any(is_due(row, now) for row in self._before.values())

    def see(self, ticket: Ticket) -> Writes:
        """Return what is to be written of one that is listed."""
        writes, key = Writes(), _key_of(ticket)
        if self._seen.get(key, ticket) != ticket:
            key = _key_of({"": ticket})  # another one has this number
        if key in self._seen:
            return writes
        with read_snapshot(self._work.run.engine) as connection:
            before = inbox_rows(connection, self._work.system, [key]).get(key)
        version, is_closed = version_of(ticket, self._work.run.secret), is_closed_by_staff(ticket, before)
        if before and not before["reason"] and before["version"] == version:
            return writes
        self._seen[key] = ticket
        writes.warn("ticket", key, WITHOUT_ID, Level.WARNING if is_closed else Level.ERROR)
        reason = None if is_closed else WITHOUT_ID
        writes.remember(self._work, "ticket", key, None, version, before=before, reason=reason)
        return writes

    def forget(self, keys: Iterable[str] | None = None) -> Writes:
        """Return what is to be written where these are nameless no more (None: all of before), but for those that this
        reading has seen.
        """
        writes = Writes()
        gone = (self._before.keys() if keys is None else self._before.keys() & set(keys)) - self._seen.keys()
        for key in sorted(gone):
            writes.remember(self._work, "ticket", key, None, "", before=self._before[key])
        return writes

    def named(self, tickets: Iterable[Ticket]) -> Writes:
        """Return what is to be written as these tickets have ids now, and may have had none."""
        return self.forget(map(_key_of, tickets)) if self._before else Writes()


def is_nameless(portal_id: str) -> bool:
    """Whether a key in SP_EINGANG is that of a ticket without a usable id."""
    return portal_id.startswith(_MARK)


def _key_of(ticket: Ticket) -> str:
    """Return the key in SP_EINGANG of a ticket: the portal's number for it or, without one, what it says."""
    number = ticket.get("internalId")
    key = f"{_MARK}{storable(str(number))}" if isinstance(number, str | int) and number else ""
    return key if key and is_usable(key) else f"{_MARK}{digest(repr(sorted(ticket.items())))}"
