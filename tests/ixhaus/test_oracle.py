"""What only a real Oracle shows: pool, time limits, fractions of seconds, lost sessions and refused logons.

IXHAUS_ORACLE_DSN is host:port/service, of a schema that holds the interface's tables (`make contract`) or nothing;
IXHAUS_ORACLE_USER (serviceportal) and IXHAUS_ORACLE_PASSWORD are its owner's. Whatever a test writes it deletes.
"""

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import datetime

import oracledb
import pytest
from sqlalchemy import Engine, delete, func, insert, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from include.ixhaus.contract.own import SP_ABGLEICH, SP_SPERRE
from include.ixhaus.database import engine_on, read_snapshot
from include.ixhaus.ddl import oracle_ddl
from include.ixhaus.faults import Fault, Kind, fault_of
from include.sync import lease as leases
from include.sync import ledger
from include.sync.lease import acquire
from include.sync.ledger import LedgerStatements, Outcomes
from include.sync.staging import Change
from include.vocabulary.clock import from_utc_column
from include.vocabulary.state import State
from tests.lookup.test_statements import QUERIES

DSN, USER, PASSWORD = (
    os.environ.get(f"IXHAUS_ORACLE_{name}", default)
    for name, default in (("DSN", ""), ("USER", "serviceportal"), ("PASSWORD", ""))
)
ON_ORACLE = [
    pytest.mark.oracle,
    pytest.mark.skipif(not (DSN and PASSWORD), reason="IXHAUS_ORACLE_DSN and IXHAUS_ORACLE_PASSWORD name no Oracle"),
]
"""The marks of tests on a real Oracle."""
pytestmark = ON_ORACLE
SYSTEM, NAME = "oracle-test", "oracle-test/persons"
MOMENT = datetime(2027, 3, 1, 8, 30, 15, 123_456)  # noqa: DTZ001 - as in the table
CALL_SECONDS = 1.0


class Logons:
    """Opens connections and counts them."""

    def __init__(self, dsn: str = DSN, user: str = USER, password: str = PASSWORD) -> None:
        self.number = 0
        self._as = {"user": user, "password": password, "dsn": dsn}

    def __call__(self) -> oracledb.Connection:
        self.number += 1
        return oracledb.connect(**self._as, tcp_connect_timeout=30, retry_count=0)


@pytest.fixture(scope="module")
def schema() -> None:
    """The tables and views of the contract; made as SQL*Plus makes them, where there is none of them yet."""
    with closing(Logons()()) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM user_objects WHERE object_name LIKE 'SP\\_%' ESCAPE '\\'")
        if cursor.fetchone() == (0,):
            for statement in statements(oracle_ddl()):
                cursor.execute(statement)


def statements(script: str) -> Iterator[str]:
    """Yield what SQL*Plus would execute: up to a semicolon at the end of a line, blocks up to a slash alone in one."""
    lines: list[str] = []
    for line in script.splitlines():
        if not lines and (not line.strip() or line.startswith("--")):
            continue
        is_block = bool(lines) and lines[0].split()[0].upper() in ("BEGIN", "DECLARE")
        if line.strip() == "/" or (line.rstrip().endswith(";") and not is_block):
            yield "\n".join([*lines, line.rstrip().removesuffix("/").removesuffix(";")]).strip()
            lines = []
        else:
            lines.append(line)
    assert not lines, lines


@pytest.fixture
def logons(schema: None) -> Logons:
    return Logons()


@pytest.fixture
def engine(logons: Logons) -> Iterator[Engine]:
    engine = engine_on(logons, CALL_SECONDS)
    empty(engine)
    yield engine
    empty(engine)
    engine.dispose()


