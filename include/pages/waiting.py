"""Work that may have to wait for a database runs here: in few threads of its own, no longer than a reader waits.

Airflow's API shares one pool of threads; a database that hangs must not take those.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, Final, ParamSpec, TypeVar

from sqlalchemy import Engine, event

from include.ixhaus.database import open_engine

LIMIT_SECONDS: Final = 4.5
"""The page says that the database does not answer before five seconds are over."""
_THREADS: Final = ThreadPoolExecutor(max_workers=8, thread_name_prefix="serviceportal-pages")
P = ParamSpec("P")
R = TypeVar("R")


async def in_time(work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Return work(...), done in a thread; raises TimeoutError, and leaves the work alone, when it takes too long."""
    waiting = asyncio.get_running_loop().run_in_executor(_THREADS, partial(work, *args, **kwargs))
    return await asyncio.wait_for(waiting, LIMIT_SECONDS)


def open_ixhaus(connection_id: str) -> Engine:
    """Return an engine on iX-Haus whose calls give up after the limit, so that no thread waits for long.

    Raises what include.ixhaus.database.open_engine raises.
    """
    engine = open_engine(connection_id)
    event.listen(engine, "connect", _limit)
    return engine


def _limit(connection: Any, _record: object) -> None:
    milliseconds = int(LIMIT_SECONDS * 1000)
    if hasattr(connection, "call_timeout"):  # oracledb
        connection.call_timeout = milliseconds
    else:
        connection.execute(f"PRAGMA busy_timeout={milliseconds}")
