"""The one DAG shape every entity group has:

    extract → transform → plan → send parents → send children → remove children → remove parents → protocol

Imported by DAG files, so nothing heavy is imported here at the top level; the steps themselves are in steps.py.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from airflow.sdk import (
    DAG,
    Asset,
    AssetAlias,
    AssetAny,
    AssetOrTimeSchedule,
    CronDataIntervalTimetable,
    Param,
    TaskGroup,
    TriggerRule,
    get_current_context,
    task,
)
from airflow.sdk.configuration import conf
from airflow.sdk.exceptions import AirflowException, AirflowFailException, AirflowSkipException

from include.settings import ConfigurationError, Limits, SystemSettings, configured_systems, load_settings
from include.sync.group import Group, stages
from include.sync.metrics import run_ended
from include.sync.params import FREED, is_aftermath, params, request_of_run, run_name
from include.sync.xcom import HeldBack, PlannedXCom, StateXCom, state_xcom
from include.vocabulary.addresses import NAMED, pages_of

if TYPE_CHECKING:
    from include.sync.planned import BatchPart
    from include.sync.run import Opened, RunState
    from include.sync.steps import Ending

log = logging.getLogger(__name__)
Wired = Any
"""What Airflow's decorators make of functions, and what it hands to tasks: its own types say nothing of either."""
Schedule = AssetOrTimeSchedule | CronDataIntervalTimetable | AssetAny | None
PRODUCTION: Final = "production"
RETRIES: Final = 2
"""Of every task, as its process may be killed, or a database away for a moment. All may begin from the start: what was
sent is in the ledger, what was written is written again.
"""
RETRY_DELAY: Final = timedelta(seconds=30)
GUARDED: Final = Asset("casavi_guarded_removals")
"""Updated when a run has a question for a person; casavi_release_removals puts it then."""


def dag_name(group: str, system: str) -> str:
    """Return a DAG's id: casavi_<group>, with _test for the test system."""
    return f"casavi_{group}" if system == PRODUCTION else f"casavi_{group}_{system}"


def synced(group: str, system: str) -> Asset:
    """Return the asset a group's run updates when it has really brought the portal up to date."""
    return Asset(f"casavi_{system}_{group}")


def freed(group: str, system: str) -> Asset:
    """Return the asset that is updated when nothing hangs any more below records that a group has yet to remove."""
    return Asset(f"casavi_{system}_{group}{FREED}")


def for_each_system(group: Group, docs: str, make: Callable[[str], DAG]) -> None:
    """Make a group's DAG for each configured system.

    A mistake in one system's settings is that system's alone: in place of its DAG stands one that says what is wrong.
    """
    for system in configured_systems():
        try:
            make(system)
        except ConfigurationError as mistake:
            _stand_in(group, system, str(mistake), docs)


def sync_dag(
    group: Group, system: str, docs: str, after: str | None = None, alongside: Sequence[Callable[[], Wired]] = ()
) -> DAG:
    """Make the DAG of one group and system.

    after:     a group whose success starts this one
    alongside: makers of further tasks, which take what extract returns; they run beside the sync, once it has succeeded
    """
    with empty_dag(group, system, synced(after, system) if after else None, docs) as dag:
        state = _extract(group, system)()
        planned = _plan(group, system)(state, _transform(group)(state))
        previous: Wired = planned
        for stage in stages(group):
            with TaskGroup(stage):
                parts = _batches(stage)(planned)
                loaded = _load(group, system).partial(state=state).expand(batch=parts)
            previous >> loaded
            previous = loaded
        last = _protocol(group, system)()
        previous >> last
        for beside in alongside:  # what needs the run's checks and lease, but none of its other steps
            beside()(state) >> last
    return dag


def empty_dag(
    group: Group, system: str, starter: Asset | None, docs: str, form: Mapping[str, Param] | None = None
) -> DAG:
    """Make the empty DAG of a group.

    starter: an asset whose events start it
    form:    what a person may ask of it; None: what may be asked of every group
    """
    settings = load_settings(system)
    starters = [starter] if starter else []
    starters += [freed(group.name, system)] if group.is_above else []
    return _dag(group, system, _schedule(group, settings, starters), docs, settings.limits, form)


