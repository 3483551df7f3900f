"""The commands a person gives, while the settings of one of the systems are wrong: the other is served as ever."""

import json
import sqlite3
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from include import commands
from include.erasure import command
from include.ixhaus.contract.own import SP_ABGLEICH, SP_PROTOKOLL, SP_PROTOKOLL_EINTRAG
from include.ixhaus.database import engine_on
from include.ixhaus.ddl import create_sqlite_schema
from include.lookup import runs
from include.settings import load_each
from include.sync.protocol import Counts, RunKey, close_run, open_run
from include.vocabulary.state import RunStatus

SOUND = """
active: true
properties: 100-199
person_types: [Mieter]
portal_access_lead_days: 14
report_user: "007"
post_author: verwaltung
limits: {parallel_loads: 3}
"""
BROKEN = SOUND.replace("person_types", "person_typ")
NIGHT = datetime(2026, 11, 24, 2, tzinfo=UTC)
Configure = Callable[[str, str], None]


@pytest.fixture
def configure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Configure:
    """Writes a system's settings; one is sound and the other is not."""
    for module in (commands, runs):
        monkeypatch.setattr(module, "load_each", partial(load_each, tmp_path))

    def write(sound: str, broken: str) -> None:
        (tmp_path / f"{sound}.yaml").write_text(SOUND, encoding="utf-8")
        (tmp_path / f"{broken}.yaml").write_text(BROKEN, encoding="utf-8")

    return write


def remember_run(folder: Path, system: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """An iX-Haus of the system in whose protocol there is one run."""
    path = folder / f"{system}.db"
    engine = engine_on(lambda: sqlite3.connect(path))
    SP_PROTOKOLL.metadata.create_all(engine, [SP_ABGLEICH, SP_PROTOKOLL, SP_PROTOKOLL_EINTRAG])
    key = RunKey(system, "persons", "casavi_persons/manual__1#1")
    open_run(engine, key, NIGHT)
    close_run(engine, key, Counts(sent=3), RunStatus.OK, "", NIGHT)
    connection = json.dumps({"conn_type": "sqlite", "host": str(path)})
    monkeypatch.setenv(f"AIRFLOW_CONN_IXHAUS_{system.upper()}", connection)


@pytest.mark.rule("R7", "R51")
@pytest.mark.parametrize(("sound", "broken"), [("production", "test"), ("test", "production")])
@pytest.mark.parametrize("style", ["json", "table"])
def test_the_protocol_shows_the_other_systems_runs_and_says_what_is_wrong(
    configure: Configure,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    sound: str,
    broken: str,
    style: str,
) -> None:
    configure(sound, broken)
    remember_run(tmp_path, sound, monkeypatch)
    assert commands.main(["protocol", "--format", style]) == 0
    said = capsys.readouterr()
    if style == "json":
        assert [(run["system"], run["sent"]) for run in json.loads(said.out)] == [(sound, 3)]
    else:
        assert f" {sound} " in said.out
    assert f"{broken}.yaml: person_typ: there is no such setting; write person_types" in said.err
    assert f"{sound}.yaml" not in said.err


@pytest.mark.usefixtures("airflow_db")
def test_what_one_system_cannot_tidy_keeps_no_other_from_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for system in ("production", "test"):
        (tmp_path / f"{system}.yaml").write_text(SOUND, encoding="utf-8")
    new_database(tmp_path / "test.db", "test", monkeypatch)
    gone = {"conn_type": "sqlite", "host": str(tmp_path / "nowhere" / "production.db")}
    monkeypatch.setenv("AIRFLOW_CONN_IXHAUS_PRODUCTION", json.dumps(gone))
    monkeypatch.setenv("SERVICEPORTAL_STAGING", str(tmp_path / "staging"))
    monkeypatch.setattr(command, "load_each", partial(load_each, tmp_path))
    assert commands.main(["tidy"]) == 1
    said = capsys.readouterr()
    assert list(json.loads(said.out.splitlines()[-1])) == ["test"]  # Airflow tells before what it has cleaned
    assert "production: SQLITE_CANTOPEN: " in said.err


def new_database(path: Path, system: str, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = engine_on(lambda: sqlite3.connect(path))
    create_sqlite_schema(engine)
    engine.dispose()
    given = json.dumps({"conn_type": "sqlite", "host": str(path)})
    monkeypatch.setenv(f"AIRFLOW_CONN_IXHAUS_{system.upper()}", given)


def _pools() -> dict[str, int]:
    from airflow.models.pool import Pool

    return {str(pool.pool): pool.slots for pool in Pool.get_pools() if str(pool.pool).startswith("casavi_")}


@pytest.fixture
def no_pools_yet(airflow_db: None) -> Iterator[None]:
    """Airflow without the pools of the systems; afterwards it has those it had."""
    from airflow.models.pool import Pool

    before = _pools()
    for name in before:
        Pool.delete_pool(name)
    yield
    for name in _pools():
        Pool.delete_pool(name)
    for name, slots in before.items():
        Pool.create_or_update_pool(name, slots, "", include_deferred=False)


@pytest.mark.rule("R7")
@pytest.mark.usefixtures("no_pools_yet")
def test_pools_are_made_for_both_systems(configure: Configure, capsys: pytest.CaptureFixture[str]) -> None:
    configure("production", "test")
    assert commands.main(["pools"]) == 0
    assert _pools() == {"casavi_production": 3, "casavi_test": 1}
    assert "test.yaml: person_typ: there is no such setting" in capsys.readouterr().err
    configure("test", "production")
    assert commands.main(["pools"]) == 0
    assert _pools() == {"casavi_production": 3, "casavi_test": 3}  # production's is as it was


def test_a_database_that_is_away_is_one_sentence(
    configure: Configure, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    configure("production", "test")
    nowhere = json.dumps({"conn_type": "sqlite", "host": str(tmp_path / "none" / "ixhaus.db")})
    monkeypatch.setenv("AIRFLOW_CONN_IXHAUS_PRODUCTION", nowhere)
    assert commands.main(["protocol"]) == 1
    assert capsys.readouterr().err.startswith("SQLITE_CANTOPEN: the file cannot be opened;")
