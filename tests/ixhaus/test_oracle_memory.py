"""The statements of approvals, reconciliation and doubt on a real Oracle; see test_oracle.py for what that needs."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pandas as pd
import pytest
from sqlalchemy import Engine, delete, select

from include.groups import PERSONS
from include.ixhaus.contract.own import SP_ABGLEICH, SP_FREIGABE, SP_FREIGABE_SATZ, SP_POSITION, SP_SPERRE
from include.ixhaus.database import read_snapshot
from include.settings import Retention, SystemSettings
from include.sync import approvals, below, doubt, ledger, marks, sources
from include.sync.approvals import Answer, Item, Marked
from include.sync.lease import acquire
from include.sync.protocol import RunKey
from include.sync.reconcile.corrections import write
from include.sync.run import Opened, RunState
from include.sync.staging import Staging
from include.vocabulary.clock import utc_now
from tests.ixhaus.test_oracle import NAME, SYSTEM, engine, logons, pytestmark, schema

__all__ = ["engine", "logons", "pytestmark", "schema"]
RUN = RunKey(SYSTEM, "persons", "oracle-test/1#1")
TABLES = (SP_ABGLEICH, SP_FREIGABE, SP_FREIGABE_SATZ, SP_POSITION)
ITEM = Item("contact", "4711", "remove", "GONE", "110", "m1")


@pytest.fixture
def run(engine: Engine, tmp_path: Path) -> Iterator[Opened]:
    lease = acquire(engine, NAME, "oracle-test", 60)
    settings = SystemSettings(system="test")
    folder = Staging("oracle", tmp_path)
    folder.folder.mkdir()
    state = RunState(SYSTEM, "persons", "oracle-test", "oracle", lease.token, utc_now().isoformat())
    yield Opened(state, settings, engine, lease, folder)
    with engine.begin() as connection:
        for table in TABLES:
            connection.execute(delete(table).where(table.c.system == SYSTEM))
        connection.execute(delete(SP_SPERRE).where(SP_SPERRE.c.name == NAME))


def test_a_question_is_asked_answered_and_forgotten(run: Opened) -> None:
    now, holds = utc_now(), timedelta(hours=1)
    with run.engine.begin() as connection:
        approvals.ask(connection, RUN, [ITEM], ["contact: 1 von 2"], now, holds)
    approval = approvals.asked_by(run.engine, RUN)
    assert approval is not None
    assert approvals.shown(run.engine, SYSTEM, approval, now) is not None
    marked = Marked("contact", "4711", "m1")
    assert approvals.answers(run.engine, SYSTEM, "persons", now).newest == {marked: Answer.OPEN}
    assert approvals.decide(run.engine, SYSTEM, approval, approve=True, by="x", holds=holds, now=now)
    assert not approvals.decide(run.engine, SYSTEM, approval, approve=False, by="x", holds=holds, now=now)
    assert approvals.answers(run.engine, SYSTEM, "persons", now).newest == {marked: Answer.APPROVED}
    with run.engine.begin() as connection:
        approvals.lapse_overdue(connection, SYSTEM, "persons", now)
        approvals.end_moot(connection, SYSTEM, [(approval, marked)])
    assert approvals.answers(run.engine, SYSTEM, "persons", now).newest == {}
    approvals.forget_old(run.engine, SYSTEM, Retention(protocol_days=1), now + timedelta(days=3))
    assert approvals.asked_by(run.engine, RUN) is None


def row(external_id: str, **changes: object) -> dict[str, object]:
    usual: dict[str, object] = dict.fromkeys((
        "hash", "refused", "reason", "identity", "parents", "portal_id", "next_id", "seen_state", "seen_run",
    ))  # fmt: skip
    own = {
        "system": SYSTEM, "record_type": "contact", "external_id": external_id, "state": "present", "group": "persons",
        "properties": "110", "acknowledged_at": "2026-05-01T10:00:00.123456", "is_new": True,
    }  # fmt: skip
    return usual | own | changes


def test_corrections_hold_for_rows_that_nobody_has_sent_meanwhile(run: Opened) -> None:
    assert write(run.engine, run.lease, pd.DataFrame([row("1"), row("2")])) == 2
    assert write(run.engine, run.lease, pd.DataFrame([row("1"), row("3")])) == 1  # 1 is there already
    seen = {"is_new": False, "seen_state": "present"}
    pending = [row("1", state="pending", **seen), row("2", state="pending", **seen | {"seen_run": "another"})]
    assert write(run.engine, run.lease, pd.DataFrame(pending)) == 1
    known = ledger.known_records(run.engine, SYSTEM, ["contact"], more=("run",)).to_pandas()
    assert dict(zip(known["external_id"], known["state"], strict=True)) == {
        "1": "pending",
        "2": "present",
        "3": "present",
    }
    assert set(known["acknowledged_at"]) == {"2026-05-01T10:00:00.123456"}
    assert ledger.held_counts(run.engine, SYSTEM, "persons") == {"contact": 2}
    assert ledger.places(run.engine, SYSTEM, "contact", ["1"])["1"].state == "pending"


def test_what_is_remembered_of_runs_views_and_children(run: Opened) -> None:
    assert doubt.is_ledger_empty(run.engine, SYSTEM, PERSONS)
    with run.engine.begin() as connection:
        run.lease.confirm(connection)
        for value in ("1 key portal.example/v2", "2 key portal.example/v2"):
            marks.write(connection, SYSTEM, "memory/persons", value)
    assert doubt.memory_of(run, PERSONS) == doubt.Memory(2, "portal.example/v2", "key")
    for rows in ({"SP_PERSON": 3}, {"SP_PERSON": 4}):
        sources.note(run, rows)
        sources.remember(run)
    with read_snapshot(run.engine) as connection:
        mark = SP_POSITION.c
        query = select(mark.value).where(mark.system == SYSTEM, mark.name == "rows/persons/SP_PERSON")
        assert connection.execute(query).scalar() == "4"
    assert below.freed_parents(run.engine, SYSTEM) == set()
