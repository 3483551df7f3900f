"""E-mail addresses: cleaning, and one login per address."""

import pandas as pd
import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import given
from hypothesis import strategies as st

from include.rules.emails import PLAIN, clean_emails, is_plain_address, read_address
from tests.rules.builders import Records, contract, decide, held, partner, person, role


@pytest.mark.rule("E15")
@pytest.mark.parametrize(
    ("typed", "address", "warning"),
    [
        ("max@example.org", "max@example.org", ""),
        ("  max@example.org\t", "max@example.org", ""),
        ("max@example.org (Büro)", "max@example.org", ""),
        ("[privat] max@example.org", "max@example.org", ""),
        ("max@example.org\u200b", "max@example.org", ""),
        ("\ufeffmax@example.org", "max@example.org", ""),
        ("max@exam\u00adple.org", "max@example.org", ""),
        ("Max.Muster@EXAMPLE.Org", "Max.Muster@example.org", ""),
        ("INFO@example.org", "info@example.org", ""),
        ("max@müller.de", "max@müller.de", ""),
        ("max@example.org; MAX@example.org", "max@example.org", ""),
        ("max@example.org;kim@example.org", "max@example.org", "EMAIL_PARTLY"),
        ("max@example.org, kim@example.org", "max@example.org", "EMAIL_PARTLY"),
        ("x@@y; max@example.org", "max@example.org", "EMAIL_PARTLY"),
        ("max@example.org nur abends", "max@example.org", "EMAIL_PARTLY"),
        ("Max Muster <max@example.org>", "max@example.org", "EMAIL_PARTLY"),
    ],
)
def test_the_first_valid_address_is_used_and_the_rest_reported(typed: str, address: str, warning: str) -> None:
    row = decide(person(contract(), email=typed)).contact()
    assert (row["decision"], row["email"], row["warnings"]) == ("send", address, warning)


@pytest.mark.rule("E15", "O28")
@pytest.mark.parametrize("typed", ["Büro; x@@y", "(max@example.org)", "max@localhost", "siehe Akte"])
@pytest.mark.parametrize("ledger", [[], [held("100.1.1")]])
def test_who_has_no_valid_address_goes_out_without_one_and_is_named(typed: str, ledger: list[dict[str, str]]) -> None:
    outcome = decide(person(contract(end="2026-12-31"), email=typed), known=ledger)
    contact = outcome.contact()
    assert (contact["decision"], contact["reason"], contact["portalUser"]) == ("send", "ACTIVE", True)
    assert (contact["email"], contact["warnings"]) == (None, "EMAIL_INVALID")
    assert (outcome.contract()["decision"], outcome.contract()["endDate"]) == ("send", "2026-12-31")


@pytest.mark.rule("E15", "O28")
@pytest.mark.parametrize(
    "typed", [None, "", "   ", "-", "---", "keine", "Keine", "k.A.", "k. A.", "keine E-Mail", ";", "./."]
)
def test_a_person_without_email_goes_out(typed: str | None) -> None:
    row = decide(person(contract(), email=typed)).contact()
    assert (row["decision"], row["email"], row["warnings"]) == ("send", None, "")


@pytest.mark.rule("E15", "R19")
def test_a_bad_address_keeps_nobody_in_the_portal_after_move_out() -> None:
    assert decide(person(contract(end="2025-12-31"), email="x@@y")).contact()["reason"] == "MOVED_OUT"


@pytest.mark.rule("E14")
@pytest.mark.parametrize("second", ["max@example.org", "MAX@Example.org", "x@@y, Max@example.org"])
def test_of_two_main_tenants_with_one_address_the_lower_id_has_the_login(second: str) -> None:
    outcome = decide(
        person(contract(nr="V2", unit_nr="2"), key="100.2.1", email=second),
        person(contract(nr="V1"), key="100.1.1", email="max@example.org"),
    )
    assert (outcome.contact("100.1.1")["email"], outcome.contact("100.2.1")["email"]) == ("max@example.org", None)
    for number in (1, 2):
        row = outcome.contact(f"100.{number}.1")
        assert (row["decision"], row["portalUser"]) == ("send", True)
        assert "EMAIL_SHARED" in row["warnings"].split()


