"""Removals that were held back become one open question per system and group."""

from collections.abc import Mapping
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from include.sync.release import new_questions, waiting_questions

OTHER, THIS = "asset_triggered__1", "asset_triggered__2"


def event(minute: int = 0, group: str = "persons", system: str = "production", contacts: int = 40) -> SimpleNamespace:
    extra = {"system": system, "group": group, "removals": {"contact": [contacts, 100]}, "sample": ["contact 100.1"]}
    return SimpleNamespace(timestamp=datetime(2026, 11, 23, 2, minute, tzinfo=UTC), extra=extra)


class TaskInstance:
    """What a task can ask Airflow about other runs of its DAG."""

    def __init__(self, states: Mapping[str, Mapping[str, str | None]], asked: dict[str, list[str]]) -> None:
        self._states, self._asked = states, asked

    def get_task_states(self, dag_id: str, task_ids: list[str]) -> Mapping[str, Mapping[str, str | None]]:
        assert (dag_id, task_ids) == ("casavi_release_removals", ["ask.approve"])
        return self._states

    def xcom_pull(self, task_ids: str, run_id: str) -> list[dict[str, Any]] | None:
        assert task_ids == "questions"
        return [{"dag_id": dag} for dag in self._asked[run_id]] if run_id in self._asked else None


def waiting(states: Mapping[str, str | None], asked: list[str] | None = None, run: str = OTHER) -> set[str]:
    given = TaskInstance({run: states}, {run: asked} if asked is not None else {})
    return waiting_questions(given, SimpleNamespace(dag_id="casavi_release_removals", run_id=THIS))


def test_the_newest_numbers_of_a_group_are_asked_about_whatever_order_events_come_in() -> None:
    (question,) = new_questions([event(5, contacts=50), event(1, contacts=20)], waiting=())
    assert question["conf"] == {"release_removals": True, "release_at_most": 50}
    assert "contact: 50 von 100" in question["text"]


def test_each_system_and_group_has_its_question() -> None:
    asked = new_questions([event(), event(group="objects"), event(system="test")], waiting=())
    assert [question["dag_id"] for question in asked] == ["casavi_objects", "casavi_persons", "casavi_persons_test"]


def test_nobody_is_asked_twice() -> None:
    asked = new_questions([event(), event(group="objects")], waiting={"casavi_persons"})
    assert [question["dag_id"] for question in asked] == ["casavi_objects"]


def test_a_run_without_events_asks_nothing() -> None:
    assert new_questions([], waiting=()) == []


def test_an_unanswered_question_waits() -> None:
    states = {"ask.approve_0": "success", "ask.approve_1": "awaiting_input"}
    assert waiting(states, ["casavi_objects", "casavi_persons"]) == {"casavi_persons"}


def test_a_question_that_is_not_put_yet_waits_too() -> None:
    assert waiting({"ask.approve": None}, ["casavi_objects", "casavi_persons"]) == {"casavi_objects", "casavi_persons"}


def test_answered_and_skipped_questions_do_not_wait() -> None:
    assert (
        waiting({"ask.approve_0": "success", "ask.approve_1": "failed"}, ["casavi_objects", "casavi_persons"]) == set()
    )
    assert waiting({"ask.approve": "skipped"}, []) == set()


def test_a_run_that_has_not_listed_its_questions_does_not_count() -> None:
    assert waiting({"ask.approve": None}) == set()


def test_a_run_does_not_wait_for_itself() -> None:
    assert waiting({"ask.approve": None}, ["casavi_persons"], run=THIS) == set()
