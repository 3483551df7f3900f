"""The lease keeps a second run out, wherever it was started (R53); on a real SQLite file, with a clock of our own."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event, select
from sqlalchemy.exc import OperationalError

from include.ixhaus.contract.own import SP_SPERRE
from include.ixhaus.database import engine_on
from include.sync import lease as module
from include.sync.lease import Lease, LeaseHeldError, LeaseLostError, acquire

pytestmark = pytest.mark.rule("R53")
NAME = "production/persons"
SECONDS = 30.0
PATIENCE = 20
"""Seconds after which a test that waits for a thread has failed."""


class Clock:
    """Stands still until a test moves it."""

    def __init__(self) -> None:
        self.now = datetime(2027, 1, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(module, "utc_now", clock)
    return clock


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "ixhaus.db"


@pytest.fixture
def engine(database: Path) -> Engine:
    engine = engine_on(lambda: sqlite3.connect(database))
    SP_SPERRE.create(engine)
    return engine


def slow_engine(database: Path, meanwhile: Callable[[], object]) -> Engine:
    """An engine with which something happens between a run's look at the lease and its attempt to take it."""
    engine, transactions = engine_on(lambda: sqlite3.connect(database)), count()

    @event.listens_for(engine, "checkout")
    def before(*_: object) -> None:
        if next(transactions) == 1:  # 0 is the look
            meanwhile()

    return engine


def never(_: float) -> None:
    """Stands for sleep where nobody should have to wait."""
    raise AssertionError("waited")


def take(engine: Engine, holder: str, name: str = NAME, sleep: Callable[[float], None] = never) -> Lease:
    return acquire(engine, name, holder, SECONDS, sleep)


def confirm(engine: Engine, lease: Lease) -> None:
    """A commit of a run: confirms its lease in the same transaction."""
    with engine.begin() as connection:
        lease.confirm(connection)


def stored(engine: Engine) -> Any:
    with engine.connect() as connection:
        return connection.execute(select(SP_SPERRE).where(SP_SPERRE.c.name == NAME)).one()


# one after the other


def test_a_free_lease_is_taken_at_once(engine: Engine, clock: Clock) -> None:
    assert take(engine, "run 1") == Lease(NAME, "run 1", 1, SECONDS)
    assert stored(engine) == (NAME, "run 1", 1, datetime(2027, 1, 1, 0, 0, 30))  # noqa: DTZ001 - as in the table


def test_each_system_and_group_has_a_lease_of_its_own(engine: Engine, clock: Clock) -> None:
    leases = [take(engine, "run 1", name) for name in (NAME, "production/objects", "test/persons")]
    for lease in leases:
        confirm(engine, lease)
    assert [(lease.name, lease.token) for lease in leases] == [
        (NAME, 1),
        ("production/objects", 1),
        ("test/persons", 1),
    ]


def test_a_released_lease_is_free_at_once(engine: Engine, clock: Clock) -> None:
    first = take(engine, "run 1")
    first.release(engine)
    assert take(engine, "run 2").token == 2


def test_a_released_lease_is_nobodys_any_more(engine: Engine, clock: Clock) -> None:
    lease = take(engine, "run 1")
    lease.release(engine)
    with pytest.raises(LeaseLostError):
        confirm(engine, lease)


def test_the_same_run_gets_its_lease_back_at_once_and_its_dead_process_is_fenced_off(
    engine: Engine, clock: Clock
) -> None:
    dead = take(engine, "run 1")
    alive = take(engine, "run 1")
    assert alive.token == dead.token + 1
    with pytest.raises(LeaseLostError):
        confirm(engine, dead)
    confirm(engine, alive)


def test_a_dead_process_does_not_give_back_the_lease_of_the_living(engine: Engine, clock: Clock) -> None:
    dead = take(engine, "run 1")
    alive = take(engine, "run 1")
    dead.release(engine)
    confirm(engine, alive)
    assert stored(engine)[:3] == (NAME, "run 1", alive.token)


def test_two_processes_of_one_run_at_once_do_not_share_a_lease(engine: Engine, database: Path, clock: Clock) -> None:
    take(engine, "run 1")
    others: list[Lease] = []
    mine = take(slow_engine(database, lambda: others.append(take(engine, "run 1"))), "run 1", sleep=clock.forward)
    confirm(engine, mine)
    with pytest.raises(LeaseLostError):
        confirm(engine, others[0])


