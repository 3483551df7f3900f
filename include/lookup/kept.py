"""Why records of runs did not go out: a person is asked about them first, or the rules do not want them out there."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection, Select, func, select

from include.groups import RECONCILIATION
from include.ixhaus.contract.own import SP_PROTOKOLL_EINTRAG
from include.ixhaus.database import id_lists
from include.vocabulary.state import Level, RunStatus

_ENTRY = SP_PROTOKOLL_EINTRAG.c
COUNTS: Final = (
    "read", "sent", "created", "updated", "removed", "unchanged",
    "errors", "guarded", "invalid", "by_rule", "outstanding",
)  # fmt: skip
"""The numbers of a run as staff read them: `guarded` and `by_rule` are counted together as withheld in SP_PROTOKOLL."""


def with_kept(connection: Connection, system: str, runs: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return runs of a system (see runs.find_runs) with two more numbers, None where a run knows none.

    guarded: what was not sent without a person's word (E36): it waited for one, or had been refused
    by_rule: what the rules keep from the portal; also what comes after another record, in its order (R15)
    """
    counts: dict[str, int] = {}
    for names in id_lists(run["run"] for run in runs if _is_split(run)):
        rows = connection.execute(guarded_query(system, names))
        counts |= {str(name): int(count) for name, count in rows}
    return [{**run, **_numbers(run, counts.get(run["run"], 0))} for run in runs]


def guarded_query(system: str, runs: Sequence[str]) -> Select[Any]:
    """Return the query for how many records the removal guard kept in each of some runs."""
    mine = (_ENTRY.system == system, _ENTRY.run.in_(runs), _ENTRY.level == Level.GUARDED)
    return select(_ENTRY.run, func.count()).where(*mine).group_by(_ENTRY.run)


def _is_split(run: Mapping[str, Any]) -> bool:
    """Whether the protocol knows which of a run's records waited for a person: a dry run asks nobody, a reconciliation
    sends nothing, and a run at work has not counted yet.
    """
    return run["status"] not in (RunStatus.DRY_RUN, RunStatus.RUNNING) and run["group"] != RECONCILIATION.name


def _numbers(run: Mapping[str, Any], guarded: int) -> dict[str, int | None]:
    if not _is_split(run):
        return {"guarded": None, "by_rule": None}
    return {"guarded": guarded, "by_rule": max(0, run["withheld"] - guarded)}
