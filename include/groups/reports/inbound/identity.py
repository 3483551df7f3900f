"""Which report a ticket is, whatever ledger and inbox have forgotten (R58, E43, E49).

Both may be lost or restored, and the portal may be filled by an earlier program. Then a ticket is told by its id, which
is the number of a report of iX-Haus; one that was made in the portal, by the report that was once made of it.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from include.groups.reports.inbound.report import Report
from include.groups.reports.inbound.set_aside import WITHOUT_ID
from include.groups.reports.inbound.statements import INBOX, LEDGER, REPORTS, Row, by_ids
from include.groups.reports.inbound.texts import one_line
from include.groups.reports.inbound.tickets import Ticket, is_numbered, numbers_of, split_version
from include.groups.reports.inbound.work import Work, Writes
from include.groups.reports.times import local, parse, whole_second
from include.rules.reports.sources import portal_state
from include.vocabulary import ids
from include.vocabulary.clock import from_utc_column
from include.vocabulary.decision import ORPHAN
from include.vocabulary.state import Origin, State

_ERP: Final = ids.ADDITION + ids.ERP
_LONGEST_IDENTITY: Final = 40
_NEVER: Final = datetime(1, 1, 1)  # noqa: DTZ001 - local, as iX-Haus writes it


def identify(connection: Connection, work: Work, ticket: Ticket) -> Report | None:
    """Return the report that a ticket stands for; one without a number where there is none and none may be made.

    None: it is new, or was not imported.
    """
    names = [ticket["id"]] if is_numbered(ticket) else ids.bases(ticket["id"])
    inbox = by_ids(connection, INBOX, names, system=work.system, kind="ticket")
    held = by_ids(connection, LEDGER, names[:1], system=work.system, kind="ticket").get(ticket["id"])
    mine, numbers = inbox.get(ticket["id"], {}), _numbers(ticket, names, inbox)
    reports = by_ids(connection, REPORTS, [*numbers, *numbers_of(ticket)])
    born = None if mine.get("erp_id") else _made_of(ticket, reports)
    found = born or next((reports[number] for number in numbers if number in reports), None)
    from_portal = born["report_nr"] if born else mine.get("erp_id")
    if found is None:
        why_none = _why_none(ticket, held, from_portal)
        return None if why_none is None else Report("", from_portal, why_none=why_none)
    acknowledged = from_utc_column(held["acknowledged_at"]) if held else None
    return Report(
        number=found["report_nr"],
        from_portal=from_portal,
        property_nr=found["property_nr"],
        held=held,
        is_withdrawn=bool(held and held["state"] == State.REMOVED),
        is_up_to_date=acknowledged is not None and (found["changed_at"] or _NEVER) <= local(acknowledged),
        portal_state=portal_state(found["status"], work.run.settings),
        hint=found["hint"] or "",
        seen_status=split_version(mine.get("version"))[1],
    )


def identify_further(connection: Connection, work: Work, origin: Ticket) -> Report | None:
    """Return the report of a ticket of ours that continues one made in the portal, for another audience (E43).

    origin: the one made in the portal
    """
    report = identify(connection, work, origin)
    if report is None or not report.number:
        return None
    return replace(report, from_portal=None, held=None, is_withdrawn=False, is_up_to_date=False, seen_status="")


def _numbers(ticket: Ticket, names: list[str], inbox: Mapping[str, Row]) -> list[str]:
    """Return which reports a ticket may be by its id, the likeliest first.

    An id that the inbox knows is the portal's own, whatever number of iX-Haus reads the same; with the addition for
    that case it is the number.
    """
    found = []
    for name in names:
        if came_in := inbox.get(name, {}).get("erp_id"):
            found.append(came_in)
        elif not is_numbered(ticket):
            found += [name, *([name.removesuffix(_ERP)] if name.endswith(_ERP) else [])]
    return found


def _made_of(ticket: Ticket, reports: Mapping[str, Row]) -> Row | None:
    """Return the report that was made of a ticket: one of its numbers that says when the ticket was made or, unless the
    ticket could be ours, what it is called. The number alone does not tell, as another portal counts as well.
    """
    created = parse(ticket.get("createdAt"))
    title = "" if ticket["id"] in reports else one_line(str(ticket.get("title") or ""), 400)
    for report in (reports[number] for number in numbers_of(ticket) if number in reports):
        reported = report["reported_at"]
        is_same_time = bool(created and reported and whole_second(local(created)) == whole_second(reported))
        if report["origin"] == Origin.PORTAL and (is_same_time or (title and title == report["subject"])):
            return report
    return None


def _why_none(ticket: Ticket, held: Row | None, from_portal: str | None) -> str | None:
    """Return what to say of a ticket whose report iX-Haus does not hold; None if it is not known at all."""
    if from_portal is None and held is None:
        return None
    if held and held["reason"] == ORPHAN:
        return ""
    return WITHOUT_ID if from_portal is None and is_numbered(ticket) else "REPORT_MISSING"


def link(work: Work, ticket: Ticket, report: Report, writes: Writes) -> None:
    """Let the outbound side know that the portal holds the report, so that it changes it instead of making another."""
    writes.hold(
        work, "ticket", ticket["id"], report.held, property_nr=report.property_nr, identity=_audience(ticket, report)
    )


def _audience(ticket: Ticket, report: Report) -> str | None:
    """Return for whom a ticket is, as the ledger remembers it (E43)."""
    contact_id, property_nr = str(ticket.get("contactId") or ""), str(ticket.get("propertyId") or "")
    if not contact_id and not ticket.get("unitId") and property_nr and report.from_portal is None:
        return ids.everybody(property_nr)
    return contact_id if 0 < len(contact_id) <= _LONGEST_IDENTITY else None
