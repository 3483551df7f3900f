import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from dags.casavi_reports import REPORTS
from include.ixhaus.database import open_engine
from include.settings import SystemSettings, load_settings
from include.sync.exchange import exchange
from include.sync.run import Request
from tests.dags.rig import Rig, connected, copied, new_sample
from tests.faults.run_steps import GROUPS, Progress, run_group

SYSTEM = "production"


@pytest.fixture(scope="session")
def in_step(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sample iX-Haus and a portal that hold the same, after a run of every group."""
    folder = new_sample(tmp_path_factory.mktemp("in-step"))
    with pytest.MonkeyPatch.context() as environment, connected(folder, environment):
        for name, group in GROUPS.items():
            assert run_group(group, f"casavi_{name}/first", Request(), Progress()) is not None
        exchange(REPORTS, SYSTEM, "casavi_reports/first", Request())
    return folder


@pytest.fixture
def world(in_step: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rig]:
    """The same, to be changed."""
    with connected(copied(in_step, tmp_path), monkeypatch) as rig:
        yield rig


@pytest.fixture
def settings(world: Rig) -> SystemSettings:
    return load_settings(SYSTEM)


@pytest.fixture
def engine(world: Rig, settings: SystemSettings) -> Engine:
    return open_engine(settings.ixhaus_connection)


def run_reports(run: str = "casavi_reports/again") -> None:
    exchange(REPORTS, SYSTEM, run, Request())
