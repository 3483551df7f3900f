"""The page Protokoll: when each group last asked, what goes wrong since when, and what each run did (R51)."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, BeforeValidator
from sqlalchemy import Engine

from include.groups import RUNS
from include.ixhaus.database import read_snapshot
from include.lookup.approvals import Approval, open_approvals
from include.lookup.asked import Asked, at_work, last_asked
from include.lookup.days import trouble_per_day
from include.lookup.held import Held, held_back
from include.lookup.kept import COUNTS, with_kept
from include.lookup.paging import pages_of
from include.lookup.runs import Selection, count_runs, find_runs, runs_behind
from include.lookup.watched import Watched, last_watched
from include.pages.chart import Row, draw
from include.pages.export import Rows, csv_in_parts
from include.pages.protocol_texts import TEXTS
from include.pages.rendering import page
from include.pages.systems import engines
from include.pages.told import heads, local, told
from include.pages.waiting import in_time
from include.settings import load_each
from include.vocabulary.clock import berlin_day, utc_now

__all__ = ["TEXTS", "router"]
router = APIRouter()
SHOWN: Final = 50
FILE: Final = ("queried", "system", "group", "status", "trigger", *COUNTS, "seconds", "run", "reason")
"""The columns of the file with runs."""
Run = Mapping[str, Any]
Day = Annotated[date | None, BeforeValidator(lambda text: text or None)]
Word = Annotated[str | None, BeforeValidator(lambda text: text or None)]


class Filter(BaseModel):
    """What a reader has chosen; nothing chosen means the runs of today."""

    first: Day = None
    last: Day = None
    system: Word = None
    group: Word = None
    notable: bool = False
    number: Annotated[int, Query(ge=1, le=1_000_000)] = 1

    def selection(self, today: date) -> Selection:
        """Return what it selects; one day alone is that day, a range may be named from either end."""
        days = sorted({self.first or self.last or today, self.last or self.first or today})
        return Selection(days[0], days[-1], self.system, self.group, self.notable)


@dataclass(frozen=True)
class Seen:
    """What the page shows of the protocols of all active systems."""

    systems: Sequence[str]
    groups: Sequence[Asked]
    watched: Sequence[Watched]
    chart: Sequence[Row]
    runs: Sequence[Run]
    total: int
    waiting: Sequence[Approval]
    held: Mapping[str, Held]
    at_work: frozenset[str]


@router.get("/protocol")
async def protocol(request: Request, chosen: Annotated[Filter, Query()]) -> Response:
    """Show how each group stands, the chart of 30 days, and the chosen runs."""
    now = utc_now()
    today = berlin_day(now)
    selection = chosen.selection(today)
    seen = await in_time(_look, selection, now, chosen.number)
    ago = {name: today - timedelta(days=days) for name, days in (("yesterday", 1), ("week", 6), ("month", 29))}
    return page(
        request, "protocol.html", TEXTS, seen=seen, selection=selection, systems=seen.systems, groups=list(RUNS),
        rows=[told(run, request, seen.at_work, now) for run in seen.runs],
        standing=[_standing(one, request, seen.at_work, now) for one in seen.groups], counts=COUNTS,
        number=chosen.number, pages=pages_of(seen.total, SHOWN), today=today, ago=ago, now=now,
        mistakes=list(load_each().mistakes.values()),
    )  # fmt: skip


@router.get("/protocol/runs.csv")
async def runs_as_csv(request: Request, chosen: Annotated[Filter, Query()]) -> Response:
    """Send the chosen runs as CSV, one system after the other, newest first, however many there are."""
    now = utc_now()
    selection = chosen.selection(berlin_day(now))
    databases = await in_time(engines, selection.system)

    async def parts() -> AsyncIterator[Rows]:
        for system, engine in databases.items():
            busy, last = await in_time(at_work, engine, system, now), None
            while runs := await in_time(_part, engine, system, selection, last):
                last = runs[-1]
                shown = [told(run, request, busy, now) for run in runs]
                yield [[local(run), *(run[name] for name in FILE[1:])] for run in shown]

    return await csv_in_parts(f"protokoll-{selection.first}-{selection.last}.csv", heads(request, FILE), parts())


def _part(engine: Engine, system: str, selection: Selection, last: Run | None) -> list[dict[str, Any]]:
    runs = runs_behind(engine, replace(selection, system=system), last)
    with read_snapshot(engine) as connection:
        return with_kept(connection, system, runs)


def _standing(one: Asked, request: Request, at_work: frozenset[str], now: datetime) -> dict[str, Any]:
    runs = {"asked": one.asked, "newest": one.newest, "whole": one.whole}
    shown = {name: run and told(run, request, at_work, now) for name, run in runs.items()}
    return {"system": one.system, "group": one.group, **shown}


def _look(selection: Selection, now: datetime, number: int) -> Seen:
    databases = engines(None)
    chosen = {name: engine for name, engine in databases.items() if selection.system in (None, name)}
    runs = _find(chosen, selection, SHOWN, (number - 1) * SHOWN)
    of_system = {system: [run for run in runs if run["system"] == system] for system in chosen}
    return Seen(
        systems=list(databases),
        groups=[one for system, engine in databases.items() for one in last_asked(engine, system)],
        watched=[one for system, engine in databases.items() if (one := last_watched(engine, system, now))],
        chart=[row for system, engine in databases.items() for row in _chart(engine, system, berlin_day(now))],
        runs=_kept(chosen, of_system, runs),
        total=sum(count_runs(engine, replace(selection, system=system)) for system, engine in chosen.items()),
        waiting=[one for system, engine in databases.items() for one in open_approvals(engine, system, now)],
        held={  # a run's name is one in all systems
            run: held
            for system, engine in chosen.items()
            for run, held in held_back(engine, system, of_system[system]).items()
        },
        at_work=frozenset(
            run for system, engine in databases.items() for run in at_work(engine, system, now)
        ),
    )  # fmt: skip


def _chart(engine: Engine, system: str, today: date) -> list[Row]:
    return [draw(system, group, days) for group, days in trouble_per_day(engine, system, today).items()]


def _kept(
    databases: Mapping[str, Engine], of_system: Mapping[str, Sequence[Run]], runs: Sequence[Run]
) -> list[dict[str, Any]]:
    """Return runs of some systems with the numbers that kept.with_kept adds, in their order."""
    known: dict[tuple[str, str], dict[str, Any]] = {}
    for system, engine in databases.items():
        with read_snapshot(engine) as connection:
            known |= {(system, run["run"]): run for run in with_kept(connection, system, of_system[system])}
    return [known[run["system"], run["run"]] for run in runs]


def _find(databases: Mapping[str, Engine], selection: Selection, limit: int, offset: int) -> list[dict[str, Any]]:
    """Return selected runs of some systems, newest first; each may lie in a database of its own."""
    if len(databases) == 1:
        ((system, engine),) = databases.items()
        return find_runs(engine, replace(selection, system=system), limit, offset)
    found = [
        run
        for system, engine in databases.items()
        for run in find_runs(engine, replace(selection, system=system), limit + offset)
    ]
    return sorted(found, key=lambda run: run["queried_at"] or "", reverse=True)[offset : offset + limit]
