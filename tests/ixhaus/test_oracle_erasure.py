"""The statements of sealing and forgetting on a real Oracle; see test_oracle.py for what that needs."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import Engine, delete, insert, select, update

from include.erasure import receipt
from include.erasure.person import find_person
from include.erasure.tables import forget_rows
from include.ixhaus.contract.own import (
    SP_ABGLEICH,
    SP_EINGANG,
    SP_EMAIL,
    SP_PORTALKONTO,
    SP_POSITION,
    SP_PROTOKOLL,
    SP_PROTOKOLL_EINTRAG,
)
from include.ixhaus.database import read_snapshot
from include.ixhaus.secret import encrypt_anew
from include.sync.sealing import renew_if_lost, secret_of
from include.vocabulary.clock import utc_now
from tests.ixhaus.test_oracle import SYSTEM, engine, logons, pytestmark, schema

__all__ = ["engine", "logons", "pytestmark", "schema"]
TABLES = (SP_ABGLEICH, SP_EINGANG, SP_EMAIL, SP_PORTALKONTO, SP_POSITION, SP_PROTOKOLL, SP_PROTOKOLL_EINTRAG)
HASH = "0123456789abcdef" * 2
LEDGER, INBOX = SP_ABGLEICH.c, SP_EINGANG.c


@pytest.fixture
def database(engine: Engine) -> Iterator[Engine]:
    yield engine
    with engine.begin() as connection:
        for table in TABLES:
            connection.execute(delete(table).where(table.c.system == SYSTEM))


def test_a_ledger_is_sealed_once(database: Engine) -> None:
    sent = {"system": SYSTEM, "external_id": "1", "state": "present", "hash": HASH, "refused": HASH}
    came = {"system": SYSTEM, "record_type": "comment", "portal_id": "1", "version": f"{HASH} 0123"}
    with database.begin() as connection:
        connection.execute(insert(SP_ABGLEICH).values(record_type="contact", **sent))
        connection.execute(insert(SP_EINGANG).values(came))
    secret = secret_of(database, SYSTEM)
    assert secret_of(database, SYSTEM) == secret
    with database.begin() as connection:
        encrypt_anew(connection, SYSTEM)
        found = connection.execute(select(LEDGER.hash, LEDGER.refused).where(LEDGER.system == SYSTEM)).one()
        assert [text[:1] for text in found] == ["k", "k"]
        assert connection.execute(select(INBOX.version).where(INBOX.system == SYSTEM)).scalar_one().endswith(" 0123")
    assert not renew_if_lost(database, SYSTEM)
    with database.begin() as connection:
        connection.execute(
            update(SP_POSITION)
            .where(SP_POSITION.c.system == SYSTEM, SP_POSITION.c.name == "secret")
            .values(value="another's")
        )
    assert renew_if_lost(database, SYSTEM)
    with read_snapshot(database) as connection:
        assert connection.execute(select(LEDGER.hash).where(LEDGER.system == SYSTEM)).scalar_one() is None


def test_a_person_is_found_and_forgotten(database: Engine) -> None:
    person, now = {"system": SYSTEM, "external_id": "999.1.1", "record_type": "contact"}, utc_now()
    contract = {"system": SYSTEM, "external_id": "V999", "record_type": "contract", "parents": "contact 999.1.1"}
    ticket = {"record_type": "ticket", "external_id": "M999", "identity": "999.1.1 first", "parents": "contact 999.1.1"}
    with database.begin() as connection:
        for row in (person, contract, ticket):
            connection.execute(insert(SP_ABGLEICH).values(**{"system": SYSTEM} | row, state="present"))
        run = {"system": SYSTEM, "run": "r1"}
        connection.execute(insert(SP_PROTOKOLL).values(**run, reason="contact 999.1.1 occurs twice"))
        connection.execute(insert(SP_PROTOKOLL_EINTRAG).values(**run | person, reason="X", text="x"))
        connection.execute(insert(SP_PORTALKONTO).values(system=SYSTEM, contact="999.1.1"))
        connection.execute(insert(SP_EMAIL).values(system=SYSTEM, event="M999/closed/999.1.1"))
        connection.execute(insert(SP_POSITION).values(system=SYSTEM, name="witness/persons", value="contact 1 999.1.1"))
    found = find_person(database, SYSTEM, "999.1.1")
    assert ([one.external_id for one in found.records], set(found.reports)) == (["V999", "999.1.1"], {"M999"})
    with database.begin() as connection:
        assert sum(forget_rows(connection, SYSTEM, found).values()) == 8
        receipt.write(connection, SYSTEM, "forgotten/x", {"portal": 2}, "me")
        assert receipt.write(connection, SYSTEM, "forgotten/x", {"portal": 1}, "me")["numbers"] == {"portal": 3}
        assert list(receipt.read(connection, SYSTEM)) == ["forgotten/x"]
        assert receipt.forget_old(connection, SYSTEM, 1, now + timedelta(days=2)) == 1
    assert not find_person(database, SYSTEM, "999.1.1").records
