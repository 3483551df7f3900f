"""Whether the ledger may be believed, asked before anything is sent or brought in.

The ledger is compared with a second memory: with the portal account that it speaks of, and with what Airflow remembers
of the group's newest run. A database that was restored from a backup knows of fewer runs than Airflow does.

    doubt                                           what follows
    an empty ledger, and a portal that is not        reconcile first
    fewer runs here than Airflow remembers           reconcile first
    another key or address                           a record is asked for whose number in the portal is known from the
                                                     last reconciliation: the same number, the same account
    another key, and no such record                  a few records are asked for by their ids
    anything else                                    stop: a person decides in casavi_reconcile
"""

import asyncio
import logging
from collections.abc import Sequence
from typing import Final, NamedTuple

from sqlalchemy import Engine, select

from include.casavi.client import open_portal
from include.casavi.connections import account_of, former_account_of
from include.casavi.endpoints import SINGLE
from include.casavi.inventory import first_ids, is_there, number_of
from include.ixhaus.contract.own import SP_ABGLEICH
from include.ixhaus.contract.reports import SP_MELDUNG
from include.ixhaus.database import id_lists, read_snapshot
from include.sync import marks
from include.sync.group import Group
from include.sync.reconcile import Reconciled, reconcile
from include.sync.run import Opened, RefusedError, Request
from include.sync.sealing import renew_if_lost
from include.vocabulary import ids
from include.vocabulary.state import HELD, State

log = logging.getLogger(__name__)
_ROW, _REPORT = SP_ABGLEICH.c, SP_MELDUNG.c
_SAMPLE: Final = 5


class Memory(NamedTuple):
    """What the database remembers of a group: how many runs there were, and with which portal account.

    key: a digest of the account's key, keyed with the system's secret
    """

    runs: int = 0
    address: str = ""
    key: str = ""


def settle_doubt(run: Opened, group: Group, request: Request) -> None:
    """Reconcile a group first if its ledger is in doubt, or if that was asked for, and remember the run.

    raises: RefusedError if a person has to decide; as `reconcile`
    """
    before = memory_of(run, group)
    refuse_other_account(run, group, before)
    if request.dry_run:
        return
    known, found = _runs_known(group, request, before), None
    if why := _why_reconcile(run, group, request, is_older=before.runs < known):
        log.warning("%s: reconciling with the portal before anything is sent", why)
        found = reconcile(run, [group], request.scope())
    _remember(run, group, request, known + 1, found)


def settle_all(run: Opened, groups: Sequence[Group], request: Request, found: Reconciled) -> None:
    """Remember that the ledger of some groups is as true as a reconciliation could make it; raises LeaseLostError."""
    for group in groups:
        _remember(run, group, request, _runs_known(group, request, memory_of(run, group)) + 1, found)


def _runs_known(group: Group, request: Request, before: Memory) -> int:
    """Return how many runs of a group there were, as far as anybody knows."""
    told = request.second_memory.recall(group.name) if request.second_memory else 0
    return max(before.runs, told)


def _why_reconcile(run: Opened, group: Group, request: Request, *, is_older: bool) -> str:
    if is_older:
        return "the database knows of fewer runs than Airflow does, as after a restored backup"
    if request.resend == "all":
        return "everything is to be looked at"
    if is_ledger_empty(run.engine, run.system, group) and asyncio.run(is_filled(run, group)):
        return "the ledger is empty and the portal is not"
    return ""


def refuse_other_account(run: Opened, group: Group, before: Memory) -> None:
    """Raise RefusedError if a group's ledger speaks of another portal account than the connection leads to.

    before: see memory_of
    """
    connection_id = run.settings.portal_connection
    address, key = account_of(connection_id, run.secret)
    known = (before.address, before.key)
    if not before.address or known in ((address, key), former_account_of(connection_id)):
        return
    if asyncio.run(_is_same_account(run, group, is_same_address=before.address == address)):
        log.info("%s leads to the same portal account as before", run.settings.portal_connection)
        return
    other = address if before.address != address else "another one there"
    raise RefusedError(
        f"the ledger of {run.system}/{group.name} speaks of the portal account at {before.address}, and the Airflow "
        f"connection {run.settings.portal_connection} leads to {other}; nothing was sent. If that is meant, start "
        "casavi_reconcile with accept_account; else correct the connection"
    )


