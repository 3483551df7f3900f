"""Properties and units."""

from typing import Any

import pytest

from include.casavi.payloads import PropertyPayload, UnitPayload
from include.vocabulary.decision import CONTROL_COLUMNS
from tests.rules.builders import (
    contract,
    decide_objects,
    decide_owners,
    entrance,
    owner,
    partner,
    person,
    prop,
    unit,
)

NOTHING: dict[str, Any] = {"properties": ""}


@pytest.mark.rule("R13")
@pytest.mark.parametrize(
    ("nr", "decision", "reason"),
    [
        ("100", "send", "RELEASED"),
        ("199", "send", "RELEASED"),
        ("200", "remove", "PROPERTY_NOT_RELEASED"),
        ("S33", "remove", "PROPERTY_NOT_RELEASED"),
    ],
)
def test_released_properties_and_their_units_are_sent(nr: str, decision: str, reason: str) -> None:
    outcome = decide_objects(prop(nr), unit("1", nr), properties="100-199")
    for row in (outcome.row("property", nr), outcome.row("unit", f"{nr}/1")):
        assert (row["decision"], row["reason"], row["properties"]) == (decision, reason, nr)


@pytest.mark.rule("R14")
@pytest.mark.parametrize(("normal", "full"), [("100", ""), ("", "100"), ("100", "100")])
def test_a_property_in_either_range_is_released(normal: str, full: str) -> None:
    outcome = decide_objects(prop("100"), properties=normal, properties_full_history=full)
    assert outcome.ids("property", "send") == ["100"]


@pytest.mark.rule("E60", "R13")
def test_an_empty_range_releases_nothing() -> None:
    outcome = decide_objects(prop(), unit(), **NOTHING)
    assert (outcome.ids("property", "remove"), outcome.ids("unit", "remove")) == (["100"], ["100/1"])


@pytest.mark.rule("E11", "R15")
def test_a_property_withdrawn_and_released_again_has_the_same_ids() -> None:
    withdrawn, released = decide_objects(prop(), unit(), **NOTHING), decide_objects(prop(), unit())
    assert withdrawn.ids("unit", "remove") == released.ids("unit", "send") == ["100/1"]
    assert withdrawn.ids("property", "remove") == released.ids("property", "send") == ["100"]


@pytest.mark.rule("E22a")
def test_a_property_last_changed_years_ago_is_sent_when_it_is_released() -> None:
    assert decide_objects(prop(changed_at="1998-03-01")).row("property", "100")["decision"] == "send"


@pytest.mark.rule("E22b", "O28")
def test_vacant_units_and_properties_without_units_are_sent() -> None:
    outcome = decide_objects(
        prop("100"), prop("101"), unit("1"), person(contract(unit_nr="2"), person_type="Interessent")
    )
    assert outcome.ids("unit", "send") == ["100/1", "100/2"]
    assert outcome.ids("property", "send") == ["100", "101"]


@pytest.mark.rule("R13")
def test_a_unit_of_a_property_that_does_not_exist_is_named() -> None:
    row = decide_objects(unit()).row("unit", "100/1")
    assert (row["decision"], row["reason"]) == ("invalid", "UNKNOWN_PROPERTY")


@pytest.mark.rule("O30")
def test_a_units_id_is_made_of_property_and_unit_number_and_it_waits_for_its_property() -> None:
    row = decide_objects(prop(), unit("0.1")).row("unit", "100/0.1")
    assert (row["id"], row["propertyId"], row["number"]) == ("100/0.1", "100", "0.1")
    assert row["parents"] == "property 100"


@pytest.mark.rule("R13")
def test_a_propertys_addresses_are_its_entrances_in_their_order_each_once() -> None:
    outcome = decide_objects(
        prop(street="Eckstr. 9"), entrance("2", "Nebenstr. 2"), entrance("1", " Hauptstr. 1 "),
        entrance("3", "Hauptstr. 1"), entrance("4", None), entrance("1", "Fremde Str. 1", "101"),
    )  # fmt: skip
    assert outcome.row("property", "100")["addresses"] == [{"street": "Hauptstr. 1"}, {"street": "Nebenstr. 2"}]


@pytest.mark.rule("R13")
@pytest.mark.parametrize(("street", "addresses"), [("Eckstr. 9", [{"street": "Eckstr. 9"}]), (None, []), (" ", [])])
def test_a_property_without_entrances_has_its_own_street(street: str | None, addresses: list[dict[str, str]]) -> None:
    assert decide_objects(prop(street=street)).row("property", "100")["addresses"] == addresses


