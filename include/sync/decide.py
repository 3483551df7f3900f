"""What a group's rules say of everything, as of one moment: the views and the ledger are read, then decided about."""

from datetime import date
from importlib import import_module
from typing import Any, Final

import pandas as pd
from sqlalchemy import Engine

from include.ixhaus.read import Views, read_views
from include.settings import SystemSettings
from include.sync import ledger
from include.sync.group import Group
from include.sync.inbox import imported_records
from include.sync.run import Extract
from include.sync.staging import Staging
from include.sync.storage import filled

RULES_SEE: Final = [
    "record_type",
    "external_id",
    "state",
    "identity",
    "properties",
    "reason",
    "group",
    "acknowledged_at",
]
"""What the rules may know of the ledger: who is in the portal, not with which content."""


def take_snapshot(group: Group, system: str, engine: Engine, folder: Staging, extract: Extract) -> dict[str, int]:
    """Read the group's views and the ledger into a folder; returns frame name → number of rows, raises as
    `read_views`.
    """
    with filled(folder.path("views")) as views:
        rows = read_views(engine, group.views, views, extract.views)
        types = (*group.record_types, *group.sees)
        folder.write_table("known", ledger.known_records(engine, system, types, extract.known))
        if group.has_inbox:
            imported_records(engine, system).to_parquet(views / "inbox.parquet")
    return rows


def decide(group: Group, folder: Staging, settings: SystemSettings, today: date) -> dict[str, pd.DataFrame]:
    """Let the rules decide about every record of a snapshot; returns record type → frame, see vocabulary/decision.py,
    and by other names what the group's later steps want to know.
    """
    known = folder.read_table("known", columns=RULES_SEE).to_pandas()
    decided: dict[str, pd.DataFrame] = imported(group.rules)(Views(folder.path("views")), known, settings, today)
    return decided


def imported(dotted: str) -> Any:
    """Return what a dotted name stands for."""
    module, _, name = dotted.rpartition(".")
    return getattr(import_module(module), name)
