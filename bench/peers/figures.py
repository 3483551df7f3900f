"""What is printed of each run, and what ours has to reach beside its peers."""

from collections.abc import Iterable, Iterator, Sequence

from bench.figure import Figure
from bench.peers.measured import Run

OURS, BARE = "ours", "bare aiohttp"
TITLES = {
    "imports": "imports alone", "slow": "first run at 50 ms", "load": "first run", "large": "first run",
    "unchanged": "no change", "large unchanged": "no change", "changed": "1 % changed",
    "refused": "1 % refused", "healed": "run after healing",
    "by hand": "refused sent by hand", "restarted": "killed at 40 %, restart",
}  # fmt: skip
TIMES_FASTER, OF_THE_LIMIT = 2, 0.3
"""On two machines ours was 3.3 and 3.1 times as fast as its fastest peer, and 0.56 and 0.42 of the bare client: both
share two cores with the portal, so how near one comes to the bare client depends on the machine more (bench/load.py).
"""
MOST_REPEATED = 16
"""As many as are in flight when it is killed."""


def figures_of(run: Run) -> Iterator[Figure]:
    name = f"{run.peer}: {TITLES[run.cell]}" + (f", {run.records:,}" if run.records else "")
    yield Figure(name, run.seconds, "s")
    if "first" in TITLES[run.cell]:
        yield Figure(f"{name}: while sending", run.rate, "records/s")
        yield Figure(f"{name}: peak memory", run.peak_mb, "MB")
    else:
        yield Figure(f"{name}: requests", run.requests)
    if run.missing:
        yield Figure(f"{name}: missing", run.missing)
    if run.repeated:
        yield Figure(f"{name}: repeated", run.repeated)


def of(runs: Iterable[Run], peer: str, cell: str) -> Run | None:
    """Return a peer's run of a cell, the middle one by time of several; None if there is none."""
    found = sorted((run for run in runs if (run.peer, run.cell) == (peer, cell)), key=lambda run: run.seconds)
    return found[len(found) // 2] if found else None


def names(runs: Iterable[Run]) -> list[str]:
    """Return who was measured: the limit, ours, then the peers."""
    return list(dict.fromkeys(run.peer for run in runs))


def rate(runs: Iterable[Run], peer: str) -> float:
    """Return how many records a second a peer sends where nothing has to be waited for: the most of several runs, as
    what else the machine does takes more from who shares both cores with the portal than from who waits for it.
    """
    return max((run.rate for run in runs if (run.peer, run.cell) == (peer, "load")), default=0.0)


def targets(runs: Sequence[Run]) -> Iterator[Figure]:
    """What is promised of ours; the rest is shown, so that everybody sees where others are better."""
    best = max((rate(runs, name) for name in names(runs) if name not in (OURS, BARE)), default=0.0)
    limit = rate(runs, BARE)
    if best and limit:
        yield Figure("the bare client / the fastest peer, while sending", limit / best, "x")
        yield Figure("ours / the fastest peer, while sending", rate(runs, OURS) / best, "x", TIMES_FASTER)
        yield Figure("ours / the bare client, while sending", rate(runs, OURS) / limit, "x", OF_THE_LIMIT)
    mine = [run for run in runs if run.peer == OURS]
    nothing = [run.requests for run in mine if "unchanged" in run.cell]
    yield Figure("ours: requests without a change", max(nothing, default=0), "", 0, "at most")
    again = [run.repeated for run in mine if run.cell == "restarted"]
    yield Figure("ours: repeated after kill -9", max(again, default=0), "", MOST_REPEATED, "at most")
    kept = [run.missing for run in mine if run.cell != "healed"]
    yield Figure("ours: records missing in the end", max(kept, default=0), "", 0, "at most")
