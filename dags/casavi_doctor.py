"""Airflow DAG casavi_doctor: what is wrong around each system, once a week."""

from datetime import UTC, datetime, timedelta

from airflow.sdk import DAG, CronTriggerTimetable, task
from airflow.sdk.exceptions import AirflowFailException

from include.settings import configured_systems, load_settings
from include.sync.flow import spoken, task_defaults, with_links

DOCS = """
### casavi_doctor

Looks at everything around each active system: database and contract, data, settings, portal, files and programs, the last
good runs. It **sends nothing and writes nothing**. What it finds is in the task's log: where, what, what to do, and who does
it. Mondays at six; start it by hand whenever something is odd. `make doctor` says the same, in either language, and looks at
Airflow's pool, key and DAGs too, which a task may not.

#### Triage

| What you see | What it means | What to do |
|---|---|---|
| a task green | nothing, or notes and warnings only: its log and XCom say how many | read the warnings |
| a task red: *errors* | something does not work | the log names each with what to do and who does it |
| a task red: a sentence about a setting | the system's file has a mistake | write what the sentence says |

Safe at any time, also beside other runs.
"""

with DAG(
    "casavi_doctor",
    schedule=CronTriggerTimetable("0 6 * * 1", timezone="Europe/Berlin"),
    start_date=datetime(2026, 1, 1, tzinfo=UTC),
    catchup=False,
    max_active_runs=1,
    doc_md=with_links(DOCS, "Einstellungen"),
    tags=["serviceportal", "operation"],
    default_args=task_defaults(timedelta(hours=1)),
):

    @task
    def look(system: str) -> dict[str, int]:
        """Examine a system; red if something does not work. One that is off is left alone."""
        from include.doctor.weekly import look as examined

        with spoken():
            found = examined(system) if load_settings(system).active else {}
        if found.get("error"):
            raise AirflowFailException(
                f"{system}: {found['error']} errors; this task's log says what to do and who does it"
            )
        return found

    for name in configured_systems():
        look.override(task_id=name)(name)
