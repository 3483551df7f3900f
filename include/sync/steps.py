"""The steps of every run as plain functions: extract, transform, plan, load, finish. flow.py makes tasks of them."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import Engine

from include.casavi.client import PortalStopError
from include.casavi.connections import check_ixhaus_connection, check_portal_connection, missing_connection
from include.casavi.endpoints import endpoint_of
from include.casavi.listing import ListingError
from include.casavi.payloads import refusal
from include.columns.keys import occurs
from include.ixhaus.activation import why_off
from include.ixhaus.check import ContractError
from include.ixhaus.database import WrongKindError, open_engine
from include.ixhaus.faults import fault_of, sentence
from include.ixhaus.versions import check_version
from include.settings import ConfigurationError, SystemSettings, load_settings
from include.sync import approvals, asking, below, ledger, protocol, sources, staging
from include.sync.contents import with_content
from include.sync.decide import decide, imported, take_snapshot
from include.sync.doubt import settle_doubt
from include.sync.finality import standing
from include.sync.group import Group, is_removal, stages
from include.sync.leads import log_pages
from include.sync.lease import Lease, LeaseHeldError, LeaseLostError, acquire
from include.sync.load import Batch, LoadStoppedError
from include.sync.plan import Outcome, compare, to_send, validate
from include.sync.planned import BatchPart, Planned, kinds, leave_preview, planned_counts, record, stage
from include.sync.protocol import Counts, RunKey
from include.sync.run import Extract, Opened, RefusedError, Request, RunState, SkipRunError, lease_name
from include.sync.said import did, numbers
from include.sync.staging import Staging
from include.vocabulary.clock import berlin_day, to_utc_column, utc_now
from include.vocabulary.decision import CONTROL_COLUMNS, EXTERNAL_ID
from include.vocabulary.reasons import explain
from include.vocabulary.state import RunStatus

log = logging.getLogger(__name__)
JUST: Final = timedelta(hours=3)
"""A run of the night that an event started, by the one before it, stands for the one that the clock starts later: as
long as a night's runs lie apart, and no longer, as tomorrow's night needs its own.
"""
SENTENCES: Final = (
    ConfigurationError, WrongKindError, ContractError, ListingError, PortalStopError, LoadStoppedError, RefusedError,
)  # fmt: skip
"""Errors whose message says what to do, and holds nothing of a record but keys."""


def extract(group: Group, system: str, run: str, request: Request) -> Opened:
    """Check that the run may work, take the lease, and read the group's views as of one moment; raises as `begin`, and
    SkipRunError when the clock starts what an event has just started.
    """
    opened = begin(group, system, run, request)
    with opened.kept():
        _leave_out_if_just_done(opened, request)
        believe(group, opened, request)
        read(group, opened)
    return opened


def begin(group: Group, system: str, run: str, request: Request) -> Opened:
    """Check that the run may work, take the lease, and open the protocol.

    Raises SkipRunError when there is nothing to do (switched off, no licence, another run works), ConfigurationError
    when a person has to mend something first, what the database raises when it fails. Nothing has been sent in any
    case, the lease is free, and the protocol says why wherever the database still takes a row.
    """
    settings, queried_at = load_settings(system), utc_now()
    request.scope()
    if not settings.active:
        raise SkipRunError("SYSTEM_OFF")
    check_ixhaus_connection(settings)
    engine = open_engine(settings.ixhaus_connection, settings.limits.database_seconds)
    nothing_done = RunKey(system, group.name, f"{run}#0")
    try:
        check_portal_connection(settings)
        check_version(engine)
        if reason := why_off(engine, berlin_day(queried_at)):
            raise SkipRunError(reason, engine)
        lease = acquire(engine, lease_name(system, group.name), run, settings.limits.lease_seconds)
    except SkipRunError as skip:
        protocol.open_run(engine, nothing_done, queried_at, RunStatus.SKIPPED, explain(skip.reason))
        raise
    except LeaseHeldError as other:
        log.warning("%s", other)
        protocol.open_run(engine, nothing_done, queried_at, RunStatus.SKIPPED, f"{explain('BUSY')} ({other.holder})")
        raise SkipRunError("BUSY") from None
    except Exception as error:
        _name(engine, nothing_done, queried_at, error)
        raise
    try:
        return _opened(group, settings, engine, lease, queried_at)
    except Exception as error:
        with suppress(Exception):  # whoever is next finds it expired, if it cannot even be given back
            lease.release(engine)
        _name(engine, nothing_done, queried_at, error)
        raise


def _leave_out_if_just_done(run: Opened, request: Request) -> None:
    queried_at = datetime.fromisoformat(run.state.queried_at)
    since = request.clock_since and max(request.clock_since, to_utc_column(queried_at - JUST))
    if since and protocol.event_has_done_it(run.engine, run.key, since):
        protocol.close_run(run.engine, run.key, Counts(), RunStatus.SKIPPED, explain("JUST_DONE"), queried_at)
        run.folder.clear()
        run.lease.release(run.engine)
        raise SkipRunError("JUST_DONE")


def _opened(group: Group, settings: SystemSettings, engine: Engine, lease: Lease, queried_at: datetime) -> Opened:
    folder = Staging.create(settings.system, group.name, f"{lease.holder}-{lease.token}")
    state = RunState(settings.system, group.name, lease.holder, folder.reference, lease.token, queried_at.isoformat())
    folder.path("settings.json").write_text(settings.model_dump_json(), encoding="utf-8")
    protocol.open_run(engine, state.key, queried_at)
    return Opened(state, settings, engine, lease, folder)


def _name(engine: Engine, run: RunKey, queried_at: datetime, error: Exception) -> None:
    """Enter into the protocol why a run could not even begin, if the database takes it."""
    with suppress(Exception):  # the error itself is what the log and the XCom tell
        protocol.open_run(engine, run, queried_at, RunStatus.FAILED, told(error))


def believe(group: Group, run: Opened, request: Request) -> None:
    """Make sure that the ledger may be believed; raises as `settle_doubt`, with the run closed as after any failure."""
    with closed_by_failure(run):
        settle_doubt(run, group, request)


def read(group: Group, run: Opened, extract: Extract = Extract()) -> None:  # noqa: B008 - frozen
    """Read the group's views and the ledger as of one moment, all of them or an extract.

    Raises ContractError when a person has to mend a view first; the run is closed then, as after any other failure.
    """
    with closed_by_failure(run):
        protocol.close_aborted(run.engine, run.key, datetime.fromisoformat(run.state.queried_at))
        staging.clear_others(run.folder)
        with did("read") as said:
            said.append(numbers(take_snapshot(group, run.system, run.engine, run.folder, extract)))


@contextmanager
def closed_by_failure(run: Opened) -> Iterator[None]:
    """Close a run in the protocol if the block fails, with what may be said of the error, and give its lease back."""
    try:
        yield
    except Exception as error:
        with suppress(Exception):  # a database that is away takes neither; the next run closes the row
            protocol.close_run(run.engine, run.key, Counts(), RunStatus.FAILED, told(error), utc_now())
            run.lease.release(run.engine)
        run.folder.clear()
        raise


def transform(group: Group, run: Opened) -> dict[str, int]:
    """Let the rules decide about every record; returns the number of records per type."""
    with did("decided") as said:
        return decide_into(group, run, run.secret, said)


def decide_into(group: Group, run: Opened, secret: bytes | None, said: list[str]) -> dict[str, int]:
    """Leave in the run's folder what the rules decide about its snapshot; returns the number of records per type.

    secret: see contents.with_content
    said:   gets how many there are for which reason
    """
    decided = decide(group, run.folder, run.settings, run.today)
    found = {record_type: len(decided[record_type]) for record_type in group.record_types}
    for record_type in found:
        reasons = decided[record_type]["reason"].value_counts()
        said.append(numbers({str(code): number for code, number in reasons.items()}, record_type))
        version = imported(group.record_types[record_type]).VERSION
        run.folder.write_table(f"decided_{record_type}", with_content(decided.pop(record_type), version, secret))
    for name, frame in decided.items():
        run.folder.write_table(name, pa.Table.from_pandas(frame))
    return found


def plan(group: Group, run: Opened, request: Request) -> Planned:
    """Compare what the rules decided with what the portal acknowledged, hold back what a person is to be asked about,
    and stage the other changes in batches.

    A dry run stages nothing and leaves its changes, without personal data, in the run's preview.csv and the log.
    """
    with did("planned") as said:
        return _plan(group, run, request, said)


def judge_all(group: Group, run: Opened, request: Request) -> tuple[asking.Guarded, dict[str, pd.DataFrame]]:
    """Return what a plan says of every record that was decided about, before anything comes of it: as the guard judged
    them, and record type → frame as plan.validate returns it. A type of which there is nothing, neither in iX-Haus nor
    in the ledger, is left out.
    """
    guarded = asking.guarded(group, run, request, _compared(group, run, request))
    compared: dict[str, pd.DataFrame] = {}
    for record_type, judged in guarded.judged.items():
        left = judged.held_back()
        filled = left.assign(content=run.folder.contents_of(record_type, left.loc[to_send(left), EXTERNAL_ID]))
        compared[record_type] = validate(filled, imported(group.record_types[record_type]), refusal)
    return guarded, compared


def _plan(group: Group, run: Opened, request: Request, said: list[str]) -> Planned:
    guarded, compared = judge_all(group, run, request)
    said += [numbers(kinds(records), record_type) for record_type, records in compared.items()]
    if request.dry_run:
        leave_preview(run, compared)
    else:
        record(run, compared, guarded, is_whole=request.is_whole())
    batches = {} if request.dry_run else stage(group, run, compared)
    return Planned(
        counts=planned_counts(compared, dry_run=request.dry_run),
        changes=sum(int((records["outcome"] == Outcome.CHANGE).sum()) for records in compared.values()),
        batches={name: batches.get(name, []) for name in stages(group)},
        approval=None if request.dry_run else approvals.asked_by(run.engine, run.key),
    )


def _compared(group: Group, run: Opened, request: Request) -> dict[str, pd.DataFrame]:
    known, compared = run.folder.read_table("known"), {}
    for record_type in group.record_types:
        held = _of_type(known, record_type)
        desired = run.folder.read_table(f"decided_{record_type}", columns=[*CONTROL_COLUMNS, "hash"]).to_pandas()
        if request.only is not None:  # an extract of the ledger may lack what belonged to another property before
            missing = desired.loc[~occurs(desired[EXTERNAL_ID], held[EXTERNAL_ID]), EXTERNAL_ID]
            held = pd.concat([held, ledger.known_of(run.engine, run.system, record_type, missing).to_pandas()])
        if desired.empty and held.empty:
            continue
        held = held.assign(is_ours=held["group"] == group.name)
        endpoint, days = endpoint_of(record_type, run.settings.portal), run.settings.limits.refused_days
        held = standing(held, endpoint, datetime.fromisoformat(run.state.queried_at), days)
        compared[record_type] = compare(desired, held, request.scope().of_type(record_type))
    return compared


def load(group: Group, run: Opened, part: BatchPart) -> dict[str, int]:
    """Send one batch; returns how many changes ended how."""
    changes = run.folder.read_part(part["file"], part["part"])
    task = Batch(run, part["record_type"], changes)
    if part["record_type"] in group.parcels and not is_removal(part["file"]):
        task.open_parcels = partial(imported(group.parcels[part["record_type"]]), run)
    with did(part["file"]) as said:
        counts = task.send()
        said += [numbers(counts), f"{task.requests} requests"]
    return counts


@dataclass(frozen=True)
class Left:
    """What a run has to sum up: what its plan counted (None: it did not come to a plan), how many changes that were,
    and what failed.
    """

    planned: Counts | None = None
    changes: int = 0
    failed: Sequence[str] = ()


@dataclass(frozen=True)
class Ending:
    """How a run ended: the protocol for XCom, why the run is red (None: it is not), and whether it really synced.

    frees:    other groups that may now remove what had to wait for what this run has removed
    is_whole: whether the counts are those of everything there is
    """

    xcom: dict[str, Any]
    why_red: str | None
    is_synced: bool
    frees: tuple[str, ...] = ()
    is_whole: bool = False


def not_begun(*, skip: str = "", why_red: str | None = None) -> Ending:
    """Return the ending of a run that did nothing: skipped for a reason (its code), or failed for one."""
    status, reason = (RunStatus.FAILED, why_red) if why_red else (RunStatus.SKIPPED, explain(skip))
    xcom = {"queried_at": utc_now().isoformat(), **asdict(Counts()), "status": status.value, "reason": reason}
    return Ending(xcom, why_red, is_synced=False)


def finish(run: Opened, left: Left, request: Request) -> Ending:
    """Write the run's protocol, give the lease back, clear its files. Repeating it does no harm."""
    counts = left.planned or Counts()
    if left.planned and not request.dry_run:
        counts = protocol.total(counts, left.changes, protocol.sent_counts(run.engine, run.key))
    counts = replace(counts, errors=counts.errors + protocol.other_errors(run.engine, run.key))
    status, reason = _verdict(run, counts, left.failed, request)
    why_red = reason if status in (RunStatus.FAILED, RunStatus.ERRORS) else None
    if status is RunStatus.OK:
        with suppress(LeaseLostError):  # another run works already, and will remember its own numbers
            sources.remember(run)
    ended_at = utc_now()
    protocol.close_run(run.engine, run.key, counts, status, reason, ended_at)
    seconds = (ended_at - datetime.fromisoformat(run.state.queried_at)).total_seconds()
    log.info("run ended %s after %.1f s: %s", status.value, seconds, numbers(asdict(counts)))
    run.lease.release(run.engine)
    log_pages(run.engine, run.key, has_wrong=bool(counts.errors or counts.invalid))
    xcom = {"queried_at": run.state.queried_at, **asdict(counts), "status": status.value, "reason": reason}
    freed = below.freed_parents(run.engine, run.system) if counts.removed and not request.dry_run else set[str]()
    frees = tuple(sorted(freed - {run.state.group}))
    is_whole = bool(left.planned) and request.is_whole() and request.about is None
    run.folder.clear()  # last: until then whoever repeats a killed end of a run finds what it needs
    return Ending(xcom, why_red, is_synced=status is RunStatus.OK, frees=frees, is_whole=is_whole)


