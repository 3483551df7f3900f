"""Two records under one number or one id are named, and everything else goes out."""

from datetime import date
from typing import Any

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
    Records,
    came_in,
    caretaker,
    contract,
    decide,
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

GROUPS: tuple[Any, ...] = (objects, persons, owners_caretakers, documents, reports)
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
KEPT, INVALID = ("withhold", NOT_UNIQUE), ("invalid", NOT_UNIQUE)
CONCERNED: dict[str, dict[tuple[str, str], tuple[str, str]]] = {
    "properties": {("property", "100"): INVALID},
    "units": {("unit", "100/1"): INVALID},
    "partners": {("contact", "P2"): INVALID},
    "persons": {("contact", "100.1.1"): INVALID, ("contract", "V1"): ("withhold", "CONTACT_NOT_SENT")},
    "contracts": {
        ("contract", "V1"): INVALID, ("contract", "V1/P2"): INVALID,
        ("contact", "100.1.1"): KEPT, ("contact", "P2"): KEPT,
        ("document", "D1"): ("remove", "CONTRACT_NOT_IN_PORTAL"),  # it waits for that; is for another
    },
    "documents": {("document", "D1"): INVALID},
    "report_kinds": {("ticket_type", "REPARATUR"): INVALID},
    "reports": {
        ("ticket", "M1"): INVALID, ("comment", "N1"): KEPT, ("comment", "AUFTRAG-A1"): KEPT,
        ("attachment", "F1"): KEPT, ("attachment", "F2"): KEPT,
    },
    "notes": {("comment", "N1"): INVALID, ("attachment", "F2"): KEPT},
    "report_files": {("attachment", "F2"): INVALID},
    "commissionings": {("comment", "AUFTRAG-A1"): INVALID},
}  # fmt: skip
"""View whose first row is there twice → what is decided otherwise; of the others nothing is."""
VIEWS = sorted({*FRAMES.values(), "inbox"} & views_of(HOUSE).keys())


def everything(views: dict[str, DataFrame]) -> dict[tuple[str, str], tuple[str, str]]:
    """Return what all groups decide: record type and id → decision and reason; every id stands once."""
    known = DataFrame(LEDGER).astype("str")
    settings = SystemSettings(system="production", post_author="S1", document_types=["Anschreiben"], **SETTINGS)
    found: dict[tuple[str, str], tuple[str, str]] = {}
    for group in GROUPS:
        frames = group.decide(views, known, settings, date.fromisoformat(TODAY))
        frames.pop("classified", None)
        for record_type, frame in frames.items():
            assert frame["external_id"].is_unique
            columns = (frame[name] for name in ("external_id", "decision", "reason"))
            found |= {(record_type, one): (what, why) for one, what, why in zip(*columns, strict=True)}
    return found


@pytest.fixture(scope="module")
def usual() -> dict[tuple[str, str], tuple[str, str]]:
    """What all groups decide where every row is there once."""
    return everything(views_of(HOUSE))


@pytest.mark.rule("R24")
@pytest.mark.parametrize("view", VIEWS)
def test_a_row_that_is_there_twice_concerns_its_record_alone(
    view: str, usual: dict[tuple[str, str], tuple[str, str]]
) -> None:
    views = views_of(HOUSE)
    assert len(views[view])
    doubled = everything({**views, view: pd.concat([views[view], views[view].iloc[:1]], ignore_index=True)})
    assert doubled.keys() == usual.keys()
    assert {key: said for key, said in doubled.items() if said != usual[key]} == CONCERNED.get(view, {})


@pytest.mark.rule("R24")
@pytest.mark.parametrize("view", VIEWS)
def test_a_view_that_says_everything_twice_ends_no_run(
    view: str, usual: dict[tuple[str, str], tuple[str, str]]
) -> None:
    views = views_of(HOUSE)
    doubled = everything({**views, view: pd.concat([views[view]] * 2, ignore_index=True)})
    assert {key[0] for key in doubled} == {key[0] for key in usual}