# two runs


def test_a_second_run_gives_up_at_the_first_sign_of_life(engine: Engine, clock: Clock) -> None:
    first, waits = take(engine, "run 1"), []

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        clock.forward(seconds)
        if len(waits) == 3:
            confirm(engine, first)

    with pytest.raises(LeaseHeldError, match=r"^run 1 holds production/persons$"):
        take(engine, "run 2", sleep=sleep)
    assert len(waits) == 3
    confirm(engine, first)


def test_a_second_run_takes_over_once_the_lease_has_run_out(engine: Engine, clock: Clock) -> None:
    dead = take(engine, "run 1")
    assert take(engine, "run 2", sleep=clock.forward).token == dead.token + 1
    assert clock.now > datetime(2027, 1, 1, 0, 0, 30, tzinfo=UTC)


def test_an_end_that_a_wrong_clock_wrote_a_year_ahead_is_waited_for_no_longer_than_a_lease(
    engine: Engine, clock: Clock
) -> None:
    clock.forward(365 * 86_400)
    dead = take(engine, "run 1")
    clock.forward(-365 * 86_400)
    waits: list[float] = []
    assert take(engine, "run 2", sleep=waits.append).token == dead.token + 1
    assert SECONDS < sum(waits) <= SECONDS + 2
    assert stored(engine).valid_until == datetime(2027, 1, 1, 0, 0, 30)  # noqa: DTZ001 - as in the table


def test_a_living_run_whose_clock_is_a_year_ahead_is_named(engine: Engine, clock: Clock) -> None:
    clock.forward(365 * 86_400)
    ahead = take(engine, "run 1")
    clock.forward(-365 * 86_400)

    def sleep(seconds: float) -> None:
        clock.forward(365 * 86_400 + seconds)
        confirm(engine, ahead)
        clock.forward(-365 * 86_400)

    with pytest.raises(LeaseHeldError) as held:
        take(engine, "run 2", sleep=sleep)
    assert held.value.holder == "run 1"


@pytest.mark.parametrize("seconds", [30, 29.9])
def test_a_lease_is_not_taken_over_before_it_has_run_out(engine: Engine, clock: Clock, seconds: float) -> None:
    take(engine, "run 1")
    clock.forward(seconds)
    with pytest.raises(AssertionError, match="waited"):
        take(engine, "run 2")
    assert stored(engine).holder == "run 1"


def test_a_run_that_was_thought_dead_cannot_write_any_more(engine: Engine, clock: Clock) -> None:
    slow = take(engine, "run 1")
    clock.forward(SECONDS + 1)
    heir = take(engine, "run 2")
    with pytest.raises(LeaseLostError, match=r"^run 1 no longer holds production/persons; another run has taken over$"):
        confirm(engine, slow)
    slow.release(engine)
    confirm(engine, heir)
    assert stored(engine).holder == "run 2"


def test_a_run_that_is_late_keeps_its_lease_if_nobody_took_over(engine: Engine, clock: Clock) -> None:
    late = take(engine, "run 1")
    clock.forward(SECONDS + 1)
    confirm(engine, late)
    with pytest.raises(AssertionError, match="waited"):
        take(engine, "run 2")


def test_a_lease_renewed_after_it_was_seen_expired_is_not_taken_over(
    engine: Engine, database: Path, clock: Clock
) -> None:
    late = take(engine, "run 1")
    clock.forward(SECONDS + 1)
    slow = slow_engine(database, lambda: confirm(engine, late))
    with pytest.raises(AssertionError, match="waited"):
        take(slow, "run 2")
    confirm(engine, late)


def test_what_a_run_wrote_with_a_lost_lease_is_rolled_back(engine: Engine, clock: Clock) -> None:
    slow = take(engine, "run 1")
    clock.forward(SECONDS + 1)
    take(engine, "run 2")

    def write() -> None:
        with engine.begin() as connection:
            connection.execute(SP_SPERRE.insert().values(name="written", token=0))
            slow.confirm(connection)

    with pytest.raises(LeaseLostError):
        write()
    with engine.connect() as connection:
        names = connection.execute(select(SP_SPERRE.c.name)).scalars().all()
    assert names == [NAME]


