"""Moments for pages that show a day: tests may begin at any time, also a minute after midnight."""

import time
from datetime import datetime, timedelta

from include.vocabulary.clock import BERLIN, to_utc_column, utc_now

LONGEST = timedelta(minutes=2)
"""No test of a page takes longer."""
DAY_IS_OLD_ENOUGH = timedelta(hours=3)
"""For the longest time ago that a test asks for."""


def wait_out_midnight() -> None:
    """Begin no test that would end on another day than it began: wait until that day is there."""
    while (left := _midnight(1) - utc_now()) < LONGEST:
        time.sleep(max(left.total_seconds(), 0) + 0.01)


def today(minutes_ago: float = 0) -> datetime:
    """A moment of today in Berlin, so many minutes ago.

    While the day is young all moments move together, in the same order: a test need not know what time it is.
    """
    now = utc_now()
    return now - timedelta(minutes=minutes_ago) * min((now - _midnight()) / DAY_IS_OLD_ENOUGH, 1)


def days_ago(days: int) -> datetime:
    """Noon in Berlin so many calendar days ago; a day may have 23 or 25 hours."""
    return _midnight(-days) + timedelta(hours=12)


def column(moment: datetime) -> str:
    """A moment as SQLite holds it in a column of this project's own tables."""
    return f"{to_utc_column(moment):%Y-%m-%d %H:%M:%S.%f}"


def _midnight(days: int = 0) -> datetime:
    day = utc_now().astimezone(BERLIN) + timedelta(days=days)
    return day.replace(hour=0, minute=0, second=0, microsecond=0)
