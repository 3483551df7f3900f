"""`make smoke-celery`: the services of docker-compose.yaml as processes, and their DAGs through a Celery worker.

Starts every Airflow service with the compose file's own command and environment; only addresses and folders are
translated to this machine, and each service has an AIRFLOW_HOME of its own, so that nothing can depend on sharing more
than compose shares. Needs PostgreSQL and Redis, see SMOKE_POSTGRES and SMOKE_REDIS; uses a database and a Redis number
of its own and removes both. Exit code 0: all seen; 1: something is wrong; 2: PostgreSQL or Redis does not answer.
"""

import json
import os
import secrets
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final, LiteralString, TypeVar
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlsplit
from urllib.request import Request, urlopen

import psutil
import psycopg
import redis
from psycopg.sql import SQL, Identifier

from tests.compose import ROOT, Service, image_folders, services
from tests.sandbox import SandboxProcess

POSTGRES: Final = os.environ.get("SMOKE_POSTGRES", "postgresql://postgres@127.0.0.1:5432")
REDIS: Final = os.environ.get("SMOKE_REDIS", "redis://127.0.0.1:6379")
STARTED: Final = ("api-server", "scheduler", "dag-processor", "triggerer", "worker")
PERSONS: Final = 100
OFFICE: Final = "buero"
"""Starts runs and answers questions with the role `user`, as the property manager's staff do."""
SETTINGS: Final = """\
active: true
properties: 100-129, 200
person_types: [Mieter, Eigentümer]
portal_access_lead_days: 14
portal_access_trail_days: 90
report_user: "007"
post_author: verwaltung
schedules: {objects: null, persons: 30 2 * * *}
limits: {requests_per_second: 500, parallel_requests: 8}
removal_guard: {max_percent: 10, max_count: 200}
"""
T = TypeVar("T")


class SmokeError(Exception):
    """Something is not as it must be; the message says what."""


def main() -> int:
    """Run all steps; returns the exit code."""
    missing = _unanswered()
    if missing:
        _say("\n".join(missing))
        return 2
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="smoke-celery-") as folder, ExitStack() as stack:
        place = Place(Path(folder), stack.enter_context(_database()), stack.enter_context(_redis_number()))
        stack.callback(place.end)
        try:
            _run(place)
        except (SmokeError, subprocess.SubprocessError, OSError) as error:
            _say(f"\nFAILED: {error}\n{place.log_tails()}")
            return 1
    _say(f"ok    {time.monotonic() - began:6.1f} s  all of it")
    return 0


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


@contextmanager
def _step(name: str) -> Iterator[None]:
    began = time.monotonic()
    try:
        yield
    except BaseException:
        _say(f"wrong {time.monotonic() - began:6.1f} s  {name}")
        raise
    _say(f"ok    {time.monotonic() - began:6.1f} s  {name}")


def _expect(condition: bool, sentence: str) -> None:
    if not condition:
        raise SmokeError(sentence)


def _wait(what: str, look: Callable[[], T | None], seconds: float = 60, pause: float = 0.3) -> T:
    deadline = time.monotonic() + seconds
    while (found := look()) is None:
        if time.monotonic() > deadline:
            raise SmokeError(f"waited {seconds:.0f} s in vain: {what}")
        time.sleep(pause)
    return found


# ---- what must be there already ---------------------------------------------------------------------------------


def _unanswered() -> list[str]:
    missing = []
    try:
        psycopg.connect(f"{POSTGRES}/postgres", connect_timeout=3).close()
    except psycopg.OperationalError:
        missing.append(
            f"PostgreSQL does not answer at {_host(POSTGRES)}. Start it (for example: pg_ctlcluster 15 main start, or "
            "docker run -p 5432:5432 -e POSTGRES_HOST_AUTH_METHOD=trust postgres:17.6), or point SMOKE_POSTGRES to a "
            "server and a user that may create databases: postgresql://user:password@host:5432"
        )
    try:
        with closing(redis.Redis.from_url(REDIS, socket_timeout=3)) as client:
            client.ping()
    except redis.RedisError:
        missing.append(
            f"Redis does not answer at {_host(REDIS)}. Start it (for example: redis-server --save ''), or point "
            "SMOKE_REDIS to a server: redis://:password@host:6379"
        )
    return missing


