"""What stands on the screen while DAGs run: which one is at work, and how many records per second it has done."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.status import Status
from sqlalchemy import Engine

from include.ixhaus.database import engine_on
from include.lookup.runs import Selection, find_runs
from include.sync.protocol import RunKey, sent_counts
from include.vocabulary.clock import utc_now
from include.vocabulary.state import RunStatus

SYSTEM: Final = "production"
SECONDS: Final = 1.0
"""Between two looks at what the run at work has sent."""


@contextmanager
def shown(console: Console, database: Path, dag_id: str) -> Iterator[None]:
    """Show how fast a DAG's run is while the block runs it, and leave one line when it has ended; where nobody looks
    on, as in a pipe, there is that line alone.

    database: the sample iX-Haus, whose ledger and protocol the figures come from
    """
    group, began = dag_id.removeprefix("casavi_"), utc_now()
    engine = engine_on(lambda: sqlite3.connect(database))
    try:
        with console.status(f"{dag_id} …") as status, _looking(status, engine, group):
            yield
        console.print(f"{dag_id}: {_in_all(engine, group, began)}", highlight=False, soft_wrap=True)
    finally:
        engine.dispose()


@contextmanager
def _looking(status: Status, engine: Engine, group: str) -> Iterator[None]:
    if not status.console.is_terminal:
        yield
        return
    ended = threading.Event()
    looker = threading.Thread(target=_look, args=(status, engine, group, ended), daemon=True)
    looker.start()
    try:
        yield
    finally:
        ended.set()
        looker.join()


def _look(status: Status, engine: Engine, group: str, ended: threading.Event) -> None:
    while not ended.wait(SECONDS):
        if said := _so_far(engine, group):
            status.update(f"casavi_{group} … {said}")


def _so_far(engine: Engine, group: str) -> str:
    """Return how many records the run at work has had an answer for, and its rate up to now; "" if there are none."""
    run = _newest(engine, group)
    if run is None or run["status"] != RunStatus.RUNNING:
        return ""
    sent = sum(sent_counts(engine, RunKey(SYSTEM, group, run["run"])).values())
    seconds = (utc_now() - datetime.fromisoformat(run["queried_at"])).total_seconds()
    return f"{sent:,} records sent, {sent / seconds:,.0f} records/s" if sent else ""


def _in_all(engine: Engine, group: str, began: datetime) -> str:
    """Return the figures of the run that has ended, as the protocol has them: all its records, sent or not."""
    run = _newest(engine, group)
    if run is None or datetime.fromisoformat(run["queried_at"]) < began or not run["seconds"]:
        return "ended"  # before it came to read anything; the protocol below or the lines above say why
    per_second = run["read"] / run["seconds"]
    return f"{run['read']:,} records in {run['seconds']} s, {per_second:,.0f} records/s; {run['sent']:,} of them sent"


def _newest(engine: Engine, group: str) -> dict[str, Any] | None:
    return next(iter(find_runs(engine, Selection(system=SYSTEM, group=group), 1)), None)
