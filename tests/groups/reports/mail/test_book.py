"""The statements by which e-mails are remembered, on both databases."""

from typing import Any

import pytest
import sqlglot
from sqlalchemy import Insert, Select, Update
from sqlalchemy.dialects import oracle, sqlite
from sqlglot import exp

from include.groups.reports.mail import book

NAMED = {name: value for name, value in vars(book).items() if isinstance(value, Select | Update | Insert)}


def compiled(statement: Any, dialect: Any) -> str:
    return str(statement.compile(dialect=dialect, compile_kwargs={"render_postcompile": True}))


@pytest.mark.parametrize("name", NAMED)
def test_every_statement_is_one_for_both_databases_without_literal_values(name: str) -> None:
    for_oracle = compiled(NAMED[name], oracle.dialect())  # type: ignore[no-untyped-call]
    parsed = sqlglot.parse_one(for_oracle, dialect="oracle")
    assert isinstance(parsed, exp.Select | exp.Update | exp.Insert)
    assert not list(parsed.find_all(exp.Literal))
    assert sqlglot.parse_one(compiled(NAMED[name], sqlite.dialect()), dialect="sqlite").key == parsed.key


def test_all_statements_were_looked_at() -> None:
    assert len(NAMED) == 5
