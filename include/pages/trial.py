"""Trying other settings, reached from the page Einstellungen: who would come and go, the lines for the file, and saving
them where the installation allows it (R57).
"""

from collections.abc import Mapping
from functools import partial
from typing import Annotated, Any, Final, NamedTuple
from urllib.parse import urlencode

import pandas as pd
from airflow.api_fastapi.auth.managers.models.base_user import BaseUser
from airflow.api_fastapi.core_api.security import GetUserDep
from fastapi import APIRouter, Depends, HTTPException, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse
from pydantic import BaseModel

from include.ixhaus.check import ContractError
from include.ixhaus.secret import SecretLostError
from include.lookup.paging import pages_of
from include.lookup.trial import Effect, try_settings
from include.pages.access import can_edit_connections, may_edit_connections, may_trigger
from include.pages.language import language_of
from include.pages.later import forget, when_ready
from include.pages.rendering import page
from include.pages.systems import known_system
from include.pages.trial_texts import TEXTS
from include.pages.waiting import open_ixhaus
from include.settings import (
    TRIED,
    NotSavedError,
    Saved,
    Tried,
    as_entered,
    configured_systems,
    digest_of,
    explanation_of,
    label_of,
    lines_of,
    load_settings,
    may_save,
    save_settings,
    try_entries,
)
from include.sync.plan import DuplicateKeysError
from include.vocabulary.clock import utc_now
from include.vocabulary.reasons import explain, rule_of
from include.vocabulary.sentences import in_both
from include.vocabulary.texts import Text

router = APIRouter()
PATH: Final = "/configuration/trial"
SHOWN: Final = 50
SECONDS_AT_ONCE: Final = 1.0
"""So long a page waits for the result before it says that it is under way; it asks again by itself."""
LONGEST_REASON: Final = 500
PARTS: Final[Mapping[str, tuple[str, ...]]] = {
    "part_properties": ("properties", "include_vacant_units"),
    "part_persons": ("person_types", "portal_access_lead_days", "portal_access_trail_days"),
    "part_documents": (
        "document_types", "document_types_without_time_filter", "property_document_types", "unit_document_types",
    ),
    "part_reports": ("user_teams", "open_reports_cutoff"),
    "part_guard": ("removal_guard.max_percent", "removal_guard.max_count", "removal_guard.source_percent"),
}  # fmt: skip
"""How the form is divided."""


class Filter(BaseModel):
    """Which records of which system a reader has chosen, and which page of them; `every`: also those that would move
    anyway.
    """

    system: str = ""
    record_type: str = ""
    move: str = ""
    reason: str = ""
    every: bool = False
    number: Annotated[int, Query(ge=1, le=1_000_000)] = 1

    def of(self, effect: Effect) -> pd.DataFrame:
        """Return the records it selects."""
        chosen = effect.moves if self.every else effect.moves[effect.moves["is_due"]]
        for name in ("record_type", "move", "reason"):
            if wanted := getattr(self, name):
                chosen = chosen[chosen[name] == wanted]
        return chosen


class Found(NamedTuple):
    """What is known of the values tried: the effect, whether it is still being worked out, what came in the way."""

    effect: Effect | None = None
    is_under_way: bool = False
    wrong: Text | None = None


@router.get(PATH, dependencies=[Depends(may_trigger)])
async def show(request: Request, user: GetUserDep, chosen: Annotated[Filter, Query()]) -> Response:
    """Show the form, and for changed values what would come and go under them."""
    entries = {path: text for path, text in request.query_params.items() if path in TRIED}
    return await _show(request, user, known_system(chosen.system), entries, chosen)


@router.post(PATH, dependencies=[Depends(may_trigger)])
async def enter(request: Request, user: GetUserDep) -> Response:
    """Check what was entered, and lead to what it would do, worked out anew."""
    system, entries = await _entered(request)
    tried = try_entries(system, entries)
    if tried.mistakes or not tried.changes:
        return await _show(request, user, system, entries, Filter(), is_sent=True)
    changed = _canonical(tried)
    forget(_question(system, changed))
    address = urlencode({"system": system, **changed})
    return RedirectResponse(f"{request.scope['root_path']}{PATH}?{address}#result", 303)


