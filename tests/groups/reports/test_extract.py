"""A run about a few changed reports reads little and decides as one that reads everything."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from pandas import DataFrame
from pandas.testing import assert_frame_equal
from sqlalchemy import Engine

from demo.ixhaus import REPORT_CASES, build_sample
from include.groups.reports.extract import extract_of, places
from include.ixhaus.database import open_engine
from include.ixhaus.read import Views, read_views
from include.rules.reports import decide
from include.settings import load_settings
from include.sync import ledger
from include.sync.contents import with_content
from include.sync.inbox import imported_records
from include.sync.lease import Lease
from include.sync.run import Extract, Opened, RunState
from tests.ixhaus.conftest import TODAY

VIEWS = (
    "SP_MELDUNG", "SP_NOTIZ", "SP_ANHANG", "SP_MELDUNGSART", "SP_BEAUFTRAGUNG", "SP_TEAM", "SP_BENUTZER", "SP_OBJEKT",
    "SP_EINHEIT", "SP_PERSON", "SP_PARTNER", "SP_VERTRAGSROLLE", "SP_EIGENTUEMER", "SP_HAUSMEISTER", "SP_LIZENZ",
)  # fmt: skip
TYPES = ("ticket_type", "ticket", "comment", "attachment", "post", "contact")
SETTINGS = load_settings("production")
STATE = RunState("production", "reports", "run", "", 1, "2026-01-01T00:00:00+00:00")
CONTACTS = """
    INSERT INTO SP_ABGLEICH (SYSTEM, ART, SCHLUESSEL, GRUPPE, OBJEKTE, ZUSTAND)
    SELECT 'production', 'contact', PERSON_SCHLUESSEL, 'persons', OBJEKT_NR, 'present' FROM SP_PERSON
    WHERE PARTNER_NR IS NULL
    UNION SELECT 'production', 'contact', PARTNER_NR, 'persons', '', 'present' FROM SP_PERSON WHERE PARTNER_NR <> ''
"""
REPORTERS = """
    INSERT INTO SP_MELDUNG (MELDUNG_NR, BETREFF, MELDUNGSART, STATUS, GEMELDET_AM, MELDER_PERSON, OBJEKT_NR, HERKUNFT)
    SELECT 'V-' || PERSON_SCHLUESSEL, 'Von ' || PERSON_SCHLUESSEL, 'ANFRAGE', 'Neu', '2026-01-02 09:00:00.000000',
           PERSON_SCHLUESSEL, OBJEKT_NR, 'ERP' FROM SP_PERSON
"""


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """The sample, with a report of every person in it, and everybody in the portal."""
    build_sample(tmp_path / "ixhaus.db", persons=200, today=TODAY, letters=0)
    monkeypatch.setenv(
        "AIRFLOW_CONN_IXHAUS_PRODUCTION", json.dumps({"conn_type": "sqlite", "host": str(tmp_path / "ixhaus.db")})
    )
    with closing(sqlite3.connect(tmp_path / "ixhaus.db")) as connection, connection:
        connection.execute(CONTACTS)
        connection.execute(REPORTERS)
    return open_engine("ixhaus_production")


def opened(engine: Engine) -> Opened:
    lease = Lease("production/reports", "run", 1, 60)
    return Opened(STATE, SETTINGS, engine, lease, STATE.staging())


def decided(engine: Engine, folder: Path, what: Extract) -> tuple[dict[str, DataFrame], int]:
    """What the rules say of an extract, and how many rows it has."""
    counts = read_views(engine, VIEWS, folder, what.views)
    views = {**Views(folder), "inbox": imported_records(engine, "production")}
    known = ledger.known_records(engine, "production", TYPES, what.known)
    frames = decide(views, known.to_pandas(), SETTINGS, TODAY)
    del frames["classified"]
    return frames, sum(counts.values()) + known.num_rows


def compared_rows(found: DataFrame, number: str) -> DataFrame:
    """What a plan compares of a property's records: the control columns, content and hash."""
    rows = with_content(found, 1, None).to_pandas()
    return rows[rows["properties"] == number].reset_index(drop=True)


def send_everything(engine: Engine, found: dict[str, DataFrame]) -> None:
    """Let the ledger say that the portal has taken whatever it should."""
    with engine.begin() as connection:
        for record_type, frame in found.items():
            sent = frame[frame["decision"] == "send"]
            columns = ["external_id", "properties", "identity"]
            ledger.add_new(connection, "production", "reports", record_type, sent[columns].to_dict("records"))
        connection.exec_driver_sql("UPDATE SP_ABGLEICH SET ZUSTAND = 'present', BESTAETIGT_AM = '2026-01-03 00:00:00'")


@pytest.mark.rule("R1", "R23")
@pytest.mark.parametrize("when", ["first", "later", "changed"])
def test_an_extract_of_a_property_decides_as_everything_does(engine: Engine, tmp_path: Path, when: str) -> None:
    if when != "first":
        send_everything(engine, decided(engine, tmp_path / "before", Extract())[0])
    if when == "changed":
        with engine.begin() as connection:
            connection.exec_driver_sql("UPDATE SP_MELDUNG SET MELDUNGSART = 'GEBAEUDE' WHERE MELDUNG_NR LIKE '%1'")
            connection.exec_driver_sql("UPDATE SP_MELDUNG SET MELDUNGSART = 'INTERN' WHERE MELDUNG_NR LIKE '%R%'")
            connection.exec_driver_sql("UPDATE SP_NOTIZ SET OEFFENTLICH = 'N'")
    whole, rows = decided(engine, tmp_path / "whole", Extract())
    compared = 0
    for number in ("129", "110", "100", "101"):
        some, fewer = decided(engine, tmp_path / number, extract_of(frozenset({number})))
        assert fewer < rows / 2
        for record_type in whole:
            mine = compared_rows(whole[record_type], number)
            assert_frame_equal(compared_rows(some[record_type], number), mine)
            compared += len(mine)
    assert compared > 80


@pytest.mark.rule("E11")
def test_the_places_of_a_report_are_where_it_is_and_where_the_portal_has_it(engine: Engine) -> None:
    number = REPORT_CASES["R35"]
    with engine.begin() as connection:
        row = {"external_id": number, "properties": "110", "identity": ""}
        ledger.add_new(connection, "production", "reports", "ticket", [row])
    assert places(opened(engine), [number]) == frozenset({"129", "110"})
    assert places(opened(engine), ["unknown"]) == frozenset()


def test_reports_of_more_properties_than_can_be_named_are_about_everything(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE SP_MELDUNG SET OBJEKT_NR = MELDUNG_NR")
        ids = [row[0] for row in connection.exec_driver_sql("SELECT MELDUNG_NR FROM SP_MELDUNG")]
        more = [f"X{number}" for number in range(1000)]
        for number in more:
            connection.exec_driver_sql("INSERT INTO SP_MELDUNG (MELDUNG_NR, OBJEKT_NR) VALUES (?, ?)", (number, number))
    assert len(places(opened(engine), ids) or ()) == len(ids)
    assert places(opened(engine), [*ids, *more]) is None
