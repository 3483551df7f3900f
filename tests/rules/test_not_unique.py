"""Two records under one number or one id are named, and everything else goes out."""

from datetime import date

import pandas as pd
import pytest
from pandas import DataFrame

from include.ixhaus.contract import FRAMES
from include.rules import documents, objects, owners_caretakers, persons, reports
from include.settings import SystemSettings
from include.vocabulary.decision import NOT_UNIQUE
from tests.rules.builders import (
    KINDS,
    SETTINGS,
    TENANTS,
    TODAY,
    Outcome,
    Records,
    Row,
    came_in,
    caretaker,
    contract,
    decide,
    decide_documents,
    decide_objects,
    decide_owners,
    decide_reports,
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

GROUPS = (objects, persons, owners_caretakers, documents, reports)
HOUSE = Records().plus(
    prop("100"), unit("1"), unit("2"), entrance("1", "Weg 1"), prop("101"), unit("1", "101"),
    person(contract(role(partner("P2")))), person(contract(nr="V2", unit_nr="2"), key="100.2.1", partner=partner("P5")),
    owner(partner("P3")), caretaker(partner("P4")), licence("Objekteigentümer", "Hausmeister", "Komfortpaket"),
    document(), document("D2", recipient_id="P5", recipient_type="K"),
    kind(note_template="Auftrag {order.number}.", notes_commissioning=True), *KINDS[1:],
    report(note(files=[file("F2")]), file(), order(), team_nr="1"),
    report(note("N2"), nr="M2", reporter_person="100.2.1"), report(nr="M3", report_kind="AUSHANG"),
    report(note("SP-2", origin="PORTAL"), nr="SP-1", origin="PORTAL"),
    came_in("ticket", "X1", "SP-1"), came_in("comment", "X2", "SP-2"),
    Records({"teams": [{"team_nr": "1", "name": "Nord"}], "users": [{"user_nr": "001", "name": "Uli"}]}),
)  # fmt: skip
LEDGER = [
    *TENANTS, held("P5"), held("V1", record_type="contract"), held("D1", record_type="document", identity="another"),
    held("M1", record_type="ticket", group="reports", identity="100.1.1"), held("N1", record_type="comment"),
    held("M2", record_type="ticket", group="reports", identity="100.9.9"),
]  # fmt: skip
CONCERNED: dict[str, set[str]] = {}


def decided(views: dict[str, DataFrame]) -> dict[tuple[str, str, str], tuple[str, str]]:
    """Return what all groups decide: group, record type and id → decision and reason; every id stands once."""
    known = DataFrame(LEDGER).astype("str")
    settings = SystemSettings(system="production", post_author="S1", document_types=["Anschreiben"], **SETTINGS)
    found = {}
    for group in GROUPS:
        frames = group.decide(views, known, settings, date.fromisoformat(TODAY))
        frames.pop("classified", None)
        for record_type, frame in frames.items():
            assert frame["external_id"].is_unique
            columns = (frame[name] for name in ("external_id", "decision", "reason"))
            name = group.__name__.rpartition(".")[2]
            found |= {(name, record_type, one): (what, why) for one, what, why in zip(*columns, strict=True)}
    return found

@pytest.mark.parametrize("view", sorted(set(FRAMES.values())|{"inbox"}))
def test_x(view):
    views = views_of(HOUSE)
    one = decided(views)
    assert len(views[view]), view
    first = {**views, view: pd.concat([views[view], views[view].iloc[:1]], ignore_index=True)}
    two = decided(first)
    print(view, one.keys() ^ two.keys(), {k: (one.get(k), two[k]) for k in two if two[k] != one.get(k)})
    every = {**views, view: pd.concat([views[view]] * 2)}
    decided(every)
def test_world():
    for k, v in decided(views_of(HOUSE)).items(): print(k, v)
