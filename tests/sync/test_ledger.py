"""What a load is about to do is put on record for several records with one statement."""

import re
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, select

from include.ixhaus.contract.own import SP_ABGLEICH
from include.ixhaus.database import engine_on
from include.sync.ledger import LedgerStatements, Outcomes, add_new

RECORDS = 40
KEYS = [f"P{number:02}" for number in range(RECORDS)]


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    """A ledger with the same ids under two systems and two types."""
    engine = engine_on(lambda: sqlite3.connect(tmp_path / "ixhaus.db"))
    SP_ABGLEICH.create(engine)
    with engine.begin() as connection:
        for system, record_type in (("production", "contact"), ("production", "contract"), ("test", "contact")):
            rows = [{"external_id": key, "properties": "1", "identity": ""} for key in KEYS]
            add_new(connection, system, "persons", record_type, rows)
        connection.execute(SP_ABGLEICH.update().values(hash="acknowledged"))
    return engine


def outcomes(engine: Engine) -> Outcomes:
    return Outcomes(LedgerStatements(engine.dialect), "production", "contact", "run 1")


def write(engine: Engine, collected: Outcomes) -> None:
    with engine.begin() as connection:
        collected.write(connection)


@pytest.mark.parametrize("number", [1, 15, 16, 17, 39])
def test_an_intent_is_on_record_for_each_record_and_no_other(engine: Engine, number: int) -> None:
    collected = outcomes(engine)
    for key in KEYS[:number]:
        collected.intend(key)
    write(engine, collected)
    row = SP_ABGLEICH.c
    with engine.connect() as connection:
        pending = connection.execute(
            select(row.system, row.record_type, row.external_id, row.run).where(row.state == "pending")
        ).all()
    assert sorted(map(tuple, pending)) == [("production", "contact", key, "run 1") for key in KEYS[:number]]


@pytest.mark.parametrize("number", [1, 15, 16, 17, 39])
def test_a_doubt_is_on_record_for_each_record_and_no_other(engine: Engine, number: int) -> None:
    collected = outcomes(engine)
    for key in KEYS[:number]:
        collected.doubt(key)
    write(engine, collected)
    row = SP_ABGLEICH.c
    with engine.connect() as connection:
        doubted = connection.execute(
            select(row.system, row.record_type, row.external_id, row.state).where(row.hash.is_(None))
        ).all()
    assert sorted(map(tuple, doubted)) == [("production", "contact", key, "new") for key in KEYS[:number]]


def test_statements_hold_parameters_only_on_oracle_too() -> None:
    statements = LedgerStatements(create_engine("oracle+oracledb://").dialect)
    for prepared in (statements.intent, statements.doubt, statements.acknowledged, statements.failed):
        sql = prepared._sql
        assert len(set(re.findall(r":(\w+)", sql))) == sql.count(":")
        assert "'" not in sql
        assert not re.search(r"[=(,] ?\d", sql), sql
