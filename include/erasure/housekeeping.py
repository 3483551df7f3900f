"""What is kept no longer than the settings say: every night, in one place.

protocol, questions, receipts    the ERP's schema         retention.protocol_days, idle_days, receipt_days
previews, leftovers of the dead  the staging folder       retention.preview_days; two days
task logs                        Airflow's log folder     retention.airflow_days
runs in Airflow's database       Airflow's own means      retention.airflow_days; by the command, no task may
"""

from collections.abc import Iterable
from datetime import datetime

from include.erasure import airflow, receipt
from include.groups import RUNS
from include.ixhaus.database import open_engine
from include.ixhaus.secret import encrypt_anew
from include.settings import SystemSettings
from include.sync import approvals, protocol, staging
from include.vocabulary.clock import utc_now

_ANSWERS = ("why", "forget")
"""Names of folders of what reads as a run does and is none."""


def tidy(settings: SystemSettings, now: datetime) -> dict[str, int]:
    """Delete what a system keeps for longer than its settings say; returns what and how much."""
    system, keep = settings.system, settings.retention
    engine = open_engine(settings.ixhaus_connection, settings.limits.database_seconds)
    done = {
        "runs": protocol.forget_old(engine, system, keep, now),
        "questions": approvals.forget_old(engine, system, keep, now),
        "folders": sum(staging.clear_old(system, name, keep.preview_days, now) for name in (*RUNS, *_ANSWERS)),
    }
    with engine.begin() as connection:
        done["receipts"] = receipt.forget_old(connection, system, keep.receipt_days, now)
        encrypt_anew(connection, system)
    return done


def tidy_now(settings: SystemSettings) -> dict[str, int]:
    """Do `tidy` as of now."""
    return tidy(settings, utc_now())


def tidy_logs_now(systems: Iterable[SystemSettings]) -> int:
    """Delete old task logs of our runs; returns of how many runs."""
    return airflow.forget_old_logs(_days(systems), utc_now())


def tidy_airflow(systems: Iterable[SystemSettings], now: datetime) -> None:
    """Delete our old runs in Airflow's own database, and their logs, and those that asked for an erasure. Not for
    tasks, which may not open it.
    """
    known = list(systems)
    airflow.forget_requests()
    airflow.forget_old_runs(_days(known), now)
    airflow.forget_old_logs(_days(known), now)


def _days(systems: Iterable[SystemSettings]) -> int:
    return max((one.retention.airflow_days for one in systems), default=90)
