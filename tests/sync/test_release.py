"""A run's question is put to a person once, and the answer written down with who gave it."""

import sqlite3
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import Engine, select

from include.ixhaus.contract.own import SP_FREIGABE
from include.ixhaus.database import engine_on, read_snapshot
from include.ixhaus.ddl import create_sqlite_schema
from include.settings import load_each
from include.sync import approvals, release
from include.sync.approvals import Item
from include.sync.protocol import RunKey
from include.sync.release import Question, new_questions, settle, waiting_questions, waiting_time
from include.vocabulary.clock import utc_now

pytestmark = pytest.mark.rule("E36")
OTHER, THIS = "asset_triggered__1", "asset_triggered__2"
HOLDS = timedelta(hours=72)
ITEMS = [
    Item("contact", "100.1.1", "remove", "GONE", "100", "m1"),
    Item("contact", "100.2.1", "withdraw", "TYPE_NOT_RELEASED", "100", "m2"),
    Item("contract", "V1", "remove", "GONE", None, "m3"),
]


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    engine = engine_on(lambda: sqlite3.connect(tmp_path / "ixhaus.db"))
    create_sqlite_schema(engine)
    monkeypatch.setattr(release, "_engine", lambda _system: engine)
    yield engine
    engine.dispose()


def ask(engine: Engine, run: str = "1", asked_at: datetime | None = None) -> str:
    """Ask as a run does; returns the approval."""
    key = RunKey("production", "persons", run)
    with engine.begin() as connection:
        approvals.ask(connection, key, ITEMS, ["contact: 2 von 3"], asked_at or utc_now(), HOLDS)
    approval = approvals.asked_by(engine, key)
    assert approval is not None
    return approval


def event(approval: str, system: str = "production") -> SimpleNamespace:
    return SimpleNamespace(extra={"system": system, "group": "persons", "approval": approval})


def asked(engine: Engine) -> Question:
    (question,) = new_questions([event(ask(engine))], waiting=())
    return question


def response(option: str, name: str | None = "Anna") -> dict[str, Any]:
    """What Airflow's operator returns; nobody has responded where time has run out."""
    return {"chosen_options": [option], "responded_by_user": name and {"id": "anna", "name": name}}


def state(engine: Engine) -> tuple[str, str | None]:
    row = SP_FREIGABE.c
    with read_snapshot(engine) as connection:
        found, by = connection.execute(select(row.state, row.decided_by)).one()
    return str(found), by


def test_the_question_says_why_how_many_of_what_and_where_all_are(engine: Engine) -> None:
    question = asked(engine)
    assert (question["dag_id"], question["system"]) == ("casavi_persons", "production")
    for line in (
        "- contact: 2 von 3", "- contact: 1 entfernen, 1 Zugang entziehen", "- contract: 1 entfernen",
        "- contact: 1 remove, 1 withdraw access", "contact 100.1.1",
        f"(`/serviceportal/approvals/production/{question['approval']}`)",
    ):  # fmt: skip
        assert line in question["text"], question["text"]


def test_every_question_is_put_once_and_only_while_it_is_open(engine: Engine) -> None:
    first, second = ask(engine, "1"), ask(engine, "2")
    events = [event(first), event(second), event(second), event("unknown")]
    assert {question["approval"] for question in new_questions(events, waiting=())} == {first, second}
    assert [question["approval"] for question in new_questions(events, waiting={first})] == [second]
    approvals.lapse(engine, "production", second, utc_now())
    assert [question["approval"] for question in new_questions(events, waiting=())] == [first]
    assert new_questions([], waiting=()) == []


def test_an_approval_lets_the_group_go_on_and_names_who_gave_it(engine: Engine) -> None:
    assert settle(asked(engine), response("Approve")) is True
    assert state(engine) == ("approved", "Anna")


def test_whoever_writes_an_answer_down_once_more_as_its_worker_ended_lets_the_group_go_on(engine: Engine) -> None:
    question = asked(engine)
    assert [settle(question, response("Approve")) for _ in range(2)] == [True, True]
    assert [settle(question, response("Reject")), state(engine)] == [False, ("approved", "Anna")]


