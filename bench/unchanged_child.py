"""The processes that bench/unchanged.py starts, each fresh so that its peak memory is its own."""

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
    from include.ixhaus.database import open_engine
    from include.sync import ledger, steps
    from include.sync.run import Request
    from include.vocabulary.state import State

    state = steps.extract(group, "production", "bench/prepare", Request())
    steps.transform(group, state)
    planned = steps.plan(group, state, Request())
    engine = open_engine("ixhaus_production")
    statements = ledger.LedgerStatements(engine.dialect)
    for stage in stages(group):
        for batch in planned.batches[stage]:
            outcomes = ledger.Outcomes(statements, "production", batch["record_type"], state.key.name)
            for change in state.staging().read_part(batch["file"], batch["part"]):
                held = State.RESTRICTED if change["decision"] == "restrict" else State.PRESENT
                outcomes.acknowledge(change, held, 201)
            with engine.begin() as connection:
                outcomes.write(connection)
    _finish(group, state, planned)


def step(group_name: str, name: str, shared: str) -> dict[str, float]:
    """Time one step of a run over what was prepared, in a process of its own as under Airflow; nothing may be sent."""
    from dataclasses import asdict

    from include.sync import steps
    from include.sync.run import Request, RunState

    group, file = GROUPS[group_name], Path(shared)
    contents = _watch_contents()
    began, requests = time.perf_counter(), 0
    if name == "extract":
        file.write_text(json.dumps(asdict(steps.extract(group, "production", "bench/run", Request()))))
    state = RunState(**json.loads(file.read_text()))
    if name == "transform":
        steps.transform(group, state)
    if name == "plan":
        planned = steps.plan(group, state, Request())
    seconds = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    if name == "plan":
        batches = [batch for parts in planned.batches.values() for batch in parts]
        requests = sum(steps.load(group, state, batch)["acknowledged"] for batch in batches)
        _finish(group, state, planned)
    return {"seconds": seconds, "peak_mb": peak, "requests": requests, "contents": len(contents)}


def _watch_contents() -> list[str]:
    """Return a list that notes every statement that names the view of the contents."""
    from sqlalchemy import Engine, event

    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if "SP_DOKUMENT_INHALT" in statement:
            seen.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    return seen


def _finish(group: Group, state: Any, planned: Any) -> None:
    from dataclasses import asdict

    from include.sync import steps
    from include.sync.run import Request

    left = {"counts": asdict(planned.counts), "changes": 0}
    steps.finish(group, "production", {"state": asdict(state), "planned": left, "skip": None, "failed": []}, Request())


def pandas(name: str) -> dict[str, float]:
    """Time pandas reading the rows of the same views."""
    import pandas as pd

    from include.ixhaus.database import open_engine

    engine = open_engine("ixhaus_production")
    group = GROUPS[name]
    began = time.perf_counter()
    for view in group.views:
        pd.read_sql(f'SELECT * FROM "{view}"', engine)
    return {"pandas": time.perf_counter() - began}


if __name__ == "__main__":
    roles: dict[str, Callable[..., dict[str, float]]] = {"prepare": prepare, "step": step, "pandas": pandas}
    print(json.dumps(roles[sys.argv[1]](*sys.argv[2:])))
