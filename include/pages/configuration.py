"""The page Einstellungen: what a system is set to do, whether it may run, how much it releases, and its key pair."""

import asyncio
from typing import Annotated, Any, Final, NamedTuple

from airflow.api_fastapi.auth.managers.models.base_user import BaseUser
from airflow.api_fastapi.core_api.security import GetUserDep
from fastapi import APIRouter, Depends, Form, HTTPException, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse

from include.casavi.keys import KeysRefusedError, is_encrypted, key_pair, store_keys
from include.ixhaus.activation import Activation, activation, reason_for_off
from include.lookup.checkup import Finding, check_ixhaus, check_portal, database_finding
from include.lookup.extent import Extent, extents
from include.pages.access import can_edit_connections, can_trigger, may_edit_connections, may_trigger
from include.pages.configuration_texts import TEXTS
from include.pages.language import language_of
from include.pages.rendering import page
from include.pages.waiting import in_time, open_ixhaus
from include.settings import (
    ConfigurationError,
    SystemSettings,
    changed_at,
    configured_systems,
    digest_of,
    effective,
    load_settings,
    may_save,
    saved_changes,
)
from include.vocabulary.clock import berlin_day, utc_now
from include.vocabulary.texts import Language

__all__ = ["TEXTS", "router"]
router = APIRouter()
PATH: Final = "/configuration"
Entered = Annotated[str, Form()]


class Stand(NamedTuple):
    """What iX-Haus says of a system right now."""

    activation: Activation
    extents: list[Extent]


@router.get(PATH)
async def configuration(
    request: Request, user: GetUserDep, system: str = "", stored: bool = False, saved: bool = False
) -> Response:
    """Show a system's settings, production's unless another one is named."""
    return await _show(request, user, _known(system), stored=stored, saved=saved)


@router.post(f"{PATH}/check", dependencies=[Depends(may_trigger)])
async def check(request: Request, user: GetUserDep, system: Entered) -> Response:
    """Check the connections to iX-Haus and to the portal, and show what was found."""
    settings = load_settings(_known(system))
    ixhaus, portal, stand = await asyncio.gather(_check_ixhaus(settings), _check_portal(settings), _stand(settings))
    return await _show(request, user, system, stand=stand, findings=[*ixhaus, portal])


@router.post(f"{PATH}/keys", dependencies=[Depends(may_edit_connections)])
async def keys(
    request: Request,
    user: GetUserDep,
    system: Entered,
    address: Entered = "",
    key: Entered = "",
    key_again: Entered = "",
    secret: Entered = "",
    secret_again: Entered = "",
) -> Response:
    """Store the portal's key pair, entered twice (R10)."""
    connection = load_settings(_known(system)).portal_connection
    if not can_edit_connections(user, connection):
        raise HTTPException(403)
    entries = (address, key, key_again, secret, secret_again)
    try:
        await run_in_threadpool(store_keys, system, *entries, by=user.get_name())
    except KeysRefusedError as refused:
        return await _show(request, user, system, refused=refused, address=address)
    return RedirectResponse(f"{request.scope['root_path']}{PATH}?system={system}&stored=true#access", 303)


def _known(system: str) -> str:
    """Return a system that has settings, the first one if none is named."""
    systems = configured_systems()
    if not systems or (system and system not in systems):
        raise HTTPException(404)
    return system or systems[0]


async def _show(
    request: Request,
    user: BaseUser,
    system: str,
    *,
    stored: bool = False,
    saved: bool = False,
    stand: Stand | Finding | None = None,
    findings: list[Finding] | None = None,
    refused: KeysRefusedError | None = None,
    address: str | None = None,
) -> Response:
    try:
        settings, mistake = load_settings(system), None
    except ConfigurationError as error:
        settings, mistake = None, error.said
    values = await _values(settings, user, language_of(request), stand) if settings else {}
    history = saved_changes(system)
    return page(
        request,
        "configuration.html",
        TEXTS,
        status=422 if refused else 200,
        system=system,
        systems=configured_systems(),
        file=f"config/{system}.yaml",
        changed_at=changed_at(system),
        mistake=mistake,
        is_stored=stored,
        is_saved=saved,
        is_saving_on=may_save(system),
        history=history,
        is_changed_elsewhere=bool(history) and history[0].digest != digest_of(system),
        findings=findings,
        refused=refused,
        entered_address=address,
        **values,
    )


async def _values(
    settings: SystemSettings, user: BaseUser, language: Language, stand: Stand | Finding | None
) -> dict[str, Any]:
    """Return what the page shows of a system whose file is sound; asks for the stand if it is not known yet."""
    pair = await in_time(key_pair, settings.portal_connection)
    stand = stand or await _stand(settings)
    return {
        "why_off": _why_off(settings, stand),
        "settings": settings,
        "stand": stand if isinstance(stand, Stand) else None,
        "trouble": stand if isinstance(stand, Finding) else None,
        "pair": pair,
        "is_encrypted": is_encrypted(),
        "can_check": can_trigger(user),
        "can_enter": can_edit_connections(user, settings.portal_connection),
        "sections": effective(settings, language),
    }


async def _stand(settings: SystemSettings) -> Stand | Finding:
    """Return what iX-Haus says, or what came in the way: the rest of the page does not need it."""
    try:
        return await in_time(_read_stand, settings)
    except Exception as error:  # whatever Airflow, the driver or the network raise is named on the page
        return database_finding(error, settings)


def _read_stand(settings: SystemSettings) -> Stand:
    engine = open_ixhaus(settings.ixhaus_connection)
    found = activation(engine, berlin_day(utc_now()))
    licences = {one.name for one in found.licences if one.is_active}
    return Stand(found, extents(engine, settings, licences))


def _why_off(settings: SystemSettings, stand: Stand | Finding) -> str | None:
    """Return why no run would do anything, in the order in which a run asks (R6, R8); None if it would."""
    if not settings.active:
        return "SYSTEM_OFF"
    return reason_for_off(stand.activation) if isinstance(stand, Stand) else None


async def _check_ixhaus(settings: SystemSettings) -> list[Finding]:
    try:
        return await in_time(check_ixhaus, settings, open_ixhaus)
    except TimeoutError as error:
        return [database_finding(error, settings)]


async def _check_portal(settings: SystemSettings) -> Finding:
    try:
        return await in_time(check_portal, settings)
    except TimeoutError:
        return Finding("portal", "TIMEOUT")
