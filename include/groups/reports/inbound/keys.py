"""Under which keys events below tickets are remembered: the same id below two tickets is two records (R58)."""

from collections.abc import Collection, Iterable
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Select

from include.groups.reports.inbound.statements import INBOX, Row, by_ids
from include.groups.reports.inbound.versions import digest, is_of_ticket, mark_of
from include.groups.reports.inbound.work import Work

_SHORT: Final = 82
"""Letters that leave room, of 100, for the mark of a ticket, or for that and a version."""


class Keys(NamedTuple):
    """Names the events below one ticket: by their own keys but for those that others have already, which get a mark of
    the ticket behind them.

    inbox: keys of events below other tickets
    erp:   ids of notes or files of other reports
    """

    ticket_id: str
    inbox: frozenset[str] = frozenset()
    erp: frozenset[str] = frozenset()

    def in_inbox(self, key: str) -> str:
        """Return the key of an event in SP_EINGANG."""
        short = key if len(key) <= _SHORT else digest(key)
        return f"{short}#{mark_of(self.ticket_id)}" if key in self.inbox else key

    def in_erp(self, erp_id: str) -> str:
        """Return the id of the note or file that an event becomes."""
        return f"{erp_id[:_SHORT]}.{mark_of(self.ticket_id)[:8]}" if erp_id in self.erp else erp_id


def keys_of(
    connection: Connection, work: Work, kind: str, ticket_id: str, keys: Iterable[str], *,
    erp_ids: Iterable[str], owners: Select[Any], report_nr: str, mine: Collection[str] = (),
) -> Keys:  # fmt: skip
    """Return how the events of one kind below a ticket are named.

    keys:    their own
    erp_ids: ids in iX-Haus that they would have
    owners:  the query that says of ids in iX-Haus which report they belong to
    mine:    ids in iX-Haus that tell, where the inbox does not, that an event belongs to this ticket
    """
    rows = by_ids(connection, INBOX, keys, system=work.system, kind=kind)
    found = by_ids(connection, owners, erp_ids)
    return Keys(
        ticket_id,
        frozenset(key for key, row in rows.items() if not _is_below(ticket_id, row, mine)),
        frozenset(erp_id for erp_id, row in found.items() if row["report_nr"] != report_nr),
    )


def _is_below(ticket_id: str, row: Row, mine: Collection[str]) -> bool:
    if " " in (row["version"] or ""):
        return is_of_ticket(row["version"], ticket_id)
    return row["erp_id"] is None or row["erp_id"] in mine  # from before versions named the ticket
