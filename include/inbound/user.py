"""Under whose number reports from the portal are made, and why not (R47, E55)."""

from sqlalchemy import Engine

from include.inbound.statements import USER, row_of
from include.ixhaus.contract import YES
from include.ixhaus.database import read_snapshot


def why_not(engine: Engine, user: str | None) -> str | None:
    """Return the reason code for not making reports under a user's number, or None: the user must exist in iX-Haus
    plus, not be locked, and have the right to make reports.
    """
    with read_snapshot(engine) as connection:
        row = row_of(connection, USER, key=user) if user else None
    if row is None:
        return "USER_MISSING"
    if row["GESPERRT"] == YES:
        return "USER_LOCKED"
    return None if row["DARF_MELDUNGEN"] == YES else "USER_WITHOUT_RIGHTS"
