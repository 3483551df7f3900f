"""Leaves a note at each DAG run that has ended: its counts, seen in Airflow's lists without opening the run.

A task cannot write a note. Airflow calls this in the scheduler, within the transaction that ends the run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from airflow.listeners import hookimpl
from airflow.plugins_manager import AirflowPlugin

if TYPE_CHECKING:
    from airflow.models.dagrun import DagRun
    from sqlalchemy.orm import Session

OURS: Final = "casavi_"
"""How the names of this project's DAGs begin."""
LAST: Final = ("protocol", "exchange")
"""Tasks that return a run's counts."""
SAID: Final = {
    "sent": "gesendet",
    "unchanged": "unverändert",
    "withheld": "zurückgehalten",
    "outstanding": "offen",
    "invalid": "ungültig",
    "errors": "Fehler",
}
"""A count of the protocol → what staff call it, in the order of the note."""


class Listener:
    """What Airflow tells of a run's end; a run that went well and one that did not have the same note."""

    @hookimpl
    def on_dag_run_success(self, dag_run: DagRun, msg: str) -> None:
        """Leave the note of a run that went well."""
        leave_note(dag_run)

    @hookimpl
    def on_dag_run_failed(self, dag_run: DagRun, msg: str) -> None:
        """Leave the note of a run that did not."""
        leave_note(dag_run)


def leave_note(ended: DagRun) -> None:
    """Write a run's counts, or why it did nothing, as its note."""
    from airflow.models.dagrun import DagRun
    from airflow.utils.session import create_session
    from sqlalchemy.orm import object_session

    if not ended.dag_id.startswith(OURS):
        return
    if session := object_session(ended):
        _leave(ended, session)
        return
    with create_session() as session:  # `airflow dags test` holds the run outside of any session
        _leave(session.get_one(DagRun, ended.id), session)


def _leave(dag_run: DagRun, session: Session) -> None:
    """Write the note, unless a person has written one."""
    before = dag_run.dag_run_note
    if (before and before.user_id) or not (said := note_of(_returned(dag_run, session))):
        return
    dag_run.note = said if before else (said, None)


def note_of(protocol: dict[str, Any] | None) -> str:
    """Return in one line what a run did; "" for one that returned no counts."""
    if not protocol or "sent" not in protocol:
        return ""
    if protocol["status"] == "skipped":
        return str(protocol["reason"])
    counts = [f"{protocol[name]} {said}" for name, said in SAID.items() if protocol[name] or name == "sent"]
    return ", ".join(("Probelauf", *counts) if protocol["status"] == "dry_run" else counts)


def _returned(dag_run: DagRun, session: Session) -> dict[str, Any] | None:
    from airflow.models.xcom import XComModel
    from sqlalchemy import select

    of_run = {"dag_id": dag_run.dag_id, "run_id": dag_run.run_id, "key": "return_value"}
    with session.no_autoflush:  # the run's end is written by Airflow, when it thinks fit
        row = session.scalar(select(XComModel).filter_by(**of_run).where(XComModel.task_id.in_(LAST)))
    return None if row is None else XComModel.deserialize_value(row)


class RunNotes(AirflowPlugin):
    """Lets Airflow find the listener above."""

    name = "serviceportal_run_notes"
    listeners = [Listener()]  # noqa: RUF012 - the name and type that Airflow asks for
