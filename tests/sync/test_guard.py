"""What is asked about before it happens, and what an answer is worth: on frames, without a database."""

from collections.abc import Sequence
from typing import Any

import pytest
from pandas import DataFrame

from include.settings import RemovalGuard
from include.sync.approvals import Answer, Marked
from include.sync.guard import Judged, in_order, judge
from include.sync.plan import compare
from include.sync.sources import Source
from tests.sync.test_plan import CHANGED, Row, acknowledged, desired, known, record, said

STRICT = RemovalGuard(max_percent=10, max_count=200)
LAX = RemovalGuard(max_percent=100)
EMPTY = Source("SP_EINHEIT", 0, 35)


def judged(
    rows: Sequence[Row], ledger: Sequence[Row], guard: RemovalGuard = LAX, answers: Any = None, **more: Any
) -> Judged:
    """Compare what the rules say with what the ledger holds and judge that."""
    return judge("unit", compare(desired(*rows), known(*ledger), CHANGED), answers or {}, guard, **more)


def held(*names: str, **columns: str) -> list[Row]:
    return [acknowledged(record(name), **columns) for name in names]


def reasons(found: Judged) -> dict[str, str]:
    """Id → why it waits, of everything that does."""
    records = found.held_back()
    waiting = records[found.records["waits"]]
    return dict(zip(waiting["external_id"], waiting["reason"], strict=True))


def waits(count: int, held_: int, guard: RemovalGuard) -> bool:
    gone = held(*(f"gone {one}" for one in range(count)))
    rows = [record(f"kept {one}") for one in range(held_ - count)]
    return bool(reasons(judged(rows, [*gone, *map(acknowledged, rows)], guard)))


# the ordinary guard


@pytest.mark.rule("E36")
@pytest.mark.parametrize(("count", "of", "is_asked"), [(0, 0, False), (2, 20, False), (3, 20, True), (1, 1, True)])
def test_removals_above_the_share_wait(count: int, of: int, is_asked: bool) -> None:
    assert waits(count, of, STRICT) is is_asked


@pytest.mark.rule("E36")
@pytest.mark.parametrize(("most", "is_asked"), [(3, False), (2, True), (0, True)])
def test_removals_above_the_number_wait(most: int, is_asked: bool) -> None:
    assert waits(3, 100, RemovalGuard(max_percent=100, max_count=most)) is is_asked


def test_what_takes_away_waits_and_the_rest_flows() -> None:
    rows = [record("kept"), record("out", "remove"), record("locked", "restrict", name="x"), record("new")]
    found = judged(rows, held("kept", "out", "locked", "gone"), STRICT)
    expected = {"kept": "unchanged", "new": "change create"} | dict.fromkeys(("out", "locked", "gone"), "withheld")
    assert said(found.held_back()) == expected
    assert reasons(found) == dict.fromkeys(("out", "locked", "gone"), "REMOVAL_GUARD")
    assert {item.external_id: (item.kind, item.reason) for item in found.items()} == {
        "out": ("remove", "RELEASED"), "locked": ("withdraw", "RELEASED"), "gone": ("remove", "GONE"),
    }  # fmt: skip
    assert found.causes == [("REMOVAL_GUARD", "unit: 3 von 4")]


@pytest.mark.rule("E6")
def test_what_is_taken_over_from_another_group_counts_as_held() -> None:
    theirs = held("1", "2", group="others")
    assert judged([record("1", "remove")], theirs, STRICT).causes == [("REMOVAL_GUARD", "unit: 1 von 1")]


def test_what_must_not_be_seen_any_more_never_waits() -> None:
    rows = [record("now internal", "remove", reason="NOTE_INTERNAL")]
    found = judged(rows, held("now internal", "gone"), STRICT, never_wait=["NOTE_INTERNAL"], shrunken=[EMPTY])
    assert reasons(found) == {"gone": "SOURCE_SHRUNK"}


# sources


@pytest.mark.rule("E36")
@pytest.mark.parametrize(
    ("rows", "before", "is_shrunk"),
    [(0, 35, True), (24, 35, True), (25, 35, False), (35, 35, False), (0, None, True), (1, None, False), (0, 0, False)],
)
def test_a_view_is_shrunk_if_it_returned_nothing_or_much_less_than_before(
    rows: int, before: int | None, is_shrunk: bool
) -> None:
    assert Source("SP_EINHEIT", rows, before).is_shrunk(70) is is_shrunk


def test_all_that_a_shrunken_view_would_take_away_waits_whatever_the_limits() -> None:
    found = judged([record("1"), record("2", "restrict", name="x")], held("1", "2", "gone"), shrunken=[EMPTY])
    assert reasons(found) == {"2": "SOURCE_SHRUNK", "gone": "SOURCE_SHRUNK"}
    assert found.causes == [("SOURCE_SHRUNK", "SP_EINHEIT: 0 von 35 Zeilen")]


def test_a_shrunken_view_that_takes_nothing_away_is_nobodys_business() -> None:
    assert judged([record("1")], held("1"), shrunken=[EMPTY]).causes == []


