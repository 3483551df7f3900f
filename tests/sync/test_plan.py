"""Comparing what the portal should hold with what it has acknowledged: every state meets every decision."""

from collections.abc import Iterable
from datetime import datetime
from functools import cache
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas import DataFrame

from include.casavi.endpoints import ENDPOINTS
from include.casavi.payloads import UnitPayload, refusal
from include.settings import PropertyRange
from include.sync.contents import REMOVAL_HASH, with_content
from include.sync.plan import (
    DuplicateKeysError,
    Outcome,
    Scope,
    compare,
    takes_away,
    validate,
)
from include.vocabulary.decision import CONTROL_COLUMNS, Decision
from include.vocabulary.state import State

ALL = Scope(resend="all")
REFUSED = Scope(resend="refused")
JANUARY = (datetime(2027, 1, 1), datetime(2027, 2, 1))  # noqa: DTZ001 - UTC without zone, as in the frames
OURS = "objects"
Row = dict[str, Any]


def record(external_id: str, decision: str = "send", **fields: Any) -> Row:
    """One record as a rules function hands it over: a unit of property 104."""
    row: Row = {"external_id": external_id, "decision": decision, "changed_at": pd.NaT, "name": "EG links"}
    row |= {"reason": "RELEASED", "warnings": "", "properties": "104", "parents": "", "identity": "", "source": ""}
    row |= fields
    return row | {"id": external_id, "propertyId": row["properties"].split(" ")[0] or "104"}


def desired(*rows: Row) -> DataFrame:
    """What the rules decided, staged and read back as in a run."""
    payload = ["id", "propertyId", "name", "number", "address", "usage", "note", "mscNumber"]
    frame = DataFrame(rows, columns=[*CONTROL_COLUMNS, *payload])
    return with_content(frame, version=1, secret=None).to_pandas()


def hash_of(row: Row) -> str:
    """The digest of a record's content."""
    return _hash_of(row["external_id"], row["name"], row["properties"])


@cache
def _hash_of(external_id: str, name: str, properties: str) -> str:
    return str(desired(record(external_id, name=name, properties=properties))["hash"].iloc[0])


def acknowledged(row: Row, state: str = "present", **columns: str | None) -> Row:
    """The ledger's row after the portal took a record as it is."""
    kept = {name: row[name] for name in ("external_id", "properties", "identity", "reason")}
    digest = hash_of(row) if state in ("present", "restricted") else None
    return {"record_type": "unit", **kept, "state": state, "hash": digest, "refused": None, "group": OURS, **columns}


def known(*rows: Row) -> DataFrame:
    """The ledger, read as in a run."""
    names = ["record_type", "external_id", "state", "hash", "refused", "reason", "properties", "identity", "group"]
    names += ["parents", "acknowledged_at"]
    schema = pa.schema([(name, pa.string()) for name in names])
    frame = pa.Table.from_pylist(list(rows), schema=schema).to_pandas()
    return frame.assign(is_ours=frame["group"] == OURS)


def said(records: DataFrame) -> dict[str, str]:
    """What comparing says, as "outcome" or "outcome action" per id."""
    return {
        row["external_id"]: " ".join(word for word in (row["outcome"], row["action"]) if isinstance(word, str))
        for row in records.to_dict("records")
    }


def planned(row: Row, *ledger: Row, scope: Scope = ALL) -> str:
    """What comparing says about one record."""
    return said(compare(desired(row), known(*ledger), scope))[row["external_id"]]


# every state meets every decision

CHANGED = Scope()
MATRIX = {
    #              send, as held      send, changed      restrict           remove             withhold    invalid
    "new":        ("change create",   "change create",   "change create",   "withheld",        "withheld", "invalid"),
    "pending":    ("change create",   "change create",   "change create",   "change remove",   "withheld", "invalid"),
    "present":    ("unchanged",       "change update",   "change update",   "change remove",   "withheld", "invalid"),
    "restricted": ("unchanged",       "change update",   "change update",   "change remove",   "withheld", "invalid"),
    "removed":    ("change create",   "change create",   "change create",   "withheld",        "withheld", "invalid"),
}  # fmt: skip
DECISIONS = [("send", "EG links"), ("send", "EG rechts"), ("restrict", "anonym")]
DECISIONS += [(decision, "EG rechts") for decision in ("remove", "withhold", "invalid")]
CELLS = [
    pytest.param(state, *decision, says, id=f"{state} {' '.join(decision)}")
    for state, row in MATRIX.items()
    for decision, says in zip(DECISIONS, row, strict=True)
]


