"""One run of a group, step by step as the DAG does it, without a scheduler; also as a process that can be killed.

    python -m tests.faults.run_steps

reads orders, one JSON object a line: {"start": {...}} forks a child that runs the order and answers with its pid,
{"wait": pid} answers with its exit status (negative: the signal that ended it).
"""

import gc
import itertools
import json
import logging
import os
import random
import sqlite3
import sys
import traceback
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeVar
from unittest.mock import patch

from sqlalchemy.engine.default import DefaultDialect

from include.casavi.client import Portal
from include.casavi.endpoints import Call
from include.groups import GROUPS, REPORTS
from include.groups.reports.run import exchange
from include.settings import load_settings
from include.sync import acknowledge, deliver, steps
from include.sync.decide import imported
from include.sync.group import Group, stages
from include.sync.lease import Lease
from include.sync.planned import BatchPart
from include.sync.protocol import Counts
from include.sync.run import Opened, Request, RunState, SkipRunError

SYSTEM: Final = "production"
CRASHED: Final = 99
Action = Callable[[], Any]
Result = TypeVar("Result")


@dataclass
class Progress:
    """What Airflow's database knows of a run: which tasks began, and what those that ended well returned."""

    begun: list[str] = field(default_factory=list)
    returned: dict[str, Any] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)
    skip: str | None = None
    said: list[str] = field(default_factory=list)
    """What the tasks returned and raised, as it would stand in XComs and task logs."""
    records: int = 0
    """The records that the run had to decide about: those of the ERP, and those that only the portal holds."""
    path: Path | None = None

    def task(self, name: str, action: Action, *, retried: bool = False) -> Any:
        """Run a task unless it has ended; one that was killed is repeated only if it is one to be `retried`."""
        if name in self.returned:
            return self.returned[name]
        if name in self.begun and not retried:
            self.failed.append(name)
            return None
        self.begun.append(name)
        self._keep()
        try:
            returned = json.loads(json.dumps(action()))  # as XCom would
        except SkipRunError as skip:
            self.skip = skip.reason
            return None
        except Exception as error:
            self.failed.append(name)
            self.said.append("".join(traceback.format_exception(error)))
            return None
        self.returned[name] = returned
        self.said.append(json.dumps(returned, ensure_ascii=False))
        self._keep()
        return returned

    def is_loading(self) -> bool:
        """Whether the plan has ended and the protocol has not begun."""
        return "plan" in self.returned and "protocol" not in self.begun

    def _keep(self) -> None:
        if self.path:
            part = self.path.with_suffix(".part")
            part.write_text(json.dumps({**asdict(self), "path": str(self.path)}), encoding="utf-8")
            part.replace(self.path)

    @classmethod
    def load(cls, path: Path) -> "Progress":
        """Return what is known of a run that began in another process."""
        known = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        return cls(**{**known, "path": path})


def run_group(group: Group, run: str, request: Request, progress: Progress) -> dict[str, Any] | None:
    """Run what is left of a run, in flow's order; returns the protocol's XCom (None: it ended without one)."""
    state = progress.task("extract", lambda: asdict(steps.extract(group, SYSTEM, run, request).state))
    planned = _decided(group, RunState(**state), request, progress) if state else None
    if planned:
        _load_stages(group, RunState(**state), planned["batches"], progress)
    ending = progress.task("protocol", lambda: asdict(_ending(state, planned, request, progress)))
    return dict(ending["xcom"]) if ending else None


def _ending(
    state: dict[str, Any] | None, planned: dict[str, Any] | None, request: Request, progress: Progress
) -> steps.Ending:
    failed = list(progress.failed)
    if state is None:
        why_red = f"failed before anything was sent: {', '.join(failed)}" if failed else None
        return steps.not_begun(skip=progress.skip or "", why_red=why_red)
    counts, changes = (Counts(**planned["counts"]), planned["changes"]) if planned else (None, 0)
    return steps.finish(RunState(**state).open(), steps.Left(counts, changes, failed), request)


def _kept(state: RunState, step: Callable[[Opened], Result]) -> Result:
    """Do what a task does: open the run, keep its lease, take a step."""
    run = state.open()
    with run.kept():
        return step(run)


def _decided(group: Group, state: RunState, request: Request, progress: Progress) -> dict[str, Any] | None:
    if progress.task("transform", lambda: _kept(state, partial(steps.transform, group))) is None:
        return None
    progress.records = progress.records or _records(group, state)

    def plan() -> dict[str, Any]:
        planned = _kept(state, lambda run: steps.plan(group, run, request))
        return asdict(planned)

    planned: dict[str, Any] | None = progress.task("plan", plan)
    return planned


