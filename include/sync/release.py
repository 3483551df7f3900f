"""Putting a run's question to a person in Airflow, and what becomes of the answer (E36).

Imported by a DAG file, so nothing heavy is imported here at the top level.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, Protocol, TypedDict

from include.settings import RemovalGuard, load_each, load_settings
from include.sync.flow import Wired, dag_name
from include.sync.xcom import HeldBack
from include.vocabulary.addresses import approval_address

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from include.sync.approvals import Shown

QUESTIONS: Final = "questions"
APPROVE: Final = "ask.approve"
"""Task ids in casavi_release_removals: what lists the questions, and what waits for the answer to each."""
YES, NO = "Approve", "Reject"
_ANSWERED: Final = frozenset({"success", "failed", "skipped", "upstream_failed", "removed"})
_KINDS: Final = {
    "remove": ("entfernen", "remove"),
    "withdraw": ("Zugang entziehen", "withdraw access"),
    "create": ("anlegen", "create"),
}
_TEXT: Final = """\
System **{system}**, Gruppe **{group}**: Das folgende wartet auf Freigabe.

Anlass:

{causes}

Betroffen:

{german}

Zum Beispiel: {sample}. Alle stehen auf der Seite *Serviceportal > Freigaben*
(`{address}`) und in `SP_FREIGABE_SATZ`. Freigegeben wird genau diese Liste.

---

System **{system}**, group **{group}**: the following waits for approval, for the reasons above.

{english}

All of them are on the page *Serviceportal > Approvals* (same address) and in `SP_FREIGABE_SATZ`. Exactly this list is
approved."""


class GuardEvent(Protocol):
    """An event of the asset that says that a run has asked something."""

    @property
    def extra(self) -> HeldBack:
        """What."""


class Question(TypedDict):
    """What a person is asked: it goes through XCom, so it holds no personal data."""

    system: str
    approval: str
    dag_id: str
    """The DAG that goes on once it is approved."""
    text: str


def waiting_time() -> timedelta:
    """Return how long a question may wait at most, whichever system asks it."""
    sound = load_each().sound.values()  # of a system with a mistake its own DAGs tell
    hours = (settings.removal_guard.approval_hours for settings in sound)
    return timedelta(hours=max(hours, default=RemovalGuard().approval_hours))


def new_questions(events: Iterable[GuardEvent], waiting: Collection[str]) -> list[Question]:
    """Return the questions that runs have asked and that are still open, each once.

    waiting: approvals that a person is being asked about already
    """
    told = {(event.extra["system"], event.extra["approval"]): event.extra for event in events}
    found = [_question(extra) for _, extra in sorted(told.items()) if extra["approval"] not in waiting]
    return [question for question in found if question is not None]


def waiting_questions(ti: Wired, dag_run: Wired) -> set[str]:
    """Return the approvals about which another run of this DAG still waits for an answer."""
    waiting: set[str] = set()
    for run_id, tasks in ti.get_task_states(dag_run.dag_id, task_ids=[APPROVE]).items():
        unanswered = [name for name, state in tasks.items() if state not in _ANSWERED]
        if run_id == dag_run.run_id or not unanswered:
            continue
        asked = ti.xcom_pull(task_ids=QUESTIONS, run_id=run_id) or []
        for place, question in enumerate(asked):
            # A task that is not mapped yet has no place in its name: then all its questions are open.
            if {APPROVE, f"{APPROVE}_{place}"} & set(unanswered):
                waiting.add(question["approval"])
    return waiting


def settle(question: Question, response: Mapping[str, Any]) -> bool:
    """Write down what became of a question; returns whether the group's DAG is to go on: it is approved.

    response: what Airflow's operator returns; nobody has responded if it names no user, and that is no refusal
    """
    from include.sync import approvals
    from include.vocabulary.clock import utc_now

    system, approval, user = question["system"], question["approval"], response["responded_by_user"]
    engine = _engine(system)
    if user is None:
        approvals.lapse(engine, system, approval, utc_now())
        return False
    holds = timedelta(hours=load_settings(system).removal_guard.approval_hours)
    approve, by = response["chosen_options"] == [YES], user["name"] or user["id"]
    approvals.decide(engine, system, approval, approve=approve, by=by, holds=holds, now=utc_now())
    return approve and approvals.is_approved(engine, system, approval, by)  # by this task too, before it was killed


def _engine(system: str) -> Engine:
    from include.ixhaus.database import open_engine

    settings = load_settings(system)
    return open_engine(settings.ixhaus_connection, settings.limits.database_seconds)


def _question(extra: HeldBack) -> Question | None:
    from include.sync import approvals
    from include.vocabulary.clock import utc_now

    system, approval = extra["system"], extra["approval"]
    shown = approvals.shown(_engine(system), system, approval, utc_now())
    if shown is None:
        return None
    return {
        "system": system,
        "approval": approval,
        "dag_id": dag_name(extra["group"], system),
        "text": _TEXT.format(
            **extra,
            address=approval_address(system, approval),
            causes=_listed(shown.causes.splitlines()),
            german=_listed(_numbers(shown, 0)),
            english=_listed(_numbers(shown, 1)),
            sample=", ".join(shown.sample),
        ),
    }


def _numbers(shown: Shown, language: int) -> list[str]:
    """Return a line per record type: how many of what."""
    of_type: dict[str, list[str]] = {}
    for (record_type, kind), number in shown.numbers.items():
        of_type.setdefault(record_type, []).append(f"{number} {_KINDS[kind][language]}")
    return [f"{record_type}: {', '.join(parts)}" for record_type, parts in of_type.items()]


def _listed(lines: Iterable[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)
