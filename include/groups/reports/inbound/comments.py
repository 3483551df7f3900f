"""Comments of a ticket: public ones only, and by what each is told (R44, E48, E49)."""

from collections import Counter
from typing import Any, Final

from include.groups.reports.inbound.set_aside import OddError, require_texts
from include.groups.reports.inbound.statements import Row
from include.groups.reports.inbound.texts import plain
from include.groups.reports.inbound.versions import digest
from include.rules.texts import sendable
from include.vocabulary import ids

Comment = dict[str, Any]
_TEXTS: Final = ("internalId", "text", "authorName", "createdAt")
_LONGEST_KEY: Final = 80


def sorted_out(comments: list[Comment]) -> tuple[dict[str, Comment], dict[str, Comment]]:
    """Return key → comment, of those that say that they are not internal, without a word they are (R44); and of those
    that nobody can take, as a field is of the wrong type, but for what may be internal.
    """
    by_key: dict[str, Comment] = {}
    odd: set[str] = set()
    for comment in comments:
        is_internal = comment.get("isInternal", True)
        if is_internal is True or is_internal is None:
            continue
        key = _free_key(comment, by_key)
        by_key[key] = comment
        if is_internal is not False or _is_odd(comment):
            odd.add(key)
    return (
        {key: one for key, one in by_key.items() if key not in odd},
        {key: one for key, one in by_key.items() if key in odd},
    )


def public(comments: list[Comment]) -> dict[str, Comment]:
    """Return the first of what `sorted_out` returns."""
    return sorted_out(comments)[0]


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


def key_of(external_id: str) -> str:
    """Return the key of a comment with this id in the inbox, as far as no other ticket has one of the same."""
    return external_id if len(external_id) <= _LONGEST_KEY else digest(external_id)


def note_id_of(comment: Comment) -> str:
    """Return the id of the note that a comment becomes, as far as no other report has one of the same."""
    return ids.imported(key_of(str(comment.get("internalId") or _key(comment))))


def _is_odd(comment: Comment) -> bool:
    try:
        require_texts(comment, _TEXTS)
    except OddError:
        return True
    return False


def _free_key(comment: Comment, taken: dict[str, Comment]) -> str:
    """Return the comment's key; one of the same id that is another comment gets its number, or what it says, behind."""
    key = _key(comment)
    if key not in taken or _is_same(comment, taken[key]):
        return key
    number = comment.get("internalId")
    return key_of(f"{key}#{_content(comment) if number in (None, '') else number}")


def _is_same(one: Comment, other: Comment) -> bool:
    number = one.get("internalId")
    return number == other.get("internalId") if number not in (None, "") else _content(one) == _content(other)


def _key(comment: Comment) -> str:
    return key_of(comment["id"] or str(comment.get("internalId") or _content(comment)))


def _content(comment: Comment) -> str:
    return digest(repr(sorted(comment.items())))
