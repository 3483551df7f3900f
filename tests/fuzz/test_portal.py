"""One odd record of the portal is one record's problem, whatever stands in it (R58).

`make fuzz` looks for further odd records at random; what it finds it prints as a line for FOUND.
"""

import asyncio
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, Phase, given, settings

from include.casavi.inventory import take_inventory
from tests.fuzz.odd_records import LISTS, ODD_ONES, nested, odd_records, usual
from tests.fuzz.portal import TICKETS, Came, Lists, Outcome, Shown, lists, outcome
from tests.fuzz.test_views import EXAMPLES
from tests.groups.reports.inbound.harness import CANARY, Office

ENDLESS = "9999-12-31T23:59:59.999Z"
FOUND: Sequence[tuple[str, Any]] = [
    ("tickets", usual("tickets", 0) | {"description": "Kalt \ud83d"}),
    ("tickets", usual("tickets", 0) | {"fields": nested(400, "x")}),
    ("tickets", usual("tickets", 0) | {"createdAt": ENDLESS, "modifiedAt": ENDLESS}),
    ("tickets", usual("tickets", 0) | {"id": "T7"}),
    ("tickets", usual("tickets", 0) | {"id": None, "internalId": {"x": 1}}),
    ("tickets", usual("tickets", 0) | {"contactId": "x" * 40_000, "propertyId": "x" * 40_000}),
    ("comments", usual("comments", 0) | {"id": "C1-1", "internalId": 10_011, "createdAt": ENDLESS}),
    ("comments", usual("comments", 0) | {"isInternal": 1}),
    ("comments", [CANARY]),
    ("attachments", usual("attachments", 0) | {"id": "F1-b", "url": ["x"]}),
    ("attachments", usual("attachments", 0) | {"isInternal": 1}),
    ("posts", usual("posts", 0) | {"startDate": ENDLESS, "propertyIds": {"x": 1}, "text": "\ud83d"}),
]
"""List and odd entry, of ticket 0."""
MISSING = ("TICKET_ODD", "TICKET_WITHOUT_ID")


@pytest.mark.rule("R58", "R10")
@pytest.mark.parametrize("kind", LISTS)
def test_an_odd_record_is_one_records_problem(kind: str) -> None:
    # A hundred records are not made simpler together: the one that matters is, see `_told`.
    @settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
    @given(odd_records(kind))
    def holds(entries: list[Any]) -> None:
        try:
            assert_one_records_problem(kind, entries)
        except Exception as error:
            error.add_note(_told(kind, entries))
            raise

    holds()


@pytest.mark.rule("R58", "R10")
@pytest.mark.parametrize(("kind", "entry"), FOUND)
def test_a_record_that_was_found_is_one_records_problem(kind: str, entry: Any) -> None:
    assert_one_records_problem(kind, _beside_usual_ones(kind, [entry], [0]))


def assert_one_records_problem(kind: str, entries: Sequence[Any]) -> None:
    """All other records are as without the odd ones, and each odd one has one outcome."""
    if kind == "posts":
        assert_listed(entries)
        return
    found, expected = outcome(with_odd(kind, entries)), without(kind)
    assert CANARY not in found.said.lower()
    if kind == "tickets":
        assert_tickets(entries, found, expected)
    else:
        assert_below(kind, entries, found, expected)


def assert_tickets(entries: Sequence[Any], found: Outcome, expected: Outcome) -> None:
    for subject, came in expected.reports.items():
        assert found.reports[subject] == came, subject
    imported = found.number - expected.number
    aside = sum(record_type == "ticket" and reason in MISSING for record_type, reason in found.aside)
    theirs = sum(reason == "TICKET_TYPE_UNKNOWN" for _, reason in found.named)
    assert imported + aside + theirs == len(entries), (imported, aside, theirs)


def assert_below(kind: str, entries: Sequence[Any], found: Outcome, expected: Outcome) -> None:
    assert found.reports.keys() == expected.reports.keys()
    for number in TICKETS:
        came, usually = found.reports[f"{CANARY} {number}"], expected.reports[f"{CANARY} {number}"]
        if number >= len(entries):
            assert came == usually, number
            continue
        assert came.report == usually.report
        assert set(came.notes) >= set(usually.notes)
        assert set(came.files) >= set(usually.files)
        assert_one_outcome(kind, entries[number], came, usually)


def assert_one_outcome(kind: str, entry: Any, came: Came, usually: Came) -> None:
    """What is below a ticket is imported, set aside, or not for us as it may be internal."""
    more = len(came.notes) - len(usually.notes) if kind == "comments" else len(came.files) - len(usually.files)
    says = entry.get("isInternal", kind == "comments") if isinstance(entry, dict) else False
    is_aside = came.lacks == "COMMENT_ODD" if kind == "comments" else bool(came.lacks)
    outcomes = [more == 1, is_aside, says is True or says is None]
    assert sum(outcomes) == 1, (entry, came)


def assert_listed(entries: Sequence[Any]) -> None:
    """An inventory has a row of each post that has an id, that of no other post differs, and each can be written."""
    usually = inventory([usual("posts", number) for number in TICKETS])
    found = inventory([*entries, *(usual("posts", number) for number in TICKETS if number >= len(entries))])
    assert len(found) >= len(TICKETS) - len(entries)
    assert found[-(len(TICKETS) - len(entries)) :] == usually[len(entries) :]


def inventory(posts: list[Any]) -> list[dict[str, Any]]:
    with TemporaryDirectory() as root:
        listed = asyncio.run(
            take_inventory(Shown({"/posts": posts}), ["post"], Path(root), Office(Path(root)).settings().limits)
        )
        rows: list[dict[str, Any]] = pq.read_table(listed["post"].file).to_pylist()
    return rows


def with_odd(kind: str, entries: Sequence[Any]) -> Lists:
    """Return the usual lists with these entries in place of, or beside, the usual ones of the first tickets."""
    given_lists = lists()
    for number, entry in enumerate(entries):
        comments = given_lists[f"/tickets/T{number}/comments"]
        if kind == "tickets":
            given_lists["/tickets"][number] = entry
        elif kind == "comments":
            comments[1] = entry
        else:
            comments[1]["attachments"] = [entry]
    return given_lists


@cache
def without(kind: str) -> Outcome:
    """What becomes of everything but the odd records."""
    given_lists = lists()
    if kind == "tickets":
        del given_lists["/tickets"][: len(ODD_ONES)]
    elif kind == "comments":
        for number in ODD_ONES:
            del given_lists[f"/tickets/T{number}/comments"][1]
    return outcome(given_lists)


def _told(kind: str, entries: Sequence[Any]) -> str:
    """Return which entry it is, as a line for FOUND."""
    left = list(ODD_ONES)
    while len(left) > 1:
        half = left[: len(left) // 2]
        left = left[len(half) :] if _is_fine(kind, _beside_usual_ones(kind, entries, half)) else half
    if _is_fine(kind, _beside_usual_ones(kind, entries, left)):
        return "no single record is to blame"
    return f"for FOUND, as an entry of ticket {left[0]}: ({kind!r}, {entries[left[0]]!r:.2000})"


def _beside_usual_ones(kind: str, entries: Sequence[Any], numbers: Sequence[int]) -> list[Any]:
    return [entries[number] if number in numbers else usual(kind, number) for number in ODD_ONES]


def _is_fine(kind: str, entries: Sequence[Any]) -> bool:
    try:
        assert_one_records_problem(kind, entries)
    except Exception:
        return False
    return True
