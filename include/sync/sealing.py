"""The secret that keys a system's ledger: made when it is first asked for, and what was hashed before it is sealed with
it in the same transaction. So nothing is sent again, and whoever is killed meanwhile has done nothing.
"""

import re
from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

from sqlalchemy import Connection, Engine, Table, and_, bindparam, delete, select, update
from sqlalchemy.exc import IntegrityError

from include.ixhaus.contract.own import SP_ABGLEICH, SP_EINGANG
from include.ixhaus.database import read_snapshot
from include.ixhaus.secret import SecretLostError, forget_secret, make_secret, read_secret
from include.sync.contents import PLAIN, PLAIN_LETTERS, SEAL, sealed

_VERSION: Final = re.compile(r"[0-9a-f]{32}(?= |$)")
"""A hash at the beginning of what the inbox remembers of an event."""
_SEALED: Final = re.compile(rf"^{SEAL}[0-9a-f]{{30}}(?= |$)")
_UNCHANGING: Final = ("comment", "attachment")
LOST: Final = "lost"
"""Stands in the inbox for what nobody can compare any more."""


def secret_of(engine: Engine, system: str) -> bytes:
    """Return a system's secret, made if there is none yet; raises SecretLostError."""
    with read_snapshot(engine) as connection:
        kept = read_secret(connection, system)
    return kept or _begin(engine, system)


def _begin(engine: Engine, system: str) -> bytes:
    try:
        with engine.begin() as connection:
            secret = make_secret(connection, system)
            _lose(connection, system)  # nothing, unless the secret alone is gone
            _seal(connection, system, secret)
            return secret
    except IntegrityError:  # another process was quicker, and has sealed everything
        return secret_of(engine, system)


def renew_if_lost(engine: Engine, system: str) -> bool:
    """Where the secret is lost, make another one and forget what it keyed, which nobody can compare any more; returns
    whether it was.
    """
    with engine.begin() as connection:
        try:
            read_secret(connection, system)
        except SecretLostError:
            forget_secret(connection, system)
            make_secret(connection, system)
            _lose(connection, system)
            return True
    return False


def _lose(connection: Connection, system: str) -> None:
    """Forget what a lost secret keyed. What cannot be changed in the portal is forgotten altogether, and then looked up
    there as after a loss of the ledger; of all else the content is sent again where it is another one there.
    """
    row = SP_ABGLEICH.c
    keyed = (row.system == system) & (row.hash.startswith(SEAL) | row.refused.startswith(SEAL))
    connection.execute(delete(SP_ABGLEICH).where(keyed, row.record_type.in_(_UNCHANGING)))
    connection.execute(update(SP_ABGLEICH).where(keyed).values({"hash": None, "refused": None}))
    lose = partial(_SEALED.sub, LOST)
    _replace(connection, system, SP_EINGANG, ("record_type", "portal_id"), "version", lose)


def _seal(connection: Connection, system: str, secret: bytes) -> None:
    of = partial(_replace, connection, system)
    of(SP_ABGLEICH, ("record_type", "external_id"), "hash", partial(_hash, secret))
    of(SP_ABGLEICH, ("record_type", "external_id"), "refused", partial(_mark, secret))
    of(SP_EINGANG, ("record_type", "portal_id"), "version", partial(_version, secret))


def _replace(
    connection: Connection, system: str, table: Table, key: Sequence[str], name: str, seal: Callable[[str], str]
) -> None:
    """Write what `seal` makes of the values of a column wherever it is another."""
    mine, column = table.c.system == system, table.c[name]
    rows = connection.execute(select(*(table.c[one] for one in key), column).where(mine, column.is_not(None))).all()
    same = and_(mine, *(table.c[one] == bindparam(f"k_{one}") for one in key), column == bindparam("k_old"))
    changed = [
        {**dict(zip((f"k_{one}" for one in key), parts, strict=True)), "k_old": old, "k_new": new}
        for *parts, old in rows
        if (new := seal(old)) != old
    ]
    if changed:
        connection.execute(update(table).where(same).values({name: bindparam("k_new")}), changed)


def _hash(secret: bytes, kept: str) -> str:
    return sealed(kept, secret) if PLAIN.fullmatch(kept) else kept


def _mark(secret: bytes, kept: str) -> str:
    """Return the mark of a refused content (finality.py): the beginning of its hash, and where it was sent."""
    return _hash(secret, kept)[:PLAIN_LETTERS] + kept[PLAIN_LETTERS:] if PLAIN.fullmatch(kept) else kept


def _version(secret: bytes, kept: str) -> str:
    return _VERSION.sub(lambda found: sealed(found[0], secret), kept, count=1) if _VERSION.match(kept) else kept
