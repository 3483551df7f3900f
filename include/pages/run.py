"""One run of the page Protokoll: its numbers, its records by reason, all of them; and the tab on a DAG run (R51)."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Annotated, Any, Final

from fastapi import APIRouter, Form, HTTPException, Query, Request, Response
from sqlalchemy import Engine

from include.ixhaus.database import read_snapshot
from include.lookup.asked import at_work
from include.lookup.entries import Found, Reason, Wanted, all_of, find, reasons
from include.lookup.held import Held, held_back
from include.lookup.kept import COUNTS, with_kept
from include.lookup.runs import executions, find_run
from include.pages.export import Rows, csv_in_parts
from include.pages.language import language_of
from include.pages.protocol_texts import TEXTS
from include.pages.rendering import page
from include.pages.systems import engines
from include.pages.told import heads, told
from include.pages.waiting import in_time
from include.settings import load_each
from include.vocabulary.clock import utc_now
from include.vocabulary.reasons import explain, rule_of, translate
from include.vocabulary.state import Level
from include.vocabulary.texts import Text

router = APIRouter()
FILE: Final = ("level", "record_type", "external_id", "action", "http_status", "reason_code", "reason")
"""The columns of the file with a run's records."""
COLOURS: Final = {Level.ERROR: "bad", Level.INVALID: "bad", Level.WARNING: "", Level.FINDING: ""}
_LONGEST: Final = 200
Run = Mapping[str, Any]
Number = Annotated[int, Query(ge=1, le=1_000_000)]


@dataclass(frozen=True)
class Detail:
    """One run with its records by reason."""

    run: Run
    reasons: Sequence[Reason]
    held: Held | None
    at_work: set[str]


@router.get("/protocol/run")
async def one_run(request: Request, system: str, run: str) -> Response:
    """Show one run with the reasons for which it names records."""
    detail = await in_time(_detail, system, run)
    return _run_page(request, [detail], is_tab=False, mistakes=[])


@router.get("/dag-run")
async def tab_of_dag_run(request: Request, dag_id: str, run_id: str) -> Response:
    """Show the protocol of one DAG run in its tab; a run that was cleared has several."""
    details = await in_time(_details_of_dag_run, dag_id, run_id)
    mistakes = [] if details else list(load_each().mistakes.values())
    return _run_page(request, details, is_tab=True, mistakes=mistakes)


@router.get("/protocol/records")
async def records(
    request: Request, system: str, run: str, level: str = "", reason: str = "", number: Number = 1
) -> Response:  # fmt: skip
    """Show the records that a run names for one reason, or all of them, a page at a time."""
    return await _records_page(request, system, run, Wanted(level, reason), number)


@router.post("/protocol/records")
async def search(
    request: Request,
    system: str,
    run: str,
    text: Annotated[str, Form(max_length=_LONGEST)] = "",
    number: Annotated[int, Form(ge=1, le=1_000_000)] = 1,
) -> Response:
    """Show the records of a run whose id, reason or sentence holds a text. It is a form, as somebody may look for a
    name: no address holds one.
    """
    return await _records_page(request, system, run, Wanted(text=text.strip()), number)


@router.get("/protocol/entries.csv")
async def entries_as_csv(request: Request, system: str, run: str) -> Response:
    """Send all records that a run names as CSV, however many there are."""
    engine, _ = await in_time(_known, system, run)
    said = _said(request)

    async def parts() -> AsyncIterator[Rows]:
        last = None
        while found := await in_time(all_of, engine, system, run, last):
            last = (found[-1].record_type, found[-1].external_id, found[-1].reason)
            yield [
                (one.level, one.record_type, one.external_id, one.action, one.http_status, one.reason, said(one.text))
                for one in found
            ]

    return await csv_in_parts("protokoll-datensaetze.csv", heads(request, FILE), parts())


def _run_page(request: Request, details: Sequence[Detail], *, is_tab: bool, mistakes: list[Text]) -> Response:
    now = utc_now()
    shown = [
        {"run": told(one.run, request, one.at_work, now), "reasons": one.reasons, "held": one.held} for one in details
    ]
    return page(
        request, "run.html", TEXTS, details=shown, counts=COUNTS, now=now, is_tab=is_tab, mistakes=mistakes,
        **_words(request),
    )  # fmt: skip


async def _records_page(request: Request, system: str, run: str, wanted: Wanted, number: int) -> Response:
    def look() -> tuple[Run, set[str], Found]:
        engine, row = _known(system, run)
        return row, at_work(engine, system, now), find(engine, system, run, wanted, number, _said(request))

    now = utc_now()
    row, busy, found = await in_time(look)
    return page(
        request, "records.html", TEXTS, run=told(row, request, busy, now), found=found, wanted=wanted, number=number,
        **_words(request),
    )  # fmt: skip


def _words(request: Request) -> dict[str, Any]:
    by_code = partial(explain, language=language_of(request))
    return {"said": _said(request), "explain": by_code, "rule_of": rule_of, "colours": COLOURS}


def _said(request: Request) -> Callable[[str | None], str]:
    """Return what turns a stored sentence into what the reader reads."""
    language = language_of(request)
    return lambda text: translate(text or "", language)


def _known(system: str, run: str) -> tuple[Engine, Run]:
    """Return a run with the engine on its protocol; 404 where there is none."""
    engine = engines(system).get(system)
    row = find_run(engine, system, run) if engine else None
    if engine is None or row is None:
        raise HTTPException(404)
    return engine, row


def _detail(system: str, run: str) -> Detail:
    engine, row = _known(system, run)
    return _with_reasons(engine, row, utc_now())


def _details_of_dag_run(dag_id: str, run_id: str) -> list[Detail]:
    now = utc_now()
    return [
        _with_reasons(engine, row, now)
        for system, engine in engines(None).items()
        for row in executions(engine, system, dag_id, run_id)
    ]


def _with_reasons(engine: Engine, row: Run, now: datetime) -> Detail:
    system, run = row["system"], row["run"]
    with read_snapshot(engine) as connection:
        (kept,) = with_kept(connection, system, [row])
    held = held_back(engine, system, [row]).get(run)
    return Detail(kept, reasons(engine, system, run), held, at_work(engine, system, now))