@pytest.mark.rule("E14")
@pytest.mark.parametrize("main", ["P1", "P3"])
def test_the_main_tenant_has_the_login_before_co_residents(main: str) -> None:
    home = contract(role(partner("P2", email="wir@example.org")))
    outcome = decide(person(home, partner=partner(main, email="wir@example.org")))
    assert (outcome.contact(main)["email"], outcome.contact("P2")["email"]) == ("wir@example.org", None)


@pytest.mark.rule("E14")
def test_who_is_main_tenant_only_of_an_ended_contract_does_not_come_first() -> None:
    late, kim = partner("P1", email="wir@example.org"), partner("P3", email="wir@example.org")
    outcome = decide(
        person(contract(role(late), nr="V1"), key="100.1.1", partner=kim),
        person(contract(nr="V0", end="2020-12-31"), key="100.0.1", partner=late),
    )
    assert (outcome.contact("P3")["email"], outcome.contact("P1")["email"]) == ("wir@example.org", None)


@pytest.mark.rule("E14")
@pytest.mark.parametrize("other", [
    person(contract(nr="V0", end="2020-12-31"), key="100.0.1", email="max@example.org"),
    person(contract(nr="V0"), key="100.0.1", email="max@example.org", person_type="Interessent"),
    person(contract(nr="V0"), key="100.0.1", partner=partner("P0", is_minor=True, email="max@example.org")),
])  # fmt: skip
def test_who_is_no_portal_user_takes_no_login(other: Records) -> None:
    outcome = decide(other, person(contract(nr="V1"), key="100.1.1", email="max@example.org"))
    assert (outcome.contact()["email"], outcome.contact()["warnings"]) == ("max@example.org", "")


@pytest.mark.rule("E15")
@given(st.from_regex(PLAIN, fullmatch=True))
def test_what_the_fast_pattern_accepts_email_validator_accepts_and_leaves_as_it_is(address: str) -> None:
    if is_plain_address(pd.Series([address], dtype="str")).all():
        assert validate_email(address, check_deliverability=False).normalized == address


@pytest.mark.rule("E15")
@pytest.mark.parametrize(("address", "expected"), [
    ("max@example.org", True), ("Max.Muster+haus@mail.example-haus.de", True), ("a_b-c@web.info", True),
    ("Info@example.org", False), ("NEWS@example.org", False), ("info.desk@example.org", True),
    ("max@Example.org", False), ("max@a--b.de", False), ("max@-a.de", False), ("max@example", False),
    ("max@host.test", False), ("max@host.local", False), ("max..m@example.org", False), ("", False),
    ("max@example.org ", False), ("max@example.org\n", False), ("müller@example.org", False), (None, False),
])  # fmt: skip
def test_ordinary_addresses_take_the_fast_way_and_only_they(address: str | None, expected: bool) -> None:
    assert is_plain_address(pd.Series([address], dtype="str")).tolist() == [expected]


@pytest.mark.rule("E15")
@pytest.mark.parametrize("typed", ["kim@example.org\u200b", "\ufeffkim@example.org", "kim@exam\u00adple.org"])
def test_an_address_is_read_without_the_signs_that_nobody_sees(typed: str) -> None:
    found = clean_emails(pd.Series([typed], dtype="str")).iloc[0]
    assert (found["address"], found["is_invalid"], found["is_partly"]) == ("kim@example.org", False, False)


@given(st.text(alphabet="max@e.de;, ()ü\0", max_size=40))
@pytest.mark.rule("E15")
def test_whatever_was_typed_an_address_comes_out_only_if_it_is_valid(typed: str) -> None:
    address, _ = read_address(typed)
    if address is not None:
        try:
            assert validate_email(address, check_deliverability=False).normalized == address
        except EmailNotValidError:
            pytest.fail("an address that is not valid came out")
