"""One ticket with all that belongs to it: report, notes, files."""

import json

from sqlalchemy import Connection

from include.casavi.client import Portal
from include.casavi.endpoints import LISTS, SINGLE
from include.casavi.listing import ListingError, list_records
from include.casavi.verdict import Verdict
from include.groups.reports.inbound.attachments import import_attachments, listed
from include.groups.reports.inbound.comments import public
from include.groups.reports.inbound.identity import identify, identify_further, link
from include.groups.reports.inbound.known import look_up
from include.groups.reports.inbound.linking import link_comments
from include.groups.reports.inbound.notes import import_comments
from include.groups.reports.inbound.report import Report
from include.groups.reports.inbound.sent import follow_up
from include.groups.reports.inbound.texts import plain, storable
from include.groups.reports.inbound.tickets import Ticket, is_importable, named, new_report, version_of
from include.groups.reports.inbound.work import Work, Writes, kept_text
from include.groups.reports.times import parse
from include.ixhaus.database import read_snapshot
from include.vocabulary.clock import utc_now
from include.vocabulary.ids import ADDITION


async def import_ticket(work: Work, portal: Portal, ticket: Ticket, *, is_known: bool) -> Writes:
    """Return what a ticket that is new or was changed brings into iX-Haus.

    is_known: whether the inbox has a row for it
    raises:   ListingError if its comments or files cannot be read, PortalStopError
    """
    writes = Writes()
    with read_snapshot(work.run.engine) as connection:
        known = identify(connection, work, ticket)
    origin = await _origin(work, portal, ticket) if known is None else None
    with read_snapshot(work.run.engine) as connection:
        known = known or (identify_further(connection, work, origin) if origin else None)
        report = known or _begin(connection, work, ticket, writes)
    status = report.seen_status
    if report.why_none:
        writes.warn("ticket", ticket["id"], report.why_none)
    if report.number:
        link(work, ticket, report, writes)
        await _fill(work, portal, ticket, report, writes)
        status = report.note_status(str(ticket.get("status") or ""))
        report.write(writes, parse(ticket.get("modifiedAt")) or parse(ticket.get("createdAt")) or utc_now())
    elif report.why_none == "TICKET_WITHOUT_ID":
        return writes  # what is remembered under this id is another ticket
    version = f"{version_of(ticket)} {status}".strip()
    writes.remember(work, "ticket", ticket["id"], report.from_portal, version, is_known=is_known)
    return writes


async def _origin(work: Work, portal: Portal, ticket: Ticket) -> Ticket | None:
    """Return the ticket made in the portal that this one continues for another audience, as its id says (E43)."""
    first, _, more = ticket["id"].partition(ADDITION)
    if not first or not more:
        return None
    answer = await portal.call(SINGLE["ticket"], first)
    if answer.verdict is Verdict.MISSING:
        return None
    if answer.verdict is not Verdict.DONE:
        raise ListingError(f"the ticket that it continues could not be read ({answer.reason or answer.status})")
    found = storable(json.loads(answer.content))
    return named(found | {"id": str(found.get("id") or "")}, have_ids=work.run.settings.portal.tickets_have_ids)


def _begin(connection: Connection, work: Work, ticket: Ticket, writes: Writes) -> Report:
    """Return the report that a ticket becomes; one without a number if its type is not from iX-Haus (R4)."""
    if not is_importable(connection, str(ticket.get("ticketTypeId") or "")):
        writes.warn("ticket", ticket["id"], "TICKET_TYPE_UNKNOWN")
        return Report("")
    report = new_report(connection, work, ticket)
    text = plain(str(ticket.get("description") or ""))
    report.row["text"] = kept_text(report.number, None, text, writes)
    writes.tickets += 1
    return report


async def _fill(work: Work, portal: Portal, ticket: Ticket, report: Report, writes: Writes) -> None:
    everything = [storable(one) async for one in list_records(portal, LISTS["comment"], ticket["id"])]
    comments = public(everything)
    with read_snapshot(work.run.engine) as connection:
        known = look_up(connection, work, ticket["id"], report, comments, {one["id"] for one in everything})
        notes = import_comments(work, ticket, report, comments, known, writes)
        link_comments(connection, work, ticket, report, everything, known, set(notes.values()), writes)
    follow_up(work, ticket, report, comments, known, set(notes.values()), writes)
    own = [(None, one) for one in listed(ticket)]
    of_notes = [(note_id, one) for key, note_id in notes.items() for one in listed(comments[key])]
    await import_attachments(work, portal, ticket, report, [*own, *of_notes], writes)
