"""Ctrl-C while a DAG runs in this process: its load stops as it does on a worker, its run is closed, none follows."""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

SECONDS: Final = 0.2
"""How often a run is asked to end: only a load hears it, and there may be none at work yet."""


@contextmanager
def closed_at_ctrl_c(say: Callable[[str], object]) -> Iterator[None]:
    """Bring the block's DAG run to its end when Ctrl-C comes, and raise KeyboardInterrupt behind it: Airflow would take
    it for the failure of one task, and go on with the next. A second one breaks off at once.
    """
    ended, asked = threading.Event(), list[threading.Thread]()

    def ask() -> None:
        while not ended.is_set():
            os.kill(os.getpid(), signal.SIGTERM)
            ended.wait(SECONDS)

    def on_ctrl_c(*_: object) -> None:
        if asked:
            raise KeyboardInterrupt
        say("Ctrl-C: what is under way is finished; once more breaks off at once.")
        asked.append(threading.Thread(target=ask, daemon=True))
        asked[0].start()

    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    signal.signal(signal.SIGTERM, lambda *_: None)  # until Airflow's first task has a handler of its own
    signal.signal(signal.SIGINT, on_ctrl_c)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before[signal.SIGINT])
        ended.set()
        for thread in asked:  # whose last signal would end this process
            thread.join()
        signal.signal(signal.SIGTERM, before[signal.SIGTERM])
    if asked:
        raise KeyboardInterrupt
