"""The names of the code: each column has one, and rows come back under it."""

import re

import pytest
from sqlalchemy import func, select

from include.ixhaus.check import ContractError
from include.ixhaus.contract import METADATA
from include.ixhaus.contract.master import SP_EINHEIT, SP_OBJEKT
from include.ixhaus.contract.reports import SP_BENUTZER
from include.ixhaus.database import read_snapshot
from include.ixhaus.rows import named_rows
from tests.ixhaus.conftest import Erp

UNIT, PROPERTY = SP_EINHEIT.c, SP_OBJEKT.c


@pytest.mark.parametrize("name", METADATA.tables)
def test_every_column_has_a_name_in_the_code_and_one_in_the_database(name: str) -> None:
    columns = METADATA.tables[name].columns
    assert [column.key for column in columns if not re.fullmatch("[a-z][a-z_]+", column.key)] == []
    assert [column.name for column in columns if not re.fullmatch("[A-Z][A-Z0-9_]+", column.name)] == []


def test_rows_bear_keys_and_labels(erp: Erp) -> None:
    query = select(PROPERTY.property_nr, func.lower(PROPERTY.city).label("town")).where(PROPERTY.property_nr == "129")
    with read_snapshot(erp.engine) as connection:
        (row,) = named_rows(connection, query)
        (whole,) = named_rows(connection, select(SP_OBJEKT).where(PROPERTY.property_nr == "129"))
    assert row == {"property_nr": "129", "town": whole["city"].lower()}
    assert list(whole) == PROPERTY.keys()


@pytest.mark.rule("R47")
def test_flags_come_as_true_or_false(erp: Erp) -> None:
    user = SP_BENUTZER.c
    query = select(user.user_nr, user.is_blocked, user.may_report).where(user.user_nr == "007")
    erp.sql("UPDATE SP_BENUTZER SET GESPERRT = NULL, DARF_MELDUNGEN = 'J  ' WHERE BENUTZER_NR = '007'")
    with read_snapshot(erp.engine) as connection:
        assert named_rows(connection, query) == [{"user_nr": "007", "is_blocked": False, "may_report": True}]
    erp.sql("UPDATE SP_BENUTZER SET GESPERRT = 'j' WHERE BENUTZER_NR = '007'")
    with (
        read_snapshot(erp.engine) as connection,
        pytest.raises(ContractError, match=r"^SP_BENUTZER\.GESPERRT: some values are not J or N"),
    ):
        named_rows(connection, query)


def test_columns_of_a_join_that_are_called_the_same_are_told_apart(erp: Erp) -> None:
    joined = select(PROPERTY.name, UNIT.name, UNIT.name.label("unit")).join(
        SP_EINHEIT, UNIT.property_nr == PROPERTY.property_nr
    )
    with read_snapshot(erp.engine) as connection:
        row = named_rows(connection, joined.where(UNIT.unit_nr == "R16"))[0]
    assert row["name"].startswith("Wohnanlage")
    assert row["name_1"] == row["unit"] == "Wohnung R16"
