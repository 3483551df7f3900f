"""Airflow DAG casavi_morning: what waits for staff, by e-mail in the morning."""

from datetime import UTC, datetime, timedelta

from airflow.sdk import DAG, task
from airflow.sdk.exceptions import AirflowException, AirflowSkipException

from include.alerts.schedule import morning
from include.settings import configured_systems
from include.sync.flow import dag_name, spoken, task_defaults, with_links

DOCS = """
### casavi_morning

Sends staff one e-mail on working days, in German: questions that wait for their answer, reports of the portal that could not
be taken over, groups that are not in step, and what is to be corrected in iX-Haus, by reason with numbers, each with a link
to its page. It names nobody. When, and to whom, say the settings `alerts.morning` and `alerts.morning_to`; without recipients
it never runs by itself.

#### Triage

| What you see | What it means | What to do |
|---|---|---|
| `send` waits to be retried | mail server or iX-Haus is away; it is tried again for an hour | nothing |
| `send` red | it did not go out today | see to mail server or iX-Haus; clear the task to send it after all |
| `send` skipped | the interface is switched off in iX-Haus | nothing |

Clearing a run that has sent its e-mail sends another.
"""

for system in configured_systems():
    with DAG(
        dag_name("morning", system),
        schedule=morning(system),
        start_date=datetime(2026, 1, 1, tzinfo=UTC),
        catchup=False,
        max_active_runs=1,
        is_paused_upon_creation=False,  # does nothing to the systems, and goes to nobody who is not named
        doc_md=with_links(DOCS, "Heute"),
        tags=["serviceportal", system, "alerts"],
        default_args=task_defaults(timedelta(minutes=15)),
    ):

        @task(retries=6, retry_delay=timedelta(minutes=10))
        def send(system: str) -> int:
            """Send the summary; returns how many points it has."""
            from include.alerts import morning as summary

            with spoken():
                try:
                    number = summary.send(system)
                except summary.UnsentError as error:
                    raise AirflowException(str(error)) from None
            if number is None:
                raise AirflowSkipException("the interface is switched off in iX-Haus")
            return number

        send(system)