async def _is_same_account(run: Opened, group: Group, *, is_same_address: bool) -> bool:
    """Whether the portal knows a record by the number it had, or else has any of a few that the ledger holds, at the
    same address; so does one of which the ledger holds none.
    """
    with read_snapshot(run.engine) as connection:
        witness = marks.read(connection, run.system, _witness(group.name))
    held = _held_sample(run.engine, run.system, group)
    async with open_portal(run.settings.portal_connection, run.settings.limits) as portal:
        if witness:
            record_type, number, portal_id = witness.split(" ", 2)
            if found := await number_of(portal, record_type, portal_id):
                return found == number
        if not is_same_address:
            return False
        for record_type, portal_id in held:
            if await is_there(portal, record_type, portal_id):
                return True
    return not held


def _held_sample(engine: Engine, system: str, group: Group) -> list[tuple[str, str]]:
    types = [name for name in group.record_types if name in SINGLE]
    query = select(_ROW.record_type, _ROW.external_id, _ROW.portal_id).where(
        _ROW.system == system, _ROW.record_type.in_(types), _ROW.state.in_(HELD)
    )
    with read_snapshot(engine) as connection:
        rows = connection.execute(query.order_by(_ROW.acknowledged_at.desc()).limit(_SAMPLE)).all()
    return [(record_type, portal_id or external_id) for record_type, external_id, portal_id in rows]


def is_ledger_empty(engine: Engine, system: str, group: Group) -> bool:
    """Whether the ledger knows nothing of what a group has sent."""
    mine = (_ROW.system == system) & _ROW.record_type.in_(list(group.record_types)) & (_ROW.state != State.NEW)
    with read_snapshot(engine) as connection:
        return connection.execute(select(_ROW.external_id).where(mine).limit(1)).first() is None


async def is_filled(run: Opened, group: Group) -> bool:
    """Whether the portal holds records of a group's types; of tickets only those that are reports of iX-Haus count, as
    tenants make others.
    """
    async with open_portal(run.settings.portal_connection, run.settings.limits) as portal:
        for record_type in group.record_types:
            if record_type in SINGLE:  # else staff make such records before anything is sent
                found = await first_ids(portal, record_type)
                if _reports_among(run.engine, found) if record_type == "ticket" else found:
                    return True
    return False


def _reports_among(engine: Engine, ticket_ids: Sequence[str]) -> bool:
    names = {name for ticket_id in ticket_ids for name in (*ids.bases(ticket_id), ids.imported(ticket_id))}
    with read_snapshot(engine) as connection:
        for some in id_lists(names):
            if connection.execute(select(_REPORT.report_nr).where(_REPORT.report_nr.in_(some))).first():
                return True
    return False


def forget_lost_secret(run: Opened) -> None:
    """Take a lost secret for lost: make another one, and let every group be reconciled before it sends anything."""
    if renew_if_lost(run.engine, run.system):
        with run.engine.begin() as connection:
            for group, value in marks.read_all(connection, run.system, _name("")).items():
                marks.write(connection, run.system, _name(group), f"0 {value.partition(' ')[2]}")


def _name(group: str) -> str:
    return f"memory/{group}"


def _witness(group: str) -> str:
    return f"witness/{group}"


def memory_of(run: Opened, group: Group) -> Memory:
    """Return what the database remembers of a group's runs."""
    with read_snapshot(run.engine) as connection:
        value = marks.read(connection, run.system, _name(group.name))
    if not value:
        return Memory()
    runs, key, address = value.split(" ", 2)
    return Memory(int(runs), address, key)


def _remember(run: Opened, group: Group, request: Request, runs: int, found: Reconciled | None) -> None:
    """Remember on both sides that a group has had so many runs, the last with this account."""
    address, key = account_of(run.settings.portal_connection, run.secret)
    values = {_name(group.name): f"{runs} {key} {address}"}
    witnesses = found.witnesses if found else {}
    if record_type := next((name for name in group.record_types if name in witnesses), None):
        portal_id, number = witnesses[record_type]
        values[_witness(group.name)] = f"{record_type} {number} {portal_id}"
    with run.engine.begin() as connection:
        run.lease.confirm(connection)
        for name, value in values.items():
            marks.write(connection, run.system, name, value)
    if request.second_memory:
        request.second_memory.keep(group.name, runs)
