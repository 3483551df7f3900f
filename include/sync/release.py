"""Turning removals that were held back into questions for a person: one open question per system and group."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Final, Protocol, TypedDict

from include.sync.flow import Wired, dag_name
from include.sync.xcom import HeldBack

QUESTIONS: Final = "questions"
APPROVE: Final = "ask.approve"
"""Task ids in casavi_release_removals: what lists the questions, and what waits for the answer to each."""
_ANSWERED: Final = frozenset({"success", "failed", "skipped", "upstream_failed", "removed"})
_QUESTION: Final = (
    "System {system}, Gruppe {group}: so viele Datensätze würden entfernt oder verlören ihren Zugang zum Portal:"
)


class GuardEvent(Protocol):
    """An event of the asset that says that removals were held back."""

    @property
    def timestamp(self) -> datetime:
        """When it was told."""

    @property
    def extra(self) -> HeldBack:
        """Of what."""


class Question(TypedDict):
    """What a person is asked: it goes through XCom, so it holds no personal data."""

    dag_id: str
    conf: dict[str, bool | int]
    """What the run that removes is started with."""
    text: str


def new_questions(events: Iterable[GuardEvent], waiting: Collection[str]) -> list[Question]:
    """Return one question per system and group, from the newest of the given asset events.

    waiting: the DAGs that a person is being asked about already; they are not asked about twice
    """
    oldest_first = sorted(events, key=lambda event: event.timestamp)
    newest = {(event.extra["system"], event.extra["group"]): event.extra for event in oldest_first}
    questions = [_question(extra) for _, extra in sorted(newest.items())]
    return [question for question in questions if question["dag_id"] not in waiting]


def waiting_questions(ti: Wired, dag_run: Wired) -> set[str]:
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


def _question(extra: HeldBack) -> Question:
    lines = [f"- {kind}: {count} von {held}" for kind, (count, held) in extra["removals"].items()]
    largest = max(count for count, _ in extra["removals"].values())
    return {
        "dag_id": dag_name(extra["group"], extra["system"]),
        "conf": {"release_removals": True, "release_at_most": largest},
        "text": "\n".join([_QUESTION.format(**extra), *lines, "", "Beispiele: " + ", ".join(extra["sample"])]),
    }
