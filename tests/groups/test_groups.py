"""What every entity group must have, wherever it is: a new one is complete when these pass."""

import re
from pathlib import Path
from pkgutil import resolve_name

import pytest
from pydantic import BaseModel

from include.casavi.endpoints import ENDPOINTS
from include.groups import GROUPS, RUNS
from include.ixhaus.contract import VIEWS
from include.pages.frame_texts import FRAME
from include.settings import Schedules
from include.sync.group import Group

ROOT = Path(__file__).parents[2]
NAMES = re.compile(r"casavi_(\w+)\.py")
each_group = pytest.mark.parametrize("group", GROUPS.values(), ids=list(GROUPS))
each_record_type = pytest.mark.parametrize(
    ("group", "record_type"),
    [pytest.param(group, one, id=f"{group.name}-{one}") for group in GROUPS.values() for one in group.record_types],
)


def test_groups_are_found_by_their_names() -> None:
    assert [group.name for group in GROUPS.values()] == list(GROUPS)


def test_every_group_and_the_reconciliation_has_a_schedule_and_there_is_none_for_another() -> None:
    assert set(Schedules.model_fields) == set(RUNS)


def test_every_group_has_a_dag_file_and_some_dags_belong_to_no_group() -> None:
    files = {match[1] for path in (ROOT / "dags").iterdir() if (match := NAMES.fullmatch(path.name))}
    assert files == {*RUNS, "release_removals", "doctor", "alerts", "morning", "housekeeping", "forget"}


@each_group
def test_the_dag_file_makes_this_groups_dag(group: Group) -> None:
    text = (ROOT / "dags" / f"casavi_{group.name}.py").read_text(encoding="utf-8")
    assert text.startswith(f'"""Airflow DAG casavi_{group.name}: ')
    assert f"### casavi_{group.name}\n" in text


@each_group
def test_the_readme_names_the_dag(group: Group) -> None:
    assert f"\n| `casavi_{group.name}` |" in (ROOT / "README.md").read_text(encoding="utf-8")


@each_group
def test_a_group_has_a_label_in_both_languages_and_the_pages_say_it(group: Group) -> None:
    assert all(group.label)
    assert group.label.german != group.label.english
    assert FRAME[f"group_{group.name}"] == group.label


@each_group
def test_its_rules_are_there(group: Group) -> None:
    assert callable(resolve_name(group.rules))


@each_group
def test_it_reads_views_that_the_contract_has_each_once(group: Group) -> None:
    assert set(group.views) <= set(VIEWS)
    assert len(set(group.views)) == len(group.views) > 0


@each_group
def test_what_it_says_of_record_types_is_about_its_own_or_known_ones(group: Group) -> None:
    own = set(group.record_types)
    assert {*group.parcels, *group.unguarded} <= own
    assert set(group.sees) <= {one for other in GROUPS.values() for one in other.record_types} - own
    assert all(callable(resolve_name(name)) for name in group.parcels.values())


@each_record_type
def test_a_record_type_has_a_payload_with_an_id(group: Group, record_type: str) -> None:
    model = resolve_name(group.record_types[record_type])
    assert issubclass(model, BaseModel)
    assert model.model_fields["id"].alias == "id"
    assert model.model_fields["id"].is_required()


@each_record_type
def test_a_record_type_has_an_endpoint_and_a_name_on_the_pages(group: Group, record_type: str) -> None:
    assert record_type in ENDPOINTS
    assert all(FRAME[f"kind_{record_type}"])


def test_two_groups_that_send_the_same_record_type_send_it_alike() -> None:
    payloads = {(one, name) for group in GROUPS.values() for one, name in group.record_types.items()}
    assert len(payloads) == len({one for one, _ in payloads})


def test_there_are_endpoints_for_what_a_group_sends_and_nothing_else() -> None:
    assert set(ENDPOINTS) == {one for group in GROUPS.values() for one in group.record_types}
