"""Printing the protocol of all configured systems, as a table for people or JSON for programs."""

import json
import sys
from datetime import datetime
from typing import Any

from rich.console import Console
from rich.table import Table

from include.clock import BERLIN
from include.settings import load_settings

ENTRIES_SHOWN = 20


def show(style: str, last: int) -> None:
    """Print the last runs, newest first, in style `table` or `json`."""
    runs = collect(last)
    if style == "json":
        print(json.dumps(runs, ensure_ascii=False, indent=2))  # noqa: T201 - this is the command's output
        return
    console = Console(width=None if sys.stdout.isatty() else 170)
    console.print(as_table(runs))
    for line in notable(runs):
        console.print(line, markup=False, highlight=False)


def notable(runs: list[dict[str, Any]]) -> list[str]:
    """Return a line for each failed or invalid record of the newest run of each system and group, ids and reasons."""
    from include.ixhaus.database import open_engine
    from include.sync.history import entries

    newest = {(run["system"], run["group"]): run for run in reversed(runs)}
    lines = []
    for (system, group), run in sorted(newest.items()):
        engine = open_engine(load_settings(system).ixhaus_connection)
        for entry in entries(engine, system, run["run"], ("error", "invalid"), ENTRIES_SHOWN):
            status = f" (HTTP {entry.http_status})" if entry.http_status else ""
            lines.append(f"{group}: {entry.level} {entry.record_type} {entry.external_id}{status}: {entry.text}")
    return lines


def collect(last: int) -> list[dict[str, Any]]:
    """Return the last runs of all active systems, newest first; see history.find_runs for the fields."""
    from include.ixhaus.database import open_engine
    from include.sync.history import Selection, active_systems, find_runs

    runs = [
        run
        for system, database in active_systems().items()
        for run in find_runs(open_engine(database), Selection(system=system), last)
    ]
    return sorted(runs, key=lambda run: run["queried_at"] or "", reverse=True)[:last]


def as_table(runs: list[dict[str, Any]]) -> Table:
    """Return the runs as a table with times in Europe/Berlin."""
    from include.sync.protocol import count_names

    table = Table(title="Protokoll", title_style="bold", header_style="bold")
    for name in ("queried", "system", "group", "status"):
        table.add_column(name, no_wrap=True)
    for name in (*count_names(), "seconds"):
        table.add_column(name, justify="right")
    for run in runs:
        queried = datetime.fromisoformat(run["queried_at"]).astimezone(BERLIN)
        numbers = [str(run[name]) for name in (*count_names(), "seconds")]
        style = "red" if run["status"] in ("errors", "failed", "aborted") else ""
        table.add_row(f"{queried:%d.%m.%Y %H:%M:%S}", run["system"], run["group"], run["status"], *numbers, style=style)
    table.caption = "\n".join(f"{run['group']}: {run['reason']}" for run in runs if run["reason"]) or None
    return table
