"""What Airflow asks people, in its forms and in its Required Actions: in both languages, with an example to go by."""

import re
from pathlib import Path
from typing import Any

import pytest
from airflow.dag_processing.dagbag import DagBag
from airflow.providers.standard.operators.hitl import HITLOperator

from include.vocabulary.texts import Language
from tests.vocabulary.foreign import foreign_words

ROOT = Path(__file__).parents[2]
LANGUAGES: tuple[Language, Language] = ("de", "en")
EXAMPLE = re.compile(r"\b(?:wie|such as) \S*\d")


@pytest.fixture(scope="module")
def bag() -> DagBag:
    return DagBag(str(ROOT / "dags"))


def halves(text: str, sign: str) -> list[str]:
    """The German and the English half of a text, each in its language."""
    said = text.split(f" {sign} ")
    assert len(said) == 2, text
    assert [foreign_words(half, language) for half, language in zip(said, LANGUAGES, strict=True)] == [[], []], text
    return said


def fields(bag: DagBag) -> dict[tuple[str, str], Any]:
    """Each field of each form, by DAG and name."""
    return {
        (dag_id, name): dag.params.get_param(name) for dag_id, dag in sorted(bag.dags.items()) for name in dag.params
    }


def test_every_field_of_a_form_is_told_in_both_languages(bag: DagBag) -> None:
    found = fields(bag)
    assert {name for _, name in found} >= {"properties", "dry_run", "resend", "person", "groups"}
    for param in found.values():
        halves(param.schema["title"], "·")
        halves(param.description or "", "·")


def test_a_choice_is_told_in_both_languages(bag: DagBag) -> None:
    shown = [text for one in fields(bag).values() for text in one.schema.get("values_display", {}).values()]
    assert shown
    assert [len(halves(text, "·")) for text in shown] == [2] * len(shown)


def test_where_anything_may_be_written_an_example_stands(bag: DagBag) -> None:
    free = {
        where: one for where, one in fields(bag).items() if "string" in one.schema["type"] and "enum" not in one.schema
    }
    assert {name for _, name in free} == {"properties", "person"}
    for where, param in free.items():
        assert [bool(EXAMPLE.search(half)) for half in halves(param.description or "", "·")] == [True, True], where


def test_a_required_action_says_in_both_languages_what_is_asked(bag: DagBag) -> None:
    asked = {
        dag.dag_id: halves(task.subject, "/")
        for dag in bag.dags.values()
        for task in dag.tasks
        if isinstance(task, HITLOperator)
    }
    assert asked == {
        "casavi_release_removals": ["Freigeben, was wartet?", "Release what waits?"],
        "casavi_forget": ["Person für immer vergessen?", "Forget a person for good?"],
    }
