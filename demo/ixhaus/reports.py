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
    yield ReportCase("R35-closed", "completed before the first export: stays here", {"STATUS": "Abgeschlossen"})
    yield ReportCase("R35-cancelled", "cancelled before the first export", {"STATUS": "Storniert"})
    yield ReportCase("O13", "reported on the first day of last year", {"GEMELDET_AM": at_nine(last_year)})
    yield ReportCase("O13-old", "reported the day before", {"GEMELDET_AM": at_nine(Calendar(last_year)(-1))})
    yield ReportCase("R36", "completed, of a property with full history", {
        "OBJEKT_NR": "110", "FLAECHE_NR": None, "MELDUNGSART": "GEBAEUDE", "STATUS": "Abgeschlossen",
        "GEMELDET_AM": at_nine(day(-2000)), "MELDER_PERSON": None,
    })  # fmt: skip
    yield ReportCase("R34", "of a property that is not released", {"OBJEKT_NR": "301", "FLAECHE_NR": None})
    yield ReportCase("R37", "without a team: passes every filter", {"TEAM_NR": None})
    yield ReportCase("E45", "its reporter has no access yet", {"MELDER_PERSON": "129.E1.1", "FLAECHE_NR": "E1"})
    yield ReportCase("E45-none", "nobody reported it", {"MELDER_PERSON": None})
    yield ReportCase("O6", "a status nobody knows counts as open", {"STATUS": "Wartet auf Ersatzteil"})


def _kinds(day: Calendar) -> Iterator[ReportCase]:
    for_all = {"MELDER_PERSON": None, "FLAECHE_NR": None}
    yield ReportCase("R39", "locked kind: never", {"MELDUNGSART": "INTERN"}, (("J", "Nie im Portal."),))
    yield ReportCase("R4", "kind that is not released", {"MELDUNGSART": "ALT"})
    yield ReportCase("R40", "bulletin: on the pinboard", {"MELDUNGSART": "AUSHANG", **for_all})
    yield ReportCase("R40-done", "bulletin that is over", {
        "MELDUNGSART": "AUSHANG", "STATUS": "Abgeschlossen", **for_all,
    })  # fmt: skip
    yield ReportCase("R41", "report for everybody in the property", {"MELDUNGSART": "GEBAEUDE", **for_all})
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
    yield ReportCase("R43", "an order was raised", {"MELDUNGSART": "REPARATUR"}, order={
        "FIRMA": "Muster Heizungsbau GmbH", "TELEFON": "030 23125777", "STATUS": "Beauftragt",
    })  # fmt: skip
    yield ReportCase("E51", "a file of the report", file=png())


def write_reports(connection: sqlite3.Connection, cases: list[ReportCase], today: date) -> None:
    """Insert the cases with their notes, files and orders."""
    day = Calendar(today)
    reported = datetime.combine(day(-10), time(10, 30))
    rows: dict[str, list[Row]] = {"SP_MELDUNG": [], "SP_NOTIZ": [], "SP_ANHANG": [], "SP_BEAUFTRAGUNG": []}
    for case in cases:
        nr = {"MELDUNG_NR": case.report_nr, "GEAENDERT_AM": reported}
        rows["SP_MELDUNG"].append(_USUAL | nr | {
            "BETREFF": f"Muster-{case.name}", "MELDUNGSTEXT": f"Beispielmeldung {case.name}.", "GEMELDET_AM": reported,
        } | case.columns)  # fmt: skip
        for number, (is_public, text) in enumerate(case.notes, 1):
            rows["SP_NOTIZ"].append(nr | {
                "NOTIZ_ID": f"N-{case.name}-{number}", "TEXT": text, "OEFFENTLICH": is_public, "HERKUNFT": "ERP",
                "VERFASSER": "Nora Nordlicht", "ANGELEGT_VON": _STAFF, "ANGELEGT_AM": reported,
            })  # fmt: skip
        if case.order:
            rows["SP_BEAUFTRAGUNG"].append(nr | {"AUFTRAG_NR": f"A-{case.name}", "AUFTRAG_AM": reported} | case.order)
        if case.file:
            rows["SP_ANHANG"].append(nr | {
                "ANHANG_ID": f"F-{case.name}", "DATEINAME": "Foto der Heizung.png", "MIMETYP": "image/png",
                "GROESSE": len(case.file), "INHALT": case.file, "OEFFENTLICH": "J", "HERKUNFT": "ERP",
            })  # fmt: skip
    for view, of_view in rows.items():
        write_rows(connection, view, of_view)


_USUAL: Final[dict[str, Any]] = {
    "MELDUNGSART": "ANFRAGE", "STATUS": "Neu", "MELDER_PERSON": REPORTER, "OBJEKT_NR": CASE_PROPERTY,
    "FLAECHE_NR": "R16", "TEAM_NR": "T1", "VERANTWORTLICHER": _STAFF, "ANGELEGT_VON": _STAFF, "GEAENDERT_VON": _STAFF,
    "HERKUNFT": "ERP",
}  # fmt: skip
