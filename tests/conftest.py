"""What all tests share, and none pays for that does not ask: a home for Airflow, named before anything imports it; its
database and a sandbox portal on demand. So nothing is imported here but what is cheap (tests/test_light.py).
"""

import atexit
import gc
import os
import shutil
import signal
import tempfile
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest

if TYPE_CHECKING:
    from xdist.remote import Producer
    from xdist.scheduler import LoadScopeScheduling

    from tests.sandbox import SandboxProcess

ROOT = Path(__file__).parent.parent
MEMORY, ROOM = Path("/dev/shm"), 4 * 2**30
if "TMPDIR" not in os.environ and MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM:
    # Each commit of SQLite waits for the disk, against a power cut that no test is about: a third of the time of a run.
    tempfile.tempdir = os.environ["TMPDIR"] = str(MEMORY)  # also of the processes tests start
AIRFLOW_HOME = Path(tempfile.mkdtemp(prefix="airflow-"))
atexit.register(shutil.rmtree, AIRFLOW_HOME, ignore_errors=True)
os.environ.update(
    {
        "AIRFLOW_HOME": str(AIRFLOW_HOME),
        "AIRFLOW__CORE__DAGS_FOLDER": str(ROOT / "dags"),
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(ROOT / "plugins"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__UNIT_TEST_MODE": "False",
        "AIRFLOW__CORE__FERNET_KEY": urlsafe_b64encode(os.urandom(32)).decode(),
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{AIRFLOW_HOME}/airflow.db",
        "AIRFLOW__LOGGING__LOGGING_LEVEL": "WARNING",
        "LC_ALL": "C.UTF-8",  # whatever the tester's terminal speaks
        "PYTHONPATH": str(ROOT),  # for the processes tests start
        "SERVICEPORTAL_CONFIG": str(ROOT / "demo" / "config"),
    }
)

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # So begins what a script starts in the background, and hands it on: no Ctrl-C would reach the programs under test.
    signal.signal(signal.SIGINT, signal.default_int_handler)

# The same examples every time, without a memory of earlier ones: what is submitted cannot be refused by chance.
hypothesis.settings.register_profile(
    "same",
    derandomize=True,
    database=None,
    deadline=None,  # a busy machine is no fault of what is tested
    suppress_health_check=[hypothesis.HealthCheck.too_slow],  # nor is this
    phases=[hypothesis.Phase.explicit, hypothesis.Phase.generate, hypothesis.Phase.shrink],  # to explain takes minutes
)
hypothesis.settings.register_profile("random", parent=hypothesis.settings.get_profile("same"), derandomize=False)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))  # `make fuzz` takes the other

TOGETHER = {"dags": "dags", "pages": "pages", "lookup": "pages"}
"""Folder → tests that share what is costly to make, such as a first run of all groups, and so go to one worker."""
LONGEST = ("faults/test_time_travel.py", "pages", "dags")
"""What begins first, so that no worker is left alone with it at the end."""


def _together(nodeid: str) -> str:
    path = nodeid.partition("::")[0].removeprefix("tests/")
    return TOGETHER.get(path.partition("/")[0], path)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: "Producer") -> "LoadScopeScheduling":
    """Keep together, on one worker, the tests of those folders and the tests of one file.

    The marks of `--dist loadgroup` do nothing with pytest 9.2: xdist 3.8 writes them where it no longer looks.
    """
    from xdist.scheduler import LoadScopeScheduling

    scheduler = LoadScopeScheduling(config, log)
    scheduler._split_scope = _together
    return scheduler


def pytest_collection() -> None:
    """Look for no garbage while thousands of tests are made: a third of the time that takes."""
    gc.disable()


def pytest_collection_finish() -> None:
    """From now on look for garbage only among what tests make, not among all that was imported for them, and seldom."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000)
    gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let what takes longest begin first."""
    items.sort(key=lambda item: LONGEST.index(of) if (of := _together(item.nodeid)) in LONGEST else len(LONGEST))


@pytest.fixture(autouse=True)
def environment_as_before() -> Iterator[None]:
    """Forget what commands under test have added to this process's environment."""
    before = set(os.environ)
    yield
    for name in set(os.environ) - before:
        del os.environ[name]


@pytest.fixture
def uncollected() -> Iterator[None]:
    """Nothing is finalised meanwhile: in the depth of a parser that gives up nothing can be, and pytest says so."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.fixture(scope="session")
def airflow_db() -> None:
    """Give Airflow its database, for tests that run DAGs."""
    from airflow.utils.db import initdb

    initdb()


@pytest.fixture(scope="session")
def process() -> "Iterator[SandboxProcess]":
    """A running sandbox portal, shared: see `sandbox`."""
    from tests.sandbox import SandboxProcess

    with SandboxProcess() as started:
        yield started


@pytest.fixture
def sandbox(process: "SandboxProcess") -> "SandboxProcess":
    """An empty portal."""
    process.reset()
    return process
