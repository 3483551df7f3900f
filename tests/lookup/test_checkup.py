"""Checking the connections to iX-Haus and to the portal, over real HTTP to the sandbox and on real SQLite."""

import json
import shutil
import socket
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from demo.ixhaus import build_sample
from demo.ports import free_port
from include.ixhaus.check import FlagError
from include.lookup.checkup import Finding, check_ixhaus, check_portal, database_finding
from include.settings import SystemSettings, load_settings
from tests.addresses import BAD
from tests.sandbox import KEY, SECRET, SandboxProcess

Connect = Callable[..., None]


@pytest.fixture
def connect(monkeypatch: pytest.MonkeyPatch) -> Connect:
    """Defines an Airflow connection; none is there before."""
    for name in ("CASAVI_PRODUCTION", "CASAVI_TEST", "IXHAUS_PRODUCTION", "IXHAUS_TEST"):
        monkeypatch.delenv(f"AIRFLOW_CONN_{name}", raising=False)

    def define(connection_id: str, **fields: object) -> None:
        monkeypatch.setenv(f"AIRFLOW_CONN_{connection_id.upper()}", json.dumps(fields))

    return define


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sample") / "ixhaus.db"
    build_sample(path, persons=60)
    return path


@pytest.fixture
def database(sample: Path, tmp_path: Path, connect: Connect) -> Path:
    """A database that keeps the contract, connected as production's."""
    path = Path(shutil.copy(sample, tmp_path))
    connect("ixhaus_production", conn_type="sqlite", host=str(path))
    return path


@pytest.fixture
def production() -> SystemSettings:
    return load_settings("production")


def portal(connect: Connect, host: str, key: str = KEY, secret: str = SECRET, system: str = "production") -> None:
    connect(f"casavi_{system}", conn_type="http", host=host, login=key, password=secret)


# iX-Haus


@pytest.mark.rule("R55")
def test_a_database_that_keeps_the_contract_is_fine(database: Path, production: SystemSettings) -> None:
    assert check_ixhaus(production) == [Finding("ixhaus", "OK", "ixhaus_production")]


@pytest.mark.rule("R55")
def test_everything_the_database_lacks_is_named(database: Path, production: SystemSettings) -> None:
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("DROP TABLE SP_TEAM")
        connection.execute("DROP TABLE SP_SPERRE")
        connection.execute("ALTER TABLE SP_MELDUNG DROP COLUMN BETREFF")
    assert sorted(check_ixhaus(production)) == [
        Finding("ixhaus", "COLUMNS_MISSING", "SP_MELDUNG: BETREFF"),
        Finding("ixhaus", "TABLE_MISSING", "SP_SPERRE"),
        Finding("ixhaus", "VIEW_MISSING", "SP_TEAM"),
    ]


@pytest.mark.rule("R9")
def test_a_database_connection_that_does_not_exist_is_named(connect: Connect, production: SystemSettings) -> None:
    assert check_ixhaus(production) == [Finding("ixhaus", "ABSENT", "ixhaus_production")]


@pytest.mark.rule("R9")
@pytest.mark.parametrize("fields", [{"conn_type": "http", "host": "https://erp.example"}, {"host": "erp.example"}])
def test_a_connection_to_something_else_is_named(
    connect: Connect, production: SystemSettings, fields: dict[str, object]
) -> None:
    connect("ixhaus_production", **fields)
    assert check_ixhaus(production) == [Finding("ixhaus", "WRONG_KIND", "ixhaus_production")]


def said_by_the_database(settings: SystemSettings) -> tuple[str, str, str]:
    """The number, and the beginning of the sentence in both languages up to the remedy."""
    (finding,) = check_ixhaus(settings)
    assert (finding.side, finding.code) == ("ixhaus", "DATABASE")
    assert finding.said
    german, english = (finding.said.said(language) for language in ("de", "en"))
    assert not [secret for secret in ("secret-host", SECRET, "127.0.0.1") if secret in german + english]
    return finding.about, german.partition(";")[0], english.partition(";")[0]


def test_a_database_that_cannot_be_opened_speaks_without_its_address(
    connect: Connect, production: SystemSettings
) -> None:
    connect("ixhaus_production", conn_type="sqlite", host="/nowhere/secret-host/ixhaus.db")
    assert said_by_the_database(production) == (
        "SQLITE_CANTOPEN",
        "SQLITE_CANTOPEN: Die Datei lässt sich nicht öffnen",
        "SQLITE_CANTOPEN: the file cannot be opened",
    )


def oracle(connect: Connect, host: str, **fields: object) -> None:
    usual = {"login": "sp", "password": SECRET, "port": free_port(), "extra": {"service_name": "ixhaus"}}
    connect("ixhaus_production", conn_type="oracle", host=host, **{**usual, **fields})


def test_an_oracle_that_is_not_there_is_named_by_the_drivers_number(
    connect: Connect, production: SystemSettings
) -> None:
    oracle(connect, "127.0.0.1")
    assert said_by_the_database(production) == (
        "DPY-6005",
        "DPY-6005: Der Listener läuft nicht",
        "DPY-6005: the listener is not running",
    )


