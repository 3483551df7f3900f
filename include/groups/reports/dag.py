"""The DAG of reports: one task that exchanges both ways, started by events and by the schedule.

Imported by the DAG file, so nothing heavy is imported here at the top level.
"""

from __future__ import annotations

from airflow.sdk import DAG, Asset, AssetAlias, AssetWatcher, get_current_context, task

from include.groups.reports.group import REPORTS
from include.groups.reports.watch.trigger import ReportsTrigger
from include.settings import load_settings
from include.sync.flow import GUARDED, Wired, empty_dag, ended, spoken
from include.sync.metrics import run_ended
from include.sync.params import request_of_run, run_name
from include.sync.xcom import HeldBack


def exchange_dag(system: str, docs: str) -> DAG:
    """Make the DAG of reports for a system."""
    seconds = load_settings(system).watch_seconds
    with empty_dag(REPORTS, system, _watched(system, seconds) if seconds else None, docs) as dag:
        _exchange(system)()
    return dag


def _watched(system: str, seconds: float) -> Asset:
    name = f"casavi_{system}_{REPORTS.name}_changed"
    return Asset(name, watchers=[AssetWatcher(name=name, trigger=ReportsTrigger(system, seconds))])


def _exchange(system: str) -> Wired:
    alias = AssetAlias(f"casavi_{system}_{REPORTS.name}_synced")
    guarded = AssetAlias(f"casavi_{system}_{REPORTS.name}_guarded")

    @task(pool=f"casavi_{system}", outlets=[alias, guarded])
    def exchange(*, outlet_events: Wired) -> dict[str, object]:
        """Bring in what happened in the portal, send what changed in iX-Haus; the protocol is the result."""
        from include.groups.reports import run as one_task
        from include.sync import steps

        request = request_of_run()
        with spoken():
            try:
                done = one_task.exchange(system, run_name(), request)
            except Exception as error:  # the protocol is there whatever happens
                ending = steps.not_begun(why_red=steps.told(error))
                get_current_context()["ti"].xcom_push("return_value", ending.xcom)
                run_ended(system, REPORTS.name, ending.xcom, is_whole=False)
                raise
        if done.planned and done.planned.approval:
            held_back: HeldBack = {"system": system, "group": REPORTS.name, "approval": done.planned.approval}
            outlet_events[guarded].add(GUARDED, extra=held_back)
        return ended(done.ending, outlet_events[alias], REPORTS.name, system)

    return exchange
