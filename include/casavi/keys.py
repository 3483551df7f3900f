"""Storing the portal's address, key and secret: entered twice, never shown again (R10)."""

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from include.settings import ConfigurationError, load_settings


def store_keys(system: str, address: str, key: str, key_again: str, secret: str, secret_again: str) -> str:
    """Store the key pair in Airflow's metadata database and return the id of its connection.

    The connection is the one the system's settings name, casavi_<system> unless they say otherwise. Raises
    ConfigurationError, and keeps what was stored before, when an entry is missing, the two entries of one differ, or
    the database cannot be written. No message holds an entry.
    """
    address, key, secret = address.strip(), key.strip(), secret.strip()
    if not address.startswith(("https://", "http://")):
        raise ConfigurationError("Link Datensynchronisation: write the whole address, beginning with https://")
    differing = [
        name
        for name, entry, again in (("key", key, key_again), ("secret", secret, secret_again))
        if entry != again.strip()
    ]
    if differing:
        raise ConfigurationError(
            f"the two entries of the {' and of the '.join(differing)} differ; nothing was stored, enter them again"
        )
    if empty := [name for name, entry in (("key", key), ("secret", secret)) if not entry]:
        raise ConfigurationError(
            f"the {' and the '.join(empty)} must not be empty; nothing was stored, enter them again"
        )
    connection_id = load_settings(system).portal_connection
    try:
        _write(connection_id, address, key, secret)
    except SQLAlchemyError as error:  # its text would quote the row
        raise ConfigurationError(
            f"Airflow's database {database_name()} could not be written ({type(error).__name__}); nothing was stored, "
            "run airflow db migrate and try again"
        ) from None
    return connection_id


def is_encrypted() -> bool:
    """Whether Airflow encrypts the secret it stores: only if it has a Fernet key."""
    from airflow.models.crypto import get_fernet

    return bool(get_fernet().is_encrypted)


def database_name() -> str:
    """Return the address of Airflow's metadata database, without its password."""
    from airflow import settings

    return str(settings.engine.url.render_as_string(hide_password=True)) if settings.engine else "(none)"


def _write(connection_id: str, address: str, key: str, secret: str) -> None:
    from airflow.models.connection import Connection  # 3 s: only who stores keys pays for it
    from airflow.utils.session import create_session

    with create_session() as session:
        stored = session.scalar(select(Connection).where(Connection.conn_id == connection_id))
        connection = stored or Connection(conn_id=connection_id)
        connection.conn_type, connection.host, connection.login, connection.password = "http", address, key, secret
        connection.port = connection.schema = None  # both are part of the address
        session.add(connection)
