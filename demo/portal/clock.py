"""The portal's clock: the machine's, put forward or back."""

import time
from collections.abc import Callable
from email.utils import formatdate


class Clock:
    """Tells the time that the portal writes; how far it is off is asked anew each time, since a switch decides it."""

    def __init__(self) -> None:
        self.skew_seconds: Callable[[], float] = lambda: 0

    def now(self) -> int:
        """Return milliseconds since 1970 UTC."""
        return self.shifted(time.time_ns() // 1_000_000)

    def shifted(self, moment: int) -> int:
        """Return what this clock shows when the machine's shows that moment, both in ms since 1970 UTC."""
        return moment + int(self.skew_seconds() * 1000)

    def date_header(self) -> str:
        """Return now as HTTP writes it: `Sun, 01 Feb 2026 07:12:00 GMT`."""
        return formatdate(self.now() // 1000, usegmt=True)
