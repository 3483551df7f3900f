"""The sample's documents: one hand-written case per rule R25–R33 and edge case E29–E37, and letters for the crowd.

Contents lie in the database, in a folder beside it, and in the DocuWare that the sandbox portal plays.
"""

import json
import os
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Final

from demo.ixhaus.estate import CASE_PROPERTY
from demo.ixhaus.files import docx, pdf, png
from demo.ixhaus.records import Calendar
from demo.ixhaus.writing import at_nine, write_columns, write_rows

FOLDER: Final = "dokumente"
"""Beside the database: where the files lie that are kept as files."""
_TOO_LARGE: Final = 100 * 2**20 + 1


@dataclass(frozen=True)
class DocumentCase:
    """One document DOK-<name>; its columns say what is special about it."""

    name: str
    about: str
    columns: dict[str, Any]
    renditions: dict[str, bytes] = field(default_factory=dict)
    """Rendition → content kept in the database."""
    file: bytes | int | None = None
    """Content kept as a file at its path, or the size of an empty one."""

    @property
    def document_id(self) -> str:
        """Return the document's key."""
        return f"DOK-{self.name}"


def document_cases(today: date) -> list[DocumentCase]:
    """Return all cases with their dates counted from `today`."""
    day = Calendar(today)
    made = [*_released(day), *_recipients(day), *_files(day), *_dms(day), *_refused(day)]
    return [_completed(case, day) for case in made]


def _released(day: Calendar) -> Iterator[DocumentCase]:
    first = date(day.today.year - 1, 1, 1)
    yield _letter("R25", "released type: sent to its person")
    yield _letter("R25-none", "type not released", document_type="Mahnung")
    yield _letter("R26", "dated on the first day of the time filter", document_date=first)
    yield _letter("R26-old", "dated the day before", document_date=Calendar(first)(-1))
    yield _for_all("R26-exempt", "type without time filter: 17 years old, sent all the same", "Hausordnung",
                   document_date=day(-6200))  # fmt: skip
    yield _letter("E29", "re-type it, and it leaves the portal")
    yield _for_all("E33", "type in both lists: no time limit, and for owners only", "Protokoll",
                   document_date=day(-3000))  # fmt: skip
    yield _letter("R29", "delete it, and it leaves the portal")
    yield _letter("E36", "from last year: leaves at the turn of the year after next", document_date=first)


def _recipients(day: Calendar) -> Iterator[DocumentCase]:
    yield _letter("E31", "written to the wrong person? correct the recipient", to="129.R16.1")
    yield _letter("O16", "to a partner by his number", to="P-R24")
    yield _letter("E35", "to somebody whose access opens tomorrow: waits for him", to="129.E1.1")
    yield _letter("E6", "of a tenancy that has ended; its tenant still owns a unit", to="129.E6.1", contract_nr="V-E6")
    yield _letter("E6-owner", "to the same person as owner: stays", to="129.E6b.1", contract_nr="V-E6b")
    yield _letter("E32", "to a creditor who is no portal user", recipient_type="K", to="4711")
    yield _letter(
        "E32-zero",
        "property number with a leading zero: the range goes by its value, the recipient decides",
        property_nr="0129",
    )
    yield _for_all("E7", "for a unit: of a type that may hang there", "Energieausweis", unit_nr="R16",
                   document_date=day(-900))  # fmt: skip


def _files(day: Calendar) -> Iterator[DocumentCase]:
    word = {"file_name": "Vereinbarung.docx"}
    yield _letter("R31", "Word document with a PDF rendition: the PDF is sent", has_pdf="J", **word,
                  renditions={"ORIGINAL": docx("Vereinbarung"), "PDF": pdf("Vereinbarung")})  # fmt: skip
    yield _letter("R31-none", "Word document without one", **word, renditions={"ORIGINAL": docx("Vereinbarung")})
    yield _letter("R33", "a photo", file_name="Foto Wohnungsübergabe.png", renditions={"ORIGINAL": png()})
    yield _file("E30", "kept as a file whose path has umlauts", "Übergaben/Übergabeprotokoll Müller.pdf")
    same = {"ORIGINAL": pdf("Derselbe Inhalt")}
    yield _letter("E34a", "two documents of the same content", renditions=same)
    yield _letter("E34b", "the other one", renditions=same)
    yield _letter("E37", "a PDF with a name that nobody should open", file_name="..\\Post/rechnung.pdf.exe")


def _dms(day: Calendar) -> Iterator[DocumentCase]:
    yield _letter("R30", "in DocuWare, with all three attributes", storage="DOCUWARE", path="demo/1001")
    fields = {"ART": "Mieterbrief", "TYP": "P", "HAUS": CASE_PROPERTY, "MIETER": "129.R16.1"}
    nothing: dict[str, Any] = dict.fromkeys(("recipient_type", "property_nr", "recipient_id"))
    yield _letter("R30-row", "in DocuWare, its attributes by a filter row", storage="DOCUWARE", path="demo/1002",
                  dms_fields=json.dumps(fields), **nothing)  # fmt: skip


