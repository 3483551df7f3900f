"""The page Meldungen over 10,000 reports: what a reader waits for, and how much of that is not the database's."""

import asyncio
import json
import os
import sqlite3
import tempfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final
from unittest.mock import patch

from bench.figure import Figure
from bench.pages import ask, median_of, page
from include.vocabulary.clock import BERLIN, to_utc_column, utc_now

SECONDS: Final = 1
"""So long a reader waits for the page."""
NUMBER: Final = 10_000
PLACES: Final = {
    "list": "/reports",
    "filtered": "/reports?team=T3&waiting=us&age=30",
    "last page": "/reports?page={pages}",
    "words": "/reports?search={search}",
    "one report": "/reports/history?number=SP-{number}",
}
TEAMS: Final = 10
TEXT: Final = "In der Küche läuft Wasser aus der Heizung, bitte kommen Sie bald. " * 5


def measure(quick: bool) -> Iterator[Figure]:
    number, rounds = (1_000, 3) if quick else (NUMBER, 15)
    with tempfile.TemporaryDirectory() as home:
        database = Path(home) / "ixhaus.db"
        _fill(database, number)
        os.environ["AIRFLOW_CONN_IXHAUS_PRODUCTION"] = json.dumps({"conn_type": "sqlite", "host": str(database)})
        from include.pages.concealed import concealed

        given = {"pages": number // 50, "search": concealed("heizung wasser"), "number": number}
        name = f"page Meldungen, {number:,} reports"
        for place, path in PLACES.items():
            with patch("include.pages.reports.reads_texts", lambda *_: True):  # no database of Airflow is needed
                asked, seconds = asyncio.run(page(path.format(**given), rounds))
            yield Figure(f"{name}: {place}", seconds * 1000, "ms", SECONDS * 1000, "at most")
            if place == "list":
                bare = median_of(partial(ask, database, asked), rounds)
                yield Figure(f"{name}: its statements bare", bare * 1000, "ms")
                yield Figure(f"{name}: answer / statements", seconds / bare, "x", 3, "at most")


def _fill(database: Path, number: int) -> None:
    """Write reports of three years with four notes each, half of them from the portal, and what the portal has."""
    from include.ixhaus.contract import METADATA
    from include.ixhaus.database import engine_on

    rows: dict[str, list[dict[str, Any]]] = {"SP_MELDUNG": [], "SP_NOTIZ": [], "SP_ABGLEICH": []}
    for n in range(1, number + 1):
        for table, row in _report(n, utc_now() - timedelta(days=1000 * (1 - n / number))):
            rows[table].append(row)
    rows["SP_TEAM"] = [{"team_nr": f"T{n}", "name": f"Team {n}"} for n in range(TEAMS)]
    engine = engine_on(lambda: sqlite3.connect(database))
    METADATA.create_all(engine)
    with engine.begin() as connection:
        for table, of_table in rows.items():
            connection.execute(METADATA.tables[table].insert(), of_table)


def _report(n: int, reported: datetime) -> Iterator[tuple[str, dict[str, Any]]]:
    is_asked = n % 2 == 0
    number = f"SP-{n}" if is_asked else f"M-{n}"
    yield "SP_MELDUNG", {
        "report_nr": number, "subject": f"Betreff {n}", "text": TEXT, "property_nr": f"{n % 300}",
        "team_nr": f"T{n % TEAMS}", "status": "Neu" if n % 4 == 0 else "Abgeschlossen", "reported_at": _local(reported),
        "origin": "PORTAL" if is_asked else None, "portal_status": "SENT", "portal_reason": "INDIVIDUAL",
    }  # fmt: skip
    yield "SP_ABGLEICH", _held("ticket", number, reported)
    for place, (public, theirs) in enumerate([("J", False), ("N", False), ("J", is_asked), ("J", False)]):
        said, note = reported + timedelta(hours=5 * place + 5), f"{'SP-' if theirs else ''}N{n}-{place}"
        yield "SP_NOTIZ", {
            "note_id": note, "report_nr": number, "text": TEXT, "is_public": public, "created_at": _local(said),
            "origin": "PORTAL" if theirs else None,
        }  # fmt: skip
        if public == "J" and not theirs and not (n % 8 == 0 and place == 3):
            yield "SP_ABGLEICH", _held("comment", note, said)


def _held(record_type: str, external_id: str, at: datetime) -> dict[str, Any]:
    return {
        "system": "production", "record_type": record_type, "external_id": external_id, "state": "present",
        "action": "create", "outcome": "OK", "sent_at": to_utc_column(at), "acknowledged_at": to_utc_column(at),
    }  # fmt: skip


def _local(moment: datetime) -> datetime:
    return moment.astimezone(BERLIN).replace(tzinfo=None)
