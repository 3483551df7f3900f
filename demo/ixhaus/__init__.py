"""An invented iX-Haus in SQLite: the embedded default's database, made so that every rule has someone to apply to.

About thirty properties: 100–129 and 200 are released by demo/config/production.yaml, 300 and 301 are not. Property 129
holds the hand-written cases, 128 has no units. All dates count from `today`, so the sample never ages.
"""

import sqlite3
import tempfile
from collections import defaultdict
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Final

from demo.ixhaus.cases import cases
from demo.ixhaus.documents import FOLDER, document_cases, write_documents
from demo.ixhaus.estate import write_estate
from demo.ixhaus.people import Plan, write_people
from demo.ixhaus.records import Case
from demo.ixhaus.reports import report_cases, write_reports
from demo.ixhaus.writing import Row, write_rows
from include.ixhaus.database import engine_on
from include.ixhaus.ddl import create_sqlite_schema
from include.vocabulary.clock import berlin_day, utc_now

__all__ = ["CASES", "DOCUMENT_CASES", "REFUSED", "REPORT_CASES", "build_sample", "cases"]

_ANY_DAY: Final = date(2026, 1, 1)
CASES: Final = {case.name: case.keys for case in cases(_ANY_DAY)}
"""Case → keys of its records: persons, or what the case is about (contracts, properties, units)."""
DOCUMENT_CASES: Final = {case.name: case.document_id for case in document_cases(_ANY_DAY)}
"""Case → its document."""
REPORT_CASES: Final = {case.name: case.report_nr for case in report_cases(_ANY_DAY)}
"""Case → its report."""
REFUSED: Final = {
    "V-E3a": "END_BEFORE_START",
    "V-E3b": "NO_START",
    "129.E22c.1": "NO_NAME",
    "129.LONG.1": "INVALID_VALUE",
    "DOK-R27": "NO_DOCUMENT_DATE",
    "DOK-R28": "FILE_TOO_LARGE",
    "DOK-R30-none": "NO_RECIPIENT_TYPE",
    "DOK-E30-empty": "FILE_EMPTY",
    "DOK-E32-unknown": "UNKNOWN_RECIPIENT",
    "DOK-E7-none": "UNIT_NOT_ALLOWED",
}
"""The sample's bad records, and only they: key → reason code."""


def build_sample(
    path: Path,
    persons: int = 800,
    seed: int = 1,
    today: date | None = None,
    letters: int = 150,
    contents: bool = True,
) -> None:
    """Make the sample database; the same persons, seed and day give the same rows.

    path:     SQLite file; FileExistsError if it exists, as a ledger may be in it. Documents that are kept as files go
              into the folder `dokumente` beside it
    persons:  rows of SP_PERSON, the cases among them; ValueError if too few for them
    today:    day from which all dates count, by default the current one in Berlin
    letters:  documents besides the cases
    contents: whether those have contents
    """
    day = today or berlin_day(utc_now())
    if path.exists():
        raise FileExistsError(f"{path} exists already; delete it first, with the ledger in it, or name another file")
    by_hand = cases(day)
    crowd = persons - sum(len(case.keys_in("SP_PERSON")) for case in by_hand)
    if crowd < 0:
        raise ValueError(f"{persons} persons are too few: the hand-written cases alone are {persons - crowd}")
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=f".{path.name}-") as folder:
        part = Path(folder) / "part.db"
        engine = engine_on(lambda: sqlite3.connect(part))
        create_sqlite_schema(engine)
        engine.dispose()
        _fill(part, Plan.of(crowd), by_hand, seed, day)
        with closing(sqlite3.connect(part)) as connection, connection:
            write_reports(connection, report_cases(day), day)
            write_documents(connection, path.parent / FOLDER, document_cases(day), letters, day, contents)
        part.rename(path)


def _fill(path: Path, plan: Plan, by_hand: list[Case], seed: int, today: date) -> None:
    with closing(sqlite3.connect(path)) as connection:
        # Nobody else sees the file yet, so it needs no journal: half the time for a million persons.
        for pragma in ("PRAGMA journal_mode=OFF", "PRAGMA synchronous=OFF", "PRAGMA cache_size=-200000"):
            connection.execute(pragma)
        with connection:
            write_estate(connection, plan.units_per_property, today)
            _write_cases(connection, by_hand)
            write_people(connection, plan, seed, today)
        connection.execute("PRAGMA journal_mode=WAL")


def _write_cases(connection: sqlite3.Connection, by_hand: list[Case]) -> None:
    rows: dict[str, list[Row]] = defaultdict(list)
    for case in by_hand:
        for view, columns in case.records:
            rows[view].append(columns)
    for view, records in rows.items():
        write_rows(connection, view, records)
