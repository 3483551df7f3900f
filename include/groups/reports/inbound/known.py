"""What iX-Haus knows of a ticket's comments, whatever ledger and inbox have forgotten (E43, E49)."""

from collections.abc import Collection, Mapping
from typing import NamedTuple

from sqlalchemy import Connection

from include.groups.reports.inbound.comments import Comment, key_of, note_id_of
from include.groups.reports.inbound.keys import Keys, keys_of
from include.groups.reports.inbound.report import Report
from include.groups.reports.inbound.statements import (
    IMPORTED_NOTES,
    INBOX,
    LEDGER,
    NOTE_OWNERS,
    NOTES,
    ORDERS,
    Row,
    by_ids,
    rows_of,
)
from include.groups.reports.inbound.versions import is_of_ticket
from include.groups.reports.inbound.work import Work
from include.vocabulary import ids
from include.vocabulary.state import MAYBE_HELD, Origin, State


class Known(NamedTuple):
    """What iX-Haus knows of a ticket's comments."""

    keys: Keys
    """What they, and the notes they become, are called in iX-Haus."""
    ours: frozenset[str]
    """Keys of comments that this project sent: as the ledger says or, where it says nothing, their ids."""
    own: dict[str, Row]
    """Id as a comment of this ticket → note that was not written in the portal, public or not."""
    sources: dict[str, Row | None]
    """Id without additions → own note, None for the note on an order."""
    sent: dict[str, Row]
    """The ledger's rows of all that is listed and all own notes."""
    inbox: dict[str, Row]
    """Key → inbox row of those that were read or set aside, own notes among them."""
    imported: list[Row]
    """Inbox rows of this ticket's comments that became notes of the report, with created_at."""
    unseen: list[Row]
    """Own public notes that were sent, or may have been, and are not listed under their ids."""
    from_portal: list[Row]
    """Notes of the report that were written in the portal, or here about what was done there."""

    def is_forgotten(self, external_id: str) -> bool:
        """Whether the ledger does not say that this was ever sent."""
        row = self.sent.get(external_id)
        return row is None or row["state"] == State.NEW

    def note_id_of(self, comment: Comment) -> str:
        """Return the id of the note that a comment becomes."""
        return self.keys.in_erp(note_id_of(comment))


def look_up(
    connection: Connection, work: Work, ticket_id: str, report: Report, comments: dict[str, Comment],
    listed: Collection[str],
) -> Known:  # fmt: skip
    """Return what iX-Haus knows of these comments.

    comments: the public ones, and those that cannot be taken
    listed:   ids of all that the portal lists
    """
    notes = [] if report.is_new else rows_of(connection, NOTES, key=report.number)
    own = [note for note in notes if note["origin"] != Origin.PORTAL]
    orders = [] if report.is_new else rows_of(connection, ORDERS, key=report.number)
    sources = {ids.order_note(str(one["order_nr"])): None for one in orders} | {one["note_id"]: one for one in own}
    # the same behind the ids of a ticket's comments (E43)
    addition = ids.addition(ticket_id, report.number).removeprefix(ids.ADDITION + ids.ERP)
    by_id = {note["note_id"] + addition: note for note in own}
    sent = by_ids(
        connection, LEDGER, {*map(ids.unversioned, listed), *by_id} - {""}, system=work.system, kind="comment"
    )
    wanted = [*comments, *map(key_of, by_id)]
    keys = keys_of(
        connection, work, "comment", ticket_id, wanted, owners=NOTE_OWNERS, report_nr=report.number,
        erp_ids=map(note_id_of, comments.values()), mine={note["note_id"] for note in notes},
    )  # fmt: skip
    rows = by_ids(connection, INBOX, map(keys.in_inbox, wanted), system=work.system, kind="comment")
    inbox = {key: rows[keys.in_inbox(key)] for key in wanted if keys.in_inbox(key) in rows}
    imported = [] if report.is_new else rows_of(
        connection, IMPORTED_NOTES, system=work.system, kind="comment", key=report.number, origin=Origin.PORTAL
    )  # fmt: skip
    return Known(
        keys=keys,
        ours=frozenset(
            key
            for key, one in comments.items()
            if ids.unversioned(one["id"]) in sent or source_of(one["id"], inbox.get(key), sources)
        ),
        own=by_id,
        sources=sources,
        sent=sent,
        inbox=inbox,
        imported=[row for row in imported if is_of_ticket(row["version"], ticket_id)],
        unseen=_unseen(by_id, comments, sent, inbox),
        from_portal=[note for note in notes if note["origin"] == Origin.PORTAL],
    )


def source_of(external_id: str, before: Row | None, sources: Mapping[str, Row | None]) -> str | None:
    """Return the id without additions of the note or order that a comment with this id tells of; None: of none, or it
    was read before as a comment of the portal's whose id reads like one of ours.
    """
    if before is not None and before["erp_id"] not in sources:
        return None
    return next((base for base in ids.bases(external_id) if base in sources), None)


def _unseen(
    own: Mapping[str, Row], comments: Mapping[str, Comment], sent: Mapping[str, Row], inbox: Mapping[str, Row]
) -> list[Row]:
    listed = {ids.unversioned(one["id"]) for one in comments.values()}
    told = {row["erp_id"] for key, row in inbox.items() if key in comments}
    may_be_there = (*MAYBE_HELD, State.NEW)
    return [
        note for external_id, note in own.items()
        if note["is_public"] and external_id not in listed and note["note_id"] not in told
        and (external_id not in sent or sent[external_id]["state"] in may_be_there)
    ]  # fmt: skip
