"""Comments that iX-Haus sent: what staff made of them in the portal (R45, E48). Nothing of it is sent back."""

from collections.abc import Collection

from include.casavi.payloads import CommentPayload
from include.groups.reports.inbound.comments import Comment, key_of
from include.groups.reports.inbound.known import Known
from include.groups.reports.inbound.notes import US, note_change, note_end
from include.groups.reports.inbound.report import Report
from include.groups.reports.inbound.statements import STAFF_NAME, Row, row_of
from include.groups.reports.inbound.texts import plain
from include.groups.reports.inbound.tickets import Ticket
from include.groups.reports.inbound.versions import has_changed, version_in
from include.groups.reports.inbound.work import Work, Writes
from include.ixhaus.database import read_snapshot
from include.rules.reports.comments import contents_of
from include.rules.texts import sendable
from include.sync.calls import CANNOT_WITHDRAW
from include.sync.contents import content_hash
from include.vocabulary import limits
from include.vocabulary.ids import imported, unversioned
from include.vocabulary.signs import cut
from include.vocabulary.state import State


def follow_up(
    work: Work, ticket: Ticket, report: Report, comments: dict[str, Comment], odd: dict[str, Comment], known: Known,
    notes: Collection[str], writes: Writes,
) -> None:  # fmt: skip
    """Write an internal note, once, on each comment of ours that staff changed or deleted in the portal; what they
    deleted because the portal lets nobody else do it is settled by that.

    Only a note that iX-Haus has just as it was sent can be compared with what the portal shows: one that waits to be
    sent again differs without anybody having touched it there.

    odd:   comments that cannot be compared, but are there
    notes: ids of those that comments under other ids stand for
    """
    listed = comments | odd
    shown = {unversioned(listed[key]["id"]): (key, listed[key]) for key in known.ours}
    for external_id, note in known.own.items():
        held = known.sent.get(external_id)
        if held and external_id in shown:
            if shown[external_id][0] in odd:
                continue
            _compare(work, ticket, report, shown[external_id], note, held, known, writes)
        elif held and note["note_id"] not in notes:
            _take_leave(work, ticket, report, external_id, note, held, known, writes)


def _compare(
    work: Work, ticket: Ticket, report: Report, shown: tuple[str, Comment], note: Row, held: Row, known: Known,
    writes: Writes,
) -> None:  # fmt: skip
    key, comment = shown
    text = str(comment.get("text") or "")
    before, version = known.inbox.get(key), version_in(ticket["id"], text, work.run.secret)
    is_same = reads_the_same(text, note["text"] or "")
    if before["version"] == version if before else is_same:
        return
    if not is_same and has_changed(before["version"] if before else None, version):
        if not _is_as_sent(work, ticket, note, held):
            return
        told = comment | {"isInternal": True, "authorName": US}
        note_change(work, ticket, report, known.note_id_of(comment), told, writes)
    writes.remember(work, "comment", known.keys.in_inbox(key), note["note_id"], version, before=before)


def _take_leave(
    work: Work, ticket: Ticket, report: Report, external_id: str, note: Row, held: Row, known: Known, writes: Writes
) -> None:
    if held["outcome"] == CANNOT_WITHDRAW:
        writes.remove(work, "comment", external_id)
        return
    key, gone = key_of(external_id), version_in(ticket["id"], None, work.run.secret)
    before = known.inbox.get(key)
    if (before and before["version"] == gone) or not _is_as_sent(work, ticket, note, held):
        return
    note_end(work, ticket, report, note | {"erp_id": imported(note["note_id"])}, writes)
    writes.remember(work, "comment", known.keys.in_inbox(key), note["note_id"], gone, before=before)


def _is_as_sent(work: Work, ticket: Ticket, note: Row, held: Row) -> bool:
    """Whether the portal was sent what the note says now: the ledger's hash tells, whoever was named as its author."""
    with read_snapshot(work.run.engine) as connection:
        staff = row_of(connection, STAFF_NAME, key=note["created_by"]) or {"name": None}
    authors = [note["author"], staff["name"], None]
    contents = contents_of(held["external_id"], ticket["id"], note["text"] or "", authors)
    hashes = [content_hash(content, CommentPayload.VERSION, work.run.secret) for content in contents]
    return held["state"] == State.PRESENT and held["hash"] in hashes


def reads_the_same(shown: str, text: str) -> bool:
    """Whether the portal shows a text of ours, with or without markup of its own, whatever it does to blanks."""
    ours = cut(sendable(text), limits.TEXT)
    sent = {_words(ours), _words(plain(ours))}
    return _words(shown) in sent or _words(plain(shown)) in sent


def _words(text: str) -> str:
    return " ".join(text.split())
