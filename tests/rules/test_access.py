"""From when until when a person is in the portal."""

from typing import Any

import pytest

from tests.rules.builders import contract, decide, held, person, reason_for


@pytest.mark.rule("R18", "E1", "O11")
@pytest.mark.parametrize(("today", "expected"), [("2027-02-14", "NOT_YET"), ("2027-02-15", "ACTIVE")])
def test_access_opens_lead_days_before_the_contract_begins(today: str, expected: str) -> None:
    tenant = person(contract(begin="2027-03-01"))
    assert reason_for(tenant, today=today, portal_access_lead_days=14) == expected


@pytest.mark.rule("E1")
@pytest.mark.parametrize(
    ("lead", "today", "expected"),
    [
        ({}, "2027-02-28", "NOT_YET"),
        ({}, "2027-03-01", "ACTIVE"),
        ({"portal_access_lead_days": 0}, "2027-02-28", "NOT_YET"),
        ({"portal_access_lead_days": 365}, "2026-02-28", "NOT_YET"),
        ({"portal_access_lead_days": 365}, "2026-03-01", "ACTIVE"),
    ],
)
def test_lead_days_may_be_missing_zero_or_a_year(lead: dict[str, int], today: str, expected: str) -> None:
    assert reason_for(person(contract(begin="2027-03-01")), today=today, **lead) == expected


@pytest.mark.rule("R19", "E2", "O11")
@pytest.mark.parametrize(
    ("trail", "today", "expected"),
    [
        (90, "2027-03-31", "ACTIVE"),
        (90, "2027-06-29", "ACTIVE"),
        (90, "2027-06-30", "MOVED_OUT"),
        (0, "2027-03-31", "ACTIVE"),
        (0, "2027-04-01", "MOVED_OUT"),
    ],
)
def test_access_closes_trail_days_after_the_contract_ends(trail: int, today: str, expected: str) -> None:
    tenant = person(contract(end="2027-03-31"))
    assert reason_for(tenant, today=today, portal_access_trail_days=trail) == expected


@pytest.mark.rule("O4")
@pytest.mark.parametrize(("today", "expected"), [("2027-04-14", "ACTIVE"), ("2027-04-15", "MOVED_OUT")])
def test_without_own_trail_days_the_lead_days_count_after_move_out_too(today: str, expected: str) -> None:
    assert reason_for(person(contract(end="2027-03-31")), today=today, portal_access_lead_days=14) == expected


@pytest.mark.rule("O4")
def test_lead_and_trail_are_two_numbers() -> None:
    days = {"portal_access_lead_days": 30, "portal_access_trail_days": 1}
    assert reason_for(person(contract(begin="2027-03-01")), today="2027-01-30", **days) == "ACTIVE"
    assert reason_for(person(contract(end="2027-03-31")), today="2027-04-02", **days) == "MOVED_OUT"


@pytest.mark.rule("O5")
def test_the_contract_carries_its_own_days_so_that_the_portals_day_counts_can_only_narrow_the_window() -> None:
    tenant = decide(person(contract(begin="2026-06-20", end="2027-05-31")), portal_access_lead_days=14).contract()
    assert (tenant["startDate"], tenant["endDate"]) == ("2026-06-20", "2027-05-31")


@pytest.mark.rule("R19", "R20")
def test_after_move_out_contact_and_contract_are_reported_as_removed() -> None:
    outcome = decide(person(contract(end="2026-06-14")))
    assert (outcome.contact()["decision"], outcome.contact()["reason"]) == ("remove", "MOVED_OUT")
    assert (outcome.contract()["decision"], outcome.contract()["reason"]) == ("remove", "MOVED_OUT")


@pytest.mark.rule("R16", "R20")
def test_a_person_without_any_contract_is_reported_as_removed() -> None:
    row = decide(person()).contact()
    assert (row["decision"], row["reason"]) == ("remove", "NO_CONTRACT")


@pytest.mark.rule("R16")
def test_an_active_person_and_its_contract_are_sent() -> None:
    outcome = decide(person(contract()))
    assert (outcome.contact()["decision"], outcome.contact()["portalUser"]) == ("send", True)
    assert (outcome.contract()["decision"], outcome.contract()["contactId"]) == ("send", "100.1.1")


@pytest.mark.rule("R18")
def test_before_the_lead_the_portal_must_not_hold_person_or_contract() -> None:
    outcome = decide(person(contract(begin="2026-06-16")))
    assert (outcome.contact()["decision"], outcome.contract()["decision"]) == ("remove", "remove")
    assert outcome.contract()["reason"] == "NOT_YET"