def _host(url: str) -> str:
    return urlsplit(url).netloc.rpartition("@")[2]


@contextmanager
def _database() -> Iterator[str]:
    """Make a database of our own and drop it at the end; yields its name."""
    name = f"serviceportal_smoke_{secrets.token_hex(4)}"
    _administer("CREATE DATABASE {}", name)
    try:
        yield name
    finally:
        _administer("DROP DATABASE {} WITH (FORCE)", name)


def _administer(statement: LiteralString, database: str) -> None:
    with psycopg.connect(f"{POSTGRES}/postgres", autocommit=True) as connection:
        connection.execute(SQL(statement).format(Identifier(database)))


@contextmanager
def _redis_number() -> Iterator[int]:
    """Find an empty Redis database, the highest number first, and empty it again at the end; yields its number."""
    for number in range(15, -1, -1):
        with closing(redis.Redis.from_url(f"{REDIS}/{number}")) as client:
            if client.dbsize() == 0:
                try:
                    yield number
                finally:
                    client.flushdb()
                return
    raise SmokeError(f"every database of the Redis at {_host(REDIS)} is in use")


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


# ---- the services as processes ----------------------------------------------------------------------------------


@dataclass
class Place:
    """This machine in the role of the containers: folders, ports, processes."""

    folder: Path
    database: str
    redis_number: int
    processes: dict[str, "subprocess.Popen[bytes]"] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.logs, self.staging, self.demo = (self._made(name) for name in ("logs", "staging", "demo"))
        self.image = self._made("image")
        for name in image_folders():
            shutil.copytree(ROOT / name, self.image / name, ignore=shutil.ignore_patterns("__pycache__"))
        (self.image / "config" / "production.yaml").write_text(SETTINGS, encoding="utf-8")
        names = ("api", "scheduler", "worker_logs", "trigger_logs", "demo")
        self.ports = {name: _free_port() for name in names}
        self.passwords = {name: secrets.token_hex(8) for name in ("admin", OFFICE)}
        variables = self._variables()
        self.signing_keys = [variables[f"AIRFLOW_{name}_KEY"] for name in ("SECRET", "FERNET")]
        self.signing_keys.append(variables["AIRFLOW_JWT_SECRET"])
        self.services = services(variables)

    @property
    def erp(self) -> Path:
        """The sample iX-Haus, where the compose file's demo service makes it."""
        return self.demo / "ixhaus.db"

    def start(self, name: str) -> None:
        """Start a service."""
        command, environment = self._command(name), self._environment(name)
        with (self.logs / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                command, env=environment, cwd=self.folder / name, stdout=log, stderr=log, start_new_session=True
            )

    def run(self, name: str, command: list[str] | None = None) -> str:
        """Run a service's command, or another in its place, to its end; raises SmokeError if it fails."""
        done = subprocess.run(
            command or self._command(name),
            env=self._environment(name), cwd=self.folder / name, capture_output=True, text=True, timeout=120,
        )  # fmt: skip
        (self.logs / f"{name}.run.log").write_text(done.stdout + done.stderr, encoding="utf-8")
        _expect(done.returncode == 0, f"{name}: {' '.join(command or ['its command'])} ended with {done.returncode}")
        return done.stdout

    def is_healthy(self, name: str) -> bool | None:
        """Whether a service's own health check succeeds; None if not (yet)."""
        process = self.processes[name]
        _expect(process.poll() is None, f"{name} ended with {process.returncode}")
        test = [self._here(part) for part in self.services[name].healthcheck]
        done = subprocess.run(
            test, env=self._environment(name), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=60
        )
        return True if done.returncode == 0 else None

    def end(self) -> None:
        """End all processes and whatever they started."""
        roots = [psutil.Process(process.pid) for process in self.processes.values() if process.poll() is None]
        family = roots + [child for root in roots for child in root.children(recursive=True)]
        for process in roots:
            process.terminate()
        _, alive = psutil.wait_procs(family, timeout=8)
        for process in alive:
            process.kill()
        psutil.wait_procs(alive, timeout=5)
        for started in self.processes.values():
            started.wait(5)

    def memory(self) -> dict[str, float]:
        """Service → MB that it and its children hold (PSS: what they share is counted once)."""
        found = {}
        for name, process in self.processes.items():
            root = psutil.Process(process.pid)
            family = [root, *root.children(recursive=True)]
            found[name] = sum(member.memory_full_info().pss for member in family) / 1e6
        return found

    def log_tails(self, lines: int = 12, width: int = 1500) -> str:
        """The end of each log, the newest last, without the API's list of requests."""
        files = sorted(self.logs.rglob("*.log"), key=lambda path: path.stat().st_mtime)
        parts = []
        for path in files[-12:]:
            text = path.read_text("utf-8", "replace").splitlines()
            tail = [line[:width] for line in text if "request finished" not in line][-lines:]
            parts.append("\n".join([f"--- {path.relative_to(self.logs)}", *tail]))
        return "\n".join(parts)

    def _made(self, name: str) -> Path:
        folder = self.folder / name
        folder.mkdir()
        return folder

    def _variables(self) -> dict[str, str]:
        portal = {
            "conn_type": "http",
            "host": "http://127.0.0.1:8095/v2",
            "login": "demo-key",
            "password": "demo-secret",
        }
        erp = {"conn_type": "sqlite", "host": "/var/lib/serviceportal/demo/ixhaus.db"}
        return {
            "POSTGRES_PASSWORD": "POSTGRES",
            "REDIS_PASSWORD": "REDIS",
            "AIRFLOW_JWT_SECRET": secrets.token_hex(32),
            "AIRFLOW_SECRET_KEY": secrets.token_hex(32),
            "AIRFLOW_FERNET_KEY": urlsafe_b64encode(secrets.token_bytes(32)).decode(),
            "AIRFLOW_USERS": f"admin:admin,{OFFICE}:user",
            "AIRFLOW_PASSWORDS": json.dumps(self.passwords),
            "AIRFLOW_URL": "http://api-server:8080",
            "IXHAUS_PRODUCTION": json.dumps(erp),
            "CASAVI_PRODUCTION": json.dumps(portal),
            "WORKER_CONCURRENCY": "3",
            "DEMO_PERSONS": str(PERSONS),
        }

    def _here(self, text: str) -> str:
        """Translate the containers' addresses and folders to this machine's."""
        api = f"127.0.0.1:{self.ports['api']}"
        database, _, _ = POSTGRES.partition("://")[2].partition("/")
        for there, here in {
            "airflow:POSTGRES@postgres:5432/airflow": f"{database}/{self.database}",
            "redis://:REDIS@redis:6379/0": f"{REDIS}/{self.redis_number}",
            "api-server:8080": api,
            "localhost:8080": api,
            "localhost:8974": f"127.0.0.1:{self.ports['scheduler']}",
            "localhost:8095": f"127.0.0.1:{self.ports['demo']}",
            "127.0.0.1:8095": f"127.0.0.1:{self.ports['demo']}",
            "--host 0.0.0.0": f"--host 127.0.0.1 --port {self.ports['demo']}",
            "/opt/serviceportal": str(self.image),
            "/var/lib/serviceportal/staging": str(self.staging),
            "/var/lib/serviceportal/demo": str(self.demo),
            "/var/log/airflow": str(self.logs),
        }.items():
            text = text.replace(there, here)
        return text

    def _command(self, name: str) -> list[str]:
        return [self._here(part) for part in self.services[name].command]

    def _environment(self, name: str) -> dict[str, str]:
        """A service's environment with nothing of this process's in it but what a container's system gives."""
        home = self.folder / name
        home.mkdir(exist_ok=True)
        service: Service = self.services[name]
        system = {
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "HOME": str(home),
            "HOSTNAME": socket.gethostname(),
            "LANG": "C.UTF-8",
        }
        given = {key: self._here(value) for key, value in service.environment.items()}
        given = {key: value.replace("/opt/airflow", str(home)) for key, value in given.items()}
        return system | given | {
            "AIRFLOW__API__HOST": "127.0.0.1",
            "AIRFLOW__API__PORT": str(self.ports["api"]),
            "AIRFLOW__LOGGING__WORKER_LOG_SERVER_PORT": str(self.ports["worker_logs"]),
            "AIRFLOW__LOGGING__TRIGGER_LOG_SERVER_PORT": str(self.ports["trigger_logs"]),
            "AIRFLOW__SCHEDULER__SCHEDULER_HEALTH_CHECK_SERVER_PORT": str(self.ports["scheduler"]),
        }  # fmt: skip


