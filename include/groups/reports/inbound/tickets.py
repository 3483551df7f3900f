"""By what a ticket is known, and how one from the portal becomes a report (R4, R38, R41, R47–R49)."""

from hashlib import blake2b
from typing import Any, Final, NamedTuple

from pandas import DataFrame, Series
from sqlalchemy import Connection

from include.groups.reports.inbound.report import NEW, Report
from include.groups.reports.inbound.reporter import Place, find_place, team_of
from include.groups.reports.inbound.set_aside import require_texts
from include.groups.reports.inbound.statements import (
    INBOX,
    KIND,
    LEDGER,
    LICENCES,
    LONGEST_KEY,
    REPORTS,
    TEAM_NAME,
    Row,
    by_ids,
    row_of,
    rows_of,
)
from include.groups.reports.inbound.texts import one_line, storable
from include.groups.reports.inbound.work import Work
from include.groups.reports.times import local, parse
from include.rules.offices import is_licensed
from include.rules.reports.sources import CLOSED, OPEN, TEAM_LICENCE, of_released_team
from include.settings import SystemSettings
from include.sync.contents import sealed
from include.vocabulary.clock import utc_now
from include.vocabulary.ids import imported
from include.vocabulary.state import Origin, State

_LONGEST_VERSION: Final = 40
_LONGEST_STATUS: Final = 20
_TEXTS: Final = (
    "internalId", "ticketTypeId", "title", "description", "status", "propertyId", "unitId", "contactId", "createdAt",
)  # fmt: skip
_NUMBERED: Final = "isNumbered"
Ticket = dict[str, Any]


def version_of(ticket: Ticket, secret: bytes | None) -> str:
    """Return how a ticket stands: when it was last changed, or, if the portal does not say, a hash of it, keyed with a
    secret wherever it is kept.
    """
    modified = ticket.get("modifiedAt")
    if isinstance(modified, str) and 0 < len(modified) <= _LONGEST_VERSION and " " not in modified:
        return modified
    plain = blake2b(repr(sorted(ticket.items())).encode(errors="replace"), digest_size=16).hexdigest()
    return plain if secret is None else sealed(plain, secret)


def status_of(ticket: Ticket) -> str:
    """Return a ticket's status in the portal, as much of it as is remembered."""
    return str(ticket.get("status") or "")[:_LONGEST_STATUS]


def is_closed_by_staff(ticket: Ticket, before: Row | None) -> bool:
    """Whether staff have closed a ticket in the portal that was set aside: nobody waits for it any more.

    before: the inbox's row for it, if any
    """
    return bool(before and before["reason"]) and status_of(ticket) == CLOSED


def require_form(ticket: Ticket) -> None:
    """Raise OddError if a field of a ticket is of another type than the portal's tickets have; its attachments are
    looked at one by one.
    """
    require_texts(ticket, _TEXTS)


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
    return 0 < len(ticket_id) <= LONGEST_KEY and storable(ticket_id) == ticket_id


def inbox_rows(connection: Connection, system: str, ids: list[str]) -> dict[str, Row]:
    """Return ticket id → inbox row, for those that were read or set aside."""
    return by_ids(connection, INBOX, filter(is_usable, ids), system=system, kind="ticket")


def settled_version(row: Row | None) -> str:
    """Return when a ticket was last changed that was dealt with as it was then; "" for one that was not."""
    return split_version(row["version"])[0] if row else ""


def numbers_of(ticket: Ticket) -> list[str]:
    """Return which numbers the report of a ticket made in the portal may have: usually the first, the other where that
    is taken, as another portal (the test system's, say) counts as well.
    """
    key = ticket.get("internalId") or ticket["id"]
    mark = blake2b(f"{ticket['id']} {ticket.get('createdAt')}".encode(errors="replace"), digest_size=4).hexdigest()
    return [imported(key)[:LONGEST_KEY], f"{imported(key)[: LONGEST_KEY - 9]}-{mark}"]


