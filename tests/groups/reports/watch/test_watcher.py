"""Noticing what is new on either side: once, cheaply, and never while a run deals with it anyway."""

import asyncio
import json
import sqlite3
from collections.abc import Coroutine, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from include.groups.reports.watch import portal, watcher
from include.groups.reports.watch.trigger import ReportsTrigger
from include.groups.reports.watch.watcher import MOST_REPORTS, Change, Watcher
from include.settings import load_settings
from include.sync.lease import acquire
from include.vocabulary.clock import BERLIN, utc_now
from tests.groups.reports.inbound.conftest import world  # noqa: F401 - a fixture
from tests.groups.reports.inbound.harness import SYSTEM, World

pytestmark = pytest.mark.rule("R1")
NOTHING = None


@dataclass
class Sight:
    """A watcher at work, in a loop that lasts as long as it."""

    world: World
    watcher: Watcher
    loop: asyncio.AbstractEventLoop
    changes: int = 0

    def look(self) -> Change | None:
        change: Change | None = self.wait_for(self.watcher.look())
        return change

    def wait_for(self, what: Coroutine[Any, Any, Any]) -> Any:
        return self.loop.run_until_complete(what)

    def run(self) -> None:
        """A run of the DAG, as far as what comes in is concerned."""
        self.world.receive(f"casavi_reports/{self.changes}")

    def report(self, number: str, **columns: object) -> None:
        """Staff enter a report, or the columns say who does."""
        columns = {"changed_by": "011", "origin": "ERP", "changed_at": self.now()} | columns
        self.world.insert("SP_MELDUNG", {"report_nr": number} | columns)

    def note(self, report: str, **columns: object) -> None:
        self.changes += 1
        columns = {"origin": "ERP", "changed_at": self.now()} | columns
        self.world.insert("SP_NOTIZ", {"note_id": f"N{self.changes}", "report_nr": report} | columns)

    @staticmethod
    def now() -> datetime:
        return utc_now().astimezone(BERLIN).replace(tzinfo=None)

    def listings(self) -> int:
        """How often the portal was asked for its tickets."""
        return sum(one["path"] == "/tickets" for one in self.world.sandbox.requests())


