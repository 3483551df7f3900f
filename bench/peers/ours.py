"""A whole run of ours in one process: what the tasks of casavi_persons do one after the other, of contacts alone.

python -m bench.peers.ours            extract, transform, plan, load, finish; goes on where it was killed
python -m bench.peers.ours refused    the same, with what was refused sent once more
python -m bench.peers.ours prepare 10000   makes erp.db, and persons.db for the peers: the bodies that ours will send
"""

import gc
import json
import sqlite3
import sys
import time
from contextlib import closing
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from bench.peers.source import LISTED, SENT_FROM, write_source
from include.groups import PERSONS
from include.sync import steps
from include.sync.group import stages
from include.sync.plan import Outcome
from include.sync.planned import Planned
from include.sync.protocol import Counts
from include.sync.run import Opened, Request, RunState

CONTACTS = replace(PERSONS, record_types={"contact": PERSONS.record_types["contact"]})
STATE, PLANNED = Path("run.json"), Path("planned.json")
"""What Airflow would keep for a task that it starts once more."""


def run(request: Request) -> int:
    gc.freeze()  # as Airflow's executors do before they fork a task: what was imported is not looked through again
    run = _begun(request)
    with run.kept():
        if not PLANNED.exists():
            steps.transform(CONTACTS, run)
            PLANNED.write_text(json.dumps(asdict(steps.plan(CONTACTS, run, request))), encoding="utf-8")
        planned = _planned()
        for stage in stages(CONTACTS):
            for batch in planned.batches[stage]:
                steps.load(CONTACTS, run, batch)
    ending = steps.finish(run, steps.Left(planned.counts, planned.changes), request)
    STATE.unlink()
    PLANNED.unlink()
    print(ending.xcom)
    return 1 if ending.why_red else 0


def _begun(request: Request) -> Opened:
    if not STATE.exists():
        state = steps.extract(CONTACTS, "production", f"bench/{time.time_ns()}", request).state
        STATE.write_text(json.dumps(asdict(state)), encoding="utf-8")
    return RunState(**json.loads(STATE.read_text(encoding="utf-8"))).open()


def _planned() -> Planned:
    kept: dict[str, Any] = json.loads(PLANNED.read_text(encoding="utf-8"))
    return Planned(**{**kept, "counts": Counts(**kept["counts"])})


def prepare(number: int) -> int:
    """Make a sample of which exactly so many contacts are sent."""
    from demo.ixhaus import build_sample

    build_sample(Path("erp.db"), persons=max(number * 117 // 100, 700), letters=0, contents=False)
    surplus = sorted(_bodies())[number:]
    with closing(sqlite3.connect("erp.db")) as connection, connection:
        for table, key in SENT_FROM:
            connection.execute(f"DELETE FROM {table} WHERE {key} IN {LISTED}", [json.dumps(surplus)])
    bodies = _bodies()
    assert len(bodies) == number, f"{len(bodies)} contacts instead of {number}"
    write_source(Path("persons.db"), sorted(bodies.items()))
    return 0


def _bodies() -> dict[str, str]:
    """Return what a first run would send of erp.db: id → body; nothing is sent, and the ledger stays empty."""
    request = Request(dry_run=True)
    run = steps.extract(CONTACTS, "production", "bench/prepare", request)
    steps.transform(CONTACTS, run)
    contacts = steps.judge_all(CONTACTS, run, request)[1]["contact"]
    steps.finish(run, steps.Left(), request)
    sent = contacts[contacts["outcome"] == Outcome.CHANGE]
    return dict(zip(sent["external_id"], sent["content"], strict=True))


if __name__ == "__main__":
    asked, *numbers = sys.argv[1:] or ["run"]
    if asked == "prepare":
        sys.exit(prepare(int(numbers[0])))
    sys.exit(run(Request(resend="refused") if asked == "refused" else Request()))
