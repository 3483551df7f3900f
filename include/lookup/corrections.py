"""What of iX-Haus is to be corrected there before it comes through as it should: how many records, by reason."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Engine, Select, func, select

from include.ixhaus.contract.own import SP_HINWEIS, SP_PROTOKOLL_EINTRAG
from include.ixhaus.database import read_snapshot
from include.vocabulary.state import Level

_ENTRY, _STANDING = SP_PROTOKOLL_EINTRAG.c, SP_HINWEIS.c


def to_correct(engine: Engine, system: str, runs: Sequence[str]) -> Mapping[str, int]:
    """Return reason → number of records, most first.

    runs: the last run of each group over everything, whose invalid, refused and outstanding records count; warnings
          stand until they are gone, whichever run said them
    """
    found: Counter[str] = Counter()
    with read_snapshot(engine) as connection:
        for query in (entries_query(system, runs), standing_query(system)):
            for reason, number in connection.execute(query):
                found[reason] += int(number)
    return dict(found.most_common())


def entries_query(system: str, runs: Sequence[str]) -> Select[Any]:
    """Return the query for the reasons of records that some runs could not send."""
    levels = (Level.INVALID, Level.ERROR, Level.OUTSTANDING)
    mine = (_ENTRY.system == system, _ENTRY.run.in_(runs), _ENTRY.level.in_(levels))
    return select(_ENTRY.reason, func.count()).where(*mine).group_by(_ENTRY.reason)


def standing_query(system: str) -> Select[Any]:
    """Return the query for the reasons of warnings that stand."""
    return select(_STANDING.reason, func.count()).where(_STANDING.system == system).group_by(_STANDING.reason)
