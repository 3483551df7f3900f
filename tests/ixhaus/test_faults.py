"""Every failing database gives one sentence: number, meaning, remedy and who, and nothing of what the error says."""

import asyncio
import socket
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any, Literal

import oracledb
import pytest
from airflow.sdk.exceptions import AirflowException
from oracledb.errors import _Error
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import DBAPIError, InvalidRequestError, OperationalError
from sqlalchemy.pool import NullPool

from include.ixhaus import faults
from include.ixhaus.faults import Fault, Kind, fault_of, sentence

SECRETS = ("Meier", "erp-host", "IXUSER", "geheim", "S3cret")
"""What errors hold here as they do in life: bound values, hosts, users, passwords."""
GERMAN = {"DBA": "Datenbankadministrator (DBA) ", "engineer": "Betreuer der Schnittstelle "}
ENGLISH = {"DBA": "database administrator (DBA) must", "engineer": "the engineer must"}
NUMBERS: dict[tuple[Kind, str, bool], str] = {
    (Kind.LOCK, "DBA", True): "00060 04020 00054 30006 02049 04021 DPY-4024 03156 01013 00040",
    (Kind.LOCK, "engineer", True): "08177",
    (Kind.LOGIN, "engineer", False): "01017 01005 DPY-4001",
    (Kind.LOGIN, "DBA", False): "28000 28001 28002 28011 DPY-3015 28040",
    (Kind.RIGHTS, "DBA", False): "01045 01031 41900",
    (Kind.UNREACHABLE, "engineer", False): "12154 DPY-4000 DPY-4026 DPY-4027 DPY-4017 DPY-4018 DPY-4021 12504 12505 "
    "DPY-6003 DPY-3010 DPY-3001 DPY-3012 DPY-3040 12660 DPY-3016 DPI-1047 DPI-1072 DPY-6002 DPY-6006 DPY-2018",
    (Kind.UNREACHABLE, "engineer", True): "12545",
    (
        Kind.UNREACHABLE,
        "DBA",
        True,
    ): "12514 12521 DPY-6001 12541 12170 12535 12543 12560 12564 DPY-6000 DPY-6005 DPY-5005 "
    "03136 12526 12527 12528 01033 01109 01034 27101 01089 01090 01092 00018 00020 12516 12518 12519 12520 02391",
    (
        Kind.LOST,
        "DBA",
        True,
    ): "03113 03114 03135 01012 12537 12547 12570 12571 DPY-4011 DPY-1001 00028 00031 02399 02396 DPY-4033",
    (Kind.SPACE, "DBA", False): "01653 01654 01655 01688 01691 01536 01950",
    (Kind.SPACE, "DBA", True): "01652 01555 22924 30036 00257 19809",
    (Kind.CONTRACT, "DBA", False): "00942 00980 00904 04063",
    (
        Kind.DATA,
        "engineer",
        False,
    ): "00001 01400 12899 01438 02290 02291 02292 01722 06502 01830 01839 01841 01843 01858 01861 01427 01476 20000",
    (Kind.OTHER, "DBA", True): "04030 04031 04061 04065 04068",
    (Kind.OTHER, "DBA", False): "00600 00603 07445 00376 01110 01115 01116 01157 01578 16000",
}
CASES = [
    pytest.param(f"ORA-{number}" if number.isdigit() else number, *expected, id=number)
    for expected, numbers in NUMBERS.items()
    for number in numbers.split()
]


def drivers_error(number: str, more: str = "") -> Exception:
    """Return the error that python-oracledb itself makes of a number and a text."""
    code = int(number[4:]) if number.startswith("ORA") else 0
    error = _Error(f'{number}: IXUSER@erp-host: "Meier" geheim{more}', code=code)
    made: Exception = error.exc_type(error)
    return made


class FailingConnection:
    """What a connection of oracledb is to SQLAlchemy, but that every statement fails."""

    outputtypehandler: object = None
    inputtypehandler: object = None

    def __init__(self, error: Exception) -> None:
        self._error = error

    def cursor(self) -> "FailingConnection":
        return self

    def execute(self, *_: object) -> None:
        raise self._error

    def close(self) -> None: ...

    def rollback(self) -> None: ...

    def setinputsizes(self, *_: object, **__: object) -> None: ...


def oracle_engine(error: Exception, at: str) -> Engine:
    def connect() -> Any:
        if at == "connect":
            raise error
        return FailingConnection(error)

    return create_engine(
        "oracle+oracledb://", creator=connect, poolclass=NullPool, hide_parameters=True, _initialize=False
    )


