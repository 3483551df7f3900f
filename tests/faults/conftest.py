"""A worker for all fault tests; a world and a discreet log for each, and documents for whoever asks."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from include.sync import deliver
from tests.faults.desk import Desk
from tests.faults.harness import Worker, World
from tests.faults.papers import ANNA, BERT, Archive
from tests.faults.run_steps import short_backoff
from tests.sandbox import SandboxProcess


@pytest.fixture(scope="package")
def worker() -> Iterator[Worker]:
    with Worker() as started:
        yield started


@pytest.fixture
def world(
    tmp_path: Path,
    sandbox: SandboxProcess,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> Iterator[World]:
    """An ERP without tenants; whatever happens in it, nothing of a person may reach a log (I5)."""
    made = World(tmp_path, sandbox)
    made.enter(monkeypatch)
    monkeypatch.setattr(deliver, "backoff", short_backoff)
    caplog.set_level(logging.INFO)
    for name in ("include", "aiohttp", "asyncio"):
        caplog.set_level(logging.DEBUG, logger=name)
    yield made
    made.assert_discreet("\n".join([caplog.text, *capfd.readouterr()]))


@pytest.fixture
def archive(world: World, monkeypatch: pytest.MonkeyPatch) -> Archive:
    """Documents for two tenants whom ERP and portal hold; none is written yet."""
    world.settle(ANNA, BERT)
    return Archive(world, monkeypatch)


@pytest.fixture
def desk(world: World) -> Desk:
    """Staff, and a tenant whom ERP and portal hold; nobody has reported anything yet."""
    world.settle(ANNA)
    return Desk(world, ANNA)
