"""`make bench peers`: the same job through what a data engineer would take instead, and through ours."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from bench.figure import Figure
from bench.peers import cells
from bench.peers.attempt import Peer, World, ours
from bench.peers.contact import Contact, portal
from bench.peers.environments import python_of
from bench.peers.figures import BARE, OURS, figures_of, targets
from bench.peers.measured import Run
from bench.peers.page import keep, write
from bench.peers.source import why_no_postgres

DRT = ("-m", "bench.peers.drivers.with_drt")
SNAPSHOT = "_drt_snapshot_persons"
LIMIT = Peer(BARE, ("-m", "bench.bare"))
WE = Peer(OURS, ("-m", "bench.peers.ours"), ("-m", "bench.peers.ours", "refused"))
PEERS = (
    Peer("drt", (*DRT, "run", "persons"), (*DRT, "retry", "persons"), "drt"),
    Peer("drt, diff", (*DRT, "diff", "run", "persons"), (*DRT, "diff", "retry", "persons"), "drt", SNAPSHOT),
    Peer("dlt", ("-m", "bench.peers.drivers.with_dlt"), (), "dlt"),
    Peer("Singer SDK", ("-m", "bench.peers.drivers.with_singer"), (), "singer"),
    Peer("Airbyte CDK", ("-m", "bench.peers.drivers.with_airbyte"), (), "airbyte"),
)
FASTEST = PEERS[0]
"""The peer that sends most in a second; it goes through the large load too."""
ROUNDS = 3


def measure(quick: bool) -> Iterator[Figure]:
    runs: list[Run] = []
    busy = os.getloadavg()[1]
    for run in _runs(quick=quick):
        runs.append(run)
        yield from figures_of(run)
    yield from targets(runs)
    if not quick:
        keep(runs, busy)
        write(runs, busy)


def _runs(*, quick: bool) -> Iterator[Run]:
    peers = [peer for peer in PEERS if not (peer.snapshot and _left_out())]
    for peer in peers:
        python_of(peer.environment)
    with ExitStack() as stack:
        contact = stack.enter_context(portal())
        sizes = (200, 1_000, 2_000) if quick else (2_000, 10_000, 100_000)
        folders = [Path(stack.enter_context(tempfile.TemporaryDirectory())) for _ in sizes]
        small, middle, large = (_world(folder, contact, size) for folder, size in zip(folders, sizes, strict=True))
        worlds = cells.Worlds(small, middle, large)
        for peer in (LIMIT, WE, *peers):  # first, as nothing has been imported yet, and the wait counts more here
            yield cells.load(peer, small, "slow", cells.LATENCY)
        yield cells.imports(WE, small)
        compared = (LIMIT, WE, FASTEST) * (1 if quick else ROUNDS)  # in turn, so that a noisy moment hits all
        for peer in (*compared, *(other for other in peers if other is not FASTEST)):
            yield cells.load(peer, middle, "load")
        for peer in (LIMIT, WE, FASTEST):
            yield from cells.large(peer, large, again=peer is WE)
        for peer in (WE, *peers):
            yield from cells.second_runs(peer, worlds, with_mark=peer is not WE)
            yield from cells.refused(peer, middle)
            yield from cells.killed(peer, middle)


def _left_out() -> bool:
    why = why_no_postgres()
    if why:
        print(why, flush=True)
    return bool(why)


def _world(folder: Path, contact: Contact, number: int) -> World:
    env = os.environ | ours(folder, contact.url)
    command = [sys.executable, "-m", "bench.peers.ours", "prepare", str(number)]
    subprocess.run(command, cwd=folder, env=env, check=True)
    return World(folder, contact)
