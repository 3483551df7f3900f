"""From where to where the portal is read, and that nothing slips through (R58, E28)."""

from collections.abc import AsyncGenerator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from include.casavi.client import PortalStopError
from include.casavi.endpoints import Call
from include.casavi.listing import ListingError, Page, list_pages
from include.groups.reports.inbound import Received, reading
from include.groups.reports.times import iso, parse
from include.vocabulary.clock import utc_now
from tests.groups.reports.inbound.harness import World

HOUR = 3600.0
Record = dict[str, Any]


def moved_to(world: World) -> datetime:
    """Where the cursor is."""
    moment = parse(world.cursor())
    assert moment
    return moment


def titles(world: World) -> list[str]:
    return sorted(report["subject"] for report in world.reports())


@pytest.mark.rule("R58")
def test_a_first_run_takes_everything_there_is(world: World) -> None:
    world.sandbox.behave(clock_skew_seconds=-1000 * 24 * HOUR)
    world.files_report(title="alt")
    world.sandbox.behave(clock_skew_seconds=0)
    world.files_report(title="neu")
    assert world.receive() == Received(tickets=2)


@pytest.mark.rule("E28")
@pytest.mark.parametrize("hours", [-48, 48])
def test_the_cursor_goes_by_the_portals_clock(world: World, hours: int) -> None:
    world.sandbox.behave(clock_skew_seconds=hours * HOUR)
    for title in ("eins", "zwei"):
        world.files_report(title=title)
        assert world.receive() == Received(tickets=1)
    assert abs(moved_to(world) - utc_now() - timedelta(hours=hours)) < timedelta(minutes=1)


@pytest.mark.rule("E28")
def test_what_was_written_just_before_the_cursor_is_read(world: World) -> None:
    world.receive()
    world.sandbox.behave(clock_skew_seconds=-300)  # an answer under way while the cursor was set
    world.files_report()
    world.sandbox.behave(clock_skew_seconds=0)
    assert world.receive() == Received(tickets=1)


@pytest.mark.rule("E28")
def test_a_clock_that_is_put_back_loses_nothing(world: World) -> None:
    world.sandbox.behave(clock_skew_seconds=24 * HOUR)
    world.receive()
    world.sandbox.behave(clock_skew_seconds=0)
    world.files_report()
    assert world.receive() == Received(tickets=1)
    assert moved_to(world) < utc_now() + timedelta(minutes=1)


@pytest.mark.rule("R58")
def test_all_pages_are_read_and_the_cursor_moves_with_the_last(world: World) -> None:
    world.sandbox.behave(page_size=2)
    for number in range(5):
        world.files_report(title=str(number))
    world.sandbox.fault("status", path="/tickets", skip=2, times=4, status=503)
    with pytest.raises(ListingError):
        world.receive()
    assert (titles(world), world.cursor()) == (["0", "1", "2", "3"], None)  # what was read is stored
    assert world.receive() == Received(tickets=1)
    assert world.cursor()


@pytest.mark.rule("R58", "E28")
def test_a_ticket_that_moves_up_while_pages_are_read_is_not_missed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.sandbox.behave(page_size=2, clock_skew_seconds=-HOUR)
    ids = [world.files_report(title=str(number)) for number in range(6)]
    world.sandbox.behave(clock_skew_seconds=0)
    touched: list[str] = []

    async def disturbed(portal: Any, call: Call, of: str = "", query: Any = None) -> AsyncGenerator[Page]:
        async for page in list_pages(portal, call, of, query):
            yield page
            if not touched:  # the first of page one moves to the end, so "2" moves up to page one
                touched.append(ids[0])
                world.sandbox.staff_sets_status(ids[0], "IN_PROGRESS")

    monkeypatch.setattr(reading, "list_pages", disturbed)
    assert world.receive() == Received(tickets=6)
    assert titles(world) == [str(number) for number in range(6)]


@pytest.mark.rule("R58")
def test_comments_that_cannot_be_read_wait_and_keep_nothing_else_waiting(world: World) -> None:
    bad, _ = world.files_report(title="schlecht"), world.files_report(title="gut")
    world.comments(bad)
    world.sandbox.fault("status", path=f"/tickets/{bad}/comments", times=None, status=503)
    assert world.receive() == Received(tickets=2)
    assert titles(world) == ["gut", "schlecht"]
    assert world.cursor()
    assert world.warned() == [("warning", bad, "COMMENTS_UNREADABLE")]
    world.sandbox.end_faults()
    assert world.receive() == Received(comments=1)


def test_a_revoked_key_stops_the_run(world: World) -> None:
    world.files_report()
    world.sandbox.fault("status", path="/tickets", times=None, status=403)
    with pytest.raises(PortalStopError):
        world.receive()
    assert world.cursor() is None


@pytest.mark.rule("E48")
def test_a_ticket_listed_twice_is_imported_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    async def doubled(portal: Any, call: Call, of: str = "", query: Any = None) -> AsyncGenerator[Page]:
        async for page in list_pages(portal, call, of, query):
            yield Page([*page.records, *page.records], page.date)
            yield page

    world.comments(world.files_report())
    monkeypatch.setattr(reading, "list_pages", doubled)
    assert world.receive() == Received(tickets=1, comments=1)


@pytest.mark.parametrize(
    ("ticket", "named"),
    [
        ({"id": "x" * 101}, "#15"),
        ({"id": "\ud800"}, "#15"),
        ({"id": "", "internalId": None}, "#"),
    ],
)
def test_a_ticket_without_a_usable_id_is_named(
    world: World, monkeypatch: pytest.MonkeyPatch, ticket: Record, named: str
) -> None:
    monkeypatch.setattr(reading, "list_pages", lambda *_, **__: one_page({"internalId": 15} | ticket))
    assert world.receive() == Received(unread=1)
    ((level, key, reason),) = world.warned()
    assert (level, key[: len(named)], reason) == ("error", named, "TICKET_WITHOUT_ID")


def test_where_every_ticket_has_an_id_one_without_is_named(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "list_pages", lambda *_, **__: one_page({"id": "", "internalId": 15}))
    assert world.receive(portal={"tickets_have_ids": True}) == Received(unread=1)
    assert world.warned() == [("error", "#15", "TICKET_WITHOUT_ID")]


async def one_page(*records: Record) -> AsyncGenerator[Page]:
    yield Page(list(records), datetime(2027, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize("left_out", ["createdAt", "modifiedAt", "internalId", "status", "attachments", "description"])
def test_a_ticket_is_imported_whatever_the_portal_leaves_out(
    world: World, monkeypatch: pytest.MonkeyPatch, left_out: str
) -> None:
    async def sparse(portal: Any, call: Call, of: str = "", query: Any = None) -> AsyncGenerator[Page]:
        async for page in list_pages(portal, call, of, query):
            records = [{name: value for name, value in one.items() if name != left_out} for one in page.records]
            yield Page(records, page.date)

    world.files_report()
    monkeypatch.setattr(reading, "list_pages", sparse)
    assert world.receive() == Received(tickets=1)
    assert world.receive() == Received()


@pytest.mark.parametrize("text", ["2026-02-01T07:12:00.000Z", "2026-02-01T07:12:00Z", "2026-02-01T08:12:00+01:00"])
def test_times_are_read_with_and_without_fractions(text: str) -> None:
    moment = parse(text)
    assert moment
    assert iso(moment) == "2026-02-01T07:12:00.000Z"


@pytest.mark.parametrize("text", [None, "", "gestern", 5])
def test_nonsense_is_no_time(text: object) -> None:
    assert parse(text) is None
