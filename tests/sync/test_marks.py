"""Marks that outlast a run: set, changed, read together, forgotten; the same statements for both databases."""

from typing import Any

import sqlglot
from sqlalchemy import Engine, event
from sqlalchemy.dialects import oracle, sqlite
from sqlglot import exp

from include.sync import marks


def test_a_mark_is_set_changed_and_forgotten_for_its_system_only(engine: Engine) -> None:
    with engine.begin() as connection:
        assert marks.read(connection, "production", "cursor") == ""
        for value in ("first", "second"):
            marks.write(connection, "production", "cursor", value)
        marks.write(connection, "test", "cursor", "other")
        assert marks.read(connection, "production", "cursor") == "second"
        marks.forget(connection, "production", "cursor")
        assert [marks.read(connection, system, "cursor") for system in ("production", "test")] == ["", "other"]


def test_marks_are_read_together_by_what_their_names_begin_with(engine: Engine) -> None:
    with engine.begin() as connection:
        for name in ("rows/a_b/VIEW", "rows/a_b/OTHER", "rows/axb/VIEW", "runs/a_b/VIEW"):
            marks.write(connection, "production", name, name)
        found = marks.read_all(connection, "production", "rows/a_b/")
    assert found == {"VIEW": "rows/a_b/VIEW", "OTHER": "rows/a_b/OTHER"}


def test_a_mark_that_is_too_long_is_cut(engine: Engine) -> None:
    with engine.begin() as connection:
        marks.write(connection, "production", "cursor", "x" * 401)
        assert marks.read(connection, "production", "cursor") == "x" * 400


def test_every_statement_is_one_for_both_databases_without_literal_values(engine: Engine) -> None:
    statements: list[Any] = []
    event.listen(engine, "before_execute", lambda _connection, statement, *_: statements.append(statement))
    with engine.begin() as connection:
        marks.read(connection, "production", "cursor")
        marks.write(connection, "production", "cursor", "value")
        marks.forget(connection, "production", "cursor")
    kinds = [exp.Select, exp.Update, exp.Insert, exp.Delete]
    for statement, kind in zip(statements, kinds, strict=True):
        for_oracle = sqlglot.parse_one(str(statement.compile(dialect=oracle.dialect())), dialect="oracle")  # type: ignore[no-untyped-call]
        for_sqlite = sqlglot.parse_one(str(statement.compile(dialect=sqlite.dialect())), dialect="sqlite")
        assert isinstance(for_oracle, kind)
        assert isinstance(for_sqlite, kind)
        assert not list(for_oracle.find_all(exp.Literal))