def _refused(day: Calendar) -> Iterator[DocumentCase]:
    """Yield the sample's bad documents; REFUSED in the package names them."""
    yield _letter("R27", "no document date", document_date=None)
    yield _file("R28", "a byte more than 100 MB", "Zu groß.pdf", file=_TOO_LARGE)
    yield _letter("R30-none", "in DocuWare, nobody says for whom", storage="DOCUWARE", path="demo/1003",
                  recipient_type=None)  # fmt: skip
    yield _file("E30-empty", "an empty file", "Leer.pdf", file=0)
    yield _letter("E32-unknown", "to a person nobody knows", to="129.NIEMAND.1")
    yield _for_all("E7-none", "for a unit, of a type that may not hang there", "Anschreiben", unit_nr="R16")


def _letter(
    name: str, about: str, *, to: str = "129.R16.1", renditions: dict[str, bytes] | None = None, **columns: Any
) -> DocumentCase:
    recipient = {"recipient_type": "P", "recipient_id": to, "document_type": "Anschreiben", "storage": "DATENBANK"}
    content = renditions or {"ORIGINAL": pdf(f"{name}: {about}")}
    return DocumentCase(name, about, recipient | columns, {} if columns.get("storage") == "DOCUWARE" else content)


def _for_all(name: str, about: str, kind: str, **columns: Any) -> DocumentCase:
    shared = {"document_type": kind, "storage": "DATENBANK"}
    return DocumentCase(name, about, shared | columns, {"ORIGINAL": pdf(f"{name}: {about}")})


def _file(name: str, about: str, path: str, file: bytes | int | None = None) -> DocumentCase:
    letter = _letter(name, about, storage="DATEI", path=path, file_name=path.rpartition("/")[2])
    return DocumentCase(name, about, letter.columns, file=pdf(f"{name}: {about}") if file is None else file)


def _completed(case: DocumentCase, day: Calendar) -> DocumentCase:
    content = case.file if case.file is not None else case.renditions.get("ORIGINAL")
    size = content if isinstance(content, int) or content is None else len(content)
    usual = {
        "document_id": case.document_id, "subject": f"{case.columns['document_type']} Muster-{case.name}",
        "file_name": "Schreiben.pdf", "document_date": day(-20), "property_nr": CASE_PROPERTY, "size": size,
        "version": 1, "has_pdf": "N", "changed_at": at_nine(day(-20)),
    }  # fmt: skip
    return DocumentCase(case.name, case.about, usual | case.columns, case.renditions, case.file)


def write_documents(
    connection: sqlite3.Connection, folder: Path, cases: list[DocumentCase], letters: int, today: date, contents: bool
) -> None:
    """Insert the cases with their contents, and `letters` letters to persons of the crowd.

    folder:   where the files go that are kept as files
    contents: whether the letters get contents too; for measuring they need none
    """
    write_rows(connection, "SP_DOKUMENT", (case.columns for case in cases))
    kept = [(case.document_id, name, content) for case in cases for name, content in case.renditions.items()]
    _write_contents(connection, kept)
    for case in cases:
        if case.file is not None:
            _write_file(folder / case.columns["path"], case.file)
    _write_letters(connection, letters, today, contents)


def _write_contents(connection: sqlite3.Connection, kept: list[tuple[str, str, bytes]]) -> None:
    ids, renditions, contents = zip(*kept, strict=True) if kept else ((), (), ())
    columns = {"document_id": ids, "rendition": renditions, "content": contents}
    write_columns(connection, "SP_DOKUMENT_INHALT", columns)


def _write_file(path: Path, content: bytes | int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        path.touch()
        os.truncate(path, content)  # holds nothing, so it takes no room on the disk


def _write_letters(connection: sqlite3.Connection, number: int, today: date, contents: bool) -> None:
    people = connection.execute(
        "SELECT PERSON_SCHLUESSEL, OBJEKT_NR FROM SP_PERSON WHERE PERSONENTYP = 'Mieter' AND OBJEKT_NR <> ?"
        " ORDER BY PERSON_SCHLUESSEL", (CASE_PROPERTY,),
    ).fetchall()  # fmt: skip
    day, rows = Calendar(today), range(number)
    keys = [people[row % len(people)] for row in rows]
    changed = at_nine(day(-15)).isoformat(" ", "microseconds")
    ids = [f"D{row:08d}" for row in rows]
    content = [pdf(f"Schreiben {row}") for row in rows] if contents else []
    columns: dict[str, Any] = {
        "document_id": ids,
        "document_type": ["Abrechnung" if row % 2 else "Anschreiben" for row in rows],
        "subject": [f"{'Betriebskostenabrechnung' if row % 2 else 'Schreiben'} {row}" for row in rows],
        "file_name": [f"Schreiben {row}.pdf" for row in rows],
        "document_date": [day(-16 - row % 300).isoformat() for row in rows],
        "recipient_type": ["P"] * number,
        "property_nr": [place for _, place in keys],
        "recipient_id": [person for person, _ in keys],
        "storage": ["DATENBANK"] * number,
        "size": [len(one) for one in content] or [1000] * number,
        "version": [1] * number,
        "has_pdf": ["N"] * number,
        "changed_at": [changed] * number,
    }
    write_columns(connection, "SP_DOKUMENT", columns)
    _write_contents(connection, [(one, "ORIGINAL", data) for one, data in zip(ids, content, strict=False)])
