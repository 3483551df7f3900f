"""The page Protokoll: what each run read, sent and could not send (R51); and the tab on a DAG run with its part."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Query, Request, Response
from pydantic import BaseModel, BeforeValidator
from sqlalchemy import Engine

from include.groups import RUNS
from include.lookup.approvals import Approval, open_approvals
from include.lookup.held import Held, held_back
from include.lookup.runs import (
    DayTotal,
    Selection,
    count_entries,
    count_runs,
    dag_run_of,
    entries,
    executions,
    find_run,
    find_runs,
    totals_per_day,
)
from include.pages.chart import draw
from include.pages.export import csv_answer
from include.pages.frame_texts import FRAME
from include.pages.language import language_of
from include.pages.protocol_texts import TEXTS
from include.pages.rendering import page
from include.pages.systems import engines
from include.pages.waiting import in_time
from include.settings import load_each
from include.sync.protocol import Entry, count_names
from include.vocabulary.clock import BERLIN, berlin_day, utc_now
from include.vocabulary.reasons import translate
from include.vocabulary.state import Level
from include.vocabulary.texts import Language, translator

__all__ = ["TEXTS", "router"]
router = APIRouter()
SHOWN, ENTRIES_SHOWN, EXPORTED = 50, 200, 50_000
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
    latest: Run | None
    days: Sequence[DayTotal]
    runs: Sequence[Run]
    total: int
    waiting: Sequence[Approval]
    held: Mapping[str, Held]


@router.get("/protocol")
async def protocol(request: Request, chosen: Annotated[Filter, Query()]) -> Response:
    """Show the last query, the chart of 30 days, and the chosen runs."""
    today = berlin_day(utc_now())
    selection = chosen.selection(today)
    seen = await in_time(_look, selection, today, chosen.number)
    ago = {name: today - timedelta(days=days) for name, days in (("yesterday", 1), ("week", 6), ("month", 29))}
    return page(
        request, "protocol.html", TEXTS, seen=seen, rows=[_shown(run, request) for run in seen.runs],
        latest=seen.latest and _shown(seen.latest, request), chart=draw(seen.days), selection=selection,
        systems=seen.systems, groups=list(RUNS), counts=count_names(), number=chosen.number,
        pages=max(1, -(-seen.total // SHOWN)), today=today, ago=ago, now=utc_now(),
        mistakes=_mistakes(),
    )  # fmt: skip


@router.get("/protocol/runs.csv")
async def runs_as_csv(request: Request, chosen: Annotated[Filter, Query()]) -> Response:
    """Send the chosen runs as CSV."""
    selection = chosen.selection(berlin_day(utc_now()))
    found = await in_time(_find, engines(selection.system), selection, EXPORTED, 0)
    head = ("queried", "system", "group", "status", "trigger", *count_names(), "seconds", "run", "reason")
    rows = [[_local(run), *(_shown(run, request)[name] for name in head[1:])] for run in found]
    return csv_answer(f"protokoll-{selection.first}-{selection.last}.csv", _heads(request, head), rows)


@router.get("/protocol/run")
async def one_run(request: Request, system: str, run: str) -> Response:
    """Show one run with the records that failed, were found invalid or are held back."""
    detail = await in_time(_detail, system, run)
    if detail is None:
        raise HTTPException(404)
    told = [_told(detail, request)]
    return _run_page(request, told, is_tab=False, mistakes=[])


@router.get("/protocol/entries.csv")
async def entries_as_csv(request: Request, system: str, run: str) -> Response:
    """Send a run's entries as CSV."""
    detail = await in_time(_detail, system, run, EXPORTED)
    if detail is None:
        raise HTTPException(404)
    head = ("level", "record_type", "external_id", "action", "http_status", "reason_code", "reason")
    language = language_of(request)
    rows = [
        (
            one.level,
            one.record_type,
            one.external_id,
            one.action,
            one.http_status,
            one.reason,
            translate(one.text or "", language),
        )
        for one in detail.entries
    ]
    return csv_answer("protokoll-datensaetze.csv", _heads(request, head), rows)


@router.get("/dag-run")
async def tab_of_dag_run(request: Request, dag_id: str, run_id: str) -> Response:
    """Show the protocol of one DAG run in its tab; a run that was cleared has several."""
    details = await in_time(_details_of_dag_run, dag_id, run_id)
    told = [_told(detail, request) for detail in details]
    mistakes = [] if told else _mistakes()
    return _run_page(request, told, is_tab=True, mistakes=mistakes)