@pytest.mark.parametrize("released_before", [True, False])
def test_a_run_that_was_overtaken_on_the_way_waits_for_the_winner(
    engine: Engine, database: Path, clock: Clock, released_before: bool
) -> None:
    if released_before:
        take(engine, "old run").release(engine)
    winners: list[Lease] = []

    def sleep(seconds: float) -> None:
        clock.forward(seconds)
        confirm(engine, winners[0])

    slow = slow_engine(database, lambda: winners.append(take(engine, "run 1")))
    with pytest.raises(LeaseHeldError, match="run 1 holds"):
        take(slow, "run 2", sleep=sleep)
    assert stored(engine).holder == "run 1"


@pytest.mark.parametrize("before", ["no row yet", "released", "expired"])
def test_of_two_runs_at_once_exactly_one_wins(engine: Engine, clock: Clock, before: str) -> None:
    if before != "no row yet":
        old = take(engine, "old run")
        old.release(engine) if before == "released" else clock.forward(SECONDS + 1)
    start, won = threading.Barrier(2), threading.Event()
    winners: list[Lease] = []
    losers: list[str] = []

    def sleep(_: float) -> None:
        """Only the loser waits; meanwhile the winner gives signs of life."""
        assert won.wait(PATIENCE)
        clock.forward(1)
        confirm(engine, winners[0])

    def run(holder: str) -> None:
        start.wait(PATIENCE)
        try:
            winners.append(take(engine, holder, sleep=sleep))
            won.set()
        except LeaseHeldError:
            losers.append(holder)

    threads = [threading.Thread(target=run, args=(holder,)) for holder in ("run 1", "run 2")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert sorted([winners[0].holder, *losers]) == ["run 1", "run 2"]
    assert len(winners) == 1
    confirm(engine, winners[0])


# kept alive in the background


@pytest.fixture
def renewals(engine: Engine) -> Iterator[threading.Semaphore]:
    """Counts the renewals that the background thread began."""
    begun = threading.Semaphore(0)

    def release(connection: object, cursor: object, statement: str, *_: object) -> None:
        if threading.current_thread().name.startswith("lease ") and statement.startswith("UPDATE"):
            begun.release()

    event.listen(engine, "before_cursor_execute", release)
    yield begun
    event.remove(engine, "before_cursor_execute", release)


def wait_for(renewals: threading.Semaphore, number: int) -> None:
    for _ in range(number):
        assert renewals.acquire(timeout=PATIENCE), "the lease is not renewed"


def short(engine: Engine) -> Lease:
    """A lease that is renewed every few milliseconds."""
    return acquire(engine, NAME, "run 1", 0.03, never)


def test_a_lease_is_renewed_while_the_work_goes_on(engine: Engine, clock: Clock, renewals: threading.Semaphore) -> None:
    lease = short(engine)
    with lease.kept_alive(engine):
        clock.forward(10)
        while renewals.acquire(blocking=False):  # what a busy machine renewed before that
            pass
        wait_for(
            renewals, 3
        )  # the first may have read the time before; the third has begun, so the second is committed
        assert stored(engine).valid_until == datetime(2027, 1, 1, 0, 0, 10, 30_000)  # noqa: DTZ001
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("lease ")]


def test_work_done_without_the_lease_does_not_count(
    engine: Engine, clock: Clock, renewals: threading.Semaphore
) -> None:
    lease = short(engine)

    def work() -> None:
        with lease.kept_alive(engine):
            take(engine, "run 1")
            wait_for(renewals, 1)

    with pytest.raises(LeaseLostError):
        work()


def test_a_failure_of_the_work_is_not_hidden_by_the_lease(engine: Engine, clock: Clock) -> None:
    lease = short(engine)
    with pytest.raises(ValueError, match="work"), lease.kept_alive(engine):
        raise ValueError("work")
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("lease ")]


def test_a_passing_database_fault_does_not_end_the_renewals(
    engine: Engine, clock: Clock, renewals: threading.Semaphore, caplog: pytest.LogCaptureFixture
) -> None:
    faults = iter(range(3))

    def fail(*_: object) -> None:
        if threading.current_thread().name.startswith("lease ") and next(faults, None) is not None:
            raise OperationalError("UPDATE", {"holder": "run 1"}, Exception("ORA-03113"))

    event.listen(engine, "before_cursor_execute", fail)
    lease = short(engine)
    with lease.kept_alive(engine):
        wait_for(renewals, 5)
    assert caplog.messages == ["production/persons could not be renewed (OperationalError)"] * 3
