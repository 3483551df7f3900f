"""What of a plan waits for a person, what somebody has already answered, and the question that is left to ask."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

import pandas as pd
from sqlalchemy import Connection

from include.sync import approvals, ledger, sources
from include.sync.approvals import Answers, Item
from include.sync.group import Group, fed_by
from include.sync.guard import Judged, in_order, judge
from include.sync.plan import takes_away
from include.sync.run import Opened, Request
from include.sync.sources import Source
from include.vocabulary.clock import utc_now
from include.vocabulary.decision import EXTERNAL_ID


@dataclass(frozen=True)
class Guarded:
    """The records of a plan as the guard judged them, by record type, and what was answered before."""

    judged: Mapping[str, Judged]
    answers: Answers
    sources: Sequence[Source] = ()
    """The views that were looked at."""

    def items(self) -> list[Item]:
        """Return what a person is to be asked about now."""
        return [item for judged in self.judged.values() for item in judged.items()]

    def write(self, connection: Connection, run: Opened) -> None:
        """Ask what is left to ask, and end what is over: all within the transaction of the plan."""
        now = utc_now()
        approvals.lapse_overdue(connection, run.system, run.state.group, now)
        approvals.end_moot(connection, run.system, self._moot())
        if items := self.items():
            causes = in_order(cause for judged in self.judged.values() for cause in judged.causes)
            holds = timedelta(hours=run.settings.removal_guard.approval_hours)
            approvals.ask(connection, run.key, items, causes, now, holds)

    def _moot(self) -> list[tuple[str, approvals.Marked]]:
        """Return what questions name of records that were looked at, but would not happen any more."""
        if not self.answers.named_in:
            return []
        marks = set().union(*(judged.marks() for judged in self.judged.values()))
        seen = {name: set(judged.records[EXTERNAL_ID]) for name, judged in self.judged.items()}
        return [
            (approval, marked)
            for approval, marked in self.answers.named_in
            if marked not in marks and marked.external_id in seen.get(marked.record_type, ())
        ]


def guarded(group: Group, run: Opened, request: Request, compared: Mapping[str, pd.DataFrame]) -> Guarded:
    """Judge what was compared, by the group's views and by what people have answered.

    compared: record type → frame as returned by plan.compare
    """
    settings = run.settings.removal_guard
    answers = approvals.answers(run.engine, run.system, group.name, utc_now())
    found = _sources(group, run, request, compared)
    shrunken = [source for source in found if source.is_shrunk(settings.source_percent)]
    # a run that a change started looks at a few records of a property: what leaves is a share of all there are
    totals = ledger.held_counts(run.engine, run.system, group.name) if request.only is not None and found else {}
    judged: dict[str, Judged] = {}
    for name, records in compared.items():
        faults = [source for source in shrunken if name in fed_by(group, source.view)]
        never = group.unguarded.get(name, ())
        judged[name] = judge(name, records, answers.newest, settings, never, faults, totals.get(name))
    if request.is_whole():
        waiting = {name for name, one in judged.items() if one.records["waits"].any()}
        doubted = {source.view for source in shrunken if waiting.intersection(fed_by(group, source.view))}
        sources.note(run, {source.view: source.rows for source in found if source.view not in doubted})
    return Guarded(judged, answers, found)


def _sources(group: Group, run: Opened, request: Request, compared: Mapping[str, pd.DataFrame]) -> Sequence[Source]:
    """Return how many rows the views have; a run that has read an extract counts them only if that matters."""
    is_extract = request.only is not None
    if is_extract and not any(_takes(records, group.unguarded.get(name, ())) for name, records in compared.items()):
        return []
    return sources.sources_of(group, run, is_extract=is_extract)


def _takes(records: pd.DataFrame, never_wait: Collection[str]) -> bool:
    return bool((takes_away(records) & ~records["reason"].isin(never_wait)).any())
