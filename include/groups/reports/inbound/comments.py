"""Comments of a ticket: public ones only, and what iX-Haus knows of each (R44, E48, E49)."""

from collections import Counter
from hashlib import blake2b
from typing import Any, NamedTuple

from sqlalchemy import Connection

from include.groups.reports.inbound.report import Report
from include.groups.reports.inbound.statements import IMPORTED_NOTES, INBOX, LEDGER, NOTES, Row, by_ids, rows_of
from include.groups.reports.inbound.texts import plain
from include.groups.reports.inbound.work import Work
from include.ixhaus.contract import YES
from include.vocabulary import ids
from include.vocabulary.state import Origin, State

Comment = dict[str, Any]


class Known(NamedTuple):
    """What iX-Haus knows of a ticket's comments."""

    ours: frozenset[str]
    """Keys of comments that this project sent."""
    own: dict[str, Row]
    """Id as a comment of this ticket → note that was not written in the portal, public or not."""
    sent: dict[str, Row]
    """The ledger's rows of all of these."""
    inbox: dict[str, Row]
    """Key → inbox row of those that were read, own notes among them."""
    imported: list[Row]
    """Inbox rows of this ticket's comments that became notes of the report, with created_at."""
    unseen: list[Row]
    """Own public notes that were sent, or may have been, and are not listed under their ids."""


def public(comments: list[Comment]) -> dict[str, Comment]:
    """Return key → comment, of those that say that they are not internal; without a word they are (R44)."""
    found: dict[str, Comment] = {}
    for comment in comments:
        if comment.get("isInternal") is False:
            key = _key(comment)
            if key in found and found[key].get("internalId") != comment.get("internalId"):
                key = f"{key}#{comment.get('internalId')}"
            found[key] = comment
    return found


def look_up(connection: Connection, work: Work, ticket_id: str, report: Report, comments: dict[str, Comment]) -> Known:
    """Return what iX-Haus knows of these comments."""
    notes = [] if report.is_new else rows_of(connection, NOTES, key=report.number)
    addition = ids.addition(ticket_id, report.number)  # the same behind the ids of a ticket's comments (E43)
    own = {note["note_id"] + addition: note for note in notes if note["origin"] != Origin.PORTAL}
    listed = {ids.unversioned(one["id"]) for one in comments.values()} - {""}
    sent = by_ids(connection, LEDGER, listed | own.keys(), system=work.system, kind="comment")
    keys = [*comments, *map(key_of, own)]
    inbox = by_ids(connection, INBOX, keys, system=work.system, kind="comment")
    known = {row["erp_id"] for key, row in inbox.items() if key in comments}
    unseen = [
        note for external_id, note in own.items()
        if note["is_public"] == YES and external_id not in listed and note["note_id"] not in known
        and sent.get(external_id, {}).get("state") in (State.PENDING, State.PRESENT)
    ]  # fmt: skip
    imported = [] if report.is_new else rows_of(
        connection, IMPORTED_NOTES, system=work.system, kind="comment", key=report.number, origin=Origin.PORTAL
    )  # fmt: skip
    ours = frozenset(key for key, one in comments.items() if ids.unversioned(one["id"]) in sent)
    of_ticket = [row for row in imported if is_of_ticket(row["version"], ticket_id)]
    return Known(ours, own, sent, inbox, of_ticket, unseen)


def echoed(comment: Comment, unseen: list[Row], used: Counter[tuple[str, str]]) -> str | None:
    """Return which of our notes a comment is that came back under an id the ledger does not know: same text, same or no
    author, and the note is not there under its own id.
    """
    text, author = plain(str(comment.get("text") or "")).strip(), str(comment.get("authorName") or "")
    same = [
        note["note_id"]
        for note in unseen
        if plain(note["text"] or "").strip() == text and author in ("", note["author"])
    ]
    place = used[text, author]
    used[text, author] += 1
    return same[place] if place < len(same) else None


def _key(comment: Comment) -> str:
    return key_of(comment["id"] or str(comment.get("internalId") or digest(repr(sorted(comment.items())))))


def key_of(external_id: str) -> str:
    """Return the key of a comment with this id in the inbox."""
    return external_id if len(external_id) <= 80 else digest(external_id)


def note_id_of(comment: Comment) -> str:
    """Return the key of the note that a comment becomes."""
    return ids.imported(comment.get("internalId") or _key(comment))


def version_in(ticket_id: str, text: str | None) -> str:
    """Return how a comment stands (None: the portal no longer shows it), and in which ticket: a report that changed its
    audience has several.
    """
    return f"{'gone' if text is None else digest(text)} {digest(ticket_id)[:16]}"


def is_of_ticket(version: str, ticket_id: str) -> bool:
    """Whether a comment that was read with this version stands in a ticket."""
    return version.endswith(digest(ticket_id)[:16])


def digest(text: str) -> str:
    """Return a hash of a text."""
    return blake2b(text.encode(errors="replace"), digest_size=16).hexdigest()
