"""Every statement of the inbound direction on both databases, and what errors of a database say."""

import traceback
from typing import Any

import pytest
import sqlglot
from sqlalchemy import Insert, Select, Update
from sqlalchemy.dialects import oracle, sqlite
from sqlalchemy.exc import SQLAlchemyError
from sqlglot import exp

from include.groups.reports.inbound import statements
from include.ixhaus.contract.reports import SP_MELDUNG
from tests.groups.reports.inbound.harness import CANARY, World

NAMED: dict[str, Any] = {
    **{name: value for name, value in vars(statements).items() if isinstance(value, Select | Update)},
    **{f"INSERT {table.name}": statement for table, statement in statements.INSERTS.items()},
}


def compiled(statement: Select[Any] | Update | Insert, dialect: Any) -> str:
    names = statement.compile().params if isinstance(statement, Select) else {}
    given = statement.params({name: ["1", "2"] if name == "k_ids" else "1" for name in names}) if names else statement
    return str(given.compile(dialect=dialect, compile_kwargs={"render_postcompile": True}))


@pytest.mark.parametrize("name", NAMED)
def test_every_statement_is_one_for_both_databases_without_literal_values(name: str) -> None:
    for_oracle = compiled(NAMED[name], oracle.dialect())  # type: ignore[no-untyped-call]
    parsed = sqlglot.parse_one(for_oracle, dialect="oracle")
    assert isinstance(parsed, exp.Select | exp.Update | exp.Insert)
    assert not list(parsed.find_all(exp.Literal))
    assert "RETURNING" not in for_oracle
    assert sqlglot.parse_one(compiled(NAMED[name], sqlite.dialect()), dialect="sqlite").key == parsed.key


def test_all_statements_were_looked_at() -> None:
    assert len(NAMED) > 25


@pytest.mark.rule("R49")
def test_of_a_report_only_its_portal_columns_are_changed() -> None:
    updates = [one for one in NAMED.values() if isinstance(one, Update) and one.table is SP_MELDUNG]
    changed = {name for one in updates for name in one.compile().params if not name.startswith("k_")}
    assert changed == {"portal_changed_at", "portal_change", "hint"}


@pytest.mark.rule("R10")
def test_an_error_of_the_database_says_nothing_a_tenant_wrote(world: World) -> None:
    world.comments(world.files_report(f"{CANARY} sagt", title=CANARY), f"{CANARY} schreibt")
    world.sql("DROP TABLE SP_NOTIZ")
    world.sql("CREATE TABLE SP_NOTIZ (NOTIZ_ID, MELDUNG_NR, HERKUNFT, TEXT, OEFFENTLICH, VERFASSER, ANGELEGT_AM)")
    with pytest.raises(SQLAlchemyError) as caught:
        world.receive()
    assert CANARY not in "".join(traceback.format_exception(caught.value)).lower()
    assert world.reports() == []
