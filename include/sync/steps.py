"""The steps of every run as plain functions: extract, transform, plan, load, finish. flow.py makes tasks of them."""

import logging
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from functools import partial
from importlib import import_module
from typing import Any, Final

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import Engine

from include.casavi.connections import check_connections
from include.casavi.payloads import refusal
from include.ixhaus.activation import why_off
from include.ixhaus.check import ContractError
from include.ixhaus.database import open_engine
from include.ixhaus.read import Views, read_views
from include.settings import SystemSettings, load_settings
from include.sync import ledger, protocol, staging
from include.sync.group import Group, is_removal, stages
from include.sync.inbox import imported_records
from include.sync.lease import LeaseHeldError, acquire
from include.sync.load import Batch, LoadStoppedError
from include.sync.plan import GuardFinding, Outcome, compare, guard_finding, hold_back, to_send, validate
from include.sync.planned import Planned, guarded_sample, leave_preview, planned_counts, record, stage
from include.sync.protocol import Counts, RunKey
from include.sync.run import Extract, Request, RunState, SkipRunError
from include.sync.staging import Staging
from include.vocabulary.clock import berlin_day, utc_now
from include.vocabulary.decision import CONTROL_COLUMNS, EXTERNAL_ID
from include.vocabulary.reasons import explain

__all__ = [
    "ContractError",
    "Ending",
    "LoadStoppedError",
    "SkipRunError",
    "extract",
    "finish",
    "load",
    "plan",
    "transform",
]
log = logging.getLogger(__name__)
RULES_SEE: Final = [
    "record_type",
    "external_id",
    "state",
    "identity",
    "properties",
    "reason",
    "group",
    "acknowledged_at",
]
"""What the rules may know of the ledger: who is in the portal, not with which content."""


def extract(group: Group, system: str, run: str, request: Request) -> RunState:
    """Check that the run may work, take the lease, and read the group's views as of one moment; raises as `begin`."""
    state = begin(group, system, run, request)
    read(group, state)
    return state


def begin(group: Group, system: str, run: str, request: Request) -> RunState:
    """Check that the run may work, take the lease, and open the protocol.

    Raises SkipRunError when there is nothing to do (switched off, no licence, another run works), ConfigurationError
    when a person has to mend something first. Nothing has been sent in either case.
    """
    settings = load_settings(system)
    request.scope()
    if not settings.active:
        raise SkipRunError("SYSTEM_OFF")
    check_connections(settings)
    engine, queried_at = open_engine(settings.ixhaus_connection), utc_now()
    if reason := why_off(engine, berlin_day(queried_at)):
        protocol.open_run(engine, RunKey(system, group.name, f"{run}#0"), queried_at, "skipped", reason)
        raise SkipRunError(reason)
    try:
        lease = acquire(engine, f"{system}/{group.name}", run, settings.limits.lease_seconds)
    except LeaseHeldError as other:
        log.warning("%s", other)
        protocol.open_run(engine, RunKey(system, group.name, f"{run}#0"), queried_at, "skipped", "BUSY")
        raise SkipRunError("BUSY") from None
    folder = Staging.create(system, group.name, f"{run}-{lease.token}")
    state = RunState(system, group.name, run, folder.reference, lease.token, queried_at.isoformat())
    folder.path("settings.json").write_text(settings.model_dump_json(), encoding="utf-8")
    protocol.open_run(engine, state.key, queried_at)
    return state


