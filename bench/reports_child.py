"""The processes that bench/reports.py starts: one prepares, the others run the steps between reading and sending."""

import json
import resource
import sqlite3
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from demo.ixhaus import build_sample
from include.groups import REPORTS
from include.groups.reports.extract import extract_of, places
from include.groups.reports.mail.telling import tell
from include.groups.reports.settle import settle
from include.sync import steps
from include.sync.run import Extract, Request

_NEW_REPORTS = """
    INSERT INTO SP_MELDUNG (MELDUNG_NR, BETREFF, MELDUNGSTEXT, MELDUNGSART, STATUS, GEMELDET_AM, MELDER_PERSON,
        OBJEKT_NR, FLAECHE_NR, TEAM_NR, ANGELEGT_VON, GEAENDERT_VON, HERKUNFT)
    VALUES (?, 'Betreff', ?, 'ANFRAGE', ?, '2026-05-01 10:00:00.000000', ?, ?, ?, 'T1', '011', '011', 'ERP')
"""
_NOTES = """
    INSERT INTO SP_NOTIZ (NOTIZ_ID, MELDUNG_NR, TEXT, OEFFENTLICH, VERFASSER, ANGELEGT_VON, ANGELEGT_AM, HERKUNFT)
    VALUES (?, ?, ?, ?, 'Nora', '011', '2026-05-01 10:00:00.000000', 'ERP')
"""
_CONTACTS = """
    INSERT INTO SP_ABGLEICH (SYSTEM, ART, SCHLUESSEL, GRUPPE, OBJEKTE, ZUSTAND)
    SELECT 'production', 'contact', PERSON_SCHLUESSEL, 'persons', OBJEKT_NR, 'present' FROM SP_PERSON
    WHERE PARTNER_NR IS NULL
    UNION SELECT 'production', 'contact', PARTNER_NR, 'persons', '', 'present' FROM SP_PERSON WHERE PARTNER_NR <> ''
"""
_RENTED = "SELECT PERSON_SCHLUESSEL, OBJEKT_NR, FLAECHE_NR FROM SP_VERTRAG ORDER BY VERTRAG_NR"


def prepare(database: str, number: str) -> dict[str, float]:
    """Make a sample with so many persons and reports, of which every tenth is open, and two notes below each."""
    build_sample(Path(database), persons=int(number), letters=0, contents=False)
    with closing(sqlite3.connect(database)) as erp, erp:
        rented = erp.execute(_RENTED).fetchall()
        wheres = [rented[one % len(rented)] for one in range(int(number))]
        text, status = "Die Heizung bleibt kalt. " * 8, {True: "Neu", False: "Abgeschlossen"}
        rows = [(f"B-{one}", text, status[one % 10 == 7], *where) for one, where in enumerate(wheres)]
        erp.executemany(_NEW_REPORTS, rows)
        notes = [(f"N-{one}", f"B-{one // 2}", text, "JN"[one % 2]) for one in range(2 * int(number))]
        erp.executemany(_NOTES, notes)
        erp.execute(_CONTACTS)
    run()
    with closing(sqlite3.connect(database)) as erp, erp:
        erp.execute("UPDATE SP_ABGLEICH SET ZUSTAND = 'present' WHERE ART <> 'contact'")
    return {}


def run(*about: str) -> dict[str, float]:
    """Time a run's steps but for receiving and sending, about everything or some reports."""
    began = time.perf_counter()
    _steps(about)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"seconds": time.perf_counter() - began, "peak_mb": peak}


def _steps(about: Sequence[str]) -> None:
    request = Request()
    run, extract = steps.begin(REPORTS, "production", "bench/run", request), Extract()
    with run.kept():
        if about:
            only = places(run, about) or frozenset()
            request, extract = replace(request, only=only), extract_of(only)
        steps.read(REPORTS, run, extract)
        steps.transform(REPORTS, run)
        planned = steps.plan(REPORTS, run, request)
        tell(run, settle(run, extract), is_whole=extract.known is None)
    steps.finish(run, steps.Left(planned.counts), request)


if __name__ == "__main__":
    roles: dict[str, Callable[..., dict[str, float]]] = {"prepare": prepare, "run": run}
    print(json.dumps(roles[sys.argv[1]](*sys.argv[2:])))
