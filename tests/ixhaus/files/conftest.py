"""An ERP that holds contents, and what else the tests of them need."""

import asyncio
import json
import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from include.ixhaus.contract import METADATA
from include.ixhaus.contract.documents import SP_DOKUMENT_INHALT
from include.ixhaus.database import engine_on
from include.ixhaus.files import FileError, ReadyFile, Source, open_files
from include.settings import SystemSettings

PACKAGES = "libreoffice-writer-nogui libreoffice-calc-nogui libreoffice-draw-nogui"


@pytest.fixture
def libreoffice() -> None:
    """LibreOffice, which continuous integration must have."""
    if shutil.which("soffice") is None:
        sentence = f"LibreOffice is missing; apt-get install --no-install-recommends {PACKAGES}"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(sentence)


@dataclass
class Delivery:
    """What `Files.ready` gave, read while it was there."""

    file: ReadyFile
    content: bytes


class Archive:
    """An ERP with contents in its database, a spool, and the settings of the system."""

    def __init__(self, folder: Path) -> None:
        self.database = folder / "erp.db"
        self.spool = folder / "spool"
        self.spool.mkdir(mode=0o700)
        self.engine = engine_on(lambda: sqlite3.connect(self.database))
        METADATA.create_all(self.engine, tables=[SP_DOKUMENT_INHALT])
        self.limits: dict[str, Any] = {}

    @property
    def settings(self) -> SystemSettings:
        return SystemSettings.model_validate({"system": "production", "limits": self.limits})

    def put(self, content: bytes | None, document_id: str = "D1", rendition: str = "ORIGINAL") -> None:
        with closing(sqlite3.connect(self.database)) as connection, connection:
            connection.execute("INSERT INTO SP_DOKUMENT_INHALT VALUES (?, ?, ?)", (document_id, rendition, content))

    def fetch(self, source: Source) -> Delivery:
        """The document as it is ready; afterwards the spool is empty, whatever happened."""

        async def fetch() -> Delivery:
            async with open_files(self.engine, self.settings, self.spool) as files, files.ready(source) as file:
                return Delivery(file, file.path.read_bytes() if file.size < 2**24 else b"")

        try:
            return asyncio.run(fetch())
        finally:
            assert list(self.spool.iterdir()) == []

    def refusal(self, source: Source) -> tuple[str, bool]:
        """Reason and finality of the refusal."""
        with pytest.raises(FileError) as refused:
            self.fetch(source)
        assert str(refused.value) == refused.value.reason
        return refused.value.reason, refused.value.is_final


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path)


Connect = Callable[[str, dict[str, object]], None]


@pytest.fixture
def connect(monkeypatch: pytest.MonkeyPatch) -> Connect:
    """Defines an Airflow connection; none of documents is there before."""
    for name in ("DOCUMENTS", "DOCUWARE"):
        monkeypatch.delenv(f"AIRFLOW_CONN_{name}_PRODUCTION", raising=False)

    def define(name: str, fields: dict[str, object]) -> None:
        monkeypatch.setenv(f"AIRFLOW_CONN_{name.upper()}", json.dumps(fields))

    return define
