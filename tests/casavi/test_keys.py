"""Storing the portal's key and secret, each entered twice (R10); in Airflow's real metadata database."""

import json
import logging
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import delete, event, make_url, select
from sqlalchemy.exc import OperationalError

from include import commands
from include.casavi import keys
from include.casavi.keys import KeyOrigin, KeyPair, key_pair, store_keys
from include.settings import ConfigurationError
from tests.addresses import BAD, GOOD, NO_SCHEME, OPEN

pytestmark = [pytest.mark.airflow, pytest.mark.usefixtures("no_keys_yet")]
ADDRESS, KEY, SECRET = "https://portal.example/v2", "key-4711", "s3cret-4711"


class Stored(NamedTuple):
    """The connection as Airflow holds it."""

    kind: str | None
    host: str | None
    login: str | None
    password: str | None
    port: int | None


@pytest.fixture
def no_keys_yet(airflow_db: object) -> Iterator[None]:
    forget()
    yield
    forget()


def forget() -> None:
    from airflow.models.connection import Connection
    from airflow.utils.session import create_session

    with create_session() as session:
        session.execute(delete(Connection).where(Connection.conn_id.like("casavi%")))


def stored(connection_id: str = "casavi_production") -> Stored | None:
    from airflow.models.connection import Connection
    from airflow.utils.session import create_session

    with create_session() as session:
        found = session.scalar(select(Connection).where(Connection.conn_id == connection_id))
        return found and Stored(found.conn_type, found.host, found.login, found.password, found.port)


def refusal(*entries: str) -> str:
    """Return the sentence with which entries are refused; it must not hold any of them."""
    with pytest.raises(ConfigurationError) as refused:
        store_keys("production", *entries)
    shown = "".join(traceback.format_exception(refused.value, limit=0))
    assert not any(entry in shown for entry in (KEY, SECRET))
    return str(refused.value)


@pytest.mark.rule("R10")
def test_what_was_entered_twice_is_stored() -> None:
    assert store_keys("production", ADDRESS, KEY, KEY, SECRET, SECRET) == "casavi_production"
    assert stored() == Stored("http", ADDRESS, KEY, SECRET, None)


