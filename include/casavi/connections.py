"""What must be true of the Airflow connections before anything is read or sent (R7, R8, R9)."""

import hmac
import re
from typing import Final, Literal
from urllib.parse import urlsplit

from airflow.configuration import conf
from airflow.sdk import BaseHook, Connection
from airflow.sdk.exceptions import AirflowNotFoundException
from yarl import URL

from include.network.way import way_of
from include.settings import (
    EXAMPLE,
    AddressError,
    ConfigurationError,
    SystemSettings,
    checked_address,
    configured_systems,
    portal_connection_of,
)
from include.vocabulary.texts import Text

_NAMED: Final = re.compile("conn_id `(.+)`")


class ConnectionMistakeError(ConfigurationError):
    """An Airflow connection that a system needs is not as it must be; the code says in which way, and of an address
    that is none (NO_ADDRESS) `wrong` what is wrong with it.
    """

    def __init__(
        self,
        code: Literal["ABSENT", "INCOMPLETE", "NO_ADDRESS", "OF_PRODUCTION"],
        sentence: str,
        wrong: Text | None = None,
    ) -> None:
        super().__init__(sentence)
        self.code, self.wrong = code, wrong


def check_ixhaus_connection(settings: SystemSettings) -> None:
    """Raise ConnectionMistakeError when the connection to the ERP's database is missing."""
    _existing(settings.ixhaus_connection, settings)


def check_portal_connection(settings: SystemSettings) -> None:
    """Raise ConnectionMistakeError when the portal's connection is missing or incomplete, when its address is none to
    which key and secret may go, or when the test system would write into the portal account of production: same address
    and same key (E58).

    Raises WayError when the extra names a proxy or a certificate that is none; ConfigurationError when production's
    settings do not even tell which connection that is: the one mistake in another system's file that stops this one.
    """
    portal = _existing(settings.portal_connection, settings)
    missing = [name for name, value in _key_pair(portal).items() if not value]
    if missing:
        raise ConnectionMistakeError(
            "INCOMPLETE",
            f"Airflow connection {settings.portal_connection}: {', '.join(missing)} missing; set host to the Link "
            "Datensynchronisation, login to the key, password to the secret",
        )
    url = check_address(settings.portal_connection, _whole(portal))
    way_of(settings.portal_connection, url, portal.extra_dejson)
    address = _address(portal)
    if settings.system == "test" and "production" in configured_systems():
        other = _find(_connection_of_production())
        if other and _address(other) == address and other.login == portal.login:
            raise ConnectionMistakeError(
                "OF_PRODUCTION",
                f"Airflow connection {settings.portal_connection}: the test system points at production's portal "
                "address and key; write the address and key of the test account",
            )


def check_address(connection_id: str, address: str) -> URL:
    """Return a portal's address if it is one to which key and secret may go; raises ConnectionMistakeError."""
    try:
        return checked_address(address)
    except AddressError as mistake:
        raise _no_address(connection_id, mistake.wrong) from None


def account_of(connection_id: str, secret: bytes) -> tuple[str, str]:
    """Return which portal account a connection leads to: its address, and a digest of its key, which tells nothing to
    anybody without this system's secret.
    """
    connection = BaseHook.get_connection(connection_id)
    host, port, path = _address(connection)
    key = hmac.new(secret, (connection.login or "").encode(), "sha256").hexdigest()[:32]
    return f"{host}{f':{port}' if port else ''}{path}", key


def former_account_of(connection_id: str) -> tuple[str, str]:
    """Return the same as earlier releases remembered it, keyed with the Fernet key."""
    return account_of(connection_id, str(conf.get("core", "fernet_key", fallback="") or "").encode())


def missing_connection(error: BaseException) -> str:
    """Return the connection that Airflow says, in English, is not defined; "" if it says nothing of the kind."""
    named = _NAMED.search(str(error)) if isinstance(error, AirflowNotFoundException) else None
    return named[1] if named else ""


def _connection_of_production() -> str:
    try:
        return portal_connection_of("production")
    except ConfigurationError as mistake:
        raise ConfigurationError(
            f"{mistake}\nUntil that is mended the test system does not run: nobody can tell whether its portal account "
            "is production's"
        ) from None


def _existing(connection_id: str, settings: SystemSettings) -> Connection:
    connection = _find(connection_id)
    if connection is None:
        raise ConnectionMistakeError(
            "ABSENT",
            f"Airflow connection {connection_id}: it does not exist, and {settings.system} needs it; add it under "
            "Admin > Connections",
        )
    return connection


def _find(connection_id: str) -> Connection | None:
    try:
        return BaseHook.get_connection(connection_id)
    except AirflowNotFoundException:
        return None


def _key_pair(connection: Connection) -> dict[str, str | None]:
    return {"host": connection.host, "login": connection.login, "password": connection.password}


def _no_address(connection_id: str | None, wrong: Text) -> ConnectionMistakeError:
    return ConnectionMistakeError(
        "NO_ADDRESS",
        f"Airflow connection {connection_id}: its host {wrong.english}; write one such as {EXAMPLE}, in the "
        'environment as "host" of a connection in JSON',
        wrong,
    )


def _whole(connection: Connection) -> str:
    """Return the address of a connection as Airflow's HTTP hook puts it together, which sets the port behind a path."""
    host = connection.host or ""
    if connection.port and "/" in host.rpartition("://")[2]:
        wrong = Text("hat einen Pfad, der Port steht aber für sich", "has a path, but its port apart from it")
        raise _no_address(connection.conn_id, wrong)
    whole = host if "://" in host else f"{connection.schema or 'http'}://{host}"
    return f"{whole}:{connection.port}" if connection.port else whole


def _address(connection: Connection) -> tuple[str, int | None, str]:
    """Return server, port and path, the same for every way to write an address; http and https are no difference."""
    host = connection.host or ""
    try:
        url = urlsplit(host if "://" in host else f"//{host}")
        port = connection.port or url.port
    except ValueError:
        raise _no_address(connection.conn_id, Text("ist keine Adresse", "is no address")) from None
    return url.hostname or "", None if port in (80, 443) else port, url.path.rstrip("/").lower()
