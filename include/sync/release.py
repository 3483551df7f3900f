"""Turning removals that were held back into questions for a person: one open question per system and group."""

from collections.abc import Collection, Iterable
from typing import Any, Final

from include.sync.flow import dag_name

QUESTIONS: Final = "questions"
APPROVE: Final = "ask.approve"
"""Task ids in casavi_release_removals: what lists the questions, and what waits for the answer to each."""
_ANSWERED: Final = frozenset({"success", "failed", "skipped", "upstream_failed", "removed"})
_QUESTION: Final = (
    "System {system}, Gruppe {group}: so viele Datensätze würden entfernt oder verlören ihren Zugang zum Portal:"
)


def new_questions(events: Iterable[Any], waiting: Collection[str]) -> list[dict[str, Any]]:
    """Return one question per system and group, from the newest of the given asset events.

    events:  asset events with a `timestamp` and an `extra` of system, group, removals (record type →
             [count, held]) and a sample of ids
    waiting: the DAGs that a person is being asked about already; they are not asked about twice
    returns: dicts with dag_id, conf (for the run that removes) and text; no personal data
    """
    oldest_first = sorted(events, key=lambda event: event.timestamp)
    newest = {(event.extra["system"], event.extra["group"]): event.extra for event in oldest_first}
    questions = [_question(extra) for _, extra in sorted(newest.items())]
    return [question for question in questions if question["dag_id"] not in waiting]


def waiting_questions(ti: Any, dag_run: Any) -> set[str]:
    """Return the DAGs about which another run of this DAG still waits for an answer.

    A night's run and one started by the objects may both find the guard exceeded. The open question stays as it is:
    approved, it releases up to the number it shows, and if there are more by then, the run it starts asks again.
    """
    waiting: set[str] = set()
    for run_id, tasks in ti.get_task_states(dag_run.dag_id, task_ids=[APPROVE]).items():
        unanswered = [name for name, state in tasks.items() if state not in _ANSWERED]
        if run_id == dag_run.run_id or not unanswered:
            continue
        asked = ti.xcom_pull(task_ids=QUESTIONS, run_id=run_id) or []
        for place, question in enumerate(asked):
            # A task that is not mapped yet has no place in its name: then all its questions are open.
            if {APPROVE, f"{APPROVE}_{place}"} & set(unanswered):
                waiting.add(question["dag_id"])
    return waiting


def _question(extra: dict[str, Any]) -> dict[str, Any]:
    lines = [f"- {kind}: {count} von {held}" for kind, (count, held) in extra["removals"].items()]
    largest = max(count for count, _ in extra["removals"].values())
    return {
        "dag_id": dag_name(extra["group"], extra["system"]),
        "conf": {"release_removals": True, "release_at_most": largest},
        "text": "\n".join([_QUESTION.format(**extra), *lines, "", "Beispiele: " + ", ".join(extra["sample"])]),
    }
