"""One ticket with all that belongs to it: report, notes, files."""

from sqlalchemy import Connection

from include.casavi.client import Portal
from include.casavi.endpoints import LISTS
from include.casavi.listing import list_records
from include.groups.reports.inbound.attachments import import_attachments, listed
from include.groups.reports.inbound.comments import look_up, public
from include.groups.reports.inbound.notes import import_comments
from include.groups.reports.inbound.report import Report
from include.groups.reports.inbound.sent import follow_up
from include.groups.reports.inbound.texts import plain, storable
from include.groups.reports.inbound.tickets import (
    Ticket,
    add_to_ledger,
    identify,
    is_importable,
    new_report,
    version_of,
)
from include.groups.reports.inbound.work import Work, Writes, kept_text
from include.groups.reports.times import parse
from include.ixhaus.database import read_snapshot
from include.vocabulary.clock import utc_now


async def import_ticket(work: Work, portal: Portal, ticket: Ticket, *, is_known: bool) -> Writes:
    """Return what a ticket that is new or was changed brings into iX-Haus.

    is_known: whether the inbox has a row for it
    raises:   ListingError if its comments or files cannot be read, PortalStopError
    """
    writes = Writes()
    with read_snapshot(work.engine) as connection:
        report = identify(connection, work, ticket) or _begin(connection, work, ticket, writes)
    status = report.seen_status
    if report.number:
        await _fill(work, portal, ticket, report, writes)
        status = report.note_status(str(ticket.get("status") or ""))
        report.write(writes, parse(ticket.get("modifiedAt")) or parse(ticket.get("createdAt")) or utc_now())
    elif report.is_missing:
        writes.warn("ticket", ticket["id"], "REPORT_MISSING")
    version = f"{version_of(ticket)} {status}".strip()
    writes.remember(work, "ticket", ticket["id"], report.from_portal, version, is_known=is_known)
    return writes


def _begin(connection: Connection, work: Work, ticket: Ticket, writes: Writes) -> Report:
    """Return the report that a ticket becomes; one without a number if its type is not from iX-Haus (R4)."""
    if not is_importable(connection, str(ticket.get("ticketTypeId") or "")):
        writes.warn("ticket", ticket["id"], "TICKET_TYPE_UNKNOWN")
        return Report("")
    report = new_report(connection, work, ticket)
    text = plain(str(ticket.get("description") or ""))
    report.row["text"] = kept_text(report.number, None, text, writes)
    add_to_ledger(work, ticket, report, writes)
    writes.tickets += 1
    return report


async def _fill(work: Work, portal: Portal, ticket: Ticket, report: Report, writes: Writes) -> None:
    comments = public([storable(one) async for one in list_records(portal, LISTS["comment"], ticket["id"])])
    with read_snapshot(work.engine) as connection:
        known = look_up(connection, work, ticket["id"], report, comments)
    notes = import_comments(work, ticket, report, comments, known, writes)
    follow_up(work, ticket, report, comments, known, set(notes.values()), writes)
    own = [(None, one) for one in listed(ticket)]
    of_notes = [(note_id, one) for key, note_id in notes.items() for one in listed(comments[key])]
    await import_attachments(work, portal, report, [*own, *of_notes], writes)
