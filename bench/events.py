"""A report from the portal and a note from iX-Haus through the Airflow of `make up`, each from when it is on one side
until it is on the other; beside them an empty DAG in the same Airflow.
"""

import json
import os
import random
import signal
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from bench.figure import Figure
from bench.sandbox import portal
from demo.ports import free_port
from include.vocabulary.clock import BERLIN

ROOT = Path(__file__).parent.parent
REPORTER, UNIT, REPORT = "129.R16.1", "129/R16", "M-R35"
LONGEST = 60.0
"""Seconds after which something counts as lost."""


def measure(quick: bool) -> Iterator[Figure]:
    number = 3 if quick else 12
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        folder = Path(home)
        with portal(folder) as address, _airflow(folder, address):
            rounds = [_round(folder, address, one) for one in range(number)]
            inbound, outbound, empty = (sorted(column) for column in zip(*rounds, strict=True))
            yield from _figures("portal report -> row in iX-Haus", inbound)
            yield from _figures("note in iX-Haus -> comment in the portal", outbound)
            yield from _figures("an empty DAG's event -> its task's code", empty)
            # Airflow's share moves with the machine: what is ours is measured by it. By medians, as of so few the one
            # that met whatever else the machine does decides the 95th percentile.
            yield _share("portal report", inbound, empty, statistics.median, 1.5)
            yield _share("note in iX-Haus", outbound, empty, statistics.median, 1.8)
            flood = sorted(_flood(folder, address, *((30, 6.0) if quick else (300, 60.0))))
            yield from _figures(f"{len(flood)} portal reports at once -> rows in iX-Haus", flood)
            yield _share("reports at once", flood, empty, _percentile, 6)


def _figures(name: str, times: list[float]) -> Iterator[Figure]:
    yield Figure(f"{name}: median", statistics.median(times), "s")
    yield Figure(f"{name}: 95th percentile", _percentile(times), "s")


def _share(
    name: str, times: list[float], empty: list[float], middle: Callable[[list[float]], float], most: float
) -> Figure:
    which = "95th percentile" if middle is _percentile else "median"
    return Figure(f"{name} / empty DAG, {which}", middle(times) / middle(empty), "x", most, "at most")


def _flood(folder: Path, address: str, number: int, seconds: float) -> list[float]:
    """Return how long each of many reports takes that are filed one after the other within some seconds."""
    filed: dict[str, float] = {}
    taken: list[float] = []
    began = time.monotonic()
    while filed or len(taken) < number:
        now = time.monotonic()
        if now - began > seconds + LONGEST:
            raise RuntimeError(f"{number - len(taken)} of {number} reports did not come across")
        due = min(number, int((now - began) / seconds * number) + 1)
        for one in range(len(filed) + len(taken), due):
            _file_report(address, number=10_000 + one)
            filed[f"Bench {10_000 + one}"] = time.monotonic()
        arrived = _arrived(folder) & filed.keys()
        taken += [time.monotonic() - filed.pop(subject) for subject in arrived]
        time.sleep(0.1)
    return taken


def _arrived(folder: Path) -> set[str]:
    with closing(sqlite3.connect(folder / "ixhaus.db", timeout=30)) as erp:
        return {
            subject for (subject,) in erp.execute("SELECT BETREFF FROM SP_MELDUNG WHERE BETREFF LIKE 'Bench 1____'")
        }


def _percentile(values: list[float]) -> float:
    return statistics.quantiles(values, n=20, method="inclusive")[-1]


def _round(folder: Path, address: str, number: int) -> tuple[float, float, float]:
    return (
        _timed(folder, lambda: _file_report(address, number), lambda: _reports(folder, f"Bench {number}")),
        _timed(folder, lambda: _write_note(folder, number), lambda: _has_comment(address, f"Bench {number}")),
        _timed(folder, (folder / "event").touch, lambda: (folder / "begun").exists(), (folder / "begun").unlink),
    )


