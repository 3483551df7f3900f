"""What alerts and summary ask, on a real Oracle; see tests/ixhaus/test_oracle.py for how one is named."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from include.alerts.states import Look, standing
from include.ixhaus.database import engine_on, read_snapshot
from include.lookup.corrections import to_correct
from include.settings import SystemSettings
from include.sync import protocol
from include.sync.protocol import Counts, Entry, RunKey
from include.vocabulary.state import Level, RunStatus
from tests.alerts.office import BEGIN
from tests.ixhaus.test_oracle import ON_ORACLE, Logons, schema
from tests.lookup.asking import ask, leaving

__all__ = ["schema"]
pytestmark = ON_ORACLE


@pytest.fixture
def engine(schema: None) -> Iterator[Engine]:
    engine = engine_on(Logons())
    yield engine
    engine.dispose()


def test_every_state_is_found(engine: Engine) -> None:
    key = RunKey("test", "persons", "casavi_persons_test/scheduled__1#1")
    protocol.open_run(engine, key, BEGIN)
    protocol.add_once(engine, key, [Entry("contact", "1.1", Level.INVALID, "NO_NAME")], BEGIN)
    protocol.close_run(engine, key, Counts(read=10, errors=2), RunStatus.ERRORS, "2 Fehler", BEGIN)
    ask(engine, "q1", leaving("1.1"), system="test", asked_at=BEGIN)
    settings = SystemSettings(system="test", report_user="007")
    now = BEGIN + timedelta(days=1)
    found = {state.key for state in standing(Look(settings, engine, now, now))}
    assert found == {"failed/persons/", "errors/persons/", "question/persons/q1"}
    late = {state.key for state in standing(Look(settings, engine, now + timedelta(hours=20), BEGIN))}
    assert "late/objects/" in late
    with read_snapshot(engine) as connection:
        assert to_correct(connection, "test", [key.name]) == {"NO_NAME": 1}
