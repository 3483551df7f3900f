"""Starting the DAG of a group for some properties, as Airflow's own form does."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from airflow.api.common.trigger_dag import trigger_dag
from airflow.models.dag import DagModel
from airflow.sdk.exceptions import AirflowException
from airflow.utils.types import DagRunTriggeredByType

from include.settings import PropertyRange

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Triggered:
    """A run that was started; one of a paused DAG waits until somebody switches the DAG on."""

    dag_id: str
    run_id: str
    is_paused: bool


class NotTriggeredError(Exception):
    """The run could not be started; the message says why, and vocabulary.sentences has it in German."""


def can_be_named(numbers: Sequence[str]) -> bool:
    """Whether the parameter `properties` can name exactly these properties: a number like 100-199 reads as a range."""
    return bool(numbers) and all(_is_plain(number) for number in numbers)


def trigger(dag_id: str, numbers: Sequence[str], *, dry_run: bool, user: str, run_id: str | None = None) -> Triggered:
    """Start a run for some properties, without any for all, in the name of a user; raises NotTriggeredError.

    run_id: Airflow's name for the run, which no other run of the DAG may have; None lets Airflow choose one
    """
    model = DagModel.get_current(dag_id)
    if model is None or model.is_stale or model.has_import_errors:
        raise NotTriggeredError(f"Airflow does not know {dag_id}, or its file cannot be read; ask an engineer")
    conf = {"properties": ", ".join(numbers), "dry_run": dry_run}
    try:
        by = DagRunTriggeredByType.UI
        run = trigger_dag(dag_id, triggered_by=by, triggering_user_name=user, conf=conf, run_id=run_id)
    except (AirflowException, ValueError) as error:
        log.warning("%s was not started: %s", dag_id, error)
        raise NotTriggeredError(_not_taken(dag_id, type(error).__name__)) from None
    if run is None:
        raise NotTriggeredError(_not_taken(dag_id, "None"))
    return Triggered(dag_id, run.run_id, bool(model.is_paused))


def _not_taken(dag_id: str, kind: str) -> str:
    return f"Airflow takes no run of {dag_id} ({kind}); the API server's log says why"


def _is_plain(number: str) -> bool:
    try:
        return PropertyRange.parse(number).numbers == {number}
    except ValueError:
        return False
