"""The processes that bench/unchanged.py starts, each fresh so that its peak memory is its own."""

import gc
import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from include.groups import GROUPS
from include.sync.group import Group, stages


def prepare(name: str, database: str, persons: str, letters: str) -> dict[str, float]:
    """Make a sample and a ledger in which everything has been acknowledged."""
    from demo.ixhaus import build_sample

    build_sample(Path(database), persons=int(persons), letters=int(letters), contents=False)
    for group in dict.fromkeys(("persons", name)):  # a document needs its recipient
        acknowledge_all(GROUPS[group])
    return {}


def acknowledge_all(group: Group) -> None:
    """Plan a run and let its changes be acknowledged without sending them."""
    from include.sync import ledger, steps
    from include.sync.run import Request
    from include.vocabulary.state import State

    # what sends nothing does not look first whether the portal is empty: there is none here
    run = steps.extract(group, "production", "bench/prepare", Request(dry_run=True))
    steps.transform(group, run)
    planned = steps.plan(group, run, Request())
    statements = ledger.LedgerStatements(run.engine.dialect)
    for stage in stages(group):
        for batch in planned.batches[stage]:
            outcomes = ledger.Outcomes(statements, "production", batch["record_type"], run.key.name)
            for change in run.folder.read_part(batch["file"], batch["part"]):
                held = State.RESTRICTED if change["decision"] == "restrict" else State.PRESENT
                outcomes.acknowledge(change, held, 201)
            with run.engine.begin() as connection:
                outcomes.write(connection)
    steps.finish(run, steps.Left(planned.counts), Request())


def step(group_name: str, name: str, shared: str) -> dict[str, float]:
    """Time one step of a run over what was prepared, in a process of its own as under Airflow; nothing may be sent."""
    from dataclasses import asdict

    from include.sync import steps
    from include.sync.run import Request, RunState

    group, file = GROUPS[group_name], Path(shared)
    contents = _watch_contents()
    gc.freeze()  # as Airflow's executors do before they fork a task: what was imported is not looked through again
    began, spent, requests = time.perf_counter(), time.process_time(), 0
    if name == "extract":
        file.write_text(json.dumps(asdict(steps.extract(group, "production", "bench/run", Request()).state)))
    run = RunState(**json.loads(file.read_text())).open()
    if name != "extract":
        with run.kept():
            if name == "transform":
                steps.transform(group, run)
            else:
                planned = steps.plan(group, run, Request())
    seconds, processor = time.perf_counter() - began, time.process_time() - spent
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    if name == "plan":
        batches = [batch for parts in planned.batches.values() for batch in parts]
        requests = sum(steps.load(group, run, batch)["acknowledged"] for batch in batches)
        steps.finish(run, steps.Left(planned.counts), Request())
    return {
        "seconds": seconds,
        "processor": processor,
        "peak_mb": peak,
        "requests": requests,
        "contents": len(contents),
    }


def _watch_contents() -> list[str]:
    """Return a list that notes every statement that names the view of the contents."""
    from sqlalchemy import Engine, event

    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if "SP_DOKUMENT_INHALT" in statement:
            seen.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    return seen


def pandas(name: str) -> dict[str, float]:
    """Time pandas reading the rows of the same views."""
    import pandas as pd

    from include.ixhaus.database import open_engine

    engine = open_engine("ixhaus_production")
    group = GROUPS[name]
    gc.freeze()  # as in `step`
    began, spent = time.perf_counter(), time.process_time()
    for view in group.views:
        pd.read_sql(f'SELECT * FROM "{view}"', engine)
    return {"seconds": time.perf_counter() - began, "processor": time.process_time() - spent}


if __name__ == "__main__":
    roles: dict[str, Callable[..., dict[str, float]]] = {"prepare": prepare, "step": step, "pandas": pandas}
    print(json.dumps(roles[sys.argv[1]](*sys.argv[2:])))
