"""Questions that wait for a person: which there are, what they are about, which run waits for which."""

import sqlite3
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from include.ixhaus.contract import METADATA
from include.ixhaus.contract.own import SP_FREIGABE, SP_FREIGABE_SATZ
from include.ixhaus.database import engine_on
from include.lookup.approvals import (
    PAGE,
    Found,
    Number,
    Record,
    Wanted,
    all_records,
    count_approvals,
    find_approval,
    find_approvals,
    open_approvals,
)
from include.lookup.held import Held, held_back
from include.lookup.runs import find_run
from include.sync.protocol import Counts, Entry, RunKey, add_entries, close_run, open_run
from include.vocabulary.state import Level, RunStatus
from tests.lookup.asking import ASKED, CAUSE, ask, leaving

HOUR = timedelta(hours=1)
LATER = ASKED + HOUR


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    engine = engine_on(lambda: sqlite3.connect(tmp_path / "ixhaus.db"))
    METADATA.create_all(engine)
    return engine


def found(engine: Engine, wanted: Wanted | None = None, page: int = 1) -> Found:
    question = find_approval(engine, "production", "q", wanted or Wanted(), page)
    assert question
    return question


def listed(engine: Engine, now: datetime = LATER) -> list[str]:
    return [one.approval for one in find_approvals(engine, "production", now, 10)]


# questions


@pytest.mark.rule("E36")
def test_a_question_says_who_asks_why_since_when_and_until_when(engine: Engine) -> None:
    ask(engine, "q", leaving("1"), leaving("2"), cause=f"{CAUSE}\nZweitens.")
    question = found(engine).approval
    assert (question.group, question.state, question.count) == ("persons", "open", 2)
    assert question.causes == (CAUSE, "Zweitens.")
    assert (question.asked_at, question.valid_until) == (ASKED, ASKED + 72 * HOUR)
    assert (question.decided_at, question.decided_by) == (None, "")


def test_the_questions_that_wait_come_first_then_the_newest_answers(engine: Engine) -> None:
    ask(engine, "waits", asked_at=ASKED - 9 * HOUR)
    ask(engine, "yes", state="approved", decided_at=ASKED - 2 * HOUR, decided_by="clerk")
    ask(engine, "no", state="rejected", decided_at=ASKED - HOUR, decided_by="clerk")
    assert listed(engine) == ["waits", "no", "yes"]
    assert [one.approval for one in find_approvals(engine, "production", LATER, 1, 1)] == ["no"]


def test_only_what_is_still_in_time_waits(engine: Engine) -> None:
    ask(engine, "waits", hours=2)
    ask(engine, "over", hours=1, asked_at=ASKED + timedelta(minutes=-1))
    ask(engine, "answered", state="approved", decided_at=ASKED)
    assert [one.approval for one in open_approvals(engine, "production", LATER)] == ["waits"]
    assert listed(engine)[0] == "waits"


@pytest.mark.parametrize(("hours", "state"), [(1, "lapsed"), (1.01, "open")])
def test_a_question_that_nobody_answered_in_time_has_lapsed(engine: Engine, hours: float, state: str) -> None:
    ask(engine, "q", hours=hours)
    assert found(engine).approval.state_at(LATER) == state


def test_an_answer_stays_what_it_is_when_its_time_is_over(engine: Engine) -> None:
    ask(engine, "q", hours=1, state="approved", decided_at=ASKED)
    assert found(engine).approval.state_at(LATER) == "approved"


def test_each_system_has_questions_of_its_own(engine: Engine) -> None:
    ask(engine, "q", leaving("1"))
    ask(engine, "q", leaving("2"), leaving("3"), system="test")
    assert (count_approvals(engine, "production"), count_approvals(engine, "test")) == (1, 1)
    assert [one.external_id for one in found(engine).records] == ["1"]
    assert find_approval(engine, "production", "other", Wanted()) is None


def test_before_the_tables_are_added_nothing_has_been_asked(engine: Engine) -> None:
    METADATA.drop_all(engine, [SP_FREIGABE, SP_FREIGABE_SATZ])
    assert open_approvals(engine, "production", LATER) == []


# records


def test_the_records_are_counted_by_type_and_reason(engine: Engine) -> None:
    ask(engine, "q", leaving("1"), leaving("2"), leaving("3", reason="ORPHAN"), leaving("V-1", "contract"))
    assert found(engine).numbers == [
        Number("contact", "remove", "MOVED_OUT", 2),
        Number("contact", "remove", "ORPHAN", 1),
        Number("contract", "remove", "MOVED_OUT", 1),
    ]


