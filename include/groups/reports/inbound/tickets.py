"""By what a ticket is known, and how one from the portal becomes a report (R4, R38, R41, R47–R49)."""

from hashlib import blake2b
from typing import Any, Final

from sqlalchemy import Connection

from include.groups.reports.inbound.report import NEW, Report
from include.groups.reports.inbound.reporter import Place, find_place, team_of
from include.groups.reports.inbound.statements import INBOX, KIND, REPORTS, by_ids, row_of
from include.groups.reports.inbound.texts import one_line, storable
from include.groups.reports.inbound.work import Work
from include.groups.reports.times import local, parse
from include.vocabulary.clock import utc_now
from include.vocabulary.ids import imported
from include.vocabulary.state import Origin

LONGEST_ID: Final = 100
_LONGEST_VERSION: Final = 40
_NUMBERED: Final = "isNumbered"
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


def id_of(record: Ticket, *, have_ids: bool) -> str:
    """Return the id by which a ticket of a list is known: its own or, where the portal gave it none, its number there;
    "" without either.

    have_ids: whether the portal gives every ticket an id, so that one without is none to be told by
    """
    own, number = record.get("id"), record.get("internalId")
    return str(number or "") if own in (None, "") and not have_ids else str("" if own is None else own)


def named(record: Ticket, *, have_ids: bool) -> Ticket:
    """Return a ticket under the id by which it is known, with a mark if that is not its own."""
    known_by = id_of(record, have_ids=have_ids)
    return record if record["id"] == known_by else record | {"id": known_by, _NUMBERED: True}


def is_numbered(ticket: Ticket) -> bool:
    """Whether a ticket is known by the portal's number for want of an id: no number of iX-Haus is meant by that."""
    return bool(ticket.get(_NUMBERED))


def is_usable(ticket_id: str) -> bool:
    """Whether a ticket can be asked for and remembered by this id."""
    return 0 < len(ticket_id) <= LONGEST_ID and storable(ticket_id) == ticket_id


def settled_versions(connection: Connection, system: str, ids: list[str]) -> dict[str, str]:
    """Return ticket id → when it was last changed, for those that were read."""
    rows = by_ids(connection, INBOX, filter(is_usable, ids), system=system, kind="ticket")
    return {ticket_id: split_version(row["version"])[0] for ticket_id, row in rows.items()}


def numbers_of(ticket: Ticket) -> list[str]:
    """Return which numbers the report of a ticket made in the portal may have: usually the first, the other where that
    is taken, as another portal (the test system's, say) counts as well.
    """
    key = ticket.get("internalId") or ticket["id"]
    mark = blake2b(f"{ticket['id']} {ticket.get('createdAt')}".encode(errors="replace"), digest_size=4).hexdigest()
    return [imported(key)[:LONGEST_ID], f"{imported(key)[: LONGEST_ID - 9]}-{mark}"]


def is_importable(connection: Connection, kind: str) -> bool:
    """Whether tickets of this type become reports: a released kind of iX-Haus, and none for the pinboard or for a whole
    property, which nobody can make in the portal (R4, R41, E44). Raises FlagError.
    """
    row = row_of(connection, KIND, key=kind) if kind else None
    barred = ("is_locked", "is_bulletin", "is_property_wide")
    return row is not None and row["is_released"] and not any(row[name] for name in barred)


def new_report(connection: Connection, work: Work, ticket: Ticket) -> Report:
    """Return the report that a new ticket becomes, without its text; what cannot be resolved is flagged, never dropped
    (E46).
    """
    place = find_place(connection, work.system, ticket, work.run.today)
    team, responsible = team_of(connection, place.property_nr)
    now = utc_now()
    numbers = numbers_of(ticket)
    number = next((one for one in numbers if one not in by_ids(connection, REPORTS, numbers)), numbers[-1])
    row = {
        "report_nr": number, "subject": one_line(str(ticket.get("title") or ""), 400) or None, "text": None,
        "report_kind": ticket["ticketTypeId"], "status": NEW,
        "reported_at": local(parse(ticket.get("createdAt")) or now), "reporter_person": place.person_key,
        "reporter_partner": place.partner_nr, "property_nr": place.property_nr, "unit_nr": place.unit_nr,
        "team_nr": team, "responsible_user": responsible, "created_by": work.user, "changed_by": work.user,
        "origin": Origin.PORTAL.value, "portal_status": None, "portal_reason": None, "changed_at": local(now),
    }  # fmt: skip
    hints = [*place.hints, *_outside(work, place)]
    return Report(number, number, is_new=True, property_nr=place.property_nr, row=row, hints=hints)


def _outside(work: Work, place: Place) -> list[str]:
    is_outside = place.property_nr is not None and place.property_nr not in work.run.settings.properties
    return ["PROPERTY_NOT_RELEASED"] if is_outside else []  # E47