# ---- what a person does -----------------------------------------------------------------------------------------


class Airflow:
    """The REST API, used by the office's account."""

    def __init__(self, address: str, password: str) -> None:
        self._address = address
        self._token = ""
        answer = self.send("POST", "/auth/token", {"username": OFFICE, "password": password})
        self._token = answer["access_token"]

    def send(self, method: str, path: str, body: object = None) -> Any:
        """One request; returns the answer's JSON, raises SmokeError if it is refused."""
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self._token}"}
        data = None if body is None else json.dumps(body).encode()
        try:
            with urlopen(Request(self._address + path, data, headers, method=method), timeout=30) as answer:
                return json.load(answer)
        except HTTPError as error:
            raise SmokeError(f"{method} {path}: {error.code} {error.read().decode()[:500]}") from None
        except URLError as error:
            raise SmokeError(f"{method} {path}: {error.reason}") from None

    def unpause(self, dag: str) -> None:
        """Switch a DAG on, as soon as the DAG processor has read it."""

        def is_read() -> bool | None:
            return True if dag in [item["dag_id"] for item in self.send("GET", "/api/v2/dags")["dags"]] else None

        _wait(f"{dag} is read", is_read)
        self.send("PATCH", f"/api/v2/dags/{dag}", {"is_paused": False})

    def trigger(self, dag: str, **conf: object) -> str:
        """Start a run; returns its id."""
        run = self.send("POST", f"/api/v2/dags/{dag}/dagRuns", {"logical_date": None, "conf": conf})
        return str(run["dag_run_id"])

    def run_ids(self, dag: str) -> list[str]:
        """All runs of a DAG."""
        return [run["dag_run_id"] for run in self.send("GET", f"/api/v2/dags/{dag}/dagRuns")["dag_runs"]]

    def run_like(self, dag: str, kind: str, seconds: float = 60) -> str:
        """Wait for a run whose id begins with `kind`; returns its id."""
        return _wait(
            f"a {kind} run of {dag}",
            lambda: next((run for run in self.run_ids(dag) if run.startswith(kind)), None),
            seconds,
        )

    def tasks(self, dag: str, run: str) -> dict[str, dict[str, Any]]:
        """Task (with its map index, if it has one) → task instance."""
        found = self.send("GET", f"/api/v2/dags/{dag}/dagRuns/{quote(run, safe='')}/taskInstances?limit=200")
        return {
            task["task_id"] + (f"[{task['map_index']}]" if task["map_index"] >= 0 else ""): task
            for task in found["task_instances"]
        }

    def finish(self, dag: str, run: str, seconds: float = 90) -> None:
        """Wait until a run has succeeded."""

        def ended() -> str | None:
            state = str(self.send("GET", f"/api/v2/dags/{dag}/dagRuns/{quote(run, safe='')}")["state"])
            return state if state in ("success", "failed") else None

        if _wait(f"{dag} {run} ends", ended, seconds) == "failed":
            failed = {name: task["state"] for name, task in self.tasks(dag, run).items() if task["state"] != "success"}
            raise SmokeError(f"{dag} {run} failed: {failed}")

    def protocol(self, dag: str, run: str) -> dict[str, Any]:
        """Wait until a run has succeeded; returns its protocol."""
        self.finish(dag, run)
        entry = f"/api/v2/dags/{dag}/dagRuns/{quote(run, safe='')}/taskInstances/protocol/xcomEntries/return_value"
        value = self.send("GET", entry)["value"]
        return dict(json.loads(value) if isinstance(value, str) else value)


