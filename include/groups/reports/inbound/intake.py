"""One ticket with all that belongs to it: report, notes, files."""

import json
import logging

from sqlalchemy import Connection

from include.casavi.client import Portal
from include.casavi.endpoints import LISTS, SINGLE
from include.casavi.listing import ListingError, list_pages
from include.casavi.verdict import Verdict
from include.groups.reports.inbound.attachments import import_attachments, listed
from include.groups.reports.inbound.comments import Comment, sorted_out
from include.groups.reports.inbound.identity import identify, identify_further, link
from include.groups.reports.inbound.known import look_up
from include.groups.reports.inbound.linking import link_comments
from include.groups.reports.inbound.notes import import_comments
from include.groups.reports.inbound.report import Report
from include.groups.reports.inbound.sent import follow_up
from include.groups.reports.inbound.set_aside import WITHOUT_ID, NamelessError, next_reason
from include.groups.reports.inbound.statements import Row
from include.groups.reports.inbound.texts import plain, storable
from include.groups.reports.inbound.tickets import (
    Ticket,
    kind_of,
    named,
    new_report,
    require_form,
    status_of,
    version_of,
)
from include.groups.reports.inbound.work import Work, Writes, kept_text
from include.groups.reports.times import parse
from include.ixhaus.database import read_snapshot
from include.vocabulary.clock import utc_now
from include.vocabulary.ids import ADDITION
from include.vocabulary.reasons import explain

log = logging.getLogger(__name__)


async def import_ticket(
    work: Work, portal: Portal, ticket: Ticket, before: Row | None, *, whole: bool = True
) -> Writes:  # fmt: skip
    """Return what a ticket that is new or was changed brings into iX-Haus.

    What cannot be taken of it is set aside, and named in `lacks`.

    before: the inbox's row for it, if any
    whole:  with all that is below it, or without: then that is set aside
    raises: ListingError if the ticket itself cannot be read, OddError if it cannot be taken, NamelessError,
            PortalStopError
    """
    require_form(ticket)
    writes = Writes()
    with read_snapshot(work.run.engine) as connection:
        known = identify(connection, work, ticket)
    origin = await _origin(work, portal, ticket) if known is None else None
    with read_snapshot(work.run.engine) as connection:
        known = known or (identify_further(connection, work, origin) if origin else None)
        report = known or _begin(connection, work, ticket, writes)
    status = report.seen_status
    if report.why_none == WITHOUT_ID:
        raise NamelessError  # what is remembered under this id is another ticket
    if report.why_none:
        writes.warn("ticket", ticket["id"], report.why_none)
    if report.number:
        report.arrived += [before["reason"]] if before and before["reason"] else []
        link(work, ticket, report, writes)
        if whole:
            await _fill(work, portal, ticket, report, writes)
        else:
            _leave_out(ticket, report, "PARTS_ODD", writes)
        status = report.note_status(status_of(ticket))
        report.write(writes, parse(ticket.get("modifiedAt")) or parse(ticket.get("createdAt")) or utc_now())
    version = f"{version_of(ticket, work.run.secret)} {status}".strip()
    writes.lacks = report.lacks
    writes.remember(
        work, "ticket", ticket["id"], report.from_portal, version, before=before, reason=next_reason(report.lacks)
    )
    return writes


async def read_ticket(work: Work, portal: Portal, ticket_id: str) -> Ticket | None:
    """Return one ticket as the portal shows it, None if it has no such; raises ListingError if it does not say."""
    answer = await portal.call(SINGLE["ticket"], ticket_id)
    if answer.verdict is Verdict.MISSING:
        return None
    if answer.verdict is not Verdict.DONE:
        raise ListingError(f"a ticket could not be read ({answer.reason or answer.status})")
    found = json.loads(answer.content)
    return named(found | {"id": str(found.get("id") or "")}, have_ids=work.run.settings.portal.tickets_have_ids)


async def _origin(work: Work, portal: Portal, ticket: Ticket) -> Ticket | None:
    """Return the ticket made in the portal that this one continues for another audience, as its id says (E43)."""
    first, _, more = ticket["id"].partition(ADDITION)
    found = await read_ticket(work, portal, first) if first and more else None
    return None if found is None else storable(found)


def _begin(connection: Connection, work: Work, ticket: Ticket, writes: Writes) -> Report:
    """Return the report that a ticket becomes; one without a number if its type is not from iX-Haus (R4)."""
    kind = kind_of(connection, work, str(ticket.get("ticketTypeId") or ""))
    if kind is None:
        writes.warn("ticket", ticket["id"], "TICKET_TYPE_UNKNOWN")
        return Report("")
    report = new_report(connection, work, ticket, kind)
    text = plain(str(ticket.get("description") or ""))
    report.row["text"] = kept_text(report.number, None, text, writes)
    writes.tickets += 1
    return report


async def _fill(work: Work, portal: Portal, ticket: Ticket, report: Report, writes: Writes) -> None:
    own = [(None, one) for one in listed(ticket)]
    try:
        everything, strays = await _comments(portal, ticket)
    except ListingError as error:
        log.warning("ticket %s: %s", ticket["id"], error)
        _leave_out(ticket, report, "COMMENTS_UNREADABLE", writes)
        await import_attachments(work, portal, ticket, report, own, writes)
        return
    if strays:
        _leave_out(ticket, report, "COMMENT_ODD", writes)
    comments, odd = sorted_out(everything)
    with read_snapshot(work.run.engine) as connection:
        known = look_up(connection, work, ticket["id"], report, comments | odd, {one["id"] for one in everything})
        notes = import_comments(work, ticket, report, comments, odd, known, writes)
        link_comments(connection, work, ticket, report, everything, known, set(notes.values()), writes)
    follow_up(work, ticket, report, comments, odd, known, set(notes.values()), writes)
    of_notes = [(note_id, one) for key, note_id in notes.items() for one in listed(comments[key])]
    await import_attachments(work, portal, ticket, report, [*own, *of_notes], writes)


async def _comments(portal: Portal, ticket: Ticket) -> tuple[list[Comment], int]:
    """Return a ticket's comments, and how many entries of its list are no records."""
    pages = [page async for page in list_pages(portal, LISTS["comment"], ticket["id"])]
    return [storable(one) for page in pages for one in page.records], sum(len(page.strays) for page in pages)


def _leave_out(ticket: Ticket, report: Report, reason: str, writes: Writes) -> None:
    """Set something aside that is not known by an id of its own."""
    report.lack(reason, is_news=reason not in report.arrived and explain(reason) not in report.hint)
    writes.warn("ticket", ticket["id"], reason)
