"""What a run stages is the same in a shared folder and in an object store."""

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pyarrow as pa
import pytest

from include.ixhaus.read import Views, metadata_of
from include.settings import ConfigurationError
from include.sync.staging import PREVIEW, Staging, clear_old, clear_others, passing
from include.sync.storage import filled, staging_root, written
from include.vocabulary.clock import utc_now
from tests.objects import STAGING, connection, object_store

ROWS = pa.table({"external_id": ["1", "2", "3"], "content": ["a", "b", None]})


@pytest.fixture(scope="module")
def store() -> Iterator[str]:
    with object_store() as address:
        yield address


@pytest.fixture(params=["folder", "S3"])
def home(request: pytest.FixtureRequest, store: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine whose runs stage in a folder or in the store."""
    monkeypatch.setenv("AIRFLOW_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("AIRFLOW_CONN_STAGING", connection(store))
    monkeypatch.setenv("SERVICEPORTAL_STAGING", STAGING if request.param == "S3" else str(tmp_path / "shared"))
    return tmp_path


def files(home: Path) -> list[Path]:
    return [path for path in home.rglob("*") if path.is_file()]


def staged(staging: Staging) -> list[str]:
    return sorted(path.name for path in staging.folder.iterdir()) if staging.folder.exists() else []


def test_another_task_reads_what_one_has_staged_and_nothing_of_it_stays(home: Path) -> None:
    first = Staging.create("production", "persons", "scheduled__2026-11-29T02:30:00+00:00-1")
    first.path("settings.json").write_text('{"name": "ü"}', encoding="utf-8")
    first.write_table("send_contact", ROWS, rows_per_group=2)
    first.write_table("decided_contact", ROWS)
    with filled(first.path("views")) as views:
        views.mkdir(exist_ok=True)
        with written(views / "persons.parquet") as file:
            pa.parquet.write_table(ROWS, file)
    other = Staging(first.reference)
    assert other.path("settings.json").read_text(encoding="utf-8") == '{"name": "ü"}'
    assert other.read_table("send_contact", columns=["content"]).to_pydict() == {"content": ["a", "b", None]}
    assert [change["external_id"] for change in other.read_part("send_contact", 1)] == ["3"]
    assert list(Views(other.path("views"))) == ["persons"]
    assert len(Views(other.path("views"))["persons"]) == metadata_of(other.path("views"), "persons").num_rows == 3
    other.clear()
    assert (staged(first), files(home)) == ([], [])
    other.clear()  # the end of a run that was killed is done once more


def test_where_nothing_is_staged_there_is_nothing_to_clear(home: Path) -> None:
    clear_others(Staging("test/persons/mine"))
    assert clear_old("test", "persons", 1, utc_now()) == 0


def test_a_retry_begins_with_an_empty_folder(home: Path) -> None:
    Staging.create("production", "persons", "run").write_table("known", ROWS)
    assert staged(Staging.create("production", "persons", "run")) == []


def test_the_next_run_clears_what_a_killed_one_has_left_and_keeps_previews_for_a_while(home: Path) -> None:
    killed, dry, mine = (Staging.create("test", "persons", name) for name in ("killed", "dry", "mine"))
    for one in (killed, dry, mine):
        one.write_table("known", ROWS)
    dry.path(PREVIEW).write_text("contact,1,create,ACTIVE\n", encoding="utf-8")
    clear_others(mine)
    assert (staged(killed), staged(dry), staged(mine)) == ([], [PREVIEW], ["known.parquet"])
    later = utc_now() + timedelta(days=15)
    mine.clear()
    assert clear_old("test", "persons", 14, utc_now() + timedelta(days=13)) == 0
    assert clear_old("test", "persons", 14, later) == 1
    assert staged(dry) == []


def test_a_file_that_fails_half_way_is_not_there(home: Path) -> None:
    run = Staging.create("production", "persons", "half")
    run.write_table("known", ROWS)

    def write_half() -> None:
        with written(run.path("known.parquet")) as file:
            file.write(b"half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        write_half()
    assert Staging(run.reference).read_table("known").num_rows == 3
    run.clear()
    assert files(home) == []


def test_what_one_task_needs_for_itself_lies_on_its_machine_for_its_owner_alone(home: Path) -> None:
    run = Staging.create("production", "reports", "own")
    with run.spool("files") as spool, run.below("reconcile") as below, passing("production", "why") as asked:
        for folder in (spool, below.folder, asked.folder):
            assert isinstance(folder, Path)
            assert folder.is_relative_to(home)
            assert folder.stat().st_mode & 0o777 == 0o700
        below.write_table("known", ROWS)
        assert [path.stat().st_mode & 0o777 for path in files(home)] == [0o600]
    assert files(home) == []


@pytest.mark.parametrize("home", ["S3"], indirect=True)
def test_what_a_killed_task_has_left_beside_a_store_goes_a_day_later(home: Path) -> None:
    left = home / "home" / "staging" / "scratch" / "files-left"
    left.mkdir(parents=True)
    (left / "letter.pdf").write_text("kanari", encoding="utf-8")
    with Staging("production/persons/run").spool("files"):
        assert left.exists()
    os.utime(left, (0, 0))
    with Staging("production/persons/run").spool("files"):
        assert not left.exists()


def test_an_address_that_airflow_cannot_open_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SERVICEPORTAL_STAGING", "ftp://here/there")
    with pytest.raises(ConfigurationError, match="SERVICEPORTAL_STAGING: Airflow knows no storage ftp://; install"):
        staging_root()


@pytest.mark.parametrize("home", ["S3"], indirect=True)
def test_a_bucket_that_is_not_there_ends_a_run_with_a_sentence(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SERVICEPORTAL_STAGING", "s3://staging@nowhere/serviceportal")
    with pytest.raises(ConfigurationError, match="SERVICEPORTAL_STAGING: the store takes no file"):
        Staging.create("production", "persons", "run")


@pytest.mark.parametrize("home", ["folder"], indirect=True)
def test_a_process_that_may_not_write_the_shared_folder_reads_in_its_own(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the api-server, whose container is read-only, for the page that says why."""
    monkeypatch.setattr(os, "access", lambda path, mode: not home.joinpath("shared").is_relative_to(path))
    with passing("production", "why") as asked:
        assert Path(str(asked.folder)).is_relative_to(home / "home")