def raised(act: Callable[[], object]) -> BaseException:
    with pytest.raises(Exception) as caught:
        act()
    return caught.value


def from_oracle(error: Exception, at: str = "execute") -> BaseException:
    """Return what SQLAlchemy raises when the driver raises that at the connecting or at a statement."""

    def ask() -> None:
        with oracle_engine(error, at).connect() as connection:
            connection.execute(text("SELECT 1 FROM SP_PARTNER WHERE NAME = :name"), {"name": "S3cret"})

    return raised(ask)


def fault(error: BaseException) -> Fault:
    found = fault_of(error)
    assert found is not None
    assert not any(secret in str(found) for secret in SECRETS)
    for one in (found.german, found.english):
        assert one.endswith(".")
        assert ". " not in one
        assert "{" not in one
    return found


@pytest.mark.parametrize("at", ["connect", "execute"])
@pytest.mark.parametrize(("number", "kind", "who", "is_passing"), CASES)
def test_every_number_has_its_sentence(number: str, kind: Kind, who: str, is_passing: bool, at: str) -> None:
    error = from_oracle(drivers_error(number), at)
    assert isinstance(error, DBAPIError)
    found = fault(error)
    assert number in found.number
    assert found.german.startswith(f"{found.number}: ")
    assert found.english.startswith(f"{found.number}: ")
    assert GERMAN[who] in found.german
    assert ENGLISH[who] in found.english
    assert (found.kind, found.is_passing, found.is_login) == (kind, is_passing, kind is Kind.LOGIN)
    assert ("ein späterer Lauf" in found.german, "a later run" in found.english) == (is_passing, is_passing)
    assert "nicht erklärt" not in found.german


def test_no_number_of_the_table_is_untested_or_there_twice() -> None:
    tested = " ".join(NUMBERS.values()).split()
    assert len(tested) == len(set(tested))
    assert {key for key in faults._MEANINGS if key.isdigit() or key.startswith("DP")} == set(tested)


@pytest.mark.parametrize("number", ["ORA-00054", "ORA-30006", "ORA-00060", "DPY-4024"])
def test_a_lock_names_the_query_that_finds_who_holds_it(number: str) -> None:
    found = fault(from_oracle(drivers_error(number)))
    for one in (found.german, found.english):
        assert "FROM v$session WHERE blocking_session IS NOT NULL" in one


@pytest.mark.parametrize(
    ("error", "number"),
    [
        (drivers_error("ORA-03113"), "DPY-4011 (ORA-03113)"),
        (drivers_error("ORA-01005"), "DPY-4001 (ORA-01005)"),
        (drivers_error("DPY-6005", '.\nDPY-6001: Service "geheim" (Similar to ORA-12514)'), "DPY-6001 (ORA-12514)"),
        (drivers_error("DPY-6005", '.\nDPY-6003: SID "geheim" (Similar to ORA-12505)'), "DPY-6003 (ORA-12505)"),
        (drivers_error("DPY-6005", ".\nDPY-6000: Listener (Similar to ORA-1033)"), "DPY-6000 (ORA-01033)"),
        (drivers_error("DPY-6005", ".\nDPY-4011: closed the connection"), "DPY-6005 (DPY-4011)"),
        (drivers_error("ORA-00604", "\nORA-01653: unable to extend table IXUSER.X"), "ORA-00604 (ORA-01653)"),
        (drivers_error("ORA-00604", "\nORA-06512: at IXUSER.X, line 1"), "ORA-00604"),
        (drivers_error("ORA-00060", "\nORA-06512: at IXUSER.X, line 1"), "ORA-00060"),
        (oracledb.DatabaseError("ORA-01555: snapshot too old: geheim"), "ORA-01555"),
    ],
)
def test_the_telling_number_is_shown_and_what_the_driver_makes_of_it(error: Exception, number: str) -> None:
    assert fault(from_oracle(error)).number == number
    assert fault(error).number == number


@pytest.mark.parametrize(
    ("cause", "german"),
    [
        (ConnectionRefusedError(111, "erp-host"), "Listener läuft nicht"),
        (socket.gaierror(-2, "erp-host"), "Rechner der Datenbank ist unbekannt"),
        (TimeoutError("erp-host"), "Datenbank antwortet nicht"),
        (OSError(113, "erp-host"), "Verbindung misslang"),
    ],
)
def test_no_connection_is_told_apart_by_the_cause(cause: OSError, german: str) -> None:
    error = drivers_error("DPY-6005")
    error.__cause__ = cause
    found = fault(from_oracle(error, "connect"))
    assert (found.number, found.kind, found.is_passing) == ("DPY-6005", Kind.UNREACHABLE, True)
    assert german in found.german


