"""What a run of the reports writes back: how each report stands in the portal."""

from typing import Any, Final, NamedTuple

import pandas as pd
from sqlalchemy import Engine, bindparam, select, update

from include.ixhaus.contract.own import SP_PROTOKOLL_EINTRAG
from include.ixhaus.contract.reports import SP_MELDUNG
from include.ixhaus.database import read_snapshot
from include.ixhaus.read import Views
from include.rules.reports import columns_to_clear, portal_field
from include.sync import ledger, protocol
from include.sync.run import Extract, Opened
from include.vocabulary.state import Level

_ENTRY, _REPORT = SP_PROTOKOLL_EINTRAG.c, SP_MELDUNG.c
CLASSIFIED: Final = "classified"
"""What the rules say of every report, staged beside the records by transform."""
_WATCHED: Final = ("ticket", "post")
_NOT_SENT: Final = (Level.INVALID.value, Level.OUTSTANDING.value)


class Settled(NamedTuple):
    """How the reports stand after sending.

    classified: see rules/reports/classification.py
    ledger:     see ledger.known_records; of tickets and posts
    """

    classified: pd.DataFrame
    ledger: pd.DataFrame


def is_decided(run: Opened) -> bool:
    """Whether this run came to a decision about the reports."""
    return run.folder.path(f"{CLASSIFIED}.parquet").exists()


def settle(run: Opened, extract: Extract) -> Settled:
    """Write the field Serviceportal of every report as it stands now (R50), and clear the portal columns of those that
    staff have dealt with (R49). Only what differs is written, and never who or when last changed the report.
    """
    views = Views(run.folder.path("views"))
    reports, classified = views["reports"], run.folder.read_table(CLASSIFIED).to_pandas()
    now = ledger.known_records(run.engine, run.system, _WATCHED, extract.known).to_pandas()
    field = portal_field(classified, now, _failed(run)).drop_duplicates("report_nr").set_index("report_nr")
    shown = reports.drop_duplicates("report_nr").set_index("report_nr")[["portal_status", "portal_reason"]].fillna("")
    differs = field[(field != shown.reindex(field.index)[list(field.columns)]).any(axis=1)]
    fields = [
        {"nr": nr, "portal_status": status or None, "portal_reason": reason or None}
        for nr, status, reason in differs.itertuples()
    ]
    cleared = [{"nr": nr} for nr in columns_to_clear(reports, views["notes"], run.settings.report_user)]
    mine = _REPORT.report_nr == bindparam("nr")
    written: dict[str, Any] = {name: bindparam(name) for name in ("portal_status", "portal_reason")}
    with run.engine.begin() as connection:
        run.lease.confirm(connection)
        if fields:
            connection.execute(update(SP_MELDUNG).where(mine).values(written), fields)
        if cleared:
            nothing = {"portal_changed_at": None, "portal_change": None}
            connection.execute(update(SP_MELDUNG).where(mine).values(nothing), cleared)
    return Settled(classified, now)


def say_off(engine: Engine, reason: str) -> None:
    """Write into the field Serviceportal of every report why none is transferred: the interface is off, or has no
    licence (R50, R6). How each stands is written again by the first run that looks at all of them.
    """
    differs = _REPORT.portal_status.is_not(None) | _REPORT.portal_reason.is_(None) | (_REPORT.portal_reason != reason)
    with engine.begin() as connection:
        connection.execute(update(SP_MELDUNG).where(differs).values(portal_status=None, portal_reason=reason))


def _failed(run: Opened) -> pd.DataFrame:
    """Return what this run could not send: record_type, external_id, reason."""
    query = select(_ENTRY.record_type, _ENTRY.external_id, _ENTRY.reason).where(
        _ENTRY.system == run.system, _ENTRY.run == run.key.name, _ENTRY.level.in_(_NOT_SENT)
    )
    with read_snapshot(run.engine) as connection:
        rows = [tuple(row) for row in connection.execute(query)]
        failed = protocol.failures(connection, run.key)
        rows += [(entry.record_type, entry.external_id, entry.reason) for entry in failed]
    return pd.DataFrame(rows, columns=["record_type", "external_id", "reason"], dtype="str")
