"""An iX-Haus of many small houses that have nothing to do with each other, and what is decided of each record.

What becomes of a record then shows in its own house, if anywhere: whatever stands in one row, the other houses are as
if it were not there.
"""

import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, NamedTuple

from demo.ixhaus.writing import write_rows
from include.casavi.payloads import refusal
from include.groups import GROUPS
from include.ixhaus.contract import VIEWS
from include.ixhaus.database import engine_on
from include.ixhaus.ddl import create_sqlite_schema
from include.settings import SystemSettings
from include.sync.contents import with_content
from include.sync.decide import decide, imported, take_snapshot
from include.sync.group import Group
from include.sync.plan import Scope, compare, validate
from include.sync.run import Extract
from include.sync.staging import Staging
from include.vocabulary import ids
from include.vocabulary.decision import CONTROL_COLUMNS, EXTERNAL_ID

Row = dict[str, Any]
Rows = Mapping[str, list[Row]]
"""View → rows."""
HOUSES: Final = range(100, 203)
TODAY: Final = date(2026, 6, 15)
_BEGIN: Final = date(2020, 1, 1)
SETTINGS: Final = SystemSettings.model_validate(
    {
        "system": "production", "active": True, "properties": "100-999", "person_types": ["Mieter"],
        "document_types": ["Anschreiben"], "portal_access_lead_days": 0, "report_user": "100", "post_author": "1",
    }
)  # fmt: skip
ONCE: Final[Rows] = {
    "SP_EINSTELLUNG": [{"name": "Schnittstelle.Mieterportal.Aktiv", "value": "J"}],
    "SP_LIZENZ": [{"licence": name, "active": "J"} for name in ("casavi", "Objekteigentümer", "Hausmeister")],
}


class Decided(NamedTuple):
    """What becomes of one record, and all that the protocol may say of it."""

    decision: str
    reason: str
    outcome: str
    action: str
    content: str
    said: str
    source: str


Outcomes = dict[tuple[str, str, str], Decided]
"""Group, record type and external id → what becomes of it."""


def house(number: int) -> Rows:
    """Return everything of a house: a tenant with a co-resident and one without a partner, an owner, a caretaker, a
    letter, a report with a note, a file and an order, and a kind of report, a team and a user of its own.
    """
    nr, person, other = str(number), f"{number}.1.1", f"{number}.2.1"
    at = {"property_nr": nr}
    return {
        "SP_OBJEKT": [at | {"name": f"Haus {nr}", "street": f"Am Ring {nr}", "postal_code": "50667", "city": "Köln"}],
        "SP_HAUSEINGANG": [at | {"entrance_nr": "1", "street": f"Am Ring {nr} a"}],
        "SP_EINHEIT": [at | {"unit_nr": "1", "name": "1. OG", "entrance_nr": "1", "usage": "Privat"}],
        "SP_PARTNER": [
            {"partner_nr": f"{kind}{nr}", "last_name": f"Muster {kind}", "email": f"{kind}{nr}@example.org"}
            for kind in "QEHP"
        ],
        "SP_PERSON": [
            at | {"person_key": key, "person_type": "Mieter", "partner_nr": partner, "last_name": "Muster"}
            for key, partner in ((person, f"P{nr}"), (other, None))
        ],
        "SP_VERTRAG": [
            at | {"contract_nr": f"{kind}{nr}", "unit_nr": "1", "person_key": key, "kind": "MIETE", "begin": _BEGIN}
            for kind, key in (("V", person), ("W", other))
        ],
        "SP_VERTRAGSROLLE": [{"contract_nr": f"V{nr}", "partner_nr": f"Q{nr}", "role": "MITBEWOHNER"}],
        "SP_EIGENTUEMER": [at | {"partner_nr": f"E{nr}", "begin": _BEGIN}],
        "SP_HAUSMEISTER": [at | {"partner_nr": f"H{nr}", "begin": _BEGIN, "is_visible": "J"}],
        "SP_DOKUMENT": [
            at | {
                "document_id": f"D{nr}", "document_type": "Anschreiben", "subject": "Ihr Schreiben",
                "file_name": "brief.pdf", "document_date": date(2026, 5, 1), "recipient_type": "P",
                "recipient_id": person, "storage": "DATENBANK", "size": 1000, "version": 1, "has_pdf": "N",
            }
        ],
        "SP_TEAM": [{"team_nr": f"T{nr}", "name": "Technik", "user_nr": nr}],
        "SP_BENUTZER": [{"user_nr": nr, "name": "Kim Beispiel", "is_blocked": "N", "may_report": "J"}],
        "SP_MELDUNGSART": [
            {"report_kind": f"K{nr}", "name": f"Reparatur {nr}", "is_released": "J", "notes_commissioning": "J",
             "note_template": "Auftrag {order.number} an {contractor.name}."}
        ],
        "SP_MELDUNG": [
            at | {
                "report_nr": f"M{nr}", "subject": "Wasserhahn", "text": "Er tropft.", "report_kind": f"K{nr}",
                "status": "Neu", "reported_at": date(2026, 6, 1), "reporter_person": person, "unit_nr": "1",
                "origin": "ERP",
            }
        ],
        "SP_NOTIZ": [
            {"note_id": f"N{nr}", "report_nr": f"M{nr}", "text": "Wir kommen.", "is_public": "J", "origin": "ERP"}
        ],
        "SP_ANHANG": [
            {"file_id": f"F{nr}", "report_nr": f"M{nr}", "file_name": "foto.jpg", "media_type": "image/jpeg",
             "size": 1000, "is_public": "J", "origin": "ERP"}
        ],
        "SP_BEAUFTRAGUNG": [
            {"order_nr": f"A{nr}", "report_nr": f"M{nr}", "ordered_at": date(2026, 6, 2), "company": "Rohr & Co"}
        ],
    }  # fmt: skip


