"""Sends numbers out through Airflow's metrics: to StatsD or OpenTelemetry, or nowhere where neither is set up.

Imported by DAG files, so nothing heavy is imported here at the top level.
"""

from collections.abc import Mapping
from datetime import datetime

from airflow.sdk.observability import stats

from include.vocabulary.clock import utc_now
from include.vocabulary.metrics import DURATION, ENDED, OF_RUN, OF_WHOLE_RUN, Metric
from include.vocabulary.state import RunStatus


def gauge(metric: Metric, value: float, **labels: str) -> None:
    """Set what a number is now."""
    stats.gauge(metric.name, value, tags=labels)


def run_ended(system: str, group: str, xcom: Mapping[str, object], *, is_whole: bool) -> None:
    """Send out the numbers of a run, from its protocol for XCom; `is_whole`: it was about everything there is."""
    labels = {"system": system, "group": group}
    stats.incr(ENDED.name, tags={**labels, "status": str(xcom["status"])})
    if xcom["status"] in (RunStatus.SKIPPED, RunStatus.DRY_RUN):
        return
    stats.timing(DURATION.name, utc_now() - datetime.fromisoformat(str(xcom["queried_at"])), tags=labels)
    for name, metric in OF_RUN.items():
        stats.incr(metric.name, _number(xcom, name), tags=labels)
    for name, metric in OF_WHOLE_RUN.items() if is_whole else ():
        gauge(metric, _number(xcom, name), **labels)


def _number(xcom: Mapping[str, object], name: str) -> int:
    value = xcom[name]
    return value if isinstance(value, int) else 0
