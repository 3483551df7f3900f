"""The interface contract: every view this project reads and every table it writes in the ERP's database.

Declared once; from it come the Oracle DDL, the embedded SQLite schema, all queries and the set-up check.
Names are German because iX-Haus consultants map and read them; each column's key is its name in the code, in English.
"""

from include.ixhaus.contract import documents, master, own, reports
from include.ixhaus.contract._columns import METADATA, NO, NO_DATES, YES

VIEWS = {name: table for name, table in METADATA.tables.items() if table.info.get("view")}
FRAMES = {name: str(table.info["frame"]) for name, table in VIEWS.items() if "frame" in table.info}
"""View → name of its frame; one without is never read into a frame."""
OWN_TABLES = {name: table for name, table in METADATA.tables.items() if not table.info.get("view")}

__all__ = [
    "FRAMES",
    "METADATA",
    "NO",
    "NO_DATES",
    "OWN_TABLES",
    "VIEWS",
    "YES",
    "documents",
    "master",
    "own",
    "reports",
]
