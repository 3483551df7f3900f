"""Anonymisation in the ERP, in its two phases."""

import pytest

from tests.rules.builders import contract, decide, held, partner, person
from tests.rules.test_types import FULL


@pytest.mark.rule("R21", "E12")
@pytest.mark.parametrize(
    ("column", "field"),
    [
        ("salutation", "salutation"), ("title", "title"), ("street", "street"), ("postal_code", "postalCode"),
        ("city", "city"), ("country", "country"), ("telephone", "telephone"), ("mobile", "mobile"), ("fax", "fax"),
        ("email", "email"), ("website", "website"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("word", ["anonymisiert", " Anonymisiert ", "ANONYMISIERT"])
def test_the_word_clears_the_field_and_the_contact_stays(column: str, field: str, word: str) -> None:
    row = decide(person(contract(), **{**FULL, column: word})).contact()
    assert (row["decision"], row[field], row["warnings"]) == ("send", None, "ANONYMISED_VALUE")
    assert row["lastName"] == "Muster"
    kept = "mobile" if field == "telephone" else "telephone"
    assert row[kept] is not None


@pytest.mark.rule("R21")
def test_the_word_in_the_partners_own_field_is_cleared_too() -> None:
    row = decide(person(contract(), partner=partner("P1", company_role="anonymisiert"))).contact("P1")
    assert (row["companyRole"], row["warnings"]) == (None, "ANONYMISED_VALUE")


@pytest.mark.rule("R21")
def test_the_word_inside_a_longer_value_is_part_of_it() -> None:
    row = decide(person(contract(), street="Straße der Anonymisierten 1")).contact()
    assert (row["street"], row["warnings"]) == ("Straße der Anonymisierten 1", "")


@pytest.mark.rule("R21", "E12")
@pytest.mark.parametrize("name", ["last_name", "first_name", "company"])
def test_an_overwritten_name_is_sent_without_any_way_to_reach_the_person(name: str) -> None:
    row = decide(person(contract(), **{**FULL, name: "anonymisiert"})).contact()
    assert row["decision"] == "send"
    assert "anonymisiert" in (row["lastName"], row["firstName"], row["companyName"])
    assert [row[field] for field in ("email", "telephone", "mobile", "fax")] == [None] * 4


@pytest.mark.rule("R21")
@pytest.mark.parametrize("email", ["max@example.org", "nonsense"])
def test_an_anonymised_person_keeps_no_way_to_reach_it_whatever_is_left_in_the_fields(email: str) -> None:
    row = decide(person(contract(), **{**FULL, "email": email}, anonymised_at="2026-06-01 10:00")).contact()
    assert row["decision"] == "send"
    assert [row[field] for field in ("email", "telephone", "mobile", "fax")] == [None] * 4


@pytest.mark.rule("R21")
def test_during_the_trail_the_anonymised_values_go_out() -> None:
    tenant = person(contract(end="2026-06-05"), last_name="anonymisiert", email="anonymisiert", mobile="0170 1")
    row = decide(tenant, portal_access_trail_days=90, known=[held("100.1.1")]).contact()
    assert (row["decision"], row["lastName"], row["email"]) == ("send", "anonymisiert", None)


@pytest.mark.rule("R21", "E13")
def test_the_word_is_no_shared_address() -> None:
    people = [person(contract(nr=f"V{n}"), key=f"100.{n}.1", email="anonymisiert") for n in (1, 2)]
    outcome = decide(*people)
    assert [outcome.contact(f"100.{n}.1")["warnings"] for n in (1, 2)] == ["ANONYMISED_VALUE"] * 2


@pytest.mark.rule("E14", "R21")
def test_an_anonymised_person_takes_nobody_elses_login() -> None:
    outcome = decide(
        person(contract(nr="V1"), key="100.1.1", email="max@example.org", anonymised_at="2026-06-01"),
        person(contract(nr="V2"), key="100.2.1", email="max@example.org"),
    )
    assert (outcome.contact("100.2.1")["email"], outcome.contact("100.2.1")["warnings"]) == ("max@example.org", "")


@pytest.mark.rule("O23", "E12")
@pytest.mark.parametrize("sign", [{"anonymised_at": "2026-06-01"}, {"last_name": "anonymisiert"}])
@pytest.mark.parametrize("end", [None, "2026-01-31"])
def test_an_anonymised_person_already_removed_is_not_created_again(sign: dict[str, str], end: str | None) -> None:
    outcome = decide(person(contract(end=end), **sign), known=[held("100.1.1", "removed")])
    assert (outcome.contact()["decision"], outcome.contact()["reason"]) == ("withhold", "ANONYMISED_REMOVED")
    assert outcome.contract()["decision"] == ("remove" if end else "withhold")


@pytest.mark.rule("O23")
@pytest.mark.parametrize("state", ["present", "restricted", "pending"])
def test_an_anonymised_person_still_in_the_portal_is_sent(state: str) -> None:
    tenant = person(contract(), anonymised_at="2026-06-01")
    assert decide(tenant, known=[held("100.1.1", state)]).contact()["decision"] == "send"


@pytest.mark.rule("O23")
def test_a_person_that_is_not_anonymised_comes_back() -> None:
    assert decide(person(contract()), known=[held("100.1.1", "removed")]).contact()["decision"] == "send"
