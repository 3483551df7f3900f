"""How much went wrong on each day, by group (R51)."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import Engine, Select, case, func, select

from include.groups import RUNS
from include.ixhaus.contract.own import SP_PROTOKOLL
from include.ixhaus.database import read_snapshot
from include.lookup.runs import begin_of
from include.vocabulary.state import RunStatus

_RUN = SP_PROTOKOLL.c
DAYS: Final = 30


@dataclass(frozen=True)
class Trouble:
    """A group's day in Europe/Berlin: how many runs it had, and the most errors, and the most records to be corrected,
    of any of them. Not their sum: what is wrong with one record is counted by every run that comes upon it.
    """

    day: date
    runs: int
    errors: int
    invalid: int


def trouble_per_day(engine: Engine, system: str, last: date, days: int = DAYS) -> dict[str, list[Trouble]]:
    """Return group → so many days up to `last`, oldest first, for the groups that ran; dry runs do not count."""
    first = last - timedelta(days=days - 1)
    with read_snapshot(engine) as connection:
        rows = connection.execute(trouble_query(system, first, days)).all()
    found = {(str(group), int(index)): [int(number) for number in numbers] for group, index, *numbers in rows}
    ran = {group for group, _ in found}
    return {
        group: [Trouble(first + timedelta(days=n), *found.get((group, n), (0, 0, 0))) for n in range(days)]
        for group in RUNS
        if group in ran
    }


def trouble_query(system: str, first: date, days: int) -> Select[Any]:
    """Return the query for the groups' days: group, number of the day, runs, most errors, most invalid."""
    starts = [begin_of(first + timedelta(days=number)) for number in range(days + 1)]
    number = case(*((_RUN.queried_at < starts[index + 1], index) for index in range(days)))
    # Grouped by a column of a subquery: Oracle takes two expressions with parameters for different ones.
    dated = (
        select(number.label("day_nr"), _RUN.group.label("of_group"), _RUN.errors, _RUN.invalid)
        .where(_RUN.system == system, _RUN.queried_at >= starts[0], _RUN.queried_at < starts[days])
        .where(_RUN.status != RunStatus.DRY_RUN)
        .subquery()
    )
    one = dated.c
    numbers = (func.count(), func.max(one.errors), func.max(one.invalid))
    return select(one.of_group, one.day_nr, *numbers).group_by(one.of_group, one.day_nr)