@pytest.fixture(params=["", Fernet.generate_key().decode()], ids=["no key", "key"])
def fernet_key(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Airflow's Fernet key, or none."""
    from airflow.models.crypto import get_fernet

    monkeypatch.setenv("AIRFLOW__CORE__FERNET_KEY", request.param)
    get_fernet.cache_clear()
    yield request.param
    monkeypatch.undo()
    get_fernet.cache_clear()


@pytest.mark.rule("R10")
def test_the_secret_is_stored_encrypted_where_airflow_can_and_the_command_says_where_not(
    fernet_key: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    from airflow.models.connection import Connection
    from airflow.utils.session import create_session

    monkeypatch.setattr("builtins.input", lambda prompt: ADDRESS)
    monkeypatch.setattr(commands, "getpass", lambda prompt: SECRET if "Secret" in prompt else KEY)
    assert commands.enter_keys("production") == 0
    with create_session() as session:
        row = session.execute(select(Connection.__table__).where(Connection.conn_id == "casavi_production")).one()
    assert (SECRET not in str(row)) is bool(fernet_key)
    assert ("stored unencrypted" not in capsys.readouterr().err) is bool(fernet_key)
    assert stored() == Stored("http", ADDRESS, KEY, SECRET, None)


@pytest.mark.rule("R10")
def test_a_new_entry_replaces_the_old_one() -> None:
    store_keys("production", "https://old.example", "old", "old", "old", "old")
    store_keys("production", ADDRESS, KEY, KEY, SECRET, SECRET)
    assert stored() == Stored("http", ADDRESS, KEY, SECRET, None)


@pytest.mark.rule("R10")
@pytest.mark.parametrize(
    ("entries", "sentence"),
    [
        ((KEY, "other", SECRET, SECRET), "the two entries of the key differ"),
        ((KEY, KEY, SECRET, "other"), "the two entries of the secret differ"),
        ((KEY, "", SECRET, SECRET.upper()), "the two entries of the key and of the secret differ"),
        (("", "", SECRET, SECRET), "the key must not be empty"),
        ((KEY, KEY, " ", " "), "the secret must not be empty"),
    ],
)
def test_a_mismatch_is_named_and_keeps_the_old_value(entries: tuple[str, ...], sentence: str) -> None:
    store_keys("production", "https://old.example", "old", "old", "old-secret", "old-secret")
    assert refusal(ADDRESS, *entries) == f"{sentence}; nothing was stored, enter them again"
    assert stored() == Stored("http", "https://old.example", "old", "old-secret", None)


@pytest.mark.rule("R10")
@pytest.mark.parametrize(
    ("address", "wrong"), [*BAD.items(), ("", NO_SCHEME), (KEY, NO_SCHEME)], ids=[*map(repr, BAD), "nothing", "the key"]
)
def test_an_address_to_which_no_key_may_go_is_refused(address: str, wrong: str) -> None:
    store_keys("production", "https://old.example", "old", "old", "old-secret", "old-secret")
    assert refusal(address, KEY, KEY, SECRET, SECRET) == (
        f"Airflow connection casavi_production: the Link Datensynchronisation {wrong}; nothing was stored, write the "
        "whole address, such as https://portal.example/v2"
    )
    assert stored() == Stored("http", "https://old.example", "old", "old-secret", None)


@pytest.mark.rule("R10")
@pytest.mark.parametrize("address", [*GOOD, f"  {ADDRESS}\n"])
def test_a_good_address_is_stored_as_it_was_entered_but_for_blanks_around_it(address: str) -> None:
    store_keys("production", address, KEY, KEY, SECRET, SECRET)
    assert stored() == Stored("http", address.strip(), KEY, SECRET, None)


@pytest.mark.rule("R10")
def test_the_command_refuses_an_address_with_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("builtins.input", lambda prompt: "http://portal.example/v2")
    monkeypatch.setattr(commands, "getpass", lambda prompt: SECRET)
    assert commands.enter_keys("production") == 1
    assert f"the Link Datensynchronisation {OPEN}; nothing was stored" in capsys.readouterr().err
    assert stored() is None


@pytest.mark.rule("R10")
@pytest.mark.usefixtures("in_the_server")
def test_what_an_old_address_holds_besides_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    host = f"https://user:{SECRET}@portal.example/v2?key={KEY}#x"
    monkeypatch.setenv("AIRFLOW_CONN_CASAVI_PRODUCTION", json.dumps({"conn_type": "http", "host": host}))
    assert key_pair("casavi_production").address == "portal.example/v2"


@pytest.mark.rule("R7")
def test_the_keys_of_one_system_leave_the_other_alone() -> None:
    store_keys("production", ADDRESS, KEY, KEY, SECRET, SECRET)
    store_keys("test", "https://test.example", "test", "test", "test", "test")
    assert stored() == Stored("http", ADDRESS, KEY, SECRET, None)
    assert stored("casavi_test") == Stored("http", "https://test.example", "test", "test", None)


@pytest.mark.rule("R10")
def test_a_database_error_does_not_quote_what_was_entered() -> None:
    from airflow import settings

    def fail(*_: object) -> None:
        raise OperationalError(f"INSERT {KEY} {SECRET}", {"login": KEY}, Exception(SECRET))

    event.listen(settings.engine, "before_cursor_execute", fail)
    try:
        sentence = refusal(ADDRESS, KEY, KEY, SECRET, SECRET)
    finally:
        event.remove(settings.engine, "before_cursor_execute", fail)
    assert sentence.endswith("(OperationalError); nothing was stored, run airflow db migrate and try again")


@pytest.fixture
def in_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """Connections are found as in Airflow's API server, whose pages ask: in the metadata database as well."""
    monkeypatch.setenv("_AIRFLOW_PROCESS_CONTEXT", "server")


@pytest.mark.rule("R10")
@pytest.mark.usefixtures("in_the_server")
def test_what_may_be_said_of_a_key_pair_holds_neither_half() -> None:
    assert key_pair("casavi_production") == KeyPair(KeyOrigin.NOWHERE)
    store_keys("production", ADDRESS, KEY, KEY, SECRET, SECRET)
    assert key_pair("casavi_production") == KeyPair(KeyOrigin.STORED, ADDRESS, has_key=True, has_secret=True)


@pytest.mark.rule("R10")
@pytest.mark.usefixtures("in_the_server")
@pytest.mark.parametrize("is_stored", [True, False])
def test_a_key_pair_from_the_environment_goes_before_the_stored_one(
    is_stored: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if is_stored:
        store_keys("production", ADDRESS, KEY, KEY, SECRET, SECRET)
    monkeypatch.setenv("AIRFLOW_CONN_CASAVI_PRODUCTION", '{"conn_type": "http", "host": "https://other.example"}')
    assert key_pair("casavi_production") == KeyPair(KeyOrigin.ELSEWHERE, "https://other.example")


@pytest.mark.rule("R10")
@pytest.mark.usefixtures("in_the_server")
def test_a_pair_that_airflow_can_no_longer_decrypt_is_called_unreadable(monkeypatch: pytest.MonkeyPatch) -> None:
    from airflow.models.crypto import get_fernet

    monkeypatch.setenv("AIRFLOW__CORE__FERNET_KEY", Fernet.generate_key().decode())
    get_fernet.cache_clear()
    store_keys("production", ADDRESS, KEY, KEY, SECRET, SECRET)
    monkeypatch.setenv("AIRFLOW__CORE__FERNET_KEY", Fernet.generate_key().decode())
    get_fernet.cache_clear()
    assert key_pair("casavi_production") == KeyPair(KeyOrigin.UNREADABLE)
    monkeypatch.undo()
    get_fernet.cache_clear()


@pytest.mark.rule("R10")
def test_the_audit_log_says_who_changed_the_key_pair_and_not_to_what() -> None:
    from airflow.models.log import Log
    from airflow.utils.session import create_session

    store_keys("production", ADDRESS, KEY, KEY, SECRET, SECRET, by="Erika Beispiel")
    with create_session() as session:
        entry = session.scalars(select(Log).where(Log.event == "store_portal_keys").order_by(Log.id.desc())).first()
        assert entry is not None
        assert (entry.owner, entry.extra) == ("Erika Beispiel", '{"connection_id": "casavi_production"}')


@pytest.mark.rule("R10")
@pytest.mark.parametrize(("again", "code"), [(KEY, 0), ("other", 1)])
def test_the_command_asks_for_everything_and_shows_nothing(
    again: str,
    code: int,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
    tmp_path: Path,
) -> None:
    answers = {"API key: ": KEY, "API key again: ": again, "Secret: ": SECRET, "Secret again: ": SECRET}
    monkeypatch.setattr("builtins.input", lambda prompt: ADDRESS)
    monkeypatch.setattr(commands, "getpass", answers.pop)
    with caplog.at_level(logging.DEBUG):
        assert commands.enter_keys("production") == code
    assert not answers
    assert (stored() is not None) == (code == 0)
    printed = capfd.readouterr()
    assert "casavi_production" in printed.out if code == 0 else "differ" in printed.err
    assert not any(entry in text for entry in (KEY, SECRET) for text in (printed.out, printed.err, caplog.text))


def test_the_database_is_named_without_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    from airflow import settings

    class Engine:
        url = make_url("postgresql://airflow:s3cret@db/airflow")

    monkeypatch.setattr(settings, "engine", Engine)
    assert keys.database_name() == "postgresql://airflow:***@db/airflow"
