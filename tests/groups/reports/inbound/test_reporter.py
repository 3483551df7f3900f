"""Who reported what is wrong where (R48, E45–E47)."""

from datetime import date
from typing import Any

import pytest

from include.groups.reports.inbound.reporter import Agreement, Place, choose
from include.vocabulary.reasons import explain
from tests.groups.reports.inbound.harness import PARTNER, TENANT, World

TODAY = date(2027, 3, 1)


def agreement(unit: str, begin: str = "2020-01-01", end: str | None = None, house: str = "100") -> Agreement:
    return Agreement(house, unit, "P", date.fromisoformat(begin), date.fromisoformat(end) if end else None)


ONE, TWO, ELSEWHERE = agreement("1"), agreement("2"), agreement("1", house="200")
ENDED = agreement("3", end="2027-02-28")
FUTURE = agreement("4", begin="2027-03-15")


@pytest.mark.rule("R48", "E45", "E46")
@pytest.mark.parametrize(
    ("agreements", "named", "place", "hints"),
    [
        ([ONE, TWO], "100/2", ("100", "2"), []),  # the unit that is named
        ([ONE], "", ("100", "1"), []),  # the only one
        ([ONE, ENDED], "", ("100", "1"), []),
        ([ONE, FUTURE], "", ("100", "1"), []),
        ([FUTURE], "", ("100", "4"), []),  # moves in soon
        ([ONE, TWO], "", ("100", None), ["UNIT_UNCLEAR"]),
        ([ONE, ELSEWHERE], "", (None, None), ["UNIT_UNCLEAR"]),
        ([ONE], "100/9", ("100", "1"), ["UNIT_WITHOUT_CONTRACT"]),  # merged, or another's
        ([ONE, ENDED], "100/3", ("100", "3"), ["REPORTER_CONTRACT_ENDED"]),
        ([ENDED], "", ("100", "3"), ["REPORTER_CONTRACT_ENDED"]),
        ([], "100/1", (None, None), ["REPORTER_WITHOUT_CONTRACT"]),
        ([agreement("1", end="2027-03-01")], "", ("100", "1"), []),  # the last day counts
        ([agreement("1", "2010-01-01", "2019-12-31"), ONE], "100/1", ("100", "1"), []),  # renewed
    ],
)
def test_the_unit_comes_from_the_contracts(
    agreements: list[Agreement], named: str, place: tuple[str | None, str | None], hints: list[str]
) -> None:
    found = choose(agreements, named, TODAY)
    assert ((found.property_nr, found.unit_nr), list(found.hints)) == (place, hints)


def reporter(world: World, contact: str, **more: Any) -> tuple[object, ...]:
    """Person, partner, property, unit and hint of the report that a contact's ticket becomes."""
    world.files_report(contact=contact, **more)
    world.receive()
    names = ("reporter_person", "reporter_partner", "property_nr", "unit_nr", "hint")
    return tuple(world.report()[name] for name in names)


@pytest.mark.rule("R48")
def test_a_partner_is_found_through_his_person(world: World) -> None:
    assert reporter(world, PARTNER) == ("100.2.1", PARTNER, "100", "2", None)


@pytest.mark.rule("R48")
def test_a_co_resident_is_found_through_his_role(world: World) -> None:
    world.insert("SP_PARTNER", {"partner_nr": "88"})
    world.insert("SP_VERTRAGSROLLE", {"contract_nr": "V100-1-100.1.1--900", "partner_nr": "88", "role": "MITBEWOHNER"})
    world.contact("88")
    assert reporter(world, "88") == (None, "88", "100", "1", None)


@pytest.mark.rule("R48")
@pytest.mark.parametrize(
    ("contact", "person", "partner"),
    [("100.2.1", "100.2.1", PARTNER), ("100.1.1~person", TENANT, None), ("4711~20200101", "100.2.1", PARTNER)],
)
def test_a_contact_keeps_its_record_under_any_of_its_ids(
    world: World, contact: str, person: str, partner: str | None
) -> None:
    world.contact(contact)
    assert reporter(world, contact)[:2] == (person, partner)


@pytest.mark.rule("E46", "E45")
def test_a_ticket_of_somebody_unknown_is_imported_and_flagged(world: World) -> None:
    world.contact("9999")
    found = reporter(world, "9999", unit_id="100/3")
    assert found == (None, None, "100", None, explain("REPORTER_UNKNOWN"))  # the ticket names the property itself


@pytest.mark.rule("E46")
def test_a_number_given_to_somebody_else_is_not_taken_for_the_old_contact(world: World) -> None:
    world.sql("UPDATE SP_PARTNER SET ANGELEGT_AM = '2026-05-01 09:00:00.000000'")
    world.ledger("contact", PARTNER)
    world.sql("UPDATE SP_ABGLEICH SET IDENTITAET = '2001-01-01T09:00:00'")
    assert reporter(world, PARTNER)[1] is None


@pytest.mark.rule("E45")
def test_a_prospect_has_no_place(world: World) -> None:
    world.insert("SP_PERSON", {"person_key": "100.9.1"})
    world.contact("100.9.1")
    assert reporter(world, "100.9.1") == ("100.9.1", None, None, None, explain("REPORTER_WITHOUT_CONTRACT"))


@pytest.mark.rule("E46")
def test_a_contract_that_ended_yesterday_is_flagged(world: World) -> None:
    world.sql("UPDATE SP_VERTRAG SET ENDE = date('now', '-2 days')")
    assert reporter(world, TENANT) == (TENANT, None, "100", "1", explain("REPORTER_CONTRACT_ENDED"))


@pytest.mark.rule("E47", "R38")
def test_a_ticket_for_a_withdrawn_property_is_imported_and_flagged(world: World) -> None:
    world.insert("SP_PERSON", {"person_key": "200.1.1"})
    world.contract("1", "200.1.1", house="200")
    world.contact("200.1.1")
    assert reporter(world, "200.1.1") == ("200.1.1", None, "200", "1", explain("PROPERTY_NOT_RELEASED"))
    assert (world.report()["team_nr"], world.report()["responsible_user"]) == (None, None)  # T3 keeps the books


def test_legacy_dates_mean_no_date(world: World) -> None:
    world.sql("UPDATE SP_VERTRAG SET ENDE = '1899-12-30'")
    assert reporter(world, TENANT)[4] is None


def test_nobody_is_chosen_without_an_agreement() -> None:
    assert choose([], "", TODAY) == Place(hints=("REPORTER_WITHOUT_CONTRACT",))
