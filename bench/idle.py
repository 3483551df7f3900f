"""A house that sleeps: what the interface costs its iX-Haus and its portal in an hour, everything switched on."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import yaml

from bench.figure import Figure
from bench.sandbox import portal
from bench.unchanged import environment
from demo.embedded import DOCUWARE


def measure(quick: bool) -> Iterator[Figure]:
    persons = 500 if quick else 2_000  # at 20,000 the numbers are the same
    with tempfile.TemporaryDirectory() as home, portal(Path(home)) as address:
        keys = {"conn_type": "http", "login": "demo-key", "password": "demo-secret"}
        env = environment(Path(home)) | {
            "AIRFLOW_CONN_CASAVI_PRODUCTION": json.dumps(keys | {"host": f"{address}/v2"}),
            "AIRFLOW_CONN_DOCUWARE_PRODUCTION": json.dumps(keys | {"host": address + DOCUWARE}),
            "AIRFLOW_CONN_DOCUMENTS_PRODUCTION": json.dumps(
                {"conn_type": "fs", "extra": {"path": f"{home}/dokumente"}}
            ),
        }
        _let_nothing_wait(Path(home) / "config" / "production.yaml")
        command = [sys.executable, "-m", "bench.idle_child", str(Path(home) / "erp.db"), str(persons), address]
        output = subprocess.run(command, env=env, check=True, stdout=subprocess.PIPE, text=True).stdout
    found = json.loads(output.strip().splitlines()[-1])
    yield Figure("an idle look: statements", found["look"]["statements"])
    yield Figure("an idle look: portal requests", found["look"]["requests"], "", 1, "at most")
    yield Figure("an idle look: time in iX-Haus's database", found["look"]["ms"], "ms", 5, "at most")
    for name, cost in found.items():
        if name not in ("look", "hour"):
            yield Figure(f"an idle run, {name}: statements", cost["statements"])
            # A reconciliation lasts long enough to renew its lease beside its reading, on a connection of its own.
            most = None if name == "reconcile" else 1
            yield Figure(f"an idle run, {name}: logons of a task", cost["logons"], "", most, "at most")
    hour = found["hour"]
    yield Figure(f"an idle hour, {persons:,} persons: runs", hour["runs"])
    yield Figure(f"an idle hour, {persons:,} persons: statements", hour["statements"], "", 15_000, "at most")
    yield Figure(f"an idle hour, {persons:,} persons: portal requests", hour["requests"], "", 4_000, "at most")
    yield Figure(f"an idle hour, {persons:,} persons: logons", hour["logons"])


def _let_nothing_wait(file: Path) -> None:
    """Take the limit of requests a second away: bringing everything into step is not what is measured."""
    settings = yaml.safe_load(file.read_text(encoding="utf-8"))
    settings["limits"]["requests_per_second"] = 1_000_000
    file.write_text(yaml.safe_dump(settings, allow_unicode=True), encoding="utf-8")
