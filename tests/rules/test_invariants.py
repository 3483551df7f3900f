"""What holds for whatever iX-Haus contains."""

import datetime as dt
import json
from typing import Any

import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pandas import DataFrame

from include.casavi.payloads import ContactPayload, ContractPayload, ResponsibilitiesPayload
from include.rules import objects, owners_caretakers, persons
from include.settings import SystemSettings
from include.vocabulary import ids
from include.vocabulary.decision import CONTROL_COLUMNS, Decision
from include.vocabulary.reasons import REASONS
from tests.rules.builders import (
    SETTINGS,
    Outcome,
    Records,
    caretaker,
    contract,
    decide,
    decide_objects,
    decide_owners,
    held,
    owner,
    partner,
    person,
    prop,
    role,
    unit,
    views_of,
)

SYSTEM = SystemSettings(system="production", **SETTINGS)
DAY = dt.date(2026, 6, 15)
FIELDS = {
    "contact": {str(field.alias) for field in ContactPayload.model_fields.values()},
    "contract": {str(field.alias) for field in ContractPayload.model_fields.values()},
    "responsibility": {str(field.alias) for field in ResponsibilitiesPayload.model_fields.values()},
}
BOTH = (persons.decide, owners_caretakers.decide)
KNOWN = ["record_type", "external_id", "state", "identity", "properties", "reason", "group"]
NAMES = {"id", "firstName", "lastName", "companyName", "portalUser"}

_day = st.sampled_from([None, "2019-12-31", "2026-06-14", "2026-06-15", "2026-06-16", "2030-01-01"])
_property = st.sampled_from(["100", "110", "900"])
_email = st.sampled_from([None, "", "max@example.org", "Max@Example.org; x", "x@@y", "anonymisiert", "kim@example.org"])
_name = st.sampled_from([None, "Muster", "anonymisiert"])
_created = st.sampled_from([None, "2020-01-01", "2026-05-01"])
_partner_nr = st.sampled_from(["P1", "P2", "P3", "100.1.1"])
_owner_nr = st.sampled_from(["P1", "P2", "P4", "P5"])
_person_key = st.sampled_from(["100.1.1", "100.2.1", "110.1.1", "900.1.1"])
_contract_nr = st.sampled_from(["V1", "V2", "V3", "V1/P1"])


def _contact() -> dict[str, st.SearchStrategy[Any]]:
    return {
        "last_name": _name, "first_name": _name, "company": _name, "email": _email, "created_at": _created,
        "anonymised_at": _created, "telephone": st.sampled_from([None, "0221 1", "anonymisiert"]),
        "street": st.sampled_from([None, "Musterstr. 1"]),
    }  # fmt: skip


def _rows(keys: tuple[str, ...], **columns: st.SearchStrategy[Any]) -> st.SearchStrategy[list[dict[str, Any]]]:
    return st.lists(st.fixed_dictionaries(columns), max_size=5, unique_by=lambda row: tuple(row[key] for key in keys))


records = st.fixed_dictionaries(
    {
        "persons": _rows(
            ("person_key",), person_key=_person_key, property_nr=_property,
            person_type=st.sampled_from(["Mieter", "Interessent", None]), partner_nr=st.none() | _partner_nr,
            **_contact(),
        ),
        "partners": _rows(("partner_nr",), partner_nr=_partner_nr, is_minor=st.booleans(), **_contact()),
        "contracts": _rows(
            ("contract_nr",), contract_nr=_contract_nr, property_nr=_property, unit_nr=st.sampled_from(["1", None]),
            person_key=_person_key, kind=st.sampled_from(["MIETE", "EIGENTUM", None]), begin=_day, end=_day,
        ),
        "contract_roles": _rows(
            ("contract_nr", "partner_nr", "role"), contract_nr=_contract_nr, partner_nr=_partner_nr,
            role=st.sampled_from(["MITBEWOHNER", "VERTRAGSPARTNER"]), begin=_day, end=_day,
        ),
        "owners": _rows(
            ("property_nr", "partner_nr"), property_nr=_property, partner_nr=_owner_nr, begin=_day, end=_day,
        ),
        "caretakers": _rows(
            ("property_nr", "partner_nr"), property_nr=_property, partner_nr=_owner_nr, begin=_day, end=_day,
            is_visible=st.booleans(),
        ),
        "licences": _rows(
            ("licence",), licence=st.sampled_from(["Objekteigentümer", "Hausmeister"]), active=st.booleans(),
            valid_until=_day,
        ),
        "units": st.just([{"property_nr": "100", "unit_nr": "1"}, {"property_nr": "110", "unit_nr": "1"}]),
    }
).map(Records)  # fmt: skip
ledgers = st.lists(
    st.builds(
        held, st.one_of(_partner_nr, _owner_nr, _person_key, _person_key.map(lambda key: f"{key}~20260501")),
        st.sampled_from(["new", "pending", "present", "restricted", "removed"]),
        st.sampled_from(["", "2020-01-01T00:00:00", "2026-05-01T00:00:00"]),
        group=st.sampled_from(["persons", "owners_caretakers"]),
    ),
    max_size=4, unique_by=lambda row: row["external_id"],
)  # fmt: skip


