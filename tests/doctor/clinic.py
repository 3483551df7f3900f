"""A healthy system of the sample's kind, and everything that can be broken about it."""

import json
import re
import shutil
import sqlite3
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from demo.embedded import DOCUWARE
from include.doctor import Finding, Patient, airflow, examine
from include.ixhaus.database import engine_on
from include.settings import SystemSettings, load_settings
from include.vocabulary.clock import utc_now
from tests.sandbox import KEY, SECRET, SandboxProcess


class Clinic:
    """A copy of the sample in `folder`, a portal, and the environment of both, for one test."""

    def __init__(self, sample: Path, folder: Path, sandbox: SandboxProcess, patch: pytest.MonkeyPatch) -> None:
        self.folder, self.sandbox, self.patch = folder, sandbox, patch
        self.path = Path(shutil.copy(sample / "ixhaus.db", folder / "ixhaus.db"))
        self.settings: SystemSettings = load_settings("production")
        self.openapi: Path | None = None
        self.ahead = timedelta()
        (folder / "staging").mkdir(mode=0o700)
        patch.setenv("SERVICEPORTAL_STAGING", str(folder / "staging"))
        patch.setattr(airflow, "is_encrypted", lambda: True)
        self.dags: dict[str, tuple[bool, bool, bool]] = {}
        patch.setattr(airflow, "known_dags", lambda: self.dags)  # other tests leave theirs in Airflow's database
        self.connect("ixhaus", conn_type="sqlite", host=str(self.path))
        self.connect("casavi", conn_type="http", host=sandbox.api, login=KEY, password=SECRET)
        self.connect("documents", conn_type="fs", extra={"path": str(sample / "dokumente")})
        self.connect("docuware", conn_type="http", host=f"{sandbox.url}{DOCUWARE}", login=KEY, password=SECRET)

    def connect(self, name: str, **fields: object) -> None:
        self.patch.setenv(f"AIRFLOW_CONN_{name.upper()}_PRODUCTION", json.dumps(fields))

    def disconnect(self, name: str) -> None:
        self.patch.delenv(f"AIRFLOW_CONN_{name.upper()}_PRODUCTION")

    def set(self, **settings: Any) -> None:
        self.settings = self.settings.model_copy(update=settings)

    def sql(self, statement: str, *values: object) -> None:
        with closing(sqlite3.connect(self.path)) as connection, connection:
            connection.execute(statement, values)

    def rebuild(self, table: str, old: str, new: str) -> None:
        """Make a table anew with another line in its CREATE TABLE; its rows stay."""
        with closing(sqlite3.connect(self.path)) as connection, connection:
            created = connection.execute("SELECT sql FROM sqlite_master WHERE name = ?", (table,)).fetchone()[0]
            changed, times = re.subn(old, new, created)
            assert times == 1, created
            rows = connection.execute(f"SELECT * FROM {table}").fetchall()
            connection.execute(f"DROP TABLE {table}")
            connection.execute(changed)
            for row in rows:
                connection.execute(f"INSERT INTO {table} VALUES ({', '.join('?' for _ in row)})", row)

    def write(self, name: str, text: str) -> Path:
        (self.folder / name).write_text(text, encoding="utf-8")
        return self.folder / name

    def patient(self) -> Patient:
        def now() -> datetime:
            return utc_now() + self.ahead

        def opened(conn_id: str, seconds: float) -> Engine:
            from airflow.sdk import BaseHook

            path = BaseHook.get_connection(conn_id).host
            return engine_on(lambda: sqlite3.connect(f"file:{path}?mode=rw", uri=True))

        return Patient(self.settings, self.openapi, now, opened)

    def examine(self) -> list[Finding]:
        return examine(self.patient())