@pytest.fixture
def erp_is_there(world: World, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811 - the fixture
    for name in ("SP_EINSTELLUNG", "SP_LIZENZ"):
        world.sql(f"DELETE FROM {name}")
    world.insert("SP_EINSTELLUNG", {"name": "Schnittstelle.Mieterportal.Aktiv", "value": "J"})
    world.insert("SP_LIZENZ", {"licence": "casavi", "active": "J"})
    connection = {"conn_type": "sqlite", "host": str(world.database)}
    monkeypatch.setenv("AIRFLOW_CONN_IXHAUS_PRODUCTION", json.dumps(connection))


@pytest.fixture
def sight(world: World, erp_is_there: None) -> Iterator[Sight]:  # noqa: F811 - the fixture
    loop = asyncio.new_event_loop()
    looking = Watcher(SYSTEM)
    made = Sight(world, looking, loop)
    made.look()  # whatever the fixture has made is old news
    made.run()
    yield made
    loop.run_until_complete(looking.aclose())
    loop.close()


def test_nothing_changed_nothing_is_told_at_one_request_a_look(sight: Sight) -> None:
    sight.look()
    before = len(sight.world.sandbox.requests())
    assert [sight.look() for _ in range(3)] == [NOTHING] * 3
    assert len(sight.world.sandbox.requests()) - before == 3


@pytest.mark.rule("R51")
def test_a_look_at_both_sides_is_written_down_once_a_minute(sight: Sight, monkeypatch: pytest.MonkeyPatch) -> None:
    def noted() -> datetime | None:
        with closing(sqlite3.connect(sight.world.database)) as database:
            rows = database.execute("SELECT WERT FROM SP_POSITION WHERE NAME = 'watch/looked'").fetchall()
        return datetime.fromisoformat(rows[0][0]) if rows else None

    first = noted()
    assert first is not None
    assert abs(utc_now() - first) < timedelta(minutes=1)
    monkeypatch.setattr(watcher, "utc_now", lambda: first + timedelta(seconds=59))
    sight.look()
    assert noted() == first
    monkeypatch.setattr(watcher, "utc_now", lambda: first + timedelta(seconds=62))
    sight.look()
    assert noted() == first + timedelta(seconds=62)
    sight.world.sandbox.fault("status", "GET", "/tickets", times=1, status=503)
    monkeypatch.setattr(watcher, "utc_now", lambda: first + timedelta(seconds=200))
    sight.look()
    assert noted() == first + timedelta(seconds=62), "the portal did not answer: that was no look at both sides"


@pytest.mark.parametrize(
    ("view", "row"),
    [
        ("SP_NOTIZ", {"note_id": "N1", "origin": "ERP"}),
        ("SP_NOTIZ", {"note_id": "N1"}),
        ("SP_ANHANG", {"file_id": "F1", "origin": "ERP"}),
        ("SP_BEAUFTRAGUNG", {"order_nr": "A1"}),
    ],
)
def test_what_staff_do_at_a_report_is_told_once(sight: Sight, view: str, row: dict[str, object]) -> None:
    sight.world.insert(view, {"report_nr": "M1", "changed_at": sight.now()} | row)
    assert sight.look() == Change(("M1",))
    assert sight.look() is NOTHING
    sight.run()
    assert sight.look() is NOTHING


@pytest.mark.parametrize("user", ["011", None])
def test_a_report_that_staff_saved_is_told_by_its_number(sight: Sight, user: str | None) -> None:
    sight.report("M1", changed_by=user)
    assert sight.look() == Change(("M1",))


def test_a_later_change_of_the_same_record_is_told_again(sight: Sight) -> None:
    sight.report("M1")
    sight.look()
    sight.run()
    sight.world.sql("UPDATE SP_MELDUNG SET GEAENDERT_AM = ?", str(sight.now() + timedelta(seconds=1)))
    assert sight.look() == Change(("M1",))


@pytest.mark.rule("R49")
def test_our_own_writes_are_no_news(sight: Sight) -> None:
    sight.report("M1", changed_by="007", origin="PORTAL")
    sight.note("M1", origin="PORTAL")
    assert sight.look() is NOTHING


def test_what_was_changed_long_ago_or_nobody_knows_when_waits_for_the_schedule(sight: Sight) -> None:
    sight.report("M1", changed_at=None)
    sight.report("M2", changed_at=sight.now() - timedelta(hours=2))
    assert sight.look() is NOTHING


def test_a_report_in_the_portal_is_told_without_its_name(sight: Sight) -> None:
    sight.world.files_report()
    assert sight.look() == Change(())
    assert sight.look() is NOTHING
    sight.run()
    assert [sight.look(), sight.look()] == [NOTHING, NOTHING]


def test_a_comment_in_the_portal_is_told(sight: Sight) -> None:
    ticket = sight.world.files_report()
    sight.run()
    sight.world.comments(ticket)
    assert sight.look() == Change(())


def test_what_happens_on_both_sides_is_told_at_once(sight: Sight) -> None:
    sight.world.files_report()
    sight.report("M1")
    assert sight.look() == Change(("M1",))


def test_too_many_reports_are_told_without_numbers(sight: Sight) -> None:
    for number in range(MOST_REPORTS + 1):
        sight.report(f"M{number}")
    assert sight.look() == Change(None)


@contextmanager
def working(world: World) -> Iterator[None]:  # noqa: F811 - the fixture's class
    lease = acquire(world.engine, f"{SYSTEM}/reports", "casavi_reports/other", 60)
    yield
    lease.release(world.engine)


@pytest.mark.rule("R53")
def test_while_a_run_is_at_work_nobody_looks(sight: Sight) -> None:
    before = sight.listings()
    with working(sight.world):
        sight.report("M1")
        assert sight.look() is NOTHING
    assert sight.listings() == before
    assert sight.look() == Change(("M1",))


@pytest.mark.rule("R53")
def test_after_a_run_was_asked_for_nobody_looks_until_it_has_begun(sight: Sight) -> None:
    sight.report("M1")
    sight.look()
    sight.report("M2")
    assert sight.look() is NOTHING
    sight.run()
    assert sight.look() == Change(("M2",))


def test_a_run_that_never_begins_is_asked_for_again_when_something_else_happens(
    sight: Sight, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watcher, "HANDED_OVER_SECONDS", 0)
    sight.report("M1")
    sight.look()
    sight.report("M2")
    assert sight.look() == Change(("M2",))


@pytest.mark.rule("R6")
@pytest.mark.parametrize("off", ["UPDATE SP_EINSTELLUNG SET WERT = 'N'", "UPDATE SP_LIZENZ SET AKTIV = 'N'"])
def test_switched_off_in_ixhaus_nothing_is_told(sight: Sight, off: str) -> None:
    sight.world.sql(off)
    sight.report("M1")
    assert sight.look() is NOTHING


@pytest.mark.rule("R8")
def test_a_system_that_is_not_active_is_not_looked_at(sight: Sight, monkeypatch: pytest.MonkeyPatch) -> None:
    off = load_settings(SYSTEM).model_copy(update={"active": False})
    monkeypatch.setattr(watcher, "load_settings", lambda _system: off)
    sight.report("M1")
    assert sight.look() is NOTHING


@pytest.mark.rule("E56")
@pytest.mark.parametrize("fault", [{"status": 429, "headers": {"Retry-After": "3600"}}, {"status": 503}])
def test_a_portal_that_asks_for_a_pause_or_fails_is_left_alone(
    sight: Sight, monkeypatch: pytest.MonkeyPatch, fault: dict[str, Any]
) -> None:
    clock = [0.0]
    monkeypatch.setattr(portal, "monotonic", lambda: clock[0])
    sight.world.sandbox.fault("status", "GET", "/tickets", times=1, **fault)
    before = sight.listings()
    sight.world.files_report()
    assert [sight.look(), sight.look()] == [NOTHING, NOTHING]
    assert sight.listings() - before == 1
    sight.report("M1")
    assert sight.look() == Change(("M1",))  # the other side goes on
    assert sight.listings() - before == 1


def test_pauses_grow_while_the_portal_fails_and_end_when_it_answers(
    sight: Sight, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [0.0]
    monkeypatch.setattr(portal, "monotonic", lambda: clock[0])
    sight.world.sandbox.fault("status", "GET", "/tickets", status=500, times=None)
    before = sight.listings()
    asked_at: list[int] = []
    for second in range(0, 1200, 4):
        clock[0] = float(second)
        sight.look()
        if sight.listings() - before > len(asked_at):
            asked_at.append(second)
    pauses = [later - earlier for earlier, later in pairwise(asked_at)]
    assert pauses == sorted(pauses)
    assert (pauses[0], max(pauses)) == (4, 300)
    sight.world.sandbox.end_faults()
    sight.world.files_report()
    clock[0] += 3600
    assert sight.look() == Change(())


def test_a_refused_key_is_said_and_the_other_side_goes_on(
    sight: Sight, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    sight.wait_for(sight.watcher._portal.close())
    wrong = {"conn_type": "http", "host": sight.world.sandbox.api, "login": "demo-key", "password": "old"}
    monkeypatch.setenv("AIRFLOW_CONN_CASAVI_PRODUCTION", json.dumps(wrong))
    sight.report("M1")
    assert sight.look() == Change(("M1",))
    assert "the portal refuses the key pair" in caplog.text


def test_ixhaus_may_be_away_and_nothing_is_missed(
    sight: Sight, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    sight.world.sql("ALTER TABLE SP_SPERRE RENAME TO IN_MAINTENANCE")
    with pytest.raises(OperationalError):
        sight.look()
    with monkeypatch.context() as elsewhere:
        nowhere = {"conn_type": "sqlite", "host": str(tmp_path / "missing" / "ixhaus.db")}
        elsewhere.setenv("AIRFLOW_CONN_IXHAUS_PRODUCTION", json.dumps(nowhere))
        with pytest.raises(sqlite3.OperationalError):
            sight.look()
    sight.world.sql("ALTER TABLE IN_MAINTENANCE RENAME TO SP_SPERRE")
    sight.report("M1")
    assert sight.look() == Change(("M1",))


def test_the_trigger_yields_what_is_new_and_outlives_failures(
    world: World,  # noqa: F811 - the fixture
    erp_is_there: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looks = iter([OSError("away"), None, Change(("M1",)), OSError("again"), Change(None)])

    async def look(_watcher: Watcher) -> Change | None:
        found = next(looks)
        if isinstance(found, OSError):
            raise found
        return found

    async def events() -> list[Any]:
        found = []
        async for event in ReportsTrigger(SYSTEM, 0.01).run():
            found.append(event.payload)
            if len(found) == 2:
                break
        return found

    monkeypatch.setattr(Watcher, "look", look)
    assert asyncio.run(events()) == [{"about": ["M1"]}, {"about": None}]


def test_the_trigger_can_be_made_anew_from_what_airflow_keeps() -> None:
    trigger = ReportsTrigger(SYSTEM, 2)
    classpath, given = trigger.serialize()
    assert classpath == f"{ReportsTrigger.__module__}.{ReportsTrigger.__qualname__}"
    assert ReportsTrigger(**given).serialize() == trigger.serialize()


def test_a_ticket_without_an_id_is_told_once(sight: Sight) -> None:
    sight.world.sandbox.behave(ticket_ids="none")
    sight.world.files_report()
    assert sight.look() == Change(())
    sight.run()
    assert [sight.look(), sight.look()] == [NOTHING, NOTHING]
