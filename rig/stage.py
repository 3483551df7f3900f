"""How a proof or a measurement with all services begins and ends, whatever it does in between."""

import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from rig.place import Place
from rig.servers import database, redis_number, unanswered
from rig.telling import SmokeError, say

Made = Callable[[Path, str, int], Place]
"""Makes a place of a folder, the name of a database and the number of one in Redis."""


def perform(steps: Callable[[Place], None], made: Made) -> int:
    """Run the steps in a place of their own; returns the exit code."""
    missing = unanswered()
    if missing:
        say("\n".join(missing))
        return 2
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    began = time.monotonic()
    with staged(made) as place:
        try:
            steps(place)
        except (SmokeError, subprocess.SubprocessError, OSError) as error:
            say(f"\nFAILED: {error}\n{place.log_tails()}")
            return 1
    say(f"ok    {time.monotonic() - began:6.1f} s  all of it")
    return 0


@contextmanager
def staged(made: Made) -> Iterator[Place]:
    """Make a place with a folder, a database and a Redis number of its own; end and remove it all at the end."""
    with tempfile.TemporaryDirectory(prefix="smoke-") as folder, ExitStack() as stack:
        place = made(Path(folder), stack.enter_context(database()), stack.enter_context(redis_number()))
        stack.callback(place.end)
        yield place
