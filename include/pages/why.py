"""The page Warum?: what the portal has of a record, what it should have, and which rule decides (R50, O8)."""

from functools import partial
from typing import Annotated, Any, Final, Literal

from airflow.api_fastapi.core_api.security import GetUserDep
from fastapi import APIRouter, Depends, Form, HTTPException, Request, Response
from pydantic import AfterValidator

from include.groups import GROUPS
from include.ixhaus.check import ContractError
from include.lookup.runs import dag_run_of
from include.lookup.why import Answer, Question, why
from include.pages import triggering
from include.pages.access import can_trigger, may_trigger
from include.pages.language import language_of
from include.pages.later import when_ready
from include.pages.rendering import page
from include.pages.systems import known_system
from include.pages.waiting import in_time, open_ixhaus
from include.pages.why_texts import TEXTS
from include.settings import configured_systems, load_settings
from include.sync.flow import dag_name
from include.vocabulary.clock import utc_now
from include.vocabulary.reasons import explain, rule_of, translate
from include.vocabulary.state import State

router = APIRouter()
SECONDS_A_CALL: Final = 60
"""A view of 100,000 rows may keep the database busy for longer than a page waits."""
Kind = Literal["property", "unit", "person", "contract", "document", "report", "note"]
EXAMPLES: Final = {
    "property": "100", "unit": "100/3", "person": "100.3.1", "contract": "V-100-3", "document": "D-4711",
    "report": "M-2026-17", "note": "N-2026-17",
}  # fmt: skip
"""Kind → what an id looks like."""
STATE_COLOURS: Final = {State.PRESENT: "good", State.RESTRICTED: "warn", State.PENDING: "warn"}


def _known_group(name: str) -> str:
    if name not in GROUPS:
        raise ValueError("there is no such group")
    return name


@router.get("/why")
async def ask(request: Request) -> Response:
    """Show the empty question."""
    return _page(request, known_system(""))


@router.post("/why")
async def answer(
    request: Request,
    user: GetUserDep,
    kind: Annotated[Kind, Form()],
    record_id: Annotated[str, Form(alias="id", max_length=200)],
    system: Annotated[str, Form()] = "",
) -> Response:
    """Answer a question, or say that the answer is still being worked out."""
    question = Question(known_system(system), kind, record_id.strip())
    return await _answered(request, user, question)


@router.post("/why/send", dependencies=[Depends(may_trigger)])
async def send(
    request: Request,
    user: GetUserDep,
    group: Annotated[str, AfterValidator(_known_group), Form()],
    properties: Annotated[list[str], Form(alias="property")],
    kind: Annotated[Kind, Form()],
    record_id: Annotated[str, Form(alias="id", max_length=200)],
    what: Annotated[Literal["send", "preview"], Form()],
    system: Annotated[str, Form()] = "",
) -> Response:
    """Start the group's DAG for the record's properties; needs the right to trigger that DAG."""
    question = Question(known_system(system), kind, record_id.strip())
    dag_id = dag_name(group, question.system)
    if not triggering.can_be_named(properties):
        raise HTTPException(422)
    if not await in_time(can_trigger, user, dag_id):
        raise HTTPException(403)
    start = partial(triggering.trigger, dag_id, properties, dry_run=what == "preview", user=user.get_name())
    try:
        triggered = await in_time(start)
    except triggering.NotTriggeredError as error:
        return _page(request, question.system, question=question, failure=str(error))
    return _page(request, question.system, question=question, triggered=triggered, what=what)


async def _answered(request: Request, user: Any, question: Question) -> Response:
    settings = load_settings(question.system)
    await in_time(_reach, settings.ixhaus_connection)  # a database that is away is said at once, not after a minute

    def work() -> Answer:
        return why(open_ixhaus(settings.ixhaus_connection, SECONDS_A_CALL), settings, question, utc_now())

    try:
        found = await when_ready(question, work)
    except ContractError as error:
        return _page(request, question.system, question=question, wrong=str(error))
    if found is None:
        return _page(request, question.system, question=question, under_way=True)
    dags = {verdict.group: dag_name(verdict.group, question.system) for verdict in found.verdicts}
    allowed = {group: await in_time(can_trigger, user, dag_id) for group, dag_id in dags.items()}
    return _page(request, question.system, question=question, answer=found, dags=dags, allowed=allowed)


def _reach(connection_id: str) -> None:
    with open_ixhaus(connection_id).connect():
        pass


def _page(request: Request, system: str, **values: Any) -> Response:
    nothing = dict.fromkeys(("question", "answer", "wrong", "failure", "triggered", "what"))
    given = {**nothing, "under_way": False, "dags": {}, "allowed": {}, **values}
    return page(
        request, "why.html", TEXTS, system=system, systems=configured_systems(), kinds=EXAMPLES,
        explain=partial(explain, language=language_of(request)), rule_of=rule_of,
        translate=partial(translate, language=language_of(request)), dag_run_of=dag_run_of,
        can_be_named=triggering.can_be_named, colours=STATE_COLOURS, **given,
    )  # fmt: skip
