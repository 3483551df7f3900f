"""Answers that may take longer than a reader waits: worked out in a few threads, fetched with a later request.

Few at a time, as some need hundreds of megabytes. Where Airflow has several API servers, each works for itself.
"""

import asyncio
from collections.abc import Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar

from include.pages import waiting
from include.vocabulary.clock import utc_now

AT_ONCE: Final = 3
_THREADS: Final = ThreadPoolExecutor(max_workers=AT_ONCE, thread_name_prefix="serviceportal-answers")
_FRESH: Final = timedelta(minutes=1)
PATIENCE: Final = timedelta(seconds=20)
"""A page that waits asks every other second; who has not for so long is gone."""
_MOST: Final = 20
R = TypeVar("R")


@dataclass
class _Asked:
    """A question that is worked on, or was; `asked`: when somebody last wanted to know, `since`: since when the answer
    stands.
    """

    future: Future[Any]
    asked: datetime
    since: datetime | None = None

    def stands(self, _future: Future[Any]) -> None:
        """Take down that the answer is there."""
        self.since = utc_now()


_asked: dict[Hashable, _Asked] = {}


async def when_ready(
    question: Hashable, work: Callable[[], R], *, seconds: float | None = None, is_kept: bool = False
) -> R | None:
    """Return work() once it is there, None if it is still under way: ask the same question again then.

    Raises what work raises. An answer is given once, and who asks again gets a new one; with `is_kept` it stands for a
    minute, whoever asks.

    seconds: how long to wait for it, by default as long as a reader does
    """
    future = _worked_on(question, work).future
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


def _worked_on(question: Hashable, work: Callable[[], R]) -> _Asked:
    now = utc_now()
    _tidy(now)
    known = _asked.get(question)
    if known is None:
        known = _asked[question] = _Asked(_THREADS.submit(work), now)
        known.future.add_done_callback(known.stands)
    known.asked = now
    return known


def _tidy(now: datetime) -> None:
    """Let go of old answers, and of questions that nobody asks any more before their turn has come."""
    for question, known in list(_asked.items()):
        is_old = known.since is not None and now - known.since > _FRESH
        if is_old or (now - known.asked > PATIENCE and known.future.cancel()):
            _asked.pop(question)
    while len(_asked) > _MOST:
        _asked.pop(next(iter(_asked))).future.cancel()
