from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from include.groups import GROUPS, REPORTS
from tests.dags.rig import Finished, Rig, connected, copied, new_sample

SYNCED = tuple(name for name in GROUPS if name != REPORTS.name)
"""The groups whose DAG has the shape of include.sync.flow."""


@dataclass(frozen=True)
class FirstRun:
    """What the first runs of all groups into an empty portal left behind."""

    folder: Path
    runs: dict[str, Finished]
    rows: dict[str, dict[str, Any]]
    """Group → its row of SP_PROTOKOLL."""
    requests: list[dict[str, Any]]
    empty_before: bool


@pytest.fixture(scope="session")
def pools(airflow_db: None) -> None:
    """Airflow's database with the pools that loads wait for."""
    from include.commands import make_pools

    make_pools()


@pytest.fixture(scope="session")
def first(pools: None, tmp_path_factory: pytest.TempPathFactory) -> FirstRun:
    folder = new_sample(tmp_path_factory.mktemp("first"))
    runs, rows = {}, {}
    with pytest.MonkeyPatch.context() as environment, connected(folder, environment) as rig:
        empty = not any(sum(numbers.values()) for numbers in rig.portal.counts().values())
        for group in SYNCED:
            runs[group] = rig.run(f"casavi_{group}")
            rows[group] = rig.last_protocol()
        requests = rig.portal.requests()
    return FirstRun(folder, runs, rows, requests, empty)


@pytest.fixture
def synced(first: FirstRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rig]:
    """iX-Haus and the portal in step, as the first runs left them."""
    with connected(copied(first.folder, tmp_path), monkeypatch) as rig:
        yield rig


@pytest.fixture(scope="session")
def after_reports(first: FirstRun, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which iX-Haus and the portal are in step, reports included."""
    folder = copied(first.folder, tmp_path_factory.mktemp("reports"))
    with pytest.MonkeyPatch.context() as environment, connected(folder, environment) as rig:
        assert rig.run("casavi_reports").state == "success"
    return folder


@pytest.fixture
def told(after_reports: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rig]:
    """iX-Haus and the portal in step, reports included, and the portal's log empty."""
    with connected(copied(after_reports, tmp_path), monkeypatch) as rig:
        rig.portal.forget_requests()
        yield rig


@pytest.fixture
def fresh(pools: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rig]:
    """A sample iX-Haus and an empty portal."""
    with connected(new_sample(tmp_path), monkeypatch) as rig:
        yield rig
