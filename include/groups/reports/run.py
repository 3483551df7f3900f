"""A whole run in one task: bring in, read, decide, compare, send, write back; the steps are those of every run."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from sqlalchemy import Engine

from include.casavi.client import PortalStopError
from include.casavi.listing import ListingError
from include.groups.reports.extract import extract as extract_of
from include.groups.reports.extract import places
from include.groups.reports.group import REPORTS
from include.groups.reports.inbound import receive
from include.groups.reports.settle import settle
from include.ixhaus.database import open_engine
from include.settings import SystemSettings
from include.sync import steps
from include.sync.group import stages
from include.sync.planned import Batches, Planned
from include.sync.run import Extract, RefusedError, Request, RunState, SkipRunError
from include.vocabulary.reasons import explain

log = logging.getLogger(__name__)


_SENTENCES = (ListingError, PortalStopError, steps.LoadStoppedError, RefusedError)
"""Errors whose message says what to do, and holds nothing of a record."""


@dataclass
class Exchanged:
    """How a run ended, and what its plan held back."""

    ending: steps.Ending
    planned: Planned | None = None
    failed: list[str] = field(default_factory=list)


def exchange(system: str, run: str, request: Request) -> Exchanged:
    """Bring in what happened in the portal, then send what changed in the ERP.

    The two directions do not hold each other up: whatever goes wrong in one, the other is done, and the run is red.
    A run that a change started looks only at the properties concerned; the schedule's runs look at everything. Raises
    ConfigurationError and ContractError when a person has to mend something first.
    """
    try:
        state = steps.begin(REPORTS, system, run, request)
    except SkipRunError as skip:
        return Exchanged(steps.finish(REPORTS, system, _left(None, None, [], skip.reason), request))
    failed: list[str] = []
    received: frozenset[str] = frozenset()
    if not request.dry_run:
        with _noted("receive", failed):
            received = _call(_receive, state)
    if request.about is not None:
        only = _call(places, state, [*request.about, *received])
        request = replace(request, only=only)
    planned = None if request.only == frozenset() else _send_out(state, request, failed)
    ending = steps.finish(REPORTS, system, _left(state, planned, failed, None), request)
    return Exchanged(ending, planned, failed)


def _send_out(state: RunState, request: Request, failed: list[str]) -> Planned | None:
    extract = Extract() if request.only is None else _call(extract_of, state, request.only)
    planned: Planned | None = None
    steps.read(REPORTS, state, extract)
    with _noted("transform and plan", failed):
        steps.transform(REPORTS, state)
        planned = steps.plan(REPORTS, state, request)
    with _noted("send", failed):
        _send(state, planned.batches if planned else {})
    if request.dry_run:
        return planned
    with _noted("settle", failed):
        _call(settle, state, extract)
    if planned and planned.changes:
        with _noted("receive", failed):  # what was sent comes back: read now, it starts no further run
            _call(_receive, state)
    return planned


def _send(state: RunState, batches: Batches) -> None:
    for stage in stages(REPORTS):
        for batch in batches.get(stage, ()):
            steps.load(REPORTS, state, batch)


def _call(step: Callable[..., Any], state: RunState, *more: object) -> Any:
    settings = state.settings()
    engine = open_engine(settings.ixhaus_connection)
    with state.lease(settings).kept_alive(engine):
        return step(engine, settings, state, *more)


def _receive(engine: Engine, settings: SystemSettings, state: RunState) -> frozenset[str]:
    """Import what is new in the portal and return the numbers of the new reports; raises RefusedError if the user for
    reports may not make any (R47).
    """
    received = receive(engine, settings, state)
    if received.refused:
        raise RefusedError(explain(received.refused))
    return received.reports


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
