"""When iX-Haus and the portal were last asked for each group, and what a group's last run over everything found."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Engine, Select, select

from include.groups import RECONCILIATION, RUNS
from include.ixhaus.contract.own import SP_PROTOKOLL, SP_SPERRE
from include.ixhaus.database import read_snapshot
from include.lookup.kept import with_kept
from include.lookup.lateness import only_whole
from include.lookup.runs import NEWEST_FIRST, read_runs
from include.vocabulary.clock import to_utc_column
from include.vocabulary.state import RunStatus

_RUN, _LEASE = SP_PROTOKOLL.c, SP_SPERRE.c
NOTHING_ASKED: Final = "#0"
"""How the name of a run ends that could not begin."""
Run = Mapping[str, Any]


@dataclass(frozen=True)
class Asked:
    """How a group stands.

    asked:  the newest run that asked iX-Haus anything; runs that were left out, or could not begin, did not
    newest: the newest run, whatever became of it
    whole:  the newest run over everything that did its work, with its numbers (see kept.with_kept); those by hand may
            be about a part, and a reconciliation, which sends nothing, has none
    """

    system: str
    group: str
    asked: Run | None
    newest: Run | None
    whole: Run | None


def last_asked(engine: Engine, system: str) -> list[Asked]:
    """Return how each group of a system stands, in the order of a full run."""
    with read_snapshot(engine) as connection:
        return [_of_group(connection, system, group) for group in RUNS]


def _of_group(connection: Connection, system: str, group: str) -> Asked:
    newest = _first(connection, newest_query(system, group))
    if newest is None:  # the others would look through all runs in vain
        return Asked(system, group, None, None, None)
    whole = None if group == RECONCILIATION.name else _first(connection, whole_query(system, group))
    return Asked(
        system=system,
        group=group,
        asked=_first(connection, asked_query(system, group)),
        newest=newest,
        whole=with_kept(connection, system, [whole])[0] if whole else None,
    )


def _first(connection: Connection, query: Select[Any]) -> dict[str, Any] | None:
    return next(iter(read_runs(connection, query)), None)


def newest_query(system: str, group: str) -> Select[Any]:
    """Return the query for the newest run of a group."""
    return _mine(system, group).limit(1)


def asked_query(system: str, group: str) -> Select[Any]:
    """Return the query for the newest run of a group that asked iX-Haus anything."""
    has_asked = (_RUN.status != RunStatus.SKIPPED, ~_RUN.run.endswith(NOTHING_ASKED))
    return _mine(system, group).where(*has_asked).limit(1)


def whole_query(system: str, group: str) -> Select[Any]:
    """Return the query for the newest run of a group that did its work on everything."""
    has_done = _RUN.status.in_((RunStatus.OK, RunStatus.ERRORS))
    return _mine(system, group).where(has_done, only_whole(group)).limit(1)


def at_work(engine: Engine, system: str, now: datetime) -> set[str]:
    """Return the names of a system's runs that hold their lease at a (zoned) time: they are at work (R53)."""
    with read_snapshot(engine) as connection:
        rows = connection.execute(leases_query(system, now))
        return {f"{holder}#{token}" for holder, token in rows}


def leases_query(system: str, now: datetime) -> Select[Any]:
    """Return the query for holder and number of the leases of a system that hold at a (zoned) time."""
    of_system = _LEASE.name.startswith(f"{system}/", autoescape=True)
    holds = (_LEASE.holder.is_not(None), _LEASE.valid_until > to_utc_column(now))
    return select(_LEASE.holder, _LEASE.token).where(of_system, *holds)


def _mine(system: str, group: str) -> Select[Any]:
    return select(SP_PROTOKOLL).where(_RUN.system == system, _RUN.group == group).order_by(*NEWEST_FIRST)
