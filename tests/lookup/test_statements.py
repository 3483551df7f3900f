"""Every query on both databases."""

from datetime import UTC, datetime
from typing import Any

import pytest
import sqlglot
from sqlalchemy import Select
from sqlalchemy.dialects import oracle, sqlite

from include.lookup import (
    approvals,
    asked,
    conversation,
    corrections,
    days,
    entries,
    exchange,
    held,
    history,
    kept,
    ledger,
    listing,
    names,
    narrow,
    past,
    reach,
    roles,
    runs,
    spelling,
    talk,
)
from include.lookup.approvals import Wanted as WantedRecords
from include.lookup.entries import Wanted as WantedEntries
from include.lookup.kinds import KINDS
from include.lookup.listing import NONE, Wanted

CANARY = "kanari"
NOW = datetime(2026, 11, 24, tzinfo=UTC)
EVERY = WantedEntries(CANARY, CANARY, CANARY)
REPORTS = Wanted(CANARY, CANARY, NONE, CANARY, "us", 7, f"{CANARY} zwei", True)
NARROW = WantedRecords(CANARY, CANARY, CANARY)
QUERIES: dict[str, Select[Any]] = {
    "sent": ledger.sent_query(CANARY, CANARY, [CANARY, "2"]),
    "inbox": ledger.inbox_query(CANARY, CANARY, [CANARY, "2"]),
    "page": listing.page_query(CANARY, [CANARY], REPORTS, NOW, 2),
    "one report": listing.one_query(CANARY, [CANARY], CANARY),
    "counts": listing.counts_query(CANARY),
    "teams": listing.teams_query(),
    "counts of teams": listing.team_counts_query(CANARY, [CANARY], [CANARY, "2"]),
    "words": talk.words_query(CANARY, [CANARY, "2"]),
    "asked": talk.asked_query([CANARY, "2"]),
    "crossed": talk.crossed_query(CANARY, NOW),
    "said report": conversation.report_query(CANARY),
    "said notes": conversation.notes_query(CANARY),
    "said orders": conversation.orders_query(CANARY),
    "said files": conversation.files_query(CANARY),
    "came back": conversation.came_back_query(CANARY, [CANARY, "2"]),
    "notes": history.notes_query(CANARY),
    "orders": history.orders_query(CANARY),
    "files": history.files_query(CANARY),
    "children": history.children_query(CANARY, CANARY),
    "past": past.entries_query(CANARY, CANARY, CANARY),
    "imported keys": narrow.imported_query(CANARY, [CANARY]),
    "document": narrow.documents_query([CANARY]),
    "contracts": roles.contracts_query([CANARY]),
    "roles": roles.roles_query([CANARY]),
    **{f"place {kind} {number}": query for kind in ("report", "note", "attachment")
       for number, query in enumerate(narrow.places_queries(CANARY, kind, [CANARY]))},
    **{f"offices {name}": query for name, query in roles.offices_queries([CANARY]).items()},
    **{f"keys of {name}": query for name, query in reach.keys_queries().items()},
    **{f"exact {name} {number}": query for name, kind in KINDS.items()
       for number, query in enumerate(spelling.exact_queries(CANARY, kind, CANARY))},
    **{f"all {name} {number}": query for name, kind in KINDS.items()
       for number, query in enumerate([*kind.key_queries(), kind.ledger_query(CANARY), kind.inbox_query(CANARY)])},
    **{f"names {number}": query for number, query in enumerate(spelling.names_queries(CANARY))},
    "approvals": approvals.approvals_query(CANARY, NOW).limit(50).offset(50),
    "records": approvals.records_query(CANARY, CANARY, NARROW).limit(50).offset(50),
    "total": approvals.total_query(CANARY, CANARY, NARROW),
    "numbers": approvals.numbers_query(CANARY, CANARY),
    "held": held.held_query(CANARY, [CANARY, "2"]),
    "since": held.since_query(CANARY, NOW),
    "guarded": kept.guarded_query(CANARY, [CANARY, "2"]),
    "newest run": asked.newest_query(CANARY, CANARY),
    "last asked": asked.asked_query(CANARY, CANARY),
    "last over everything": asked.whole_query(CANARY, CANARY),
    "leases": asked.leases_query(CANARY, NOW),
    "trouble": days.trouble_query(CANARY, NOW.date(), 30),
    "first of reasons": entries.first_query(CANARY, CANARY),
    "page of records": entries.page_query(CANARY, CANARY, EVERY, 2, [CANARY, "2"]),
    "records in all": entries.total_query(CANARY, CANARY, EVERY),
    "next records": entries.next_query(CANARY, CANARY, (CANARY, CANARY, CANARY)),
    "ended": runs.ended_query(CANARY, CANARY, 10),
    "last good": runs.last_good_query(CANARY),
    "to correct": corrections.counts_query(CANARY, [CANARY, "2"]),
    "first to correct": corrections.first_query(CANARY, [CANARY, "2"], 10),
    "page to correct": corrections.page_query(CANARY, [CANARY, "2"], CANARY, 2),
    "received": exchange.received_query(CANARY, NOW).limit(5),
    "received counts": exchange.received_counts_query(CANARY, NOW),
    "accepted": exchange.sent_query(CANARY, NOW).limit(5),
    "accepted counts": exchange.sent_counts_query(CANARY, NOW),
    "reports of notes": exchange.notes_query([CANARY, "2"]),
    "origins": exchange.origins_query(CANARY, [CANARY, "2"]),
    "properties": names.properties_query([CANARY, "2"]),
    "units": names.units_query([CANARY, "2"]),
    "documents": names.documents_query([CANARY, "2"]),
    "subjects": names.reports_query([CANARY, "2"]),
    "imported": names.imported_query(CANARY, [CANARY, "2"]),
    "partners": names.partners_query([CANARY, "2"]),
    "persons": names.persons_query([CANARY, "2"]),
    "known": names.known_query(CANARY, CANARY, [CANARY, "2"]),
}  # fmt: skip


@pytest.mark.parametrize("name", QUERIES)
def test_every_query_is_one_for_both_databases_and_quotes_nothing_that_was_asked(name: str) -> None:
    options = {"render_postcompile": True}
    for_oracle = str(QUERIES[name].compile(dialect=oracle.dialect(), compile_kwargs=options))  # type: ignore[no-untyped-call]
    for_sqlite = str(QUERIES[name].compile(dialect=sqlite.dialect(), compile_kwargs=options))
    parsed = sqlglot.parse_one(for_oracle, dialect="oracle")
    assert parsed.key == sqlglot.parse_one(for_sqlite, dialect="sqlite").key == "select"
    assert "kanari" not in for_oracle + for_sqlite