def _dag(
    group: Group, system: str, schedule: Schedule, docs: str, limits: Limits, form: Mapping[str, Param] | None = None
) -> DAG:
    return DAG(
        dag_id=dag_name(group.name, system),
        schedule=schedule,
        start_date=datetime(2026, 1, 1, tzinfo=UTC),
        catchup=False,
        max_active_runs=1,
        params=dict(form or params()),
        doc_md=_with_links(docs, pages_of(system, group.name)),
        tags=["serviceportal", system, group.name],
        default_args=task_defaults(timedelta(minutes=limits.task_minutes)),
    )


def task_defaults(longest: timedelta | None) -> dict[str, Any]:
    """Return what holds for every task of ours.

    longest: how long it may work; None: without end
    """
    ours = {"owner": "serviceportal", "retries": RETRIES, "retry_delay": RETRY_DELAY}
    return ours | ({"execution_timeout": longest} if longest else {})


def with_links(docs: str, *pages: str) -> str:
    """Return what a DAG says of itself, with links to pages by their German names behind it."""
    return _with_links(docs, {name: NAMED[name] for name in pages})


def _with_links(docs: str, pages: Mapping[str, str]) -> str:
    """Return a text with links behind it, as Markdown; behind a proxy, below Airflow's own path."""
    below = urlsplit(conf.get("api", "base_url", fallback="")).path.rstrip("/")
    links = " · ".join(f"[{name}]({below}{at})" for name, at in pages.items())
    return f"{docs.rstrip()}\n\nServiceportal: {links}\n"


def _stand_in(group: Group, system: str, mistake: str, docs: str) -> None:
    """Make what takes the place of a DAG whose settings are wrong: whoever starts it is told why nothing happens."""
    told = f"```text\n{mistake}\n```"  # Markdown leaves it as it is written
    with _dag(group, system, None, f"{told}\n\n{docs.lstrip()}", Limits()):

        @task
        def settings() -> None:
            """End red with what is wrong in the settings of this system."""
            raise AirflowFailException(mistake)

        settings()


def _schedule(group: Group, settings: SystemSettings, starters: list[Asset]) -> Schedule:
    """Return when a DAG runs by itself: by the clock, and when any of the starters is updated."""
    cron = getattr(settings.schedules, group.name)
    if not settings.active:
        return None
    timetable = CronDataIntervalTimetable(cron, timezone="Europe/Berlin") if cron else None
    if not starters:
        return timetable
    any_of_them = AssetAny(*starters)
    return AssetOrTimeSchedule(timetable=timetable, assets=any_of_them) if timetable else any_of_them


@contextmanager
def opened(state: StateXCom) -> Iterator[Opened]:
    """Yield the run that `extract` began, its lease kept meanwhile; errors are spoken."""
    with spoken():
        run = _run_state(state).open()
        with run.kept():
            yield run


@contextmanager
def spoken() -> Iterator[None]:
    """Let a task end with a sentence for whoever reads its log, left for the protocol too as the XCom `why`.

    What a person must mend is not retried; a database that is away for a moment is asked again.
    """
    from include.ixhaus.faults import fault_of
    from include.sync import steps

    try:
        yield
    except AirflowSkipException:
        raise
    except Exception as error:
        said, fault = steps.logged(error), fault_of(error)
        if said is None:
            raise
        get_current_context()["ti"].xcom_push("why", steps.told(error))
        if fault and fault.is_passing:
            raise AirflowException(said) from None
        raise AirflowFailException(said) from None


def _run_state(xcom: StateXCom) -> RunState:
    from include.sync.run import RunState

    return RunState(**xcom)


def _extract(group: Group, system: str) -> Wired:
    @task
    def extract() -> StateXCom:
        """Check, take the lease, read the views."""
        from include.sync import steps
        from include.sync.run import SkipRunError

        with spoken():
            try:
                run = steps.extract(group, system, run_name(), request_of_run())
            except SkipRunError as skip:
                get_current_context()["ti"].xcom_push("skip", skip.reason)
                raise AirflowSkipException(str(skip)) from None
        return state_xcom(run.state)

    return extract


def _transform(group: Group) -> Wired:
    @task
    def transform(state: StateXCom) -> dict[str, int]:
        """Let the rules decide about every record."""
        from include.sync import steps

        with opened(state) as run:
            return steps.transform(group, run)

    return transform