def test_the_matrix_names_every_state_and_decision() -> None:
    assert set(MATRIX) == set(State)
    assert {decision for decision, _ in DECISIONS} == set(Decision)


@pytest.mark.parametrize(("state", "decision", "name", "says"), CELLS)
def test_each_state_meets_each_decision(state: str, decision: str, name: str, says: str) -> None:
    assert planned(record("1", decision, name=name), acknowledged(record("1"), state), scope=CHANGED) == says


@pytest.mark.parametrize(("decision", "name", "says"), [(*d, s) for d, s in zip(DECISIONS, MATRIX["new"], strict=True)])
def test_a_record_the_ledger_never_saw_is_new(decision: str, name: str, says: str) -> None:
    records = compare(desired(record("1", decision, name=name)), known(), CHANGED)
    assert said(records) == {"1": says}
    assert records[["state", "unseen", "gone"]].to_numpy().tolist() == [["new", True, False]]


@pytest.mark.parametrize("state", State)
def test_resending_everything_sends_nothing_that_the_portal_has_as_it_is(state: str) -> None:
    ledger = acknowledged(record("1"), state)
    again = [planned(record("1"), ledger, scope=scope) for scope in (CHANGED, ALL)]
    assert again[0] == again[1]


@pytest.mark.parametrize("decision", ["remove", "withhold", "invalid"])
@pytest.mark.parametrize("state", State)
def test_resending_everything_sends_nothing_that_is_not_wanted(state: str, decision: str) -> None:
    ledger = acknowledged(record("1"), state)
    again = [planned(record("1", decision), ledger, scope=scope) for scope in (CHANGED, ALL)]
    assert again[0] == again[1]


# what the ERP no longer has


@pytest.mark.rule("R20")
@pytest.mark.parametrize(
    ("state", "says"),
    [
        ("new", None),
        ("pending", "change remove"),
        ("present", "change remove"),
        ("restricted", "change remove"),
        ("removed", None),
    ],
)
def test_a_record_gone_from_the_erp_is_removed_if_the_portal_may_hold_it(state: str, says: str | None) -> None:
    records = compare(desired(record("2")), known(acknowledged(record("1"), state)), CHANGED)
    assert said(records).get("1") == says


@pytest.mark.rule("R20")
def test_a_gone_record_carries_what_its_removal_needs() -> None:
    ledger = known(acknowledged(record("1", properties="104 105", identity="2020-01-01"), parents="property 104"))
    gone = compare(desired(record("2")), ledger, CHANGED).set_index("external_id").loc["1"]
    assert (gone["decision"], gone["reason"], gone["hash"]) == ("remove", "GONE", REMOVAL_HASH)
    assert (gone["properties"], gone["parents"], gone["warnings"]) == ("104 105", "property 104", "")
    assert (gone["gone"], gone["unseen"]) == (True, False)


def test_a_record_that_the_erp_never_had_keeps_that_reason() -> None:
    ledger = known(acknowledged(record("1", reason="ORPHAN")), acknowledged(record("2")))
    records = compare(desired(), ledger, CHANGED).set_index("external_id")
    assert records["reason"].to_dict() == {"1": "ORPHAN", "2": "GONE"}


@pytest.mark.rule("E21")
def test_the_removal_of_a_gone_record_keeps_its_identity_so_that_its_number_is_not_inherited() -> None:
    ledger = known(acknowledged(record("1", identity="2020-01-01T10:00:00")))
    gone = compare(desired(record("2")), ledger, CHANGED).set_index("external_id").loc["1"]
    assert gone["identity"] == "2020-01-01T10:00:00"


@pytest.mark.rule("R15", "R20")
def test_units_of_a_property_taken_out_of_the_range_are_told_to_the_portal_as_removed() -> None:
    held = [record("104/1"), record("104/2"), record("105/1", properties="105")]
    withdrawn = [record("104/1", "remove"), record("104/2", "remove"), record("105/1", properties="105")]
    records = compare(desired(*withdrawn), known(*map(acknowledged, held)), CHANGED)
    assert said(records) == {"104/1": "change remove", "104/2": "change remove", "105/1": "unchanged"}


