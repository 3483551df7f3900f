"""The lease: one run per system and group, wherever it was started (R53).

A row in the ERP's schema names the holder and carries a number that rises with every new holder. Each commit of a run
checks that number, so that a run that was thought dead cannot write after another one took over (fencing).
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import Connection, Dialect, Engine, bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from include.ixhaus.contract.own import SP_SPERRE
from include.ixhaus.database import read_snapshot
from include.ixhaus.rows import named_rows
from include.sync.prepared import Prepared, driver_moment
from include.vocabulary.clock import to_utc_column, utc_now

log = logging.getLogger(__name__)
_ROW = SP_SPERRE.c


class LeaseHeldError(Exception):
    """Another run is working: `holder`."""

    def __init__(self, holder: str, name: str) -> None:
        super().__init__(f"{holder} holds {name}")
        self.holder = holder


class LeaseLostError(Exception):
    """Another run took over because this one gave no sign of life; nothing further may be written."""


@dataclass(frozen=True)
class Lease:
    """The right to write for one system and group, e.g. production/persons."""

    name: str
    holder: str
    token: int
    seconds: float

    def confirm(self, connection: Connection) -> None:
        """Renew the lease inside the caller's transaction; raises LeaseLostError if somebody else holds it."""
        row = {
            "k_name": self.name,
            "k_holder": self.holder,
            "k_token": self.token,
            "valid_until": driver_moment(connection.dialect)(_expiry(self.seconds)),
        }
        if _renewal(connection.dialect).execute(connection, [row]) != 1:
            raise LeaseLostError(f"{self.holder} no longer holds {self.name}; another run has taken over")

    @contextmanager
    def kept_alive(self, engine: Engine) -> Iterator[None]:
        """Renew the lease in the background while the block runs, and check at its end that it was never lost."""
        done = threading.Event()

        def renew() -> None:
            while not done.wait(self.seconds / 3):
                try:
                    with engine.begin() as connection:
                        self.confirm(connection)
                except LeaseLostError:
                    return
                except SQLAlchemyError as error:  # the next renewal may succeed before the lease runs out
                    log.warning("%s could not be renewed (%s)", self.name, type(error).__name__)

        thread = threading.Thread(target=renew, name=f"lease {self.name}", daemon=True)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()
        with engine.begin() as connection:
            self.confirm(connection)

    def release(self, engine: Engine) -> None:
        """Give the lease back; does nothing if another run has taken over."""
        mine = (_ROW.name == self.name) & (_ROW.holder == self.holder) & (_ROW.token == self.token)
        with engine.begin() as connection:
            connection.execute(update(SP_SPERRE).where(mine).values(holder=None))


def acquire(
    engine: Engine, name: str, holder: str, seconds: float, sleep: Callable[[float], None] = time.sleep
) -> Lease:
    """Take the lease `name` for the run `holder`, which gets it back at once if it held it before.

    A holder whose lease is not renewed for `seconds` is dead: this waits until that is certain and takes over. How long
    is counted here, as the end that the row names was written by another machine's clock. Raises LeaseHeldError, which
    names the holder, as soon as that gives a sign of life.
    """
    first_seen, waited = None, 0.0
    while True:
        with read_snapshot(engine) as connection:
            row = next(iter(named_rows(connection, select(SP_SPERRE).where(_ROW.name == name))), None)
        if row is None:
            taken = _inserted(engine, name, holder, seconds)
        elif row["holder"] in (None, holder) or row["valid_until"] < to_utc_column(utc_now()) or waited > seconds:
            taken = _replaced(engine, name, row["token"], row["valid_until"], holder, seconds)
        else:
            taken = False
            first_seen = first_seen or (row["token"], row["valid_until"])
            if first_seen != (row["token"], row["valid_until"]):
                raise LeaseHeldError(row["holder"], name)
            if not waited:
                log.info("%s holds %s; waiting whether it still works", row["holder"], name)
        if taken:
            return Lease(name, holder, row["token"] + 1 if row else 1, seconds)
        pause = min(1.0, seconds / 10)
        sleep(pause)
        waited += pause


@cache
def _renewal(dialect: Dialect) -> Prepared:
    mine = (_ROW.name == bindparam("k_name")) & (_ROW.holder == bindparam("k_holder"))
    renewal = update(SP_SPERRE).where(mine & (_ROW.token == bindparam("k_token")))
    return Prepared(renewal.values(valid_until=bindparam("valid_until")), dialect)


def _inserted(engine: Engine, name: str, holder: str, seconds: float) -> bool:
    values = {"name": name, "holder": holder, "token": 1, "valid_until": _expiry(seconds)}
    try:
        with engine.begin() as connection:
            connection.execute(insert(SP_SPERRE).values(values))
    except IntegrityError:  # another run was first: the next look shows it
        return False
    return True


def _replaced(engine: Engine, name: str, token: int, valid_until: datetime, holder: str, seconds: float) -> bool:
    is_free = _ROW.holder.is_(None) | (_ROW.holder == holder) | (_ROW.valid_until == valid_until)
    row = (_ROW.name == name) & (_ROW.token == token) & is_free  # it may have been renewed since we looked
    values = {"holder": holder, "token": token + 1, "valid_until": _expiry(seconds)}
    with engine.begin() as connection:
        return connection.execute(update(SP_SPERRE).where(row).values(values)).rowcount == 1


def _expiry(seconds: float) -> datetime:
    return to_utc_column(utc_now() + timedelta(seconds=seconds))
