"""What must be true of the Airflow connections before a run may begin; with real Airflow connections."""

import asyncio
import json
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from include.casavi import connections
from include.casavi.client import open_portal
from include.casavi.connections import check_ixhaus_connection, check_portal_connection
from include.settings import ConfigurationError, Limits, SystemSettings, load_settings, portal_connection_of
from tests.addresses import BAD, GOOD, NO_SCHEME, OPEN

SECRET = "s3cret-of-the-portal"
PORT = "has a path, but its port apart from it"
PRODUCTION = {"conn_type": "http", "host": "https://portal.example/v2", "login": "key-1", "password": SECRET}
Connect = Callable[..., None]


def check_connections(settings: SystemSettings) -> None:
    """What a run asks of both connections, the ERP's first."""
    check_ixhaus_connection(settings)
    check_portal_connection(settings)


@pytest.fixture
def connect(monkeypatch: pytest.MonkeyPatch) -> Connect:
    """Defines an Airflow connection; none is there before."""
    for system in ("PRODUCTION", "TEST"):
        for side in ("CASAVI", "IXHAUS"):
            monkeypatch.delenv(f"AIRFLOW_CONN_{side}_{system}", raising=False)

    def define(connection_id: str, **fields: object) -> None:
        monkeypatch.setenv(f"AIRFLOW_CONN_{connection_id.upper()}", json.dumps(fields))

    define("ixhaus_production", conn_type="sqlite", host="/production.db")
    define("ixhaus_test", conn_type="sqlite", host="/test.db")
    return define


def refusal(settings: SystemSettings) -> str:
    """Return the sentence with which the check refuses."""
    with pytest.raises(ConfigurationError) as refused:
        check_connections(settings)
    assert SECRET not in str(refused.value)
    return str(refused.value)


def test_complete_connections_pass(connect: Connect) -> None:
    connect("casavi_production", **PRODUCTION)
    check_connections(load_settings("production"))


@pytest.mark.rule("R9")
def test_a_missing_portal_connection_is_named(connect: Connect) -> None:
    assert refusal(load_settings("production")) == (
        "Airflow connection casavi_production: it does not exist, and production needs it; add it under Admin > "
        "Connections"
    )


