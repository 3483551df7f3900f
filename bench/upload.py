"""One document through the real load task: its memory beside a tiny one, its time beside curl with the same bytes."""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa

from bench.figure import Figure
from bench.load import server

ROOT = Path(__file__).parent.parent
MB = 2**20
SETTINGS = {
    "system": "production", "active": True, "properties": "1-9", "person_types": ["Mieter"],
    "portal_access_lead_days": 0, "report_user": "007", "post_author": None, "limits": {"requests_per_second": 1e9},
}  # fmt: skip


def measure(quick: bool) -> Iterator[Figure]:
    size = (10 if quick else 100) * MB
    with server() as port, tempfile.TemporaryDirectory() as home:
        folder = Path(home)
        _pdf(folder / "small.pdf", 1024)
        _pdf(folder / "large.pdf", size)
        rounds = 1 if quick else 5
        rows = [_round(port, folder) for _ in range(rounds)]  # in turn, so that a noisy moment hits all
    name = f"upload of {size // MB} MB above one of 1 kB"
    curl, ours = _above([one for one, _ in rows]), _above([[run["seconds"] for run in runs] for _, runs in rows])
    yield Figure(f"{name}: curl", curl, "s")
    yield Figure(f"{name}: load task", ours, "s")
    yield Figure(f"{name}: load task / curl", ours / curl, "x", 1.3, "at most")
    raised = [large["peak_mb"] - small["peak_mb"] for _, (large, small) in rows]
    yield Figure.median(f"{name}: peak memory", raised, "MB", 32, "at most")


def _above(rounds: list[list[float]]) -> float:
    """Return what the large file takes more than the small one, each in its quickest round.

    Whatever else the machine does only adds to it, and fixed costs (a start, a login) have nothing to do with size.
    """
    return min(large for large, _ in rounds) - min(small for _, small in rounds)


def _round(port: int, folder: Path) -> tuple[list[float], list[dict[str, float]]]:
    """Upload the large and the small file with curl and with the task."""
    files = ("large.pdf", "small.pdf")
    return [_curl(port, folder / name) for name in files], [_task(port, folder, name) for name in files]


def _pdf(path: Path, size: int) -> None:
    head = b"%PDF-1.4\n"
    path.write_bytes(head + os.urandom(size - len(head)))


def _curl(port: int, path: Path) -> float:
    command = ["curl", "--silent", "--show-error", "--fail", "--output", "/dev/null", "--header", "token: t"]
    command += ["--form", "id=D1", "--form", "title=Brief", "--form", f"file=@{path};type=application/pdf"]
    began = time.perf_counter()
    subprocess.run([*command, f"http://127.0.0.1:{port}/documents"], check=True)
    return time.perf_counter() - began


def _task(port: int, folder: Path, name: str) -> dict[str, float]:
    """Run the load task of one document in a process of its own."""
    portal = {"conn_type": "http", "host": f"http://127.0.0.1:{port}", "login": "bench-key", "password": "bench-secret"}
    env = {
        **os.environ, "PYTHONPATH": str(ROOT), "AIRFLOW_HOME": str(folder),
        "SERVICEPORTAL_STAGING": f"{folder}/staging",
        "AIRFLOW_CONN_CASAVI_PRODUCTION": json.dumps(portal),
        "AIRFLOW_CONN_IXHAUS_PRODUCTION": json.dumps({"conn_type": "sqlite", "host": f"{folder}/erp.db"}),
        "AIRFLOW_CONN_DOCUMENTS_PRODUCTION": json.dumps({"conn_type": "fs", "extra": {"path": str(folder)}}),
    }  # fmt: skip
    command = [sys.executable, "-m", "bench.upload", name]
    output = subprocess.run(command, env=env, check=True, stdout=subprocess.PIPE, text=True).stdout
    result: dict[str, float] = json.loads(output.strip().splitlines()[-1])
    return result


def load_one(name: str) -> dict[str, float]:
    """Stage the create of one document as a plan would, and time the load step that a task runs."""
    from include.groups import DOCUMENTS
    from include.ixhaus.contract.own import SP_ABGLEICH, SP_PROTOKOLL, SP_PROTOKOLL_EINTRAG, SP_SPERRE
    from include.ixhaus.database import open_engine
    from include.settings import SystemSettings
    from include.sync import ledger, steps
    from include.sync.lease import acquire
    from include.sync.planned import BatchPart
    from include.sync.run import RunState
    from include.sync.staging import Staging

    engine = open_engine("ixhaus_production")
    tables = [SP_ABGLEICH, SP_PROTOKOLL, SP_PROTOKOLL_EINTRAG, SP_SPERRE]
    SP_ABGLEICH.metadata.drop_all(engine, tables=tables)
    SP_ABGLEICH.metadata.create_all(engine, tables=tables)
    lease = acquire(engine, "production/documents", "bench", 60)
    staging = Staging.create("production", "documents", "bench")
    settings = SystemSettings.model_validate(SETTINGS)
    staging.path("settings.json").write_text(settings.model_dump_json(), encoding="utf-8")
    now = datetime.now(UTC).isoformat()
    state = RunState("production", "documents", "bench", staging.reference, lease.token, now)
    content = {
        "id": "D1", "title": "Brief", "documentType": "Brief", "propertyId": "1", "unitId": None, "contactId": None,
        "sharedWith": "ALL", "fileName": name, "storage": "DATEI", "path": name, "rendition": "ORIGINAL", "version": 1,
        "size": None, "convert": False,
    }  # fmt: skip
    row = {
        "external_id": "D1", "action": "create", "decision": "send", "reason": "DOCUMENT_RELEASED", "hash": "1",
        "properties": "1", "identity": "", "parents": "", "replaced": False, "content": json.dumps(content),
    }  # fmt: skip
    staging.write_table("send_document", pa.Table.from_pylist([row]), rows_per_group=1)
    with engine.begin() as connection:
        ledger.add_new(connection, "production", "documents", "document", [row])
    batch: BatchPart = {"record_type": "document", "file": "send_document", "part": 0}
    began = time.perf_counter()
    counts = steps.load(DOCUMENTS, state.open(), batch)
    seconds = time.perf_counter() - began
    assert counts == {"acknowledged": 1}, counts
    return {"seconds": seconds, "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


if __name__ == "__main__":
    print(json.dumps(load_one(sys.argv[1])))