@pytest.mark.rule("R5", "R17", "R24")
@settings(max_examples=30, deadline=None)
@given(records, ledgers)
def test_nothing_leaves_that_may_not(world: Records, ledger: list[dict[str, str]]) -> None:
    outcomes = [decide(world, known=ledger, rules=rules) for rules in BOTH]
    for outcome in outcomes:
        _check_what_leaves(outcome)
    emails = pd.concat(outcome.frames["contact"]["email"] for outcome in outcomes)
    assert emails.dropna().str.lower().is_unique


def _check_what_leaves(outcome: Outcome) -> None:
    for record_type, frame in outcome.frames.items():
        assert list(frame.columns[: len(CONTROL_COLUMNS)]) == list(CONTROL_COLUMNS)
        assert set(frame.columns) == {*CONTROL_COLUMNS, *FIELDS[record_type]}
        assert frame["external_id"].is_unique
        assert set(frame["reason"]) <= set(REASONS)
        assert set(frame["decision"]) <= {decision.value for decision in Decision}
        not_sent = frame[~frame["decision"].isin(["send", "restrict"])]
        assert not_sent[sorted(FIELDS[record_type] - {"id", "portalUser"})].isna().all(axis=None)
        unreleased = frame[frame["properties"] == "900"]
        assert not unreleased["decision"].isin(["send", "restrict"]).any()
    contacts = outcome.frames["contact"]
    restricted = contacts[contacts["decision"] == "restrict"]
    assert restricted[sorted(FIELDS["contact"] - NAMES)].isna().all(axis=None)
    assert not contacts["portalUser"][contacts["decision"] != "send"].any()


@pytest.mark.rule("R16", "R23")
@settings(max_examples=20, deadline=None)
@given(records, ledgers)
def test_every_record_of_the_erp_has_exactly_one_outcome(world: Records, ledger: list[dict[str, str]]) -> None:
    frames = decide(world, known=ledger).frames
    assert _sources(frames["contact"], "SP_PERSON") == sorted(row["person_key"] for row in world.rows["persons"])
    assert _sources(frames["contract"], "SP_VERTRAG") == sorted(row["contract_nr"] for row in world.rows["contracts"])
    assert _sources(frames["contract"], "SP_VERTRAGSROLLE") == sorted(
        ids.source("", row["contract_nr"], row["partner_nr"], row["role"])[1:] for row in world.rows["contract_roles"]
    )


@pytest.mark.rule("R23", "E6", "E22")
@settings(max_examples=30, deadline=None)
@given(records, ledgers)
@example(  # the portal has one of two ids of a partner from either group
    person(key="110.1.1", partner="P3"),
    [held("110.1.1", "restricted", group="owners_caretakers"), held("P3", "restricted")],
)
def test_every_contact_is_sent_by_exactly_one_group_and_taken_for_gone_by_none(
    world: Records, ledger: list[dict[str, str]]
) -> None:
    residents, others = (decide(world, known=ledger, rules=rules).frames["contact"] for rules in BOTH)
    active = [frame[frame["reason"] != "OTHER_GROUP"]["external_id"] for frame in (residents, others)]
    assert not set(active[0]) & set(active[1])
    assert {*residents["external_id"], *others["external_id"]} == {*active[0], *active[1]}
    for row in ledger:
        decided = {"persons": residents, "owners_caretakers": others}[row["group"]]
        if row["external_id"] in {*active[0], *active[1]}:
            assert row["external_id"] in set(decided["external_id"])


@pytest.mark.rule("R11", "O19")
@settings(max_examples=20, deadline=None)
@given(records, ledgers)
def test_owners_and_caretakers_are_sent_only_with_their_contact_and_what_is_sent_is_valid(
    world: Records, ledger: list[dict[str, str]]
) -> None:
    outcome, residents = decide_owners(world, known=ledger), decide(world, known=ledger)
    sent = {*outcome.ids("contact", "send", "restrict"), *residents.ids("contact", "send", "restrict")}
    for external_id in outcome.ids("contract", "send"):
        row = outcome.contract(external_id)
        assert row["contactId"] in sent
        ContractPayload.model_validate_json(json.dumps({field: row[field] for field in FIELDS["contract"]}))
    for external_id in outcome.ids("responsibility", "send"):
        row = outcome.row("responsibility", external_id)
        assert {one["contactId"] for one in row["responsibilities"]} <= sent
        assert row["responsibilities"]
    houses = {row["property_nr"] for row in world.rows["caretakers"]}
    assert outcome.ids("responsibility") == sorted(houses)


def _sources(frame: DataFrame, view: str) -> list[str]:
    keys = [key for source in frame["source"] for key in source.split() if key.startswith(f"{view}:")]
    return sorted(key.removeprefix(f"{view}:") for key in keys)