@pytest.mark.rule("E11")
def test_a_removed_record_that_is_released_again_is_created_again() -> None:
    assert planned(record("1"), acknowledged(record("1"), "removed"), scope=CHANGED) == "change create"


# identity and mastership


@pytest.mark.rule("R24")
def test_a_changed_name_updates_the_same_record() -> None:
    ledger = [acknowledged(record("1", name="Meier")), acknowledged(record("2"))]
    records = compare(desired(record("1", name="Meier-Schulz"), record("2")), known(*ledger), CHANGED)
    assert said(records) == {"1": "change update", "2": "unchanged"}


@pytest.mark.rule("R2")
def test_a_resent_record_carries_the_full_content_of_the_erp() -> None:
    row = record("1", name="EG links", changed_at=pd.Timestamp("2027-01-15"))
    records = compare(desired(row), known(acknowledged(row)), Scope(resend="interval", interval=JANUARY))
    assert '"name":"EG links"' in records["content"].iloc[0]
    assert '"note":null' in records["content"].iloc[0]


@pytest.mark.rule("R2")
@pytest.mark.parametrize("record_type", ENDPOINTS)
def test_master_data_are_never_read_back(record_type: str) -> None:
    assert {call.method for call in ENDPOINTS[record_type].calls()} <= {"POST", "PUT", "PATCH", "DELETE"}


def test_two_records_with_one_id_stop_everything_and_are_named() -> None:
    rows = [record("1"), record("2", "withhold"), record("2"), record("3"), record("3")]
    with pytest.raises(DuplicateKeysError, match=r"these ids occur more than once: 2, 3$"):
        compare(desired(*rows), known(), CHANGED)


# what the portal refused


def refused(content: Row, held: Row | None = None) -> Row:
    """The ledger's row after the portal refused a content for good, holding an older one or none."""
    return acknowledged(held or content, "present" if held else "new", refused=hash_of(content))


def test_refused_content_is_not_sent_again() -> None:
    assert planned(record("1"), refused(record("1")), scope=CHANGED) == "outstanding"
    assert planned(record("1", name="x"), refused(record("1", name="x"), record("1")), scope=CHANGED) == "outstanding"


def test_refused_content_is_sent_again_once_it_changed() -> None:
    assert planned(record("1", name="y"), refused(record("1", name="x")), scope=CHANGED) == "change create"
    changed = planned(record("1", name="y"), refused(record("1", name="x"), record("1")), scope=CHANGED)
    assert changed == "change update"


@pytest.mark.parametrize("scope", [REFUSED, ALL])
def test_refused_content_is_sent_again_when_somebody_asks_for_it(scope: Scope) -> None:
    assert planned(record("1"), refused(record("1")), scope=scope) == "change create"
    assert planned(record("1"), acknowledged(record("1")), scope=scope) == "unchanged"


def test_the_beginning_of_a_hash_stands_for_it() -> None:
    row = record("1")
    assert planned(row, acknowledged(row, "new", refused=hash_of(row)[:24]), scope=CHANGED) == "outstanding"


def test_a_record_changed_back_to_what_the_portal_holds_is_unchanged() -> None:
    assert planned(record("1"), refused(record("1", name="x"), record("1")), scope=CHANGED) == "unchanged"


@pytest.mark.parametrize("gone", [True, False])
def test_a_refused_removal_is_not_sent_again_until_asked(gone: bool) -> None:
    ledger = known(acknowledged(record("1"), refused=REMOVAL_HASH))
    rows = [record("2")] if gone else [record("1", "remove"), record("2")]
    assert said(compare(desired(*rows), ledger, CHANGED))["1"] == "outstanding"
    assert said(compare(desired(*rows), ledger, ALL))["1"] == "change remove"


# scope


@pytest.mark.parametrize(
    ("chosen", "ids"),
    [
        (None, {"a", "b", "c", "d", "gone"}),
        ("104", {"a", "c"}),
        ("105-110", {"b", "c", "gone"}),
        ("999", set()),
        ("", set()),
    ],
)
def test_a_subset_looks_only_at_records_of_its_properties(chosen: str | None, ids: set[str]) -> None:
    rows = [record("a"), record("b", properties="105"), record("c", properties="104 105"), record("d", properties="")]
    ledger = known(acknowledged(record("gone", properties="110")))
    scope = Scope(None if chosen is None else PropertyRange.parse(chosen))
    assert set(compare(desired(*rows), ledger, scope)["external_id"]) == ids


