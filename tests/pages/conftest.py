import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from include.settings import config_folder
from tests.dags.rig import forget_address
from tests.lookup.conftest import in_step as in_step
from tests.pages.moments import wait_out_midnight
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
    wait_out_midnight()
    lay(server.folder / "fresh.db", server)
    shutil.copytree(config_folder(), server.folder / "config", dirs_exist_ok=True)
    return server


@pytest.fixture
def synced(pages: Pages, in_step: Path) -> Pages:
    """The API server over an iX-Haus of which every group has been sent."""
    lay(in_step / "ixhaus.db", pages)
    return pages


def lay(source: Path, pages: Pages) -> None:
    """Put a copy of a database where the server looks, under a real name of its own: the server may still have the last
    test's open, and SQLite names its journal by the real name.
    """
    real = Path(tempfile.mkdtemp(dir=pages.folder)) / "ixhaus.db"
    shutil.copyfile(source, real)
    forget_address(real)
    link = pages.folder / "next.db"
    link.symlink_to(real)
    link.replace(pages.database)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The system's Chromium, for the tests of one file."""
    with chromium() as started:
        yield started
