"""What each peer is put through. A cell is one run, or two that belong together."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from bench.peers.attempt import Peer, World, attempt
from bench.peers.measured import Run, counted

LATENCY = 0.05
KILL_LATENCY = 0.002
"""So that a run is still sending when it is killed, whoever it is."""
EVERY = 100
"""One per cent of the records change, or are refused."""


@dataclass(frozen=True)
class Worlds:
    """The same source in three sizes."""

    small: World
    middle: World
    large: World


def imports(peer: Peer, world: World) -> Run:
    """What a process of it takes before it begins to work."""
    started = replace(peer, program=("-c", f"import {peer.program[1]}"))
    with attempt(started, world) as one:
        return counted(peer.name, "imports", one.run(), world.portal.told(), ())


def load(peer: Peer, world: World, cell: str, latency: float = 0) -> Run:
    """A first run: everything is new."""
    with attempt(peer, world) as one:
        world.portal.ask(latency)
        return counted(peer.name, cell, one.run(), world.portal.told(), one.keys)


def second_runs(peer: Peer, worlds: Worlds, *, with_mark: bool) -> Iterator[Run]:
    """A run without any change, one with one per cent, and one without change over ten times as much.

    with_mark: whether what it keeps of a run says the same of ten times as many records
    """
    portal = worlds.middle.portal
    with attempt(peer, worlds.middle) as one:
        one.run()
        portal.ask()
        yield counted(peer.name, "unchanged", one.run(), portal.told(), one.keys)
        moved = one.keys[::EVERY]
        one.change(moved)
        portal.ask()
        yield counted(peer.name, "changed", one.run(), portal.told(), moved, anew=True)
        if with_mark:
            number = one.grow(worlds.large)
            portal.ask()
            yield replace(counted(peer.name, "large unchanged", one.run(), portal.told(), ()), records=number)


def large(peer: Peer, world: World, *, again: bool) -> Iterator[Run]:
    """A first run over much; again: and one after it without change."""
    with attempt(peer, world) as one:
        yield counted(peer.name, "large", one.run(), world.portal.told(), one.keys)
        if again:
            world.portal.ask()
            yield counted(peer.name, "large unchanged", one.run(), world.portal.told(), one.keys)


def refused(peer: Peer, world: World) -> Iterator[Run]:
    """The portal refuses one per cent and is healed then; what the next run does, and what a person can."""
    portal = world.portal
    with attempt(peer, world) as one:
        bad = one.keys[::EVERY]
        portal.ask(refused=bad)
        yield counted(peer.name, "refused", one.run(), portal.told(), set(one.keys) - set(bad))
        portal.ask()
        yield counted(peer.name, "healed", one.run(), portal.told(), one.keys)
        if peer.by_hand:
            portal.ask()
            yield counted(peer.name, "by hand", one.run(by_hand=True), portal.told(), one.keys)


def killed(peer: Peer, world: World) -> Iterator[Run]:
    """Killed after two fifths, and started once more."""
    portal = world.portal
    with attempt(peer, world) as one:
        portal.ask(KILL_LATENCY)
        one.run_until(len(one.keys) * 2 // 5)
        early = portal.told()["arrived"]
        portal.ask(KILL_LATENCY)
        yield counted(peer.name, "restarted", one.run(), portal.told(), one.keys, early)
