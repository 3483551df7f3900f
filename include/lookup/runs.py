"""Reading the protocol: which runs there were, what became of their records, how much went out on each day (R51)."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Engine, Select, case, func, select

from include.ixhaus.contract.own import SP_PROTOKOLL, SP_PROTOKOLL_EINTRAG
from include.ixhaus.database import read_snapshot
from include.ixhaus.rows import named_rows
from include.settings import load_each
from include.sync.protocol import Entry
from include.vocabulary.clock import BERLIN, from_utc_column, to_utc_column
from include.vocabulary.reasons import explain
from include.vocabulary.state import WENT_WRONG, Level, RunStatus

_RUN, _ENTRY = SP_PROTOKOLL.c, SP_PROTOKOLL_EINTRAG.c
_MOST_TOTALS: Final = 200
_NEWEST_FIRST: Final = (_RUN.queried_at.desc(), _RUN.run.desc())


@dataclass(frozen=True)
class Selection:
    """Which runs: queried on the days first to last (Europe/Berlin, both included), of a system, of a group.

    None means all. With `is_notable` only those that sent, failed, or found records invalid.
    """

    first: date | None = None
    last: date | None = None
    system: str | None = None
    group: str | None = None
    is_notable: bool = False


@dataclass(frozen=True)
class DayTotal:
    """What all runs of a day in Europe/Berlin sent and could not send; dry runs do not count."""

    day: date
    sent: int
    errors: int


def active_systems() -> dict[str, str]:
    """Return the active systems, each with the Airflow connection of the database that holds its protocol.

    A system whose settings are wrong is left out; settings.load_each says what is wrong.
    """
    return {system: known.ixhaus_connection for system, known in load_each().sound.items() if known.active}


def last_runs(engine: Engine, limit: int = 20) -> list[dict[str, Any]]:
    """Return the newest runs; see find_runs."""
    return find_runs(engine, Selection(), limit)


def find_runs(engine: Engine, selection: Selection, limit: int, offset: int = 0) -> list[dict[str, Any]]:
    """Return selected runs, newest first: system, group, run, status, reason, queried_at (UTC), seconds, and counts."""
    query = select(SP_PROTOKOLL).where(*_conditions(selection)).order_by(*_NEWEST_FIRST)
    return _runs(engine, query.limit(limit).offset(offset) if offset else query.limit(limit))


def ended_query(system: str, group: str, limit: int) -> Select[Any]:
    """Return the query for the last runs of a group that tried to do their work and have ended, newest first."""
    mine = (_RUN.system == system) & (_RUN.group == group) & _RUN.status.in_((RunStatus.OK, *WENT_WRONG))
    return select(SP_PROTOKOLL).where(mine).order_by(*_NEWEST_FIRST).limit(limit)


def last_good(engine: Engine, system: str) -> dict[str, datetime]:
    """Return group → when the last run began that did its work or found it just done, in UTC."""
    with read_snapshot(engine) as connection:
        return read_last_good(connection, system)


def read_last_good(connection: Connection, system: str) -> dict[str, datetime]:
    """Return what last_good does, as of the connection's snapshot."""
    rows = connection.execute(last_good_query(system)).all()
    return {group: moment for group, at in rows if (moment := from_utc_column(at))}


def last_good_query(system: str) -> Select[Any]:
    """Return the query for when the last run of each group began that did its work, as far as records allowed, or that
    the clock started and that found it just done.
    """
    just_done = (_RUN.status == RunStatus.SKIPPED) & (_RUN.reason == explain("JUST_DONE"))
    mine = (_RUN.system == system) & (_RUN.status.in_((RunStatus.OK, RunStatus.ERRORS)) | just_done)
    return select(_RUN.group, func.max(_RUN.queried_at)).where(mine).group_by(_RUN.group)


def count_runs(engine: Engine, selection: Selection) -> int:
    """Return how many runs are selected."""
    query = select(func.count()).select_from(SP_PROTOKOLL).where(*_conditions(selection))
    with read_snapshot(engine) as connection:
        return connection.execute(query).scalar_one()


def find_run(engine: Engine, system: str, run: str) -> dict[str, Any] | None:
    """Return one run as find_runs does, or None."""
    found = _runs(engine, select(SP_PROTOKOLL).where(_RUN.system == system, _RUN.run == run))
    return found[0] if found else None


def executions(engine: Engine, system: str, dag_id: str, run_id: str) -> list[dict[str, Any]]:
    """Return the rows of one DAG run as find_runs does; a run that was cleared has several."""
    is_of_run = _RUN.run.startswith(f"{dag_id}/{run_id}#", autoescape=True)
    return _runs(engine, select(SP_PROTOKOLL).where(_RUN.system == system, is_of_run).order_by(*_NEWEST_FIRST))


