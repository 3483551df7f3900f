"""The page Heute, with which staff begin: what waits for them, what is late, what is wrong, what went over today."""

from collections.abc import Mapping
from functools import partial
from typing import Annotated, Any

from airflow.api_fastapi.auth.managers.models.base_user import BaseUser
from airflow.api_fastapi.core_api.security import GetUserDep
from fastapi import APIRouter, HTTPException, Query, Request, Response

from include.lookup.runs import dag_run_of
from include.lookup.today import Today, corrections_for
from include.lookup.today import today as look
from include.pages.access import can_trigger, reads_texts
from include.pages.language import language_of
from include.pages.rendering import page
from include.pages.systems import engine_of
from include.pages.today_texts import TEXTS
from include.pages.waiting import in_time
from include.settings import SystemSettings, load_each
from include.sync.flow import dag_name
from include.vocabulary.clock import utc_now
from include.vocabulary.reasons import explain, rule_of, translate
from include.vocabulary.state import WENT_WRONG
from include.vocabulary.texts import Text

__all__ = ["TEXTS", "router"]
router = APIRouter()


@router.get("/today")
async def today(request: Request, user: GetUserDep, system: str = "") -> Response:
    """Show how a system stands; while the settings of all of them are wrong, what is wrong."""
    known = load_each()
    chosen = _chosen(known.sound, known.mistakes, system)
    shown: Today | None = None
    allowed: dict[str, bool] = {}
    reads = False
    if chosen:
        shown = await in_time(lambda: look(engine_of(chosen), known.sound[chosen], utc_now()))
        allowed = await _allowed(user, chosen, shown)
        reads = await in_time(reads_texts, user, chosen)
    return page(
        request, "today.html", TEXTS, shown=shown, allowed=allowed, reads=reads, system=chosen,
        systems=_offered(known.sound, chosen), mistakes=list(known.mistakes.values()), went_wrong=WENT_WRONG,
        dag_run_of=dag_run_of, **_words(request),
    )  # fmt: skip


@router.get("/today/records")
async def records_of_reason(
    request: Request,
    reason: Annotated[str, Query(max_length=40)],
    system: str = "",
    number: Annotated[int, Query(ge=1, le=1_000_000)] = 1,
) -> Response:
    """Show all records that are to be corrected for one reason, a page at a time."""
    known = load_each()
    chosen = _chosen(known.sound, known.mistakes, system)
    if not chosen:
        raise HTTPException(404)
    found = await in_time(lambda: corrections_for(engine_of(chosen), chosen, reason, number))
    return page(
        request, "today_records.html", TEXTS, found=found, number=number, system=chosen, **_words(request)
    )  # fmt: skip


def _chosen(sound: Mapping[str, SystemSettings], mistakes: Mapping[str, Text], system: str) -> str:
    """Return whose page it is: the system asked for, else the first that is switched on, else the first unless the
    settings of one that may be are wrong; "" where none can be shown, 404 for one that is not configured.
    """
    if system in mistakes:
        return ""
    if system and system not in sound:
        raise HTTPException(404)
    switched_on = [name for name, settings in sound.items() if settings.active]
    switched_off = [] if mistakes else sound
    return next(iter([*filter(None, [system]), *switched_on, *switched_off]), "")


def _offered(sound: Mapping[str, SystemSettings], chosen: str) -> list[str]:
    """Return the systems to choose from: those that are switched on, and the one that is shown."""
    return [name for name, settings in sound.items() if settings.active or name == chosen]


async def _allowed(user: BaseUser, system: str, shown: Today) -> dict[str, bool]:
    """Return group → whether the user may decide about what waits in it."""
    groups = {one.approval.group for one in shown.questions}
    return {group: await in_time(can_trigger, user, _dag(system, group)) for group in groups}


def _dag(system: str, group: str) -> str:
    return dag_name(group, system)


def _words(request: Request) -> dict[str, Any]:
    language = language_of(request)
    return {
        "explain": partial(explain, language=language),
        "translate": partial(translate, language=language),
        "rule_of": rule_of,
    }
