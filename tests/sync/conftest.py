import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from include.ixhaus.database import engine_on
from include.ixhaus.ddl import create_sqlite_schema


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """An empty iX-Haus with the interface's own tables."""
    engine = engine_on(lambda: sqlite3.connect(tmp_path / "ixhaus.db"))
    create_sqlite_schema(engine)
    yield engine
    engine.dispose()