def _run_page(request: Request, told: Sequence[Mapping[str, Any]], *, is_tab: bool, mistakes: list[str]) -> Response:
    shown: dict[str, Any] = {"details": told, "counts": count_names(), "now": utc_now()}
    return page(request, "run.html", TEXTS, **shown, is_tab=is_tab, mistakes=mistakes)


@dataclass(frozen=True)
class Detail:
    """One run with its entries, the first of them only if there are very many."""

    run: Run
    entries: Sequence[Entry]
    numbers: Mapping[str, int]
    """Level → how many entries there are."""
    held: Held | None


def _look(selection: Selection, today: date, number: int) -> Seen:
    databases = engines(None)
    chosen = {name: engine for name, engine in databases.items() if selection.system in (None, name)}
    newest = _find(databases, Selection(), 1, 0)
    days = [totals_per_day(engine, system, today) for system, engine in databases.items()]
    runs = _find(chosen, selection, SHOWN, (number - 1) * SHOWN)
    return Seen(
        systems=list(databases),
        latest=newest[0] if newest else None,
        days=[_added(same) for same in zip(*days, strict=True)],
        runs=runs,
        total=sum(count_runs(engine, replace(selection, system=system)) for system, engine in chosen.items()),
        waiting=[one for system, engine in databases.items() for one in open_approvals(engine, system, utc_now())],
        held=_held(chosen, runs),
    )


def _held(databases: Mapping[str, Engine], runs: Sequence[Run]) -> dict[str, Held]:
    """Return run → what it has held back, for those that have; a run's name is one in all systems."""
    of_system = {system: [run for run in runs if run["system"] == system] for system in databases}
    return {
        run: held
        for system, engine in databases.items()
        for run, held in held_back(engine, system, of_system[system]).items()
    }


def _added(same_day: Sequence[DayTotal]) -> DayTotal:
    return DayTotal(same_day[0].day, sum(one.sent for one in same_day), sum(one.errors for one in same_day))


def _mistakes() -> list[str]:
    """Return what is wrong in the settings of systems that are left out for that."""
    return list(load_each().mistakes.values())


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


def _detail(system: str, run: str, limit: int = ENTRIES_SHOWN) -> Detail | None:
    engine = engines(system).get(system)
    row = find_run(engine, system, run) if engine else None
    return _with_entries(engine, row, limit) if engine and row else None


def _details_of_dag_run(dag_id: str, run_id: str) -> list[Detail]:
    return [
        _with_entries(engine, row, ENTRIES_SHOWN)
        for system, engine in engines(None).items()
        for row in executions(engine, system, dag_id, run_id)
    ]


def _with_entries(engine: Engine, row: Run, limit: int) -> Detail:
    found: list[Entry] = []
    for level in Level:
        found += entries(engine, row["system"], row["run"], [level], limit - len(found)) if len(found) < limit else []
    held = held_back(engine, row["system"], [row]).get(row["run"])
    return Detail(row, found, count_entries(engine, row["system"], row["run"]), held)


def _shown(run: Run, request: Request) -> dict[str, Any]:
    """Return a run with what the page adds: its time, trigger, Airflow run, and the reason in the reader's language."""
    dag_id, run_id = dag_run_of(run["run"])
    return {
        **run, "queried": run["queried_at"] and datetime.fromisoformat(run["queried_at"]),
        "dag_id": dag_id, "run_id": run_id, "trigger": run_id.partition("__")[0],
        "reason": translate(run["reason"] or "", language_of(request)),
    }  # fmt: skip


def _told(detail: Detail, request: Request) -> dict[str, Any]:
    language: Language = language_of(request)
    told = [{**vars(one), "text": translate(one.text or "", language)} for one in detail.entries]
    numbers = {level: detail.numbers[level] for level in Level if level in detail.numbers}
    run, total = _shown(detail.run, request), sum(numbers.values())
    return {"run": run, "entries": told, "numbers": numbers, "total": total, "held": detail.held}


def _heads(request: Request, keys: Sequence[str]) -> list[str]:
    t = translator({**FRAME, **TEXTS}, language_of(request))
    return [t(key).replace("\u00ad", "") for key in keys]


def _local(run: Run) -> str:
    moment = run["queried_at"] and datetime.fromisoformat(run["queried_at"])
    return f"{moment.astimezone(BERLIN):%Y-%m-%d %H:%M:%S}" if moment else ""
