"""What a run's tasks leave for one another in Airflow's XComs: references and numbers, no personal data.

Imported by DAG files, so it imports nothing heavy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from include.sync.group import Group
    from include.sync.planned import Batches, Planned
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
    """What an event of GUARDED says: how many removals of how many records per type, and the ids of some."""

    system: str
    group: str
    removals: dict[str, list[int]]
    sample: list[str]


def state_xcom(state: RunState) -> StateXCom:
    """Return a run's state as tasks hand it on."""
    return {
        "system": state.system, "group": state.group, "run": state.run, "folder": state.folder, "token": state.token,
        "queried_at": state.queried_at,
    }  # fmt: skip


def held_back(group: Group, system: str, planned: Planned) -> HeldBack:
    """Return what an event of GUARDED says of a plan."""
    numbers = {finding.record_type: [finding.count, finding.held] for finding in planned.guarded}
    return {"system": system, "group": group.name, "removals": numbers, "sample": planned.sample}
