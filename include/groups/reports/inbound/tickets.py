"""Which report a ticket is, and how a ticket from the portal becomes one (R4, R38, R41, R47–R49, O6)."""

from datetime import datetime
from hashlib import blake2b
from typing import Any, Final

from sqlalchemy import Connection

from include.groups.reports.inbound.report import NEW, Report
from include.groups.reports.inbound.reporter import Place, find_place, team_of
from include.groups.reports.inbound.statements import INBOX, KIND, LEDGER, REPORTS, by_ids, row_of
from include.groups.reports.inbound.texts import one_line, storable
from include.groups.reports.inbound.work import Work, Writes
from include.groups.reports.times import local, parse
from include.ixhaus.contract import YES
from include.ixhaus.contract.own import SP_ABGLEICH
from include.vocabulary.clock import from_utc_column, to_utc_column, utc_now
from include.vocabulary.state import Origin, State

LONGEST_ID: Final = 100
_LONGEST_IDENTITY: Final = 40
_LONGEST_VERSION: Final = 40
_NEVER: Final = datetime(1, 1, 1)  # noqa: DTZ001 - local, as iX-Haus writes it
Ticket = dict[str, Any]


def version_of(ticket: Ticket) -> str:
    """Return how a ticket stands: when it was last changed, or, if the portal does not say, a hash of it."""
    modified = ticket.get("modifiedAt")
    if isinstance(modified, str) and 0 < len(modified) <= _LONGEST_VERSION and " " not in modified:
        return modified
    return blake2b(repr(sorted(ticket.items())).encode(errors="replace"), digest_size=16).hexdigest()


def split_version(version: str | None) -> tuple[str, str]:
    """Return of an inbox row when its ticket was last changed, and its status in the portal."""
    modified, _, status = (version or "").partition(" ")
    return modified, status


def is_usable(ticket_id: str) -> bool:
    """Whether a ticket can be asked for and remembered by this id."""
    return 0 < len(ticket_id) <= LONGEST_ID and storable(ticket_id) == ticket_id


def settled_versions(connection: Connection, system: str, ids: list[str]) -> dict[str, str]:
    """Return ticket id → when it was last changed, for those that were read."""
    rows = by_ids(connection, INBOX, filter(is_usable, ids), system=system, kind="ticket")
    return {ticket_id: split_version(row["version"])[0] for ticket_id, row in rows.items()}


def identify(connection: Connection, work: Work, ticket: Ticket) -> Report | None:
    """Return the report of a ticket that is known: one of ours by the ledger, one from the portal by the inbox.

    Our own ids are a report's number, for another audience with something behind a "~". None: it is new, or was not
    imported. A report that iX-Haus no longer holds has an empty number.
    """
    parts = ticket["id"].split("~")
    names = ["~".join(parts[:length]) for length in range(len(parts), 0, -1)]
    inbox = by_ids(connection, INBOX, names, system=work.system, kind="ticket")
    held = by_ids(connection, LEDGER, names[:1], system=work.system, kind="ticket").get(ticket["id"])
    mine = inbox.get(ticket["id"], {})
    if held is None and not mine.get("erp_id"):
        return None
    imported = [inbox[name]["erp_id"] for name in names if inbox.get(name, {}).get("erp_id")]
    candidates = imported[:1] or names
    reports = by_ids(connection, REPORTS, candidates)
    found = next((reports[number] for number in candidates if number in reports), None)
    if found is None:
        return Report("", mine.get("erp_id"), is_missing=True)
    acknowledged = from_utc_column(held["acknowledged_at"]) if held else None
    return Report(
        number=found["report_nr"],
        from_portal=mine.get("erp_id"),
        is_withdrawn=bool(held and held["state"] == State.REMOVED),
        is_up_to_date=acknowledged is not None and (found["changed_at"] or _NEVER) <= local(acknowledged),
        status=found["status"] or "",
        hint=found["hint"] or "",
        seen_status=split_version(mine.get("version"))[1],
    )


def is_importable(connection: Connection, kind: str) -> bool:
    """Whether tickets of this type become reports: a released kind of iX-Haus, and none for the pinboard or for a whole
    property, which nobody can make in the portal (R4, R41, E44).
    """
    row = row_of(connection, KIND, key=kind) if kind else None
    barred = ("is_locked", "is_bulletin", "is_property_wide")
    return row is not None and row["is_released"] == YES and not any(row[name] == YES for name in barred)


def new_report(connection: Connection, work: Work, ticket: Ticket) -> Report:
    """Return the report that a new ticket becomes, without its text; what cannot be resolved is flagged, never dropped
    (E46).
    """
    place = find_place(connection, work.system, ticket, work.state.today)
    team, responsible = team_of(connection, place.property_nr)
    now = utc_now()
    number = f"SP-{ticket.get('internalId') or ticket['id']}"[:LONGEST_ID]
    row = {
        "report_nr": number, "subject": one_line(str(ticket.get("title") or ""), 400) or None, "text": None,
        "report_kind": ticket["ticketTypeId"], "status": NEW,
        "reported_at": local(parse(ticket.get("createdAt")) or now), "reporter_person": place.person_key,
        "reporter_partner": place.partner_nr, "property_nr": place.property_nr, "unit_nr": place.unit_nr,
        "team_nr": team, "responsible_user": responsible, "created_by": work.user, "changed_by": work.user,
        "origin": Origin.PORTAL, "portal_status": None, "portal_reason": None, "changed_at": local(now),
    }  # fmt: skip
    return Report(number, number, is_new=True, row=row, hints=[*place.hints, *_outside(work, place)])


def add_to_ledger(work: Work, ticket: Ticket, report: Report, writes: Writes) -> None:
    """Let the outbound side know that the portal holds the report, so that it changes it instead of making another."""
    contact_id = str(ticket.get("contactId") or "")
    row = dict.fromkeys(SP_ABGLEICH.c.keys()) | {
        "system": work.system, "record_type": "ticket", "external_id": ticket["id"], "group": work.state.group,
        "properties": report.row["property_nr"], "state": State.PRESENT.value,
        "identity": contact_id if 0 < len(contact_id) <= _LONGEST_IDENTITY else None,
        "acknowledged_at": to_utc_column(utc_now()),
    }  # fmt: skip
    writes.rows.append((SP_ABGLEICH, row))


def _outside(work: Work, place: Place) -> list[str]:
    is_outside = place.property_nr is not None and place.property_nr not in work.settings.properties
    return ["PROPERTY_NOT_RELEASED"] if is_outside else []  # E47
