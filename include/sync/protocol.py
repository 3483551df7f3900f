"""The protocol: what each run read, sent and could not send, as rows of SP_PROTOKOLL and SP_PROTOKOLL_EINTRAG (R51)."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, Engine, bindparam, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from include.ixhaus.contract.own import SP_ABGLEICH, SP_HINWEIS, SP_PROTOKOLL, SP_PROTOKOLL_EINTRAG
from include.ixhaus.database import id_lists, read_snapshot
from include.settings import Retention
from include.sync.finality import ALIKE
from include.sync.plan import Action
from include.vocabulary.clock import to_utc_column
from include.vocabulary.reasons import explain
from include.vocabulary.sentences import in_language
from include.vocabulary.state import Level, RunStatus

_RUN, _ENTRY, _LEDGER = SP_PROTOKOLL.c, SP_PROTOKOLL_EINTRAG.c, SP_ABGLEICH.c
_STANDING = SP_HINWEIS.c
_STANDING_KEYS: Final = ("k_type", "k_id", "k_reason")
_IS_STANDING: Final = (
    _STANDING.record_type == bindparam("k_type"),
    _STANDING.external_id == bindparam("k_id"),
    _STANDING.reason == bindparam("k_reason"),
)
PARENT_MISSING: Final = "PARENT_NOT_IN_PORTAL"
CHILDREN_LEFT: Final = "CHILDREN_IN_PORTAL"
REFUSED_BEFORE: Final = "REFUSED_BEFORE"
_WAITING: Final = (PARENT_MISSING, CHILDREN_LEFT)
"""Outcomes of changes that were not sent, as other records come first."""
EVENT_RUN: Final = "/asset_triggered__"
"""Within the name of a run that an event started, as Airflow names it."""
_WITHOUT_EFFECT: Final = (RunStatus.OK.value, RunStatus.SKIPPED.value, RunStatus.DRY_RUN.value)


@dataclass(frozen=True)
class Counts:
    """The numbers of one run; created, updated and removed add up to sent (in a dry run: what would be sent)."""

    read: int = 0
    sent: int = 0
    created: int = 0
    updated: int = 0
    removed: int = 0
    unchanged: int = 0
    withheld: int = 0
    invalid: int = 0
    errors: int = 0
    outstanding: int = 0


@dataclass(frozen=True)
class RunKey:
    """One execution of a run: `name` is <dag>/<run>#<lease token>, so that clearing a run makes a row of its own."""

    system: str
    group: str
    name: str


@dataclass(frozen=True)
class Entry:
    """One record worth a look."""

    record_type: str
    external_id: str
    level: Level
    reason: str
    action: str | None = None
    http_status: int | None = None
    text: str | None = None


def open_run(
    engine: Engine,
    run: RunKey,
    queried_at: datetime,
    status: RunStatus = RunStatus.RUNNING,
    reason: str = "",
) -> None:
    """Write a run's row; one that does nothing, or cannot begin, gets its status and the reason's sentence at once."""
    with engine.begin() as connection:
        _forget(connection, run)
        row = {
            "system": run.system, "run": run.name, "group": run.group, "status": status.value,
            "reason": _german(reason), "queried_at": to_utc_column(queried_at),
            "ended_at": None if status is RunStatus.RUNNING else to_utc_column(queried_at),
            **vars(Counts()),
        }  # fmt: skip
        connection.execute(insert(SP_PROTOKOLL).values(row))


def _forget(connection: Connection, run: RunKey) -> None:
    connection.execute(delete(SP_PROTOKOLL).where(_RUN.system == run.system, _RUN.run == run.name))
    connection.execute(delete(SP_PROTOKOLL_EINTRAG).where(_ENTRY.system == run.system, _ENTRY.run == run.name))


def _german(reason: str) -> str | None:
    return in_language(reason, "de")[:400] if reason else None  # most runs have none, and need no table of sentences


def add_entries(connection: Connection, run: RunKey, entries: Iterable[Entry], now: datetime) -> None:
    """Write entries; the reason's sentence stands in where an entry has no text of its own."""
    rows = [
        {"system": run.system, "run": run.name, "record_type": entry.record_type, "external_id": entry.external_id,
         "reason": entry.reason, "level": entry.level.value, "action": entry.action, "http_status": entry.http_status,
         "text": (entry.text or explain(entry.reason))[:400], "at": to_utc_column(now)}
        for entry in entries
    ]  # fmt: skip
    if rows:
        connection.execute(insert(SP_PROTOKOLL_EINTRAG), rows)


