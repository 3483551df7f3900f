"""What a run's tasks leave for one another in Airflow's XComs: references and numbers, no personal data.

Imported by DAG files, so it imports nothing heavy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from include.sync.planned import Batches
    from include.sync.run import RunState


class StateXCom(TypedDict):
    """A RunState, as extract leaves it for the other tasks."""

    system: str
    group: str
    run: str
    folder: str
    token: int
    queried_at: str


class PlannedXCom(TypedDict):
    """What plan leaves: the numbers so far, how many changes there are, and where each load finds its own."""

    counts: dict[str, int]
    changes: int
    batches: Batches


class HeldBack(TypedDict):
    """What an event of GUARDED says: which question a run has asked; the question itself is in SP_FREIGABE."""

    system: str
    group: str
    approval: str


def state_xcom(state: RunState) -> StateXCom:
    """Return a run's state as tasks hand it on."""
    return {
        "system": state.system, "group": state.group, "run": state.run, "folder": state.folder, "token": state.token,
        "queried_at": state.queried_at,
    }  # fmt: skip
