"""Airflow DAG casavi_forget: a person is forgotten, once somebody has approved it."""

from datetime import UTC, datetime, timedelta
from typing import Any

from airflow.providers.standard.operators.hitl import HITLOperator
from airflow.sdk import DAG, get_current_context, task
from airflow.sdk.exceptions import AirflowSkipException

from include.erasure.form import params
from include.sync.flow import Wired, spoken, task_defaults, with_links
from include.sync.release import NO, YES

DOCS = """
### casavi_forget

Removes a person from the portal and from all that this project keeps (docs/data-protection.md), **for good**, once it is
approved in *Required Actions*; in iX-Haus first. Airflow's own database keeps the id that was entered here until the next
`python -m include.commands tidy`, which deletes these runs. The receipt, without the person, is the result of `forget`.

#### Triage

| What you see | What it means | What to do |
|---|---|---|
| `look` red | nobody is known by this id, iX-Haus still gives the person to the portal, or another run works; **nothing was removed** | what the sentence says; then trigger again |
| `approve` waits | three days for an answer, then nothing is removed | approve or reject |
| `forget` skipped | rejected, or not answered | nothing |
| `forget` red | portal or database was away in the middle | clear the task: it goes on where it was |
"""

with DAG(
    "casavi_forget",
    schedule=None,
    start_date=datetime(2026, 1, 1, tzinfo=UTC),
    catchup=False,
    max_active_runs=1,
    is_paused_upon_creation=False,  # does nothing by itself
    params=params(),
    doc_md=with_links(DOCS, "Warum?"),
    tags=["serviceportal", "privacy"],
    default_args=task_defaults(timedelta(hours=1)),
):

    @task
    def look() -> dict[str, int]:
        """See whom the id stands for, and whether that may be forgotten."""
        from include.erasure.request import look as looked

        with spoken():
            return looked(get_current_context()["params"])

    @task
    def forget(response: Wired) -> dict[str, Any]:
        """Forget the person, if somebody has approved it."""
        from include.erasure.request import carry_out

        user = response["responded_by_user"]
        if user is None or response["chosen_options"] != [YES]:
            raise AirflowSkipException("not approved; nothing is removed")
        with spoken():
            return carry_out(get_current_context()["params"], user["name"] or user["id"])

    approve = HITLOperator(
        task_id="approve",
        subject="Person für immer vergessen? / Forget a person for good?",
        body="{{ params.system }}: {{ params.person }}\n\n{{ ti.xcom_pull(task_ids='look') }}",
        options=[YES, NO],
        defaults=NO,
        execution_timeout=None,
        response_timeout=timedelta(days=3),
    )
    look() >> approve
    forget(approve.output)
