"""Reading the protocol: which runs there were, and how they ended (R51)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Engine, Select, and_, func, or_, select

from include.ixhaus.contract.own import SP_PROTOKOLL
from include.ixhaus.database import read_snapshot
from include.ixhaus.rows import named_rows
from include.settings import load_each
from include.vocabulary.clock import BERLIN, from_utc_column, to_utc_column
from include.vocabulary.reasons import explain
from include.vocabulary.state import WENT_WRONG, RunStatus

_RUN = SP_PROTOKOLL.c
AT_ONCE: Final = 5_000
NEWEST_FIRST: Final = (_RUN.queried_at.desc(), _RUN.run.desc())


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
    query = select(SP_PROTOKOLL).where(*_conditions(selection)).order_by(*NEWEST_FIRST)
    return _runs(engine, query.limit(limit).offset(offset) if offset else query.limit(limit))


def runs_behind(engine: Engine, selection: Selection, last: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """Return the next AT_ONCE selected runs behind one of them, the first ones for None; see find_runs."""
    query = select(SP_PROTOKOLL).where(*_conditions(selection)).order_by(*NEWEST_FIRST).limit(AT_ONCE)
    if last:
        at = to_utc_column(datetime.fromisoformat(last["queried_at"]))
        query = query.where(or_(_RUN.queried_at < at, and_(_RUN.queried_at == at, _RUN.run < last["run"])))
    return _runs(engine, query)


def ended_query(system: str, group: str, limit: int) -> Select[Any]:
    """Return the query for the last runs of a group that tried to do their work and have ended, newest first."""
    mine = (_RUN.system == system) & (_RUN.group == group) & _RUN.status.in_((RunStatus.OK, *WENT_WRONG))
    return select(SP_PROTOKOLL).where(mine).order_by(*NEWEST_FIRST).limit(limit)


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
    return _runs(engine, select(SP_PROTOKOLL).where(_RUN.system == system, is_of_run).order_by(*NEWEST_FIRST))


def dag_run_of(run: str) -> tuple[str, str]:
    """Return DAG id and run id of a protocol row's run: <dag>/<run>#<lease token>."""
    dag_id, _, rest = run.partition("/")
    return dag_id, rest.rpartition("#")[0] or rest


def begin_of(day: date) -> datetime:
    """Return when a day begins in Europe/Berlin, as this project's own tables hold it."""
    return to_utc_column(datetime.combine(day, time.min, tzinfo=BERLIN))


def _conditions(selection: Selection) -> list[ColumnElement[bool]]:
    """Return what a selection asks of SP_PROTOKOLL."""
    found = []
    if selection.first:
        found.append(_RUN.queried_at >= begin_of(selection.first))
    if selection.last:
        found.append(_RUN.queried_at < begin_of(selection.last + timedelta(days=1)))
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