def read(group: Group, state: RunState, extract: Extract = Extract()) -> None:  # noqa: B008 - frozen
    """Read the group's views and the ledger as of one moment, all of them or an extract.

    Raises ContractError when a person has to mend a view first; the run is closed then, as after any other failure.
    """
    folder, settings = state.staging(), state.settings()
    engine, lease = open_engine(settings.ixhaus_connection), state.lease(settings)
    try:
        with lease.kept_alive(engine):
            protocol.close_aborted(engine, state.key, datetime.fromisoformat(state.queried_at))
            staging.clear_others(folder)
            rows = take_snapshot(group, state.system, engine, folder, extract)
    except Exception as error:
        # What a contract or configuration error says holds keys and names of columns; others may quote a row.
        reason = str(error) if isinstance(error, ContractError) else type(error).__name__
        protocol.close_run(engine, state.key, Counts(), "failed", reason, utc_now())
        folder.clear()
        lease.release(engine)
        raise
    log.info("read %s", ", ".join(f"{name}: {number}" for name, number in rows.items()))


def take_snapshot(group: Group, system: str, engine: Engine, folder: Staging, extract: Extract) -> dict[str, int]:
    """Read the group's views and the ledger into a folder; returns frame name → number of rows, raises as `read`."""
    rows = read_views(engine, group.views, folder.path("views"), extract.views)
    types = (*group.record_types, *group.sees)
    folder.write_table("known", ledger.known_records(engine, system, types, extract.known))
    if group.has_inbox:
        imported_records(engine, system).to_parquet(folder.path("views") / "inbox.parquet")
    return rows


def decide(group: Group, folder: Staging, settings: SystemSettings, today: date) -> dict[str, pd.DataFrame]:
    """Let the rules decide about every record of a snapshot; returns record type → frame, see decision.py."""
    known = folder.read_table("known", columns=RULES_SEE).to_pandas()
    decided: dict[str, pd.DataFrame] = imported(group.rules)(Views(folder.path("views")), known, settings, today)
    return decided


def transform(group: Group, state: RunState) -> dict[str, int]:
    """Let the rules decide about every record; returns the number of records per type."""
    settings, folder = state.settings(), state.staging()
    with state.lease(settings).kept_alive(open_engine(settings.ixhaus_connection)):
        decided = decide(group, folder, settings, state.today)
        numbers = {record_type: len(frame) for record_type, frame in decided.items()}
        for record_type in numbers:
            version = imported(group.record_types[record_type]).VERSION
            folder.write_table(f"decided_{record_type}", staging.with_content(decided.pop(record_type), version))
    return numbers


def plan(group: Group, state: RunState, request: Request) -> Planned:
    """Compare what the rules decided with what the portal acknowledged, and stage the changes in batches.

    A dry run stages nothing and leaves its changes, without personal data, in the run's preview.csv and the log.
    """
    settings, folder = state.settings(), state.staging()
    engine = open_engine(settings.ixhaus_connection)
    with state.lease(settings).kept_alive(engine):
        compared, findings = _compared(group, state, request, engine)
        guarded = any(finding.exceeds(settings.removal_guard, request.released()) for finding in findings)
        for record_type, records in compared.items():
            left = hold_back(records) if guarded and record_type not in group.unguarded else records
            filled = left.assign(content=folder.contents_of(record_type, left.loc[to_send(left), EXTERNAL_ID]))
            compared[record_type] = validate(filled, imported(group.record_types[record_type]), refusal)
        if request.dry_run:
            leave_preview(folder, compared)
        else:
            record(engine, state, compared)
        batches = {} if request.dry_run else stage(group, state, settings.limits.batch_size, compared)
    return Planned(
        counts=planned_counts(compared, dry_run=request.dry_run),
        changes=sum(int((records["outcome"] == Outcome.CHANGE).sum()) for records in compared.values()),
        batches={name: batches.get(name, []) for name in stages(group)},
        guarded=[finding for finding in findings if guarded and finding.count],
        sample=guarded_sample(compared),
    )


