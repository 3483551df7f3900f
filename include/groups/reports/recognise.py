"""Bringing back into the inbox what once came from the portal, where that was lost (R58).

A report that was made of a ticket bears its number and says when it was made: the number alone would not tell, as
another portal counts as well. What is not known by that is told when its ticket is read, see inbound/identity.py.
"""

from collections.abc import Mapping
from datetime import datetime

import pandas as pd
from sqlalchemy import insert, select

from include.groups.reports.inbound.work import CURSOR
from include.groups.reports.times import local, parse, whole_second
from include.ixhaus.contract.own import SP_EINGANG
from include.ixhaus.contract.reports import SP_MELDUNG
from include.ixhaus.database import id_lists, read_snapshot
from include.sync import marks
from include.sync.run import Opened
from include.vocabulary import ids
from include.vocabulary.clock import to_utc_column, utc_now
from include.vocabulary.state import Origin

_INBOX, _REPORT = SP_EINGANG.c, SP_MELDUNG.c


def recognise(run: Opened, portal: Mapping[str, pd.DataFrame]) -> None:
    """Enter into the inbox the tickets from which reports of iX-Haus were made, and which it does not name.

    portal: record type → inventory.ROW
    """
    tickets = portal["ticket"][["portal_id", "number", "created_at"]].drop_duplicates("portal_id")
    made: dict[str, tuple[str, datetime | None]] = {}
    with read_snapshot(run.engine) as connection:
        mine = (_INBOX.system == run.system) & (_INBOX.record_type == "ticket")
        known = set(connection.execute(select(_INBOX.portal_id).where(mine)).scalars())
        for ticket_id, number, created in tickets[~tickets["portal_id"].isin(known)].itertuples(index=False):
            made |= {ids.imported(one): (ticket_id, parse(created)) for one in (ticket_id, number) if one}
        found: dict[str, str] = {}
        for some in id_lists(made):
            query = select(_REPORT.report_nr, _REPORT.reported_at).where(
                _REPORT.report_nr.in_(some), _REPORT.origin == Origin.PORTAL.value
            )
            for report_nr, reported_at in connection.execute(query):
                ticket_id, created = made[report_nr]
                if created and reported_at and whole_second(local(created)) == whole_second(reported_at):
                    found[report_nr] = ticket_id
    if not known.issuperset(tickets["portal_id"]):  # so that what is not known by its number alone is read again
        _forget_mark(run)
    rows = [
        {"system": run.system, "record_type": "ticket", "portal_id": ticket_id, "erp_id": report, "version": "",
         "received_at": to_utc_column(utc_now())}
        for report, ticket_id in found.items()
    ]  # fmt: skip
    if rows:
        with run.engine.begin() as connection:
            run.lease.confirm(connection)
            connection.execute(insert(SP_EINGANG), rows)


def _forget_mark(run: Opened) -> None:
    with run.engine.begin() as connection:
        run.lease.confirm(connection)
        marks.forget(connection, run.system, CURSOR)
