"""One walk through the portal's tickets, page by page; each page is one transaction (R58, E28)."""

import logging
from datetime import datetime, timedelta
from typing import Final

from include.casavi.client import Portal
from include.casavi.endpoints import LISTS
from include.casavi.listing import ListingError, Page, list_pages
from include.groups.reports.inbound.intake import import_ticket
from include.groups.reports.inbound.texts import storable
from include.groups.reports.inbound.tickets import (
    Ticket,
    is_numbered,
    is_usable,
    named,
    settled_versions,
    version_of,
)
from include.groups.reports.inbound.work import Work, Writes, read_cursor, store
from include.groups.reports.times import iso, parse
from include.ixhaus.contract.reports import SP_MELDUNG
from include.ixhaus.database import read_snapshot

log = logging.getLogger(__name__)
OVERLAP: Final = timedelta(minutes=10)
"""How far before the cursor the list begins: what was under way there when the cursor was set is listed again."""
MOST_WALKS: Final = 5


class Reading:
    """One reading; `done` counts what it has written."""

    def __init__(self, work: Work, portal: Portal) -> None:
        self._work = work
        self._portal = portal
        self._began: datetime | None = None
        """The portal's time of the first page: all that is written later is for the next run (E28)."""
        self._late = 0
        """Changed tickets of this walk that were there before the first page, so that an earlier walk missed them."""
        self.unread: set[str] = set()
        self.done = Writes()
        self.new_reports: set[str] = set()

    async def run(self) -> None:
        """Read the list until it is certain that nothing slipped through.

        Pages go by offset: a ticket that is changed meanwhile moves to the end, and the one behind it moves up to a
        page already read. So a list of more than one page is read again, until that finds nothing of before.
        """
        with read_snapshot(self._work.run.engine) as connection:
            cursor = parse(read_cursor(connection, self._work.system))
        after = cursor - OVERLAP if cursor else None
        for number in range(MOST_WALKS):
            if await self._walk(after, is_first=number == 0):
                return
        log.warning("the list of tickets changes faster than it is read; the next run goes on")

    async def _walk(self, after: datetime | None, *, is_first: bool) -> bool:
        """Read all pages once; returns whether that was the last time, with which the cursor has moved."""
        query = {"modifiedAfter": iso(after)} if after else {}
        self._late, pages, held = 0, 0, Page([], None)
        try:
            async for page in list_pages(self._portal, LISTS["ticket"], query=query):
                self._began = self._began or page.date
                if after and self._began and self._began < after:
                    # the portal's clock was put back: what it has written since lies before the cursor
                    return await self._walk(None, is_first=is_first)
                if pages:
                    self._store(await self._read(held))
                held, pages = page, pages + 1
        except ListingError:
            self._store(await self._read(held))
            raise
        writes = await self._read(held)
        is_last = pages == 1 or (not is_first and not self._late)
        self._store(writes, cursor=iso(self._began) if is_last and self._began and not self.unread else None)
        return is_last

    def _store(self, writes: Writes, cursor: str | None = None) -> None:
        if cursor is None and writes == Writes():
            return
        store(self._work, writes, cursor)
        for path in self._work.folder.iterdir():
            path.unlink()
        self.new_reports |= {row["report_nr"] for table, row in writes.rows if table is SP_MELDUNG}
        self.done.tickets += writes.tickets
        self.done.comments += writes.comments
        self.done.attachments += writes.attachments

    async def _read(self, page: Page) -> Writes:
        """Return what a page brings; a ticket that cannot be read leaves the others alone."""
        writes, have_ids = Writes(), self._work.run.settings.portal.tickets_have_ids
        own = {one["id"] for one in page.records}
        tickets = {(one["id"], is_numbered(one)): one for one in (named(it, have_ids=have_ids) for it in page.records)}
        with read_snapshot(self._work.run.engine) as connection:
            settled = settled_versions(connection, self._work.system, [one["id"] for one in tickets.values()])
        for ticket in tickets.values():
            if not is_usable(ticket["id"]) or (is_numbered(ticket) and ticket["id"] in own):
                writes.warn("ticket", str(ticket.get("internalId") or "-"), "TICKET_WITHOUT_ID")
            elif settled.get(ticket["id"]) != version_of(ticket) and ticket["id"] not in self.unread:
                modified = parse(ticket.get("modifiedAt"))
                self._late += bool(modified and self._began and modified < self._began)
                await self._import(ticket, writes, is_known=ticket["id"] in settled)
        return writes

    async def _import(self, ticket: Ticket, writes: Writes, *, is_known: bool) -> None:
        try:
            writes.add(await import_ticket(self._work, self._portal, storable(ticket), is_known=is_known))
        except ListingError as error:
            log.warning("ticket %s: %s", ticket["id"], error)
            self.unread.add(ticket["id"])
            writes.warn("ticket", ticket["id"], "TICKET_UNREADABLE")