def test_a_record_is_told_with_what_happens_to_it_and_its_properties(engine: Engine) -> None:
    ask(engine, "q", ("contact", "1", "withdraw", "MOVED_OUT", "100 200"))
    assert found(engine).records == [Record("contact", "1", "withdraw", "MOVED_OUT", ("100", "200"))]


@pytest.mark.parametrize(
    ("wanted", "ids"),
    [
        (Wanted(record_type="contract"), ["V-1"]),
        (Wanted(reason="ORPHAN"), ["3"]),
        (Wanted(property_nr="100"), ["1", "3"]),
        (Wanted(property_nr="10"), []),
        (Wanted(property_nr="1%0"), []),
        (Wanted(property_nr="100", reason="ORPHAN"), ["3"]),
        (Wanted(), ["1", "2", "3", "V-1"]),
    ],
)
def test_the_list_is_narrowed_by_type_reason_and_property(engine: Engine, wanted: Wanted, ids: list[str]) -> None:
    ask(
        engine, "q", leaving("1", properties="100"), leaving("2", properties="1000 200"),
        leaving("3", reason="ORPHAN", properties="99 100 101"), leaving("V-1", "contract"),
    )  # fmt: skip
    question = found(engine, wanted)
    assert [one.external_id for one in question.records] == ids
    assert question.total == len(ids)
    assert [one.external_id for one in all_records(engine, "production", "q", wanted)] == ids
    assert sum(one.count for one in question.numbers) == 4


def test_a_long_list_comes_in_pages_and_nothing_of_it_is_cut(engine: Engine) -> None:
    ask(engine, "q", *(leaving(f"{number:03}") for number in range(2 * PAGE + 1)))
    pages = [found(engine, page=number) for number in (1, 2, 3)]
    shown = [one.external_id for page in pages for one in page.records]
    assert shown == [f"{number:03}" for number in range(2 * PAGE + 1)]
    assert {page.pages for page in pages} == {3}
    assert len(all_records(engine, "production", "q", Wanted())) == 2 * PAGE + 1


# runs that wait


def held(engine: Engine, minutes: int = 0, *reasons: str, group: str = "persons") -> Held | None:
    """What a run that began some minutes after ASKED has held back."""
    key = RunKey("production", group, f"casavi_{group}/manual__{minutes}#1")
    began = ASKED + timedelta(minutes=minutes)
    open_run(engine, key, began)
    with engine.begin() as connection:
        found = [Entry("contact", str(place), Level.GUARDED, reason) for place, reason in enumerate(reasons)]
        add_entries(connection, key, found, began)
    close_run(engine, key, Counts(), RunStatus.OK, "", began)
    run = find_run(engine, "production", key.name)
    assert run
    return held_back(engine, "production", [run]).get(key.name)


def test_a_run_that_held_nothing_back_waits_for_nothing(engine: Engine) -> None:
    ask(engine, "q")
    assert held(engine) is None
    assert held_back(engine, "production", []) == {}


@pytest.mark.rule("E36")
def test_a_run_waits_for_the_question_it_asked(engine: Engine) -> None:
    ask(engine, "q", run="casavi_persons/manual__-1#1")
    waiting = held(engine, -1, "REMOVAL_GUARD", "LOOK_ALIKE")
    assert waiting
    assert (waiting.count, waiting.approval and waiting.approval.approval) == (2, "q")


def test_a_run_that_asks_no_second_time_waits_for_the_question_of_its_group_that_is_open(engine: Engine) -> None:
    ask(engine, "answered", asked_at=ASKED - 9 * HOUR, state="rejected", decided_at=ASKED - HOUR)
    ask(engine, "of_others", group="objects")
    ask(engine, "q")
    ask(engine, "later", asked_at=ASKED + HOUR)
    waiting = held(engine, 30, "REMOVAL_GUARD")
    assert waiting
    assert (waiting.approval and waiting.approval.approval) == "q"


def test_a_run_without_a_question_still_says_how_many_it_held_back(engine: Engine) -> None:
    assert held(engine, 0, "REMOVAL_GUARD") == Held(1, None)


def test_what_a_person_has_refused_waits_no_longer(engine: Engine) -> None:
    assert held(engine, 0, "REMOVAL_REJECTED") is None