def entries(engine: Engine, system: str, run: str, levels: Sequence[Level], limit: int) -> list[Entry]:
    """Return the first entries of a run on some levels, by record type and id."""
    return _entries(engine, (_ENTRY.system == system) & (_ENTRY.run == run) & _ENTRY.level.in_(levels), limit)


def findings(engine: Engine, system: str, run: str) -> list[Entry]:
    """Return what a reconciliation found: an entry per record type and finding, its id their number in brackets."""
    mine = (_ENTRY.system == system) & (_ENTRY.run == run) & (_ENTRY.level == Level.FINDING)
    return _entries(engine, mine & _ENTRY.external_id.startswith("("), _MOST_TOTALS)


def _entries(engine: Engine, which: ColumnElement[bool], limit: int) -> list[Entry]:
    query = (
        select(*(_ENTRY[field.name] for field in fields(Entry)))
        .where(which)
        .order_by(_ENTRY.record_type, _ENTRY.external_id, _ENTRY.reason)
        .limit(limit)
    )
    with read_snapshot(engine) as connection:
        rows = [tuple(row) for row in connection.execute(query)]
    return [Entry(kind, external_id, Level(level), *rest) for kind, external_id, level, *rest in rows]


def count_entries(engine: Engine, system: str, run: str) -> dict[str, int]:
    """Return how many entries a run has on each level that occurs."""
    query = (
        select(_ENTRY.level, func.count())
        .where(_ENTRY.system == system, _ENTRY.run == run)
        .group_by(_ENTRY.level)
    )  # fmt: skip
    with read_snapshot(engine) as connection:
        return {str(level): number for level, number in connection.execute(query)}


def totals_per_day(engine: Engine, system: str, last: date, days: int = 30) -> list[DayTotal]:
    """Return a system's totals of so many days up to `last`, oldest first, one for each day."""
    first = last - timedelta(days=days - 1)
    starts = [_begin_of(first + timedelta(days=number)) for number in range(days + 1)]
    number = case(*((_RUN.queried_at < starts[index + 1], index) for index in range(days)))
    # Grouped by a column of a subquery: Oracle takes two expressions with parameters for different ones.
    dated = (
        select(number.label("day_nr"), _RUN.sent, _RUN.errors)
        .where(_RUN.system == system, _RUN.queried_at >= starts[0], _RUN.queried_at < starts[days])
        .where(_RUN.status != RunStatus.DRY_RUN)
        .subquery()
    )
    query = select(dated.c.day_nr, func.sum(dated.c.sent), func.sum(dated.c.errors)).group_by(dated.c.day_nr)
    with read_snapshot(engine) as connection:
        found = {int(index): (int(sent), int(errors)) for index, sent, errors in connection.execute(query)}
    return [DayTotal(first + timedelta(days=index), *found.get(index, (0, 0))) for index in range(days)]


def dag_run_of(run: str) -> tuple[str, str]:
    """Return DAG id and run id of a protocol row's run: <dag>/<run>#<lease token>."""
    dag_id, _, rest = run.partition("/")
    return dag_id, rest.rpartition("#")[0] or rest


def _begin_of(day: date) -> datetime:
    return to_utc_column(datetime.combine(day, time.min, tzinfo=BERLIN))


def _conditions(selection: Selection) -> list[ColumnElement[bool]]:
    """Return what a selection asks of SP_PROTOKOLL."""
    found = []
    if selection.first:
        found.append(_RUN.queried_at >= _begin_of(selection.first))
    if selection.last:
        found.append(_RUN.queried_at < _begin_of(selection.last + timedelta(days=1)))
    if selection.system:
        found.append(_RUN.system == selection.system)
    if selection.group:
        found.append(_RUN.group == selection.group)
    if selection.is_notable:
        went_wrong = _RUN.status.in_(WENT_WRONG)
        found.append((_RUN.sent > 0) | (_RUN.errors > 0) | (_RUN.invalid > 0) | went_wrong)
    return found


def _runs(engine: Engine, query: Select[Any]) -> list[dict[str, Any]]:
    with read_snapshot(engine) as connection:
        return read_runs(connection, query)


def read_runs(connection: Connection, query: Select[Any]) -> list[dict[str, Any]]:
    """Return the runs of a query for SP_PROTOKOLL; see find_runs."""
    return [_with_times(row) for row in named_rows(connection, query)]


def _with_times(row: dict[str, Any]) -> dict[str, Any]:
    began, ended = from_utc_column(row["queried_at"]), from_utc_column(row.pop("ended_at"))
    return row | {
        "queried_at": began.isoformat() if began else None,
        "seconds": round((ended - began).total_seconds(), 1) if began and ended else None,
    }