def outcomes(rows: Iterable[Rows], groups: Iterable[str]) -> Outcomes:
    """Read an iX-Haus of these rows as runs do and return what becomes of every record; the portal holds the people."""
    with TemporaryDirectory() as root:
        database = Path(root) / "ixhaus.db"
        engine = engine_on(lambda: sqlite3.connect(database))
        create_sqlite_schema(engine)
        with closing(sqlite3.connect(database)) as connection, connection:
            for of_views in (ONCE, *map(_in_portal, HOUSES), *rows):
                for view, of_view in of_views.items():
                    write_rows(connection, view, of_view)
        found: Outcomes = {}
        for name in groups:
            folder = Staging(name, Path(root))
            folder.folder.mkdir()
            take_snapshot(GROUPS[name], "production", engine, folder, Extract())
            found |= _decided(GROUPS[name], folder)
        engine.dispose()
    return found


def _in_portal(number: int) -> Rows:
    """Return what the ledger has of a house: who is there may get letters and have reports."""
    people = {f"P{number}": "persons", f"Q{number}": "persons", f"{number}.2.1": "persons"}
    people |= {f"E{number}": "owners_caretakers", f"H{number}": "owners_caretakers"}
    usual = {"system": "production", "record_type": "contact", "state": "present", "hash": "x", "reason": "ACTIVE"}
    return {"SP_ABGLEICH": [usual | {"external_id": one, "group": group} for one, group in people.items()]}


def readers(view: str) -> list[str]:
    """Return the groups that read a view."""
    return [group.name for group in GROUPS.values() if view in group.views]


def source_of(view: str, row: Row) -> str:
    """Return how a decision names the row it was made from, with blanks around."""
    return f" {ids.source(view, *(str(row[column.key]) for column in VIEWS[view].primary_key))} "


def _decided(group: Group, folder: Staging) -> Outcomes:
    frames = decide(group, folder, SETTINGS, TODAY)
    known = folder.read_table("known").to_pandas()
    known = known.assign(is_ours=known["group"] == group.name)
    found: Outcomes = {}
    for record_type, dotted in group.record_types.items():
        model = imported(dotted)
        desired = with_content(frames[record_type], model.VERSION, None).to_pandas()
        records = compare(desired[[*CONTROL_COLUMNS, "hash"]], known[known["record_type"] == record_type], Scope())
        contents = desired.set_index(EXTERNAL_ID)["content"]
        checked = validate(records.assign(content=records[EXTERNAL_ID].map(contents)), model, refusal).astype(object)
        for row in checked.where(checked.notna(), "").to_dict("records"):
            key = group.name, record_type, row[EXTERNAL_ID]
            assert key not in found, f"{key} has two outcomes"
            said = " ".join(str(row[name]) for name in ("reason", "warnings", "text"))
            became = {name: str(row[name]) for name in ("decision", "reason", "outcome", "action", "content")}
            found[key] = Decided(**became, said=said, source=f" {row['source']} ")
    assert all(external_id for _, _, external_id in found)
    return found