def empty(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(delete(SP_SPERRE).where(SP_SPERRE.c.name == NAME))
        connection.execute(delete(SP_ABGLEICH).where(SP_ABGLEICH.c.system == SYSTEM))


def ask(engine: Engine) -> int:
    with read_snapshot(engine) as connection:
        return connection.execute(select(func.count()).select_from(SP_SPERRE)).scalar_one()


def lease_end(engine: Engine) -> object:
    with read_snapshot(engine) as connection:
        end: datetime | None = connection.execute(
            select(SP_SPERRE.c.valid_until).where(SP_SPERRE.c.name == NAME)
        ).scalar_one()
        return end


def fault(caught: pytest.ExceptionInfo[Exception]) -> Fault:
    found = fault_of(caught.value)
    assert found
    assert not [word for word in (USER, PASSWORD, DSN, "Kanari") if word in found.german + found.english]
    return found


# one logon


def test_many_transactions_need_one_logon(engine: Engine, logons: Logons) -> None:
    for number in range(10):
        ask(engine)
        with engine.begin() as connection:
            connection.execute(insert(SP_SPERRE).values(name=NAME, token=number))
            connection.execute(delete(SP_SPERRE).where(SP_SPERRE.c.name == NAME))
    assert logons.number == 1


def test_a_lease_that_is_kept_needs_a_second_one(engine: Engine, logons: Logons) -> None:
    lease = acquire(engine, NAME, "run 1", 0.3)
    with lease.kept_alive(engine), engine.begin() as connection:  # the renewals have a connection of their own
        lease.confirm(connection)
        connection.rollback()
        threading.Event().wait(0.5)
    ask(engine)
    assert logons.number <= 2


def test_a_snapshot_writes_nothing(engine: Engine) -> None:
    with read_snapshot(engine) as connection, pytest.raises(DBAPIError):
        connection.execute(insert(SP_SPERRE).values(name=NAME, token=1))


def test_a_snapshot_is_of_one_moment(engine: Engine) -> None:
    query = select(func.count()).select_from(SP_SPERRE)
    with read_snapshot(engine) as connection:
        before = connection.execute(query).scalar_one()
        acquire(engine, NAME, "run 1", 30)
        assert connection.execute(query).scalar_one() == before
    assert ask(engine) == before + 1


# locked rows


@pytest.fixture
def locked(engine: Engine) -> Iterator[None]:
    """The lease's row, free, but locked by a session that does not commit."""
    acquire(engine, NAME, "run 1", 30).release(engine)
    with closing(Logons()()) as other, other.cursor() as cursor:
        cursor.execute("UPDATE SP_SPERRE SET MARKE = MARKE WHERE NAME = :name", name=NAME)
        yield


@pytest.mark.rule("R53")
@pytest.mark.usefixtures("locked")
def test_a_locked_lease_is_given_up_with_the_query_that_finds_who_holds_it(engine: Engine) -> None:
    with pytest.raises(DBAPIError) as caught:
        acquire(engine, NAME, "run 2", 30)
    found = fault(caught)
    assert (found.number, found.kind, found.is_passing) == ("DPY-4024", Kind.LOCK, True)
    assert "FROM v$session WHERE blocking_session IS NOT NULL" in found.german


@pytest.mark.usefixtures("locked")
def test_after_a_time_limit_the_engine_works_on(engine: Engine) -> None:
    with pytest.raises(DBAPIError):
        acquire(engine, NAME, "run 2", 30)
    assert ask(engine) > 0


def test_two_sessions_that_lock_each_other_out_are_told(logons: Logons) -> None:
    engine = engine_on(logons, 30)
    empty(engine)
    other = f"{NAME}-2"
    with engine.begin() as connection:
        connection.execute(delete(SP_SPERRE).where(SP_SPERRE.c.name == other))
        connection.execute(insert(SP_SPERRE), [{"name": NAME, "token": 1}, {"name": other, "token": 1}])
    both_hold, errors = threading.Barrier(2), []

    def change(first: str, second: str) -> None:
        with suppress(DBAPIError), engine.begin() as connection:
            for number, name in enumerate((first, second)):
                try:
                    connection.execute(text("UPDATE SP_SPERRE SET MARKE = 2 WHERE NAME = :name"), {"name": name})
                except DBAPIError as error:
                    errors.append(error)
                    raise
                if not number:
                    both_hold.wait(60)

    threads = [threading.Thread(target=change, args=pair) for pair in ((NAME, other), (other, NAME))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(40)
    with engine.begin() as connection:
        connection.execute(delete(SP_SPERRE).where(SP_SPERRE.c.name.in_([NAME, other])))
    engine.dispose()
    (found,) = [fault_of(error) for error in errors]
    assert found
    assert (found.number, found.kind, found.is_passing) == ("ORA-00060", Kind.LOCK, True)


# fractions of seconds


@pytest.mark.rule("R53")
def test_the_leases_end_keeps_its_fractions(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leases, "utc_now", lambda: from_utc_column(MOMENT))
    lease = acquire(engine, NAME, "run 1", 30)
    assert lease_end(engine) == MOMENT.replace(second=45)
    monkeypatch.setattr(leases, "utc_now", lambda: from_utc_column(MOMENT.replace(minute=31)))
    with engine.begin() as connection:
        lease.confirm(connection)
    assert lease_end(engine) == MOMENT.replace(minute=31, second=45)


def test_a_sign_of_life_within_the_same_second_is_seen(engine: Engine) -> None:
    first = acquire(engine, NAME, "run 1", 30)

    def renew(_: float) -> None:
        with engine.begin() as connection:
            first.confirm(connection)

    with pytest.raises(leases.LeaseHeldError) as held:
        acquire(engine, NAME, "run 2", 30, sleep=renew)
    assert held.value.holder == "run 1"


def test_what_is_sent_keeps_its_fractions(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger, "utc_now", lambda: from_utc_column(MOMENT))
    changes = [
        Change(
            external_id=external_id, action="create", decision="send", reason="x", hash="x", properties="x",
            identity="x", parents="x", content="{}", replaced=False,
        )
        for external_id in ("sent", "refused")
    ]  # fmt: skip
    outcomes = Outcomes(LedgerStatements(engine.dialect), SYSTEM, "contact", "run 1")
    outcomes.intend("intended")
    outcomes.acknowledge(changes[0], State.PRESENT, 201)
    outcomes.fail(changes[1], "INVALID", 400, refused=changes[1]["hash"])
    ids = ("intended", "sent", "refused")
    rows = [{"system": SYSTEM, "record_type": "contact", "external_id": name, "state": "new"} for name in ids]
    with engine.begin() as connection:
        connection.execute(insert(SP_ABGLEICH), rows)
        outcomes.write(connection)
    row = SP_ABGLEICH.c
    with read_snapshot(engine) as connection:
        query = select(row.external_id, row.sent_at, row.acknowledged_at).where(row.system == SYSTEM)
        found = {name: tuple(moments) for name, *moments in connection.execute(query)}
    assert found == {"intended": (MOMENT, None), "sent": (MOMENT, MOMENT), "refused": (MOMENT, None)}


# lost sessions


class Wire:
    """A way to the database that can be cut, as a firewall does with connections that are silent."""

    def __init__(self) -> None:
        address, _, self._service = DSN.removeprefix("//").partition("/")
        host, _, port = address.partition(":")
        self._target = (host, int(port or 1521))
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._ends: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def dsn(self) -> str:
        return f"127.0.0.1:{self._listener.getsockname()[1]}/{self._service}"

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection(self._target)
                self._ends += [client, server]
                for one, other in ((client, server), (server, client)):
                    threading.Thread(target=self._pass_on, args=(one, other), daemon=True).start()

    @staticmethod
    def _pass_on(source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while received := source.recv(65_536):
                target.sendall(received)

    def cut(self) -> None:
        for end in self._ends:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
        self._ends.clear()

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.cut()


@pytest.fixture
def wire(schema: None) -> Iterator[Wire]:
    with closing(Wire()) as wire:
        yield wire


def test_a_lost_connection_is_replaced_before_it_is_used(wire: Wire) -> None:
    engine = engine_on(logons := Logons(wire.dsn), 10)
    before = ask(engine)
    wire.cut()
    assert ask(engine) == before
    assert logons.number == 2
    engine.dispose()


def test_a_connection_lost_in_a_transaction_is_told_and_the_next_one_works(wire: Wire) -> None:
    engine = engine_on(logons := Logons(wire.dsn), 10)

    def change() -> None:
        with engine.begin() as connection:
            connection.execute(insert(SP_SPERRE).values(name=NAME, token=1))
            wire.cut()
            connection.execute(delete(SP_SPERRE).where(SP_SPERRE.c.name == NAME))

    with pytest.raises(DBAPIError) as caught:
        change()
    found = fault(caught)
    assert (found.kind, found.is_passing) == (Kind.LOST, True)
    ask(engine)
    assert logons.number == 2
    engine.dispose()


# refusals


@pytest.mark.parametrize(
    ("dsn", "password", "number", "kind"),
    [
        (DSN, f"not {PASSWORD}", "ORA-01017", Kind.LOGIN),
        (f"{DSN.partition('/')[0]}/no_such_service", PASSWORD, "DPY-6001 (ORA-12514)", Kind.UNREACHABLE),
    ],
)
def test_a_refused_logon_is_told(dsn: str, password: str, number: str, kind: Kind) -> None:
    with pytest.raises(oracledb.Error) as caught:
        engine_on(Logons(dsn, password=password))
    assert (fault(caught).number, fault(caught).kind) == (number, kind)


def test_a_row_that_violates_a_constraint_is_told_without_its_values(engine: Engine) -> None:
    row = {"name": NAME, "holder": "Kanari", "token": 1}
    with pytest.raises(IntegrityError) as caught, engine.begin() as connection:
        connection.execute(insert(SP_SPERRE), [row, row])
    assert (fault(caught).number, fault(caught).kind) == ("ORA-00001", Kind.DATA)
    assert "[parameters" not in str(caught.value) or "hidden" in str(caught.value)


def test_a_value_that_is_too_long_is_told_without_it(engine: Engine) -> None:
    with pytest.raises(DBAPIError) as caught, engine.begin() as connection:
        connection.execute(insert(SP_SPERRE).values(name=NAME, holder="Kanari" * 50, token=1))
    assert (fault(caught).number, fault(caught).kind) == ("ORA-12899", Kind.DATA)
    assert "Kanari" not in str(caught.value)


def test_a_view_that_is_missing_is_told(engine: Engine) -> None:
    with pytest.raises(DBAPIError) as caught, read_snapshot(engine) as connection:
        connection.execute(text("SELECT 1 FROM SP_GIBT_ES_NICHT"))
    assert (fault(caught).number, fault(caught).kind) == ("ORA-00942", Kind.CONTRACT)


# questions of staff


@pytest.mark.parametrize("name", QUERIES)
def test_every_question_of_staff_is_one_that_oracle_answers(engine: Engine, name: str) -> None:
    with read_snapshot(engine) as connection:
        connection.execute(QUERIES[name]).all()
