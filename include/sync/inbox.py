"""The inbox: which record of iX-Haus each event of the portal became."""

from typing import Final

import pandas as pd
from sqlalchemy import Engine, select

from include.ixhaus.contract.own import SP_EINGANG
from include.ixhaus.database import read_snapshot

_INBOX = SP_EINGANG.c
IMPORTED: Final = "SP-"
"""What the keys of imported records begin with."""


def imported_records(engine: Engine, system: str) -> pd.DataFrame:
    """Return which records of iX-Haus came from the portal: record_type, portal_id, erp_id (str)."""
    query = select(_INBOX.record_type, _INBOX.portal_id, _INBOX.erp_id).where(_INBOX.system == system)
    with read_snapshot(engine) as connection:  # our own files that came back are in the inbox too, under their own keys
        rows = connection.execute(query.where(_INBOX.erp_id.startswith(IMPORTED))).all()
    return pd.DataFrame(list(map(tuple, rows)), columns=["record_type", "portal_id", "erp_id"], dtype="str")
