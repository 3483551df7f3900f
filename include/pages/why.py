"""The page Warum?: what the portal has of a record, what it should have, and which rule decides (R50, O8)."""

from dataclasses import replace
from functools import partial
from typing import Annotated, Any, Final, Literal

from airflow.api_fastapi.core_api.security import GetUserDep
from fastapi import APIRouter, Depends, Form, HTTPException, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import AfterValidator

from include.groups import GROUPS
from include.ixhaus.check import ContractError
from include.lookup.kinds import KINDS, asked_by, kind_of
from include.lookup.spelling import Meant, Named, meant, named
from include.lookup.why import Answer, Question, remembered, why
from include.pages import triggering
from include.pages.access import can_trigger, may_trigger
from include.pages.language import language_of
from include.pages.later import forget, is_asked, when_ready
from include.pages.rendering import below, page
from include.pages.systems import engine_of, known_system
from include.pages.waiting import in_time, open_ixhaus
from include.pages.why_texts import TEXTS
from include.settings import configured_systems, load_settings
from include.sync.flow import dag_name
from include.vocabulary.addresses import why_address
from include.vocabulary.clock import utc_now
from include.vocabulary.reasons import explain, rule_of, translate
from include.vocabulary.sentences import in_language
from include.vocabulary.state import State

router = APIRouter()
SECONDS_A_CALL: Final = 60
"""A view of 100,000 rows may keep the database busy for longer than a page waits."""
SECONDS_AT_ONCE: Final = 1.0
"""So long a page waits for the decision before it shows what the ledger knows; it asks again by itself."""
_LONGEST: Final = 200
Kind = Literal[
    "property", "unit", "person", "owner", "caretaker", "co_resident", "contract_partner", "contract", "document",
    "report", "post", "note", "attachment",
]  # fmt: skip
EXAMPLES: Final = {
    "property": "100", "unit": "100/3", "person": "100.3.1", "owner": "4711", "caretaker": "4712",
    "co_resident": "4713", "contract_partner": "4714", "contract": "V-100-3", "document": "D-4711",
    "report": "M-2026-17", "post": "M-2026-18", "note": "N-2026-17", "attachment": "A-2026-17",
}  # fmt: skip
"""Kind → what an id looks like."""
STATE_COLOURS: Final = {State.PRESENT: "good", State.RESTRICTED: "warn", State.PENDING: "warn"}

LEVEL_COLOURS: Final = {"error": "bad", "invalid": "bad", "warning": ""}


def _known_group(name: str) -> str:
    if name not in GROUPS:
        raise ValueError("there is no such group")
    return name


@router.get("/why")
async def ask(request: Request, system: str = "") -> Response:
    """Show the empty question."""
    return _page(request, known_system(system))


@router.post("/why")
async def find(
    request: Request,
    user: GetUserDep,
    kind: Annotated[Kind, Form()],
    typed: Annotated[str, Form(alias="id", max_length=200)],
    system: Annotated[str, Form()] = "",
) -> Response:
    """Lead to the answer about the one record that a typed id means, worked out anew; else show which it may mean.

    A name is looked for here alone, so that none stands in an address, and only for who may start a run of persons.
    """
    question = Question(known_system(system), kind, typed.strip())
    found = await _meant(question)
    if len(found.ids) == 1:
        forget(replace(question, id=found.ids[0]))
        return _to(request, question, found.ids[0])
    is_named = not found.ids and KINDS[kind].has_names and await _may_see_names(user, question)
    people = await in_time(_people, question) if is_named else []
    return _page(request, question.system, question=question, meant=found, people=people)


@router.get("/why/{kind}/{record_id:path}")
async def answer(request: Request, user: GetUserDep, kind: str, record_id: str, system: str = "") -> Response:
    """Show what the ledger knows of a record, and what is decided about it as soon as that is worked out.

    kind: also the name of a record type
    """
    known = kind_of(kind)
    if known is None or len(record_id) > _LONGEST:
        raise HTTPException(404)
    question = Question(known_system(system), known, record_id.strip())
    if is_asked(question):
        return await _answered(request, user, question)
    found = await _meant(question)
    if len(found.ids) != 1:
        return _page(request, question.system, question=question, meant=found)
    if found.ids[0] != record_id:
        return _to(request, question, found.ids[0])
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
        return _page(request, question.system, question=question, failure=in_language(str(error), language_of(request)))
    return _page(request, question.system, question=question, triggered=triggered, group=group, what=what)


async def _answered(request: Request, user: Any, question: Question) -> Response:
    settings = load_settings(question.system)

    def work() -> Answer:
        return why(open_ixhaus(settings.ixhaus_connection, SECONDS_A_CALL), settings, question, utc_now())

    try:
        found = await when_ready(question, work, seconds=SECONDS_AT_ONCE, is_kept=True)
    except ContractError as error:
        return _page(request, question.system, question=question, wrong=in_language(str(error), language_of(request)))
    if found is None:
        held = await in_time(lambda: remembered(engine_of(question.system), question))
        return _page(request, question.system, question=question, under_way=True, held=held)
    groups = {verdict.group for verdict in found.verdicts}
    allowed = {group: await in_time(can_trigger, user, dag_name(group, question.system)) for group in groups}
    return _page(request, question.system, question=question, answer=found, allowed=allowed)


async def _meant(question: Question) -> Meant:
    """Return what the id may mean; where a view is slow, the id as it stands."""
    try:
        return await in_time(lambda: meant(engine_of(question.system), question.system, question.kind, question.id))
    except TimeoutError:
        return Meant((question.id,))


async def _may_see_names(user: Any, question: Question) -> bool:
    dags = [dag_name(group, question.system) for group in KINDS[question.kind].groups]
    return any([await in_time(can_trigger, user, dag_id) for dag_id in dags])


def _people(question: Question) -> list[Named]:
    return named(engine_of(question.system), question.id)


def _to(request: Request, question: Question, record_id: str) -> Response:
    address = why_address(question.system, question.kind, record_id)
    return RedirectResponse(below(request, address), 303)


def _page(request: Request, system: str, **values: Any) -> Response:
    nothing = dict.fromkeys(("question", "answer", "wrong", "failure", "triggered", "group", "what", "meant"))
    given = {**nothing, "under_way": False, "held": (), "people": (), "allowed": {}, **values}
    return page(
        request, "why.html", TEXTS, system=system, systems=configured_systems(), kinds=EXAMPLES,
        explain=partial(explain, language=language_of(request)), rule_of=rule_of,
        translate=partial(translate, language=language_of(request)), can_be_named=triggering.can_be_named,
        asked_by=asked_by, colours=STATE_COLOURS, level_colours=LEVEL_COLOURS, **given,
    )  # fmt: skip
