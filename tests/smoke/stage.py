"""How a smoke test begins and ends, whatever it does in between."""

import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from tests.smoke.place import Place
from tests.smoke.servers import database, redis_number, unanswered
from tests.smoke.telling import SmokeError, say


def perform(steps: Callable[[Place], None], made: Callable[[Path, str, int], Place]) -> int:
    """Make a place with a folder, a database and a Redis number of its own, run the steps there, remove it all; returns
    the exit code.
    """
    missing = unanswered()
    if missing:
        say("\n".join(missing))
        return 2
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="smoke-") as folder, ExitStack() as stack:
        place = made(Path(folder), stack.enter_context(database()), stack.enter_context(redis_number()))
        stack.callback(place.end)
        try:
            steps(place)
        except (SmokeError, subprocess.SubprocessError, OSError) as error:
            say(f"\nFAILED: {error}\n{place.log_tails()}")
            return 1
    say(f"ok    {time.monotonic() - began:6.1f} s  all of it")
    return 0