def _verdict(run: Opened, counts: Counts, failed: Sequence[str], request: Request) -> tuple[RunStatus, str]:
    """Return how a run ended and why, "" if there is nothing to say."""
    if failed:
        why = f"these tasks failed: {', '.join(failed)}; what they had sent stays, the next run goes on"
        return RunStatus.FAILED, why
    alike = protocol.refused_alike(run.engine, run.key) if counts.errors else 0
    outstanding = protocol.still_refused(run.engine, run.key) if counts.outstanding else {}
    reasons = [
        f"{counts.errors} records were refused, or could not be sent or taken over; the protocol names them"
        if counts.errors else "",
        f"{alike} of them were refused alike, so that none of these is marked as refused" if alike else "",
        *(f"{number} × {kind} (HTTP {status}): {explain('STILL_REFUSED')}"
          for (kind, status), number in outstanding.items()),
    ]  # fmt: skip
    reason = "; ".join(filter(None, reasons))
    many = max(outstanding.values(), default=0) >= run.settings.limits.failures_in_a_row
    if counts.errors or many:
        return RunStatus.ERRORS, reason
    return (RunStatus.DRY_RUN if request.dry_run else RunStatus.OK), reason


def told(error: BaseException) -> str:
    """Return what may be said of an error to staff, in German where it is the database's: a sentence that says what to
    do, else no more than the error's kind, as its own text may quote a record.
    """
    return _sentence(error) or sentence(error) or type(error).__name__


def logged(error: BaseException) -> str | None:
    """Return the sentence that a log needs instead of a traceback, in English; None for an error that has none."""
    fault = fault_of(error)
    return fault.english if fault else _sentence(error)


def _sentence(error: BaseException) -> str | None:
    """Return what an error says itself that is made for people; ours for what Airflow says of a missing connection."""
    if connection := missing_connection(error):
        return f"Airflow connection {connection}: there is none of this name; add it under Admin > Connections"
    return str(error) if isinstance(error, SENTENCES) else None


def _of_type(known: pa.Table, record_type: str) -> pd.DataFrame:
    return known.filter(pc.equal(known["record_type"], pa.scalar(record_type))).to_pandas()