@pytest.mark.rule("E24")
@pytest.mark.parametrize(
    ("dates", "days", "today", "expected"),
    [
        ({"begin": "2028-02-29"}, 1, "2028-02-27", "NOT_YET"),
        ({"begin": "2028-02-29"}, 1, "2028-02-28", "ACTIVE"),
        ({"end": "2028-02-28"}, 1, "2028-02-29", "ACTIVE"),
        ({"end": "2028-02-28"}, 1, "2028-03-01", "MOVED_OUT"),
        ({"end": "2027-02-28"}, 1, "2027-03-01", "ACTIVE"),
        ({"end": "2027-03-27"}, 1, "2027-03-28", "ACTIVE"),  # the clocks change this night
        ({"end": "2027-03-27"}, 1, "2027-03-29", "MOVED_OUT"),
        ({"begin": "2026-11-01"}, 7, "2026-10-24", "NOT_YET"),
        ({"begin": "2026-11-01"}, 7, "2026-10-25", "ACTIVE"),  # and this one
    ],
)
def test_days_are_calendar_days_across_leap_days_and_clock_changes(
    dates: dict[str, Any], days: int, today: str, expected: str
) -> None:
    assert reason_for(person(contract(**dates)), today=today, portal_access_lead_days=days) == expected


@pytest.mark.rule("E3")
@pytest.mark.parametrize(
    ("dates", "reason"),
    [
        ({"begin": None}, "NO_START"),
        ({"begin": None, "end": "2020-01-01"}, "NO_START"),
        ({"begin": "2026-02-01", "end": "2026-01-31"}, "END_BEFORE_START"),
    ],
)
def test_a_contract_with_impossible_dates_is_named_and_its_person_left_alone(
    dates: dict[str, Any], reason: str
) -> None:
    outcome = decide(person(contract(**dates)))
    assert (outcome.contract()["decision"], outcome.contract()["reason"]) == ("invalid", reason)
    assert (outcome.contact()["decision"], outcome.contact()["reason"]) == ("withhold", reason)


@pytest.mark.rule("E3")
def test_an_impossible_contract_does_not_count_beside_a_possible_one() -> None:
    wrong = contract(nr="V2", begin=None)
    assert decide(person(contract(), wrong)).contact()["reason"] == "ACTIVE"
    assert decide(person(contract(end="2025-01-31"), wrong)).contact()["reason"] == "MOVED_OUT"


@pytest.mark.rule("E2")
def test_a_contract_of_one_day_is_a_contract() -> None:
    assert reason_for(person(contract(begin="2026-06-15", end="2026-06-15"))) == "ACTIVE"


@pytest.mark.rule("E4")
@pytest.mark.parametrize(("end", "decision"), [("2026-06-30", "send"), ("2026-06-14", "remove"), (None, "send")])
def test_a_moved_end_restores_or_removes_under_the_same_id(end: str | None, decision: str) -> None:
    row = decide(person(contract(end=end)), known=[held("100.1.1", state="removed")]).contact()
    assert (row["external_id"], row["decision"]) == ("100.1.1", decision)


@pytest.mark.rule("E4")
def test_a_future_end_is_sent_as_soon_as_it_is_known() -> None:
    row = decide(person(contract(end="2027-12-31"))).contract()
    assert (row["decision"], row["endDate"]) == ("send", "2027-12-31")


@pytest.mark.rule("E27")
@pytest.mark.parametrize(
    ("dates", "reason"),
    [
        ({"begin": "1899-12-30"}, "NO_START"),
        ({"begin": "0001-01-01"}, "NO_START"),
        ({"end": "1899-12-30"}, "ACTIVE"),
        ({"end": "0001-01-01"}, "ACTIVE"),
        ({"end": "9999-12-31"}, "ACTIVE"),
    ],
)
def test_dates_that_legacy_data_writes_for_empty_are_empty(dates: dict[str, Any], reason: str) -> None:
    outcome = decide(person(contract(**dates)))
    assert outcome.contact()["reason"] == reason
    assert "end" not in dates or outcome.contract()["endDate"] is None


@pytest.mark.rule("E5", "R16")
@pytest.mark.parametrize(
    ("windows", "expected"),
    [
        (["past", "open"], "ACTIVE"),
        (["open", "future"], "ACTIVE"),
        (["past", "future"], "NOT_YET"),
        (["past", "past"], "MOVED_OUT"),
    ],
)
def test_a_person_is_what_its_best_contract_allows(windows: list[str], expected: str) -> None:
    dates: dict[str, dict[str, Any]] = {
        "past": {"end": "2025-12-31"},
        "open": {},
        "future": {"begin": "2027-01-01"},
    }
    contracts = [contract(nr=f"V{number}", **dates[window]) for number, window in enumerate(windows)]
    assert reason_for(person(*contracts)) == expected


@pytest.mark.rule("E7")
def test_a_unit_let_again_the_same_day_goes_to_the_successor_alone() -> None:
    before = person(contract(nr="V1", end="2026-06-14"), key="100.1.1")
    after = person(contract(nr="V2", begin="2026-06-15"), key="100.1.2")
    outcome = decide(before, after)
    assert outcome.ids("contact", "send") == ["100.1.2"]
    assert outcome.ids("contract", "send") == ["V2"]


@pytest.mark.rule("E8")
def test_moving_inside_the_property_keeps_the_contact_when_the_old_contract_ends() -> None:
    outcome = decide(person(contract(nr="V1", end="2026-05-31"), contract(nr="V2", unit_nr="2", begin="2026-06-01")))
    assert outcome.contact()["decision"] == "send"
    assert (outcome.contract("V1")["reason"], outcome.contract("V2")["reason"]) == ("MOVED_OUT", "ACTIVE")
