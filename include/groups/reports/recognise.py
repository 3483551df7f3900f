"""Bringing back into the inbox what once came from the portal, where that was lost (R58): a report that was made from a
ticket bears that ticket's number.
"""

from collections.abc import Mapping

import pandas as pd
from sqlalchemy import insert, select

from include.ixhaus.contract.own import SP_EINGANG
from include.ixhaus.contract.reports import SP_MELDUNG
from include.ixhaus.database import id_lists, read_snapshot
from include.sync.run import Opened
from include.vocabulary import ids
from include.vocabulary.clock import to_utc_column, utc_now
from include.vocabulary.state import Origin

_INBOX, _REPORT = SP_EINGANG.c, SP_MELDUNG.c


def recognise(run: Opened, portal: Mapping[str, pd.DataFrame]) -> None:
    """Enter into the inbox the tickets from which reports of iX-Haus were made, and which it does not name.

    portal: record type → inventory.ROW
    """
    tickets = portal["ticket"][["portal_id", "number"]].drop_duplicates("portal_id")
    with read_snapshot(run.engine) as connection:
        mine = (_INBOX.system == run.system) & (_INBOX.record_type == "ticket")
        known = set(connection.execute(select(_INBOX.portal_id).where(mine)).scalars())
        made = {
            ids.imported(one): ticket_id
            for ticket_id, number in tickets[~tickets["portal_id"].isin(known)].itertuples(index=False)
            for one in (ticket_id, number)
            if one
        }
        reports: list[str] = []
        for some in id_lists(made):
            query = select(_REPORT.report_nr).where(_REPORT.report_nr.in_(some), _REPORT.origin == Origin.PORTAL.value)
            reports += connection.execute(query).scalars().all()
    rows = [
        {"system": run.system, "record_type": "ticket", "portal_id": made[report], "erp_id": report, "version": "",
         "received_at": to_utc_column(utc_now())}
        for report in reports
    ]  # fmt: skip
    if rows:
        with run.engine.begin() as connection:
            run.lease.confirm(connection)
            connection.execute(insert(SP_EINGANG), rows)
