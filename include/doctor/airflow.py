"""Airflow itself: its version and key, the pool, the DAGs, and when each group last did its work."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import wraps
from pathlib import Path
from typing import Final

from croniter import croniter
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from include.casavi.keys import is_encrypted
from include.doctor.airflow_texts import SAYINGS
from include.doctor.finding import Finding, said
from include.doctor.patient import Check, Patient
from include.groups import RUNS
from include.lookup.runs import last_good_query
from include.sync.flow import dag_name
from include.vocabulary.clock import BERLIN, berlin_day, from_utc_column

REQUIREMENTS: Final = Path(__file__).parents[2] / "requirements.txt"
GRACE: Final = timedelta(days=1)
"""A group is late when it has missed two of its times and this."""
_PIN: Final = re.compile(r"^apache-airflow==([\w.]+)", re.MULTILINE)


def _asks_airflow(check: Callable[[Patient], Iterator[Finding]]) -> Check:
    """Let a check whose error is that of Airflow's own database say so, and not that of the ERP's."""

    @wraps(check)
    def asked(patient: Patient) -> Iterator[Finding]:
        try:
            yield from check(patient)
        except SQLAlchemyError as error:
            yield said(SAYINGS, "AIRFLOW_DATABASE", "Airflow", error=type(error).__name__)

    return asked


def version(_: Patient) -> Iterator[Finding]:
    """Find another Airflow than the one this project is tested with."""
    from airflow import __version__ as found

    wanted = _PIN.search(REQUIREMENTS.read_text(encoding="utf-8")) if REQUIREMENTS.exists() else None
    if wanted and wanted[1] != found:
        yield said(SAYINGS, "AIRFLOW_VERSION", "Airflow", found=found, wanted=wanted[1])


def fernet(_: Patient) -> Iterator[Finding]:
    """Find an Airflow that stores secrets unencrypted."""
    if not is_encrypted():
        yield said(SAYINGS, "NO_FERNET_KEY", "AIRFLOW__CORE__FERNET_KEY")


@_asks_airflow
def pool(patient: Patient) -> Iterator[Finding]:
    """Find the pool missing, or of another size than the settings say."""
    from airflow.models.pool import Pool

    name, wanted = f"casavi_{patient.settings.system}", patient.settings.limits.parallel_loads
    found = Pool.get_pool(name)
    if found is None:
        yield said(SAYINGS, "NO_POOL", name)
    elif found.slots != wanted:
        yield said(SAYINGS, "POOL_SIZE", name, found=found.slots, wanted=wanted)


@_asks_airflow
def dags(patient: Patient) -> Iterator[Finding]:
    """Find DAGs that Airflow does not know, cannot read, or has paused."""
    if not (known := known_dags()):
        yield said(SAYINGS, "NO_DAGS", "Airflow")
        return
    for name in (dag_name(group, patient.settings.system) for group in RUNS):
        is_paused, is_stale, is_broken = known.get(name, (False, True, False))
        code = "DAG_BROKEN" if is_broken else "DAG_MISSING" if is_stale else "DAG_PAUSED" if is_paused else ""
        if code and patient.settings.active:
            yield said(SAYINGS, code, name)


def known_dags() -> dict[str, tuple[bool, bool, bool]]:
    """Return name → whether it is paused, gone, or cannot be read, of this project's DAGs that Airflow knows."""
    from airflow.models.dag import DagModel
    from airflow.utils.session import create_session

    query = select(DagModel.dag_id, DagModel.is_paused, DagModel.is_stale, DagModel.has_import_errors)
    with create_session() as session:
        rows = session.execute(query.where(DagModel.dag_id.like("casavi_%"))).all()
    return {name: (bool(paused), bool(stale), bool(broken)) for name, paused, stale, broken in rows}


def last_runs(patient: Patient) -> Iterator[Finding]:
    """Find groups that have not done their work for longer than their schedule says."""
    rows = patient.rows(last_good_query(patient.settings.system))
    last = {group: from_utc_column(moment) for group, moment in rows}
    for group in RUNS if patient.settings.active else ():
        name, schedule = dag_name(group, patient.settings.system), getattr(patient.settings.schedules, group)
        if not (moment := last.get(group)):
            yield said(SAYINGS, "NEVER_RUN", name)
        elif schedule and moment < _due(schedule, patient.now):
            yield said(SAYINGS, "LATE", name, day=berlin_day(moment).isoformat())


def _due(schedule: str, now: datetime) -> datetime:
    """Return the moment since which a group must have run: the last time but one of its schedule, and some grace."""
    times = croniter(schedule, now.astimezone(BERLIN))
    times.get_prev(datetime)
    before: datetime = times.get_prev(datetime)
    return before - GRACE


CHECKS: Final[tuple[Check, ...]] = (version, fernet, pool, dags, last_runs)
