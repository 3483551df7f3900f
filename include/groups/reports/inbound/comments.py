"""Comments of a ticket: public ones only, by what each is told, and how it stands (R44, E48, E49)."""

from collections import Counter
from hashlib import blake2b
from typing import Any

from include.groups.reports.inbound.statements import Row
from include.groups.reports.inbound.texts import plain
from include.rules.texts import sendable
from include.vocabulary import ids

Comment = dict[str, Any]


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


def echoed(comment: Comment, unseen: list[Row], used: Counter[tuple[str, str]]) -> str | None:
    """Return which of our notes a comment is that came back under an id the ledger does not know: same text, same or no
    author, and the note is not there under its own id.
    """
    text, author = plain(str(comment.get("text") or "")).strip(), str(comment.get("authorName") or "")
    same = [
        note["note_id"]
        for note in unseen
        if plain(sendable(note["text"] or "")).strip() == text and author in ("", note["author"])
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