def _plan(group: Group, system: str) -> Wired:
    guarded = AssetAlias(f"casavi_{system}_{group.name}_guarded")

    @task(outlets=[guarded])
    def plan(state: StateXCom, records: dict[str, int], *, outlet_events: Wired) -> PlannedXCom:
        """Compare with what the portal has acknowledged and stage the difference."""
        from include.sync import steps

        with opened(state) as run:
            planned = steps.plan(group, run, request_of_run())
        if planned.approval:
            held_back: HeldBack = {"system": system, "group": group.name, "approval": planned.approval}
            outlet_events[guarded].add(GUARDED, extra=held_back)
        return {"counts": asdict(planned.counts), "changes": planned.changes, "batches": planned.batches}

    return plan


def _batches(stage: str) -> Wired:
    @task
    def batches(planned: PlannedXCom) -> list[BatchPart]:
        """List this stage's batches: Airflow maps over a whole result only."""
        return planned["batches"][stage]

    return batches


def _load(group: Group, system: str) -> Wired:
    @task(
        pool=f"casavi_{system}",
        trigger_rule=TriggerRule.NONE_FAILED_MIN_ONE_SUCCESS,
        map_index_template="{{ task.op_kwargs['batch']['part'] }}",
        retry_delay=timedelta(seconds=10),
    )
    def load(state: StateXCom, batch: BatchPart) -> dict[str, int]:
        """Send one batch."""
        from include.sync import steps

        with opened(state) as run:
            return steps.load(group, run, batch)

    return load


def _protocol(group: Group, system: str) -> Wired:
    alias = AssetAlias(f"casavi_{system}_{group.name}_synced")

    @task(trigger_rule=TriggerRule.ALL_DONE, outlets=[alias])
    def protocol(*, outlet_events: Wired) -> dict[str, object]:
        """Sum up; ends red if anything failed, after everything else was delivered."""
        ending = _ending(get_current_context())
        if is_aftermath():
            ending = replace(ending, is_synced=False)  # whoever follows this group has followed it already
        return ended(ending, outlet_events[alias], group.name, system)

    return protocol


def _ending(context: Wired) -> Ending:
    """Sum up what the run's other tasks left."""
    from include.sync import steps
    from include.sync.protocol import Counts

    ti, dag_run = context["ti"], context["dag_run"]
    states = ti.get_task_states(dag_run.dag_id, run_ids=[dag_run.run_id]).get(dag_run.run_id, {})
    failed = sorted(name for name, state in states.items() if state == "failed")
    state: StateXCom | None = ti.xcom_pull(task_ids="extract")
    planned: PlannedXCom | None = ti.xcom_pull(task_ids="plan")
    why = next(filter(None, (ti.xcom_pull(task_ids=name, key="why") for name in failed)), None)
    if state is None:
        names = f"failed before anything was sent: {', '.join(failed)}; see that task's log"
        skip = ti.xcom_pull(task_ids="extract", key="skip") or ""
        return steps.not_begun(skip=skip, why_red=why or names if failed else None)
    counts, changes = (Counts(**planned["counts"]), planned["changes"]) if planned else (None, 0)
    left = steps.Left(counts, changes, [f"{name} ({why})" if why else name for name in failed])
    try:
        return steps.finish(_run_state(state).open(), left, request_of_run())
    except Exception as error:
        _try_again_later(error, ti)
        log.error("the protocol could not be written", exc_info=steps.logged(error) is None)  # a sentence is told below
        _run_state(state).staging().clear()
        return steps.not_begun(why_red=steps.told(error))


def _try_again_later(error: Exception, ti: Wired) -> None:
    """Let the task be repeated where a database was away for a moment, as long as Airflow would."""
    from include.ixhaus.faults import fault_of

    fault = fault_of(error)
    if fault and fault.is_passing and ti.try_number <= ti.max_tries:
        raise AirflowException(fault.english) from None


def ended(ending: Ending, outlet: Wired, group: str, system: str) -> dict[str, object]:
    """Return a run's protocol for XCom; red if anything failed, and events of what it really did: that the group is in
    step, that others may go on with what had to wait for it.
    """
    run_ended(system, group, ending.xcom, is_whole=ending.is_whole)
    if ending.why_red:
        get_current_context()["ti"].xcom_push("return_value", ending.xcom)  # a failing task returns nothing
        raise AirflowFailException(ending.why_red)
    if ending.is_synced:
        outlet.add(synced(group, system))
    for other in ending.frees:
        outlet.add(freed(other, system))
    return ending.xcom
