"""What parsing the DAG files costs above importing airflow.sdk, beside importing pandas, each in a fresh process."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.figure import Figure

ROOT = Path(__file__).parent.parent
_SCRIPT = """
import sys, time, runpy
import airflow.sdk
for name in airflow.sdk.__all__: getattr(airflow.sdk, name, None)
began = time.perf_counter()
for path in sys.argv[1:]: runpy.run_path(path)
print(time.perf_counter() - began)
"""


_PANDAS = """
import time
began = time.perf_counter()
import pandas
print(time.perf_counter() - began)
"""


def measure(quick: bool) -> Iterator[Figure]:
    files = sorted(str(path) for path in (ROOT / "dags").glob("*.py"))
    with tempfile.TemporaryDirectory() as home:
        env = {**os.environ, "AIRFLOW_HOME": home, "PYTHONPATH": str(ROOT)}
        pairs = [(_timed(_SCRIPT, env, *files), _timed(_PANDAS, env)) for _ in range(2 if quick else 7)]
    yield Figure.median("parsing all DAG files above airflow.sdk", [parsed for parsed, _ in pairs], "s")
    ratios = [parsed / imported for parsed, imported in pairs]
    yield Figure.median("parsing all DAG files / importing pandas", ratios, "x", 0.75, "at most")


def _timed(script: str, env: dict[str, str], *arguments: str) -> float:
    command = [sys.executable, "-c", script, *arguments]
    return float(subprocess.run(command, env=env, check=True, capture_output=True).stdout)
