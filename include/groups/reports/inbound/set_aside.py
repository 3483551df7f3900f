"""What cannot be taken over is set aside by its id and reason, tried again, and keeps nothing else waiting (R58).

SP_EINGANG remembers it. It is tried again when it changes in the portal, and by and by: at the latest after a day.
"""

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from traceback import extract_tb
from typing import Any, Final

from sqlalchemy import Connection

from include.casavi.client import PortalStopError
from include.groups.reports.inbound.statements import NOT_IMPORTED, SET_ASIDE, Row, rows_of
from include.ixhaus.check import ContractError
from include.ixhaus.faults import Kind, fault_of
from include.settings import ConfigurationError
from include.sync.lease import LeaseLostError
from include.sync.protocol import Entry
from include.vocabulary.clock import to_utc_column
from include.vocabulary.state import Level

log = logging.getLogger(__name__)
PASSING: Final = ("TICKET_UNREADABLE", "COMMENTS_UNREADABLE", "ATTACHMENT_UNREADABLE")
"""What may be over in a moment: the portal, or the virus scanner, was disturbed or kept something from us."""
WITHOUT_ID: Final = "TICKET_WITHOUT_ID"
_DAY: Final = timedelta(days=1)
_EVERYBODYS: Final = (PortalStopError, LeaseLostError, ContractError, ConfigurationError, OSError, MemoryError)


class OddError(ValueError):
    """A record of the portal is not of the form that all of its kind have; says in which field, and no value."""


class NamelessError(Exception):
    """A ticket has no id by which it can be told from another."""


def is_due(row: Row, now: datetime) -> bool:
    """Whether something is to be tried again that was set aside.

    What may pass is tried again after as long as it has been waited for already, so at once, then ever more seldom;
    that, too, at least once a day.

    row: received_at (when it was tried first), tried_at, reason
    """
    first, last = row["received_at"], row["tried_at"]
    if first is None or last is None:
        return True
    wait = min(_DAY, last - first) if row["reason"] in PASSING else _DAY
    return bool(to_utc_column(now) - last >= wait)


def due_tickets(connection: Connection, system: str, now: datetime) -> list[Row]:
    """Return the inbox rows of the tickets that are to be read again, as they or something below them was set aside."""
    return [row for row in rows_of(connection, SET_ASIDE, system=system, kind="ticket") if is_due(row, now)]


def not_imported(connection: Connection, system: str) -> list[Entry]:
    """Return the tickets that should be reports in iX-Haus and are not, whenever they were tried last."""
    rows = left_out(connection, system)
    return [Entry("ticket", row["portal_id"], Level.ERROR, row["reason"]) for row in rows]


def left_out(connection: Connection, system: str) -> list[Row]:
    """Return portal_id, reason and received_at (UTC without zone: the first try) of what not_imported names."""
    return rows_of(connection, NOT_IMPORTED, system=system, kind="ticket")


def next_reason(reasons: Iterable[str]) -> str | None:
    """Return the one of several reasons that says when to try again, None for none."""
    return min(reasons, key=lambda reason: (reason not in PASSING, reason), default=None)


def is_of_one(error: Exception) -> bool:
    """Whether an error may be about the record at hand: portal, database, disk, settings and views at fault concern all
    records alike.
    """
    if fault := fault_of(error):
        return fault.kind is Kind.DATA
    return not isinstance(error, _EVERYBODYS)


def note(kind: str, portal_id: str, error: Exception) -> None:
    """Log what went wrong with a record and where, without the error's text, which may quote a tenant."""
    at = extract_tb(error.__traceback__)[-1]
    fault = fault_of(error)
    said = fault.english if fault else str(error) if isinstance(error, OddError) else type(error).__name__
    log.warning("%s %s is set aside: %s (%s, line %s)", kind, portal_id, said, at.name, at.lineno)


def require_texts(record: dict[str, Any], names: Iterable[str]) -> None:
    """Raise OddError if one of these fields is there and neither a text nor a number."""
    for name in names:
        value = record.get(name)
        if isinstance(value, bool) or not isinstance(value, str | int | float | None):
            raise OddError(f"{name} is of the wrong type")
