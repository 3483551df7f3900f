"""What goes with a file of a report."""

import asyncio
import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, insert

from include.groups.reports.parcels import ReportFileParcels
from include.ixhaus.contract.reports import SP_ANHANG
from include.ixhaus.database import engine_on
from include.ixhaus.ddl import create_sqlite_schema
from include.ixhaus.files import open_files
from include.settings import SystemSettings
from include.sync.staging import Change


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = engine_on(lambda: sqlite3.connect(tmp_path / "ixhaus.db"))
    create_sqlite_schema(engine)
    files = [("A1", b"one"), ("A1~P", b"another"), ("A/2", b"two")]
    with engine.begin() as connection:
        for key, content in files:
            row = {"file_id": key, "report_nr": "M1", "file_name": "x.txt", "content": content}
            connection.execute(insert(SP_ANHANG), [row])
    yield engine
    engine.dispose()


def packed(engine: Engine, folder: Path, external_id: str) -> tuple[str, bytes]:
    """Name and bytes of what is sent of a file."""
    change = Change(
        external_id=external_id, action="create", decision="send", reason="FILE_PUBLIC", hash="", properties="",
        identity="", parents="", content=json.dumps({"fileName": "Foto.txt"}), replaced=False,
    )  # fmt: skip

    async def pack() -> tuple[str, bytes]:
        settings = SystemSettings(system="production")
        async with (
            open_files(engine, settings, folder) as files,
            ReportFileParcels(engine, files).pack(change) as upload,
        ):
            return upload.name, upload.path.read_bytes()

    return asyncio.run(pack())


@pytest.mark.rule("E43", "O26")
@pytest.mark.parametrize(
    ("external_id", "content"),
    [
        ("A1", b"one"),
        ("A1~4711", b"one"),
        ("A1~P", b"another"),
        ("A1~P~102", b"another"),
        ("A/2", b"two"),
        ("A/2~P", b"two"),
    ],
)
def test_a_file_is_found_whatever_audience_its_ticket_has(
    engine: Engine, tmp_path: Path, external_id: str, content: bytes
) -> None:
    name, held = packed(engine, tmp_path, external_id)
    assert held == content
    assert name == f"Foto ({external_id.rpartition('/')[2]}).txt"
