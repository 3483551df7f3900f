"""Ids are put together and taken apart in one module, and come out as they went in."""

import ast
import re
from itertools import pairwise
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from include.vocabulary import ids

ROOT = Path(__file__).parents[2]
MODULES = sorted((ROOT / "include").rglob("*.py"))
numbers = st.text(st.characters(codec="ascii", categories=["Lu", "Nd"]) | st.sampled_from(".-/~"), min_size=1)
plain = st.text(st.characters(codec="ascii", categories=["Lu", "Nd"]), min_size=1)
endings = st.lists(plain, max_size=3)


def column(*texts: str | None) -> "pd.Series[str]":
    return pd.Series(texts, dtype="str")


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (ids.unit("110", "1"), "110/1"),
        (ids.role("V-7", "4711"), "V-7/4711"),
        (ids.extended(ids.role("V-7", "4711"), ids.ROLE), "V-7/4711~role"),
        (ids.owner(ids.unit("110", "1"), "4711"), "110/1/4711~owner"),
        (ids.unit("110", "1/2"), "110/1/2"),
        (ids.unit("110/1", "2"), "110%2F1/2"),
        (ids.unit("110%2F1", "2"), "110%252F1/2"),
        (ids.unit("50%", "2"), "50%/2"),
        (ids.role("2020/17", "4711"), "2020/17/4711"),
        (ids.role("2020", "17/4711"), "2020/17%2F4711"),
        (ids.role("110/1", "4711~owner"), "110/1/4711%7Eowner"),
        (ids.owner(ids.unit("110", "1/2"), "4711"), "110/1/2/4711~owner"),
        (ids.owner(ids.unit("110", "1"), "2/4711"), "110/1/2%2F4711~owner"),
        (ids.extended("110.1.1", ids.PERSON), "110.1.1~person"),
        (ids.extended("110.1.1", "20260501"), "110.1.1~20260501"),
        (ids.extended("110.1.1", ids.PERSON, "20260501"), "110.1.1~person~20260501"),
        (ids.extended("M1", ids.ERP), "M1~ERP"),
        (ids.extended("M1", ids.EVERYBODY), "M1~P"),
        (ids.extended("M1", ids.EVERYBODY, "102"), "M1~P~102"),
        (ids.extended("M1", "4711", ids.TWICE), "M1~4711~2"),
        (ids.everybody("102"), "~P102"),
        (ids.order_note("7"), "AUFTRAG-7"),
        (ids.imported(7), "SP-7"),
        (ids.event("M1", "closed", "4711"), "M1/closed/4711"),
        (ids.typed("contact", "4711~person"), "contact 4711~person"),
        (ids.source("SP_OBJEKT", "110"), "SP_OBJEKT:110"),
        (ids.source("SP_VERTRAGSROLLE", "V-7", "4711", "MIETER"), "SP_VERTRAGSROLLE:V-7/4711/MIETER"),
        (ids.source("SP_VERTRAGSROLLE", "V/7", "4711", "MIETER"), "SP_VERTRAGSROLLE:V%2F7/4711/MIETER"),
        (ids.source("SP_PERSON", "110 1"), "SP_PERSON:110%201"),
    ],
)  # fmt: skip
def test_every_meaning_has_its_form(made: str, expected: str) -> None:
    assert made == expected


def test_columns_are_put_together_like_texts_and_what_is_missing_stays_missing() -> None:
    left, right = column("110", "111", None), column("1", None, "3")
    expected = {
        "unit": ids.unit(left, right), "owner": ids.owner(left, right), "source": ids.source("V", left, right),
        "extended": ids.extended(left, right), "typed": ids.typed("unit", left), "everybody": ids.everybody(left),
    }  # fmt: skip
    found = {name: [None if pd.isna(text) else text for text in texts] for name, texts in expected.items()}
    assert found == {
        "unit": ["110/1", None, None], "owner": ["110/1~owner", None, None], "source": ["V:110/1", None, None],
        "extended": ["110~1", None, None], "typed": ["unit 110", "unit 111", None],
        "everybody": ["~P110", "~P111", None],
    }  # fmt: skip


parts = st.text(st.sampled_from("12/~% F257E"), min_size=1, max_size=6)
"""Numbers made of nothing but what ids are put together with, and of what stands for it."""


@pytest.mark.rule("R24")
@given(parts, parts)
@example("100/1", "2")
@example("100", "1/2")
def test_a_unit_is_read_as_it_was_written(property_nr: str, unit_nr: str) -> None:
    assert ids.read_unit(ids.unit(property_nr, unit_nr)) == (property_nr, unit_nr)
    assert ids.property_of(ids.unit(property_nr, unit_nr)) == property_nr


@pytest.mark.rule("R24")
@given(st.tuples(parts, parts), st.tuples(parts, parts), parts, parts)
@example(("V", "1/2"), ("V/1", "2"), "P", "P")
def test_two_records_have_two_ids(one: tuple[str, str], other: tuple[str, str], partner: str, another: str) -> None:
    assert (ids.unit(*one) == ids.unit(*other)) is (one == other)
    assert (ids.role(*one) == ids.role(*other)) is (one == other)
    owned, owned_too = ids.owner(ids.unit(*one), partner), ids.owner(ids.unit(*other), another)
    assert (owned == owned_too) is ((one, partner) == (other, another))
    assert (ids.source("SP_A", *one) == ids.source("SP_A", *other)) is (one == other)


