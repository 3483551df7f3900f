"""Whether the interface may run at all, as iX-Haus sees it (R6)."""

from datetime import date
from typing import Final

from sqlalchemy import Engine, select

from include.ixhaus.contract import YES
from include.ixhaus.contract.master import SP_EINSTELLUNG, SP_LIZENZ
from include.ixhaus.database import read_snapshot

SWITCH: Final = "Schnittstelle.Mieterportal.Aktiv"
PORTAL_LICENCE: Final = "casavi"


def why_off(engine: Engine, today: date) -> str | None:
    """Return the reason code for not running, or None: the switch must be on and the casavi licence active (R6)."""
    with read_snapshot(engine) as connection:
        switch = select(SP_EINSTELLUNG.c.WERT).where(SP_EINSTELLUNG.c.SCHLUESSEL == SWITCH)
        if connection.execute(switch).scalar() != YES:
            return "INTERFACE_OFF"
    return None if PORTAL_LICENCE in active_licences(engine, today) else "NO_LICENCE"


def active_licences(engine: Engine, today: date) -> set[str]:
    """Return the names of the licences that are switched on and not expired."""
    licence = SP_LIZENZ.c
    query = select(licence.LIZENZ, licence.GUELTIG_BIS).where(licence.AKTIV == YES)
    with read_snapshot(engine) as connection:
        return {name for name, until in connection.execute(query) if until is None or until >= today}