def _timed(
    folder: Path, happens: Callable[[], object], is_there: Callable[[], bool], after: Callable[[], object] = bool
) -> float:
    while not _at_rest(folder):  # the run before is over
        time.sleep(0.1)
    time.sleep(random.uniform(0.5, 1.5))  # and the trigger anywhere in its interval
    happens()
    began = time.monotonic()
    while not is_there():
        if time.monotonic() - began > LONGEST:
            raise RuntimeError("what was to come across did not")
        time.sleep(0.02)
    seconds = time.monotonic() - began
    after()
    return seconds


def _file_report(address: str, number: int) -> None:
    report = {"contactId": REPORTER, "ticketTypeId": "ANFRAGE", "title": f"Bench {number}", "text": "", "unitId": UNIT}
    _sandbox("POST", f"{address}/_sandbox/tenant-reports", report)


def _reports(folder: Path, subject: str) -> bool:
    with closing(sqlite3.connect(folder / "ixhaus.db", timeout=30)) as erp:
        return bool(erp.execute("SELECT 1 FROM SP_MELDUNG WHERE BETREFF = ?", (subject,)).fetchone())


def _write_note(folder: Path, number: int) -> None:
    columns = "NOTIZ_ID, MELDUNG_NR, TEXT, OEFFENTLICH, VERFASSER, ANGELEGT_VON, ANGELEGT_AM, HERKUNFT, GEAENDERT_AM"
    now = datetime.now(BERLIN).strftime("%Y-%m-%d %H:%M:%S.%f")
    note = (f"B-{number}", REPORT, f"Bench {number}", "J", "Nora", "011", now, "ERP", now)
    with closing(sqlite3.connect(folder / "ixhaus.db", timeout=30)) as erp, erp:
        erp.execute(f"INSERT INTO SP_NOTIZ ({columns}) VALUES ({','.join('?' * len(note))})", note)


def _has_comment(address: str, text: str) -> bool:
    comments = _sandbox("GET", f"{address}/_sandbox/state/comments")["objects"]
    return any(one["fields"]["text"] == text for one in comments)


def _sandbox(method: str, url: str, body: object = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    request = Request(url, data, {"Content-Type": "application/json"}, method=method)
    with urlopen(request, timeout=30) as answer:
        return json.loads(answer.read() or b"null")


@contextmanager
def _airflow(folder: Path, address: str) -> Iterator[None]:
    """Run `make up` with everything in step, and the empty DAG beside the project's own."""
    dags = folder / "dags"
    dags.mkdir()
    for path in (*(ROOT / "dags").glob("*.py"), *(ROOT / "bench" / "events_dags").glob("*.py")):
        (dags / path.name).symlink_to(path)
    port = free_port()
    env = {
        **os.environ, "AIRFLOW_HOME": str(folder), "PYTHONPATH": str(ROOT), "SANDBOX_PORT": address.rpartition(":")[2],
        "AIRFLOW__CORE__DAGS_FOLDER": str(dags), "AIRFLOW__API__PORT": str(port),
        "AIRFLOW__API__BASE_URL": f"http://127.0.0.1:{port}", "BENCH_FOLDER": str(folder),
    }  # fmt: skip
    command = [sys.executable, "-m", "demo.embedded"]
    with (folder / "log").open("wb") as log:
        subprocess.run([*command, "sync"], env=env, check=True, stdout=log, stderr=log)
        process = subprocess.Popen([*command, "up"], env=env, stdout=log, stderr=log, start_new_session=True)
        try:
            _await_quiet(folder)
            yield
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)


def _await_quiet(folder: Path) -> None:
    """Wait until Airflow is up, the empty DAG answers, and no run is left over from the start."""
    deadline = time.monotonic() + 300
    (folder / "event").touch()
    while not ((folder / "begun").exists() and _at_rest(folder)):
        if time.monotonic() > deadline:
            raise RuntimeError(f"Airflow did not come up; see {folder / 'log'}")
        time.sleep(1)
    (folder / "begun").unlink()


def _at_rest(folder: Path) -> bool:
    query = "SELECT 1 FROM dag_run WHERE state IN ('queued', 'running') LIMIT 1"
    with closing(sqlite3.connect(folder / "airflow.db", timeout=30)) as airflow:
        return airflow.execute(query).fetchone() is None
