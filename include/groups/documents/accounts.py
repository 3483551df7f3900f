"""Reading back from the portal who is registered and who is invited, for delivery routes and e-mails (R32, R42)."""

import asyncio
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, bindparam, delete, func, insert, select, update

from include.casavi.answers import read
from include.casavi.client import open_portal
from include.casavi.endpoints import LISTS, SINGLE
from include.casavi.listing import ListingError, list_records
from include.casavi.verdict import Verdict
from include.ixhaus.contract import NO, YES
from include.ixhaus.contract.own import SP_ABGLEICH, SP_PORTALKONTO
from include.ixhaus.database import read_snapshot
from include.settings import SystemSettings
from include.sync.run import Opened
from include.vocabulary.clock import to_utc_column, utc_now
from include.vocabulary.state import HELD

Accounts = dict[str, tuple[str, str]]
"""Contact → registered, invited; each J or N as in the contract."""
_ROW, _HELD = SP_PORTALKONTO.c, SP_ABGLEICH.c


def read_accounts(run: Opened) -> dict[str, int]:
    """Read every contact's account and remember it in SP_PORTALKONTO.

    returns: how many contacts were read, are registered, are invited
    raises:  ListingError if the list could not be read to its end, or lacks too many contacts that the portal should
             have (nothing is changed then); PortalStopError
    """
    found = asyncio.run(_read(run.settings))
    _refuse_shrunk(len(found), _expected(run), run.settings.removal_guard.source_percent)
    store_accounts(run.engine, run.system, found, utc_now())
    return {
        "contacts": len(found),
        "registered": sum(registered == YES for registered, _ in found.values()),
        "invited": sum(invited == YES for _, invited in found.values()),
    }


def _expected(run: Opened) -> int:
    """Return how many contacts were listed last time and may be expected again: not those that have left since."""
    left = select(_HELD.external_id).where(
        _HELD.system == run.system, _HELD.record_type == "contact", _HELD.state.not_in(HELD)
    )
    query = select(func.count()).where(_ROW.system == run.system, _ROW.contact.not_in(left))
    with read_snapshot(run.engine) as connection:
        return connection.execute(query).scalar_one()


def _refuse_shrunk(found: int, expected: int, least_percent: float) -> None:
    """Raise ListingError if a list is that much shorter: taken at its word, it would send letters on paper to all."""
    if expected and (not found or found * 100 < least_percent * expected):
        raise ListingError(
            f"{LISTS['contact'].path}: the portal lists {found} contacts, {expected} were expected; nothing was "
            "changed. If they are there in the portal, run again; if not, find out why before persons run again"
        )


async def _read(settings: SystemSettings) -> Accounts:
    async with open_portal(settings.portal_connection, settings.limits) as portal:
        return {
            contact["id"]: (_flag(contact, "isRegistered"), _flag(contact, "isInvited"))
            async for contact in list_records(portal, LISTS["contact"], longest_pause=settings.limits.max_wait_seconds)
            if contact["id"]  # else the manager's staff have made it in the portal
        }


def registered_now(settings: SystemSettings, contacts: Iterable[str]) -> dict[str, bool]:
    """Ask the portal which contacts are registered at this moment; one that it does not know is not (E53).

    returns: contact → registered; one of whom the portal could not be asked is missing
    raises:  PortalStopError
    """
    return asyncio.run(_ask(settings, contacts))


async def _ask(settings: SystemSettings, contacts: Iterable[str]) -> dict[str, bool]:
    found: dict[str, bool] = {}
    async with open_portal(settings.portal_connection, settings.limits) as portal:
        for contact in contacts:
            answer = await portal.call(SINGLE["contact"], contact)
            if answer.verdict is Verdict.DONE:
                found[contact] = _flag(read(answer.content), "isRegistered") == YES
            elif answer.verdict is Verdict.MISSING:
                found[contact] = False
    return found


def _flag(contact: dict[str, Any], name: str) -> str:
    return YES if contact.get(name) is True else NO  # a portal that does not say so is no way to reach anybody


def registered_contacts(engine: Engine, system: str) -> set[str]:
    """Return the contacts that were registered when the portal was last read."""
    query = select(_ROW.contact).where(_ROW.system == system, _ROW.registered == YES)
    with read_snapshot(engine) as connection:
        return set(connection.execute(query).scalars())


def store_accounts(engine: Engine, system: str, found: Accounts, now: datetime) -> None:
    """Bring SP_PORTALKONTO up to what was found; contacts the portal no longer lists disappear."""
    query = select(_ROW.contact, _ROW.registered, _ROW.invited).where(_ROW.system == system)
    with read_snapshot(engine) as connection:
        known = {contact: (registered, invited) for contact, registered, invited in connection.execute(query)}
    rows = [
        {"k_contact": contact, "registered": registered, "invited": invited, "as_of": to_utc_column(now)}
        for contact, (registered, invited) in found.items()
        if known.get(contact) != (registered, invited)
    ]
    with engine.begin() as connection:
        _write(connection, system, rows, known)
        gone = [{"k_contact": contact} for contact in known.keys() - found.keys()]
        if gone:
            connection.execute(delete(SP_PORTALKONTO).where(_key(system)), gone)


def _write(connection: Connection, system: str, rows: list[dict[str, Any]], known: Accounts) -> None:
    changed = [row for row in rows if row["k_contact"] in known]
    new = [
        {"system": system, "contact": row["k_contact"], **{name: row[name] for name in row if name != "k_contact"}}
        for row in rows
        if row["k_contact"] not in known
    ]
    if new:
        connection.execute(insert(SP_PORTALKONTO), new)
    if changed:
        names = ("registered", "invited", "as_of")
        values: dict[str, Any] = {name: bindparam(name) for name in names}
        connection.execute(update(SP_PORTALKONTO).where(_key(system)).values(values), changed)


def _key(system: str) -> Any:
    return (_ROW.system == system) & (_ROW.contact == bindparam("k_contact"))
