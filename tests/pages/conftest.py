import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from include.settings import CONFIG_FOLDER
from tests.lookup.conftest import in_step as in_step
from tests.pages.rig import Pages, api_server, chromium
from tests.sandbox import SandboxProcess


@pytest.fixture(scope="session")
def server(airflow_db: None, process: SandboxProcess, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pages]:
    """The API server, started once per test process."""
    with api_server(tmp_path_factory.mktemp("pages"), process) as pages:
        yield pages


@pytest.fixture
def pages(server: Pages, sandbox: SandboxProcess) -> Pages:
    """The API server over a fresh sample iX-Haus and an empty portal, with the settings as shipped."""
    for leftover in ("ixhaus.db-wal", "ixhaus.db-shm"):
        (server.folder / leftover).unlink(missing_ok=True)
    shutil.copyfile(server.folder / "fresh.db", server.database)
    shutil.copytree(CONFIG_FOLDER, server.folder / "config", dirs_exist_ok=True)
    return server


@pytest.fixture
def synced(pages: Pages, in_step: Path) -> Pages:
    """The API server over an iX-Haus of which every group has been sent."""
    shutil.copyfile(in_step / "ixhaus.db", pages.database)
    return pages


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The system's Chromium, for the tests of one file."""
    with chromium() as started:
        yield started
