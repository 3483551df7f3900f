import shutil
import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine

from demo.ixhaus import build_sample
from include.ixhaus.database import engine_on

TODAY = date(2027, 3, 1)


class Erp:
    """A database of the test's own: the engine the code gets, and plain SQL for the test."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.engine: Engine = engine_on(lambda: sqlite3.connect(path))

    def sql(self, statement: str, *values: object) -> list[tuple[object, ...]]:
        with closing(sqlite3.connect(self.path)) as connection, connection:
            return connection.execute(statement, values).fetchall()


@pytest.fixture(scope="session")
def sample_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sample") / "ixhaus.db"
    build_sample(path, persons=300, today=TODAY)
    return path


@pytest.fixture
def erp(sample_file: Path, tmp_path: Path) -> Erp:
    return Erp(Path(shutil.copy(sample_file, tmp_path / "erp.db")))
