"""A reconciliation of many contacts without the rules: what the portal lists against ledger and decisions."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.figure import Figure
from bench.load import server
from bench.server import PAGE

ROOT = Path(__file__).parent.parent


def measure(quick: bool) -> Iterator[Figure]:
    few, many = (2_000, 20_000) if quick else (10_000, 1_000_000)
    small, large = _measured(few), _measured(many)
    name = f"{many:,} contacts reconciled"
    yield Figure(f"{name}: list, compare, correct", large["seconds"], "s")
    yield Figure(f"{name}: peak memory", large["peak_mb"], "MB", 1_024, "at most")
    yield Figure(f"{name}: requests / pages", large["requests"] * PAGE / many, "x", 1, "at most")
    # Of the processor: the one takes minutes, the other a moment, in which others use the machine more or less.
    per_record = (large["processor"] / many) / (small["processor"] / few)
    yield Figure(f"{name}: processor time a record / at {few:,}", per_record, "x", 1.3, "at most")


def _measured(number: int) -> dict[str, float]:
    with server(number) as port, tempfile.TemporaryDirectory() as home:
        portal = {"conn_type": "http", "host": f"http://127.0.0.1:{port}", "login": "key", "password": "secret"}
        env = os.environ | {
            "PYTHONPATH": str(ROOT), "AIRFLOW_HOME": home, "AIRFLOW_CONN_CASAVI_PRODUCTION": json.dumps(portal),
        }  # fmt: skip
        command = [sys.executable, "-m", "bench.reconcile_child", home, str(number)]
        output = subprocess.run(command, env=env, check=True, stdout=subprocess.PIPE, text=True).stdout
    result: dict[str, Any] = json.loads(output.strip().splitlines()[-1])
    return result
