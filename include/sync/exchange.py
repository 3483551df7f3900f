"""A whole run in one task: bring in, read, decide, compare, send, write back; the steps are those of every run."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from include.casavi.client import PortalStopError
from include.casavi.listing import ListingError
from include.ixhaus.database import open_engine
from include.sync import steps
from include.sync.group import Exchange, stages
from include.sync.narrowing import Extract
from include.sync.planned import Batches, Planned
from include.sync.run import Request, RunState, SkipRunError

log = logging.getLogger(__name__)


class RefusedError(Exception):
    """One direction cannot work before a person has mended something; the message says what."""


_SENTENCES = (ListingError, PortalStopError, steps.LoadStoppedError, RefusedError)
"""Errors whose message says what to do, and holds nothing of a record."""


@dataclass
class Exchanged:
    """How a run ended, and what its plan held back."""

    ending: steps.Ending
    planned: Planned | None = None
    failed: list[str] = field(default_factory=list)


def exchange(group: Exchange, system: str, run: str, request: Request) -> Exchanged:
    """Bring in what happened in the portal, then send what changed in the ERP.

    The two directions do not hold each other up: whatever goes wrong in one, the other is done, and the run is red.
    A run that a change started looks only at the properties concerned; the schedule's runs look at everything. Raises
    ConfigurationError and ContractError when a person has to mend something first.
    """
    try:
        state = steps.begin(group, system, run, request)
    except SkipRunError as skip:
        return Exchanged(steps.finish(group, system, _left(None, None, [], skip.reason), request))
    failed: list[str] = []
    received: frozenset[str] = frozenset()
    if not request.dry_run:
        with _noted("receive", failed):
            received = _call(group.receive, state)
    if request.about is not None:
        places = _call(group.places, state, [*request.about, *received])
        request = replace(request, only=places)
    planned = None if request.only == frozenset() else _send_out(group, state, request, failed)
    ending = steps.finish(group, system, _left(state, planned, failed, None), request)
    return Exchanged(ending, planned, failed)


def _send_out(group: Exchange, state: RunState, request: Request, failed: list[str]) -> Planned | None:
    extract = Extract() if request.only is None else _call(group.extract, state, request.only)
    planned: Planned | None = None
    steps.read(group, state, extract)
    for name, frame in _call(group.supply, state, extract).items():
        frame.to_parquet(state.staging().path("views") / f"{name}.parquet")
    with _noted("transform and plan", failed):
        steps.transform(group, state)
        planned = steps.plan(group, state, request)
    with _noted("send", failed):
        _send(group, state, planned.batches if planned else {})
    if request.dry_run:
        return planned
    with _noted("settle", failed):
        _call(group.settle, state, extract)
    if planned and planned.changes:
        with _noted("receive", failed):  # what was sent comes back: read now, it starts no further run
            _call(group.receive, state)
    return planned


def _send(group: Exchange, state: RunState, batches: Batches) -> None:
    for stage in stages(group):
        for batch in batches.get(stage, ()):
            steps.load(group, state, batch)


def _call(dotted: str, state: RunState, *more: object) -> Any:
    settings = state.settings()
    engine = open_engine(settings.ixhaus_connection)
    with state.lease(settings).kept_alive(engine):
        return steps.imported(dotted)(engine, settings, state, *more)


@contextmanager
def _noted(name: str, failed: list[str]) -> Iterator[None]:
    try:
        yield
    except _SENTENCES as error:
        log.error("%s: %s", name, error)
        failed.append(f"{name} ({error})")
    except Exception:
        log.exception("%s failed", name)
        failed.append(name)


def _left(state: RunState | None, planned: Planned | None, failed: list[str], skip: str | None) -> dict[str, Any]:
    """Return what `finish` wants to know, as the tasks of other groups leave it in XComs."""
    left = {"counts": asdict(planned.counts), "changes": planned.changes} if planned else None
    return {"state": asdict(state) if state else None, "planned": left, "failed": failed, "skip": skip}
