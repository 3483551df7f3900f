"""What a run of the reports writes back: how each report stands in the portal."""

import logging
from typing import Any

import pandas as pd
from sqlalchemy import Engine, bindparam, select, update

from include.groups.reports.mail.telling import tell
from include.ixhaus.contract.own import SP_EINGANG, SP_PROTOKOLL_EINTRAG
from include.ixhaus.contract.reports import SP_MELDUNG
from include.ixhaus.database import read_snapshot
from include.ixhaus.read import Views
from include.rules.reports import classify, columns_to_clear, portal_field
from include.settings import SystemSettings
from include.sync import ledger, protocol
from include.sync.run import Extract, RunState

log = logging.getLogger(__name__)
_INBOX, _ENTRY, _REPORT = SP_EINGANG.c, SP_PROTOKOLL_EINTRAG.c, SP_MELDUNG.c
_WATCHED = ("ticket", "post")


def settle(engine: Engine, settings: SystemSettings, state: RunState, extract: Extract) -> None:
    """Write the field Serviceportal of every report as it stands now (R50), and clear the portal columns of those that
    staff have dealt with (R49). Only what differs is written, and never who or when last changed the report. Then tell
    contacts without an account by e-mail (R42).
    """
    views = Views(state.staging().path("views"))
    reports, before = views["reports"], state.staging().read_table("known").to_pandas()
    classified = classify(views, before, settings, state.today)
    now = ledger.known_records(engine, state.system, _WATCHED, extract.known).to_pandas()
    field = portal_field(classified, now, _failed(engine, state)).set_index("report_nr")
    shown = reports.set_index("report_nr")[["portal_status", "portal_reason"]].fillna("")
    differs = field[(field != shown.reindex(field.index)[list(field.columns)]).any(axis=1)]
    fields = [
        {"nr": nr, "portal_status": status or None, "portal_reason": reason or None}
        for nr, status, reason in differs.itertuples()
    ]
    cleared = [{"nr": nr} for nr in columns_to_clear(reports, views["notes"], settings.report_user)]
    mine = _REPORT.report_nr == bindparam("nr")
    written: dict[str, Any] = {name: bindparam(name) for name in ("portal_status", "portal_reason")}
    with engine.begin() as connection:
        state.lease(settings).confirm(connection)
        if fields:
            connection.execute(update(SP_MELDUNG).where(mine).values(written), fields)
        if cleared:
            nothing = {"portal_changed_at": None, "portal_change": None}
            connection.execute(update(SP_MELDUNG).where(mine).values(nothing), cleared)
    tell(engine, settings, state, classified, now, is_whole=extract.known is None)


def _failed(engine: Engine, state: RunState) -> pd.DataFrame:
    """Return what this run could not send: record_type, external_id, reason."""
    query = select(_ENTRY.record_type, _ENTRY.external_id, _ENTRY.reason).where(
        _ENTRY.system == state.system, _ENTRY.run == state.key.name, _ENTRY.level.in_(["invalid", "outstanding"])
    )
    with read_snapshot(engine) as connection:
        rows = [tuple(row) for row in connection.execute(query)]
        failed = protocol.failures(connection, state.key)
        rows += [(entry.record_type, entry.external_id, entry.reason) for entry in failed]
    return pd.DataFrame(rows, columns=["record_type", "external_id", "reason"], dtype="str")
