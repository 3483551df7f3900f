"""Answers that may take longer than a reader waits: worked out in one thread, fetched with a later request.

One at a time, as each may need hundreds of megabytes. Where Airflow has several API servers, each works for itself.
"""

import asyncio
from collections.abc import Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar

from include.pages.waiting import LIMIT_SECONDS
from include.vocabulary.clock import utc_now

_THREAD: Final = ThreadPoolExecutor(max_workers=1, thread_name_prefix="serviceportal-answers")
_FRESH: Final = timedelta(minutes=1)
_MOST: Final = 20
R = TypeVar("R")
_asked: dict[Hashable, tuple[datetime, Future[Any]]] = {}


async def when_ready(question: Hashable, work: Callable[[], R]) -> R | None:
    """Return work() once it is there, None if it is still under way: ask the same question again then.

    Raises what work raises. An answer is given once; who asks again gets a new one.
    """
    now = utc_now()
    began, future = _asked.get(question, (now, None))
    if future is None or (future.done() and now - began > _FRESH):
        future = _THREAD.submit(work)
        _asked[question] = (now, future)
        _forget_the_oldest()
    waiting = asyncio.wrap_future(future)
    waiting.add_done_callback(lambda done: done.cancelled() or done.exception())  # asyncio logs what nobody asked for
    await asyncio.wait({waiting}, timeout=LIMIT_SECONDS)
    if not future.done():
        return None
    _asked.pop(question, None)
    answer: R = future.result()
    return answer


def _forget_the_oldest() -> None:
    while len(_asked) > _MOST:
        _asked.pop(next(iter(_asked)))[1].cancel()
