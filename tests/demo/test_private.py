"""What the embedded default writes is for its owner alone, whatever the umask of who starts it."""

import os
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from demo.embedded import environment, keep_private
from include.sync.staging import Staging, passing

ROOT = Path(__file__).parents[2]
SET_UP = """
import os
from collections.abc import Iterator
from pathlib import Path
from demo import embedded
home = Path(os.environ["AIRFLOW_HOME"])
os.environ.update(embedded.environment(home))
embedded.prepare(home)
with embedded.sandbox(home):
    pass
"""


def open_to_others(home: Path) -> list[str]:
    """What somebody else than its owner may do anything with."""
    paths = [home, *home.rglob("*")]
    return [str(path) for path in paths if stat.S_IMODE(path.lstat().st_mode) & 0o077 and not path.is_symlink()]


@pytest.fixture(autouse=True)
def usual_umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home that an older version has left, open to everybody on the machine."""
    home = tmp_path / "home"
    (home / "staging" / "production").mkdir(parents=True)
    (home / "logs").mkdir()
    for name in ("old.db", "staging/production/decided.parquet", "logs/task.log"):
        (home / name).write_text("x")
    return home


@pytest.mark.airflow
def test_all_that_the_embedded_default_sets_up_is_for_its_owner_alone(home: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    given = {"AIRFLOW_HOME": str(home), "SANDBOX_PORT": str(port), "PYTHONPATH": str(ROOT)}
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AIRFLOW")}
    subprocess.run([sys.executable, "-c", SET_UP], env={**kept, **given}, check=True, umask=0o022)
    assert {"airflow.db", "ixhaus.db", "sandbox.db", "dokumente"} <= {path.name for path in home.iterdir()}
    assert open_to_others(home) == []


def test_what_was_there_before_is_taken_from_others_and_stays_its_owners(home: Path) -> None:
    (home / "run").write_text("x")
    (home / "run").chmod(0o755)
    (home / "link").symlink_to("/etc/hosts")
    keep_private(home)
    assert open_to_others(home) == []
    assert stat.S_IMODE((home / "run").stat().st_mode) == 0o700
    assert stat.S_IMODE((home / "old.db").stat().st_mode) == 0o600


def test_what_is_written_from_then_on_is_for_its_owner_alone(home: Path) -> None:
    keep_private(home)
    subprocess.run([sys.executable, "-c", "import os; os.makedirs('a/b'); open('a/c', 'w')"], cwd=home, check=True)
    assert open_to_others(home) == []


def test_logs_of_tasks_are_too_as_airflow_sets_their_modes_itself(tmp_path: Path) -> None:
    settings = environment(tmp_path)
    assert settings["AIRFLOW__LOGGING__FILE_TASK_HANDLER_NEW_FOLDER_PERMISSIONS"] == "0o700"
    assert settings["AIRFLOW__LOGGING__FILE_TASK_HANDLER_NEW_FILE_PERMISSIONS"] == "0o600"


def test_staging_folders_are_for_their_owner_alone_up_to_the_first_that_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SERVICEPORTAL_STAGING", str(tmp_path / "home" / "staging"))
    run = Staging.create("production", "persons", "run 1")
    with run.below("part"), passing("test", "preview"):
        assert open_to_others(tmp_path / "home") == []
