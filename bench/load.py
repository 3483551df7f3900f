"""The real load task against a plain in-memory server, beside a bare aiohttp client and a loop of HttpHook.run."""

import asyncio
import gc
import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa

from bench.bare import PARALLEL, send_bare
from bench.figure import Figure
from bench.serving import serving

_SETTINGS = {
    "system": "production", "active": True, "properties": "1-9", "person_types": ["Mieter"],
    "portal_access_lead_days": 0, "report_user": "007", "post_author": None,
    "limits": {"requests_per_second": 1e9, "parallel_requests": PARALLEL},
}  # fmt: skip


_FAR = 0.05
"""Seconds until a portal answers that is not on the same machine."""


def measure(quick: bool) -> Iterator[Figure]:
    number, rounds = (2_000, 1) if quick else (20_000, 3)
    bodies = _bodies(number)
    with _house() as home, server() as port:
        _lead_to(port)
        load_task(home, dict(list(bodies.items())[:100]))
        gc.freeze()  # as Airflow's executors do before they fork a task: what was imported is not looked through again
        bare, ours = _in_turn(home, port, bodies, rounds)
        hook = dict(list(bodies.items())[: 500 if quick else 2_000])
        hooks = [len(hook) / _timed(lambda: _hook_loop(hook)) for _ in range(rounds)]
    yield Figure("bare aiohttp, 16 in flight", statistics.median(bare), "records/s")
    yield Figure("loop of HttpHook.run", statistics.median(hooks), "records/s")
    yield Figure("load task", statistics.median(ours), "records/s")
    yield Figure.median("load task / bare aiohttp", _ratios(ours, bare), "x", 0.4)
    yield Figure("load task / loop of HttpHook.run", statistics.median(ours) / statistics.median(hooks), "x", 4)
    with _house() as home, server(latency=_FAR) as port:
        _lead_to(port)
        bare, ours = _in_turn(home, port, _bodies(640 if quick else 3_200), 1)
    yield Figure.median("load task / bare aiohttp, 50 ms until an answer", _ratios(ours, bare), "x", 0.95)


def _in_turn(home: Path, port: int, bodies: dict[str, str], rounds: int) -> tuple[list[float], list[float]]:
    """Return how many records a second the bare client sends, and the task: in turn, so that noise hits both."""
    bare, ours = [], []
    for _ in range(rounds):
        bare.append(len(bodies) / _timed(lambda: asyncio.run(send_bare(port, bodies))))
        ours.append(len(bodies) / load_task(home, bodies))
    return bare, ours


def _ratios(ones: list[float], others: list[float]) -> list[float]:
    return [one / other for one, other in zip(ones, others, strict=True)]


@contextmanager
def _house() -> Iterator[Path]:
    """Make a folder for Airflow, the staging and an iX-Haus, and let the environment lead there."""
    with tempfile.TemporaryDirectory() as home:
        os.environ["AIRFLOW_HOME"] = home
        os.environ["SERVICEPORTAL_STAGING"] = f"{home}/staging"
        os.environ["AIRFLOW_CONN_IXHAUS_PRODUCTION"] = json.dumps({"conn_type": "sqlite", "host": f"{home}/erp.db"})
        yield Path(home)


def _lead_to(port: int) -> None:
    portal = {"conn_type": "http", "host": f"http://127.0.0.1:{port}", "login": "bench-key", "password": "bench-secret"}
    os.environ["AIRFLOW_CONN_CASAVI_PRODUCTION"] = json.dumps(portal)


def _bodies(number: int) -> dict[str, str]:
    return {f"P{index:06}": _body(index) for index in range(number)}  # in order of id, as a plan is


def _body(index: int) -> str:
    return json.dumps({
        "id": f"P{index:06}", "firstName": "Erika", "lastName": f"Beispiel-{index}",
        "email": f"erika{index}@example.org",
        "street": "Musterstr. 14", "postalCode": "00000", "city": "Musterstadt", "country": "Deutschland",
        "telephone": "+49 30 23125000", "mobile": None, "portalUser": True,
    })  # fmt: skip


def server(contacts: int = 0, latency: float = 0) -> AbstractContextManager[int]:
    """Run bench/server.py, which lists so many contacts and takes so many seconds to say yes; yields its port."""
    return serving("bench.server", contacts, latency)


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _hook_loop(bodies: dict[str, str]) -> None:
    from airflow.providers.http.hooks.http import HttpHook

    hook = HttpHook(method="POST", http_conn_id="casavi_production")
    for body in bodies.values():
        hook.run("/contacts", data=body, headers={"token": "t", "Content-Type": "application/json"})


def load_task(home: Path, bodies: dict[str, str]) -> float:
    """Stage creates for all bodies as a plan would, and time the load step that a task runs."""
    from include.groups import PERSONS
    from include.ixhaus.contract.own import SP_ABGLEICH, SP_PROTOKOLL, SP_SPERRE
    from include.ixhaus.database import close_engines, open_engine
    from include.settings import SystemSettings
    from include.sync import ledger, steps
    from include.sync.lease import acquire
    from include.sync.planned import BatchPart
    from include.sync.run import RunState
    from include.sync.staging import Staging

    close_engines()
    for leftover in home.glob("erp.db*"):
        leftover.unlink()
    engine = open_engine("ixhaus_production")
    SP_ABGLEICH.metadata.create_all(engine, tables=[SP_ABGLEICH, SP_PROTOKOLL, SP_SPERRE])
    lease = acquire(engine, "production/persons", "bench", 60)
    staging = Staging.create("production", "persons", "bench")
    settings = SystemSettings.model_validate(_SETTINGS)
    staging.path("settings.json").write_text(settings.model_dump_json(), encoding="utf-8")
    now = datetime.now(UTC).isoformat()
    state = RunState("production", "persons", "bench", staging.reference, lease.token, now)
    common = {
        "action": "create",
        "decision": "send",
        "reason": "ACTIVE",
        "properties": "1",
        "identity": "",
        "parents": "",
    }
    rows = [{"external_id": key, "hash": f"{hash(body):x}", "content": body, **common} for key, body in bodies.items()]
    staging.write_table("send_contact", pa.Table.from_pylist(rows), rows_per_group=len(rows))
    with engine.begin() as connection:
        ledger.add_new(connection, "production", "persons", "contact", rows)
    batch: BatchPart = {"record_type": "contact", "file": "send_contact", "part": 0}
    seconds = _timed(lambda: steps.load(PERSONS, state.open(), batch))
    with engine.connect() as connection:
        held = len(
            ledger.known_records(engine, "production", ["contact"]).filter(pa.compute.field("state") == "present")
        )
    assert held == len(bodies), f"only {held} of {len(bodies)} acknowledged"
    return seconds