def _run(place: Place) -> None:
    with _step("init: database, pools, permissions; sample iX-Haus and sandbox portal"):
        place.start("demo")
        place.run("init")
        _wait("the sandbox answers", lambda: place.is_healthy("demo"), 30)
        _expect(place.staging.stat().st_mode & 0o777 == 0o700, "staging may be read by others")
    with _step("the first dry run, before anything is switched on"):
        place.run("worker", ["python", "-m", "include.ixhaus", "check", "production"])
        place.run("worker", ["airflow", "dags", "test", "casavi_objects", "--conf", '{"dry_run": true}'])
        preview = [path.read_text(encoding="utf-8") for path in place.staging.glob("production/objects/*/preview.csv")]
        _expect(len(preview) == 1 and ",create," in preview[0], f"preview: {preview}")
    with _step("all services healthy by their own health checks"):
        for name in STARTED:
            place.start(name)
        _wait_healthy(place)
    airflow = Airflow(f"http://127.0.0.1:{place.ports['api']}", place.passwords[OFFICE])
    portal = SandboxProcess()
    portal.url = f"http://127.0.0.1:{place.ports['demo']}"
    with ExitStack() as stack:
        stack.push(portal)
        _sync(place, airflow, portal)
        _exchange(place, airflow, portal)
        _resend(place, airflow)
        _preview(place, airflow, portal)
        _release(place, airflow, portal)
    _leave_nothing(place)
    memory = place.memory()
    _say("      memory, MB: " + ", ".join(f"{name} {size:.0f}" for name, size in memory.items()))