# look-alikes


def rekeyed(old: int, new: int) -> tuple[list[Row], list[Row]]:
    return [record(f"0{one}") for one in range(100, 100 + new)], held(*(str(one) for one in range(100, 100 + old)))


@pytest.mark.rule("E36")
@pytest.mark.parametrize(
    ("old", "new", "is_suspect"), [(20, 20, True), (20, 22, True), (20, 23, False), (20, 17, False), (19, 19, False)]
)
def test_as_many_that_come_as_go_are_perhaps_the_same(old: int, new: int, is_suspect: bool) -> None:
    found = reasons(judged(*rekeyed(old, new)))
    assert found == (dict.fromkeys(found, "LOOK_ALIKE") if is_suspect else {})
    assert len(found) == (old + new if is_suspect else 0)


def test_the_question_shows_the_pairs_that_read_most_alike() -> None:
    found = judged(*rekeyed(20, 20))
    assert found.causes == [("LOOK_ALIKE", "unit: 100 -> 0100, 101 -> 0101, 102 -> 0102")]
    assert {item.kind for item in found.items()} == {"remove", "create"}


@pytest.mark.rule("R20")
def test_what_the_erp_never_had_is_asked_about_however_little() -> None:
    rows = [record(str(one)) for one in range(50)]
    found = judged(rows, [*map(acknowledged, rows), *held("stranger", reason="ORPHAN")])
    assert reasons(found) == {"stranger": "ORPHAN"}
    assert found.causes == [("ORPHAN", "unit: 1 im Portal, in iX-Haus unbekannt")]


# answers


def answered(found: Judged, answer: Answer) -> dict[Marked, Answer]:
    return dict.fromkeys(found.marks(), answer)


def again(answer: Answer, ledger: Sequence[Row], before: Sequence[Row]) -> Judged:
    """What is judged with an answer to what a ledger came to before."""
    return judged([], ledger, STRICT, answered(judged([], before, STRICT), answer))


def test_what_is_approved_goes_and_what_is_rejected_or_asked_about_waits() -> None:
    ledger = held("1", "2")
    assert reasons(again(Answer.APPROVED, ledger, ledger)) == {}
    assert reasons(again(Answer.REJECTED, ledger, ledger)) == dict.fromkeys(("1", "2"), "REMOVAL_REJECTED")
    assert reasons(again(Answer.OPEN, ledger, ledger)) == dict.fromkeys(("1", "2"), "REMOVAL_GUARD")
    assert [again(one, ledger, ledger).items() for one in (Answer.APPROVED, Answer.REJECTED, Answer.OPEN)] == [[]] * 3


@pytest.mark.parametrize("column", ["acknowledged_at", "identity", "reason"])
def test_an_answer_is_worth_nothing_for_a_record_that_stands_otherwise(column: str) -> None:
    now = held("1", acknowledged_at="2027-01-02T03:04:05")
    before = [now[0] | {column: {"reason": "ORPHAN"}.get(column, "2026-12-24T18:00:00")}]
    assert len(again(Answer.APPROVED, now, before).items()) == 1


def test_what_is_rejected_stays_even_where_so_little_would_not_be_asked_about() -> None:
    rows, gone = [record(str(one)) for one in range(50)], held("gone")
    rejected = answered(judged([], gone, STRICT), Answer.REJECTED)
    assert reasons(judged(rows, [*map(acknowledged, rows), *gone], STRICT, rejected)) == {"gone": "REMOVAL_REJECTED"}


def test_what_is_answered_does_not_make_a_single_removal_wait() -> None:
    rows, gone = [record(str(one)) for one in range(20)], held("a", "b", "c")
    ledger = [*map(acknowledged, rows), *gone, *held("single")]
    rejected = answered(judged([], gone, STRICT), Answer.REJECTED)
    assert reasons(judged(rows, ledger, STRICT, rejected)) == dict.fromkeys("abc", "REMOVAL_REJECTED")


def test_the_likely_faults_come_first_and_each_line_once() -> None:
    causes = [
        ("REMOVAL_GUARD", "contact: 3 von 4"),
        ("SOURCE_SHRUNK", "SP_X: 0 Zeilen"),
        ("SOURCE_SHRUNK", "SP_X: 0 Zeilen"),
    ]
    assert in_order(causes) == ["SP_X: 0 Zeilen", "contact: 3 von 4"]


@pytest.mark.parametrize("ledger", [[], held("1", state="removed")])
def test_judging_nothing_is_no_error(ledger: list[Row]) -> None:
    found = judged([], ledger, STRICT, shrunken=[EMPTY])
    assert (found.items(), found.causes, found.marks(), len(found.held_back())) == ([], [], set(), 0)


def test_a_frame_of_nothing_to_ask_about_stays_as_it_is() -> None:
    records: DataFrame = judged([record("1")], held("1"), STRICT).held_back()
    assert said(records) == {"1": "unchanged"}
