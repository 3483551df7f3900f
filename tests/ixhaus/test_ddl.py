from functools import cache

import pytest
import sqlglot
from sqlalchemy import Table
from sqlalchemy.dialects.oracle.base import RESERVED_WORDS
from sqlglot import exp

from include.ixhaus.contract import METADATA, OWN_TABLES, VIEWS
from include.ixhaus.ddl import oracle_ddl
from tests.ixhaus.conftest import Erp

TABLES = METADATA.tables.values()


@cache
def statements() -> list[exp.Expr]:
    return [statement for statement in sqlglot.parse(oracle_ddl(), dialect="oracle") if statement]


def created(kind: str) -> dict[str, exp.Create]:
    found = (item for item in statements() if isinstance(item, exp.Create) and item.args["kind"] == kind)
    return {item.this.this.name: item for item in found}


@cache
def comments() -> dict[str, str]:
    found = (item for item in statements() if isinstance(item, exp.Comment))
    return {item.this.sql("oracle"): item.expression.name for item in found}


def test_oracle_gets_only_statements_that_sqlglot_knows() -> None:
    assert {type(statement) for statement in statements()} == {exp.Create, exp.Comment, exp.Insert, exp.Commit}


@pytest.mark.parametrize("table", OWN_TABLES.values(), ids=str)
def test_own_tables_are_created_with_columns_and_key(table: Table) -> None:
    schema = created("TABLE")[table.name].this
    assert [column.name for column in schema.find_all(exp.ColumnDef)] == [column.name for column in table.columns]
    [key] = schema.find_all(exp.PrimaryKey)
    assert [part.name for part in key.expressions] == [column.name for column in table.primary_key]


@pytest.mark.parametrize("table", VIEWS.values(), ids=str)
def test_views_are_skeletons_with_the_columns_in_order(table: Table) -> None:
    view = created("VIEW")[table.name]
    names = [column.name for column in table.columns]
    assert [column.name for column in view.this.expressions] == names
    assert [column.alias for column in view.expression.selects] == names


@pytest.mark.parametrize("table", TABLES, ids=str)
def test_everything_carries_its_comment(table: Table) -> None:
    assert comments()[table.name] == table.comment
    for column in table.columns:
        assert column.comment
        assert comments()[f"{table.name}.{column.name}"] == column.comment


@pytest.mark.parametrize("table", TABLES, ids=str)
def test_names_need_no_quotes_in_oracle(table: Table) -> None:
    names = [table.name, *(column.name for column in table.columns), *(str(index.name) for index in table.indexes)]
    assert not [name for name in names if name.lower() in RESERVED_WORDS or not name.replace("_", "").isalnum()]
    assert all(name.isascii() and name.isupper() for name in names)
    assert max(map(len, names)) <= 128 - len("_PK")


def test_indexes_are_created() -> None:
    assert set(created("INDEX")) == {"SP_PROTOKOLL_ZEIT"}


def test_text_lengths_count_letters_and_nothing_is_newer_than_19c() -> None:
    script = oracle_ddl()
    assert "VARCHAR2(255 CHAR)" in script
    assert "BOOLEAN" not in script
    assert "IF NOT EXISTS" not in script
    assert "&" not in script, "SQL*Plus would ask for a value"
    assert "\n\n" not in script.split("CREATE OR REPLACE VIEW", 1)[1].split(";")[0], "SQL*Plus ends a statement there"


@pytest.mark.rule("R55")
def test_the_script_says_which_rights_the_interface_user_needs() -> None:
    script = oracle_ddl()
    assert "GRANT CREATE SESSION" in script
    assert "REVOKE CREATE TABLE, CREATE VIEW" in script
    assert " ANY " not in script
    assert "DBA TO" not in script


def test_stand_ins_for_views_take_what_a_view_may_deliver(erp: Erp) -> None:
    for _ in range(2):
        erp.sql("INSERT INTO SP_PERSON (PERSON_SCHLUESSEL) VALUES (NULL)")
        erp.sql("INSERT INTO SP_PERSON (PERSON_SCHLUESSEL) VALUES ('twice')")
    assert len(erp.sql("SELECT * FROM SP_PERSON WHERE PERSON_SCHLUESSEL = 'twice'")) == 2


@pytest.mark.parametrize("name", VIEWS)
def test_stand_ins_are_indexed_by_key(erp: Erp, name: str) -> None:
    keys = [column.name for column in VIEWS[name].primary_key]
    indexed = erp.sql(f"SELECT name FROM pragma_index_info('{name}_SCHLUESSEL') ORDER BY seqno")
    assert [column for (column,) in indexed] == keys
