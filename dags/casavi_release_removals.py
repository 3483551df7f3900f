"""Airflow DAG casavi_release_removals: asks a person before many records are removed from the portal."""

from datetime import UTC, datetime

from airflow.providers.standard.operators.hitl import HITLOperator
from airflow.sdk import DAG, get_current_context, task, task_group
from airflow.sdk.exceptions import AirflowSkipException, DagRunTriggerException

from include.sync.flow import GUARDED, Wired, spoken, task_defaults, with_links
from include.sync.release import NO, YES, Question, new_questions, settle, waiting_questions, waiting_time

DOCS = """
### casavi_release_removals

Waits under **Required Actions** when a run would remove more, or withdraw more accesses, than the settings allow without
asking; when a view of iX-Haus returned nothing or much less than before; when as many records would come as go; and
before anything is removed that iX-Haus never had. The question says why, how many of what, and some of the ids; the whole
list is on the page *Serviceportal > Freigaben*. The sync itself never waits for this.

**Approve** releases exactly the list shown, once, and starts the group's DAG. **Reject**: these records stay until
something about them changes. **No answer** in time is no refusal: the next run asks anew if it is still so.
An answer given on the page counts as well; whichever comes first. A question is asked once.

Before approving, ask why so many: a property taken out of the range, a person type withdrawn, or a view in iX-Haus that
returned too little? Only the first two are reasons to approve.
"""

with DAG(
    "casavi_release_removals",
    schedule=[GUARDED],
    start_date=datetime(2026, 1, 1, tzinfo=UTC),
    catchup=False,
    is_paused_upon_creation=False,  # does nothing by itself, and a question must never be lost
    doc_md=with_links(DOCS, "Freigaben", "Heute"),
    tags=["serviceportal", "approvals"],
    default_args=task_defaults(None),
):

    @task
    def questions() -> list[Question]:
        """Read what the triggering runs have asked, unless somebody is being asked already."""
        context = get_current_context()
        with spoken():
            waiting = waiting_questions(context["ti"], context["dag_run"])
            return new_questions(context["triggering_asset_events"][GUARDED], waiting)

    @task
    def release(question: Question, response: Wired) -> None:
        """Write the answer down; start the group's DAG, as ever, if it is approved."""
        with spoken():
            is_approved = settle(question, response)
        if not is_approved:
            raise AirflowSkipException("not approved; nothing is removed")
        # What TriggerDagRunOperator raises too; importing that operator costs 0.4 s in every parse of this file.
        raise DagRunTriggerException(
            trigger_dag_id=question["dag_id"],
            dag_run_id=f"released__{question['approval']}",  # one approval, one run
            conf={}, reset_dag_run=False, skip_when_already_exists=True, wait_for_completion=False,
            allowed_states=[], failed_states=[], poke_interval=60, deferrable=False,
        )  # fmt: skip

    @task_group
    def ask(question: Question) -> None:
        """Ask, and write the answer down."""
        approve = HITLOperator(
            task_id="approve",
            subject="Freigeben, was wartet? / Release what waits?",
            body="{{ ti.xcom_pull(task_ids='questions')[ti.map_index]['text'] }}",
            options=[YES, NO],
            defaults=NO,  # so that time running out is no failure; `release` sees that nobody has answered
            response_timeout=waiting_time(),
        )
        release(question, approve.output)

    ask.expand(question=questions())
