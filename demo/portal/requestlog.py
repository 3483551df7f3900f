"""The log of the requests to the portal, and how many were under way at once."""

import time
from collections import deque
from dataclasses import asdict, dataclass
from typing import Any, Final

REMEMBERED: Final = 1_000_000
"""Log entries kept: enough for a million-record load, and an end."""


@dataclass(slots=True)
class Entry:
    """One request to the portal; `status` is None when the connection was dropped, `started` in s since 1970."""

    method: str
    path: str
    body_id: str | None
    started: float
    status: int | None = None
    seconds: float | None = None


class RequestLog:
    """The requests below /v2 and how many were under way at once."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Forget the past; requests under way still count as such."""
        self._entries: deque[Entry] = deque(maxlen=REMEMBERED)
        self._in_flight = getattr(self, "_in_flight", 0)
        self._most = self._in_flight

    def begin(self, entry: Entry) -> None:
        """Count a request in."""
        self._entries.append(entry)
        self._in_flight += 1
        self._most = max(self._most, self._in_flight)

    def end(self, entry: Entry, status: int | None) -> None:
        """Count a request out with the status that went back."""
        self._in_flight -= 1
        entry.status = status
        entry.seconds = time.time() - entry.started

    def listing(self) -> dict[str, Any]:
        """Return the requests in order, and the numbers under way now and at most."""
        requests = [asdict(entry) for entry in self._entries]
        return {"requests": requests, "in_flight": self._in_flight, "max_in_flight": self._most}
