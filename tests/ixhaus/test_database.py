import json
import sqlite3
from pathlib import Path
from threading import Thread

import pytest
from sqlalchemy import func, insert, select, text, update
from sqlalchemy.exc import IntegrityError, OperationalError

from include.ixhaus.contract.master import SP_OBJEKT
from include.ixhaus.contract.own import SP_POSITION
from include.ixhaus.database import engine_on, open_engine, read_snapshot
from tests.ixhaus.conftest import Erp
from tests.ixhaus.oracle import FakeOracle

COUNT = select(func.count()).select_from(SP_OBJEKT)


def test_the_airflow_connection_leads_to_the_database(erp: Erp, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_IXHAUS_X", json.dumps({"conn_type": "sqlite", "host": str(erp.path)}))
    with read_snapshot(open_engine("ixhaus_x")) as connection:
        assert connection.execute(COUNT).scalar() == 33


def test_no_sql_is_logged(erp: Erp, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_IXHAUS_X", json.dumps({"conn_type": "sqlite", "host": str(erp.path)}))
    with caplog.at_level("DEBUG"), read_snapshot(open_engine("ixhaus_x")) as connection:
        connection.execute(select(SP_OBJEKT).where(SP_OBJEKT.c.city == "Musterstadt"))
    assert not any(word in caplog.text for word in ("SELECT", "Musterstadt"))


def test_another_database_is_refused_with_a_sentence() -> None:
    class Connection:
        def close(self) -> None: ...

    with pytest.raises(ValueError, match="use a connection of type oracle or sqlite"):
        engine_on(Connection)


def test_a_snapshot_does_not_see_what_others_write_meanwhile(erp: Erp) -> None:
    with read_snapshot(erp.engine) as connection:
        before = connection.execute(COUNT).scalar()
        erp.sql("DELETE FROM SP_OBJEKT")
        assert connection.execute(COUNT).scalar() == before
    with read_snapshot(erp.engine) as connection:
        assert connection.execute(COUNT).scalar() == 0


def test_a_snapshot_cannot_write(erp: Erp) -> None:
    with read_snapshot(erp.engine) as connection, pytest.raises(OperationalError, match="readonly"):
        connection.execute(insert(SP_POSITION).values(system="test", name="x"))


def test_a_failed_transaction_leaves_nothing(erp: Erp) -> None:
    row = {"system": "test", "name": "x"}
    with pytest.raises(IntegrityError), erp.engine.begin() as connection:
        connection.execute(insert(SP_POSITION), [row, row])
    assert erp.sql("SELECT * FROM SP_POSITION") == []


def test_transactions_that_read_and_then_write_do_not_fail_each_other(erp: Erp) -> None:
    mark = (SP_POSITION.c.system == "test") & (SP_POSITION.c.name == "x")
    with erp.engine.begin() as connection:
        connection.execute(insert(SP_POSITION).values(system="test", name="x", value="0"))

    def count_up() -> None:
        for _ in range(20):
            with erp.engine.begin() as connection:
                value = connection.execute(select(SP_POSITION.c.value).where(mark)).scalar_one()
                connection.execute(update(SP_POSITION).where(mark).values(value=str(int(value or 0) + 1)))

    threads = [Thread(target=count_up) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert erp.sql("SELECT WERT FROM SP_POSITION") == [("80",)]


@pytest.mark.parametrize(("pragma", "value"), [("foreign_keys", 1), ("journal_mode", "wal"), ("busy_timeout", 30_000)])
def test_sqlite_is_set_up(tmp_path: Path, pragma: str, value: object) -> None:
    engine = engine_on(lambda: sqlite3.connect(tmp_path / "new.db"))
    with engine.connect() as connection:
        assert connection.execute(text(f"PRAGMA {pragma}")).scalar() == value


def test_on_oracle_a_snapshot_begins_with_its_read_only_transaction() -> None:
    oracle = FakeOracle()
    with read_snapshot(engine_on(oracle.connect)) as connection:
        connection.execute(COUNT)
    assert oracle.statements[-2:] == ["SET TRANSACTION READ ONLY", 'SELECT count(*) AS count_1 \nFROM "SP_OBJEKT"']
    assert oracle.array_sizes[-1] == 2_000


def test_on_oracle_other_transactions_may_write() -> None:
    oracle = FakeOracle()
    with engine_on(oracle.connect).begin() as connection:
        connection.execute(insert(SP_POSITION).values(system="test", name="x"))
    assert "SET TRANSACTION READ ONLY" not in oracle.statements
