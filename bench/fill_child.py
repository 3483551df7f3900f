"""The process that bench/fill.py starts: a sample of which the portal has the properties and units, and nothing else.

python -m bench.fill_child <database> <persons>
"""

import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from typing import Final

from bench.unchanged_child import acknowledge_all
from demo.ixhaus import build_sample
from demo.ixhaus.files import pdf
from include.groups import OBJECTS

SIZE: Final = 2_000
"""Bytes of a letter, about."""


def prepare(database: Path, persons: int) -> None:
    """Make the sample with a letter for each person."""
    build_sample(database, persons=persons, letters=persons, contents=True)
    filling = "x" * (SIZE - len(pdf("")))
    with closing(sqlite3.connect(database)) as erp, erp:
        # What lies in files or in DocuWare would be refused: neither is there.
        erp.execute("DELETE FROM SP_DOKUMENT WHERE ABLAGE <> 'DATENBANK'")
        ids = [row[0] for row in erp.execute("SELECT DOKUMENT_ID FROM SP_DOKUMENT WHERE DOKUMENT_ID LIKE 'D0%'")]
        contents = [(pdf(f"{one} {filling}"), one) for one in ids]
        erp.executemany("UPDATE SP_DOKUMENT_INHALT SET INHALT = ? WHERE DOKUMENT_ID = ?", contents)
        erp.executemany("UPDATE SP_DOKUMENT SET GROESSE = ? WHERE DOKUMENT_ID = ?", [(len(a), b) for a, b in contents])
    acknowledge_all(OBJECTS)


if __name__ == "__main__":
    prepare(Path(sys.argv[1]), int(sys.argv[2]))
