"""The page Freigaben: what waits for a person before it leaves the portal, all of it, and the answer (E36)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Annotated, Final, Literal

from airflow.api_fastapi.auth.managers.models.base_user import BaseUser
from airflow.api_fastapi.core_api.security import GetUserDep
from fastapi import APIRouter, Depends, Form, HTTPException, Query, Request, Response
from pydantic import BaseModel

from include.lookup.approvals import (
    Approval,
    Found,
    Record,
    Wanted,
    all_records,
    count_approvals,
    find_approval,
    find_approvals,
)
from include.lookup.names import names_of
from include.lookup.paging import pages_of
from include.pages import triggering
from include.pages.access import can_trigger, may_trigger
from include.pages.approvals_texts import TEXTS
from include.pages.export import csv_answer
from include.pages.frame_texts import FRAME
from include.pages.language import language_of
from include.pages.rendering import page
from include.pages.systems import engine_of, engines, known_system
from include.pages.waiting import in_time
from include.settings import load_each, load_settings
from include.sync.approvals import Answer, decide
from include.sync.flow import dag_name
from include.vocabulary.clock import utc_now
from include.vocabulary.reasons import explain, rule_of, translate
from include.vocabulary.texts import translator

__all__ = ["TEXTS", "router"]
router = APIRouter()
PATH: Final = "/approvals/{system}/{approval}"
SHOWN: Final = 50
NAMED_AT_ONCE: Final = 10_000
"""So many names are read well within the time a reader waits."""
COLOURS: Final = {"open": "warn", "approved": "good", "rejected": "bad"}
Names = dict[tuple[str, str], str]


class Filter(BaseModel):
    """Which records of a question a reader has chosen, and which page of them."""

    record_type: str = ""
    reason: str = ""
    property_nr: Annotated[str, Query(max_length=100)] = ""
    number: Annotated[int, Query(ge=1, le=1_000_000)] = 1

    def wanted(self) -> Wanted:
        """Return what it selects."""
        return Wanted(self.record_type, self.reason, self.property_nr.strip())


@dataclass(frozen=True)
class Answered:
    """What became of a reader's answer; `triggered`: the run that an approval started, or `failure`: why it did not."""

    counts: bool
    triggered: triggering.Triggered | None = None
    failure: str = ""


@router.get("/approvals")
async def approvals(request: Request, number: Annotated[int, Query(ge=1, le=1_000_000)] = 1) -> Response:
    """Show all questions, those that wait first."""
    now = utc_now()
    systems, found, total = await in_time(_listed, now, number)
    return page(
        request, "approvals.html", TEXTS, systems=systems, found=found, total=total, number=number, now=now,
        pages=pages_of(total, SHOWN), colours=COLOURS, mistakes=list(load_each().mistakes.values()),
        translate=partial(translate, language=language_of(request)),
    )  # fmt: skip


@router.get(f"{PATH}.csv")
async def records_as_csv(
    request: Request, user: GetUserDep, system: str, approval: str, chosen: Annotated[Filter, Query()]
) -> Response:
    """Send the chosen records of a question as CSV, all of them; names only to those who may decide."""
    found = await _found(system, approval, chosen)
    records = await in_time(lambda: all_records(engine_of(system), system, approval, chosen.wanted()))
    names = await _names(system, records) if await _may_decide(user, found.approval) else None
    return csv_answer("freigabe-datensaetze.csv", *_table(request, records, names))


@router.get(PATH)
async def approval(
    request: Request, user: GetUserDep, system: str, approval: str, chosen: Annotated[Filter, Query()]
) -> Response:
    """Show one question with its records."""
    return await _shown(request, user, await _found(system, approval, chosen), chosen)


@router.post(PATH, dependencies=[Depends(may_trigger)])
async def answer(
    request: Request,
    user: GetUserDep,
    system: str,
    approval: str,
    what: Annotated[Literal["approve", "reject"], Form()],
) -> Response:
    """Write an answer, start the group's DAG if it is yes; needs the right to trigger that DAG."""
    found = await _found(system, approval, Filter())
    if not await _may_decide(user, found.approval):
        raise HTTPException(403)
    answered = await _answer(found.approval, user.get_name(), approve=what == "approve")
    return await _shown(request, user, await _found(system, approval, Filter()), Filter(), answered)


