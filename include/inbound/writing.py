"""Rows of SP_ANHANG, and long texts that need one."""

from typing import Any, Final

from include.clock import utc_now
from include.inbound.statements import Row
from include.inbound.times import local
from include.inbound.work import PORTAL, Writes
from include.ixhaus.contract import YES
from include.rules.reports.texts import cut

LONGEST_TEXT: Final = 30_000
WHOLE_TEXT: Final = "Vollständiger Text.txt"


def kept_text(report_nr: str, note_id: str | None, text: str, writes: Writes) -> str:
    """Return a text as iX-Haus keeps it: one that is too long is cut, and goes whole into a file beside it (E50)."""
    if len(text) > LONGEST_TEXT:
        content = text.encode()
        file_id = f"{note_id or report_nr}-{'N' if note_id else 'M'}-Text"
        row = file_row(file_id, report_nr, note_id, WHOLE_TEXT, "text/plain", len(content))
        writes.files.append((row, content))
    return cut(text, LONGEST_TEXT)


def file_row(file_id: str, report_nr: str, note_id: str | None, name: str, media_type: str, size: int) -> Row:
    """Return a row of SP_ANHANG but for its content."""
    row: dict[str, Any] = {
        "ANHANG_ID": file_id, "MELDUNG_NR": report_nr, "NOTIZ_ID": note_id, "DATEINAME": name, "MIMETYP": media_type,
        "GROESSE": size, "OEFFENTLICH": YES, "HERKUNFT": PORTAL, "GEAENDERT_AM": local(utc_now()),
    }  # fmt: skip
    return row