def really_connect(port: int) -> oracledb.Connection:
    return oracledb.connect(user="IXUSER", password="S3cret", dsn=f"erp-host:{port}/geheim", retry_count=0)


def test_the_driver_itself_where_nobody_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(socket.socket()) as bound:
        bound.bind(("127.0.0.1", 0))
        address = (socket.AF_INET, socket.SOCK_STREAM, 6, "", bound.getsockname())
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [address])
        found = fault(raised(lambda: really_connect(bound.getsockname()[1])))
    assert found.german.startswith("DPY-6005: Der Listener läuft nicht;")


def test_the_driver_itself_where_the_host_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(-2, "erp-host")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    error = raised(lambda: really_connect(1521))
    assert type(error) is socket.gaierror  # it comes through as it is
    found = fault(error)
    assert (found.number, found.kind) == ("", Kind.UNREACHABLE)
    assert found.english.startswith("gaierror: the database's host is unknown;")
    assert fault_of(raised(unknown)) is None, "the same of somebody else"


@pytest.mark.parametrize(
    ("number", "said", "name"),
    [
        ("ORA-00942", 'table or view "IXUSER"."SP_PARTNER" does not exist', " (SP_PARTNER)"),
        ("ORA-00904", '"SP_PERSON"."MEIER": invalid identifier', " (SP_PERSON)"),
        ("ORA-00942", 'table or view "IXUSER"."MEIER" does not exist', ""),
        ("ORA-00942", 'table or view "IXUSER"."XSP_MEIER" does not exist', ""),
        ("ORA-00942", "table or view does not exist\n[SQL: SELECT 1 FROM SP_OTHER]", ""),
        ("ORA-12899", 'value too large for column "IXUSER"."SP_PROTOKOLL"."MEIER"', ""),
    ],
)
def test_only_what_the_contract_names_is_named(number: str, said: str, name: str) -> None:
    error = _Error(f"{number}: {said}", code=int(number[4:]))
    found = fault(from_oracle(error.exc_type(error)))
    assert (name in found.german, name in found.english) == (True, True)
    assert ("SP_" in found.german) == bool(name)
    assert "MEIER" not in str(found)


@pytest.mark.parametrize(
    ("error", "begin", "remedy"),
    [
        (drivers_error("ORA-12345"), "ORA-12345: ", "https://docs.oracle.com/error-help/db/ora-12345/"),
        (drivers_error("DPY-2030"), "DPY-2030: ", "https://python-oracledb.readthedocs.io/"),
        (oracledb.DatabaseError("geheim ORA-01017"), "DatabaseError: ", "task's log"),
        (oracledb.InterfaceError(), "InterfaceError: ", "task's log"),
    ],
)
def test_any_other_error_says_so_and_where_to_look(error: Exception, begin: str, remedy: str) -> None:
    found = fault(from_oracle(error))
    assert found.german.startswith(begin + "Die Datenbank meldet, was hier nicht erklärt ist; der Betreuer der Schni")
    assert remedy in found.english
    assert (found.kind, found.is_passing) == (Kind.OTHER, False)


def test_the_driver_knows_more_errors_that_pass() -> None:
    assert fault(drivers_error("ORA-12757")).is_passing


def test_a_rule_of_the_databases_own_has_a_number_of_its_own() -> None:
    found = fault(from_oracle(drivers_error("ORA-20815")))
    assert found.english.startswith("ORA-20815: a rule of the database's own refuses;")


SQLITE = {
    "SQLITE_BUSY": (Kind.LOCK, "another session holds rows"),
    "SQLITE_READONLY": (Kind.OTHER, "the file is read-only"),
    "SQLITE_NOTADB": (Kind.OTHER, "no sound database"),
    "SQLITE_CANTOPEN": (Kind.OTHER, "cannot be opened"),
    "SQLITE_FULL": (Kind.SPACE, "the disk is full"),
    "SQLITE_CONSTRAINT_PRIMARYKEY": (Kind.DATA, "violates a constraint"),
    "no such table": (Kind.CONTRACT, "SQLITE_ERROR: a view or table (SP_NONE) is missing"),
    "no such column": (Kind.CONTRACT, "SQLITE_ERROR: a column is missing"),
    "has no column": (Kind.CONTRACT, "SQLITE_ERROR: a column (SP_ONE) is missing"),
    "syntax error": (Kind.OTHER, "https://sqlite.org/rescode.html"),
}