@pytest.mark.rule("R24")
def test_both_rows_of_one_number_are_named() -> None:
    found = decide_objects(prop("100"), unit("1"), prop("100", name="Haus B")).row("property", "100")
    assert (found["decision"], found["source"], found["name"]) == ("invalid", "SP_OBJEKT:100", None)


@pytest.mark.rule("R24", "O30")
def test_numbers_that_hold_what_ids_are_put_together_with_stay_apart() -> None:
    houses = Records().plus(prop("100"), prop("100/1"), prop("105"), unit("1/2", "100"), unit("2", "100/1"))
    released: dict[str, Any] = {"properties": "100, 100/1, 105"}
    assert decide_objects(houses, **released).ids("unit", "send") == ["100%2F1/2", "100/1/2"]
    other = person(contract(nr="V2", unit_nr="2", property_nr="100/1"), key="100/1.1.1", property_nr="100/1")
    found = decide(houses, person(contract(unit_nr="1/2")), other, **released)
    assert [found.contract(number)["unitId"] for number in ("V1", "V2")] == ["100/1/2", "100%2F1/2"]
    owners = owner(partner("P3"), "100").plus(owner(partner("P3"), "100/1"), houses)
    assert decide_owners(owners, **released).ids("contract", "send") == ["100%2F1/2/P3~owner", "100/1/2/P3~owner"]


@pytest.mark.rule("R24", "O20")
def test_a_contract_and_a_role_under_one_number_are_both_invalid() -> None:
    residents = Records().plus(
        person(contract(role(partner("P2"))), partner=partner("P5")),
        *(person(contract(nr=nr, unit_nr=nr), key=f"100.{nr}.1") for nr in ("V1/P2", "V1/P2~role")),
    )
    found = decide(residents)
    assert found.ids("contract", "invalid") == ["V1/P2~role"]
    assert found.row("contract", "V1/P2~role")["source"] == "SP_VERTRAG:V1/P2~role SP_VERTRAGSROLLE:V1/P2/MITBEWOHNER"
    assert found.ids("contract", "send") == ["V1", "V1/P2"]


@pytest.mark.rule("R11", "O19")
@pytest.mark.parametrize(
    ("times", "expected"),
    [
        ((("2010-01-01", "2015-12-31"), ("2020-01-01", None)), ("send", "OWNER")),
        ((("2010-01-01", "2015-12-31"), ("2016-01-01", "2020-12-31")), ("remove", "OWNERSHIP_ENDED")),
        ((("2010-01-01", "2015-12-31"), ("2099-01-01", None)), ("remove", "NOT_YET")),
        ((("2010-01-01", None), (None, None)), ("send", "OWNER")),
        ((("2010-01-01", "2015-12-31"), (None, None)), ("remove", "OWNERSHIP_ENDED")),  # as for his access
    ],
)
def test_who_sold_and_bought_again_stands_as_the_best_of_his_times(
    times: tuple[tuple[str | None, str | None], ...], expected: tuple[str, str]
) -> None:
    owned = [owner(partner("P3"), begin=begin, end=end) for begin, end in times]
    found = decide_owners(prop("100"), unit("1"), *owned).row("contract", "100/1/P3~owner")
    assert (found["decision"], found["reason"]) == expected


@pytest.mark.rule("R24", "R50")
@pytest.mark.parametrize("of_portal", [False, True])
def test_a_note_named_like_an_order_is_another_comment(of_portal: bool) -> None:
    """The second world holds our own order's note as if it had come from the portal."""
    texts = kind("REPARATUR", notes_commissioning=True, note_template="Auftrag {order.number}.")
    if of_portal:
        from_there = report(note("SP-15", origin="PORTAL"), nr="SP-14", origin="PORTAL")
        came = [from_there, came_in("ticket", "M1", "SP-14"), came_in("comment", "AUFTRAG-A1", "SP-15")]
        world = [report(order()), *came]
    else:
        world = [report(note("AUFTRAG-A1"), order())]
    ledger = [
        held("M1", record_type="ticket", group="reports"), held("AUFTRAG-A1", record_type="comment", group="reports"),
    ]  # fmt: skip
    found = decide_reports(*world, texts, known=ledger)
    assert len(found.ids("comment")) == len(set(found.ids("comment"))) == 2