async def _answer(question: Approval, user: str, *, approve: bool) -> Answered:
    holds = timedelta(hours=load_settings(question.system).removal_guard.approval_hours)

    def write() -> bool:
        system = question.system
        return decide(
            engine_of(system), system, question.approval, approve=approve, by=user, holds=holds, now=utc_now()
        )

    if not await in_time(write):
        return Answered(counts=False)
    if not approve:
        return Answered(counts=True)
    try:
        run_id = f"released__{question.approval}"  # one approval, one run
        start = partial(triggering.trigger, _dag(question), [], dry_run=False, user=user, run_id=run_id)
        return Answered(counts=True, triggered=await in_time(start))
    except triggering.NotTriggeredError as error:
        return Answered(counts=True, failure=str(error))


def _listed(now: datetime, number: int) -> tuple[list[str], list[Approval], int]:
    """Return the active systems, one page of their questions, and how many there are in all."""
    databases = engines(None)
    found = [one for system, engine in databases.items() for one in find_approvals(engine, system, now, number * SHOWN)]
    found.sort(key=lambda one: str(one.decided_at or one.asked_at), reverse=True)
    found.sort(key=lambda one: one.state_at(now) != Answer.OPEN)
    total = sum(count_approvals(engine, system) for system, engine in databases.items())
    return list(databases), found[(number - 1) * SHOWN : number * SHOWN], total


async def _found(system: str, approval: str, chosen: Filter) -> Found:
    """Return a question as a reader wants to see it; 404 if there is none."""
    known = known_system(system)
    found = await in_time(lambda: find_approval(engine_of(known), known, approval, chosen.wanted(), chosen.number))
    if found is None:
        raise HTTPException(404)
    return found


async def _may_decide(user: BaseUser, question: Approval) -> bool:
    return await in_time(can_trigger, user, _dag(question))


async def _names(system: str, records: list[Record]) -> Names:
    keys = [(one.record_type, one.external_id) for one in records]
    names: Names = {}
    for start in range(0, len(keys), NAMED_AT_ONCE):
        names |= await in_time(
            lambda some: names_of(engine_of(system), system, some), keys[start : start + NAMED_AT_ONCE]
        )
    return names


def _dag(question: Approval) -> str:
    return dag_name(question.group, question.system)


async def _shown(
    request: Request, user: BaseUser, found: Found, chosen: Filter, answered: Answered | None = None
) -> Response:
    question, language = found.approval, language_of(request)
    may_decide = await _may_decide(user, question)
    names = await _names(question.system, found.records) if may_decide else {}
    guard = load_settings(question.system).removal_guard
    return page(
        request, "approval.html", TEXTS, found=found, question=question, state=question.state_at(utc_now()),
        wanted=chosen.wanted(), number=chosen.number, names=names, may_decide=may_decide, answered=answered,
        hours=f"{guard.approval_hours:g}", colours=COLOURS,
        explain=partial(explain, language=language), rule_of=rule_of,
        causes=[translate(cause, language) for cause in question.causes],
        translate=partial(translate, language=language),
    )  # fmt: skip


def _table(request: Request, records: list[Record], names: Names | None) -> tuple[list[str], list[list[object]]]:
    """Return head and rows of the list; without names there is no such column."""
    known, language = {**FRAME, **TEXTS}, language_of(request)
    t = translator(known, language)
    head = ["record_type", "external_id", "name", "move", "reason", "reason_code", "properties"]
    shown = [name for name in head if name != "name" or names is not None]

    def said(key: str, code: str) -> str:
        return t(f"{key}_{code}") if f"{key}_{code}" in known else code

    rows = [
        {
            **vars(one), "record_type": said("kind", one.record_type), "move": said("move", one.kind),
            "name": (names or {}).get((one.record_type, one.external_id)), "properties": " ".join(one.properties),
            "reason": explain(one.reason, language), "reason_code": one.reason,
        }
        for one in records
    ]  # fmt: skip
    return [t(name) for name in shown], [[row[name] for name in shown] for row in rows]
