"""Runs in which nothing changed: extract, transform and plan, beside pandas merely reading the same rows."""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypedDict

from bench.figure import Figure

ROOT = Path(__file__).parent.parent


def measure(quick: bool) -> Iterator[Figure]:
    small = 2_000 if quick else 100_000
    with tempfile.TemporaryDirectory() as home:
        first = measured(Path(home), "persons", small, 1 if quick else 3)
    name = f"{small:,} persons unchanged"
    yield Figure(f"{name}: pandas reading the views", first["pandas"], "s")
    yield Figure(f"{name}: extract + transform + plan", first["ours"], "s")
    yield Figure.median(f"{name}: ours / pandas, processor time", first["ratios"], "x", 3, "at most")
    yield Figure(f"{name}: peak memory", first["peak_mb"], "MB", 700, "at most")
    yield Figure(f"{name}: requests", first["requests"], "", 0, "at most")
    with tempfile.TemporaryDirectory() as home:
        documents = measured(Path(home), "documents", small)
    name = f"{small:,} documents unchanged"
    yield Figure(f"{name}: extract + transform + plan", documents["ours"], "s")
    yield Figure(f"{name}: time / {small:,} persons", documents["ours"] / first["ours"], "x", 1, "at most")
    yield Figure(f"{name}: contents read", documents["contents"], "", 0, "at most")
    yield Figure(f"{name}: requests", documents["requests"], "", 0, "at most")


class Measured(TypedDict):
    """Medians of several rounds, and in each round ours / pandas.

    processor: the time of ours that the processor spent, of which the ratios are as well: others use the machine too
    """

    pandas: float
    ours: float
    processor: float
    ratios: list[float]
    contents: float
    peak_mb: float
    requests: float


def measured(home: Path, group: str, number: int, rounds: int = 1) -> Measured:
    """Measure a group of which so many records are unchanged; the documents are those of a tenth as many persons."""
    env = environment(home)
    persons, letters = (number, 0) if group == "persons" else (number // 10, number)
    _child("prepare", env, group, str(home / "erp.db"), str(persons), str(letters))
    peers, ours, processor, peaks, steps = [], [], [], [], []
    for _ in range(rounds):  # in turn, so that a noisy moment hits both
        peers.append(_child("pandas", env, group))
        run = [_child("step", env, group, name, str(home / "state.json")) for name in ("extract", "transform", "plan")]
        ours.append(sum(step["seconds"] for step in run))
        processor.append(sum(step["processor"] for step in run))
        peaks.append(max(step["peak_mb"] for step in run))
        steps += run
    return {
        "pandas": statistics.median(peer["seconds"] for peer in peers),
        "ours": statistics.median(ours),
        "processor": statistics.median(processor),
        "ratios": [one / other["processor"] for one, other in zip(processor, peers, strict=True)],
        "contents": sum(step["contents"] for step in steps),
        "peak_mb": statistics.median(peaks),
        "requests": sum(step["requests"] for step in steps),
    }


def environment(home: Path) -> dict[str, str]:
    """Return the environment of processes whose iX-Haus is erp.db in `home`, all of it released, without a portal."""
    return {
        **os.environ, "PYTHONPATH": str(ROOT), "AIRFLOW_HOME": str(home),
        "SERVICEPORTAL_STAGING": str(home / "staging"),
        "SERVICEPORTAL_CONFIG": str(release_everything(home)),
        "AIRFLOW_CONN_IXHAUS_PRODUCTION": json.dumps({"conn_type": "sqlite", "host": str(home / "erp.db")}),
        "AIRFLOW_CONN_CASAVI_PRODUCTION": json.dumps(
            {"conn_type": "http", "host": "http://127.0.0.1:9", "login": "bench-key", "password": "bench-secret"}
        ),
    }  # fmt: skip


def release_everything(home: Path) -> Path:
    """Make settings that release all properties of the sample, however many its size needs."""
    folder = home / "config"
    folder.mkdir()
    lines = (ROOT / "demo" / "config" / "production.yaml").read_text(encoding="utf-8").splitlines()
    released = ["properties: 1-99999999" if line.startswith("properties:") else line for line in lines]
    (folder / "production.yaml").write_text("\n".join(released), encoding="utf-8")
    return folder


def _child(role: str, env: dict[str, str], *arguments: str) -> dict[str, float]:
    command = [sys.executable, "-m", "bench.unchanged_child", role, *arguments]
    output = subprocess.run(command, env=env, check=True, stdout=subprocess.PIPE, text=True).stdout
    result: dict[str, Any] = json.loads(output.strip().splitlines()[-1])
    return result