class Kind(NamedTuple):
    """What a ticket's type is in iX-Haus: the kind of the report it becomes (None: staff choose one), and what staff
    should know.
    """

    report_kind: str | None
    hints: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


def kind_of(connection: Connection, work: Work, ticket_type: str) -> Kind | None:
    """Return what a ticket's type is in iX-Haus; None if it is none that this project made in the portal (R4).

    Where a tenant has found one there that no tenant can report as, because it is for a whole property, or was locked
    or taken back meanwhile, the report gets no kind: so it is its reporter's alone, whatever its kind would show to
    everybody (R1, R41, E44, E46). Raises FlagError.
    """
    row = row_of(connection, KIND, key=ticket_type) if ticket_type else None
    is_sent = row is not None and row["is_released"] and not row["is_locked"] and not row["is_bulletin"]
    if row and is_sent and not row["is_property_wide"]:
        return Kind(ticket_type)
    held = by_ids(connection, LEDGER, [ticket_type], system=work.system, kind="ticket_type").get(ticket_type)
    if not is_sent and (held is None or held["state"] == State.NEW):
        return None
    name = row["name"] if row and row["name"] else ticket_type
    return Kind(None, ("KIND_NOT_FOR_TENANTS",), (f"Gewählt war: {name}.",))


def new_report(connection: Connection, work: Work, ticket: Ticket, kind: Kind) -> Report:
    """Return the report that a new ticket becomes, without its text; what cannot be resolved is flagged, never dropped
    (E46).
    """
    place = find_place(connection, work.system, ticket, work.run.today)
    team, responsible = team_of(connection, place.property_nr)
    now, created = utc_now(), ticket.get("createdAt")
    numbers = numbers_of(ticket)
    number = next((one for one in numbers if one not in by_ids(connection, REPORTS, numbers)), numbers[-1])
    row = {
        "report_nr": number, "subject": one_line(str(ticket.get("title") or ""), 400) or None, "text": None,
        "report_kind": kind.report_kind, "status": _first_status(work.run.settings),
        "reported_at": local(parse(created) or now), "reporter_person": place.person_key,
        "reporter_partner": place.partner_nr, "property_nr": place.property_nr, "unit_nr": place.unit_nr,
        "team_nr": team, "responsible_user": responsible, "created_by": work.user, "changed_by": work.user,
        "origin": Origin.PORTAL.value, "portal_status": None, "portal_reason": None, "changed_at": local(now),
    }  # fmt: skip
    hints = [*place.hints, *kind.hints, *_outside(work, place), *_of_other_team(connection, work, team)]
    hints += ["REPORTED_WHEN_UNKNOWN"] if created and parse(created) is None else []
    return Report(
        number, number, is_new=True, property_nr=place.property_nr, row=row, hints=hints, remarks=list(kind.remarks)
    )


def _first_status(settings: SystemSettings) -> str:
    """Return the status that a report begins with: the first one that is open in the portal (R46)."""
    return next((name for name, state in settings.report_statuses.items() if state == OPEN), NEW)


def _outside(work: Work, place: Place) -> list[str]:
    ranges = (work.run.settings.properties, work.run.settings.properties_full_history)
    is_outside = place.property_nr is not None and not any(place.property_nr in one for one in ranges)
    return ["PROPERTY_NOT_RELEASED"] if is_outside else []  # E47


def _of_other_team(connection: Connection, work: Work, team_nr: str | None) -> list[str]:
    """Return the hint that a report's team is not among the chosen ones, by the rule that decides about it (R37)."""
    chosen = work.run.settings.user_teams
    if not chosen or team_nr is None:
        return []
    licences = DataFrame(rows_of(connection, LICENCES), columns=["licence", "active", "valid_until"])
    if not is_licensed(licences, TEAM_LICENCE, work.run.today):
        return []
    named = DataFrame(rows_of(connection, TEAM_NAME, key=team_nr), columns=["team_nr", "name"], dtype="str")
    return [] if of_released_team(Series([team_nr], dtype="str"), named, chosen).all() else ["TEAM_NOT_RELEASED"]
