"""Whether the interface may run at all, and what of it is licensed, as iX-Haus sees it (R6, R11, R12)."""

from datetime import date
from typing import Final, NamedTuple

from sqlalchemy import Connection, Engine, select

from include.ixhaus.contract import NO_DATES
from include.ixhaus.contract.master import SP_EINSTELLUNG, SP_LIZENZ
from include.ixhaus.database import read_snapshot
from include.ixhaus.rows import is_yes

SWITCH: Final = "Schnittstelle.Mieterportal.Aktiv"
PORTAL_LICENCE: Final = "casavi"
LICENCES: Final = (PORTAL_LICENCE, "Objekteigentümer", "Hausmeister", "Komfortpaket")


class Licence(NamedTuple):
    """A licence as iX-Haus has it; valid_until is its last day, None for one without end or one that is not there."""

    name: str
    is_active: bool
    valid_until: date | None


class Activation(NamedTuple):
    """The switch in iX-Haus and the licences, all that the interface knows (R6)."""

    is_switched_on: bool
    licences: tuple[Licence, ...]


def why_off(engine: Engine, today: date) -> str | None:
    """Return the reason code for not running, or None: the switch must be on and the casavi licence active (R6)."""
    return reason_for_off(activation(engine, today))


def reason_for_off(found: Activation) -> str | None:
    """Return the reason code for not running that follows from switch and licences, or None."""
    if not found.is_switched_on:
        return "INTERFACE_OFF"
    is_licensed = any(one.is_active for one in found.licences if one.name == PORTAL_LICENCE)
    return None if is_licensed else "NO_LICENCE"


def activation(engine: Engine, today: date) -> Activation:
    """Return the switch and every licence; active is one that is switched on and not expired.

    raises: FlagError where one of these is neither J nor N
    """
    with read_snapshot(engine) as connection:
        return read_activation(connection, today)


def read_activation(connection: Connection, today: date) -> Activation:
    """Return what activation does, as of the connection's snapshot."""
    switch = select(SP_EINSTELLUNG.c.value).where(SP_EINSTELLUNG.c.name == SWITCH)
    licence = SP_LIZENZ.c
    is_switched_on = is_yes(connection.execute(switch).scalar(), SP_EINSTELLUNG.c.value)
    rows = connection.execute(select(licence.licence, licence.active, licence.valid_until)).all()
    granted = {
        name: (is_yes(flag, licence.active), None if until in NO_DATES else until)
        for name, flag, until in rows
        if name in LICENCES
    }
    licences = [(name, *granted.get(name, (False, None))) for name in LICENCES]
    return Activation(
        is_switched_on,
        tuple(Licence(name, on and (until is None or until >= today), until) for name, on, until in licences),
    )
