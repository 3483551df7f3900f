"""Comments become notes of the report; what was read stays as it was read (R58, E48)."""

from collections import Counter
from datetime import datetime
from typing import Final

from include.groups.reports.inbound.comments import Comment, echoed
from include.groups.reports.inbound.known import Known
from include.groups.reports.inbound.report import Report
from include.groups.reports.inbound.set_aside import is_due
from include.groups.reports.inbound.statements import LONGEST_KEY, Row
from include.groups.reports.inbound.texts import one_line, plain
from include.groups.reports.inbound.tickets import Ticket, version_of
from include.groups.reports.inbound.versions import digest, has_changed, version_in
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
    work: Work, ticket: Ticket, report: Report, comments: dict[str, Comment], odd: dict[str, Comment], known: Known,
    writes: Writes,
) -> dict[str, str]:  # fmt: skip
    """Write what is new, changed or gone among a ticket's public comments; returns comment's key → note, of all that
    came from the portal. What cannot be taken is set aside.

    odd: those that nobody can take
    """
    notes: dict[str, str] = {}
    secret = work.run.secret
    echoes = Counter[tuple[str, str]]()
    for key, comment in comments.items():
        if key in known.ours:
            continue
        before, version = known.inbox.get(key), version_in(ticket["id"], str(comment.get("text") or ""), secret)
        note_id: str | None = before["erp_id"] if before else None
        if note_id is None:
            note_id = (
                echoed(comment, known.unseen, echoes)
                or _imported_before(work, ticket, report, comment, known, writes)
                or _import(work, report, comment, known, writes)
            )
        elif before and has_changed(before["version"], version):
            note_change(work, ticket, report, known.note_id_of(comment), comment, writes)
        if before is None or before["reason"] or before["version"] != version:
            writes.remember(work, "comment", known.keys.in_inbox(key), note_id, version, before=before)
        notes[key] = note_id
    for key, comment in odd.items():
        _set_aside(work, ticket, report, known, key, comment, writes)
    shown, gone = {known.keys.in_inbox(key) for key in comments | odd}, version_in(ticket["id"], None, secret)
    for row in known.imported:
        if row["portal_id"] not in shown and row["version"] != gone:
            note_end(work, ticket, report, row, writes)
            writes.remember(work, "comment", row["portal_id"], row["erp_id"], gone, before=row)
    return notes


def _set_aside(
    work: Work, ticket: Ticket, report: Report, known: Known, key: str, comment: Comment, writes: Writes
) -> None:
    said = repr(sorted(comment.items()))
    before, version = known.inbox.get(key), version_in(ticket["id"], said, work.run.secret)
    is_news = before is None or not before["reason"] or before["version"] != version
    report.lack("COMMENT_ODD", is_news=is_news)
    if before is None or is_news or is_due(before, utc_now()):
        writes.warn("comment", known.keys.in_inbox(key), "COMMENT_ODD")
        erp_id = before["erp_id"] if before else None
        writes.remember(work, "comment", known.keys.in_inbox(key), erp_id, version, before=before, reason="COMMENT_ODD")


def _import(work: Work, report: Report, comment: Comment, known: Known, writes: Writes) -> str:
    note_id = known.note_id_of(comment)
    text = plain(str(comment.get("text") or ""))
    _add_note(work, report, note_id, text, comment, writes)
    writes.comments += 1
    report.changes.append("NEUE_NOTIZ")
    return note_id


def _imported_before(
    work: Work, ticket: Ticket, report: Report, comment: Comment, known: Known, writes: Writes
) -> str | None:
    """Return the note that a comment became before the inbox forgot it; what no note says as yet is added."""
    note_id = known.note_id_of(comment)
    said = {
        str(note["text"] or "").strip()
        for note in known.from_portal
        if note["note_id"] == note_id or note["note_id"].startswith(f"{note_id}-")
    }
    if not said:
        return None
    text = plain(str(comment.get("text") or ""))
    if said.isdisjoint(cut(one, LONGEST_TEXT).strip() for one in (text, CHANGED + text)):
        note_change(work, ticket, report, note_id, comment, writes)
    return note_id


def note_change(work: Work, ticket: Ticket, report: Report, note_id: str, comment: Comment, writes: Writes) -> None:
    """Add what a comment says now as a further note: what staff have read stays as they read it (E48).

    note_id: of the note that the comment became, or would become
    """
    text = CHANGED + plain(str(comment.get("text") or ""))
    further = f"{note_id}-{_of_version(ticket, text)}"[:LONGEST_KEY]
    _add_note(work, report, further, text, comment | {"createdAt": None}, writes)
    report.changes.append("NOTIZ_GEAENDERT")


def note_end(work: Work, ticket: Ticket, report: Report, row: Row, writes: Writes) -> None:
    """Add an internal note on one that the portal's users no longer see; the note itself stays (E48).

    row: erp_id and created_at of the note
    """
    written: datetime | None = row["created_at"]
    text = f"Im Portal gelöscht: Notiz vom {written:%d.%m.%Y %H:%M}" if written else "Im Portal gelöscht: eine Notiz"
    note_id = f"{row['erp_id']}-{_of_version(ticket, text)}"[:LONGEST_KEY]
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


def _of_version(ticket: Ticket, text: str) -> str:
    """Return what tells several notes on one comment apart: two changes may bear the same time, or none."""
    return digest(f"{version_of(ticket, None)} {text}")[:8]
