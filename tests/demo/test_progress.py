"""While a DAG runs one sees which, and how many records per second it does; in a pipe one line per DAG stands."""

import io
import re
import sqlite3
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from rich.console import Console
from sqlalchemy import Engine, insert

from demo import progress
from demo.progress import shown
from include.ixhaus.contract.own import SP_ABGLEICH, SP_PROTOKOLL, SP_PROTOKOLL_EINTRAG
from include.ixhaus.database import engine_on
from include.sync.protocol import Counts, RunKey, close_run, open_run
from include.vocabulary.clock import utc_now
from include.vocabulary.state import RunStatus

RUN = RunKey("production", "persons", "casavi_persons/manual#7")
COUNTS = Counts(read=2400, sent=1800, created=1800, withheld=600)


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "ixhaus.db"


@pytest.fixture
def engine(database: Path) -> Iterator[Engine]:
    made = engine_on(lambda: sqlite3.connect(database))
    SP_PROTOKOLL.metadata.create_all(made, [SP_ABGLEICH, SP_PROTOKOLL, SP_PROTOKOLL_EINTRAG])
    yield made
    made.dispose()


@pytest.fixture
def pipe() -> Console:
    return Console(file=io.StringIO(), width=40)


def said(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def begin(engine: Engine) -> datetime:
    began = utc_now()
    open_run(engine, RUN, began)
    return began


def end(engine: Engine, began: datetime, seconds: float) -> None:
    close_run(engine, RUN, COUNTS, RunStatus.OK, "", began + timedelta(seconds=seconds))


def send(engine: Engine, *ids: str) -> None:
    """Let the run have sent contacts."""
    same = {"system": "production", "record_type": "contact", "group": "persons", "state": "present", "run": RUN.name,
            "action": "create", "outcome": "OK"}  # fmt: skip
    with engine.begin() as connection:
        connection.execute(insert(SP_ABGLEICH), [same | {"external_id": one} for one in ids])


def test_in_a_pipe_an_ended_run_leaves_one_line_with_its_rate(engine: Engine, database: Path, pipe: Console) -> None:
    with shown(pipe, database, "casavi_persons"):
        end(engine, begin(engine), seconds=12)
        assert said(pipe) == ""
    assert said(pipe) == "casavi_persons: 2,400 records in 12.0 s, 200 records/s; 1,800 of them sent\n"


def test_of_a_run_that_did_not_begin_no_figures_of_an_earlier_one_are_shown(
    engine: Engine, database: Path, pipe: Console
) -> None:
    end(engine, begin(engine), seconds=12)
    with shown(pipe, database, "casavi_persons"):
        pass
    assert said(pipe) == "casavi_persons: ended\n"


def test_on_a_terminal_one_sees_how_many_records_the_run_at_work_has_sent(
    engine: Engine, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "SECONDS", 0.02)
    screen = Console(file=io.StringIO(), width=100, force_terminal=True)
    with shown(screen, database, "casavi_persons"):
        wait_for(screen, "casavi_persons …")
        began = begin(engine)
        send(engine, *(f"100.{number}.1" for number in range(3000)))
        wait_for(screen, r"casavi_persons … 3,000 records sent, [1-9][\d,]* records/s")
        end(engine, began, seconds=2)
    assert said(screen).endswith("casavi_persons: 2,400 records in 2.0 s, 1,200 records/s; 1,800 of them sent\n")


def wait_for(screen: Console, pattern: str) -> None:
    deadline = time.monotonic() + 60
    while not re.search(pattern, said(screen)):
        assert time.monotonic() < deadline, said(screen)[-300:]
        time.sleep(0.01)
