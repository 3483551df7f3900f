"""Airflow DAG casavi_housekeeping: what is kept no longer than the settings say."""

from datetime import UTC, datetime, timedelta

from airflow.sdk import DAG, CronTriggerTimetable, task

from include.settings import configured_systems, load_each, load_settings
from include.sync.flow import spoken, task_defaults, with_links

DOCS = """
### casavi_housekeeping

Deletes every night what the settings (*retention*) keep no longer: runs of the protocol with their entries, answered
questions, receipts of erasures, previews of dry runs, what dead runs left in the staging folder, task logs of our DAGs. It
**sends nothing**. What is deleted is in the task's XCom, as numbers.

Our runs in Airflow's own database are deleted by `python -m include.commands tidy` (`make tidy`), which does all of the above
too: no task may open that database.

#### Triage

| What you see | What it means | What to do |
|---|---|---|
| a task red: a sentence about a setting, a connection or the database | as in the other DAGs | write what the sentence says; nothing is lost by waiting |

Safe at any time, also beside other runs.
"""

with DAG(
    "casavi_housekeeping",
    schedule=CronTriggerTimetable("30 3 * * *", timezone="Europe/Berlin"),
    start_date=datetime(2026, 1, 1, tzinfo=UTC),
    catchup=False,
    max_active_runs=1,
    is_paused_upon_creation=False,  # nothing may be kept longer because somebody did not think of it
    doc_md=with_links(DOCS, "Protokoll", "Einstellungen"),
    tags=["serviceportal", "operation"],
    default_args=task_defaults(timedelta(hours=1)),
):

    @task
    def tidy(system: str) -> dict[str, int]:
        """Delete what a system keeps too long. One that is off has nothing."""
        from include.erasure.housekeeping import tidy_now

        with spoken():
            settings = load_settings(system)
            return tidy_now(settings) if settings.active else {}

    @task
    def logs() -> int:
        """Delete old task logs of our DAGs."""
        from include.erasure.housekeeping import tidy_logs_now

        with spoken():
            return tidy_logs_now(load_each().sound.values())

    for name in configured_systems():
        tidy.override(task_id=name)(name)
    logs()
