"""One walk through the portal's tickets, page by page; each ticket is one transaction (R58, E28)."""

import logging
from datetime import datetime, timedelta
from typing import Final

from include.casavi.client import Portal
from include.casavi.endpoints import LISTS
from include.casavi.listing import ListingError, Page, list_pages
from include.groups.reports.inbound.identity import identify
from include.groups.reports.inbound.intake import import_ticket, read_ticket
from include.groups.reports.inbound.nameless import Nameless, is_nameless
from include.groups.reports.inbound.set_aside import (
    PASSING,
    NamelessError,
    OddError,
    due_tickets,
    is_of_one,
    note,
)
from include.groups.reports.inbound.statements import SET_ASIDE, Row, rows_of
from include.groups.reports.inbound.texts import storable
from include.groups.reports.inbound.tickets import (
    Ticket,
    inbox_rows,
    is_closed_by_staff,
    is_numbered,
    is_usable,
    named,
    settled_version,
    split_version,
    version_of,
)
from include.groups.reports.inbound.work import Work, Writes, read_cursor, store
from include.groups.reports.times import iso, parse
from include.ixhaus.contract.reports import SP_MELDUNG
from include.ixhaus.database import read_snapshot
from include.vocabulary.clock import utc_now
from include.vocabulary.reasons import explain
from include.vocabulary.state import Level

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
        """Tickets that this reading has set aside by their ids."""
        self._tried = set[str]()
        """Those, and the tickets below which it has set something aside."""
        self._nameless = Nameless(work, [])
        self.done = Writes()
        self.new_reports: set[str] = set()

    async def run(self) -> None:
        """Read the list until it is certain that nothing slipped through.

        Pages go by offset: a ticket that is changed meanwhile moves to the end, and the one behind it moves up to a
        page already read. So a list of more than one page is read again, until that finds nothing of before.
        """
        with read_snapshot(self._work.run.engine) as connection:
            cursor = parse(read_cursor(connection, self._work.system))
            self._nameless = Nameless(
                self._work, rows_of(connection, SET_ASIDE, system=self._work.system, kind="ticket")
            )
        after = cursor - OVERLAP if cursor and not self._nameless.is_due(utc_now()) else None
        for number in range(MOST_WALKS):
            if await self._walk(after, is_first=number == 0):
                self._store(Writes() if after else self._nameless.forget())
                break
        else:
            log.warning("the list of tickets changes faster than it is read; the next run goes on")
        await self._try_again()

    @property
    def set_aside(self) -> int:
        """How many tickets this reading has set aside."""
        return len(self.unread) + len(self._nameless)

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
                    await self._read(held)
                held, pages = page, pages + 1
        except ListingError:
            await self._read(held)
            raise
        await self._read(held)
        is_last = pages == 1 or (not is_first and not self._late)
        self._store(Writes(), cursor=iso(self._began) if is_last and self._began else None)
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

    async def _read(self, page: Page) -> None:
        """Bring in what a page lists; a ticket that cannot be taken leaves the others alone."""
        own, tickets = {one["id"] for one in page.records}, dict[str, Ticket]()
        for record in [*page.records, *({"": one} for one in page.strays)]:
            ticket = named({"id": ""} | record, have_ids=self._work.run.settings.portal.tickets_have_ids)
            is_of_another = is_numbered(ticket) and ticket["id"] in own
            if not is_usable(ticket["id"]) or is_of_another or _are_two(ticket, tickets.get(ticket["id"], ticket)):
                self._store(self._nameless.see(ticket))
            else:
                tickets[ticket["id"]] = ticket
        with read_snapshot(self._work.run.engine) as connection:
            rows = inbox_rows(connection, self._work.system, list(tickets))
        for ticket in tickets.values():
            before = rows.get(ticket["id"])
            if settled_version(before) != version_of(ticket, self._work.run.secret) and ticket["id"] not in self.unread:
                modified = parse(ticket.get("modifiedAt"))
                self._late += bool(modified and self._began and modified < self._began)
                await self._import(storable(ticket), before)
        self._store(self._nameless.named(tickets.values()))

    async def _import(self, ticket: Ticket, before: Row | None) -> None:
        try:
            is_whole = await self._take(ticket, before)
        except NamelessError:
            self._store(self._nameless.see(ticket))
        except ListingError as error:
            log.warning("ticket %s: %s", ticket["id"], error)
            self._set_aside(ticket, "TICKET_UNREADABLE", before)
        except Exception as error:
            if not is_of_one(error):
                raise
            note("ticket", ticket["id"], error)
            self._set_aside(ticket, "TICKET_ODD", before)
        else:
            self._tried |= set() if is_whole else {ticket["id"]}

    async def _take(self, ticket: Ticket, before: Row | None) -> bool:
        """Bring in a ticket with all that is below it or, where something there gets in the way that nobody has thought
        of, without; returns whether nothing of it is set aside.
        """
        try:
            writes = await import_ticket(self._work, self._portal, ticket, before)
            self._store(writes)
        except (ListingError, OddError, NamelessError):
            raise
        except Exception as error:
            if not is_of_one(error):
                raise
            note("ticket", ticket["id"], error)
            writes = await import_ticket(self._work, self._portal, ticket, before, whole=False)
            self._store(writes)
        return not writes.lacks

    def _set_aside(self, ticket: Ticket, reason: str, before: Row | None) -> None:
        """Remember a ticket that cannot be taken; one that may be read in a moment counts as not read."""
        self.unread.add(ticket["id"])
        self._tried.add(ticket["id"])
        writes = Writes()
        with read_snapshot(self._work.run.engine) as connection:
            report = identify(connection, self._work, ticket)
        is_here = report is not None and bool(report.number)
        if report and is_here:
            is_told = before is not None and before["reason"] == reason
            report.lack(reason, is_news=not is_told and explain(reason) not in report.hint)
            report.write(writes, utc_now())
        is_closed = reason not in PASSING and is_closed_by_staff(ticket, before)
        writes.warn("ticket", ticket["id"], reason, Level.WARNING if is_here or is_closed else Level.ERROR)
        status = split_version(before["version"])[1] if before else ""
        version = f"{'' if reason in PASSING else version_of(ticket, self._work.run.secret)} {status}".rstrip()
        erp_id = before["erp_id"] if before else None
        kept = None if is_closed else reason
        writes.remember(self._work, "ticket", ticket["id"], erp_id, version, before=before, reason=kept)
        self._store(writes)

    async def _try_again(self) -> None:
        """Read the tickets again of which something is set aside, as far as it is time to and this reading did not."""
        with read_snapshot(self._work.run.engine) as connection:
            rows = due_tickets(connection, self._work.system, utc_now())
        for row in rows:
            if row["portal_id"] not in self._tried and not is_nameless(row["portal_id"]):
                await self._again(row)

    async def _again(self, row: Row) -> None:
        ticket_id, writes = row["portal_id"], Writes()
        try:
            ticket = await read_ticket(self._work, self._portal, ticket_id)
        except ListingError as error:
            log.warning("ticket %s: %s", ticket_id, error)
            writes.remember(
                self._work, "ticket", ticket_id, row["erp_id"], row["version"] or "", before=row, reason=row["reason"]
            )
            self.unread.add(ticket_id)
        else:
            if ticket and ticket["id"] == ticket_id:
                await self._import(storable(ticket), row)
                return
            # gone, perhaps not for ever: listed again, it is read again
            version = f" {split_version(row['version'])[1]}".rstrip()
            writes.remember(self._work, "ticket", ticket_id, row["erp_id"], version, before=row)
        self._store(writes)


def _are_two(one: Ticket, other: Ticket) -> bool:
    """Whether two tickets of a page are not the same one, although their ids are."""
    return repr(one.get("internalId")) != repr(other.get("internalId"))  # what is no number need not equal itself
