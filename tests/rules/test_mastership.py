"""Who leads: iX-Haus, and for which data the portal may never write back (R4), and who is left alone (E22)."""

import sqlite3
from pathlib import Path

import pytest
from pandas import DataFrame
from sqlalchemy import Engine, delete

from demo.ixhaus import CASES, build_sample
from include.casavi.endpoints import ENDPOINTS
from include.ixhaus.contract import FRAMES, VIEWS
from include.ixhaus.contract.master import SP_HAUSMEISTER
from include.ixhaus.database import engine_on
from include.ixhaus.read import frame_of, read_views
from include.rules import persons
from include.settings import load_settings
from tests.ixhaus.conftest import TODAY


@pytest.mark.rule("R4", "R2")
def test_of_the_views_only_reports_notes_and_attachments_are_ever_written() -> None:
    written = {name for name, view in VIEWS.items() if view.info.get("written")}
    assert written == {"SP_MELDUNG", "SP_NOTIZ", "SP_ANHANG"}


@pytest.mark.rule("R2")
def test_master_data_are_never_read_from_the_portal() -> None:
    methods = {call.method for endpoint in ENDPOINTS.values() for call in endpoint.calls()}
    assert methods == {"POST", "PUT", "PATCH", "DELETE"}


@pytest.mark.rule("E22")
def test_a_caretaker_who_is_also_a_tenant_is_the_same_contact_with_and_without_the_caretaker(tmp_path: Path) -> None:
    build_sample(tmp_path / "x.db", persons=100, today=TODAY)
    engine = engine_on(lambda: sqlite3.connect(tmp_path / "x.db"))
    with_caretaker = _contact(tmp_path / "with", engine)
    with engine.begin() as connection:
        assert connection.execute(delete(SP_HAUSMEISTER)).rowcount > 0
    assert with_caretaker == _contact(tmp_path / "without", engine)
    assert with_caretaker["reason"] == "ACTIVE"


def _contact(folder: Path, engine: Engine) -> dict[str, object]:
    read_views(engine, list(FRAMES), folder)
    views = {name: frame_of(folder, name) for name in FRAMES.values()}
    nothing = DataFrame(
        {name: [] for name in ("record_type", "external_id", "state", "identity", "group")}, dtype="str"
    )
    contacts = persons.decide(views, nothing, load_settings("production"), TODAY)["contact"]
    found = contacts[contacts["source"].str.contains(CASES["E22"][0], regex=False)].to_dict("records")
    assert len(found) == 1
    return {str(name): str(value) for name, value in found[0].items()}
