"""How much the settings take in right now: in a database of the test's own."""

import sqlite3
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert

from include.ixhaus.contract import METADATA
from include.ixhaus.database import engine_on
from include.lookup.extent import Extent, extents
from include.settings import validate_settings

RANGE = {"properties": "100"}


class Little:
    """A database that keeps the contract and holds only what a test puts in."""

    def __init__(self, path: Path) -> None:
        self.engine = engine_on(lambda: sqlite3.connect(path))
        METADATA.create_all(self.engine)

    def add(self, view: str, **values: object) -> None:
        with self.engine.begin() as connection:
            connection.execute(insert(METADATA.tables[view]).values(**values))

    def counted(
        self, kind: str, system: str = "production", licences: tuple[str, ...] = ("Komfortpaket",), **settings: Any
    ) -> Extent:
        found = extents(self.engine, validate_settings({"system": system, **RANGE, **settings}, "here"), licences)
        [one] = [extent for extent in found if extent.kind == kind]
        return one

    def scope(self, kind: str, **settings: Any) -> int:
        return self.counted(kind, **settings).in_scope


@pytest.fixture
def erp(tmp_path: Path) -> Little:
    return Little(tmp_path / "erp.db")


def test_an_empty_database_counts_nothing(erp: Little) -> None:
    for kind in ("properties", "units", "persons", "documents", "reports"):
        assert erp.counted(kind) == Extent(kind, 0, 0, 0)


@pytest.mark.rule("R13")
def test_what_lies_in_the_object_range_is_in_scope(erp: Little) -> None:
    for number in ("100", "200"):
        erp.add("SP_OBJEKT", property_nr=number)
        erp.add("SP_EINHEIT", property_nr=number, unit_nr="1")
        erp.add("SP_PERSON", person_key=f"{number}.1.0", property_nr=number)
        erp.add("SP_MELDUNG", report_nr=number, property_nr=number)
    for kind in ("properties", "units", "persons", "reports"):
        assert erp.counted(kind) == Extent(kind, 2, 1, 0)


@pytest.mark.rule("R13", "R14")
def test_a_wider_range_counts_at_once(erp: Little) -> None:
    for number in ("100", "200", "300"):
        erp.add("SP_OBJEKT", property_nr=number)
    assert erp.scope("properties", properties="100-250") == 2
    assert erp.scope("properties", properties="100", properties_full_history="300") == 2


@pytest.mark.rule("E60")
def test_an_empty_range_takes_in_nothing(erp: Little) -> None:
    erp.add("SP_OBJEKT", property_nr="100")
    assert erp.scope("properties", properties="") == 0


@pytest.mark.rule("R26")
def test_documents_count_by_their_type_too(erp: Little) -> None:
    for number, kind in enumerate(("Abrechnung", "Hausordnung", "Vermerk")):
        erp.add("SP_DOKUMENT", document_id=str(number), document_type=kind, property_nr="100", storage="DATENBANK")
    released = {"document_types": "Abrechnung", "document_types_without_time_filter": "Hausordnung"}
    assert erp.scope("documents", **released) == 2


@pytest.mark.rule("R30")
def test_a_document_whose_property_only_docuware_knows_counts(erp: Little) -> None:
    erp.add("SP_DOKUMENT", document_id="1", document_type="Abrechnung", storage="DOCUWARE")
    erp.add("SP_DOKUMENT", document_id="2", document_type="Abrechnung", storage="DATENBANK")
    assert erp.scope("documents", document_types="Abrechnung") == 1


@pytest.mark.rule("R37")
@pytest.mark.parametrize(("teams", "number"), [("", 3), ("Nord", 2), ("T1", 2), ("Süd", 2), ("Nord, Süd", 3)])
def test_reports_count_by_their_team_too(erp: Little, teams: str, number: int) -> None:
    for team, name in (("T1", "Nord"), ("T2", "Süd")):
        erp.add("SP_TEAM", team_nr=team, name=name)
        erp.add("SP_MELDUNG", report_nr=team, property_nr="100", team_nr=team)
    erp.add("SP_MELDUNG", report_nr="none", property_nr="100")
    assert erp.scope("reports", user_teams=teams) == number


@pytest.mark.rule("R12")
def test_without_the_licence_for_teams_reports_of_all_count(erp: Little) -> None:
    for team in ("T1", "T2"):
        erp.add("SP_MELDUNG", report_nr=team, property_nr="100", team_nr=team)
    assert erp.scope("reports", user_teams="T1") == 1
    assert erp.scope("reports", user_teams="T1", licences=()) == 2


@pytest.mark.rule("R7")
def test_the_portal_holds_what_it_acknowledged_for_this_system(erp: Little) -> None:
    states = ("present", "restricted", "removed", "pending", "new")
    for system in ("production", "test"):
        for state in states if system == "production" else states[:1]:
            erp.add("SP_ABGLEICH", system=system, record_type="contact", external_id=state, state=state)
    assert erp.counted("persons").in_portal == 2
    assert erp.counted("persons", system="test").in_portal == 1


def test_house_notices_count_as_reports(erp: Little) -> None:
    for record_type in ("ticket", "post", "comment"):
        erp.add("SP_ABGLEICH", system="production", record_type=record_type, external_id="1", state="present")
    assert erp.counted("reports").in_portal == 2
