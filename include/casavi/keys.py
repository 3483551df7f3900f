"""Storing the portal's address, key and secret: entered twice, never shown again (R10)."""

import json
import os
import re
from enum import StrEnum
from typing import Literal, NamedTuple

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from include.settings import EXAMPLE, AddressError, ConfigurationError, checked_address, load_settings
from include.vocabulary.texts import Text


class KeysRefusedError(ConfigurationError):
    """Key and secret were not stored, and what was stored before is kept.

    code:   what is wrong
    halves: of which it is: key, secret, or both
    wrong:  how it is, of an address
    """

    def __init__(
        self,
        code: Literal["ADDRESS", "DIFFER", "EMPTY", "NOT_WRITTEN"],
        sentence: str,
        halves: tuple[str, ...] = (),
        wrong: Text | None = None,
    ) -> None:
        super().__init__(sentence)
        self.code, self.halves, self.wrong = code, halves, wrong


class KeyOrigin(StrEnum):
    """Where the key pair that is used comes from."""

    NOWHERE = "nowhere"
    STORED = "stored"
    """Airflow's metadata database, where `store_keys` writes it."""
    UNREADABLE = "unreadable"
    """The same, but Airflow cannot read it: its Fernet key is another one now."""
    ELSEWHERE = "elsewhere"
    """The environment or another secrets backend, which goes before what is stored."""


class KeyPair(NamedTuple):
    """What may be said of a key pair: where it comes from, the portal's address, whether key and secret are there."""

    origin: KeyOrigin
    address: str = ""
    has_key: bool = False
    has_secret: bool = False


def key_pair(connection_id: str) -> KeyPair:
    """Return what may be said of the key pair of an Airflow connection, which is neither key nor secret (R10)."""
    from airflow.sdk import BaseHook
    from airflow.sdk.exceptions import AirflowNotFoundException

    is_stored = _is_stored(connection_id)
    try:
        used = BaseHook.get_connection(connection_id)
    except AirflowNotFoundException:
        return KeyPair(KeyOrigin.UNREADABLE if is_stored else KeyOrigin.NOWHERE)
    is_from_environment = bool(os.environ.get(f"AIRFLOW_CONN_{connection_id.upper()}"))
    origin = KeyOrigin.STORED if is_stored and not is_from_environment else KeyOrigin.ELSEWHERE
    address = re.split("[?#]", used.host or "", maxsplit=1)[0].rpartition("@")[2]  # the rest may be a key
    return KeyPair(origin, address, bool(used.login), bool(used.password))


def store_keys(
    system: str,
    address: str,
    key: str,
    key_again: str,
    secret: str,
    secret_again: str,
    by: str = "command line",
) -> str:
    """Store the key pair in Airflow's metadata database and return the id of its connection.

    The connection is the one the system's settings name, casavi_<system> unless they say otherwise. Airflow's audit log
    notes `by` whom it was changed. Raises KeysRefusedError, and keeps what was stored before, when the address is none,
    an entry is missing, the two entries of one differ, or the database cannot be written. No message holds an entry.
    """
    address, key, secret = address.strip(), key.strip(), secret.strip()
    connection_id = load_settings(system).portal_connection
    _refuse_address(connection_id, address)
    _refuse_mistakes({"key": (key, key_again.strip()), "secret": (secret, secret_again.strip())})
    try:
        _write(connection_id, address, key, secret, by)
    except SQLAlchemyError as error:  # its text would quote the row
        raise KeysRefusedError(
            "NOT_WRITTEN",
            f"Airflow's database {database_name()} could not be written ({type(error).__name__}); nothing was stored, "
            "run airflow db migrate and try again",
        ) from None
    return connection_id


def _refuse_address(connection_id: str, address: str) -> None:
    try:
        checked_address(address)
    except AddressError as mistake:
        wrong = mistake.wrong
        raise KeysRefusedError(
            "ADDRESS",
            f"Airflow connection {connection_id}: the Link Datensynchronisation {wrong.english}; nothing was stored, "
            f"write the whole address, such as {EXAMPLE}",
            wrong=wrong,
        ) from None


def _refuse_mistakes(entries: dict[str, tuple[str, str]]) -> None:
    differing = tuple(name for name, (entry, again) in entries.items() if entry != again)
    if differing:
        names = " and of the ".join(differing)
        raise KeysRefusedError(
            "DIFFER", f"the two entries of the {names} differ; nothing was stored, enter them again", differing
        )
    if empty := tuple(name for name, (entry, _) in entries.items() if not entry):
        names = " and the ".join(empty)
        raise KeysRefusedError("EMPTY", f"the {names} must not be empty; nothing was stored, enter them again", empty)


def is_encrypted() -> bool:
    """Whether Airflow encrypts the secret it stores: only if it has a Fernet key."""
    from airflow.models.crypto import get_fernet

    return bool(get_fernet().is_encrypted)


def database_name() -> str:
    """Return the address of Airflow's metadata database, without its password."""
    from airflow import settings

    return str(settings.engine.url.render_as_string(hide_password=True)) if settings.engine else "(none)"


def _is_stored(connection_id: str) -> bool:
    from airflow.models.connection import Connection
    from airflow.utils.session import create_session

    with create_session() as session:
        query = select(Connection.conn_id).where(Connection.conn_id == connection_id)
        return session.scalar(query) is not None


def _write(connection_id: str, address: str, key: str, secret: str, by: str) -> None:
    from airflow.models.connection import Connection  # 3 s: only who stores keys pays for it
    from airflow.models.log import Log
    from airflow.utils.session import create_session

    with create_session() as session:
        stored = session.scalar(select(Connection).where(Connection.conn_id == connection_id))
        connection = stored or Connection(conn_id=connection_id)
        connection.conn_type, connection.host, connection.login, connection.password = "http", address, key, secret
        connection.port = connection.schema = None  # both are part of the address
        session.add(connection)
        session.add(Log("store_portal_keys", owner=by, extra=json.dumps({"connection_id": connection_id})))
