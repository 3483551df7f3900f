"""What was measured, as the section of docs/figures.md and its two charts.

python -m bench.peers.page      writes them anew from what was measured last
"""

import json
import os
import platform
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Final, NamedTuple

from bench.peers.chart import bars
from bench.peers.environments import FOLDER, version_of
from bench.peers.figures import BARE, OURS, names, of, rate
from bench.peers.measured import Run
from bench.peers.method import ALONE, BUSY, METHOD
from bench.peers.tables import faults, first_runs, number, second_runs
from bench.unchanged import ROOT

PAGE, CHARTS = ROOT / "docs" / "figures.md", ROOT / "docs"
KEPT = FOLDER / "runs.json"
BEGIN, END = "<!-- peers -->", "<!-- /peers -->"
PACKAGES = {"dlt": "dlt", "drt": "drt-core", "singer": "singer-sdk", "airbyte": "airbyte-cdk"}
HEALED: Final = (
    "what was refused is sent again after `refused_days` (7), as soon as its content changes, or by hand; until then "
    "the protocol names it"
)

ONE_API: Final = "- not measured: each of them reaches dozens of systems, ours one portal, and only out of Airflow"


class Compared(NamedTuple):
    """Something in which one may be better than another: the less the better, unless more is."""

    words: str
    cell: str
    value: Callable[[Run], float]
    unit: str
    more: bool = False
    note: str = ""


COMPARED = (
    Compared("a first run, 10,000", "load", lambda run: run.seconds, "s"),
    Compared("records a second while sending, 10,000", "load", lambda run: run.rate, "", more=True),
    Compared("peak memory of a first run, 10,000", "load", lambda run: run.peak_mb, "MB"),
    Compared("a first run at 50 ms, 2,000", "slow", lambda run: run.seconds, "s"),
    Compared("a first run, 100,000", "large", lambda run: run.seconds, "s"),
    Compared("a run without a change, 10,000", "unchanged", lambda run: run.seconds, "s"),
    Compared("a run without a change, 100,000", "large unchanged", lambda run: run.seconds, "s",
             note="a mark reads nothing, a diff in PostgreSQL compares there; ours reads all views and decides anew"),
    Compared("peak memory of a run without a change, 100,000", "large unchanged", lambda run: run.peak_mb, "MB"),
    Compared("a run with 100 of 10,000 changed", "changed", lambda run: run.seconds, "s"),
    Compared("records missing after the next run, once the portal takes what it had refused", "healed",
             lambda run: run.missing, "", note=HEALED),
    Compared("records sent again after kill -9", "restarted", lambda run: run.repeated, ""),
)  # fmt: skip


def worse(runs: Sequence[Run]) -> list[str]:
    """Return what a peer is better at than ours, a line each."""
    lines = []
    for one in COMPARED:
        mine, others = of(runs, OURS, one.cell), [of(runs, name, one.cell) for name in peers(runs)]
        there = [run for run in others if run]
        if mine and there:
            best = (max if one.more else min)(there, key=one.value)
            ours, theirs = one.value(mine), one.value(best)
            if theirs > ours if one.more else theirs < ours:
                note = f": {one.note}" if one.note else ""
                lines.append(f"- {one.words}: {number(ours, one.unit)} against {number(theirs, one.unit)} "
                             f"({best.peer}){note}")  # fmt: skip
    return lines


def peers(runs: Sequence[Run]) -> list[str]:
    return [name for name in names(runs) if name not in (OURS, BARE)]


def how(runs: Sequence[Run], busy: float) -> str:
    """Return how it was measured.

    busy: the load average before, by which one sees whether the machine was measured alone
    """
    versions = ", ".join(f"{package} {version_of(name, package)}" for name, package in PACKAGES.items())
    found, python = of(runs, OURS, "imports"), platform.python_version()
    imports = number(found.seconds, "s") if found else "Some seconds"
    method = METHOD.format(cores=os.cpu_count(), python=python, versions=versions, imports=imports)
    return f"{BUSY.format(busy=busy)}\n\n{method}" if busy > ALONE else method


def section(runs: Sequence[Run], busy: float) -> str:
    """Return the whole section: what ours is worse at, how it was measured, the tables."""
    parts = [
        "## Beside what one would take instead", "**What ours is worse at**",
        "\n".join([*worse(runs), ONE_API]), how(runs, busy),
        "### A first run", first_runs(runs), "![Records a second while sending](peers-sending.svg)",
        "### Runs after it", "Seconds of the whole process / requests.", second_runs(runs),
        "![Seconds of a run without a change](peers-unchanged.svg)", "### Refusals, and kill -9", faults(runs),
    ]  # fmt: skip
    return "\n\n".join(parts)


def keep(runs: Sequence[Run], busy: float) -> None:
    """Keep what was measured, so that the page can be written anew without measuring."""
    kept = {"busy": busy, "runs": [asdict(run) for run in runs]}
    KEPT.write_text(json.dumps(kept, indent=1), encoding="utf-8")


def write(runs: Sequence[Run], busy: float) -> None:
    """Put the section between its marks and draw the charts."""
    head, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    PAGE.write_text(f"{head}{BEGIN}\n{section(runs, busy)}\n{END}{rest.partition(END)[2]}", encoding="utf-8")
    sending = {name: rate(runs, name) for name in names(runs)}
    still = {name: run.seconds for name in names(runs) if (run := of(runs, name, "large unchanged"))}
    charts = {
        "peers-sending.svg": bars("Records a second while sending, 10,000 contacts, no latency", sending, "{:,.0f}"),
        "peers-unchanged.svg": bars("Seconds of a run over 100,000 contacts, none changed", still, "{:.1f} s"),
    }
    for name, text in charts.items():
        (CHARTS / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    kept = json.loads(KEPT.read_text(encoding="utf-8"))
    write([Run(**run) for run in kept["runs"]], kept["busy"])