@pytest.mark.rule("R9")
def test_a_missing_database_connection_is_named(connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    connect("casavi_production", **PRODUCTION)
    monkeypatch.delenv("AIRFLOW_CONN_IXHAUS_PRODUCTION")
    assert refusal(load_settings("production")).startswith("Airflow connection ixhaus_production: it does not exist")


@pytest.mark.rule("R9")
@pytest.mark.parametrize(
    ("left_out", "named"),
    [
        (["host"], "host"),
        (["login"], "login"),
        (["password"], "password"),
        (["login", "password"], "login, password"),
        (["host", "login", "password"], "host, login, password"),
    ],
)
@pytest.mark.parametrize("empty", [None, ""])
def test_what_is_missing_in_a_connection_is_named(
    connect: Connect, left_out: list[str], named: str, empty: str | None
) -> None:
    connect("casavi_production", **{**PRODUCTION, **dict.fromkeys(left_out, empty)})
    assert refusal(load_settings("production")) == (
        f"Airflow connection casavi_production: {named} missing; set host to the Link Datensynchronisation, login to "
        "the key, password to the secret"
    )


def no_address(wrong: str) -> str:
    return (
        f"Airflow connection casavi_production: its host {wrong}; write one such as https://portal.example/v2, in the "
        'environment as "host" of a connection in JSON'
    )


async def opened() -> None:
    async with open_portal("casavi_production", Limits()):
        pass


@pytest.mark.rule("R9", "R10")
@pytest.mark.parametrize(
    ("host", "wrong"), [(host, wrong) for host, wrong in BAD.items() if "://" in host and host != "https://"]
)
def test_an_address_to_which_no_key_may_go_is_refused_before_anything_is_sent(
    connect: Connect, host: str, wrong: str
) -> None:
    connect("casavi_production", **{**PRODUCTION, "host": host})
    assert refusal(load_settings("production")) == no_address(wrong)
    with pytest.raises(ConfigurationError) as refused:
        asyncio.run(opened())
    assert str(refused.value) == no_address(wrong)


@pytest.mark.rule("R9", "R10")
@pytest.mark.parametrize("host", GOOD)
def test_a_good_address_passes(connect: Connect, host: str) -> None:
    connect("casavi_production", **{**PRODUCTION, "host": host})
    check_connections(load_settings("production"))
    asyncio.run(opened())


@pytest.mark.rule("R9", "R10")
@pytest.mark.parametrize(
    ("uri", "wrong"),
    [
        ("http://key:s3cret-of-the-portal@127.0.0.1:8095/v2", NO_SCHEME),  # Airflow takes the path for the scheme
        ("http://key:s3cret-of-the-portal@portal.example", OPEN),
        ("http://key:s3cret-of-the-portal@portal.example/https", ""),
        ("http://key:s3cret-of-the-portal@https%3A%2F%2Fportal.example%2Fv2", ""),
        ("http://key:s3cret-of-the-portal@https%3A%2F%2Fportal.example%2Fv2:443", PORT),
    ],
)
def test_a_connection_written_as_uri_is_what_airflow_makes_of_it(
    connect: Connect, monkeypatch: pytest.MonkeyPatch, uri: str, wrong: str
) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_CASAVI_PRODUCTION", uri)
    if wrong:
        assert refusal(load_settings("production")) == no_address(wrong)
    else:
        check_connections(load_settings("production"))


@pytest.mark.rule("R9", "R10")
def test_a_port_goes_before_the_path(connect: Connect) -> None:
    connect("casavi_production", **{**PRODUCTION, "port": 8443})
    assert refusal(load_settings("production")) == no_address(PORT)
    connect("casavi_production", **{**PRODUCTION, "host": "https://portal.example", "port": 8443})
    check_connections(load_settings("production"))


@pytest.mark.rule("R8", "E58")
@pytest.mark.parametrize(
    "address",
    [
        {"host": "https://portal.example/v2"},
        {"host": "https://portal.example/v2/"},
        {"host": "HTTPS://Portal.Example/v2"},
        {"host": "https://portal.example:443/v2"},
        {"host": "portal.example/v2", "schema": "https"},
        {"host": "https://portal.example/v2", "password": "another secret"},
    ],
)
def test_the_test_system_may_not_write_to_productions_account(connect: Connect, address: dict[str, str]) -> None:
    connect("casavi_production", **PRODUCTION)
    connect("casavi_test", **{**PRODUCTION, **address})
    assert refusal(load_settings("test")) == (
        "Airflow connection casavi_test: the test system points at production's portal address and key; write the "
        "address and key of the test account"
    )


@pytest.mark.rule("R8", "E58")
def test_the_test_system_may_not_borrow_productions_connection(connect: Connect) -> None:
    connect("casavi_production", **PRODUCTION)
    borrowed = load_settings("test").model_copy(update={"portal_connection": "casavi_production"})
    assert "points at production's portal" in refusal(borrowed)


@pytest.mark.rule("R8")
@pytest.mark.parametrize(
    "different",
    [
        {"login": "key-2"},
        {"host": "https://test.portal.example/v2"},
        {"host": "https://portal.example/sandbox/v2"},
        {"host": "https://portal.example:8443/v2"},
        {"host": "https://portal.example", "port": 8443},
    ],
)
def test_the_test_system_may_have_an_account_of_its_own(connect: Connect, different: dict[str, object]) -> None:
    connect("casavi_production", **PRODUCTION)
    connect("casavi_test", **{**PRODUCTION, **different})
    check_connections(load_settings("test"))


@pytest.mark.rule("R8")
def test_the_test_system_runs_where_production_has_no_connection(connect: Connect) -> None:
    connect("casavi_test", **PRODUCTION)
    check_connections(load_settings("test"))


@pytest.fixture
def production_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Writes production's settings; they hold until the test ends."""
    monkeypatch.setattr(connections, "portal_connection_of", partial(portal_connection_of, folder=tmp_path))

    def write(text: str) -> None:
        (tmp_path / "production.yaml").write_text(text, encoding="utf-8")

    return write


@pytest.mark.rule("R7", "R8")
def test_a_mistake_in_productions_settings_is_productions_alone(
    connect: Connect, production_says: Callable[[str], None]
) -> None:
    production_says("report_user: 7\nportal_connection: casavi_live\n")
    connect("casavi_live", **PRODUCTION)
    connect("casavi_test", **{**PRODUCTION, "login": "key-2"})
    check_connections(load_settings("test"))
    connect("casavi_test", **PRODUCTION)
    assert "points at production's portal" in refusal(load_settings("test"))


@pytest.mark.rule("R8", "E58")
@pytest.mark.parametrize("text", ["active: 'true", "portal_conection: casavi_live"])
def test_the_test_system_waits_while_nobody_can_tell_productions_account(
    connect: Connect, production_says: Callable[[str], None], text: str
) -> None:
    production_says(text)
    connect("casavi_test", **{**PRODUCTION, "login": "key-2"})
    sentence = refusal(load_settings("test"))
    assert "/production.yaml: " in sentence
    assert sentence.endswith("nobody can tell whether its portal account is production's")


@pytest.mark.rule("R7")
def test_production_does_not_mind_what_the_test_system_points_at(connect: Connect) -> None:
    connect("casavi_production", **PRODUCTION)
    connect("casavi_test", **PRODUCTION)
    check_connections(load_settings("production"))
