"""Whether groups are on time, and which of their runs were about everything: worked out from what runs have left.

So a group whose DAG is paused, broken or gone is noticed too.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from croniter import croniter
from sqlalchemy import ColumnElement, Connection, or_

from include.groups import REPORTS, RUNS
from include.ixhaus.contract.own import SP_PROTOKOLL
from include.lookup.runs import dag_run_of, ended_query, read_runs
from include.settings import SystemSettings
from include.vocabulary.clock import BERLIN

_SEEN: Final = 60
"""So many of a group's last runs are looked at."""
Run = Mapping[str, Any]


def read_ended(connection: Connection, system: str) -> dict[str, list[dict[str, Any]]]:
    """Return group → its last runs that tried to do their work and have ended, newest first; see find_runs."""
    return {group: read_runs(connection, ended_query(system, group, _SEEN)) for group in RUNS}


def is_whole(run: Run) -> bool:
    """Whether a run was about everything there is, and nobody's trial: others have numbers of their own."""
    return dag_run_of(run["run"])[1].partition("__")[0] in _starts(run["group"])


def only_whole(group: str) -> ColumnElement[bool]:
    """Return what is_whole says, as a condition on the runs of a group in SP_PROTOKOLL."""
    return or_(*(SP_PROTOKOLL.c.run.contains(f"/{one}__", autoescape=True) for one in _starts(group)))


def _starts(group: str) -> tuple[str, ...]:
    """Return how Airflow begins the names of runs of a group about everything: an event of reports is about a few."""
    return ("scheduled",) if group == REPORTS.name else ("scheduled", "asset_triggered")


def last_whole(ended: Mapping[str, Sequence[Run]]) -> list[str]:
    """Return the name of each group's last run about everything; of one that had none that of its last run."""
    return [run["run"] for runs in ended.values() for run in [*filter(is_whole, runs), *runs][:1]]


def missed(settings: SystemSettings, group: str, last: datetime, now: datetime) -> datetime | None:
    """Return when a good run of a group was due that has not come since the last one, None while it is on time."""
    schedule, grace = getattr(settings.schedules, group), timedelta(minutes=settings.alerts.late_minutes)
    if not schedule:
        return None
    wanted = due(schedule, now, grace)
    return wanted if last < wanted else None


def due(schedule: str, now: datetime, grace: timedelta) -> datetime:
    """Return the last time of a schedule that is further back than the grace."""
    times = croniter(schedule, (now - grace).astimezone(BERLIN))
    last: datetime = times.get_prev(datetime)
    return last
