"""Answers that take longer than a reader waits."""

import asyncio
import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest

from include.pages import later, waiting
from include.pages.later import when_ready

PATIENCE = 20


@pytest.fixture(autouse=True)
def brief(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "LIMIT_SECONDS", 0.02)


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    gate = threading.Event()
    yield gate
    gate.set()


def ask(question: str, gate: threading.Event, told: list[str]) -> str | None:
    def work() -> str:
        assert gate.wait(PATIENCE)
        told.append(question)
        return f"{question}!"

    return asyncio.run(when_ready(question, work))


def until_there(question: str, gate: threading.Event, told: list[str]) -> str:
    for _ in range(1000):
        if (found := ask(question, gate, told)) is not None:
            return found
    raise AssertionError("never there")


def test_an_answer_that_takes_long_is_worked_out_once_and_fetched_later(gate: threading.Event) -> None:
    told: list[str] = []
    assert ask("once", gate, told) is None
    assert ask("once", gate, told) is None
    gate.set()
    assert until_there("once", gate, told) == "once!"
    assert told == ["once"]


def test_who_asks_again_gets_a_new_answer(gate: threading.Event) -> None:
    told: list[str] = []
    gate.set()
    assert until_there("twice", gate, told) == until_there("twice", gate, told)
    assert told == ["twice", "twice"]


def test_what_goes_wrong_is_told_to_whoever_fetches_the_answer() -> None:
    def work() -> str:
        raise LookupError("no such thing")

    def until_told() -> None:
        for _ in range(1000):
            asyncio.run(when_ready("wrong", work))

    with pytest.raises(LookupError, match="no such thing"):
        until_told()


def test_questions_that_nobody_asks_any_more_are_dropped_before_their_turn(
    gate: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    for number in range(later.AT_ONCE):
        assert ask(f"busy {number}", gate, told) is None
    assert ask("left", gate, told) is None
    monkeypatch.setattr(later, "PATIENCE", timedelta(seconds=-1))
    assert ask("another", gate, told) is None
    gate.set()
    assert until_there("another", gate, told) == "another!"
    assert "left" not in told


def test_an_answer_that_is_kept_stands_for_everybody_until_it_is_forgotten(gate: threading.Event) -> None:
    told: list[str] = []

    def work() -> str:
        told.append("worked")
        return "kept!"

    def kept() -> str | None:
        return asyncio.run(when_ready("kept", work, seconds=PATIENCE, is_kept=True))

    assert (kept(), kept(), told) == ("kept!", "kept!", ["worked"])
    later.forget("kept")
    assert (kept(), told) == ("kept!", ["worked", "worked"])


def test_answers_that_take_minutes_are_worked_out_one_after_another(gate: threading.Event) -> None:
    begun: list[str] = []

    def long(question: str, seconds: float = 0) -> str | None:
        def work() -> str:
            begun.append(question)
            assert gate.wait(PATIENCE)
            if question == "wrong":
                raise LookupError(question)
            return f"{question}!"

        return asyncio.run(when_ready(question, work, seconds=seconds, is_kept=True, is_long=True))

    assert [long(question) for question in ("first", "wrong", "last")] == [None] * 3
    assert ask("short", gate, []) is None
    assert begun in ([], ["first"])
    gate.set()
    assert (long("last", PATIENCE), long("first", PATIENCE)) == ("last!", "first!")
    with pytest.raises(LookupError, match="wrong"):
        long("wrong", PATIENCE)
    assert begun == ["first", "wrong", "last"]
