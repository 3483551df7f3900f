"""Airflow's own scheduler, step by step, and what a person does with DAGs and runs: pause, clear, backfill."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from unittest.mock import patch

from airflow.jobs.job import Job
from airflow.jobs.scheduler_job_runner import SchedulerJobRunner
from airflow.models import dagrun
from airflow.models.backfill import Backfill, ReprocessBehavior, _create_backfill
from airflow.models.dag import DagModel
from airflow.models.dagrun import DagRun
from airflow.models.serialized_dag import SerializedDagModel
from airflow.utils.session import create_session
from airflow.utils.sqlalchemy import prohibit_commit
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from tests.dags.rig import Finished, Rig

_RUNNING = select(DagRun).where(DagRun.state == "running")


@contextmanager
def all_paused() -> Iterator[None]:
    """No DAG is on while the block runs; whatever the scheduler makes in it is forgotten then."""
    with create_session() as session:
        on = session.scalars(select(DagModel.dag_id).where(~DagModel.is_paused)).all()
        known = session.scalars(select(DagRun.id)).all()
        session.execute(update(DagModel).values(is_paused=True))
    try:
        yield
    finally:
        with create_session() as session:
            session.execute(delete(DagRun).where(DagRun.id.not_in(known), DagRun.run_type != "manual"))
            session.execute(delete(Backfill))
            session.execute(update(DagModel).where(DagModel.dag_id.in_(on)).values(is_paused=False))


@contextmanager
def switched_on(dag_id: str) -> Iterator[None]:
    """A DAG is not paused while the block runs."""
    _pause(dag_id, is_paused=False)
    try:
        yield
    finally:
        _pause(dag_id, is_paused=True)


def _pause(dag_id: str, *, is_paused: bool) -> None:
    with create_session() as session:
        session.get_one(DagModel, dag_id).is_paused = is_paused


def due() -> list[str]:
    """Let the scheduler make the runs that are due, by events and by the clock, and start them; see `start`."""
    with create_session() as session, prohibit_commit(session) as guard:  # type: ignore[no-untyped-call]
        _scheduler()._create_dagruns_for_dags(guard, session)
    return start()


def start() -> list[str]:
    """Let the scheduler start those of the runs there are that may begin; returns them: dag/run."""
    while not (started := _start()) and _one_may_begin():
        time.sleep(0.05)  # SQLite's clock knows whole seconds only: what was made in this one is due in the next
    return started


def _start() -> list[str]:
    with create_session() as session:
        before = set(session.scalars(_RUNNING))
        _scheduler()._start_queued_dagruns(session)
        session.flush()
        return [f"{run.dag_id}/{run.run_id}" for run in session.scalars(_RUNNING) if run not in before]


def _one_may_begin() -> bool:
    query = select(DagRun).join(DagModel, DagModel.dag_id == DagRun.dag_id)
    with create_session() as session:
        return session.scalar(query.where(DagRun.state == "queued", ~DagModel.is_paused).limit(1)) is not None


def _scheduler() -> SchedulerJobRunner:
    return SchedulerJobRunner(Job())  # type: ignore[no-untyped-call]  # Airflow says no more


def carry_out(rig: Rig, started: str) -> Finished:
    """Run the tasks of a run that the scheduler has started, and wait for its end."""
    dag_id, _, run_id = started.partition("/")

    def existing(*, dag: Any, session: Session, **_: Any) -> DagRun:
        run = session.scalars(select(DagRun).where(DagRun.dag_id == dag_id, DagRun.run_id == run_id)).one()
        run.dag = dag
        return run

    with patch.object(dagrun, "get_or_create_dagrun", existing):
        finished = rig.run(dag_id)
    with create_session() as session:  # as the scheduler does when a run has ended
        ended = session.get_one(DagModel, dag_id)
        _scheduler()._set_exceeds_max_active_runs(dag_model=ended, session=session)
    return finished


def clear(dag_id: str, run_id: str, *tasks: str) -> None:
    """Clear tasks of a run, as a person does in the grid; without names: all of them."""
    with create_session() as session:
        stored = session.scalars(select(SerializedDagModel).filter_by(dag_id=dag_id)).all()
        newest = max(stored, key=lambda one: one.created_at)
        assert newest.dag.clear(run_id=run_id, task_ids=tasks or None, session=session)


def backfill(dag_id: str, first: datetime, last: datetime) -> None:
    """Do what `airflow backfill create` does."""
    _create_backfill(
        dag_id=dag_id, from_date=first, to_date=last, max_active_runs=1, reverse=False, dag_run_conf=None,
        triggering_user_name="anna", reprocess_behavior=ReprocessBehavior.NONE,
    )  # fmt: skip
