"""One run of one peer, counted at the portal, and what is asked of all of them together."""

from collections.abc import Iterable
from dataclasses import dataclass

from bench.peers.portal import Told


@dataclass(frozen=True)
class Run:
    """What a run took and what came of it.

    cell:     what it was about, see bench/peers/cells.py
    records:  how many there are
    seconds:  of the whole process, imports included
    sending:  from the first record at the portal to the last
    requests: all that the portal got, logins and lists too
    sent:     how many of them were records
    repeated: how many records came that had come before without need: in this run, or in the one that was killed
    missing:  how many the portal should hold, or should have got anew, and did not
    most:     so many calls were in flight at once
    """

    peer: str
    cell: str
    records: int
    seconds: float
    peak_mb: float
    code: int
    sending: float
    requests: int
    sent: int
    repeated: int
    missing: int
    most: int

    @property
    def per_second(self) -> float:
        """Records a second by the whole process's time."""
        return self.sent / self.seconds

    @property
    def rate(self) -> float:
        """Records a second while it was sending."""
        return self.sent / self.sending if self.sending else 0.0


@dataclass(frozen=True)
class Spent:
    """What a process took."""

    seconds: float
    peak_mb: float
    code: int


def counted(
    peer: str, cell: str, spent: Spent, told: Told, wanted: Iterable[str], before: Iterable[str] = (),
    *, anew: bool = False,
) -> Run:  # fmt: skip
    """Return a run as the portal saw it.

    wanted: the records that it had to bring there
    before: those that had arrived in the run that was killed
    anew:   whether it is not enough that the portal holds them, as their content is new
    """
    expected, arrived = set(wanted), told["arrived"]
    there = set(arrived) if anew else set(told["stored"])
    sent, early = sum(arrived.values()), set(before)
    return Run(
        peer=peer, cell=cell, records=len(expected), seconds=spent.seconds, peak_mb=spent.peak_mb, code=spent.code,
        sending=told["seconds"], requests=told["requests"], sent=sent,
        repeated=sent - len(arrived) + len(early & set(arrived)), missing=len(expected - there), most=told["most"],
    )  # fmt: skip
