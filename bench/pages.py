"""The page Protokoll over 100,000 runs, beside the statements it asks for, run bare on the same SQLite file."""

import asyncio
import json
import os
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bench.figure import Figure
from include.groups import GROUPS

RUNS_A_DAY = 292
"""Four nightly groups and one that runs every five minutes: 100,000 runs are about a year."""


def measure(quick: bool) -> Iterator[Figure]:
    number, rounds = (10_000, 5) if quick else (100_000, 30)
    with tempfile.TemporaryDirectory() as home:
        database = Path(home) / "ixhaus.db"
        _fill(database, number)
        os.environ["AIRFLOW_CONN_IXHAUS_PRODUCTION"] = json.dumps({"conn_type": "sqlite", "host": str(database)})
        asked, seconds = asyncio.run(page("/protocol", rounds))
        bare = median_of(lambda: ask(database, asked), rounds)
    name = f"page Protokoll, {number:,} runs"
    yield Figure(f"{name}: answer", seconds * 1000, "ms")
    yield Figure(f"{name}: its statements bare", bare * 1000, "ms")
    yield Figure(f"{name}: answer / statements", seconds / bare, "x", 5, "at most")


def _fill(database: Path, number: int) -> None:
    from include.ixhaus.contract.own import SP_FREIGABE, SP_POSITION, SP_PROTOKOLL, SP_PROTOKOLL_EINTRAG, SP_SPERRE
    from include.ixhaus.database import engine_on
    from include.sync.protocol import count_names
    from include.vocabulary.clock import to_utc_column

    engine = engine_on(lambda: sqlite3.connect(database))
    SP_PROTOKOLL.metadata.create_all(engine, [SP_PROTOKOLL, SP_PROTOKOLL_EINTRAG, SP_FREIGABE, SP_POSITION, SP_SPERRE])
    *nightly, often = GROUPS
    now = datetime.now(UTC)
    rows = []
    for index in range(number):
        began = to_utc_column(now - timedelta(days=index / RUNS_A_DAY))
        group = nightly[index % RUNS_A_DAY] if index % RUNS_A_DAY < len(nightly) else often
        rows.append(
            {"system": "production", "run": f"casavi_{group}/scheduled__{began.isoformat()}#{index}", "group": group,
             "status": "ok", "queried_at": began, "ended_at": began + timedelta(seconds=4),
             **dict.fromkeys(count_names(), index % 7)}
        )  # fmt: skip
    with engine.begin() as connection:
        connection.execute(SP_PROTOKOLL.insert(), rows)


async def page(path: str, rounds: int) -> tuple[list[tuple[str, Any]], float]:
    """Return the statements of one answer that iX-Haus is asked, and the median time of an answer."""
    import httpx
    from airflow.api_fastapi.auth.managers.simple.user import SimpleAuthManagerUser
    from airflow.api_fastapi.core_api.security import get_user
    from sqlalchemy import Engine, event

    from include.pages.access import may_read
    from include.pages.app import create_app

    os.environ.setdefault("SERVICEPORTAL_CONFIG", str(Path(__file__).parents[1] / "demo" / "config"))
    app = create_app()
    app.dependency_overrides = {
        may_read: lambda: None,
        get_user: lambda: SimpleAuthManagerUser(username="x", role="admin"),
    }
    asked: list[tuple[str, Any]] = []

    def note(_connection: object, _cursor: object, statement: str, parameters: Any, *_: object) -> None:
        asked.append((statement, parameters))

    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://bench") as client:
        event.listen(Engine, "before_cursor_execute", note)
        answer = await client.get(path)
        event.remove(Engine, "before_cursor_execute", note)
        assert answer.status_code == 200, answer.text
        times = []
        for _ in range(rounds):
            began = time.perf_counter()
            await client.get(path)
            times.append(time.perf_counter() - began)
    statements = [(statement, parameters) for statement, parameters in asked if "SP_" in statement]
    return statements, statistics.median(times)


def ask(database: Path, statements: list[tuple[str, Any]]) -> None:
    """Run statements on a file, with nothing of this project between."""
    with closing(sqlite3.connect(database)) as connection:
        for statement, parameters in statements:
            connection.execute(statement, parameters).fetchall()


def median_of(work: Callable[[], None], rounds: int) -> float:
    """Return how long something takes, in seconds."""
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return statistics.median(times)
