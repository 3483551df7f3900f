import pytest

from include.ixhaus.check import check_database
from include.ixhaus.contract import OWN_TABLES, VIEWS
from tests.ixhaus.conftest import Erp


def test_the_sample_keeps_the_contract(erp: Erp) -> None:
    assert check_database(erp.engine) == []


@pytest.mark.rule("R55")
@pytest.mark.parametrize("name", [*VIEWS, *OWN_TABLES])
def test_everything_missing_is_named(erp: Erp, name: str) -> None:
    erp.sql(f"DROP TABLE {name}")
    [difference] = check_database(erp.engine)
    sentence = difference.sentence
    assert sentence.startswith(
        f"{name}: this {'view' if name in VIEWS else 'table'} of the interface contract is missing"
    )
    assert "make contract" in sentence


@pytest.mark.rule("R55")
def test_missing_columns_are_named_in_one_sentence(erp: Erp) -> None:
    erp.sql("ALTER TABLE SP_MELDUNG DROP COLUMN BETREFF")
    erp.sql("ALTER TABLE SP_MELDUNG DROP COLUMN STATUS")
    erp.sql("ALTER TABLE SP_ABGLEICH DROP COLUMN GRUND")
    assert sorted(difference.sentence for difference in check_database(erp.engine)) == [
        "SP_ABGLEICH: the column GRUND is missing; add it as `make contract` prints it.",
        "SP_MELDUNG: the columns BETREFF, STATUS are missing; add them to the view, as NULL where iX-Haus has nothing "
        "for them.",
    ]


def test_more_than_the_contract_and_other_letters_are_fine(erp: Erp) -> None:
    erp.sql("ALTER TABLE SP_TEAM RENAME COLUMN TEAMTYP TO teamtyp")
    erp.sql("ALTER TABLE SP_TEAM ADD COLUMN FARBE")
    assert check_database(erp.engine) == []
