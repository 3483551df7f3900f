"""What parsing the DAG files costs above importing airflow.sdk, each time in a fresh process."""

import os
import statistics
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


def measure(quick: bool) -> Iterator[Figure]:
    files = sorted(str(path) for path in (ROOT / "dags").glob("*.py"))
    with tempfile.TemporaryDirectory() as home:
        env = {**os.environ, "AIRFLOW_HOME": home, "PYTHONPATH": str(ROOT)}
        times = [
            float(
                subprocess.run([sys.executable, "-c", _SCRIPT, *files], env=env, check=True, capture_output=True).stdout
            )
            for _ in range(2 if quick else 5)
        ]
    yield Figure("parsing all DAG files above airflow.sdk", statistics.median(times), "s", 0.3, "at most")
