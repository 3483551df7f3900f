"""A first fill over real Airflow: persons, contracts, documents by one Celery worker that sends one batch at a time,
and by two with `parallel_loads: 2`.

At 50 ms an answer, about what a portal on the internet takes, neither portal nor processor is the limit: there two
must be nearly twice as fast as one. At 0 ms portal, database, Airflow and workers share the processor, which is.
"""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote
from urllib.request import Request, urlopen

import yaml

from bench.figure import Figure
from bench.fill_portal import Told
from bench.serving import serving
from bench.unchanged import ROOT, environment
from rig.office import OFFICE, Airflow
from rig.place import Place
from rig.servers import unanswered
from rig.stage import staged
from rig.telling import SmokeError, expect, wait

LATENCIES: Final = (0.05, 0.0)
DAGS: Final = ("casavi_persons", "casavi_documents")
"""The second follows the first."""
WORKERS: Final = ("worker-1", "worker-2")
STARTED: Final = ("api-server", "scheduler", "dag-processor")
LONGEST: Final = 1_800
"""Seconds after which a run does not end any more."""


@dataclass(frozen=True)
class Filled:
    """What came in, how long the portal got records, and how long Airflow's runs took.

    overall: from the first record to the last, of whatever kind
    sending: the same of each kind, added up: without the time in which documents are read and decided about
    runs:    from the start of the first run to the end of the last
    """

    number: int
    overall: float
    sending: float
    runs: float


def measure(quick: bool) -> Iterator[Figure]:
    persons = 1_000 if quick else 20_000
    if missing := unanswered():
        sys.exit("\n".join(missing))
    with serving("bench.fill_portal") as port:
        address = f"http://127.0.0.1:{port}"
        with staged(partial(_place, address, persons)) as place:
            try:
                yield from _measured(place, address, persons, quick)
            except SmokeError as error:
                raise RuntimeError(f"{error}\n{place.log_tails()}") from None


def _place(address: str, persons: int, folder: Path, database: str, number: int) -> Place:
    portal = {"conn_type": "http", "host": address, "login": "bench-key", "password": "bench-secret"}
    variables = {"CASAVI_PRODUCTION": json.dumps(portal), "WORKER_CONCURRENCY": "4"}
    place = Place(folder, database, number, _settings(1, persons), persons, variables, is_one=False)
    for path in (place.image / "dags").glob("*.py"):
        if path.stem not in DAGS:  # some of them run by themselves
            path.unlink()
    return place


def _settings(loads: int, persons: int) -> str:
    """The sample's for all properties, runs by hand, no limit of requests a second, and as many batches of each kind as
    20,000 persons make by default: four.
    """
    settings = yaml.safe_load((ROOT / "demo" / "config" / "production.yaml").read_text(encoding="utf-8"))
    settings["properties"] = "1-99999999"
    settings["schedules"] = dict.fromkeys(("objects", "persons", "owners_caretakers", "documents"))
    settings["limits"] |= {
        "requests_per_second": 1_000_000,
        "parallel_loads": loads,
        "batch_size": persons // 4,
    }
    return str(yaml.safe_dump(settings, allow_unicode=True))


def _measured(place: Place, address: str, persons: int, quick: bool) -> Iterator[Figure]:
    prepared = _prepared(place, persons)
    place.run("init")
    place.start_all(*STARTED, WORKERS[0])
    airflow = Airflow(place.address, place.passwords[OFFICE])
    for dag in DAGS:
        airflow.unpause(dag)
    alone = {latency: _fill(place, airflow, address, prepared, latency) for latency in LATENCIES}
    for latency, filled in alone.items():
        yield from _figures(f"a first fill, {filled.number:,} records, {latency * 1000:.0f} ms: one worker", filled)
    place.start_all(WORKERS[1])
    _share(place)
    for latency, one in alone.items():
        two = _fill(place, airflow, address, prepared, latency)
        _on_both(place)
        name = f"a first fill, {two.number:,} records, {latency * 1000:.0f} ms"
        expect(one.number == two.number, f"{one.number} records by one, {two.number} by two")
        yield from _figures(f"{name}: two workers", two)
        least = 1.7 if latency and not quick else None
        yield Figure(f"{name}: two workers / one", one.overall / two.overall, "x", least)
        yield Figure(f"{name}: the same while sending", one.sending / two.sending, "x")
        yield Figure(f"{name}: the same, runs", one.runs / two.runs, "x")


