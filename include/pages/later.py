"""Answers that may take longer than a reader waits: worked out in a few threads, fetched with a later request.

Few at a time, as some need hundreds of megabytes; those that last minutes one after another, in a thread of their own.
Where Airflow has several API servers, each works for itself.
"""

import asyncio
from collections.abc import Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from queue import SimpleQueue
from threading import Lock, Thread
from typing import Any, Final, TypeVar

from include.pages import waiting
from include.vocabulary.clock import utc_now

AT_ONCE: Final = 3
_THREADS: Final = ThreadPoolExecutor(max_workers=AT_ONCE, thread_name_prefix="serviceportal-answers")
_FRESH: Final = timedelta(minutes=1)
_LONG_FRESH: Final = timedelta(minutes=15)
"""A list of many pages is read for so long."""
PATIENCE: Final = timedelta(seconds=20)
"""A page that waits asks every other second; who has not for so long is gone."""
_MOST: Final = 20
R = TypeVar("R")


class _OneAfterAnother:
    """Does work in one thread, for which a server that is to end need not wait."""

    def __init__(self) -> None:
        self._queue: SimpleQueue[tuple[Future[Any], Callable[[], Any]]] = SimpleQueue()
        self._lock = Lock()
        self._thread: Thread | None = None

    def submit(self, work: Callable[[], Any]) -> "Future[Any]":
        future: Future[Any] = Future()
        self._queue.put((future, work))
        with self._lock:
            if self._thread is None:
                self._thread = Thread(target=self._work, name="serviceportal-long-answers", daemon=True)
                self._thread.start()
        return future

    def _work(self) -> None:
        while True:
            future, work = self._queue.get()
            if future.set_running_or_notify_cancel():
                try:
                    future.set_result(work())
                except BaseException as error:
                    future.set_exception(error)
            del future, work  # else the last answer would be kept until the next question


_LONG: Final = _OneAfterAnother()


@dataclass
class _Asked:
    """A question that is worked on, or was; `asked`: when somebody last wanted to know, `since`: since when the answer
    stands, `fresh`: for how long.
    """

    future: Future[Any]
    asked: datetime
    fresh: timedelta = _FRESH
    since: datetime | None = None

    def stands(self, _future: Future[Any]) -> None:
        """Take down that the answer is there."""
        self.since = utc_now()


_asked: dict[Hashable, _Asked] = {}


async def when_ready(
    question: Hashable,
    work: Callable[[], R],
    *,
    seconds: float | None = None,
    is_kept: bool = False,
    is_long: bool = False,
) -> R | None:
    """Return work() once it is there, None if it is still under way: ask the same question again then.

    Raises what work raises. An answer is given once, and who asks again gets a new one; with `is_kept` it stands for a
    minute, whoever asks.

    seconds: how long to wait for it, by default as long as a reader does
    is_long: it lasts minutes: such answers are worked out one after another, and stand for a quarter of an hour
    """
    future = _worked_on(question, work, is_long=is_long).future
    waited = asyncio.wrap_future(future)
    waited.add_done_callback(lambda done: done.cancelled() or done.exception())  # asyncio logs what nobody asked for
    await asyncio.wait({waited}, timeout=waiting.LIMIT_SECONDS if seconds is None else seconds)
    if not future.done() or future.cancelled():
        return None
    if not is_kept or future.exception():
        _asked.pop(question, None)
    answer: R = future.result()
    return answer


def is_asked(question: Hashable) -> bool:
    """Whether a question is being worked on, or has an answer that stands."""
    return question in _asked


def forget(question: Hashable) -> None:
    """Let the next one who asks get a new answer."""
    _asked.pop(question, None)


def _worked_on(question: Hashable, work: Callable[[], R], *, is_long: bool) -> _Asked:
    now = utc_now()
    _tidy(now)
    known = _asked.get(question)
    if known is None:
        future = _LONG.submit(work) if is_long else _THREADS.submit(work)
        known = _asked[question] = _Asked(future, now, _LONG_FRESH if is_long else _FRESH)
        known.future.add_done_callback(known.stands)
    known.asked = now
    return known


def _tidy(now: datetime) -> None:
    """Let go of old answers, and of questions that nobody asks any more before their turn has come."""
    for question, known in list(_asked.items()):
        is_old = known.since is not None and now - known.since > known.fresh
        if is_old or (now - known.asked > PATIENCE and known.future.cancel()):
            _asked.pop(question)
    while len(_asked) > _MOST:
        _asked.pop(next(iter(_asked))).future.cancel()
