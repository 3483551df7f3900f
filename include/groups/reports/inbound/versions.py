"""How an event below a ticket stands, as SP_EINGANG remembers it: a mark of its ticket, and a digest of what it says,
keyed so that nobody can try out what that was.
"""

from hashlib import blake2b

from include.sync.contents import sealed
from include.sync.sealing import LOST


def version_in(ticket_id: str, text: str | None, secret: bytes) -> str:
    """Return how an event stands (None: the portal no longer shows it), and in which ticket: a report that changed its
    audience has several.
    """
    return f"{'gone' if text is None else sealed(digest(text), secret)} {mark_of(ticket_id)}"


def is_of_ticket(version: str | None, ticket_id: str) -> bool:
    """Whether an event that was read with this version stands in a ticket."""
    return (version or "").endswith(mark_of(ticket_id))


def has_changed(before: str | None, version: str) -> bool:
    """Whether an event that was read with one version has another one now; unknown, so no, if the secret was lost."""
    return before != version and not (before or "").startswith(LOST)


def mark_of(ticket_id: str) -> str:
    """Return what stands for a ticket in versions and keys."""
    return digest(ticket_id)[:16]


def digest(text: str) -> str:
    """Return a hash of a text."""
    return blake2b(text.encode(errors="replace"), digest_size=16).hexdigest()
