"""The process that bench/idle.py starts: brings portal and sample into step, then counts what a look and runs cost.

python -m bench.idle_child <database> <persons> <address of the sandbox portal>
"""

import asyncio
import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple
from urllib import request as http

from croniter import croniter
from sqlalchemy import Engine, event
from sqlalchemy.pool import Pool

from demo.ixhaus import build_sample
from include.alerts.watch import look
from include.erasure.housekeeping import tidy_now
from include.groups import GROUPS, REPORTS
from include.groups.reconciliation import reconcile_system
from include.groups.reports.run import exchange
from include.groups.reports.watch.watcher import Watcher
from include.ixhaus.database import close_engines
from include.settings import load_settings
from include.sync import steps
from include.sync.group import Group, stages
from include.sync.run import Request

SYSTEM = "production"
LOOKS = 60


class Cost(NamedTuple):
    """What something cost: statements, logons and milliseconds at iX-Haus's database, requests at the portal."""

    statements: float = 0
    logons: float = 0
    ms: float = 0
    requests: float = 0

    def minus(self, other: "Cost") -> "Cost":
        return Cost(*(one - before for one, before in zip(self, other, strict=True)))

    def times(self, factor: float) -> "Cost":
        return Cost(*(one * factor for one in self))


class Meter:
    """Counts what all connections with iX-Haus do, and what the portal is asked."""

    def __init__(self, portal: str) -> None:
        self._portal = portal
        self._statements, self._logons, self._seconds, self._began = 0, 0, 0.0, 0.0
        event.listen(Engine, "before_cursor_execute", self._begins)
        event.listen(Engine, "after_cursor_execute", self._ends)
        event.listen(Pool, "connect", self._logs_on)
        http.urlopen(http.Request(f"{portal}/_sandbox/requests", method="DELETE"), timeout=60).close()

    def _begins(self, *_: object) -> None:
        self._began = time.perf_counter()

    def _ends(self, *_: object) -> None:
        self._statements += 1
        self._seconds += time.perf_counter() - self._began

    def _logs_on(self, *_: object) -> None:
        self._logons += 1

    def spent(self) -> Cost:
        with http.urlopen(f"{self._portal}/_sandbox/requests", timeout=60) as answer:
            requests = len(json.loads(answer.read())["requests"])
        return Cost(self._statements, self._logons, self._seconds * 1000, requests)

    def cost(self, tasks: Iterable[Callable[[], object]]) -> tuple[Cost, float]:
        """Return what tasks cost, each in a process of its own as far as iX-Haus sees, and the most logons of one."""
        before, logons = self.spent(), []
        for task in tasks:
            close_engines()
            already = self._logons
            task()
            logons.append(self._logons - already)
        return self.spent().minus(before), max(logons)


class Kept:
    """Remembers what was told as Airflow's variables do."""

    def __init__(self) -> None:
        self._text = ""

    def read(self, _system: str) -> str:
        return self._text

    def write(self, _system: str, text: str) -> None:
        self._text = text


def tasks_of(group: Group, name: str) -> Iterator[Callable[[], object]]:
    """Yield the tasks of a group's run, one after the other."""
    state, planned = [], []

    def extract() -> None:
        state.append(steps.extract(group, SYSTEM, f"bench/{name}", Request()).state)

    def transform() -> None:
        run = state[0].open()
        with run.kept():
            steps.transform(group, run)

    def plan() -> None:
        run = state[0].open()
        with run.kept():
            planned.append(steps.plan(group, run, Request()))

    def load() -> None:
        run = state[0].open()
        with run.kept():
            for stage in stages(group):
                for batch in planned[0].batches[stage]:
                    steps.load(group, run, batch)

    def protocol() -> None:
        steps.finish(state[0].open(), steps.Left(planned[0].counts, planned[0].changes), Request())

    yield from (extract, transform, plan)
    if any(planned[0].batches.values()):
        yield load
    yield protocol


def bring_into_step(database: str, persons: str) -> None:
    """Make the sample, and send all of it."""
    build_sample(Path(database), persons=int(persons), letters=int(persons) // 10)
    for number in range(2):  # some records of the first night wait for others of the same night
        for name, group in GROUPS.items():
            if group is not REPORTS:
                for task in tasks_of(group, f"{name}-{number}"):
                    task()
        exchange(SYSTEM, f"bench/reports-{number}", Request())


def looks(meter: Meter) -> Cost:
    """Return what one look of the watcher costs, after its first."""

    async def cost() -> Cost:
        async with aclosing(Watcher(SYSTEM)) as watcher:
            assert await watcher.look() is None
            before = meter.spent()
            for _ in range(LOOKS):
                assert await watcher.look() is None
            return meter.spent().minus(before).times(1 / LOOKS)

    return asyncio.run(cost())


def per_hour(cron: str | None) -> float:
    """Return how often a schedule begins a run, in an hour of a week."""
    began = datetime(2026, 3, 2, tzinfo=UTC)
    ends, times = began + timedelta(weeks=1), croniter(cron or "0 0 30 2 *", began)
    number = 0
    while times.get_next(datetime) < ends:
        number += 1
    return number / (7 * 24)


def main(database: str, persons: str, portal: str) -> None:
    """Print name → cost: of a look, of each idle run, of an hour of all of them."""
    bring_into_step(database, persons)
    meter, kept, settings = Meter(portal), Kept(), load_settings(SYSTEM)
    runs: dict[str, tuple[str | None, Iterable[Callable[[], object]]]] = {
        name: (getattr(settings.schedules, name), tasks_of(group, f"{name}-idle"))
        for name, group in GROUPS.items()
        if group is not REPORTS
    }
    runs["reports"] = (settings.schedules.reports, [lambda: exchange(SYSTEM, "bench/reports", Request())])
    everything = list(GROUPS.values())
    reconciled = [lambda: reconcile_system(SYSTEM, "bench/reconcile", Request(), everything)]
    runs["reconcile"] = (settings.schedules.reconcile, reconciled)
    runs["housekeeping"] = ("30 3 * * *", [lambda: tidy_now(settings)])
    look(SYSTEM, "bench/alerts-1", store=kept)
    runs["alerts"] = ("*/5 * * * *", [lambda: look(SYSTEM, "bench/alerts-2", store=kept)])
    found: dict[str, dict[str, float]] = {"look": (one := looks(meter))._asdict()}
    hour, number = one.times(3600 / (settings.watch_seconds or 3600)), 0.0
    for name, (cron, tasks) in runs.items():
        spent, logons = meter.cost(tasks)
        found[name] = spent._asdict() | {"logons": logons}
        hour = Cost(*(one + more for one, more in zip(hour, spent.times(per_hour(cron)), strict=True)))
        number += per_hour(cron)
    print(json.dumps(found | {"hour": hour._asdict() | {"runs": number}}))


if __name__ == "__main__":
    main(*sys.argv[1:])