def _compared(
    group: Group, state: RunState, request: Request, engine: Engine
) -> tuple[dict[str, pd.DataFrame], list[GuardFinding]]:
    folder = state.staging()
    known, compared, findings = folder.read_table("known"), {}, []
    for record_type in group.record_types:
        held = _of_type(known, record_type)
        desired = folder.read_table(f"decided_{record_type}", columns=[*CONTROL_COLUMNS, "hash"]).to_pandas()
        if request.only is not None:  # an extract of the ledger may lack what belonged to another property before
            missing = desired.loc[~desired[EXTERNAL_ID].isin(held[EXTERNAL_ID]), EXTERNAL_ID]
            held = pd.concat([held, ledger.known_of(engine, state.system, record_type, missing).to_pandas()])
        held = held.assign(is_ours=held["group"] == group.name)
        compared[record_type] = compare(desired, held, request.scope())
        if record_type not in group.unguarded:
            findings.append(guard_finding(record_type, desired, held, compared[record_type]))
    if request.only is not None:  # the guard's share is one of all that the portal holds
        totals = ledger.held_counts(engine, state.system, group.name)
        findings = [replace(finding, held=totals.get(finding.record_type, 0)) for finding in findings]
    return compared, findings


def load(group: Group, state: RunState, batch: Mapping[str, Any]) -> dict[str, int]:
    """Send one batch; returns how many changes ended how."""
    settings, record_type = state.settings(), batch["record_type"]
    changes = state.staging().read_part(batch["file"], batch["part"])
    engine = open_engine(settings.ixhaus_connection)
    task = Batch(engine, settings, state.lease(settings), state.key.name, record_type, changes)
    if record_type in group.parcels and not is_removal(batch["file"]):
        task.open_parcels = partial(imported(group.parcels[record_type]), engine, settings, state)
    return task.send()


@dataclass(frozen=True)
class Ending:
    """How a run ended: the protocol for XCom, why the run is red (None: it is not), and whether it really synced."""

    xcom: dict[str, Any]
    why_red: str | None
    is_synced: bool


def finish(group: Group, system: str, upstream: Mapping[str, Any], request: Request) -> Ending:
    """Write the run's protocol, clear its files, give the lease back.

    upstream: what the other tasks left: `state` and `planned` (None if they did not end well), `skip` (a reason code or
    None), `failed` (names of failed tasks)
    """
    if upstream["state"] is None:
        failed = upstream["failed"]
        why_red = f"failed before anything was sent: {', '.join(failed)}; see that task's log" if failed else None
        status, reason = ("failed", why_red) if failed else ("skipped", explain(upstream["skip"] or ""))
        xcom = {"queried_at": utc_now().isoformat(), **asdict(Counts()), "status": status, "reason": reason}
        return Ending(xcom, why_red, is_synced=False)
    state = RunState(**upstream["state"])
    settings, planned = state.settings(), upstream["planned"]
    engine = open_engine(settings.ixhaus_connection)
    counts = Counts(**planned["counts"]) if planned else Counts()
    if planned and not request.dry_run:
        counts = protocol.total(counts, planned["changes"], protocol.sent_counts(engine, state.key))
    status, why_red = _verdict(counts, upstream["failed"], request)
    protocol.close_run(engine, state.key, counts, status, why_red or "", utc_now())
    state.staging().clear()
    state.lease(settings).release(engine)
    xcom = {"queried_at": state.queried_at, **asdict(counts), "status": status, "reason": why_red or ""}
    return Ending(xcom, why_red, is_synced=status == "ok")


def _verdict(counts: Counts, failed: list[str], request: Request) -> tuple[str, str | None]:
    if failed:
        return "failed", f"these tasks failed: {', '.join(failed)}; what they had sent stays, the next run goes on"
    if counts.errors:
        return "errors", f"{counts.errors} records were refused or could not be sent; the protocol names them"
    return ("dry_run" if request.dry_run else "ok"), None


def imported(dotted: str) -> Any:
    """Return what a dotted name stands for."""
    module, _, name = dotted.rpartition(".")
    return getattr(import_module(module), name)


def _of_type(known: pa.Table, record_type: str) -> pd.DataFrame:
    return known.filter(pc.equal(known["record_type"], pa.scalar(record_type))).to_pandas()