@pytest.mark.rule("R13")
@pytest.mark.parametrize(
    ("entrances", "entrance_nr", "address"),
    [
        ([], None, "Eckstr. 9"),
        ([("1", "Hauptstr. 1")], "1", "Hauptstr. 1"),
        ([("1", "Hauptstr. 1"), ("2", "Eckstr. 9")], None, "Eckstr. 9"),
        ([("1", "Hauptstr. 1")], None, None),  # the property's own street is not among its addresses
        ([("1", "Hauptstr. 1")], "7", None),
        ([("1", None)], "1", None),
    ],
)
def test_a_units_address_is_one_of_its_propertys_addresses_or_none(
    entrances: list[tuple[str, str | None]], entrance_nr: str | None, address: str | None
) -> None:
    doors = [entrance(nr, street) for nr, street in entrances]
    outcome = decide_objects(prop(street="Eckstr. 9"), unit(entrance_nr=entrance_nr), *doors)
    assert outcome.row("unit", "100/1")["address"] == address


@pytest.mark.rule("R13")
@pytest.mark.parametrize(
    ("fields", "name"),
    [({}, "Haus 100"), ({"name": None}, "Musterstr. 1"), ({"name": " ", "street": None}, "100")],
)
def test_a_property_always_has_a_name(fields: dict[str, Any], name: str) -> None:
    assert decide_objects(prop(**fields)).row("property", "100")["name"] == name


@pytest.mark.rule("R5", "R13")
def test_of_properties_and_units_exactly_the_listed_fields_are_sent() -> None:
    house = prop(
        name="Haus am See", street="Seestr. 1", postal_code="50667", city="Köln", country="Deutschland",
        portal_note="Müll: dienstags", metering_nr="123456789", metering_provider="Messer", metering_provider_id="M1",
        team_nr="7",
    )  # fmt: skip
    flat = unit(name=None, usage="Gewerblich", metering_nr="0001", portal_note="Klingel 3")
    outcome = decide_objects(house, flat)
    content = {name: value for name, value in outcome.row("property", "100").items() if name not in CONTROL_COLUMNS}
    assert content == {
        "id": "100", "name": "Haus am See", "number": "100", "note": "Müll: dienstags", "country": "Deutschland",
        "city": "Köln", "postalCode": "50667", "mscNumber": "123456789", "mscProviderName": "Messer",
        "mscProviderIdentifier": "M1", "addresses": [{"street": "Seestr. 1"}],
    }  # fmt: skip
    assert set(content) == {field.alias for field in PropertyPayload.model_fields.values()}
    content = {name: value for name, value in outcome.row("unit", "100/1").items() if name not in CONTROL_COLUMNS}
    assert content == {
        "id": "100/1", "propertyId": "100", "name": "1", "number": "1", "address": "Seestr. 1", "usage": "Gewerblich",
        "note": "Klingel 3", "mscNumber": "0001",
    }  # fmt: skip
    assert set(content) == {field.alias for field in UnitPayload.model_fields.values()}


FLATS = prop().plus(
    contract(nr="V1", unit_nr="1"),
    contract(nr="V2", unit_nr="2", begin="2026-06-30"),
    contract(nr="V3", unit_nr="3", end="2026-06-04"),
    contract(nr="V4", unit_nr="4", begin=None),
    unit("5"),
)


@pytest.mark.rule("O28", "E22b")
@pytest.mark.parametrize(
    ("lead", "trail", "vacant"),
    [(0, 0, ["100/2", "100/3", "100/5"]), (15, 11, ["100/5"]), (14, 10, ["100/2", "100/3", "100/5"])],
)
def test_vacant_units_stay_out_where_the_settings_want_that(lead: int, trail: int, vacant: list[str]) -> None:
    days = {"portal_access_lead_days": lead, "portal_access_trail_days": trail}
    assert decide_objects(FLATS, **days).ids("unit", "remove") == []
    outcome = decide_objects(FLATS, include_vacant_units=False, **days)
    assert outcome.ids("unit", "remove") == vacant
    assert {outcome.row("unit", nr)["reason"] for nr in vacant} == {"UNIT_VACANT"}
    owners = decide_owners(FLATS, partner("P1"), owner("P1"), include_vacant_units=False, **days)
    assert owners.ids("contract", "remove") == [f"{nr}/P1~owner" for nr in vacant]


@pytest.mark.rule("R15")
def test_of_what_is_removed_no_content_is_handed_on() -> None:
    row = decide_objects(prop(portal_note="Notiz"), **NOTHING).row("property", "100")
    assert (row["name"], row["note"], row["addresses"]) == (None, None, None)


@pytest.mark.rule("R13")
def test_the_newest_change_of_property_and_entrances_counts() -> None:
    door = entrance("1", "Hauptstr. 1")
    door.rows["entrances"][0]["changed_at"] = "2026-01-02 12:00"
    row = decide_objects(prop(changed_at="2026-01-01 12:00"), door).row("property", "100")
    assert str(row["changed_at"]) == "2026-01-02 11:00:00"
    assert row["source"] == "SP_OBJEKT:100 SP_HAUSEINGANG:100/1"
