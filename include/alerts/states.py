"""Which states stand that somebody should know of: worked out from what runs have left, without a look at Airflow.

So a group whose DAG is paused, broken or gone is noticed too. Airflow's own deadline alerts are not for this: a
deadline belongs to a run, and the worst night is the one without any.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Engine

from include.alerts.texts import COUNTED
from include.groups import REPORTS
from include.groups.reports.inbound.set_aside import not_imported
from include.ixhaus.database import read_snapshot
from include.lookup.approvals import open_approvals
from include.lookup.lateness import is_whole, missed, read_ended
from include.lookup.runs import read_last_good
from include.settings import Alerts, SystemSettings
from include.sync import links
from include.sync.flow import dag_name
from include.vocabulary.clock import BERLIN
from include.vocabulary.reasons import explain, translate
from include.vocabulary.state import WENT_WRONG, RunStatus
from include.vocabulary.texts import Text

COMPARED: Final = 10
"""So many runs before a run make the mean that it is compared with."""
_LEAST_COMPARED, _FEW = 3, 20
"""Fewer runs, or fewer records in their mean, say nothing."""
Run = Mapping[str, Any]


@dataclass(frozen=True)
class State:
    """Something that stands: its kind (texts.KINDS), the group ("": the system), what tells it from others of its kind,
    what is said of it, and the page about it.
    """

    kind: str
    group: str = ""
    detail: str = ""
    places: Mapping[str, Text] = field(default_factory=dict)
    link: str = ""

    @property
    def key(self) -> str:
        """By what a state is told from all others of its system."""
        return f"{self.kind}/{self.group}/{self.detail}"


@dataclass(frozen=True)
class Look:
    """A system's memory of runs at one moment; `since`: since when somebody looks, before which nothing was due."""

    settings: SystemSettings
    engine: Engine
    now: datetime
    since: datetime


def standing(look: Look) -> list[State]:
    """Return all states of a system that stand; raises what the database raises."""
    system, found = look.settings.system, list[State]()
    with read_snapshot(look.engine) as connection:
        good, ended = read_last_good(connection, system), read_ended(connection, system)
    for group, runs in ended.items():
        found += [*_failed(look, runs[:1]), *_late(look, group, good.get(group))]
        found += _numbers(look, group, [run for run in runs if is_whole(run)])
    return [*found, *_questions(look), *_set_aside(look)]


def local(moment: datetime | None) -> Text:
    """Return a (zoned) time as people here read it."""
    said = f"{moment.astimezone(BERLIN):%d.%m.%Y %H:%M}" if moment else ""
    return Text(said, said)


def _failed(look: Look, newest: Sequence[Run]) -> Iterator[State]:
    for run in newest:
        if run["status"] in WENT_WRONG:
            reason = run["reason"] or ""
            said = Text(reason, translate(reason, "en"))
            yield State("failed", run["group"], places={"reason": said}, link=_link(look, run))


def _late(look: Look, group: str, good: datetime | None) -> Iterator[State]:
    last = max(good, look.since) if good else look.since
    if wanted := missed(look.settings, group, last, look.now):
        name = dag_name(group, look.settings.system)
        yield State("late", group, places={"last": local(good or look.since), "due": local(wanted), "dag": _both(name)})


def _numbers(look: Look, group: str, runs: Sequence[Run]) -> Iterator[State]:
    """Yield what is odd about the numbers of the last run over everything."""
    if not runs or not runs[0]["read"]:
        return
    alerts, run, link = look.settings.alerts, runs[0], _link(look, runs[0])
    for kind, count, limit in (
        ("errors", run["errors"], alerts.error_percent), ("invalid", run["invalid"], alerts.invalid_percent),
    ):  # fmt: skip
        if limit is not None and count * 100 > limit * run["read"]:
            places = {"count": _both(count), "read": _both(run["read"]), "limit": _both(f"{limit:g}")}
            yield State(kind, group, places=places, link=link)
    earlier = [one for one in runs[1:] if one["status"] == RunStatus.OK][:COMPARED]
    if run["status"] == RunStatus.OK and len(earlier) >= _LEAST_COMPARED:
        yield from _deviations(alerts, run, earlier, link)


def _deviations(alerts: Alerts, run: Run, earlier: Sequence[Run], link: str) -> Iterator[State]:
    for name, said in COUNTED.items() if alerts.deviation_percent is not None else ():
        mean = sum(one[name] for one in earlier) / len(earlier)
        if mean >= _FEW and abs(run[name] - mean) * 100 > (alerts.deviation_percent or 0) * mean:
            numbers = {"count": _both(run[name]), "runs": _both(len(earlier)), "mean": _both(f"{mean:.0f}")}
            yield State("deviates", run["group"], name, {"what": said, **numbers}, link)


def _questions(look: Look) -> Iterator[State]:
    system = look.settings.system
    for one in open_approvals(look.engine, system, look.now):
        places = {"count": _both(one.count), "until": local(one.valid_until)}
        yield State("question", one.group, one.approval, places, links.question(system, one.approval))


def _set_aside(look: Look) -> Iterator[State]:
    for reason, count in set_aside(look.engine, look.settings.system).items():
        places = {"count": _both(count), "reason": Text(explain(reason), explain(reason, "en"))}
        yield State("set_aside", REPORTS.name, reason, places, links.reports(look.settings.system))


def set_aside(engine: Engine, system: str) -> dict[str, int]:
    """Return reason → how many reports of the portal are not taken over for it."""
    found: dict[str, int] = {}
    with read_snapshot(engine) as connection:
        for entry in not_imported(connection, system):
            found[entry.reason] = found.get(entry.reason, 0) + 1
    return found


def _link(look: Look, run: Run) -> str:
    return links.run(look.settings.system, run["run"])


def _both(value: object) -> Text:
    return Text(str(value), str(value))
