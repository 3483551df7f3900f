"""What was measured as tables of Markdown, a line for each of them."""

from collections.abc import Callable, Sequence

from bench.peers.figures import BARE, names, of, rate
from bench.peers.measured import Run


def number(value: float, unit: str = "") -> str:
    digits = 1 if unit == "s" else 0
    return f"{value:,.{digits}f} {unit}".strip()


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table of Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cells(runs: Sequence[Run], peer: str, *asked: tuple[str, Callable[[Run], str]]) -> list[str]:
    found = [(of(runs, peer, cell), say) for cell, say in asked]
    return [peer, *(say(run) if run else "–" for run, say in found)]


def first_runs(runs: Sequence[Run]) -> str:
    head = ["", "10,000", "records/s", "while sending", "peak memory", "2,000 at 50 ms (in flight)", "100,000",
            "records/s"]  # fmt: skip
    return table(head, [
        _cells(runs, name,
               ("load", lambda run: number(run.seconds, "s")), ("load", lambda run: number(run.per_second)),
               ("load", lambda run: number(rate(runs, run.peer))), ("load", lambda run: number(run.peak_mb, "MB")),
               ("slow", lambda run: f"{run.seconds:.1f} s ({run.most})"),
               ("large", lambda run: number(run.seconds, "s")), ("large", lambda run: number(run.per_second)))
        for name in names(runs)
    ])  # fmt: skip


def second_runs(runs: Sequence[Run]) -> str:
    def said(run: Run) -> str:
        lost = f", {run.missing} missing" if run.missing else ""
        return f"{run.seconds:.1f} s / {run.requests:,}{lost}"

    head = ["", "no change, 10,000", "100 of 10,000 changed", "no change, 100,000", "peak memory"]
    asked = [(cell, said) for cell in ("unchanged", "changed", "large unchanged")]
    return table(head, [
        _cells(runs, name, *asked, ("large unchanged", lambda run: number(run.peak_mb, "MB")))
        for name in names(runs) if name != BARE
    ])  # fmt: skip


def faults(runs: Sequence[Run]) -> str:
    def said(run: Run) -> str:
        return f"{run.sent:,} sent, {run.missing:,} missing, exit {run.code}"

    head = ["", "100 of 10,000 refused", "healed: the next run", "by hand", "killed at 40 %, restarted"]
    return table(head, [
        _cells(runs, name, ("refused", said), ("healed", said), ("by hand", said),
               ("restarted", lambda run: f"{run.sent:,} sent, {run.repeated:,} of them again, {run.missing} missing"))
        for name in names(runs) if name != BARE
    ])  # fmt: skip
