"""Airflow DAG casavi_release_removals: asks a person before many records are removed from the portal."""

from datetime import UTC, datetime, timedelta

from airflow.providers.standard.operators.hitl import ApprovalOperator
from airflow.sdk import DAG, get_current_context, task, task_group
from airflow.sdk.exceptions import DagRunTriggerException

from include.sync.flow import GUARDED
from include.sync.release import Question, new_questions, waiting_questions

DOCS = """
### casavi_release_removals

Waits under **Required Actions** when a run wanted to remove more records, or withdraw more accesses, than the settings
allow without asking. The question shows how many of how many, per kind of record, and some of the ids.

**Approve** starts the group's DAG again with the removals released, up to the number shown. **Reject**, or no answer
within 20 hours, removes nothing; the next nightly run asks again if it is still so. The sync itself never waits for this.
While a question is open, the same group is not asked about a second time: that run is green and its `ask` is skipped.

Before approving, ask why so many: a property taken out of the range, a person type withdrawn, or a view in iX-Haus that
returned too little? Only the first two are reasons to approve.
"""

with DAG(
    "casavi_release_removals",
    schedule=[GUARDED],
    start_date=datetime(2026, 1, 1, tzinfo=UTC),
    catchup=False,
    is_paused_upon_creation=False,  # does nothing by itself, and a question must never be lost
    doc_md=DOCS,
    tags=["serviceportal"],
    default_args={"owner": "serviceportal"},
):

    @task
    def questions() -> list[Question]:
        """Read what the triggering runs held back: the newest per system and group, unless a question is open."""
        context = get_current_context()
        waiting = waiting_questions(context["ti"], context["dag_run"])
        return new_questions(context["triggering_asset_events"][GUARDED], waiting)

    @task
    def release(question: Question) -> None:
        """Start the group's DAG with its removals released, up to the number that was approved."""
        # What TriggerDagRunOperator raises too; importing that operator costs 0.4 s in every parse of this file.
        raise DagRunTriggerException(
            trigger_dag_id=question["dag_id"],
            dag_run_id=f"released__{get_current_context()['dag_run'].run_id}",  # one approval, one run
            conf=question["conf"],
            reset_dag_run=False,
            skip_when_already_exists=True,
            wait_for_completion=False,
            allowed_states=[],
            failed_states=[],
            poke_interval=60,
            deferrable=False,
        )

    @task_group
    def ask(question: Question) -> None:
        """Ask, and start the group's DAG if approved."""
        approve = ApprovalOperator(
            task_id="approve",
            subject="Entfernungen freigeben?",
            body="{{ ti.xcom_pull(task_ids='questions')[ti.map_index]['text'] }}",
            defaults="Reject",
            response_timeout=timedelta(hours=20),
        )
        approve >> release(question)

    ask.expand(question=questions())