@pytest.mark.rule("E22c", "R24")
@settings(max_examples=20, deadline=None)
@given(records, ledgers)
def test_a_contract_is_sent_only_with_a_contact_that_is_and_what_is_sent_is_valid(
    world: Records, ledger: list[dict[str, str]]
) -> None:
    outcome = decide(world, known=ledger)
    users = set(outcome.ids("contact", "send"))
    for external_id in outcome.ids("contract", "send"):
        row = outcome.contract(external_id)
        assert row["contactId"] in users
        ContractPayload.model_validate_json(json.dumps({field: row[field] for field in FIELDS["contract"]}))
    for external_id in outcome.ids("contact", "send", "restrict"):
        row = outcome.contact(external_id)
        ContactPayload.model_validate_json(json.dumps({field: row[field] for field in FIELDS["contact"]}))


@pytest.mark.rule("R24")
@settings(max_examples=20, deadline=None)
@given(records, ledgers, st.randoms(use_true_random=False))
def test_the_order_of_records_decides_nothing(world: Records, ledger: list[dict[str, str]], random: Any) -> None:
    shuffled = Records({name: random.sample(rows, len(rows)) for name, rows in world.rows.items()})
    mixed = random.sample(ledger, len(ledger))
    before, after = decide(world, known=ledger).frames, decide(shuffled, known=mixed).frames
    for record_type, frame in before.items():
        pd.testing.assert_frame_equal(_sorted(frame), _sorted(after[record_type]))


@pytest.mark.rule("E18", "E21", "R24")
@settings(max_examples=20, deadline=None)
@given(records, ledgers)
def test_ids_stay_as_they_are_once_the_portal_has_acknowledged_them(
    world: Records, ledger: list[dict[str, str]]
) -> None:
    first = decide(world, known=ledger)
    contacts = first.frames["contact"]
    sent = contacts[contacts["decision"].isin(["send", "restrict"])]
    acknowledged = [
        held(external_id, "present", identity)
        for external_id, identity in zip(sent["external_id"], sent["identity"], strict=True)
    ]
    gone = [
        {**row, "state": "removed"} for row in ledger
        if row["state"] != "new" and row["external_id"] not in set(sent["external_id"])
    ]  # fmt: skip
    again = decide(world, known=acknowledged + gone)
    assert again.ids("contact", "send", "restrict") == sorted(sent["external_id"])
    for nr in first.ids("contract", "send"):
        assert again.contract(nr)["contactId"] == first.contract(nr)["contactId"]


@pytest.mark.rule("E22a", "E60")
def test_empty_views_make_empty_frames_with_all_columns() -> None:
    outcome = decide()
    assert [len(frame) for frame in outcome.frames.values()] == [0, 0]
    assert set(outcome.frames["contact"].columns) == {*CONTROL_COLUMNS, *FIELDS["contact"]}
    assert [len(frame) for frame in decide_objects().frames.values()] == [0, 0]


@pytest.mark.rule("R5")
def test_columns_that_the_erp_adds_go_nowhere() -> None:
    world = person(contract(role(partner("P2"))), partner=partner("P1")).plus(prop(), unit(), owner(), caretaker("P2"))
    views = views_of(world)
    internal = {"balance": "-1234.56", "birth_date": "1970-01-01", "iban": "DE00", "short_note": "Mahnung"}
    secret = {name: frame.assign(**internal) for name, frame in views.items()}
    ledger = DataFrame(columns=KNOWN, dtype="str")
    for rules in (persons.decide, objects.decide, owners_caretakers.decide):
        for record_type, frame in rules(secret, ledger, SYSTEM, DAY).items():
            pd.testing.assert_frame_equal(frame, rules(views, ledger, SYSTEM, DAY)[record_type])


@pytest.mark.rule("R16")
def test_frames_as_parquet_gives_them_back_decide_the_same(tmp_path: Any) -> None:
    world = person(contract(role(partner("P2")), end="2026-12-31"), email="max@example.org").plus(prop(), unit())
    views = views_of(world)
    for day in ("begin", "end"):
        for name in ("contracts", "contract_roles"):
            dates = [value.date() if pd.notna(value) else None for value in views[name][day]]
            views[name][day] = pd.Series(dates, dtype=object)
    ledger = DataFrame(columns=KNOWN, dtype="str")
    read = {}
    for name, frame in views.items():
        frame.to_parquet(tmp_path / name)
        read[name] = pd.read_parquet(tmp_path / name)
    assert read["contract_roles"]["begin"].dtype == object  # days come back as dates, empty columns as nothing at all
    for record_type, frame in persons.decide(read, ledger, SYSTEM, DAY).items():
        expected = decide(world).frames[record_type]
        pd.testing.assert_frame_equal(frame, expected, check_dtype=False)
        frame.to_parquet(tmp_path / "outcome")
    for frame in objects.decide(read, ledger, SYSTEM, DAY).values():
        frame.to_parquet(tmp_path / "outcome")


def _sorted(frame: DataFrame) -> DataFrame:
    return frame.sort_values("external_id", ignore_index=True)
