"""The portal: does its connection lead there, does it let us in, does it list everything, is its description ours?"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing
from datetime import UTC, datetime
from typing import Any, Final

import yaml

from include.casavi.client import LoginDelayedError, Portal, PortalStopError, open_portal
from include.casavi.connections import ConnectionMistakeError, check_portal_connection
from include.casavi.endpoints import ENDPOINTS, FILE, LISTS, LOGIN_PATH, SINGLE, Call
from include.casavi.listing import ListingError, list_pages
from include.casavi.verdict import Verdict
from include.doctor.database import MOST_SECONDS
from include.doctor.finding import Finding, said
from include.doctor.patient import Check, Patient
from include.doctor.portal_texts import SAYINGS
from include.lookup.checkup import BY_STATUS
from include.settings import ConfigurationError
from include.vocabulary.sentences import in_both
from include.vocabulary.texts import Text

LONGEST_PAUSE: Final = 5.0
"""Seconds; a portal that asks for a longer pause is not waited for."""
_DELAYED: Final = ("TIMEOUT", "NO_CONNECTION", "BAD_ANSWER", "RATE_LIMITED", "PORTAL_FAULT")


def lets_in(patient: Patient) -> Iterator[Finding]:
    """Log in with the stored key pair; what hinders that is said once, and the portal's other checks keep still."""
    where, wrong, about = patient.settings.portal_connection, Text("", ""), Text("", "")
    try:
        check_portal_connection(patient.settings)
        code, about = asyncio.run(_login(patient))
    except ConnectionMistakeError as mistake:
        code, wrong = mistake.code, mistake.wrong or wrong
    except ConfigurationError as mistake:  # the way there, or production's settings, with which the test's are compared
        code, about = "SENTENCE", in_both(str(mistake))
    patient.is_portal_open = not code
    if code:
        yield said(SAYINGS, code, where, about=about, wrong=wrong)


def lists(patient: Patient) -> Iterator[Finding]:
    """Find lists that cannot be read, and a portal whose clock is another."""
    if patient.is_portal_open:
        yield from asyncio.run(_lists(patient))


def author(patient: Patient) -> Iterator[Finding]:
    """Find an author of house notices whom the portal does not know (R40)."""
    wanted = patient.settings.post_author
    if patient.is_portal_open and wanted and not asyncio.run(_is_known(patient, wanted)):
        yield said(SAYINGS, "AUTHOR_UNKNOWN", "post_author")


def description(patient: Patient) -> Iterator[Finding]:
    """Find calls of ours that a downloaded OpenAPI document does not know."""
    if patient.openapi is None:
        return
    where = patient.openapi.name
    try:
        known = _described(yaml.safe_load(patient.openapi.read_text(encoding="utf-8")))
    except (OSError, LookupError, ValueError, yaml.YAMLError, AttributeError, TypeError):
        yield said(SAYINGS, "OPENAPI_UNREADABLE", where)
        return
    for method, path in sorted(ours()):
        methods = known.get(_shape(path))
        if methods is None:
            yield said(SAYINGS, "PATH_UNKNOWN", where, method=method, path=path)
        elif method not in methods:
            yield said(SAYINGS, "METHOD_UNKNOWN", where, method=method, path=path, known=", ".join(sorted(methods)))


def ours() -> set[tuple[str, str]]:
    """Return method and path of every call this project makes."""
    calls: list[Call] = [*LISTS.values(), *SINGLE.values(), FILE]
    calls += [call for endpoint in ENDPOINTS.values() for call in endpoint.calls()]
    calls += [endpoint.find for endpoint in ENDPOINTS.values() if endpoint.find]
    return {("POST", LOGIN_PATH), *((call.method, call.path) for call in calls)}


async def _login(patient: Patient) -> tuple[str, Text]:
    """Return what is wrong, "" if nothing is, and the HTTP status or the sentence that says so."""
    async with open_portal(patient.settings.portal_connection, patient.settings.limits) as portal:
        try:
            await portal.login("")
        except PortalStopError as stop:
            if stop.status is None:  # a proxy or a certificate is in the way
                return "SENTENCE", in_both(str(stop))
            return BY_STATUS.get(stop.status, "UNEXPECTED"), _status(stop.status)
        except LoginDelayedError as delay:
            answer = delay.answer
            return answer.reason if answer.reason in _DELAYED else "UNEXPECTED", _status(answer.status)
    return "", Text("", "")


def _status(status: int | None) -> Text:
    said = f"HTTP {status}" if status else "–"
    return Text(said, said)


async def _lists(patient: Patient) -> list[Finding]:
    async with open_portal(patient.settings.portal_connection, patient.settings.limits) as portal:
        return [one for call in LISTS.values() if call.is_of_all async for one in _list(portal, call, patient)]


async def _list(portal: Portal, call: Call, patient: Patient) -> AsyncIterator[Finding]:
    try:
        async with aclosing(list_pages(portal, call, longest_pause=LONGEST_PAUSE)) as pages:
            async for page in pages:
                for one in _clock(page.date, patient):
                    yield one
                break
    except (ListingError, PortalStopError) as error:
        status = f" (HTTP {error.status})" if isinstance(error, PortalStopError) and error.status else ""
        yield said(SAYINGS, "LIST_UNREADABLE", call.path, status=status)


def _clock(theirs: datetime | None, patient: Patient) -> Iterator[Finding]:
    """The difference is said without its seconds: each list has others, and one clock is one finding."""
    if theirs and abs((theirs - patient.now.astimezone(UTC)).total_seconds()) > MOST_SECONDS:
        yield said(SAYINGS, "PORTAL_CLOCK", patient.settings.portal_connection, most=MOST_SECONDS)


async def _is_known(patient: Patient, contact: str) -> bool:
    async with open_portal(patient.settings.portal_connection, patient.settings.limits) as portal:
        return (await portal.call(SINGLE["contact"], contact)).verdict is not Verdict.MISSING


def _described(document: dict[str, Any]) -> dict[tuple[str, ...], set[str]]:
    """Return the paths of a document, whatever it calls their parameters, each with its methods."""
    return {_shape(path): {method.upper() for method in methods} for path, methods in document["paths"].items()}


def _shape(path: str) -> tuple[str, ...]:
    parts = [part for part in path.strip("/").split("/") if part not in ("v2", "api")]
    return tuple("{}" if part.startswith("{") else part for part in parts)


CHECKS: Final[tuple[Check, ...]] = (lets_in, lists, author, description)
