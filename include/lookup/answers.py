"""How long the portal's users wait for an answer: from their report or comment to our first note that reached them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby
from math import ceil
from statistics import median
from typing import Any, Final

from sqlalchemy import Connection

from include.ixhaus.database import id_lists
from include.lookup.talk import asked_query, crossed_query, words_query
from include.vocabulary import ids
from include.vocabulary.clock import from_local_column, from_utc_column

DAYS: Final = timedelta(days=30)
_REACHED: Final = 0.9


@dataclass(frozen=True)
class Word:
    """Something said about a report, at a zoned time: by us, once it has reached the portal, or there."""

    report: str
    at: datetime
    is_ours: bool


@dataclass(frozen=True)
class AnswerTime:
    """How long answers took: half of them at most `median`, nine in ten at most `most`; how many there are."""

    median: timedelta
    most: timedelta
    count: int


def answer_time(words: Iterable[Word], since: datetime) -> AnswerTime | None:
    """Return how long the answers since a zoned moment took, None if there were none.

    A wait begins with a report or comment from the portal and ends with the first word of ours after it; what is said
    there in between is part of the same wait, and what we say without being waited for is no answer. Nights and
    weekends count. A wait counts if it ended since the moment, whenever it began.
    """
    waits: list[timedelta] = []
    for _, of_report in groupby(sorted(words, key=_in_order), key=lambda word: word.report):
        began: datetime | None = None
        for word in of_report:
            if not word.is_ours:
                began = began or word.at
            elif began:
                waits += [word.at - began] if word.at >= since else []
                began = None
    if not waits:
        return None
    half = timedelta(seconds=median(one.total_seconds() for one in waits))
    return AnswerTime(half, sorted(waits)[ceil(_REACHED * len(waits)) - 1], len(waits))


def read_answer_time(connection: Connection, system: str, now: datetime) -> AnswerTime | None:
    """Return how long the answers of the last 30 days took.

    A note of ours was said when the portal took it. Of one that was changed there later the ledger knows only the
    change; it was said when it was written.
    """
    since = now - DAYS
    taken = connection.execute(crossed_query(system, since)).all()
    crossed = {
        base: from_utc_column(at)
        for external_id, action, at in taken
        if action == "create"
        for base in ids.bases(external_id)
    }
    note_ids = {base for external_id, _, _ in taken for base in ids.bases(external_id)}
    asked = {nr for some in id_lists(note_ids) for nr in connection.execute(asked_query(some)).scalars()}
    found = (row for some in id_lists(asked) for row in connection.execute(words_query(system, some)))
    return answer_time((word for row in found if (word := _word(row, crossed))), since)


def _word(row: Any, crossed: dict[str, datetime | None]) -> Word | None:
    at = (crossed.get(row.note_id) if row.is_ours else None) or from_local_column(row.said_at)
    return Word(row.report_nr, at.astimezone(UTC), bool(row.is_ours)) if at else None


def _in_order(word: Word) -> tuple[str, datetime, bool]:
    return word.report, word.at, word.is_ours
