"""The process that bench/reconcile.py starts for each size, so that its peak memory is its own."""

import asyncio
import json
import resource
import sqlite3
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq

from bench.server import contact
from include.casavi.client import open_portal
from include.casavi.inventory import Listed, take_inventory
from include.casavi.shown import digest_of
from include.groups import OWNERS_CARETAKERS, PERSONS
from include.ixhaus.database import engine_on
from include.ixhaus.ddl import create_sqlite_schema
from include.settings import Limits
from include.sync import ledger
from include.sync.reconcile.corrections import corrections
from include.sync.reconcile.findings import DESIRED, slim, told_apart
from include.sync.reconcile.placed import found_of
from include.sync.reconcile.seen import MORE
from include.vocabulary.clock import utc_now

LIMITS = Limits(requests_per_second=10_000)
KNOWN = (
    "INSERT INTO SP_ABGLEICH (SYSTEM, ART, SCHLUESSEL, GRUPPE, ZUSTAND, PRUEFSUMME, LAUF) VALUES (?, ?, ?, ?, ?, ?, ?)"
)


def run(home: Path, number: int) -> dict[str, float]:
    """Reconcile so many contacts, of which every tenth has drifted."""
    database = home / "erp.db"
    create_sqlite_schema(engine_on(lambda: sqlite3.connect(database)))
    with closing(sqlite3.connect(database)) as erp, erp:
        erp.executemany(KNOWN, _rows(number))
    desired = pd.DataFrame({name: pd.Series("", index=range(number), dtype="str") for name in DESIRED})
    desired = desired.assign(
        external_id=pd.Series(map(str, range(number)), dtype="str"),
        decision="send", hash="h", sender="persons", changed_at=pd.Series(pd.NaT, index=range(number)),
        digest=pd.Series([digest_of("contact", _wanted(one)) for one in range(number)], dtype="str"),
    )  # fmt: skip
    began, spent = time.perf_counter(), time.process_time()
    engine = engine_on(lambda: sqlite3.connect(database))
    known = ledger.known_records(engine, "production", ["contact"], more=MORE).to_pandas(self_destruct=True)
    known = slim(known)
    listed, requests = asyncio.run(_listed(home))
    portal = told_apart(pq.read_table(listed.file).to_pandas(self_destruct=True), known)
    portal = slim(portal.assign(identity=None))
    corrected = 0
    for judged in found_of("contact", [PERSONS, OWNERS_CARETAKERS], desired, known, portal):
        corrected += len(corrections(judged, "production", "contact", utc_now()))
    seconds, processor = time.perf_counter() - began, time.process_time() - spent
    assert corrected == number // 10, corrected
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"seconds": seconds, "peak_mb": peak, "requests": requests, "processor": processor}


async def _listed(home: Path) -> tuple[Listed, int]:
    async with open_portal("casavi_production", LIMITS) as portal:
        listed = await take_inventory(portal, ["contact"], home, LIMITS)
        async with portal._http.get(f"{portal.base}/count") as answer:
            return listed["contact"], int((await answer.json())["count"])


def _wanted(number: int) -> dict[str, Any]:
    changes = {"city": "Potsdam"} if number % 10 == 0 else {}
    return contact(number) | changes


def _rows(number: int) -> Iterator[tuple[str, ...]]:
    for one in range(number):
        yield "production", "contact", str(one), "persons", "present", "h", "casavi_persons/1"


if __name__ == "__main__":
    print(json.dumps(run(Path(sys.argv[1]), int(sys.argv[2]))))
