"""Every text of the contract that goes to the portal fits there as long as the contract lets it be, or is cut with the
mark and a warning, or its record is refused on purpose: all columns are walked (docs/texts.md).
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any, Final, NamedTuple

import pytest
from pandas import DataFrame
from pydantic import ValidationError
from sqlalchemy import Column, String, Table

from include.casavi.payloads import refusal
from include.groups import GROUPS
from include.ixhaus.contract import FRAMES, VIEWS
from include.rules import frames
from include.rules.texts import KEYS
from include.settings import SystemSettings
from include.sync.contents import with_content
from include.sync.decide import imported
from include.vocabulary.limits import FILE_NAME
from include.vocabulary.signs import MARK
from tests.rules.builders import (
    KINDS,
    SETTINGS,
    TODAY,
    Records,
    Row,
    caretaker,
    contract,
    document,
    entrance,
    file,
    held,
    kind,
    licence,
    note,
    order,
    owner,
    partner,
    person,
    prop,
    report,
    role,
    unit,
    views_of,
)

pytestmark = pytest.mark.rule("E50")
Name = str
"""<view>.<column>"""
TABLES: Final = {frame: VIEWS[view] for view, frame in FRAMES.items()}
CLOB: Final = 40_000
"""A text of a column without an end."""
CODES: Final = frozenset({
    "person_type", "kind", "role", "delivery_route", "recipient_type", "storage", "origin", "status", "team_type",
    "licence", "document_type", "dms_fields",
})  # fmt: skip
"""Words that settings or rules know: what they do not know is withheld or refused, it is no text that goes out."""
CUT: Final = {
    "SP_DOKUMENT.BETREFF", "SP_DOKUMENT.DATEINAME", "SP_MELDUNG.BETREFF", "SP_MELDUNG.MELDUNGSTEXT", "SP_NOTIZ.TEXT",
    "SP_ANHANG.DATEINAME",
}  # fmt: skip
"""Texts for which the portal has less room than iX-Haus; all others that reach it fit."""
NOT_SENT: Final = {
    "SP_MELDUNG.HINWEIS", "SP_MELDUNG.PORTAL_STATUS", "SP_MELDUNG.PORTAL_GRUND", "SP_MELDUNG.PORTAL_AENDERUNG",
    "SP_EINSTELLUNG.SCHLUESSEL", "SP_EINSTELLUNG.WERT",
}  # fmt: skip
READ: Final = {"SP_PERSON.EMAIL", "SP_PARTNER.EMAIL"}
"""An address is read out of the field (E15): it is never cut, and one that is too long is none."""
FALLBACKS: Final = (
    "", "SP_DOKUMENT.BETREFF SP_NOTIZ.VERFASSER SP_MELDUNG.BETREFF", "SP_TEAM.BEZEICHNUNG2",
)  # fmt: skip
"""Columns that are left empty, so that what stands in for them is seen."""
TEMPLATE: Final = "{report.subject} {contractor.name} {contractor.phone} {property.name} {unit.name} "
LEDGER: Final = (held("100.1.1"), held("P1"))


def world() -> Records:
    """A record of everything, so that each column reaches what it can reach."""
    house = Records().plus(
        prop(), prop("101"), entrance("1", "x"), unit(entrance_nr="1"), unit("2"),
        licence("Objekteigentümer", "Hausmeister"),
        person(contract(role(partner("P2")), has_unit=False), key="100.2.1", partner=partner("P1")),
        person(contract(nr="V2", unit_nr="2", has_unit=False)), owner(partner("P3")), caretaker(partner("P4")),
    )  # fmt: skip
    staff = Records({"teams": [{"team_nr": "T1", "name": "x"}], "users": [{"user_nr": "007", "name": "x"}]})
    papers = document().plus(document("D2", recipient_type=None, recipient_id=None))
    repairs = report(note(created_by="007"), file(), order(), team_nr="T1")
    bulletin = report(nr="M2", report_kind="AUSHANG", team_nr="T1")
    kinds = (kind(notes_commissioning=True, note_template="x"), *KINDS[1:])
    return house.plus(staff, papers, repairs, bulletin, *kinds)


def name_of(table: Table, column: Column[Any]) -> Name:
    return f"{table.name}.{column.name}"


def texts_of(table: Table) -> Iterator[Column[Any]]:
    """The columns that hold texts which people read."""
    for column in table.columns:
        if isinstance(column.type, String) and not column.info.get("flag") and column.key not in KEYS | CODES:
            yield column


WALKED: Final = sorted({name_of(table, column) for table in TABLES.values() for column in texts_of(table)} - READ)
LENGTHS: Final = {
    name_of(table, column): getattr(column.type, "length", None) or CLOB
    for table in TABLES.values()
    for column in texts_of(table)
}


def longest(name: Name) -> str:
    """A text as long as its column lets it be, which tells where it comes from."""
    template = TEMPLATE if name == "SP_MELDUNGSART.NOTIZ_VORLAGE" else ""
    text = f"{template}§{WALKED.index(name):03}§".ljust(LENGTHS[name], "x")
    return f"{text[:-4]}.pdf" if name.endswith("DATEINAME") else text


class Sent(NamedTuple):
    record_type: str
    row: Row
    content: Any
    refused: tuple[str, str] | None


def sent(records: Records, known: Iterable[Row], **settings: Any) -> Iterator[Sent]:
    """What every group sends of these records, as its payload takes or refuses it."""
    views, ledger = views_of(records), DataFrame(list(known), columns=list(frames.LEDGER)).astype("str")
    given = {**SETTINGS, "post_author": "S1", "document_types": ["Anschreiben"], **settings}
    system = SystemSettings(system="production", contractor_contact_in_notes=True, **given)
    for group in GROUPS.values():
        decided = imported(group.rules)(views, ledger, system, date.fromisoformat(TODAY))
        for record_type, dotted in group.record_types.items():
            model = imported(dotted)
            for row in with_content(decided[record_type], model.VERSION, None).to_pylist():
                if row["content"] is not None:
                    try:
                        model.model_validate_json(row["content"])
                    except ValidationError as error:
                        yield Sent(record_type, row, None, refusal(error))
                    else:
                        yield Sent(record_type, row, json.loads(row["content"]), None)


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping | list):
        for one in value.values() if isinstance(value, Mapping) else value:
            yield from strings(one)


def test_every_text_of_the_contract_fits_or_is_cut_with_a_mark_and_a_warning() -> None:
    found: dict[Name, set[bool]] = {}
    for empty in FALLBACKS:
        records = world()
        for frame, rows in records.rows.items():
            for column in texts_of(TABLES[frame]):
                name = name_of(TABLES[frame], column)
                if name in WALKED:
                    value = None if name in empty.split() else longest(name)
                    rows[:] = [{**row, column.key: value} for row in rows]
        for record_type, row, content, refused in sent(records, LEDGER):
            assert refused is None, (record_type, refused)
            texts = [text for text in strings(content) if "§" in text]
            for text in texts:
                for index in map(int, re.findall(r"§(\d+)§", text)):
                    whole = longest(WALKED[index]).removeprefix(TEMPLATE)
                    assert MARK in text or whole in text, (record_type, WALKED[index])
                    found.setdefault(WALKED[index], set()).add(MARK in text)
            is_cut = any(MARK in text for text in texts)
            names_a_long_file = isinstance(content, dict) and len(content.get("fileName", "")) > FILE_NAME
            assert ("TEXT_CUT" in row["warnings"].split()) == (is_cut or names_a_long_file), record_type
    assert {name for name, cuts in found.items() if True in cuts} == CUT
    assert set(WALKED) - set(found) == NOT_SENT


LONG_KEYS: Final = {
    "property_nr": 100, "unit_nr": 40, "entrance_nr": 20, "person_key": 100, "reporter_person": 100, "partner_nr": 100,
    "recipient_id": 100, "contract_nr": 100, "document_id": 100, "report_nr": 100, "note_id": 100, "file_id": 100,
    "order_nr": 100, "report_kind": 40, "team_nr": 20,
}  # fmt: skip
MADE_OF_SEVERAL: Final = {"unit", "contract", "comment", "ticket"}
"""Record types whose id, or that of their unit, is made of several keys, or of a word and a key."""


def test_a_key_is_never_cut_and_an_id_that_is_too_long_is_refused() -> None:
    records = world()
    for rows in records.rows.values():
        rows[:] = [
            row | {name: row[name].ljust(length, "x") for name, length in LONG_KEYS.items() if row.get(name)}
            for row in rows
        ]
    known = [row | {"external_id": row["external_id"].ljust(100, "x")} for row in LEDGER]
    found = list(sent(records, known, properties=["100".ljust(100, "x")]))
    refused = {one.record_type for one in found if one.refused}
    assert refused == MADE_OF_SEVERAL
    assert {one.record_type for one in found if not one.refused} >= {
        "property", "contact", "document", "ticket_type", "attachment", "comment", "responsibility",
    }  # fmt: skip
    assert {one.refused for one in found if one.refused} <= {
        ("INVALID_VALUE", "Kennung: höchstens 100 Zeichen"),
        ("INVALID_VALUE", "Fläche: höchstens 100 Zeichen"),
        ("INVALID_VALUE", "Kennung: höchstens 100 Zeichen; Fläche: höchstens 100 Zeichen"),
    }
    assert all(len(one.row["external_id"]) <= 100 or one.refused for one in found)
