"""A group that an event has just started is not started again by the clock, unless there is something left to do."""

from datetime import datetime, timedelta

import pytest

from include.vocabulary.clock import to_utc_column, utc_now
from tests.faults.harness import Ran, World, tenants

BY_EVENT = "casavi_persons/asset_triggered__2026-01-01T02:01:00"
YESTERDAY = timedelta(days=1)


def by_the_clock(world: World, period: timedelta = YESTERDAY) -> Ran:
    return world.run(clock_since=to_utc_column(utc_now() - period))


def age(world: World, hours: int) -> None:
    """Let the run that the event started have begun some hours ago."""
    begun: datetime = to_utc_column(utc_now() - timedelta(hours=hours))
    world.sql("UPDATE SP_PROTOKOLL SET ABGEFRAGT_AM = ? WHERE LAUF LIKE ?", str(begun), f"{BY_EVENT}%")


@pytest.fixture
def followed(world: World) -> World:
    """Persons have just followed the objects."""
    world.settle(*tenants(2))
    assert world.run(again=BY_EVENT).status == "ok"
    return world


@pytest.mark.rule("R53")
def test_the_clock_leaves_out_what_an_event_has_just_done(followed: World) -> None:
    ran = by_the_clock(followed)
    assert (ran.status, ran.xcom["reason"], ran.requests) == (
        "skipped",
        "Die Gruppe ist in dieser Nacht schon abgeglichen worden; dieser Lauf war nicht mehr nötig.",
        [],
    )
    assert followed.protocol()[0]["status"] == "skipped"
    assert not followed.is_leased()
    assert not [path for path in (followed.folder / "staging").rglob("*") if path.is_file()]


def test_what_a_person_asks_for_is_never_left_out(followed: World) -> None:
    assert followed.run().status == "ok"


def test_last_evenings_run_is_not_this_nights(followed: World) -> None:
    age(followed, hours=5)
    assert by_the_clock(followed).status == "ok"


def test_a_schedule_of_every_hour_is_left_out_once_at_most(followed: World) -> None:
    age(followed, hours=2)
    assert by_the_clock(followed, timedelta(hours=1)).status == "ok"


def test_a_run_with_errors_is_no_reason_to_rest(followed: World) -> None:
    followed.sql("UPDATE SP_PROTOKOLL SET STATUS = 'errors' WHERE LAUF LIKE ?", f"{BY_EVENT}%")
    assert by_the_clock(followed).status == "ok"


def test_a_run_by_the_clock_is_followed_by_the_next(followed: World) -> None:
    age(followed, hours=5)
    assert [by_the_clock(followed).status for _ in range(2)] == ["ok", "ok"]
