"""A reading dies before and after each of its requests and commits, one after the other; each time the next mends it.

Whatever dies when, every event of the portal is in iX-Haus exactly once in the end (R58).
"""

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy.engine.default import DefaultDialect

from include.casavi.client import Portal
from include.groups.reports.inbound import work
from include.sync.lease import LeaseLostError
from tests.distorted import Distorted
from tests.groups.reports.inbound.harness import World

LEAST, LIMIT = 20, 80


class DiedError(BaseException):
    """Stands for the end of the process: nothing catches it, and what was not committed is lost."""


@pytest.fixture
def crash_at(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Let the `number`-th side effect from now on be the last: before and after each request and commit."""
    attempt, download = Portal._attempt, Portal._download
    commit = vars(DefaultDialect)["do_commit"]

    def armed(number: int) -> None:
        counted = itertools.count(1)

        def tick() -> None:
            if next(counted) == number:
                raise DiedError

        async def attempt_or_die(self: Portal, *arguments: Any) -> Any:
            tick()
            answer = await attempt(self, *arguments)
            tick()
            return answer

        async def download_or_die(self: Portal, *arguments: Any) -> Any:
            tick()
            answer = await download(self, *arguments)
            tick()
            return answer

        def commit_or_die(self: DefaultDialect, connection: Any) -> None:
            if connection.driver_connection.total_changes:
                tick()
            commit(self, connection)
            if connection.driver_connection.total_changes:
                tick()

        monkeypatch.setattr(Portal, "_attempt", attempt_or_die)
        monkeypatch.setattr(Portal, "_download", download_or_die)
        monkeypatch.setattr(DefaultDialect, "do_commit", commit_or_die)

    return armed


def everything(world: World) -> list[Any]:
    """All that came in, without times and the numbers that the portal counts."""
    reports = sorted(str((one["subject"], one["text"])) for one in world.reports())
    return [reports, sorted(world.texts()), sorted(one["content"] for one in world.files())]


def deaths(world: World, crash_at: Callable[[int], None], beginning: bytes) -> Iterator[int]:
    """Let a reading die a side effect later each time and the next one end; yields which it was, until none is left."""
    for point in range(1, LIMIT):
        world.database.write_bytes(beginning)
        crash_at(point)
        try:
            world.receive()
        except DiedError:
            crash_at(0)
            world.receive()
            yield point
        else:
            break
    assert LEAST < point < LIMIT - 1


@pytest.mark.rule("R58")
def test_a_reading_may_die_at_any_point(world: World, crash_at: Callable[[int], None]) -> None:
    world.sandbox.behave(page_size=2)
    world.sandbox.portal_type("FREMD", "Im Portal angelegt")
    number = world.ours()
    for name in ("a", "b"):
        ticket_id = world.files_report(name, title=name, file=("a.txt", "text/plain", name.encode()))
        world.comments(ticket_id, f"zu {name}", file=("b.txt", "text/plain", f"zu {name}".encode()))
    world.files_report(kind="FREMD", title="fremd")
    world.comments(number, "zu M1")
    beginning = world.database.read_bytes()
    world.receive()
    expected, cursor = everything(world), world.cursor()
    assert expected[1:] == [["zu M1", "zu a", "zu b"], [b"a", b"b", b"zu a", b"zu b"]]
    assert cursor
    for point in deaths(world, crash_at, beginning):
        assert everything(world) == expected, point
        assert world.cursor()


@pytest.mark.rule("R58")
def test_a_reading_may_die_while_it_sets_something_aside(
    world: World, distorted: Distorted, crash_at: Callable[[int], None]
) -> None:
    world.sandbox.behave(page_size=1)
    odd, fine = (world.files_report(title=title, file=("a.txt", "text/plain", b"a")) for title in ("schlecht", "gut"))
    distorted(odd, title=["schlecht"])
    for ticket_id in (odd, fine):
        world.comment(ticket_id, "schlecht", file=("b.txt", "text/plain", b"b"))
    distorted(world.comment(fine), text=["schlecht"])
    distorted(world.attachments()[1], fileName=["schlecht"])
    beginning = world.database.read_bytes()
    world.receive()
    expected, aside = everything(world), world.aside()
    assert len(aside) == 4
    for point in deaths(world, crash_at, beginning):
        assert (everything(world), world.aside(), bool(world.cursor())) == (expected, aside, True), point


@pytest.mark.rule("R58")
def test_one_that_lost_its_lease_writes_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    write = work._write

    def overtaken(*arguments: Any) -> None:
        write(*arguments)
        arguments[0].exec_driver_sql("UPDATE SP_SPERRE SET MARKE = MARKE + 1")

    world.sandbox.behave(page_size=1)
    for title in ("a", "b"):
        world.files_report(title=title)
    monkeypatch.setattr(work, "_write", overtaken)
    with pytest.raises(LeaseLostError):
        world.receive()
    assert [one["subject"] for one in world.reports()] == ["a"]  # the page in whose transaction it was lost
    assert world.cursor() is None
