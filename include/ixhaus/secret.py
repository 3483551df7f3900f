"""The secret of a system, which keys what is kept only to be compared: made once at random, and kept beside the ledger,
encrypted with Airflow's Fernet key.

It lies in the same database as what it keys (SP_POSITION), so that a restored backup brings both, and its primary key
lets only one of two processes make it. Without Airflow's Fernet key it says nothing to whoever reads that database.
"""

import secrets
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from cryptography.fernet import InvalidToken
from sqlalchemy import Connection, delete, insert, select, update

from include.ixhaus.contract.own import SP_POSITION
from include.settings import ConfigurationError
from include.vocabulary.clock import to_utc_column, utc_now

if TYPE_CHECKING:
    from airflow.models.crypto import FernetProtocol

NAME: Final = "secret"
_BYTES: Final = 32
_LETTERS: Final = 2 * _BYTES
"""As many as a keyed hash takes; text, so that an Airflow without a Fernet key can keep it too."""
_MARK: Final = SP_POSITION.c


class SecretLostError(ConfigurationError):
    """The secret was encrypted with another Fernet key than Airflow has now; the message says what to do."""


def read_secret(connection: Connection, system: str) -> bytes | None:
    """Return a system's secret, None if none was made yet; raises SecretLostError."""
    mine = select(_MARK.value).where(_MARK.system == system, _MARK.name == NAME)
    kept = connection.execute(mine).scalar()
    if not kept:
        return None
    if len(kept) == _LETTERS:  # it was made when Airflow had no Fernet key
        return str(kept).encode()
    with suppress(InvalidToken):
        if len(secret := _fernet().decrypt(kept.encode())) == _LETTERS:
            return secret
    raise SecretLostError(
        f"Airflow's Fernet key does not open the secret by which the ledger of {system} is keyed; nothing was sent. "
        "Write the former key behind the new one (AIRFLOW__CORE__FERNET_KEY=new,former); if it is lost, start "
        "casavi_reconcile with accept_account, which looks at the whole portal and makes another secret"
    )


def make_secret(connection: Connection, system: str) -> bytes:
    """Make a system's secret and keep it, in the caller's transaction; raises IntegrityError if there is one."""
    made = secrets.token_hex(_BYTES).encode()
    kept = _fernet().encrypt(made).decode()
    as_of = to_utc_column(utc_now())
    connection.execute(insert(SP_POSITION).values(system=system, name=NAME, value=kept, as_of=as_of))
    return made


def encrypt_anew(connection: Connection, system: str) -> None:
    """Encrypt a system's secret with Airflow's Fernet key of today, so that the former one can be given up; in the
    caller's transaction.
    """
    if secret := read_secret(connection, system):
        kept = _fernet().encrypt(secret).decode()
        mine = update(SP_POSITION).where(_MARK.system == system, _MARK.name == NAME)
        connection.execute(mine.values(value=kept, as_of=to_utc_column(utc_now())))


def forget_secret(connection: Connection, system: str) -> None:
    """Forget a system's secret, in the caller's transaction: what it keys can be compared no more."""
    connection.execute(delete(SP_POSITION).where(_MARK.system == system, _MARK.name == NAME))


def _fernet() -> "FernetProtocol":
    from airflow.models.crypto import get_fernet  # 3 s: only who has to do with Airflow pays for it

    return get_fernet()
