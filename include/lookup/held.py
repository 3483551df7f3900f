"""What runs have held back for a person, and the question about it (E36)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, Select, func, select

from include.ixhaus.contract.own import SP_FREIGABE, SP_PROTOKOLL_EINTRAG
from include.ixhaus.database import read_snapshot
from include.lookup.approvals import COLUMNS, Approval, read_approvals
from include.sync.guard import REJECTED
from include.vocabulary.clock import to_utc_column
from include.vocabulary.state import Level

_QUESTION, _ENTRY = SP_FREIGABE.c, SP_PROTOKOLL_EINTRAG.c


@dataclass(frozen=True)
class Held:
    """What a run has held back for a person: how many records, and the question about them if there is one."""

    count: int
    approval: Approval | None


def held_back(engine: Engine, system: str, runs: Sequence[Mapping[str, Any]]) -> dict[str, Held]:
    """Return run → what it has held back, for those of some runs of a system (see runs.find_runs) that have.

    A run asks nothing that is being asked already: its question may be that of an earlier run of its group.
    """
    if not runs:
        return {}
    with read_snapshot(engine) as connection:
        rows = connection.execute(held_query(system, [run["run"] for run in runs]))
        counts = {str(name): int(count) for name, count in rows}
        began = {run["run"]: datetime.fromisoformat(run["queried_at"]) for run in runs if run["run"] in counts}
        asked = read_approvals(connection, since_query(system, min(began.values()))) if began else []
    return {
        run["run"]: Held(counts[run["run"]], _asked(asked, run, began[run["run"]]))
        for run in runs
        if run["run"] in counts
    }


def held_query(system: str, runs: Sequence[str]) -> Select[Any]:
    """Return the query for how many records each of some runs has held back for a person."""
    is_held = (_ENTRY.level == Level.GUARDED, _ENTRY.reason != REJECTED)  # a person has said no
    mine = (_ENTRY.system == system, _ENTRY.run.in_(runs))
    return select(_ENTRY.run, func.count()).where(*mine, *is_held).group_by(_ENTRY.run)


def since_query(system: str, first: datetime) -> Select[Any]:
    """Return the query for questions that waited at a (zoned) time or were asked later, newest first."""
    ended_at = func.coalesce(_QUESTION.decided_at, _QUESTION.valid_until)
    is_later = ended_at >= to_utc_column(first)
    return select(*COLUMNS).where(_QUESTION.system == system, is_later).order_by(_QUESTION.asked_at.desc())


def _asked(newest_first: Sequence[Approval], run: Mapping[str, Any], at: datetime) -> Approval | None:
    """Return the question that a run asked, else the one of its group that waited when it read iX-Haus."""
    mine = [one for one in newest_first if one.group == run["group"]]
    own = [one for one in mine if one.run == run["run"]]
    earlier = [one for one in mine if one.waited_at(at)]
    return next(iter(own + earlier), None)
