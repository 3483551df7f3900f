"""Ctrl-C in the middle of `make sync`: what is under way is finished, and the next one goes on from there."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from demo.breaking_off import closed_at_ctrl_c
from demo.ixhaus import build_sample
from demo.ports import free_port

ROOT = Path(__file__).parents[2]
PERSONS = 200
SENT = 30
"""So many contacts are in the portal when Ctrl-C comes."""


class Sync:
    """`make sync` on a home of its own, as a terminal starts it."""

    def __init__(self, home: Path, config: Path) -> None:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("AIRFLOW")}
        given = {"AIRFLOW_HOME": str(home), "SERVICEPORTAL_CONFIG": str(config), "PYTHONPATH": str(ROOT)}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "demo.embedded", "sync"], env=kept | given, cwd=ROOT, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip

    def break_off(self) -> None:
        """Ctrl-C reaches all that the terminal has started."""
        os.killpg(self.process.pid, signal.SIGINT)

    def ended(self) -> tuple[int, str]:
        said = self.process.communicate(timeout=300)[0]
        return self.process.returncode, said


def rows(database: Path, statement: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(database, timeout=60)) as connection:
        return connection.execute(statement).fetchall()


def contacts_sent(home: Path) -> int:
    query = "SELECT COUNT(*) FROM SP_ABGLEICH WHERE ART = 'contact' AND ERGEBNIS = 'OK'"
    try:
        ((count,),) = rows(home / "ixhaus.db", query)
    except sqlite3.OperationalError:  # its own tables are not there yet
        return 0
    return int(count)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    home = tmp_path / "home"
    home.mkdir()
    build_sample(home / "ixhaus.db", persons=PERSONS)
    (home / "sandbox.port").write_text(str(free_port()), encoding="utf-8")
    return home


@pytest.fixture
def slow(tmp_path: Path) -> Path:
    """Settings with which a load takes long enough to be broken off."""
    folder = tmp_path / "slow"
    shutil.copytree(ROOT / "demo" / "config", folder)
    settings = folder / "production.yaml"
    usual = settings.read_text(encoding="utf-8")
    slow = usual.replace("requests_per_second: 500", "requests_per_second: 100")
    assert slow != usual
    settings.write_text(slow, encoding="utf-8")
    return folder


@pytest.mark.airflow
@pytest.mark.rule("E57")
def test_ctrl_c_in_mid_load_closes_the_run_and_the_next_sync_sends_the_rest_and_nothing_twice(
    home: Path, slow: Path
) -> None:
    first = Sync(home, slow)
    while contacts_sent(home) < SENT:
        assert first.process.poll() is None, first.ended()
        time.sleep(0.02)
    first.break_off()
    code, said = first.ended()
    assert code == 130, said
    assert said.count("Ctrl-C: what is under way is finished") == 1
    runs = "SELECT GRUPPE, STATUS, ANGELEGT FROM SP_PROTOKOLL ORDER BY ABGEFRAGT_AM"
    (objects, persons) = rows(home / "ixhaus.db", runs)
    assert (objects[:2], persons[:2]) == (("objects", "ok"), ("persons", "failed"))
    in_portal = "SELECT kind, id FROM objects WHERE kind <> 'document-types'"  # which it has by itself
    begun = rows(home / "sandbox.db", in_portal)
    assert len(begun) == objects[2] + persons[2]  # whatever the portal took was acknowledged

    code, said = Sync(home, ROOT / "demo" / "config").ended()
    assert code == 0, said
    held = rows(home / "sandbox.db", in_portal)
    assert len(held) == len(set(held))
    assert set(begun) < set(held)
    ((in_properties,),) = rows(
        home / "ixhaus.db", "SELECT COUNT(*) FROM SP_ABGLEICH WHERE ART = 'responsibility' AND ERGEBNIS = 'OK'"
    )  # which stand in the properties, not beside them
    assert len(held) + in_properties == sum(created for _, _, created in rows(home / "ixhaus.db", runs))
    assert rows(home / "ixhaus.db", "SELECT SUM(GEAENDERT) FROM SP_PROTOKOLL") == [(0,)]


@pytest.fixture
def handlers() -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    assert {number: signal.getsignal(number) for number in before} == before


@pytest.mark.usefixtures("handlers")
def test_a_second_ctrl_c_breaks_off_at_once() -> None:
    said: list[str] = []

    def at_work() -> None:
        with closed_at_ctrl_c(said.append):
            signal.raise_signal(signal.SIGINT)
            said.append("at work")
            signal.raise_signal(signal.SIGINT)
            said.append("never")

    with pytest.raises(KeyboardInterrupt):
        at_work()
    assert said[1:] == ["at work"]


@pytest.mark.usefixtures("handlers")
def test_without_ctrl_c_nothing_is_broken_off() -> None:
    with closed_at_ctrl_c(pytest.fail):
        signal.raise_signal(signal.SIGTERM)