def _wait_healthy(place: Place) -> None:
    def wait(name: str) -> None:
        _wait(f"{name} is healthy", partial(place.is_healthy, name), 90)

    quick = ("api-server", "scheduler")  # first: the other checks each start Airflow's command line
    for name in quick:
        wait(name)
    with ThreadPoolExecutor() as threads:
        list(threads.map(wait, [name for name in STARTED if name not in quick]))


def _sync(place: Place, airflow: Airflow, portal: SandboxProcess) -> None:
    with _step("casavi_persons runs by its schedule when switched on; contracts wait for their units"):
        airflow.unpause("casavi_persons")
        first = airflow.protocol("casavi_persons", airflow.run_like("casavi_persons", "scheduled__"))
        _expect(first["sent"] > 0 and first["errors"] == 0, f"casavi_persons: {first}")
        _expect(not portal.state("contracts"), "contracts were sent before their units")
    with _step("casavi_objects by REST, and casavi_persons because of it"):
        airflow.unpause("casavi_objects")
        objects = airflow.trigger("casavi_objects")
        sent = airflow.protocol("casavi_objects", objects)
        _expect(sent["sent"] > 0 and sent["errors"] == 0, f"casavi_objects: {sent}")
        persons = airflow.run_like("casavi_persons", "asset_triggered__")
        then = airflow.protocol("casavi_persons", persons)
        _expect(then["sent"] > 0 and then["errors"] == 0, f"casavi_persons: {then}")
        live = {kind: counts["live"] for kind, counts in portal.counts().items()}
        _expect(sent["sent"] == live["properties"] + live["units"], f"sent {sent['sent']}, the portal holds {live}")
        _expect(first["sent"] + then["sent"] == live["contacts"] + live["contracts"], f"the portal holds {live}")
        _expect(live["contacts"] > 50, f"the portal holds {live}")
        _expect_on_worker(place, airflow, "casavi_objects", objects)
        _expect_on_worker(place, airflow, "casavi_persons", persons)


def _expect_on_worker(place: Place, airflow: Airflow, dag: str, run: str) -> None:
    loads = {name: task for name, task in airflow.tasks(dag, run).items() if ".load[" in name}
    _expect(bool(loads), f"{dag} {run} loaded nothing")
    done = """
        SELECT count(*) FROM task_instance t JOIN celery_taskmeta c ON c.task_id = t.external_executor_id
        WHERE t.dag_id = %s AND t.run_id = %s AND t.task_id LIKE '%%.load' AND c.status = 'SUCCESS'
    """

    def by_celery() -> bool | None:
        with psycopg.connect(f"{POSTGRES}/{place.database}") as connection:
            return True if connection.execute(done, (dag, run)).fetchone() == (len(loads),) else None

    _wait(f"Celery has a result for the loads of {dag}: {list(loads)}", by_celery, 10)