def add_standing(
    connection: Connection, run: RunKey, warnings: Sequence[Entry], now: datetime, *, is_whole: bool
) -> None:
    """Write those warnings that did not stand before, and forget those that stand no more: each is said once.

    is_whole: whether these are all that stand now; else nothing is known of the others
    """
    mine = (_STANDING.system == run.system) & (_STANDING.group == run.group)
    query = select(_STANDING.record_type, _STANDING.external_id, _STANDING.reason).where(mine)
    known = {tuple(row) for row in connection.execute(query)}
    stand = {(entry.record_type, entry.external_id, entry.reason): entry for entry in warnings}
    new = [entry for key, entry in stand.items() if key not in known]
    add_entries(connection, run, new, now)
    rows = [
        {"system": run.system, "group": run.group, "record_type": entry.record_type, "external_id": entry.external_id,
         "reason": entry.reason, "since": to_utc_column(now)}
        for entry in new
    ]  # fmt: skip
    if rows:
        connection.execute(insert(SP_HINWEIS), rows)
    gone = [dict(zip(_STANDING_KEYS, key, strict=True)) for key in known - stand.keys()] if is_whole else []
    if gone:
        connection.execute(delete(SP_HINWEIS).where(mine, *_IS_STANDING), gone)


def add_once(engine: Engine, run: RunKey, entries: Iterable[Entry], now: datetime) -> None:
    """Write entries that several tasks of a run may come upon; whoever is second changes nothing."""
    for entry in entries:
        with suppress(IntegrityError), engine.begin() as connection:
            add_entries(connection, run, [entry], now)


def sent_counts(engine: Engine, run: RunKey) -> dict[str, int]:
    """Return what the ledger says this run did: created, updated, removed, errors, withheld (others come first)."""
    query = (
        select(_LEDGER.action, _LEDGER.outcome, func.count())
        .where(_LEDGER.system == run.system, _LEDGER.run == run.name, _LEDGER.outcome.is_not(None))
        .group_by(_LEDGER.action, _LEDGER.outcome)
    )
    names = {Action.CREATE: "created", Action.UPDATE: "updated", Action.REMOVE: "removed"}
    counts = dict.fromkeys((*names.values(), "errors", "withheld"), 0)
    with read_snapshot(engine) as connection:
        for action, outcome, number in connection.execute(query):
            key = names[Action(action)] if outcome == "OK" else "withheld" if outcome in _WAITING else "errors"
            counts[key] += number
    return counts


def refused_alike(engine: Engine, run: RunKey) -> int:
    """Return how many records this run sent were refused, but so many of them alike that none is marked as refused."""
    mine = (_LEDGER.system == run.system) & (_LEDGER.run == run.name) & (_LEDGER.outcome == ALIKE)
    with read_snapshot(engine) as connection:
        return connection.execute(select(func.count()).where(mine)).scalar_one()


def still_refused(engine: Engine, run: RunKey) -> dict[tuple[str, int], int]:
    """Return (record type, HTTP status) → how many records this run has not sent, as the portal refused them before."""
    mine = (_ENTRY.system == run.system) & (_ENTRY.run == run.name) & (_ENTRY.reason == REFUSED_BEFORE)
    query = select(_ENTRY.record_type, _ENTRY.http_status, func.count()).where(mine, _ENTRY.http_status.is_not(None))
    with read_snapshot(engine) as connection:
        rows = connection.execute(query.group_by(_ENTRY.record_type, _ENTRY.http_status))
        return {(str(record_type), int(status)): number for record_type, status, number in rows}


def total(planned: Counts, changes: int, sent: dict[str, int]) -> Counts:
    """Return a run's counts: what the plan found, plus how its changes ended. Changes without any outcome, because the
    run had to end before, are outstanding.
    """
    acknowledged = sent["created"] + sent["updated"] + sent["removed"]
    unattempted = max(0, changes - acknowledged - sent["errors"] - sent["withheld"])
    return Counts(
        read=planned.read, sent=acknowledged, created=sent["created"], updated=sent["updated"], removed=sent["removed"],
        unchanged=planned.unchanged, withheld=planned.withheld + sent["withheld"], invalid=planned.invalid,
        errors=sent["errors"], outstanding=planned.outstanding + unattempted,
    )  # fmt: skip


def other_errors(engine: Engine, run: RunKey) -> int:
    """Return how many errors a run has named that are none of sending: what it could not take over."""
    mine = (_ENTRY.system == run.system) & (_ENTRY.run == run.name)
    with read_snapshot(engine) as connection:
        query = select(func.count()).where(mine, _ENTRY.level == Level.ERROR, _ENTRY.action.is_(None))
        return connection.execute(query).scalar_one()


