"""What a batch's answers add up to: whether the load goes on, and which refusals are final in the end."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from include.casavi.endpoints import Endpoint
from include.sync.deliver import Delivery
from include.sync.finality import ALIKE, CLOSED, Answered, mark_of, suspicious
from include.sync.ledger import Failure
from include.sync.staging import Change

UNMARKED: Final = (
    "that says more about the portal or about us than about them: none of them is marked as refused, the next run "
    "sends them again"
)
"""What is said of refusals that are alike."""
_PASSING: Final = Answered("", None, "")
"""Stands for passing failures, of whatever kind."""


class Remembered(NamedTuple):
    """How a refusal is remembered; refused is the mark of a content that is not to be sent again."""

    change: Change
    outcome: str
    status: int | None
    refused: str | None = None


class Tally:
    """One batch's answers.

    before:   how sending records failed before this batch
    answered: how many records of the batch were answered before a retry of its task
    most:     so many in a row that are not taken, for one and the same reason, end the load
    """

    def __init__(self, endpoint: Endpoint, before: Mapping[str, Failure], answered: int, most: int) -> None:
        self._endpoint = endpoint
        self._before = before
        self._answers = answered
        self._most = most
        self._refusals: list[tuple[Change, Delivery]] = []
        """Those of which only the whole batch tells whether they are final."""
        self._kind = _PASSING
        self._in_a_row = 0

    def refused_mark(self, change: Change, delivery: Delivery) -> str | None:
        """Return the mark of a refusal that is final whatever becomes of the others: it is our own finding, or the
        portal has said the same of the same content before.
        """
        if delivery.state or not delivery.final:
            return None
        mark = mark_of(change["hash"], self._endpoint)
        before = self._before.get(change["external_id"])
        is_repeated = before is not None and (before.refused, before.status) == (mark, delivery.status)
        return mark if is_repeated or not delivery.is_answer else None

    def add(self, change: Change, delivery: Delivery) -> str | None:
        """Take down how sending a change ended; returns why nothing more is to be sent, None if it goes on."""
        if self.refused_mark(change, delivery):
            if delivery.is_attempted and not delivery.is_answer:  # the portal has answered what it was asked
                self._in_a_row = 0
            return None
        if not delivery.is_attempted:  # what could not even be sent says nothing about the portal
            return None
        self._answers += 1
        if delivery.state:
            self._in_a_row = 0
            return None
        if delivery.final:
            self._refusals.append((change, delivery))
        kind = _kind(change, delivery)
        self._in_a_row = self._in_a_row + 1 if kind == self._kind else 1
        self._kind = kind
        return self._why_stop(delivery) if self._in_a_row >= self._most else None

    def alike(self, *, is_whole: bool) -> Counter[Answered]:
        """Return the refusals that say nothing about their records, and how many they are: of a whole batch those that
        are more than half of its answers, of one that had to stop those that stopped it.
        """
        numbers = Counter(_kind(*refusal) for refusal in self._refusals)
        if is_whole:
            chosen = suspicious(numbers, self._answers)
        else:
            chosen = {self._kind} if self._in_a_row >= self._most else set()
        return Counter({kind: number for kind, number in numbers.items() if kind in chosen})

    def outcomes(self, *, is_whole: bool) -> Iterator[Remembered]:
        """Yield how the refusals are to be remembered; in a batch that had to stop none is final."""
        alike = self.alike(is_whole=is_whole)
        for change, delivery in self._refusals:
            if _kind(change, delivery) in alike:
                yield Remembered(change, ALIKE, delivery.status)
            elif is_whole:
                yield Remembered(change, delivery.reason, delivery.status, mark_of(change["hash"], self._endpoint))

    def _why_stop(self, delivery: Delivery) -> str:
        said = f"{delivery.reason}, status {delivery.status}" if delivery.status else delivery.reason
        if delivery.final:
            return f"{self._in_a_row} records in a row were refused alike ({said}); {UNMARKED}"
        if delivery.reason == CLOSED:
            return (
                f"{self._in_a_row} records in a row failed ({said}); the portal takes nothing at this address, or not "
                "from this key: ask casavi what has changed; the next run goes on from here"
            )
        return (
            f"{self._in_a_row} records in a row failed ({delivery.reason}); the portal seems to be down, the next run "
            "goes on from here"
        )


def _kind(change: Change, delivery: Delivery) -> Answered:
    return Answered(change["action"], delivery.status, delivery.reason) if delivery.final else _PASSING
