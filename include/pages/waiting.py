"""Work that may have to wait for a database runs here: in few threads of its own, no longer than a reader waits.

Airflow's API shares one pool of threads; a database that hangs must not take those.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from threading import Lock
from time import monotonic
from typing import Final, ParamSpec, TypeVar

from sqlalchemy import Engine

from include.ixhaus.database import open_engine

LIMIT_SECONDS: Final = 4.5
"""The page says that the database does not answer before five seconds are over."""
_THREADS: Final = ThreadPoolExecutor(max_workers=8, thread_name_prefix="serviceportal-pages")
MOST_STUCK: Final = 2
"""So many threads may hang in opening the same database: the Oracle driver waits without end for one that takes the
connection and says nothing. No further one is begun until one of these ends: other databases need threads as well."""
_OPENING: Final[dict[str, list[float]]] = defaultdict(list)
_LOCK: Final = Lock()
P = ParamSpec("P")
R = TypeVar("R")


async def in_time(work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Return work(...), done in a thread; raises TimeoutError, and leaves the work alone, when it takes too long."""
    waiting = asyncio.get_running_loop().run_in_executor(_THREADS, partial(work, *args, **kwargs))
    return await asyncio.wait_for(waiting, LIMIT_SECONDS)


def open_ixhaus(connection_id: str, seconds: float = LIMIT_SECONDS) -> Engine:
    """Return an engine on iX-Haus whose calls give up after some seconds, so that no thread waits for long.

    Raises what include.ixhaus.database.open_engine raises, and TimeoutError when the database is known to hang.
    """
    with _opening(connection_id):
        return open_engine(connection_id, seconds)


@contextmanager
def _opening(connection_id: str) -> Iterator[None]:
    began = monotonic()
    with _LOCK:
        opening = _OPENING[connection_id]
        if sum(began - one > LIMIT_SECONDS for one in opening) >= MOST_STUCK:
            raise TimeoutError(f"{connection_id}: {MOST_STUCK} threads hang in opening this database")
        opening.append(began)
    try:
        yield
    finally:
        with _LOCK:
            opening.remove(began)
