"""Airflow DAG casavi_alerts: tells people when something is wrong, and when it is over."""

from datetime import UTC, datetime, timedelta

from airflow.sdk import DAG, CronTriggerTimetable, task

from include.settings import configured_systems
from include.sync.flow import spoken, task_defaults, with_links
from include.sync.params import run_name

DOCS = """
### casavi_alerts

Looks every five minutes at what the runs of each active system have left in the protocol, not at the runs themselves, so
that a group whose DAG is paused, broken or gone is noticed too. What is wrong is **told once** on each way of the setting
`alerts.notifiers`, and once when it is over: a run that failed, a group that is late, many errors or invalid records, unusual
numbers, a question that waits, reports set aside, iX-Haus that does not answer, settings that are wrong. No message names
anybody.

#### Triage

| What you see | What it means | What to do |
|---|---|---|
| `<system>` green, `unsent` above zero in its XCom | a message could not be handed over; the log says on which way | see to mail server or webhook; it is sent with the next look |
| red: a sentence about `alerts` | the setting is wrong, **nobody is told of anything** | write what the sentence says |
| red: something else | a fault of this program | its log; then tell whoever maintains it |

Safe at any time: trigger again, clear; a look whose worker ends is taken again. What was told is remembered in the Airflow
variable `casavi_alerts_<system>`; without it, what stands is told once more.
"""

with DAG(
    "casavi_alerts",
    schedule=CronTriggerTimetable("*/5 * * * *", timezone="Europe/Berlin"),
    start_date=datetime(2026, 1, 1, tzinfo=UTC),
    catchup=False,
    max_active_runs=1,
    is_paused_upon_creation=False,  # does nothing to the systems, and nobody should have to think of it
    doc_md=with_links(DOCS, "Heute", "Protokoll"),
    tags=["serviceportal", "alerts"],
    default_args=task_defaults(timedelta(minutes=15)),
):

    @task(max_active_tis_per_dag=1)
    def look(system: str) -> dict[str, int]:
        """Tell what has changed about a system; a message that could not be sent makes no red run."""
        from include.alerts.watch import look as looked

        with spoken():
            return looked(system, run_name())

    for name in configured_systems():
        look.override(task_id=name)(name)
