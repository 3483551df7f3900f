"""Comments become notes of the report; what was read stays as it was read (R58, E48)."""

from collections import Counter
from datetime import datetime
from typing import Final

from include.groups.reports.inbound.comments import Comment, digest, echoed, note_id_of, version_in
from include.groups.reports.inbound.known import Known
from include.groups.reports.inbound.report import Report
from include.groups.reports.inbound.statements import Row
from include.groups.reports.inbound.texts import one_line, plain
from include.groups.reports.inbound.tickets import Ticket
from include.groups.reports.inbound.work import LONGEST_TEXT, Work, Writes, kept_text
from include.groups.reports.times import local, parse
from include.ixhaus.contract import NO, YES
from include.ixhaus.contract.reports import SP_NOTIZ
from include.vocabulary.clock import utc_now
from include.vocabulary.signs import cut
from include.vocabulary.state import Origin

CHANGED: Final = "Im Portal geändert: "
US: Final = "Serviceportal"


def import_comments(
    work: Work, ticket: Ticket, report: Report, comments: dict[str, Comment], known: Known, writes: Writes
) -> dict[str, str]:
    """Write what is new, changed or gone among a ticket's public comments; returns comment's key → note, of all that
    came from the portal.
    """
    notes: dict[str, str] = {}
    echoes = Counter[tuple[str, str]]()
    for key, comment in comments.items():
        if key in known.ours:
            continue
        before, version = known.inbox.get(key), version_in(ticket["id"], str(comment.get("text") or ""))
        if before is None:
            note_id = (
                echoed(comment, known.unseen, echoes)
                or _imported_before(work, ticket, report, comment, known, writes)
                or _import(work, report, comment, writes)
            )
            writes.remember(work, "comment", key, note_id, version, is_known=False)
        else:
            note_id = before["erp_id"]
            if before["version"] != version:
                note_change(work, ticket, report, comment, writes)
                writes.remember(work, "comment", key, note_id, version, is_known=True)
        notes[key] = note_id
    gone = version_in(ticket["id"], None)
    for row in known.imported:
        if row["portal_id"] not in comments and row["version"] != gone:
            note_end(work, ticket, report, row, writes)
            writes.remember(work, "comment", row["portal_id"], row["erp_id"], gone, is_known=True)
    return notes


def _import(work: Work, report: Report, comment: Comment, writes: Writes) -> str:
    note_id = note_id_of(comment)
    text = plain(str(comment.get("text") or ""))
    _add_note(work, report, note_id, text, comment, writes)
    writes.comments += 1
    report.changes.append("NEUE_NOTIZ")
    return note_id


def _imported_before(
    work: Work, ticket: Ticket, report: Report, comment: Comment, known: Known, writes: Writes
) -> str | None:
    """Return the note that a comment became before the inbox forgot it; what no note says as yet is added."""
    note_id = note_id_of(comment)
    said = {
        str(note["text"] or "").strip()
        for note in known.from_portal
        if note["note_id"] == note_id or note["note_id"].startswith(f"{note_id}-")
    }
    if not said:
        return None
    text = plain(str(comment.get("text") or ""))
    if said.isdisjoint(cut(one, LONGEST_TEXT).strip() for one in (text, CHANGED + text)):
        note_change(work, ticket, report, comment, writes)
    return note_id


def note_change(work: Work, ticket: Ticket, report: Report, comment: Comment, writes: Writes) -> None:
    """Add what a comment says now as a further note: what staff have read stays as they read it (E48)."""
    text = CHANGED + plain(str(comment.get("text") or ""))
    _add_note(work, report, f"{note_id_of(comment)}-{_of_version(ticket)}", text, comment | {"createdAt": None}, writes)
    report.changes.append("NOTIZ_GEAENDERT")


def note_end(work: Work, ticket: Ticket, report: Report, row: Row, writes: Writes) -> None:
    """Add an internal note on one that the portal's users no longer see; the note itself stays (E48).

    row: erp_id and created_at of the note
    """
    written: datetime | None = row["created_at"]
    text = f"Im Portal gelöscht: Notiz vom {written:%d.%m.%Y %H:%M}" if written else "Im Portal gelöscht: eine Notiz"
    note_id = f"{row['erp_id']}-{_of_version(ticket)}"[:100]
    comment = {"authorName": US, "isInternal": True}
    _add_note(work, report, note_id, text, comment, writes)
    report.changes.append("NOTIZ_GELOESCHT")


def _add_note(work: Work, report: Report, note_id: str, text: str, comment: Comment, writes: Writes) -> None:
    now = utc_now()
    row = {
        "note_id": note_id, "report_nr": report.number,
        "text": kept_text(report.number, note_id, text, writes),
        "is_public": NO if comment.get("isInternal") else YES,
        "author": one_line(str(comment.get("authorName") or ""), 100) or None, "created_by": work.user,
        "created_at": local(parse(comment.get("createdAt")) or now), "origin": Origin.PORTAL.value,
        "changed_at": local(now),
    }  # fmt: skip
    writes.rows.append((SP_NOTIZ, row))


def _of_version(ticket: Ticket) -> str:
    return digest(str(ticket.get("modifiedAt")))[:8]
