"""A run in which nothing changed: extract, transform and plan, beside pandas merely reading the same rows."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.figure import Figure

ROOT = Path(__file__).parent.parent


def measure(quick: bool) -> Iterator[Figure]:
    small, large = (2_000, 20_000) if quick else (100_000, 1_000_000)
    with tempfile.TemporaryDirectory() as home:
        first = _measured(Path(home), small)
    with tempfile.TemporaryDirectory() as home:
        second = _measured(Path(home), large)
    name = f"{small:,} persons unchanged"
    yield Figure(f"{name}: pandas reading the views", first["pandas"], "s")
    yield Figure(f"{name}: extract + transform + plan", first["ours"], "s")
    yield Figure(f"{name}: ours / pandas", first["ours"] / first["pandas"], "x", 15, "at most")
    yield Figure(f"{name}: peak memory", first["peak_mb"], "MB", 700, "at most")
    yield Figure(f"{name}: requests", first["requests"], "", 0, "at most")
    yield Figure(f"{large:,} persons: time / {small:,} persons", second["ours"] / first["ours"], "x", 11, "at most")


def _measured(home: Path, persons: int) -> dict[str, float]:
    env = {
        **os.environ, "PYTHONPATH": str(ROOT), "AIRFLOW_HOME": str(home), "SERVICEPORTAL_STAGING": str(home / "staging"),
        "AIRFLOW_CONN_IXHAUS_PRODUCTION": json.dumps({"conn_type": "sqlite", "host": str(home / "erp.db")}),
        "AIRFLOW_CONN_CASAVI_PRODUCTION": json.dumps(
            {"conn_type": "http", "host": "http://127.0.0.1:9", "login": "k", "password": "s"}
        ),
    }  # fmt: skip
    _child("prepare", env, str(home / "erp.db"), str(persons))
    return {**_child("pandas", env), **_child("ours", env)}


def _child(role: str, env: dict[str, str], *arguments: str) -> dict[str, float]:
    command = [sys.executable, "-m", "bench.unchanged_child", role, *arguments]
    output = subprocess.run(command, env=env, check=True, stdout=subprocess.PIPE, text=True).stdout
    result: dict[str, Any] = json.loads(output.strip().splitlines()[-1])
    return result
