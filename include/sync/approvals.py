"""The answer to a question that waits for a person (E36)."""

from datetime import datetime, timedelta

from sqlalchemy import Engine, update

from include.ixhaus.contract.own import SP_FREIGABE
from include.vocabulary.clock import to_utc_column

_QUESTION = SP_FREIGABE.c


def decide(
    engine: Engine, system: str, approval: str, *, approve: bool, by: str, holds: timedelta, now: datetime
) -> bool:
    """Write a person's answer to a question; returns whether it counts.

    It does not if somebody else was first, or if the question no longer holds: the first answer in time is the one.

    by:    name of the user who answers
    holds: how long an approval may be used
    now:   zoned
    """
    moment = to_utc_column(now)
    is_waiting = (_QUESTION.state == "open") & (_QUESTION.valid_until > moment)
    mine = (_QUESTION.system == system) & (_QUESTION.approval == approval)
    answer = update(SP_FREIGABE).where(mine & is_waiting)
    values = {
        "state": "approved" if approve else "rejected", "decided_at": moment, "decided_by": by,
        "valid_until": to_utc_column(now + holds),
    }  # fmt: skip
    with engine.begin() as connection:
        return connection.execute(answer.values(values)).rowcount == 1