def _send(group: Group, state: RunState, batch: BatchPart) -> dict[str, int]:
    return _kept(state, lambda run: steps.load(group, run, batch))


def _load_stages(group: Group, state: RunState, batches: Mapping[str, Any], progress: Progress) -> None:
    for stage in stages(group):
        for batch in batches[stage]:
            progress.task(f"{stage}.{batch['part']}", partial(_send, group, state, batch), retried=True)
        if progress.failed:
            return


def _records(group: Group, state: RunState) -> int:
    folder = state.staging()
    mine = [row for row in folder.read_table("known").to_pylist() if row["group"] == group.name]
    number = 0
    for record_type in group.record_types:
        decided = set(folder.read_table(f"decided_{record_type}").column("external_id").to_pylist())
        held = {row["external_id"] for row in mine if row["record_type"] == record_type and _maybe_held(row["state"])}
        number += len(decided | held)
    return number


def _maybe_held(state: str) -> bool:
    return state in ("present", "restricted", "pending")


def short_backoff(_failures: int) -> float:
    """Stand in for the pauses between attempts."""
    return random.uniform(0, 0.02)


def crash_at(number: int) -> None:
    """End this process, as kill -9 would, at the `number`-th side effect: before and after each call that writes, and
    each commit."""
    counted = itertools.count(1)
    changes: dict[int, int] = {}
    """Connection → how many rows it had changed when it committed last."""

    def tick() -> None:
        if next(counted) == number:
            os._exit(CRASHED)

    attempt, commit = Portal._attempt, vars(DefaultDialect)["do_commit"]

    async def attempt_or_crash(self: Portal, call: Call, *arguments: Any) -> Any:
        if call.method == "GET":  # it only reads
            return await attempt(self, call, *arguments)
        tick()
        answer = await attempt(self, call, *arguments)
        tick()
        return answer

    def commit_or_crash(self: DefaultDialect, connection: Any) -> None:
        driver: sqlite3.Connection = connection.driver_connection
        before, changes[id(driver)] = changes.get(id(driver), 0), driver.total_changes
        if driver.total_changes == before:  # it has only read
            commit(self, connection)
            return
        tick()
        commit(self, connection)
        tick()

    patch.object(Portal, "_attempt", attempt_or_crash).start()
    patch.object(DefaultDialect, "do_commit", commit_or_crash).start()


def obey(order: Mapping[str, Any]) -> int:
    """Run an order in this process: environment, config, group, run, progress, and where to crash if anywhere.

    without_renewals: commits that do nothing but keep the lease are left out, as if time stood still
    """
    os.environ.update(order["environment"])
    patch.object(steps, "load_settings", partial(load_settings, folder=Path(order["config"]))).start()
    patch.object(deliver, "backoff", short_backoff).start()
    logging.basicConfig(filename=order["log"], level=logging.INFO, force=True)
    if order.get("crash_at"):
        crash_at(order["crash_at"])
    group = GROUPS[order["group"]]
    if order.get("without_renewals"):
        patch.object(Lease, "kept_alive", lambda *_: nullcontext()).start()
        patch.object(acknowledge, "_seconds_of_a_commit", lambda *_: 0.0).start()
    if group is REPORTS:
        return 1 if exchange(SYSTEM, order["run"], Request()).ending.why_red else 0
    progress = Progress.load(Path(order["progress"]))
    run_group(group, order["run"], Request(), progress)
    return 1 if progress.failed else 0


def serve() -> None:
    """Obey orders from standard input; each runs in a fork, so none pays for the imports."""
    for group in GROUPS.values():
        named = [group.rules, *group.record_types.values(), *group.parcels.values()]
        for dotted in named:
            imported(dotted)
    gc.freeze()  # a fork looks for garbage only among what is its own, and copies no page for it
    for line in sys.stdin:
        message = json.loads(line)
        if "start" in message:
            answer = _forked(message["start"])
        else:
            answer = os.waitstatus_to_exitcode(os.waitpid(message["wait"], 0)[1])
        sys.stdout.write(f"{answer}\n")
        sys.stdout.flush()


def _forked(order: Mapping[str, Any]) -> int:
    if pid := os.fork():
        return pid
    status = 70
    try:
        status = obey(order)
    finally:
        sys.stderr.flush()
        os._exit(status)


if __name__ == "__main__":
    serve()
