"""What the rest of the project calls: import what is new in the portal, and ask whether anything is."""

import asyncio
import logging
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Engine

from include.casavi.client import open_portal
from include.groups.reports.inbound.reading import Reading
from include.groups.reports.inbound.set_aside import not_imported
from include.groups.reports.inbound.statements import USER, row_of
from include.groups.reports.inbound.tickets import inbox_rows, is_usable, settled_version
from include.groups.reports.inbound.work import Work, Writes, store
from include.ixhaus.database import read_snapshot
from include.sync.protocol import Entry
from include.sync.run import Opened
from include.vocabulary.state import Level

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Received:
    """How many tickets, comments and attachments were imported.

    unread:  tickets that were set aside; they are tried again
    reports: numbers of the reports that are new in iX-Haus
    refused: reason code if nothing was looked at because the user may not make reports (R47)
    """

    tickets: int = 0
    comments: int = 0
    attachments: int = 0
    unread: int = 0
    reports: frozenset[str] = frozenset()
    refused: str | None = None


def receive(run: Opened) -> Received:
    """Import what is new in the portal since the last time: tickets, public comments, attachments (R58).

    Every event arrives exactly once, whenever this ends; what nobody can take of one of them keeps no other waiting.
    Raises ListingError if the list of tickets could not be read to its end, PortalStopError if no call can succeed,
    LeaseLostError; what was stored before stays, and the next run goes on there.
    """
    with run.folder.spool("inbound") as folder:
        work = Work(run, folder)
        if reason := why_not(run.engine, run.settings.report_user):
            user = run.settings.report_user or "-"
            store(work, Writes(entries=[Entry("user", user, Level.ERROR, reason)]))
            return Received(refused=reason)
        return asyncio.run(_receive(work))


def unsettled(engine: Engine, system: str, tickets: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return those of the tickets listed by the portal (id, modifiedAt) that were not read as they are now; those whose
    id cannot be used are left out.
    """
    listed = [(ticket_id, modified) for ticket_id, modified in tickets if is_usable(ticket_id)]
    with read_snapshot(engine) as connection:
        rows = inbox_rows(connection, system, [ticket_id for ticket_id, _ in listed])
    return [
        (ticket_id, modified)
        for ticket_id, modified in listed
        if ticket_id not in rows or settled_version(rows[ticket_id]) != modified
    ]


def name_missing(run: Opened) -> None:
    """Name in the protocol, as errors, the tickets that should be reports in iX-Haus and are not, whenever they were
    tried: a tenant waits for an answer.
    """
    with read_snapshot(run.engine) as connection:
        missing = not_imported(connection, run.system)
    if missing:
        with run.folder.spool("inbound") as folder:
            store(Work(run, folder), Writes(entries=missing))


def why_not(engine: Engine, user: str | None) -> str | None:
    """Return the reason code for not making reports under a user's number, or None: the user must exist in iX-Haus
    plus, not be locked, and have the right to make reports.
    """
    with read_snapshot(engine) as connection:
        row = row_of(connection, USER, key=user) if user else None
    if row is None:
        return "USER_MISSING"
    if row["is_blocked"]:
        return "USER_LOCKED"
    return None if row["may_report"] else "USER_WITHOUT_RIGHTS"


async def _receive(work: Work) -> Received:
    async with open_portal(work.run.settings.portal_connection, work.run.settings.limits) as portal:
        reading = Reading(work, portal)
        await reading.run()
    done = reading.done
    log.info("imported %d tickets, %d comments, %d attachments", done.tickets, done.comments, done.attachments)
    return Received(done.tickets, done.comments, done.attachments, reading.set_aside, frozenset(reading.new_reports))
