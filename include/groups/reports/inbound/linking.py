"""Comments of ours that the ledger has forgotten: it learns that the portal holds them, lest they are sent again."""

from collections.abc import Collection

from sqlalchemy import Connection

from include.casavi.payloads import CommentPayload
from include.groups.reports.inbound.comments import Comment, key_of
from include.groups.reports.inbound.known import Known, source_of
from include.groups.reports.inbound.report import Report
from include.groups.reports.inbound.sent import reads_the_same
from include.groups.reports.inbound.statements import NAMED_USERS, Row, rows_of
from include.groups.reports.inbound.tickets import Ticket
from include.groups.reports.inbound.work import Work, Writes
from include.rules.reports.comments import content_of
from include.sync.contents import content_hash
from include.vocabulary.ids import typed, unversioned


def link_comments(
    connection: Connection, work: Work, ticket: Ticket, report: Report, listed: Collection[Comment], known: Known,
    notes: Collection[str], writes: Writes,
) -> None:  # fmt: skip
    """Note in the ledger what the portal shows of the report's notes and orders, where it does not say so.

    listed: all that the portal lists, what staff have hidden there as well: that is not to be sent again either
    notes:  ids of those that comments under other ids stand for
    """
    portal_ids = {unversioned(one["id"]): one["id"] for one in listed}  # of several copies the last
    for external_id, (note, text) in _forgotten(listed, known, notes).items():
        is_same = note is not None and (text is None or reads_the_same(text, note["text"] or ""))
        writes.hold(
            work, "comment", external_id, known.sent.get(external_id), property_nr=report.property_nr,
            parents=typed("ticket", ticket["id"]), portal_id=portal_ids.get(external_id),
            content=_hash(connection, work, ticket, external_id, note) if note and is_same else None,
        )  # fmt: skip


def _forgotten(
    listed: Collection[Comment], known: Known, notes: Collection[str]
) -> dict[str, tuple[Row | None, str | None]]:
    """Return id → own note (None: of an order) and what the portal shows of it (None: the same)."""
    found: dict[str, tuple[Row | None, str | None]] = {}
    for one in listed:
        external_id = unversioned(one["id"])
        source = source_of(external_id, known.inbox.get(key_of(one["id"])), known.sources)
        if source and known.is_forgotten(external_id):
            found[external_id] = known.sources[source], str(one.get("text") or "")
    for external_id, note in known.own.items():
        if note["note_id"] in notes and known.is_forgotten(external_id):
            found.setdefault(external_id, (note, None))
    return found


def _hash(connection: Connection, work: Work, ticket: Ticket, external_id: str, note: Row) -> str:
    """Return the hash of what the rules would send of a note."""
    users = rows_of(connection, NAMED_USERS, key=note["created_by"], name=(note["author"] or "").strip())
    is_personal = bool(ticket.get("contactId") or ticket.get("unitId"))
    content = content_of(external_id, ticket["id"], note, users, is_personal=is_personal)
    return content_hash(content, CommentPayload.VERSION, work.run.secret)
