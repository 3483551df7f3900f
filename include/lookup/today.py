"""What a morning begins with: whether every group is on time, what waits for whom, and what went back and forth today.

All of a system is read as of one moment; alerts and the summary in the morning work the same out from the same parts.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any, Final

from sqlalchemy import Connection, Engine

from include.groups import RUNS
from include.groups.reports.inbound.set_aside import left_out
from include.ixhaus.activation import read_activation, reason_for_off
from include.ixhaus.database import read_snapshot
from include.lookup.approvals import Approval, Number, read_numbers, read_open
from include.lookup.corrections import Correction, first_to_correct, page_to_correct
from include.lookup.exchange import Way, received, sent
from include.lookup.lateness import last_whole, missed, read_ended
from include.lookup.runs import read_last_good
from include.lookup.teams import Team, read_teams
from include.settings import SystemSettings
from include.vocabulary.clock import BERLIN, berlin_day, from_utc_column

RECORDS_SHOWN: Final = 10
"""So many records of a reason; the list has all."""
NEWEST_SHOWN: Final = 5
SET_ASIDE_SHOWN: Final = 20
QUESTIONS_SHOWN: Final = 20
_NEVER: Final = datetime(1, 1, 1, tzinfo=BERLIN)


@dataclass(frozen=True)
class GroupState:
    """When a group last ran well and when it should have since (None: it is on time), both UTC; and its newest run."""

    group: str
    is_scheduled: bool
    good: datetime | None
    missed: datetime | None
    newest: Mapping[str, Any] | None


@dataclass(frozen=True)
class Question:
    """A question that waits, with the numbers of its records."""

    approval: Approval
    numbers: list[Number]


@dataclass(frozen=True)
class Aside:
    """A report of the portal that could not be taken over, why not, and since when (UTC)."""

    portal_id: str
    reason: str
    since: datetime | None


@dataclass(frozen=True)
class Today:
    """A system as it stands; `off` is the reason why nothing runs at all, "" if none. Questions and reports set aside
    are the first of so many.
    """

    off: str
    groups: list[GroupState]
    questions: list[Question]
    questions_in_all: int
    corrections: list[Correction]
    set_aside: list[Aside]
    set_aside_in_all: int
    teams: list[Team]
    received: Way
    sent: Way


def today(engine: Engine, settings: SystemSettings, now: datetime) -> Today:
    """Return how a system stands at a (zoned) time; raises what the database raises."""
    system, day = settings.system, berlin_day(now)
    midnight = datetime.combine(day, time.min, tzinfo=BERLIN)
    with read_snapshot(engine) as connection:
        off = reason_for_off(read_activation(connection, day)) if settings.active else "SYSTEM_OFF"
        ended = read_ended(connection, system)
        open_now, aside = read_open(connection, system, now), left_out(connection, system)
        return Today(
            off=off or "",
            groups=_groups(connection, settings, now, ended),
            questions=[_question(connection, one) for one in open_now[:QUESTIONS_SHOWN]],
            questions_in_all=len(open_now),
            corrections=first_to_correct(connection, system, last_whole(ended), RECORDS_SHOWN),
            set_aside=sorted(map(_aside, aside), key=lambda one: str(one.since))[:SET_ASIDE_SHOWN],
            set_aside_in_all=len(aside),
            teams=read_teams(connection, settings, day),
            received=received(connection, system, midnight, NEWEST_SHOWN),
            sent=sent(connection, system, midnight, NEWEST_SHOWN),
        )


def corrections_for(engine: Engine, system: str, reason: str, page: int) -> Correction:
    """Return a page of the records that are to be corrected for one reason."""
    with read_snapshot(engine) as connection:
        return page_to_correct(connection, system, last_whole(read_ended(connection, system)), reason, page)


def _groups(
    connection: Connection, settings: SystemSettings, now: datetime, ended: Mapping[str, list[dict[str, Any]]]
) -> list[GroupState]:
    good = read_last_good(connection, settings.system)
    return [
        GroupState(
            group=group,
            is_scheduled=bool(getattr(settings.schedules, group)),
            good=good.get(group),
            missed=missed(settings, group, good.get(group, _NEVER), now),
            newest=next(iter(ended[group]), None),
        )
        for group in RUNS
    ]


def _question(connection: Connection, approval: Approval) -> Question:
    return Question(approval, read_numbers(connection, approval.system, approval.approval))


def _aside(row: Mapping[str, Any]) -> Aside:
    return Aside(row["portal_id"], row["reason"], from_utc_column(row["received_at"]))
