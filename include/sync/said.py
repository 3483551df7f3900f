"""What a step did, in one line of its task's log: numbers, reasons and seconds, never a record."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from time import monotonic

log = logging.getLogger(__name__)


@contextmanager
def did(step: str) -> Iterator[list[str]]:
    """Log at the end of the block what the step did: the parts that the block puts into the list, and the seconds."""
    parts: list[str] = []
    begun = monotonic()
    yield parts
    log.info("%s: %s in %.1f s", step, "; ".join(parts) or "nothing", monotonic() - begun)


def numbers(counts: Mapping[str, int], of: str = "") -> str:
    """Return counts by name as they are read: "contact: ACTIVE 12, MOVED_OUT 3"."""
    said = ", ".join(f"{name} {number}" for name, number in counts.items()) or "none"
    return f"{of}: {said}" if of else said
