"""The sample's reports: one hand-written case per rule R34–R46 and edge case E38–E52, with notes, files and orders.

They belong to people of property 129 (see cases.py); whoever they are about is told by the rule in the subject.
"""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any, Final

from demo.ixhaus.estate import CASE_PROPERTY
from demo.ixhaus.files import png
from demo.ixhaus.records import Calendar
from demo.ixhaus.writing import Row, at_nine, write_rows

REPORTER: Final = "129.R16.1"
_STAFF: Final = "011"


@dataclass(frozen=True)
class ReportCase:
    """One report M-<name> with what hangs on it; its columns say what is special about it."""

    name: str
    about: str
    columns: dict[str, Any] = field(default_factory=dict)
    notes: tuple[tuple[str, str], ...] = ()
    """(J or N, text) of each note."""
    order: dict[str, Any] | None = None
    """Columns of a commissioning."""
    file: bytes | None = None

    @property
    def report_nr(self) -> str:
        """Return the report's number."""
        return f"M-{self.name}"


def report_cases(today: date) -> list[ReportCase]:
    """Return all cases with their dates counted from `today`."""
    day = Calendar(today)
    return [*_decided(day), *_kinds(day), *_hanging_on()]


def _decided(day: Calendar) -> Iterator[ReportCase]:
    last_year = date(day.today.year - 1, 1, 1)
    yield ReportCase("R35", "open: goes to its reporter")
    yield ReportCase("R35-closed", "completed before the first export: stays here", {"status": "Abgeschlossen"})
    yield ReportCase("R35-cancelled", "cancelled before the first export", {"status": "Storniert"})
    yield ReportCase("O13", "reported on the first day of last year", {"reported_at": at_nine(last_year)})
    yield ReportCase("O13-old", "reported the day before", {"reported_at": at_nine(Calendar(last_year)(-1))})
    yield ReportCase("R36", "completed, of a property with full history", {
        "property_nr": "110", "unit_nr": None, "report_kind": "GEBAEUDE", "status": "Abgeschlossen",
        "reported_at": at_nine(day(-2000)), "reporter_person": None,
    })  # fmt: skip
    yield ReportCase("R34", "of a property that is not released", {"property_nr": "301", "unit_nr": None})
    yield ReportCase("R37", "without a team: passes every filter", {"team_nr": None})
    yield ReportCase("E45", "its reporter has no access yet", {"reporter_person": "129.E1.1", "unit_nr": "E1"})
    yield ReportCase("E45-none", "nobody reported it", {"reporter_person": None})
    yield ReportCase("O6", "a status nobody knows counts as open", {"status": "Wartet auf Ersatzteil"})


def _kinds(day: Calendar) -> Iterator[ReportCase]:
    for_all = {"reporter_person": None, "unit_nr": None}
    yield ReportCase("R39", "locked kind: never", {"report_kind": "INTERN"}, (("J", "Nie im Portal."),))
    yield ReportCase("R4", "kind that is not released", {"report_kind": "ALT"})
    yield ReportCase("R40", "bulletin: on the pinboard", {"report_kind": "AUSHANG", **for_all})
    yield ReportCase("R40-done", "bulletin that is over", {
        "report_kind": "AUSHANG", "status": "Abgeschlossen", **for_all,
    })  # fmt: skip
    yield ReportCase("R41", "report for everybody in the property", {"report_kind": "GEBAEUDE", **for_all})
    yield ReportCase("R42", "its kind writes to reporters without an account: complete it, and an e-mail goes out")
    yield ReportCase("E43", "make it a property report: it begins anew, without its history", notes=(
        ("J", "Nur für den Melder."),
    ))  # fmt: skip


def _hanging_on() -> Iterator[ReportCase]:
    yield ReportCase("R44", "a public and an internal note", notes=(
        ("J", "Der Techniker kommt am Dienstag."), ("N", "Intern: Mieter ist schwierig."),
    ))  # fmt: skip
    yield ReportCase("R45", "make the note internal, and it is withdrawn", notes=(("J", "Bitte Zugang ermöglichen."),))
    yield ReportCase("E50", "umlauts, markup, line breaks and an emoji in a note", notes=(
        ("J", "Größe < 3 m & <b>fett</b>\r\nGrüße 🙂"),
    ))  # fmt: skip
    yield ReportCase("R43", "an order was raised", {"report_kind": "REPARATUR"}, order={
        "company": "Muster Heizungsbau GmbH", "telephone": "030 23125777", "status": "Beauftragt",
    })  # fmt: skip
    yield ReportCase("E51", "a file of the report", file=png())


def write_reports(connection: sqlite3.Connection, cases: list[ReportCase], today: date) -> None:
    """Insert the cases with their notes, files and orders."""
    day = Calendar(today)
    reported = datetime.combine(day(-10), time(10, 30))
    rows: dict[str, list[Row]] = {"SP_MELDUNG": [], "SP_NOTIZ": [], "SP_ANHANG": [], "SP_BEAUFTRAGUNG": []}
    for case in cases:
        nr = {"report_nr": case.report_nr, "changed_at": reported}
        rows["SP_MELDUNG"].append(_USUAL | nr | {
            "subject": f"Muster-{case.name}", "text": f"Beispielmeldung {case.name}.", "reported_at": reported,
        } | case.columns)  # fmt: skip
        for number, (is_public, text) in enumerate(case.notes, 1):
            rows["SP_NOTIZ"].append(nr | {
                "note_id": f"N-{case.name}-{number}", "text": text, "is_public": is_public, "origin": "ERP",
                "author": "Nora Nordlicht", "created_by": _STAFF, "created_at": reported,
            })  # fmt: skip
        if case.order:
            rows["SP_BEAUFTRAGUNG"].append(nr | {"order_nr": f"A-{case.name}", "ordered_at": reported} | case.order)
        if case.file:
            rows["SP_ANHANG"].append(nr | {
                "file_id": f"F-{case.name}", "file_name": "Foto der Heizung.png", "media_type": "image/png",
                "size": len(case.file), "content": case.file, "is_public": "J", "origin": "ERP",
            })  # fmt: skip
    for view, of_view in rows.items():
        write_rows(connection, view, of_view)


_USUAL: Final[dict[str, Any]] = {
    "report_kind": "ANFRAGE", "status": "Neu", "reporter_person": REPORTER, "property_nr": CASE_PROPERTY,
    "unit_nr": "R16", "team_nr": "T1", "responsible_user": _STAFF, "created_by": _STAFF, "changed_by": _STAFF,
    "origin": "ERP",
}  # fmt: skip