def test_a_record_of_no_known_property_is_in_no_subset() -> None:
    ledger = known(acknowledged(record("gone"), properties=None))
    assert list(compare(desired(), ledger, Scope(PropertyRange.parse("104")))["external_id"]) == []
    assert list(compare(desired(), ledger, CHANGED)["external_id"]) == ["gone"]


@pytest.mark.parametrize(
    ("changed_at", "says"),
    [
        ("2026-12-31T23:59:59", "unchanged"),
        ("2027-01-01T00:00:00", "change update"),
        ("2027-01-31T23:59:59", "change update"),
        ("2027-02-01T00:00:00", "unchanged"),
        (None, "unchanged"),
    ],
)
def test_a_backfill_resends_what_changed_from_its_start_until_before_its_end(changed_at: str | None, says: str) -> None:
    row = record("1", changed_at=pd.Timestamp(changed_at) if changed_at else pd.NaT)
    assert planned(row, acknowledged(row), scope=Scope(resend="interval", interval=JANUARY)) == says


def test_a_backfill_sends_the_state_of_now_also_outside_its_interval() -> None:
    row = record("1", name="new name", changed_at=pd.Timestamp("2027-06-01"))
    assert planned(row, acknowledged(record("1")), scope=Scope(resend="interval", interval=JANUARY)) == "change update"


@pytest.mark.parametrize(("record_type", "is_sent"), [("unit", True), ("document", False), ("comment", False)])
def test_what_the_portal_cannot_update_is_never_sent_again_for_nothing(record_type: str, is_sent: bool) -> None:
    row = record("1", changed_at=pd.Timestamp("2027-01-15"))
    scope = Scope(resend="interval", interval=JANUARY).of_type(record_type)
    assert planned(row, acknowledged(row), scope=scope) == ("change update" if is_sent else "unchanged")


def test_an_interval_counts_only_when_asked_for() -> None:
    row = record("1", changed_at=pd.Timestamp("2027-01-15"))
    assert planned(row, acknowledged(row), scope=Scope(resend="changed", interval=JANUARY)) == "unchanged"


@pytest.mark.parametrize("scope", [CHANGED, ALL, Scope(PropertyRange.parse("104"), "interval", JANUARY)])
@pytest.mark.parametrize("ledger", [(), ("1", "2")])
def test_no_records_at_all_are_no_error(scope: Scope, ledger: Iterable[str]) -> None:
    records = compare(desired(), known(*(acknowledged(record(name)) for name in ledger)), scope)
    assert said(records) == dict.fromkeys(ledger, "change remove")


# every record exactly one outcome

CONTENT = st.sampled_from(["EG links", "EG rechts"])
ROWS = st.builds(
    lambda name, decision, content, number, day: record(
        name, decision, name=content, properties=number, changed_at=pd.Timestamp(day)
    ),
    st.sampled_from("abcdef"),
    st.sampled_from([str(decision) for decision in Decision]),
    CONTENT,
    st.sampled_from(["104", "105", "104 105", ""]),
    st.sampled_from(["2027-01-15", "2026-06-01"]),
)
LEDGER_ROWS = st.builds(
    lambda name, state, content, no: acknowledged(
        record(name, name=content), state, refused=hash_of(record(name, name=no)) if no else None
    ),
    st.sampled_from("abcdefgh"),
    st.sampled_from([str(state) for state in State]),
    CONTENT,
    CONTENT | st.none(),
)
SCOPES = st.sampled_from([CHANGED, REFUSED, ALL, Scope(resend="interval", interval=JANUARY)])


def by_id(row: Row) -> str:
    return str(row["external_id"])


@settings(deadline=None, max_examples=50)
@given(st.lists(ROWS, unique_by=by_id), st.lists(LEDGER_ROWS, unique_by=by_id), SCOPES)
def test_every_record_has_exactly_one_outcome_and_only_changes_an_action(
    rows: list[Row], ledger: list[Row], scope: Scope
) -> None:
    records = compare(desired(*rows), known(*ledger), scope)
    maybe_held = {row["external_id"] for row in ledger if row["state"] in ("pending", "present", "restricted")}
    assert sorted(records["external_id"]) == sorted({row["external_id"] for row in rows} | maybe_held)
    assert set(records["outcome"]) <= set(Outcome)
    assert (records["action"].notna() == (records["outcome"] == Outcome.CHANGE)).all()
    sent = records["action"].isin(["create", "update"])
    assert records.loc[sent, "content"].notna().all()
    assert records.loc[sent, "decision"].isin(["send", "restrict"]).all()


