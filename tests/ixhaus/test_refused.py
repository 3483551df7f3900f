"""The sample's bad records, and only they, are refused: by the rules or by the payload models."""

import sqlite3
from pathlib import Path

import pytest
from pandas import DataFrame, concat
from pydantic import BaseModel, ValidationError

from demo.ixhaus import REFUSED, build_sample
from include.casavi.payloads import (
    ContactPayload,
    ContractPayload,
    DocumentPayload,
    PropertyPayload,
    ResponsibilitiesPayload,
    UnitPayload,
    refusal,
)
from include.ixhaus.contract import FRAMES
from include.ixhaus.database import engine_on
from include.ixhaus.read import frame_of, read_views
from include.rules import documents, objects, owners_caretakers, persons
from include.settings import load_settings
from include.sync.contents import with_content
from tests.ixhaus.conftest import TODAY

MODELS: dict[str, type[BaseModel]] = {
    "property": PropertyPayload,
    "unit": UnitPayload,
    "contact": ContactPayload,
    "contract": ContractPayload,
    "document": DocumentPayload,
    "responsibility": ResponsibilitiesPayload,
}


@pytest.mark.rule("E3", "E15", "E22c")
def test_bad_records_and_only_they_are_refused(tmp_path: Path) -> None:
    build_sample(tmp_path / "x.db", persons=2_000, today=TODAY)
    read_views(engine_on(lambda: sqlite3.connect(tmp_path / "x.db")), list(FRAMES), tmp_path / "views")
    views = {name: frame_of(tmp_path / "views", name) for name in FRAMES.values()}
    nothing = DataFrame(
        {name: [] for name in ("record_type", "external_id", "state", "identity", "group")}, dtype="str"
    )
    settings = load_settings("production")
    refused: dict[str, str] = {}
    known = nothing
    for rules in (objects.decide, persons.decide, owners_caretakers.decide, documents.decide):
        for record_type, frame in rules(views, known, settings, TODAY).items():
            sent = frame.loc[frame["decision"] == "send", ["external_id", "identity"]]
            known = concat([known, sent.assign(record_type=record_type, state="present", group="")])
            invalid = frame[frame["decision"] == "invalid"]
            refused |= dict(zip(invalid["external_id"], invalid["reason"], strict=True))
            refused |= not_accepted(frame, MODELS[record_type])
    assert refused == REFUSED


def not_accepted(frame: DataFrame, model: type[BaseModel]) -> dict[str, str]:
    rows = with_content(frame, 1, None).select(["external_id", "content"]).to_pylist()
    found = {}
    for record in (row for row in rows if row["content"]):
        try:
            model.model_validate_json(record["content"])
        except ValidationError as error:
            found[record["external_id"]] = refusal(error)[0]
    return found