def _figures(name: str, filled: Filled) -> Iterator[Figure]:
    yield Figure(name, filled.number / filled.overall, "records/s")
    yield Figure(f"{name}, while sending", filled.number / filled.sending, "records/s")
    yield Figure(f"{name}, runs", filled.runs, "s")


def _prepared(place: Place, persons: int) -> Path:
    """Make the iX-Haus that each fill begins with."""
    prepared = place.folder / "prepared"
    prepared.mkdir()
    erp = {"conn_type": "sqlite", "host": str(prepared / "erp.db")}
    env = environment(prepared) | {"AIRFLOW_CONN_IXHAUS_PRODUCTION": json.dumps(erp)}
    command = [sys.executable, "-m", "bench.fill_child", str(prepared / "erp.db"), str(persons)]
    subprocess.run(command, env=env, check=True, stdout=subprocess.DEVNULL)
    return prepared


def _share(place: Place) -> None:
    """Let both workers load at once."""
    (place.image / "config" / "production.yaml").write_text(_settings(len(WORKERS), place.persons), encoding="utf-8")
    place.run(WORKERS[0], ["python", "-m", "include.commands", "pools"])


def _fill(place: Place, airflow: Airflow, address: str, prepared: Path, latency: float) -> Filled:
    for leftover in place.erp.parent.glob(f"{place.erp.name}*"):
        leftover.unlink()
    shutil.copytree(prepared, place.erp.parent, dirs_exist_ok=True)
    (place.erp.parent / "erp.db").rename(place.erp)
    _ask(f"{address}/asked", {"latency": latency})
    before = airflow.run_ids(DAGS[1])
    runs = [airflow.trigger(DAGS[0])]
    airflow.finish(DAGS[0], runs[0], LONGEST)
    runs.append(wait(f"{DAGS[1]} follows", lambda: next(iter({*airflow.run_ids(DAGS[1])} - {*before}), None)))
    airflow.finish(DAGS[1], runs[1], LONGEST)
    began, ended = (_moments(airflow, dag, run) for dag, run in zip(DAGS, runs, strict=True))
    told: dict[str, Told] = _ask(f"{address}/told")
    sent = sum(airflow.protocol(dag, run)["sent"] for dag, run in zip(DAGS, runs, strict=True))
    kinds = told.values()
    number = sum(kind["number"] for kind in kinds)
    expect(len(kinds) == 3 and number == sent, f"{sent} sent, received {told}")
    overall = max(kind["last"] for kind in kinds) - min(kind["first"] for kind in kinds)
    sending = sum(kind["last"] - kind["first"] for kind in kinds)
    return Filled(number, overall, sending, (ended[1] - began[0]).total_seconds())


def _moments(airflow: Airflow, dag: str, run: str) -> tuple[datetime, datetime]:
    found = airflow.send("GET", f"/api/v2/dags/{dag}/dagRuns/{quote(run, safe='')}")
    began, ended = (datetime.fromisoformat(found[name]) for name in ("start_date", "end_date"))
    return began, ended


def _on_both(place: Place) -> None:
    """See that both workers have loaded, each of which keeps its own logs."""
    loads = {name: len([*place.logs.glob(f"of-{name}/**/*.load/**/*.log")]) for name in WORKERS}
    expect(all(loads.values()), f"loads: {loads}")


def _ask(url: str, body: object = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    request = Request(url, data, {"Content-Type": "application/json"})
    with urlopen(request, timeout=30) as answer:
        return json.loads(answer.read() or b"null")
