"""What is set aside is remembered, found and settled on a real Oracle as on SQLite; see tests/ixhaus/test_oracle.py."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, Select, delete, insert

from include.groups.reports.inbound import statements
from include.groups.reports.inbound.set_aside import due_tickets, is_due, not_imported
from include.groups.reports.inbound.statements import INBOX, INBOX_VERSION, INSERTS, by_ids, row_of
from include.ixhaus.contract.own import SP_ABGLEICH, SP_EINGANG
from include.ixhaus.database import read_snapshot
from include.sync.protocol import Entry
from include.vocabulary.clock import to_utc_column
from include.vocabulary.state import Level
from tests.groups.reports.inbound.test_statements import NAMED
from tests.ixhaus.test_oracle import SYSTEM, engine, logons, pytestmark, schema

__all__ = ["engine", "logons", "pytestmark", "schema"]
KEY = {"system": SYSTEM, "record_type": "ticket"}
TRIED = datetime(2027, 3, 1, 8, 30, 15, 123_456, UTC)
FIRST = to_utc_column(TRIED)
USUAL = dict.fromkeys(("erp_id", "reason", "tried_at"))


@pytest.fixture
def connection(engine: Engine) -> Any:
    """A transaction of which nothing stays."""
    with engine.connect() as connection, connection.begin() as transaction:
        connection.execute(delete(SP_EINGANG).where(SP_EINGANG.c.system == SYSTEM))
        yield connection
        transaction.rollback()


def came(portal_id: str, **columns: object) -> dict[str, Any]:
    return {**KEY, "portal_id": portal_id, "version": "v", "received_at": FIRST, **USUAL, **columns}


@pytest.mark.parametrize("name", [name for name, one in NAMED.items() if isinstance(one, Select)])
def test_every_query_is_one_that_the_database_takes(engine: Engine, name: str) -> None:
    query = NAMED[name]
    given = {key: ["1", "2"] if key == "k_ids" else "1" for key in query.compile().params}
    with read_snapshot(engine) as connection:
        connection.execute(query, given).all()


@pytest.mark.rule("R58")
def test_what_is_set_aside_is_found_and_settled(connection: Connection) -> None:
    rows = [
        came("1", reason="TICKET_ODD", tried_at=FIRST),
        came("2", reason="COMMENT_ODD", tried_at=FIRST, erp_id="SP-2"),
        came("3", reason="TICKET_ODD", tried_at=FIRST),
        came("4", erp_id="SP-4"),
    ]
    connection.execute(INSERTS[SP_EINGANG], rows)
    held = dict.fromkeys(SP_ABGLEICH.c.keys()) | KEY | {"external_id": "3", "state": "present"}
    connection.execute(insert(SP_ABGLEICH), [held])
    now = TRIED + timedelta(hours=24)
    assert {row["portal_id"] for row in due_tickets(connection, SYSTEM, now)} == {"1", "2", "3"}
    assert due_tickets(connection, SYSTEM, now - timedelta(seconds=1)) == []
    assert not_imported(connection, SYSTEM) == [Entry("ticket", "1", Level.ERROR, "TICKET_ODD")]
    values = {**USUAL, "erp_id": "SP-1", "version": "w", "received_at": FIRST}
    connection.execute(
        INBOX_VERSION, [{**{f"k_{name}": one for name, one in KEY.items()}, "k_portal_id": "1", **values}]
    )
    assert not_imported(connection, SYSTEM) == []
    row = by_ids(connection, INBOX, ["1"], system=SYSTEM, kind="ticket")["1"]
    assert (row["version"], row["reason"], row["tried_at"]) == ("w", None, None)


@pytest.mark.rule("R58")
def test_the_time_of_a_try_is_kept_with_its_fractions(connection: Connection) -> None:
    tried = TRIED + timedelta(microseconds=7)
    connection.execute(INSERTS[SP_EINGANG], [came("1", reason="TICKET_UNREADABLE", tried_at=to_utc_column(tried))])
    row = by_ids(connection, INBOX, ["1"], system=SYSTEM, kind="ticket")["1"]
    assert (row["received_at"], row["tried_at"]) == (FIRST, to_utc_column(tried))
    assert is_due(row, tried + timedelta(microseconds=7))
    assert not is_due(row, tried + timedelta(microseconds=6))


@pytest.mark.rule("R58")
def test_an_id_that_is_longer_than_any_key_is_not_asked_for(engine: Engine) -> None:
    with read_snapshot(engine) as connection:
        assert row_of(connection, statements.PROPERTY, key="x" * 40_000) is None
        assert by_ids(connection, statements.REPORTS, ["x" * 40_000]) == {}