def _exchange(place: Place, airflow: Airflow, portal: SandboxProcess) -> None:
    with _step("casavi_reports by its schedule when switched on"):
        airflow.unpause("casavi_reports")
        airflow.finish("casavi_reports", airflow.run_like("casavi_reports", "scheduled__"))
        _expect(portal.counts()["tickets"]["live"] > 10, f"the portal holds {portal.counts()['tickets']}")
    with _step("a tenant's report starts it: the triggerer watches the portal"):
        _wait("the triggerer watches", lambda: _watched(portal), 90)
        portal.tenant_files("129.R16.1", "ANFRAGE", "Heizung kalt", "Seit gestern.", "129/R16")
        airflow.finish("casavi_reports", airflow.run_like("casavi_reports", "asset_triggered__"))
        with closing(sqlite3.connect(place.erp, timeout=30)) as connection:
            found = connection.execute("SELECT 1 FROM SP_MELDUNG WHERE BETREFF = 'Heizung kalt'").fetchall()
        _expect(len(found) == 1, f"the report is in iX-Haus {len(found)} times")


def _watched(portal: SandboxProcess) -> bool | None:
    """True once somebody asks the portal for tickets while no run does."""
    portal.forget_requests()
    time.sleep(5)
    paths = [one["path"] for one in portal.requests()]
    return True if paths.count("/tickets") >= 2 and set(paths) <= {"/tickets", "/authenticate"} else None


def _resend(place: Place, airflow: Airflow) -> None:
    with _step("a backfill sends again what was changed in its interval"):
        day = date.today() - timedelta(days=5)  # noqa: DTZ011 - any day in the past will do
        changed = "UPDATE SP_PERSON SET GEAENDERT_AM = ? WHERE OBJEKT_NR = '100'"
        number = _change_erp(place, changed, f"{day} 12:00:00.000000")
        dates = ["--from-date", str(day), "--to-date", str(day + timedelta(days=1))]
        place.run("scheduler", ["airflow", "backfill", "create", "--dag-id", "casavi_persons", *dates])
        run = airflow.run_like("casavi_persons", "backfill__")
        again = airflow.protocol("casavi_persons", run)
        _expect(0 < again["updated"] <= number, f"{number} persons were changed, backfill: {again}")
        _expect(again["sent"] == again["updated"] and again["errors"] == 0, f"backfill: {again}")


def _preview(place: Place, airflow: Airflow, portal: SandboxProcess) -> None:
    with _step("a dry run sends nothing, and says so"):
        _change_erp(place, "UPDATE SP_PARTNER SET VORNAME = 'Anders' WHERE VORNAME IS NOT NULL")
        before = portal.state("contacts")
        portal.forget_requests()
        dry = airflow.protocol("casavi_persons", airflow.trigger("casavi_persons", dry_run=True))
        _expect(dry["status"] == "dry_run" and dry["sent"] == 0 and dry["updated"] > 0, f"dry run: {dry}")
        paths = {one["path"] for one in portal.requests()} - {"/tickets", "/authenticate"}  # the triggerer's looks
        _expect(not paths and portal.state("contacts") == before, f"a dry run spoke to the portal: {paths}")


def _change_erp(place: Place, statement: str, *given: str) -> int:
    """Change the sample iX-Haus; returns how many rows."""
    with closing(sqlite3.connect(place.erp, timeout=30)) as connection, connection:
        number = connection.execute(statement, given).rowcount
    _expect(number > 0, f"the sample has nothing for: {statement}")
    return number


