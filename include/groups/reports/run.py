"""A whole run in one task, as for events every further task would cost a second: bring in, read, decide, compare, send,
write back, tell.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from include.groups.reports.extract import extract_of, places
from include.groups.reports.group import REPORTS
from include.groups.reports.inbound import name_missing, receive
from include.groups.reports.mail.telling import tell
from include.groups.reports.settle import is_decided, say_off, settle
from include.sync import steps
from include.sync.group import stages
from include.sync.lease import LeaseLostError
from include.sync.planned import Batches, Planned
from include.sync.run import Extract, Opened, RefusedError, Request, SkipRunError
from include.vocabulary.reasons import explain

log = logging.getLogger(__name__)


@dataclass
class Exchanged:
    """How a run ended, and what its plan held back."""

    ending: steps.Ending
    planned: Planned | None = None


def exchange(system: str, run: str, request: Request) -> Exchanged:
    """Bring in what happened in the portal, then send what changed in the ERP.

    The two directions do not hold each other up: whatever goes wrong in one, the other is done, and the run is red.
    A run that a change started looks only at the properties concerned; the schedule's runs look at everything. Raises
    what `steps.begin`, `steps.believe` and `steps.read` raise when the run cannot work at all.
    """
    try:
        opened = steps.begin(REPORTS, system, run, request)
    except SkipRunError as skip:
        if skip.switched_off is not None and not request.dry_run:
            say_off(skip.switched_off, skip.reason)
        return Exchanged(steps.not_begun(skip=skip.reason))
    failed: list[str] = []
    planned: Planned | None = None
    try:
        with opened.kept():
            steps.believe(REPORTS, opened, request)
            planned = _both_ways(opened, request, failed)
            with _noted("protocol", failed):
                name_missing(opened)
    except LeaseLostError as lost:
        log.error("%s", lost)
        failed.append(f"lease ({lost})")
    left = steps.Left(planned.counts if planned else None, planned.changes if planned else 0, failed)
    return Exchanged(steps.finish(opened, left, request), planned)


def _both_ways(run: Opened, request: Request, failed: list[str]) -> Planned | None:
    received: frozenset[str] = frozenset()
    if not request.dry_run:
        with _noted("receive", failed):
            received = _receive(run)
    if request.about is not None:
        request = replace(request, only=places(run, [*request.about, *received]))
    return None if request.only == frozenset() else _send_out(run, request, failed)


def _send_out(run: Opened, request: Request, failed: list[str]) -> Planned | None:
    extract = Extract() if request.only is None else extract_of(request.only)
    planned: Planned | None = None
    steps.read(REPORTS, run, extract)
    with _noted("transform and plan", failed):
        steps.transform(REPORTS, run)
        planned = steps.plan(REPORTS, run, request)
    with _noted("send", failed):
        _send(run, planned.batches if planned else {})
    if request.dry_run or not is_decided(run):
        return planned
    settled = None
    with _noted("settle", failed):
        settled = settle(run, extract)
    if settled is not None:
        with _noted("tell", failed):
            tell(run, settled, is_whole=extract.known is None)
    if planned and planned.changes:
        with _noted("receive", failed):  # what was sent comes back: read now, it starts no further run
            _receive(run)
    return planned


def _send(run: Opened, batches: Batches) -> None:
    for stage in stages(REPORTS):
        for batch in batches.get(stage, ()):
            steps.load(REPORTS, run, batch)


def _receive(run: Opened) -> frozenset[str]:
    """Import what is new in the portal and return the numbers of the new reports; raises RefusedError if the user for
    reports may not make any (R47).
    """
    received = receive(run)
    if received.refused:
        raise RefusedError(explain(received.refused))
    return received.reports


@contextmanager
def _noted(name: str, failed: list[str]) -> Iterator[None]:
    try:
        yield
    except Exception as error:
        if said := steps.logged(error):
            log.error("%s: %s", name, said)
            failed.append(f"{name} ({steps.told(error)})")
        else:
            log.exception("%s failed", name)
            failed.append(name)
