"""Has anything about reports changed in iX-Haus? Asked every few seconds, so it reads no rows."""

from typing import Final

from sqlalchemy import Connection, Table, func, select

from include.ixhaus.contract.reports import SP_ANHANG, SP_BEAUFTRAGUNG, SP_MELDUNG, SP_NOTIZ

WATCHED: Final[tuple[Table, ...]] = (SP_MELDUNG, SP_NOTIZ, SP_ANHANG, SP_BEAUFTRAGUNG)


def state_of_reports(connection: Connection) -> str:
    """Return a text that is another one as soon as a report, a note, a file or an order is new or changed.

    It is made of the newest time of change in each view and of how many rows bear it: iX-Haus may count in whole
    seconds. A row that is deleted and was not the newest goes unnoticed here; the scheduled runs see it.
    """
    return " ".join(_newest(connection, table) for table in WATCHED)


def _newest(connection: Connection, table: Table) -> str:
    changed = table.c.GEAENDERT_AM
    newest = connection.execute(select(func.max(changed))).scalar()
    if newest is None:
        return "-"
    number = connection.execute(select(func.count()).select_from(table).where(changed == newest)).scalar()
    return f"{newest:%Y%m%dT%H%M%S.%f}/{number}"
