"""The switch and the licences, as the pages show them; whether a run may begin is tested through real runs."""

from datetime import date

import pytest

from include.ixhaus.activation import Licence, activation
from include.ixhaus.check import ContractError
from tests.ixhaus.conftest import TODAY, Erp


def licence(erp: Erp, name: str = "Hausmeister") -> Licence:
    [found] = [one for one in activation(erp.engine, TODAY).licences if one.name == name]
    return found


@pytest.mark.rule("R6", "R11")
def test_every_licence_the_interface_knows_is_named(erp: Erp) -> None:
    names = [one.name for one in activation(erp.engine, TODAY).licences]
    assert names == ["casavi", "Objekteigentümer", "Hausmeister", "Komfortpaket"]


@pytest.mark.rule("R6")
@pytest.mark.parametrize(("value", "is_on"), [("J", True), ("N", False), (None, False)])
def test_the_switch_is_what_ixhaus_says(erp: Erp, value: str | None, is_on: bool) -> None:
    erp.sql("UPDATE SP_EINSTELLUNG SET WERT = ?", value)
    assert activation(erp.engine, TODAY).is_switched_on is is_on


@pytest.mark.rule("R6")
@pytest.mark.parametrize(
    ("statement", "place"),
    [
        ("UPDATE SP_EINSTELLUNG SET WERT = 'j'", "SP_EINSTELLUNG.WERT"),
        ("UPDATE SP_LIZENZ SET AKTIV = '1' WHERE LIZENZ = 'Hausmeister'", "SP_LIZENZ.AKTIV"),
    ],
)
def test_a_switch_that_is_neither_on_nor_off_is_named(erp: Erp, statement: str, place: str) -> None:
    erp.sql(statement)
    with pytest.raises(ContractError, match=f"^{place}: some values are not J or N"):
        activation(erp.engine, TODAY)


@pytest.mark.rule("R6")
def test_blanks_behind_a_switch_are_none_of_it(erp: Erp) -> None:
    erp.sql("UPDATE SP_EINSTELLUNG SET WERT = 'J   '")
    assert activation(erp.engine, TODAY).is_switched_on


@pytest.mark.rule("R6")
def test_without_the_setting_the_switch_is_off(erp: Erp) -> None:
    erp.sql("DELETE FROM SP_EINSTELLUNG")
    assert activation(erp.engine, TODAY).is_switched_on is False


@pytest.mark.rule("R11")
def test_a_licence_that_is_not_there_is_not_active(erp: Erp) -> None:
    erp.sql("DELETE FROM SP_LIZENZ WHERE LIZENZ = 'Hausmeister'")
    assert licence(erp) == Licence("Hausmeister", False, None)


@pytest.mark.rule("R11")
@pytest.mark.parametrize(
    ("flag", "until", "expected"),
    [
        ("J", None, (True, None)),
        ("N", None, (False, None)),
        ("J", "2027-03-01", (True, date(2027, 3, 1))),
        ("J", "2027-02-28", (False, date(2027, 2, 28))),
    ],
)
def test_a_licence_is_active_to_its_last_day(
    erp: Erp, flag: str, until: str | None, expected: tuple[bool, date | None]
) -> None:
    erp.sql("UPDATE SP_LIZENZ SET AKTIV = ?, GUELTIG_BIS = ? WHERE LIZENZ = 'Hausmeister'", flag, until)
    assert licence(erp) == Licence("Hausmeister", *expected)


@pytest.mark.rule("E27")
@pytest.mark.parametrize("until", ["1899-12-30", "9999-12-31"])
def test_what_legacy_data_says_for_no_date_is_no_last_day(erp: Erp, until: str) -> None:
    erp.sql("UPDATE SP_LIZENZ SET GUELTIG_BIS = ? WHERE LIZENZ = 'Hausmeister'", until)
    assert licence(erp) == Licence("Hausmeister", True, None)