def test_an_oracle_on_an_unknown_host_is_named(
    connect: Connect, production: SystemSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(-2, "secret-host")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    oracle(connect, "secret-host")
    assert said_by_the_database(production) == (
        "",
        "gaierror: Der Rechner der Datenbank ist unbekannt",
        "gaierror: the database's host is unknown",
    )


@pytest.mark.parametrize(
    ("fields", "number", "german"),
    [
        ({}, "DPY-4001", "Benutzer oder Kennwort fehlen"),
        ({"login": "sp", "password": SECRET}, "DPY-4027", "Für den bloßen Namen fehlt tnsnames.ora"),
    ],
)
def test_an_incomplete_oracle_connection_is_named(
    connect: Connect, production: SystemSettings, fields: dict[str, object], number: str, german: str
) -> None:
    connect("ixhaus_production", conn_type="oracle", **fields)
    assert said_by_the_database(production)[:2] == (number, f"{number}: {german}")


def test_what_is_no_fault_of_a_database_is_named_by_its_kind(production: SystemSettings) -> None:
    assert database_finding(RuntimeError(SECRET), production) == Finding("ixhaus", "NO_CONNECTION", "RuntimeError")


@pytest.mark.rule("R6")
def test_a_switch_that_is_neither_on_nor_off_is_named_by_its_place(production: SystemSettings) -> None:
    found = database_finding(FlagError("SP_LIZENZ.AKTIV"), production)
    assert found == Finding("ixhaus", "BAD_FLAG", "SP_LIZENZ.AKTIV")


# the portal


@pytest.mark.rule("R10")
def test_a_portal_that_takes_the_key_pair_is_fine(
    connect: Connect, sandbox: SandboxProcess, production: SystemSettings
) -> None:
    portal(connect, sandbox.api)
    assert check_portal(production) == Finding("portal", "OK", "casavi_production")


def test_the_check_reads_nothing_of_anybody_and_changes_nothing(
    connect: Connect, sandbox: SandboxProcess, production: SystemSettings
) -> None:
    portal(connect, sandbox.api)
    sandbox.forget_requests()
    check_portal(production)
    made = [(request["method"], request["path"]) for request in sandbox.requests()]
    assert made == [("POST", "/authenticate"), ("GET", "/document-types")]


@pytest.mark.rule("R10")
@pytest.mark.parametrize(("key", "secret"), [("wrong", SECRET), (KEY, "wrong")])
def test_a_refused_key_pair_is_named(
    connect: Connect, sandbox: SandboxProcess, production: SystemSettings, key: str, secret: str
) -> None:
    portal(connect, sandbox.api, key, secret)
    assert check_portal(production) == Finding("portal", "KEY_REFUSED", "HTTP 401")


def test_an_address_without_the_portals_path_is_named(
    connect: Connect, sandbox: SandboxProcess, production: SystemSettings
) -> None:
    portal(connect, f"{sandbox.url}/elsewhere")
    assert check_portal(production) == Finding("portal", "WRONG_ADDRESS", "HTTP 404")


def test_a_portal_that_is_not_there_is_named(connect: Connect, production: SystemSettings) -> None:
    portal(connect, f"http://127.0.0.1:{free_port()}/v2")
    assert check_portal(production) == Finding("portal", "NO_CONNECTION", "")


def test_a_faulty_portal_is_named(connect: Connect, sandbox: SandboxProcess, production: SystemSettings) -> None:
    portal(connect, sandbox.api)
    sandbox.fault("status", path="/document-types", status=503)
    assert check_portal(production) == Finding("portal", "PORTAL_FAULT", "HTTP 503")


def test_a_portal_that_keeps_us_waiting_is_given_up(
    connect: Connect, sandbox: SandboxProcess, production: SystemSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("include.lookup.checkup.PORTAL_SECONDS", 0.5)
    portal(connect, sandbox.api)
    sandbox.fault("delay", path="/document-types", seconds=30)
    assert check_portal(production) == Finding("portal", "TIMEOUT", "")


@pytest.mark.rule("R9")
def test_a_portal_connection_that_does_not_exist_is_named(connect: Connect, production: SystemSettings) -> None:
    assert check_portal(production) == Finding("portal", "ABSENT", "casavi_production")


@pytest.mark.rule("R9")
def test_an_incomplete_portal_connection_is_named(connect: Connect, production: SystemSettings) -> None:
    portal(connect, "https://portal.example/v2", secret="")
    assert check_portal(production) == Finding("portal", "INCOMPLETE", "casavi_production")


@pytest.mark.rule("R8", "E58")
def test_the_test_system_on_productions_portal_is_named_and_not_called(
    connect: Connect, sandbox: SandboxProcess
) -> None:
    portal(connect, sandbox.api)
    portal(connect, sandbox.api, system="test")
    sandbox.forget_requests()
    assert check_portal(load_settings("test")) == Finding("portal", "OF_PRODUCTION", "casavi_test")
    assert sandbox.requests() == []


@pytest.mark.rule("R9", "R10")
@pytest.mark.parametrize("host", ["http://portal.example/v2", "https://portal.example/v2?key=1"])
def test_an_address_to_which_no_key_may_go_is_named_in_both_languages(
    connect: Connect, production: SystemSettings, host: str
) -> None:
    portal(connect, host)
    found = check_portal(production)
    assert (found.code, found.about) == ("NO_ADDRESS", "casavi_production")
    assert found.wrong is not None
    assert found.wrong.english == BAD[host]
