"""Does a system reach iX-Haus and the portal? What is wrong is named by a code, never with data of either side."""

import asyncio
from collections.abc import Callable
from typing import Final, Literal, NamedTuple

from airflow.sdk.exceptions import AirflowNotFoundException
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from include.casavi.client import PortalStopError, open_portal
from include.casavi.connections import ConnectionMistakeError, check_portal_connection
from include.casavi.endpoints import LISTS
from include.casavi.verdict import Verdict
from include.ixhaus.check import FlagError, cannot_be_read, check_database
from include.ixhaus.database import WrongKindError, open_engine
from include.ixhaus.faults import fault_of
from include.network.way import WayError
from include.settings import ConfigurationError, SystemSettings
from include.vocabulary.sentences import in_both
from include.vocabulary.texts import Text

PORTAL_SECONDS = 4.0
"""How long the portal is waited for, login and all."""
BY_STATUS: Final = {400: "KEY_REFUSED", 401: "KEY_REFUSED", 403: "KEY_DENIED", 404: "WRONG_ADDRESS"}
"""HTTP status of a portal that lets nobody in → what is wrong."""


class Finding(NamedTuple):
    """One thing found about a side.

    code:  OK, or what is wrong: ABSENT, INCOMPLETE, NO_ADDRESS, OF_PRODUCTION (the connection); NO_CONNECTION, TIMEOUT;
           DATABASE, WRONG_KIND, BAD_FLAG, NOT_READABLE, VIEW_MISSING, TABLE_MISSING, COLUMNS_MISSING (iX-Haus);
           WAY, KEY_REFUSED, KEY_DENIED, WRONG_ADDRESS, RATE_LIMITED, PORTAL_FAULT, BAD_ANSWER, UNEXPECTED (the portal);
           SETTINGS
    about: of what: a connection, a view, an error's number, an HTTP status
    said:  the whole sentence, where the database itself has said what is wrong (DATABASE), or proxy and certificates
           are in the way (WAY)
    wrong: how the address is (NO_ADDRESS), or the mistake in the settings (SETTINGS)
    """

    side: Literal["ixhaus", "portal"]
    code: str
    about: str = ""
    said: Text | None = None
    wrong: Text | None = None


def check_ixhaus(settings: SystemSettings, open_database: Callable[[str], Engine] = open_engine) -> list[Finding]:
    """Connect to the ERP's database and compare it with the contract (R55); one finding per thing that is missing."""
    try:
        differences = check_database(open_database(settings.ixhaus_connection))
    except Exception as error:  # whatever Airflow, the driver or the network raise: its name is the finding
        return [database_finding(error, settings)]
    missing = [
        Finding("ixhaus", "COLUMNS_MISSING", f"{one.name}: {', '.join(one.columns)}")
        if one.columns
        else Finding("ixhaus", "VIEW_MISSING" if one.is_view else "TABLE_MISSING", one.name)
        for one in differences
    ]
    return missing or [Finding("ixhaus", "OK", settings.ixhaus_connection)]


def check_portal(settings: SystemSettings) -> Finding:
    """Log in to the portal with the stored key pair and read its document types, which tell nothing of anybody."""
    try:
        check_portal_connection(settings)
    except ConnectionMistakeError as mistake:
        return Finding("portal", mistake.code, settings.portal_connection, wrong=mistake.wrong)
    except WayError as mistake:
        return _closed(mistake)
    except ConfigurationError as error:  # production's settings, with which the test system's are compared
        return Finding("portal", "SETTINGS", wrong=error.said)
    try:
        return asyncio.run(asyncio.wait_for(_visit(settings), PORTAL_SECONDS))
    except TimeoutError:
        return Finding("portal", "TIMEOUT")


async def _visit(settings: SystemSettings) -> Finding:
    async with open_portal(settings.portal_connection, settings.limits) as portal:
        try:
            answer = await portal.call(LISTS["document_type"], "")
        except PortalStopError as stop:
            if stop.status is None:
                return _closed(stop)
            return Finding("portal", BY_STATUS.get(stop.status, "UNEXPECTED"), f"HTTP {stop.status}")
    if answer.verdict is Verdict.DONE:
        return Finding("portal", "OK", settings.portal_connection)
    status = f"HTTP {answer.status}" if answer.status else ""
    return Finding("portal", answer.reason or BY_STATUS.get(answer.status or 0, "UNEXPECTED"), status)


def _closed(error: Exception) -> Finding:
    """Return the finding for a sentence about the way to the portal."""
    return Finding("portal", "WAY", said=in_both(str(error)))


def database_finding(error: Exception, settings: SystemSettings) -> Finding:
    """Return the finding for an error of the ERP's database: its sentence, else its name; its text may hold a host."""
    fault = fault_of(error)
    if isinstance(error, AirflowNotFoundException):
        return Finding("ixhaus", "ABSENT", settings.ixhaus_connection)
    if fault and isinstance(error, DBAPIError) and cannot_be_read(error):
        return Finding("ixhaus", "NOT_READABLE", fault.number)
    if fault:
        return Finding("ixhaus", "DATABASE", fault.number, Text(fault.german, fault.english))
    if isinstance(error, TimeoutError):
        return Finding("ixhaus", "TIMEOUT")
    if isinstance(error, FlagError):
        return Finding("ixhaus", "BAD_FLAG", error.place)
    if isinstance(error, WrongKindError):
        return Finding("ixhaus", "WRONG_KIND", settings.ixhaus_connection)
    return Finding("ixhaus", "NO_CONNECTION", type(error).__name__)