def _release(place: Place, airflow: Airflow, portal: SandboxProcess) -> None:
    def live() -> int:
        return portal.counts()["contacts"]["live"]

    held = live()
    with _step("more removals than the guard allows: nothing is removed, one question is asked"):
        gone = "(SELECT PERSON_SCHLUESSEL FROM SP_PERSON WHERE OBJEKT_NR BETWEEN '100' AND '119')"
        contracts = f"(SELECT VERTRAG_NR FROM SP_VERTRAG WHERE PERSON_SCHLUESSEL IN {gone})"
        _change_erp(place, f"DELETE FROM SP_VERTRAGSROLLE WHERE VERTRAG_NR IN {contracts}")
        _change_erp(place, f"DELETE FROM SP_VERTRAG WHERE PERSON_SCHLUESSEL IN {gone}")
        _change_erp(place, f"DELETE FROM SP_PERSON WHERE PERSON_SCHLUESSEL IN {gone}")
        guarded = airflow.protocol("casavi_persons", airflow.trigger("casavi_persons"))
        _expect(guarded["removed"] == 0 and live() == held, f"guard: {guarded}, the portal holds {live()} of {held}")
        _expect(guarded["updated"] > 0 and guarded["errors"] == 0, f"what the guard does not concern: {guarded}")
        asking = airflow.run_like("casavi_release_removals", "asset_triggered__")
        question = _wait("the question waits", lambda: _waiting(airflow, asking))
    with _step("the next run finds the same: no second question"):
        again = airflow.protocol("casavi_persons", airflow.trigger("casavi_persons"))
        runs = airflow.run_ids(question["dag"])
        _expect(again["removed"] == 0 and runs == [asking], f"asked twice: {again}, {runs}")
    with _step("approved by the office: the removals are released"):
        path = (
            f"/api/v2/dags/{question['dag']}/dagRuns/{quote(asking, safe='')}/taskInstances/ask.approve/0/hitlDetails"
        )
        _expect("contact" in question["body"], f"the question says {question['body']}")
        airflow.send("PATCH", path, {"chosen_options": ["Approve"], "params_input": {}})
        released = airflow.protocol("casavi_persons", airflow.run_like("casavi_persons", "released__"))
        _expect(released["removed"] > held / 10 and released["errors"] == 0, f"released: {released}")
        _expect(live() < held * 0.9, f"{live()} of {held} contacts are still in the portal")
        airflow.finish(question["dag"], asking)


def _waiting(airflow: Airflow, run: str) -> dict[str, Any] | None:
    """The open question of a run of casavi_release_removals."""
    found = airflow.send("GET", f"/api/v2/dags/casavi_release_removals/dagRuns/{quote(run, safe='')}/hitlDetails")
    details = [item for item in found["hitl_details"] if not item["response_received"]]
    return {"dag": "casavi_release_removals", "body": details[0]["body"]} if details else None


def _leave_nothing(place: Place) -> None:
    with _step("staging is empty but for the dry runs' previews; no home is shared"):
        left = [path.name for path in place.staging.rglob("*") if path.is_file()]
        _expect(set(left) == {"preview.csv"}, f"left in staging: {left}")
        _expect(not (place.folder / "worker" / "staging").exists(), "the worker staged in its own home")
    with _step("no log holds a secret or a person"):
        logs = "\n".join(path.read_text("utf-8", "replace") for path in place.logs.rglob("*.log"))
        found = [what for what, words in _private(place).items() for word in words if word in logs]
        _expect("casavi_persons" in logs and not found, f"in the logs: {sorted(set(found))}")
    with _step("the protocol's command names every run"):
        runs = json.loads(
            place.run("worker", ["python", "-m", "include.commands", "protocol", "--format", "json", "--last", "99"])
        )
        ended = [(run["group"], run["status"]) for run in reversed(runs) if run["group"] != "reports"]
        expected = [("objects", "dry_run"), ("persons", "ok"), ("objects", "ok"), ("persons", "ok"), ("persons", "ok")]
        expected += [("persons", "dry_run"), ("persons", "ok"), ("persons", "ok"), ("persons", "ok")]
        _expect(ended == expected, f"runs in the protocol: {ended}")


def _private(place: Place) -> dict[str, list[str]]:
    """What no log may hold, by what it is."""
    with closing(sqlite3.connect(place.erp)) as connection:
        persons = {
            column: [
                value
                for table in ("SP_PERSON", "SP_PARTNER")
                for (value,) in connection.execute(f"SELECT DISTINCT {column} FROM {table} WHERE length({column}) > 5")
            ]
            for column in ("NACHNAME", "EMAIL", "STRASSE", "TELEFON")
        }
    return persons | {"a secret": [*place.passwords.values(), "demo-secret", *place.signing_keys]}


if __name__ == "__main__":
    sys.exit(main())