@pytest.mark.rule("R24")
@given(st.lists(st.tuples(parts | st.none(), parts | st.none()), min_size=1, max_size=4))
def test_a_column_is_put_together_as_its_texts_are(pairs: list[tuple[str | None, str | None]]) -> None:
    left, right = (column(*texts) for texts in zip(*pairs, strict=True))
    made = [
        None if one is None or other is None else (ids.unit(one, other), ids.role(one, other)) for one, other in pairs
    ]
    columns = zip(ids.unit(left, right), ids.role(left, right), strict=True)
    assert [None if pd.isna(unit) else (unit, role) for unit, role in columns] == made


@given(numbers, endings)
def test_additions_come_off_as_they_were_put_on(base: str, more: list[str]) -> None:
    external_id = ids.extended(base, *more)
    assert base + ids.addition(external_id, base) == external_id
    assert ids.addition(external_id, base) == ids.extended("", *more)
    assert {ids.extended(base, *more[:length]) for length in range(len(more) + 1)} <= set(ids.bases(external_id))
    assert base <= external_id < base + ids.AFTER_ADDITION


@given(numbers)
def test_bases_begin_with_the_id_itself_and_get_shorter(external_id: str) -> None:
    found = ids.bases(external_id)
    assert found[0] == external_id
    assert all(longer.startswith(shorter + ids.ADDITION) for longer, shorter in pairwise(found))
    assert ids.ADDITION not in found[-1]


def test_of_another_base_an_addition_is_what_follows_the_first_mark() -> None:
    assert ids.addition("portal-7~P~102", "SP-7") == "~P~102"
    assert ids.addition("portal-7", "SP-7") == ""


@given(plain, endings)
def test_a_contact_is_read_as_it_was_written(number: str, more: list[str]) -> None:
    assert ids.is_person(ids.extended(number, ids.PERSON, *more))
    assert not ids.is_person(ids.extended(number, *more))


@given(numbers, st.integers(2, 10**6))
def test_a_posting_is_counted(report_nr: str, number: int) -> None:
    assert ids.posting(ids.extended(report_nr, str(number)), report_nr) == number
    assert ids.posting(report_nr, report_nr) == 1


def test_another_addition_is_no_further_posting() -> None:
    assert ids.posting("M1~P", "M1") == 1


@given(st.lists(st.tuples(st.sampled_from(["ticket", "ticket_type", "contact"]), numbers)))
def test_parents_are_read_as_they_were_written(named: list[tuple[str, str]]) -> None:
    text = ids.LINE.join(ids.typed(*one) for one in named)
    assert list(ids.read_parents(text)) == named
    tickets = [external_id for record_type, external_id in named if record_type == "ticket"]
    assert re.findall(ids.parent_pattern("ticket"), text) == tickets


@pytest.mark.parametrize("text", [None, "", "\n"])
def test_without_lines_there_is_no_parent(text: str | None) -> None:
    assert list(ids.read_parents(text)) == []


@given(st.lists(st.tuples(st.sampled_from(["SP_A", "SP_AB"]), plain, plain)), st.sampled_from(["SP_A", "SP_AB"]), plain)
def test_a_record_is_found_in_a_source_that_names_it_and_in_no_other(
    named: list[tuple[str, str, str]], view: str, key: str
) -> None:
    text = " ".join(ids.source(*one) for one in named)
    whole = [ids.source(*one) for one in named]
    assert bool(re.search(ids.source_pattern(view, f"{key}/1"), text)) is (ids.source(view, f"{key}/1") in whole)
    by_first = bool(re.search(ids.source_pattern(view, key, is_first=True), text))
    assert by_first is any((view, key) == one[:2] for one in named)


def test_a_key_is_no_pattern() -> None:
    assert not re.search(ids.source_pattern("SP_PERSON", "1.1"), "SP_PERSON:1x1")


def test_a_key_is_not_found_in_one_that_begins_with_it() -> None:
    assert not re.search(ids.source_pattern("SP_PERSON", "110"), ids.source("SP_PERSON", "110 1"))
    roles = ids.source("SP_VERTRAGSROLLE", "V/7", "4711", "MIETER")
    found = [bool(re.search(ids.source_pattern("SP_VERTRAGSROLLE", key, is_first=True), roles)) for key in ("V", "V/7")]
    assert found == [False, True]


@given(numbers, st.sampled_from(["opened", "closed", "note"]), numbers, numbers)
def test_events_fit_the_ledger_and_stay_apart(record: str, what: str, one: str, other: str) -> None:
    long = "L" * 90
    short, lengthened = ids.event(record[:20], what, one[:20]), ids.event(long, what, one)
    assert short == f"{record[:20]}/{what}/{one[:20]}"
    assert len(lengthened) <= 100
    assert (ids.event(long, what, one) == ids.event(long, what, other)) is (one == other)


def test_the_last_part_of_an_id() -> None:
    assert [ids.last_part(one) for one in ("A1", "M1/A1")] == ["A1", "A1"]


def constants(path: Path) -> list[str]:
    """Texts of a module that are no docstrings, those inside f-strings among them."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    told = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    found = [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in told]
    return [node.value for node in found if isinstance(node.value, str)]


def test_no_other_module_knows_what_begins_an_addition() -> None:
    addition = re.compile(r"~(?:\w|$)")
    assert [
        f"{path.relative_to(ROOT)}: {text}"
        for path in MODULES
        if path.name != "ids.py" or path.parent.name != "vocabulary"
        for text in constants(path)
        if addition.match(text)
    ] == []
    assert any(addition.match(text) for text in constants(ROOT / "include/vocabulary/ids.py"))