def close_run(engine: Engine, run: RunKey, counts: Counts, status: RunStatus, reason: str, now: datetime) -> None:
    """Write a run's final counts and one entry per record that it could not send."""
    row = (_RUN.system == run.system) & (_RUN.run == run.name)
    failed = _ENTRY.level.in_([Level.ERROR, Level.WITHHELD]) & _ENTRY.action.is_not(None)
    with engine.begin() as connection:
        connection.execute(
            update(SP_PROTOKOLL)
            .where(row)
            .values(**vars(counts), status=status.value, reason=_german(reason), ended_at=to_utc_column(now))
        )
        connection.execute(
            delete(SP_PROTOKOLL_EINTRAG).where(_ENTRY.system == run.system, _ENTRY.run == run.name, failed)
        )
        add_entries(connection, run, list(failures(connection, run)), now)


def failures(connection: Connection, run: RunKey) -> Iterator[Entry]:
    """Yield what a run could not send, as the ledger has it."""
    query = select(
        _LEDGER.record_type, _LEDGER.external_id, _LEDGER.action, _LEDGER.outcome, _LEDGER.http_status
    ).where(_LEDGER.system == run.system, _LEDGER.run == run.name, _LEDGER.outcome != "OK")  # fmt: skip
    for record_type, external_id, action, reason, status in connection.execute(query):
        level = Level.WITHHELD if reason in _WAITING else Level.ERROR
        yield Entry(record_type, external_id, level, reason, action, status)


def first_wrong(engine: Engine, run: RunKey, record_types: Sequence[str], most: int) -> list[Entry]:
    """Return the first records of these types that a run names as errors, then those it names as invalid."""
    columns = (_ENTRY.record_type, _ENTRY.external_id, _ENTRY.level, _ENTRY.reason)
    mine = (_ENTRY.system == run.system) & (_ENTRY.run == run.name) & _ENTRY.record_type.in_(record_types)
    wrong = _ENTRY.level.in_([Level.ERROR, Level.INVALID])
    query = select(*columns).where(mine, wrong).order_by(_ENTRY.level, _ENTRY.record_type, _ENTRY.external_id)
    with read_snapshot(engine) as connection:
        rows = connection.execute(query.limit(most)).all()
    return [Entry(kind, external_id, Level(level), reason) for kind, external_id, level, reason in rows]


def close_aborted(engine: Engine, run: RunKey, now: datetime) -> None:
    """Close the rows of earlier runs of this group that ended without a word; needs the lease."""
    left = select(_RUN.run).where(
        _RUN.system == run.system,
        _RUN.group == run.group,
        _RUN.status == RunStatus.RUNNING.value,
        _RUN.run != run.name,
    )
    with read_snapshot(engine) as connection:
        names = connection.execute(left).scalars().all()
    for name in names:
        dead = RunKey(run.system, run.group, name)
        counts = total(Counts(), 0, sent_counts(engine, dead))
        close_run(engine, dead, counts, RunStatus.ABORTED, "Der Lauf ist ohne Abschluss geendet.", now)


def event_has_done_it(engine: Engine, run: RunKey, since: datetime) -> bool:
    """Return whether a run of this group that an event started has gone well since a moment, UTC without zone."""
    query = select(func.count()).where(
        _RUN.system == run.system,
        _RUN.group == run.group,
        _RUN.status == RunStatus.OK.value,
        _RUN.run.contains(EVENT_RUN, autoescape=True),
        _RUN.queried_at >= since,
    )
    with read_snapshot(engine) as connection:
        return bool(connection.execute(query).scalar_one())


def forget_old(engine: Engine, system: str, keep: Retention, now: datetime) -> int:
    """Delete runs and their entries after the time for which they are kept, those without effect sooner; returns how
    many runs.
    """
    ended = to_utc_column(now)
    without_effect = (_RUN.status.in_(_WITHOUT_EFFECT)) & (_RUN.sent == 0) & (_RUN.invalid == 0)
    is_old = (_RUN.queried_at < ended - timedelta(days=keep.protocol_days)) | (
        without_effect & (_RUN.queried_at < ended - timedelta(days=keep.idle_days))
    )
    with read_snapshot(engine) as connection:
        names = connection.execute(select(_RUN.run).where(_RUN.system == system, is_old)).scalars().all()
    for some in id_lists(names):
        with engine.begin() as connection:
            connection.execute(delete(SP_PROTOKOLL_EINTRAG).where(_ENTRY.system == system, _ENTRY.run.in_(some)))
            connection.execute(delete(SP_PROTOKOLL).where(_RUN.system == system, _RUN.run.in_(some)))
    return len(names)


def count_names() -> list[str]:
    """Return the names of the counts in the order they are shown."""
    return [field.name for field in fields(Counts)]