@pytest.mark.parametrize("case", SQLITE)
def test_the_embedded_database(case: str, tmp_path: Path) -> None:
    kind, english = SQLITE[case]
    found = fault(raised(lambda: provoke(case, tmp_path)))
    assert found.number.startswith("SQLITE_")
    assert found.number == (case if case.startswith("SQLITE_") else "SQLITE_ERROR")
    assert (found.kind, found.is_passing) == (kind, kind is Kind.LOCK)
    assert english in found.english


def provoke(case: str, folder: Path) -> None:
    """Make SQLite fail in that way, through SQLAlchemy."""
    statements = {
        "SQLITE_FULL": "INSERT INTO SP_ONE VALUES (2, zeroblob(100000))",
        "no such table": "SELECT 'S3cret' FROM SP_NONE",
        "no such column": "SELECT S3cret FROM SP_ONE",
        "has no column": "INSERT INTO SP_ONE (S3cret) VALUES (1)",
        "syntax error": "SELECT S3cret FROM",
    }
    with closing(sqlite3.connect(folder / "a.db")) as holder:
        holder.execute("CREATE TABLE SP_ONE (ID INTEGER PRIMARY KEY, CONTENT BLOB)")
        holder.execute("INSERT INTO SP_ONE VALUES (1, 'S3cret')")
        holder.commit()
        if case == "SQLITE_BUSY":
            holder.execute("BEGIN IMMEDIATE")
        (folder / "b.db").write_text("S3cret " * 200)
        paths = {"SQLITE_NOTADB": folder / "b.db", "SQLITE_CANTOPEN": folder / "none" / "a.db"}
        mode = "?mode=ro&uri=true" if case == "SQLITE_READONLY" else "?uri=true"
        url = f"sqlite:///file:{paths.get(case, folder / 'a.db')}{mode}"
        with create_engine(url, poolclass=NullPool, connect_args={"timeout": 0}).begin() as connection:
            connection.exec_driver_sql("PRAGMA max_page_count = 3")
            connection.exec_driver_sql(statements.get(case, "INSERT INTO SP_ONE (ID) VALUES (1)"))


def test_an_embedded_error_without_a_name_is_known_by_its_text() -> None:
    assert fault(sqlite3.OperationalError("database is locked")).kind is Kind.LOCK


def chained(how: str) -> BaseException:
    error = from_oracle(drivers_error("ORA-28000"))
    try:
        match how:
            case "cause":
                raise AirflowException("geheim") from error
            case "group":
                raise BaseExceptionGroup("geheim", [ValueError("Meier"), error])
        try:
            raise error
        except DBAPIError:
            if how == "context":
                raise AirflowException("geheim")  # noqa: B904 - what happens when nobody says from
            raise AirflowException("geheim") from None
    except (AirflowException, BaseExceptionGroup) as last:
        return last


@pytest.mark.parametrize("how", ["cause", "context", "suppressed", "group"])
def test_a_fault_is_found_behind_other_errors(how: str) -> None:
    error = chained(how)
    assert not isinstance(error, DBAPIError)
    assert fault(error).number == "ORA-28000"
    assert fault(error).is_login


def test_what_sqlalchemy_has_wrapped_is_enough_and_a_circle_ends() -> None:
    wrapped = OperationalError("UPDATE", {"name": "Meier"}, Exception("ORA-03113: geheim"))
    assert fault(wrapped).number == "ORA-03113"
    first, second = ValueError(), KeyError()
    first.__cause__, second.__cause__ = second, first
    assert fault_of(first) is None


@pytest.mark.parametrize(
    "error",
    [
        ValueError("ORA-01017"),
        TimeoutError(),
        asyncio.CancelledError(),
        OSError("DPY-6005"),
        InvalidRequestError("ORA-1"),
    ],
    ids=repr,
)
def test_what_is_no_database_error_has_no_fault(error: BaseException) -> None:
    assert fault_of(error) is None
    assert sentence(error) is None


@pytest.mark.parametrize(("language", "begin"), [("de", "ORA-01017: Benutzer oder"), ("en", "ORA-01017: user or")])
def test_a_sentence_in_one_language(language: Literal["de", "en"], begin: str) -> None:
    said = sentence(from_oracle(drivers_error("ORA-01017")), language)
    assert said is not None
    assert said.startswith(begin)
