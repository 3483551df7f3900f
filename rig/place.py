"""This machine in the role of one or several that run docker-compose.yaml: folders, ports, processes."""

import json
import re
import secrets
import shutil
import socket
import subprocess
import sys
import threading
from base64 import urlsafe_b64encode
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from os import environ
from pathlib import Path
from typing import Final

import psutil

from demo.ports import free_port
from rig.compose import ROOT, Service, image_folders, services
from rig.office import OFFICE
from rig.servers import POSTGRES, REDIS
from rig.telling import expect, wait

_QUICK: Final = ("api-server", "scheduler")
"""Their health checks ask an address; each other one starts Airflow's command line."""


@dataclass
class Place:
    """Where the services run. A second process of a service has a number: worker-2.

    settings:  what config/production.yaml is
    persons:   of the sample
    variables: of the compose file, besides those that are made here
    is_one:    one machine, so that logs and staging are shared as compose shares them; else nothing is but the
               databases, which stand for servers
    """

    folder: Path
    database: str
    redis_number: int
    settings: str
    persons: int
    variables: dict[str, str] = field(default_factory=dict)
    is_one: bool = True
    processes: dict[str, "subprocess.Popen[bytes]"] = field(default_factory=dict)
    restarted: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.logs, self.staging, self.demo = (self._made(name) for name in ("logs", "staging", "demo"))
        self.image = self._made("image")
        for name in image_folders():
            shutil.copytree(ROOT / name, self.image / name, ignore=shutil.ignore_patterns("__pycache__"))
        (self.image / "config" / "production.yaml").write_text(self.settings, encoding="utf-8")
        self.ports: defaultdict[str, int] = defaultdict(free_port)
        self.passwords = {name: secrets.token_hex(8) for name in ("admin", OFFICE)}
        variables = self._variables() | self.variables
        self.signing_keys = [variables[f"AIRFLOW_{name}_KEY"] for name in ("SECRET", "FERNET")]
        self.signing_keys.append(variables["AIRFLOW_JWT_SECRET"])
        self.services = services(variables)

    @property
    def erp(self) -> Path:
        """The sample iX-Haus, where the compose file's demo service makes it."""
        return self.demo / "ixhaus.db"

    @property
    def address(self) -> str:
        """Where Airflow's pages are."""
        return f"http://127.0.0.1:{self.ports['api']}"

    def start(self, name: str) -> None:
        """Start a service."""
        command, environment = self._command(name), self._environment(name)
        with (self.logs / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                command, env=environment, cwd=self.folder / name, stdout=log, stderr=log, start_new_session=True
            )

    def start_all(self, *names: str) -> None:
        """Start services, and wait until each is healthy by its own check."""
        for name in names:
            self.start(name)
        first = [name for name in _QUICK if name in names]
        for name in first:
            self.wait_healthy(name)
        with ThreadPoolExecutor() as threads:
            list(threads.map(self.wait_healthy, [name for name in names if name not in first]))

    def wait_healthy(self, name: str) -> None:
        """Wait until a service's own health check succeeds."""
        wait(f"{name} is healthy", partial(self.is_healthy, name), 120)

    def run(self, name: str, command: list[str] | None = None) -> str:
        """Run a service's command, or another in its place, to its end; raises SmokeError if it fails."""
        done = subprocess.run(
            command or self._command(name),
            env=self._environment(name), cwd=self.folder / name, capture_output=True, text=True, timeout=300,
        )  # fmt: skip
        (self.logs / f"{name}.run.log").write_text(done.stdout + done.stderr, encoding="utf-8")
        expect(done.returncode == 0, f"{name}: {' '.join(command or ['its command'])} ended with {done.returncode}")
        return done.stdout

    def is_healthy(self, name: str) -> bool | None:
        """Whether a service's own health check succeeds; None if not (yet)."""
        process = self.processes[name]
        expect(process.poll() is None, f"{name} ended with {process.returncode}")
        test = [self._here(part, name) for part in self._service(name).healthcheck]
        done = subprocess.run(
            test, env=self._environment(name), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=60
        )
        return True if done.returncode == 0 else None

    def kill(self, name: str) -> None:
        """End a service and whatever it has started at once, as if its machine had lost its power."""
        for process in self._family(name):
            with suppress(psutil.NoSuchProcess):
                process.kill()
        self.processes[name].wait(5)

    def wait_healthy_again(self, name: str) -> None:
        """Wait until a service that was killed has been started anew and is healthy."""
        wait(f"{name} is started again", lambda: True if self.processes[name].poll() is None else None, 30)
        self.wait_healthy(name)

    @contextmanager
    def supervised(self) -> Iterator[None]:
        """Start each service that ends again, as compose and Kubernetes do."""
        done = threading.Event()

        def look() -> None:
            while not done.wait(1):
                for name in [name for name, process in self.processes.items() if process.poll() is not None]:
                    self.restarted.append(name)
                    self.start(name)

        thread = threading.Thread(target=look, daemon=True)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()

    def end(self) -> None:
        """End all processes and whatever they started."""
        running = [name for name, process in self.processes.items() if process.poll() is None]
        family = [process for name in running for process in self._family(name)]
        for name in running:
            self.processes[name].terminate()
        _, alive = psutil.wait_procs(family, timeout=8)
        for process in alive:
            process.kill()
        psutil.wait_procs(alive, timeout=5)
        for started in self.processes.values():
            started.wait(5)

    def runs(self, name: str, pid: int) -> bool:
        """Whether a process belongs to a service."""
        return pid in [process.pid for process in self._family(name)]

    def memory(self) -> dict[str, float]:
        """Service → MB that it and its children hold (PSS: what they share is counted once)."""
        return {
            name: sum(member.memory_full_info().pss for member in self._family(name)) / 1e6 for name in self.processes
        }

    def log_tails(self, lines: int = 12, width: int = 1500) -> str:
        """The end of the newest logs, without the API's list of requests; tasks that say errors come last."""
        found = [path for path in self.logs.rglob("*.log") if "dag_processor" not in path.parts]
        texts = {path: path.read_text("utf-8", "replace") for path in found}
        parts = []
        for path in sorted(found, key=lambda path: ('"level":"error"' in texts[path], path.stat().st_mtime))[-12:]:
            said = [line for line in texts[path].splitlines() if "request finished" not in line]
            tail = [line[:width] for line in said][-lines:]
            parts.append("\n".join([f"--- {path.relative_to(self.logs)}", *tail]))
        return "\n".join(parts)

    def _family(self, name: str) -> list[psutil.Process]:
        try:
            root = psutil.Process(self.processes[name].pid)
            return [root, *root.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []

    def _made(self, name: str) -> Path:
        folder = self.folder / name
        folder.mkdir()
        return folder

    def _service(self, name: str) -> Service:
        return self.services[re.sub(r"-\d+$", "", name)]

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
            "DEMO_PERSONS": str(self.persons),
        }

    def _here(self, text: str, name: str) -> str:
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
            "/var/log/airflow": str(self.logs if self.is_one else self.logs / f"of-{name}"),
        }.items():
            text = text.replace(there, here)
        return text

    def _command(self, name: str) -> list[str]:
        command = [self._here(part, name) for part in self._service(name).command]
        if not self.is_one and name.startswith("worker"):  # on a machine of its own its name would be another's
            command += ["--celery-hostname", f"celery@{self._host(name)}"]
        return command

    def _host(self, name: str) -> str:
        """The name that a machine of its own would have."""
        return socket.gethostname() if self.is_one else f"{name}.{socket.gethostname()}"

    def _environment(self, name: str) -> dict[str, str]:
        """A service's environment with nothing of this process's in it but what a container's system gives."""
        home = self.folder / name
        home.mkdir(exist_ok=True)
        system = {
            "PATH": f"{Path(sys.executable).parent}:{environ['PATH']}",
            "HOME": str(home),
            "HOSTNAME": self._host(name),
            "LANG": "C.UTF-8",
        }
        given = {key: self._here(value, name) for key, value in self._service(name).environment.items()}
        given = {key: value.replace("/opt/airflow", str(home)) for key, value in given.items()}
        return system | given | {
            "AIRFLOW__API__HOST": "127.0.0.1",
            "AIRFLOW__API__PORT": str(self.ports["api"]),
            "AIRFLOW__LOGGING__WORKER_LOG_SERVER_PORT": str(self.ports[f"logs of {name}"]),
            "AIRFLOW__LOGGING__TRIGGER_LOG_SERVER_PORT": str(self.ports["trigger_logs"]),
            "AIRFLOW__SCHEDULER__SCHEDULER_HEALTH_CHECK_SERVER_PORT": str(self.ports["scheduler"]),
        }  # fmt: skip
