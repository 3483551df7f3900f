"""Every query on both databases."""

from typing import Any

import pytest
import sqlglot
from sqlalchemy import Select
from sqlalchemy.dialects import oracle, sqlite
from sqlglot import exp

from include.lookup import history, ledger, overview, why
from include.lookup.overview import NONE, Wanted

QUERIES: dict[str, Select[Any]] = {
    "sent": ledger.sent_query("test", "ticket", ["1", "2"]),
    "inbox": ledger.inbox_query("test", "ticket", ["1", "2"]),
    "page": overview.page_query(Wanted("100", "SENT", NONE), 2),
    "counts": overview.counts_query("100"),
    "notes": history.notes_query("1"),
    "orders": history.orders_query("1"),
    "files": history.files_query("1"),
    "children": history.children_query("test", "1"),
    "last run": why.last_run_query("test", "reports"),
    "remarks": why.remarks_query("test", "run", "ticket", "1"),
}


@pytest.mark.parametrize("name", QUERIES)
def test_every_query_is_one_for_both_databases_and_quotes_nothing_that_was_asked(name: str) -> None:
    options = {"render_postcompile": True}
    for_oracle = str(QUERIES[name].compile(dialect=oracle.dialect(), compile_kwargs=options))  # type: ignore[no-untyped-call]
    for_sqlite = str(QUERIES[name].compile(dialect=sqlite.dialect(), compile_kwargs=options))
    parsed = sqlglot.parse_one(for_oracle, dialect="oracle")
    assert parsed.key == sqlglot.parse_one(for_sqlite, dialect="sqlite").key == "select"
    assert {str(one) for one in parsed.find_all(exp.Literal)} <= {"'/'"}  # the escape of LIKE
