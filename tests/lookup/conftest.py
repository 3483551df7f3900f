import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import Engine

from include.groups import GROUPS
from include.groups.reports.run import exchange
from include.ixhaus.database import engine_on
from include.settings import SystemSettings, load_settings
from include.sync.run import Request
from tests.dags.rig import Rig, Rows, connected, copied, new_sample
from tests.faults.run_steps import Progress, run_group

SYSTEM = "production"


@pytest.fixture(scope="session")
def in_step(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sample iX-Haus and a portal that hold the same, after a run of every group."""
    folder = new_sample(tmp_path_factory.mktemp("in-step"))
    with pytest.MonkeyPatch.context() as environment, connected(folder, environment):
        for name, group in GROUPS.items():
            assert run_group(group, f"casavi_{name}/first", Request(), Progress()) is not None
        exchange(SYSTEM, "casavi_reports/first", Request())
    return folder


@dataclass(frozen=True)
class Erp:
    """The database of iX-Haus, as its users change it."""

    database: Path

    def sql(self, statement: str, *values: object) -> Rows:
        with closing(sqlite3.connect(self.database)) as connection, connection:
            return connection.execute(statement, values).fetchall()


@pytest.fixture
def folder(in_step: Path, tmp_path: Path) -> Path:
    """The same databases once more, to be changed."""
    return copied(in_step, tmp_path)


@pytest.fixture
def erp(folder: Path) -> Erp:
    return Erp(folder / "ixhaus.db")


@pytest.fixture
def world(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rig]:
    """The same with its portal, for further runs."""
    with connected(folder, monkeypatch) as rig:
        yield rig


@pytest.fixture
def settings() -> SystemSettings:
    return load_settings(SYSTEM)


@pytest.fixture
def engine(erp: Erp) -> Engine:
    return engine_on(lambda: sqlite3.connect(erp.database))


def run_reports(run: str = "casavi_reports/again") -> None:
    exchange(SYSTEM, run, Request())