@router.post(f"{PATH}/save", dependencies=[Depends(may_edit_connections)])
async def save(request: Request, user: GetUserDep) -> Response:
    """Write changed values into the system's file, with who does it and why."""
    system, entries = await _entered(request)
    if not _may_save(user, system):
        raise HTTPException(403)
    form = await request.form()
    reason, seen = " ".join(str(form.get("why", "")).split()), str(form.get("digest", ""))
    tried = try_entries(system, entries)
    if tried.mistakes or not tried.changes:
        return await _show(request, user, system, entries, Filter(), is_sent=True)
    if not reason or len(reason) > LONGEST_REASON:
        return await _show(request, user, system, entries, Filter(), not_saved=NotSavedError("REASON"), why=reason)
    saved = Saved(utc_now(), user.get_name(), reason, (), "")
    try:
        await run_in_threadpool(save_settings, system, tried.changes, saved, seen=seen)
    except NotSavedError as error:
        return await _show(request, user, system, entries, Filter(), not_saved=error, why=reason)
    return RedirectResponse(f"{request.scope['root_path']}/configuration?system={system}&saved=true#history", 303)


async def _entered(request: Request) -> tuple[str, dict[str, str]]:
    form = await request.form()
    return known_system(str(form.get("system", ""))), {path: str(form[path]) for path in TRIED if path in form}


def _canonical(tried: Tried) -> dict[str, str]:
    return {path: as_entered(tried.settings, path) for path in tried.changes}


def _question(system: str, changed: Mapping[str, str]) -> tuple[object, ...]:
    """Return what one result stands for: these values against the file as it is."""
    return ("trial", system, digest_of(system), tuple(sorted(changed.items())))


def _may_save(user: BaseUser, system: str) -> bool:
    return may_save(system) and can_edit_connections(user, load_settings(system).portal_connection)


async def _found(system: str, tried: Tried) -> Found:
    current, paths = load_settings(system), tuple(tried.changes)

    def work() -> Effect:
        engine = open_ixhaus(current.ixhaus_connection, current.limits.database_seconds)
        return try_settings(engine, current, tried.settings, paths, utc_now())

    question = _question(system, _canonical(tried))
    try:
        effect = await when_ready(question, work, seconds=SECONDS_AT_ONCE, is_kept=True, is_long=True)
    except (ContractError, DuplicateKeysError, SecretLostError) as error:
        return Found(wrong=in_both(str(error)))
    return Found(effect, is_under_way=effect is None)


async def _show(
    request: Request,
    user: BaseUser,
    system: str,
    entries: Mapping[str, str],
    chosen: Filter,
    *,
    is_sent: bool = False,
    not_saved: NotSavedError | None = None,
    why: str = "",
) -> Response:
    current, tried, language = load_settings(system), try_entries(system, entries), language_of(request)
    is_sound = bool(tried.changes) and not tried.mistakes
    found = await _found(system, tried) if is_sound else Found()
    return page(
        request, "trial.html", TEXTS, status=422 if tried.mistakes else 409 if not_saved else 200,
        system=system, systems=configured_systems(), file=f"config/{system}.yaml", parts=PARTS, kinds=TRIED,
        in_force={path: as_entered(current, path) for path in TRIED},
        values={path: entries.get(path, as_entered(current, path)) for path in TRIED},
        label_of=partial(label_of, language=language), explanation_of=partial(explanation_of, language=language),
        changes=tried.changes, mistakes=tried.mistakes, is_unchanged=is_sent and not tried.changes,
        changed=_canonical(tried) if is_sound else {}, lines=lines_of(tried.changes) if is_sound else "",
        digest=digest_of(system), is_saving_on=may_save(system), can_save=is_sound and _may_save(user, system),
        connection=current.portal_connection, not_saved=not_saved, given_reason=why, longest_reason=LONGEST_REASON,
        explain=partial(explain, language=language), rule_of=rule_of,
        at=partial(_address, request, system, _canonical(tried), chosen), **_listed(found, chosen),
    )  # fmt: skip


def _address(request: Request, system: str, changed: Mapping[str, str], chosen: Filter, number: int) -> str:
    """Return the address of a page of the list; a value that was emptied stays in it, an empty filter does not."""
    wanted = {name: getattr(chosen, name) for name in ("record_type", "move", "reason")}
    wanted |= {"every": "true" if chosen.every else "", "number": str(number)}
    query = {"system": system, **changed, **{name: value for name, value in wanted.items() if value}}
    return f"{request.scope['root_path']}{PATH}?{urlencode(query)}#list"


def _listed(found: Found, chosen: Filter) -> dict[str, Any]:
    """Return what the template reads of the result, and one page of its records."""
    effect = found.effect
    if effect is None:
        return {"effect": None, "found": found, "chosen": chosen, "records": [], "total": 0, "pages": 1, "numbers": []}
    records = chosen.of(effect)
    start = (chosen.number - 1) * SHOWN
    return {
        "effect": effect,
        "found": found,
        "chosen": chosen,
        "numbers": effect.numbers(),
        "records": records.iloc[start : start + SHOWN].to_dict("records"),
        "total": len(records),
        "pages": pages_of(len(records), SHOWN),
    }
