"""Every query on both databases."""

from typing import Any

import pytest
import sqlglot
from sqlalchemy import Select
from sqlalchemy.dialects import oracle, sqlite

from include.lookup import history, ledger, overview, why
from include.lookup.overview import NONE, Wanted

CANARY = "kanari"
QUERIES: dict[str, Select[Any]] = {
    "sent": ledger.sent_query(CANARY, CANARY, [CANARY, "2"]),
    "inbox": ledger.inbox_query(CANARY, CANARY, [CANARY, "2"]),
    "page": overview.page_query(Wanted(CANARY, CANARY, NONE), 2),
    "counts": overview.counts_query(CANARY),
    "notes": history.notes_query(CANARY),
    "orders": history.orders_query(CANARY),
    "files": history.files_query(CANARY),
    "children": history.children_query(CANARY, CANARY),
    "last run": why.last_run_query(CANARY, CANARY),
    "remarks": why.remarks_query(CANARY, CANARY, CANARY, CANARY),
}


@pytest.mark.parametrize("name", QUERIES)
def test_every_query_is_one_for_both_databases_and_quotes_nothing_that_was_asked(name: str) -> None:
    options = {"render_postcompile": True}
    for_oracle = str(QUERIES[name].compile(dialect=oracle.dialect(), compile_kwargs=options))  # type: ignore[no-untyped-call]
    for_sqlite = str(QUERIES[name].compile(dialect=sqlite.dialect(), compile_kwargs=options))
    parsed = sqlglot.parse_one(for_oracle, dialect="oracle")
    assert parsed.key == sqlglot.parse_one(for_sqlite, dialect="sqlite").key == "select"
    assert "kanari" not in for_oracle + for_sqlite
