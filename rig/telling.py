"""What the smoke tests say, expect and wait for."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

T = TypeVar("T")


class SmokeError(Exception):
    """Something is not as it must be; the message says what."""


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


@contextmanager
def step(name: str) -> Iterator[None]:
    began = time.monotonic()
    try:
        yield
    except BaseException:
        say(f"wrong {time.monotonic() - began:6.1f} s  {name}")
        raise
    say(f"ok    {time.monotonic() - began:6.1f} s  {name}")


def expect(condition: bool, sentence: str) -> None:
    if not condition:
        raise SmokeError(sentence)


def wait(what: str, look: Callable[[], T | None], seconds: float = 60, pause: float = 0.3) -> T:
    deadline = time.monotonic() + seconds
    while (found := look()) is None:
        if time.monotonic() > deadline:
            raise SmokeError(f"waited {seconds:.0f} s in vain: {what}")
        time.sleep(pause)
    return found
