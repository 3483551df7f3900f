"""What a run is asked to do: from its parameters, and from the data interval of a backfill."""

from collections.abc import Sequence
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.sdk import Variable
from airflow.sdk.api.datamodels._generated import DagRunType
from airflow.sdk.definitions.asset import AssetUniqueKey

from include.settings import ConfigurationError
from include.sync import params as module
from include.sync import steps
from include.sync.run import Request
from tests.dags.rig import Rig, airflow_run
from tests.dags.test_runs import group_of

pytestmark = airflow_run
MAY = (datetime(2031, 5, 5, tzinfo=UTC), datetime(2031, 5, 6, tzinfo=UTC))
AS_COLUMNS = tuple(moment.replace(tzinfo=None) for moment in MAY)


def asked(
    monkeypatch: pytest.MonkeyPatch,
    run_type: DagRunType,
    interval: tuple[Any, Any] = (None, None),
    events: Sequence[dict[str, Any]] = (),
    **params: object,
) -> Request:
    """The request that a run of this type, interval, events (their extra) and parameters becomes."""
    form = {name: param.value for name, param in module.params().items()} | params
    run = SimpleNamespace(
        dag_id="casavi_persons", run_type=run_type, data_interval_start=interval[0], data_interval_end=interval[1]
    )
    started_by = {"an asset": [SimpleNamespace(extra=extra) for extra in events]}
    context = {"params": form, "dag_run": run, "triggering_asset_events": started_by}
    monkeypatch.setattr(module, "get_current_context", lambda: context)
    return module.request_of_run()


@pytest.mark.parametrize(
    ("run_type", "chosen", "resend"),
    [
        (DagRunType.BACKFILL, "changed", "interval"),
        (DagRunType.BACKFILL, "all", "all"),
        (DagRunType.BACKFILL, "refused", "refused"),
        (DagRunType.SCHEDULED, "changed", "changed"),
        (DagRunType.SCHEDULED, "interval", "interval"),
        (DagRunType.MANUAL, "changed", "changed"),
        (DagRunType.MANUAL, "refused", "refused"),
        (DagRunType.ASSET_TRIGGERED, "changed", "changed"),
    ],
)
def test_a_backfill_sends_what_changed_in_its_interval_again(
    monkeypatch: pytest.MonkeyPatch, run_type: DagRunType, chosen: str, resend: str
) -> None:
    request = asked(monkeypatch, run_type, MAY, resend=chosen)
    assert (request.resend, request.interval) == (resend, AS_COLUMNS)
    assert request.scope().resend == resend


def test_a_triggered_run_has_no_interval(monkeypatch: pytest.MonkeyPatch) -> None:
    assert asked(monkeypatch, DagRunType.MANUAL) == Request()
    with pytest.raises(ConfigurationError, match="which only a backfill or scheduled run has"):
        asked(monkeypatch, DagRunType.MANUAL, resend="interval").scope()


def test_an_empty_interval_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    assert asked(monkeypatch, DagRunType.MANUAL, (MAY[0], MAY[0])).interval is None


def test_the_form_reaches_the_request(monkeypatch: pytest.MonkeyPatch) -> None:
    form: dict[str, Any] = {"properties": "100", "dry_run": True, "resend": "all"}
    request = asked(monkeypatch, DagRunType.MANUAL, **form)
    assert request == Request("100", True, "all", None)


def watched(*keys: str) -> dict[str, Any]:
    """What an event of a trigger carries."""
    return {"from_trigger": True, "payload": {"about": list(keys)}}


@pytest.mark.rule("R1")
@pytest.mark.parametrize(
    ("events", "about"),
    [
        ([watched("M2", "M1")], ("M1", "M2")),
        ([watched()], ()),
        ([watched("M1"), watched("M2", "M1")], ("M1", "M2")),
        ([watched("M1"), {"payload": {"about": None}}], None),
        ([watched("M1"), {}], None),
        ([], None),
    ],
)
def test_a_run_that_events_started_is_about_what_they_name(
    monkeypatch: pytest.MonkeyPatch, events: list[dict[str, Any]], about: tuple[str, ...] | None
) -> None:
    assert asked(monkeypatch, DagRunType.ASSET_TRIGGERED, events=events).about == about


@pytest.mark.parametrize("run_type", [DagRunType.SCHEDULED, DagRunType.MANUAL, DagRunType.BACKFILL])
def test_any_other_run_is_about_everything(monkeypatch: pytest.MonkeyPatch, run_type: DagRunType) -> None:
    assert asked(monkeypatch, run_type, MAY, events=[watched("M1")]).about is None


@pytest.mark.parametrize(
    ("run_type", "since"),
    [(DagRunType.SCHEDULED, AS_COLUMNS[0]), (DagRunType.MANUAL, None), (DagRunType.BACKFILL, None)],
)
def test_a_run_by_the_clock_knows_when_it_had_its_turn_before(
    monkeypatch: pytest.MonkeyPatch, run_type: DagRunType, since: datetime | None
) -> None:
    assert asked(monkeypatch, run_type, MAY).clock_since == since


@pytest.mark.parametrize(
    ("run_type", "starters", "is_aftermath"),
    [
        (DagRunType.ASSET_TRIGGERED, ["casavi_production_objects_freed"], True),
        (DagRunType.ASSET_TRIGGERED, ["casavi_production_objects_freed", "casavi_production_objects"], False),
        (DagRunType.ASSET_TRIGGERED, ["casavi_production_objects"], False),
        (DagRunType.SCHEDULED, [], False),
    ],
)
def test_nobody_follows_a_run_that_only_removes_what_had_to_wait(
    monkeypatch: pytest.MonkeyPatch, run_type: DagRunType, starters: list[str], is_aftermath: bool
) -> None:
    run = SimpleNamespace(dag_id="casavi_objects", run_type=run_type)
    started_by = {AssetUniqueKey(name, name): [SimpleNamespace(extra={})] for name in starters}
    monkeypatch.setattr(module, "get_current_context", lambda: {"dag_run": run, "triggering_asset_events": started_by})
    assert module.is_aftermath() is is_aftermath


def test_an_interval_sends_unchanged_records_again_and_only_those_changed_in_it(synced: Rig) -> None:
    inside, at_the_end, outside = "129.R16.1", "129.R18.1", "129.E2.1"
    for key, changed in (
        (inside, "2031-05-05 12:00:00"),
        (at_the_end, "2031-05-06 02:00:00"),
        (outside, "2031-05-07 12:00:00"),
    ):
        synced.sql("UPDATE SP_PERSON SET GEAENDERT_AM = ? WHERE PERSON_SCHLUESSEL = ?", changed, key)
    persons, request = group_of("persons"), Request(resend="interval", interval=(AS_COLUMNS[0], AS_COLUMNS[1]))
    run = steps.extract(persons, "production", "backfill", request)
    steps.transform(persons, run)
    planned = steps.plan(persons, run, request)
    changes = run.folder.read_table("send_contact").to_pylist()
    assert [(change["external_id"], change["action"]) for change in changes] == [(inside, "update")]
    assert planned.batches["send_contact"] == [{"record_type": "contact", "file": "send_contact", "part": 0}]


@pytest.mark.parametrize(("value", "runs"), [("7", 7), (None, 0)])
def test_what_airflow_cannot_read_any_more_it_does_not_know(
    monkeypatch: pytest.MonkeyPatch, value: str | None, runs: int
) -> None:
    """As after a changed Fernet key: then Airflow gives None for a variable that is there."""
    monkeypatch.setattr(Variable, "get", lambda name, default: value)
    assert module.AirflowMemory("casavi_persons").recall("persons") == runs
