"""One peer in a folder of its own, with a source and a portal that know nothing yet."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bench.peers import source
from bench.peers.contact import Contact
from bench.peers.environments import HERE, python_of
from bench.peers.measured import Spent
from bench.unchanged import ROOT, environment

SPENT = str(HERE / "spent.py")


@dataclass(frozen=True)
class Peer:
    """How one of them is started.

    name:        as it is shown
    program:     what its Python runs
    by_hand:     what it runs where a person has what was refused sent once more; empty: there is no such thing
    environment: whose packages it needs; "" for ours
    snapshot:    PostgreSQL's table in which it remembers what it has sent; "" if it reads SQLite
    """

    name: str
    program: tuple[str, ...]
    by_hand: tuple[str, ...] = ()
    environment: str = ""
    snapshot: str = ""


@dataclass(frozen=True)
class World:
    """A source, made once and copied for each attempt, and the portal that all attempts use one after the other."""

    folder: Path
    portal: Contact

    @property
    def rows(self) -> source.Rows:
        return source.read_source(self.folder / "persons.db")


@dataclass(frozen=True)
class Attempt:
    """A peer that has been given its folder and, where it needs one, its database."""

    peer: Peer
    world: World
    home: Path
    database: str
    keys: list[str]
    env: dict[str, str] = field(repr=False)

    def run(self, *, by_hand: bool = False) -> Spent:
        """Run it to its end."""
        self._start(by_hand=by_hand).wait()
        return Spent(**json.loads((self.home / "spent.json").read_text(encoding="utf-8")))

    def run_until(self, requests: int) -> None:
        """Run it and kill it, and all that it has started, as soon as the portal got so many requests."""
        process = self._start()
        while process.poll() is None and self.world.portal.count() < requests:
            time.sleep(0.01)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        time.sleep(0.2)  # what is in flight arrives

    def _start(self, *, by_hand: bool = False) -> subprocess.Popen[bytes]:
        program = self.peer.by_hand if by_hand else self.peer.program
        python = python_of(self.peer.environment) if self.peer.environment else sys.executable
        command = [sys.executable, SPENT, str(self.home / "spent.json"), python, *program]
        with (self.home / "said.txt").open("ab") as said:
            return subprocess.Popen(
                command, cwd=self.home, env=self.env, stdout=said, stderr=said, start_new_session=True
            )

    def change(self, keys: list[str]) -> None:
        source.change(self.home, self.database, keys)

    def grow(self, world: World) -> int:
        """Give it a larger source of which it shall think that it has sent all; returns how many those are."""
        rows = world.rows
        shutil.copy(world.folder / "persons.db", self.home)
        if self.database:
            source.fill(self.database, rows, self.peer.snapshot)
        return len(rows)


@contextmanager
def attempt(peer: Peer, world: World) -> Iterator[Attempt]:
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        for name in ("erp.db", "persons.db"):
            shutil.copy(world.folder / name, home)
        rows = world.rows
        database = stack.enter_context(source.database(rows)) if peer.snapshot else ""
        world.portal.ask(forget=True)
        env = _env(home, world.portal.url, len(rows), database)
        env = env if peer.environment else ours(home, world.portal.url) | env
        yield Attempt(peer, world, home, database, [key for key, _, _ in rows], env)


def _env(home: Path, portal: str, rows: int, database: str) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "HOME": str(home),
        "PORTAL": portal,
        "SOURCE": str(home / "persons.db"),
        "ROWS": str(rows),
        "POSTGRES": f"{source.POSTGRES}/{database}" if database else "",
    }


def ours(home: Path, portal: str) -> dict[str, str]:
    """Return the environment of a run of ours, with the sample's settings, but as many requests a second as it can."""
    connection = {"conn_type": "http", "host": portal, "login": "bench-key", "password": "bench-secret"}
    env = environment(home) | {"AIRFLOW_CONN_CASAVI_PRODUCTION": json.dumps(connection)}
    settings = home / "config" / "production.yaml"
    text = settings.read_text(encoding="utf-8")
    faster = text.replace("requests_per_second: 500", "requests_per_second: 1000000")
    assert faster != text
    settings.write_text(faster, encoding="utf-8")
    return env