def test_a_refusal_lets_nothing_go_on(engine: Engine) -> None:
    assert settle(asked(engine), response("Reject")) is False
    assert state(engine) == ("rejected", "Anna")


def test_time_that_runs_out_is_no_refusal(engine: Engine) -> None:
    assert settle(asked(engine), response("Reject", name=None)) is False
    assert state(engine) == ("lapsed", None)


@pytest.mark.parametrize("approve", [True, False])
def test_whoever_answers_second_changes_nothing(engine: Engine, approve: bool) -> None:
    question, now = asked(engine), utc_now()
    answer = {"approve": approve, "by": "Bert", "holds": HOLDS, "now": now}
    assert approvals.decide(engine, "production", question["approval"], **answer) is True  # type: ignore[arg-type]
    assert settle(question, response("Approve")) is False
    assert settle(question, response("Reject", name=None)) is False
    assert state(engine) == ("approved" if approve else "rejected", "Bert")


def test_an_answer_that_comes_too_late_is_none(engine: Engine) -> None:
    approval = ask(engine, asked_at=utc_now() - HOLDS - timedelta(seconds=1))
    late: Question = {"system": "production", "approval": approval, "dag_id": "casavi_persons", "text": ""}
    assert settle(late, response("Approve")) is False
    assert state(engine) == ("open", None)
    with engine.begin() as connection:
        approvals.lapse_overdue(connection, "production", "persons", utc_now())
    assert state(engine) == ("lapsed", None)


def test_causes_are_cut_where_the_column_ends(engine: Engine) -> None:
    key = RunKey("production", "persons", "1")
    with engine.begin() as connection:
        approvals.ask(connection, key, ITEMS, ["x" * 300, "y" * 300], utc_now(), HOLDS)
    shown = approvals.shown(engine, "production", approvals.asked_by(engine, key) or "", utc_now())
    assert shown is not None
    assert (len(shown.causes), shown.causes[-1]) == (400, "…")


def test_a_question_waits_as_long_as_the_most_patient_system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(release, "load_each", partial(load_each, tmp_path))
    (tmp_path / "production.yaml").write_text("activ: true", encoding="utf-8")
    assert waiting_time() == HOLDS
    (tmp_path / "test.yaml").write_text("removal_guard: {approval_hours: 100}", encoding="utf-8")
    assert waiting_time() == timedelta(hours=100)


# other runs of the DAG


class TaskInstance:
    """What a task can ask Airflow about other runs of its DAG."""

    def __init__(self, states: Mapping[str, Mapping[str, str | None]], asked: dict[str, list[str]]) -> None:
        self._states, self._asked = states, asked

    def get_task_states(self, dag_id: str, task_ids: list[str]) -> Mapping[str, Mapping[str, str | None]]:
        assert (dag_id, task_ids) == ("casavi_release_removals", ["ask.approve"])
        return self._states

    def xcom_pull(self, task_ids: str, run_id: str) -> list[dict[str, Any]] | None:
        assert task_ids == "questions"
        return [{"approval": one} for one in self._asked[run_id]] if run_id in self._asked else None


def waiting(states: Mapping[str, str | None], asked: list[str] | None = None, run: str = OTHER) -> set[str]:
    given = TaskInstance({run: states}, {run: asked} if asked is not None else {})
    return waiting_questions(given, SimpleNamespace(dag_id="casavi_release_removals", run_id=THIS))


def test_an_unanswered_question_waits() -> None:
    assert waiting({"ask.approve_0": "success", "ask.approve_1": "awaiting_input"}, ["a", "b"]) == {"b"}


def test_a_question_that_is_not_put_yet_waits_too() -> None:
    assert waiting({"ask.approve": None}, ["a", "b"]) == {"a", "b"}


def test_answered_and_skipped_questions_do_not_wait() -> None:
    assert waiting({"ask.approve_0": "success", "ask.approve_1": "failed"}, ["a", "b"]) == set()
    assert waiting({"ask.approve": "skipped"}, []) == set()


def test_a_run_that_has_not_listed_its_questions_does_not_count() -> None:
    assert waiting({"ask.approve": None}) == set()


def test_a_run_does_not_wait_for_itself() -> None:
    assert waiting({"ask.approve": None}, ["a"], run=THIS) == set()
