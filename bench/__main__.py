"""`make bench`: one line per figure (name, value, target, ok or short); exit code 1 if any is short.

Ratios against a peer or limit measured in the same run, because absolute figures say more about the machine.
"""

import argparse
import os
import signal
import sys
from pathlib import Path

from bench import (
    events,
    fill,
    idle,
    load,
    meldungen,
    million,
    pages,
    parsing,
    reconcile,
    reports,
    unchanged,
    upload,
    why,
)
from bench.figure import Figure
from bench.peers import measure as peers

PARTS = {
    "events": events.measure,
    "load": load.measure,
    "upload": upload.measure,
    "unchanged": unchanged.measure,
    "reconcile": reconcile.measure,
    "reports": reports.measure,
    "idle": idle.measure,
    "parsing": parsing.measure,
    "pages": pages.measure,
    "meldungen": meldungen.measure,
    "why": why.measure,
    "million": million.measure,
    "fill": fill.measure,
    "peers": peers.measure,
}
ASKED_FOR = ("million", "fill", "peers")
"""Parts that are measured only by name: they take long, and some need servers or packages that no other needs."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument(
        "parts", nargs="*", choices=[*PARTS, []], help=f"which parts to measure; default: all but {ASKED_FOR}"
    )
    parser.add_argument("--quick", action="store_true", help="small sizes, to see that everything still runs")
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # what was started is ended then, as on Ctrl-C
    # Airflow calls itself by name.
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    os.environ.setdefault("AIRFLOW__LOGGING__LOGGING_LEVEL", "ERROR")  # a line per figure, none per 5,000 records
    figures: list[Figure] = []
    for part in arguments.parts or (name for name in PARTS if name not in ASKED_FOR):
        for figure in PARTS[part](arguments.quick):
            print(figure, flush=True)
            figures.append(figure)
    return 0 if all(figure.ok for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