@settings(deadline=None, max_examples=50)
@given(st.lists(ROWS, unique_by=by_id), SCOPES)
def test_what_the_portal_acknowledged_is_not_sent_twice(rows: list[Row], scope: Scope) -> None:
    first = compare(desired(*rows), known(), scope)
    acked = [acknowledged(row) for row in rows if said(first)[row["external_id"]] == "change create"]
    again = compare(desired(*rows), known(*acked), CHANGED)
    assert not (again["outcome"] == Outcome.CHANGE).any()


@pytest.mark.rule("R17")
@pytest.mark.parametrize(("state", "counts"), [("present", True), ("restricted", False), ("new", False)])
def test_only_who_has_access_can_lose_it(state: str, counts: bool) -> None:
    row = acknowledged(record("1", name="before"), state)
    records = compare(desired(record("1", "restrict")), known(row), CHANGED)
    assert list(takes_away(records)) == [counts]


# the last check before the wire


def checked(*rows: Row, ledger: DataFrame | None = None) -> DataFrame:
    records = compare(desired(*rows), known() if ledger is None else ledger, CHANGED)
    return validate(records, UnitPayload, refusal).set_index("external_id")


def test_valid_content_becomes_the_portals_json() -> None:
    checked_record = checked(record("104/1", name=" EG links ")).loc["104/1"]
    assert checked_record["content"] == (
        '{"id":"104/1","propertyId":"104","name":"EG links","number":null,"address":null,"usage":null,"note":null,'
        '"mscNumber":null}'
    )
    assert (checked_record["outcome"], checked_record["action"]) == ("change", "create")


def test_refused_content_is_invalid_with_a_reason_and_without_its_value() -> None:
    records = checked(record("1", name="Frau\x07Geheim"), record("2"))
    assert said(records.reset_index()) == {"1": "invalid", "2": "change create"}
    assert records.loc["1", "reason"] == "INVALID_VALUE"
    assert records.loc["1", "text"] == "Bezeichnung: enthält Steuerzeichen"
    assert "Geheim" not in str(records.loc["1", "text"])
    assert records.loc["2", "reason"] == "RELEASED"


def test_what_is_not_sent_is_not_checked() -> None:
    ledger = known(acknowledged(record("same", name="")), acknowledged(record("out")), acknowledged(record("gone")))
    rows = [record("same", name=""), record("out", "remove", name=""), record("off", "withhold", name="")]
    assert said(checked(*rows, ledger=ledger).reset_index()) == {
        "same": "unchanged",
        "out": "change remove",
        "off": "withheld",
        "gone": "change remove",
    }


def test_an_invalid_record_leaves_the_portal_as_it_is() -> None:
    ledger = known(acknowledged(record("1")))
    assert said(checked(record("1", name=""), ledger=ledger).reset_index()) == {"1": "invalid"}


@pytest.mark.parametrize("empty_ledger", [True, False])
@pytest.mark.parametrize("empty_source", [True, False])
def test_checking_nothing_is_no_error(empty_ledger: bool, empty_source: bool) -> None:
    ledger = known() if empty_ledger else known(acknowledged(record("1"), "removed"))
    rows = [] if empty_source else [record("1", "withhold")]
    records = validate(compare(desired(*rows), ledger, CHANGED), UnitPayload, refusal)
    assert said(records) == ({} if empty_source else {"1": "withheld"})


@pytest.mark.rule("E31")
@pytest.mark.parametrize(("identity", "says"), [("other", "change remove"), ("same", "invalid"), ("", "invalid")])
def test_what_is_refused_must_not_leave_one_of_another_identity_in_its_place(identity: str, says: str) -> None:
    bad = record("1", name="x" * 300, identity="same")
    records = compare(desired(bad), known(acknowledged(bad, identity=identity, hash="old")), CHANGED)
    checked = validate(records, UnitPayload, refusal)
    assert said(checked)["1"] == says
    if says == "change remove":
        (hash_, decision) = checked[["hash", "decision"]].iloc[0]
        assert (hash_, decision) == (REMOVAL_HASH, "remove")
