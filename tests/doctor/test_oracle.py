"""Every statement of the doctor on a real Oracle; see tests/ixhaus/test_oracle.py for how one is named."""

from collections.abc import Iterator
from itertools import chain

import pytest
from sqlalchemy import Engine

from include.doctor import AREAS, Finding, Patient, Severity, airflow, examine, places
from include.doctor.shape import live_columns
from include.ixhaus.contract import OWN_TABLES
from include.ixhaus.database import engine_on
from include.settings import SystemSettings
from tests.ixhaus.test_oracle import ON_ORACLE, Logons, schema

__all__ = ["schema"]
pytestmark = ON_ORACLE
ON_THE_DATABASE = [area for area in AREAS if area.name in ("database", "data", "settings")]
ON_THE_DATABASE += [AREAS[0]._replace(checks=(places.folder, places.docuware, places.mail, airflow.last_runs))]


@pytest.fixture
def engine(schema: None) -> Iterator[Engine]:
    engine = engine_on(Logons())
    yield engine
    engine.dispose()


def patient(engine: Engine) -> Patient:
    settings = SystemSettings(system="test", report_user="007")
    return Patient(settings, open_database=lambda *_: engine)


def unanswered(findings: list[Finding]) -> list[str]:
    return [f"{one.where}: {one.what.english}" for one in findings if one.code in ("NOT_LOOKED", "DATABASE")]


def test_every_statement_is_answered(engine: Engine) -> None:
    """The dictionary's views may be hidden from a user: then the check says that it could not look, and no other."""
    said = unanswered(examine(patient(engine), ON_THE_DATABASE))
    assert [one for one in said if "ORA-00942" not in one] == []


def test_the_contracts_own_script_has_the_contracts_types(engine: Engine) -> None:
    types = ("WRONG_TYPE", "PADDED", "PADDED_KEY", "TOO_SHORT", "NO_KEY", "NO_OWN_INDEX")
    assert [one for one in examine(patient(engine), ON_THE_DATABASE) if one.code in types] == []


def test_types_come_from_the_driver(engine: Engine) -> None:
    live = live_columns(patient(engine), OWN_TABLES["SP_ABGLEICH"])
    assert (live["SYSTEM"].kind, live["SYSTEM"].length) == ("VARCHAR2", 20)
    kinds = {column.kind for column in live.values()}
    assert kinds == {"VARCHAR2", "NUMBER", "TIMESTAMP"}


def test_another_type_and_length_are_named(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE SP_PORTALKONTO MODIFY (REGISTRIERT CHAR(3))")
        connection.exec_driver_sql("ALTER TABLE SP_PORTALKONTO MODIFY (KONTAKT VARCHAR2(40 CHAR))")
    try:
        found = {one.where: one.code for one in examine(patient(engine), ON_THE_DATABASE)}
    finally:
        with engine.begin() as connection:
            connection.exec_driver_sql("ALTER TABLE SP_PORTALKONTO MODIFY (REGISTRIERT VARCHAR2(1 CHAR))")
            connection.exec_driver_sql("ALTER TABLE SP_PORTALKONTO MODIFY (KONTAKT VARCHAR2(100 CHAR))")
    assert found["SP_PORTALKONTO.REGISTRIERT"] == "PADDED"
    assert found["SP_PORTALKONTO.KONTAKT"] == "TOO_SHORT"


def test_nothing_is_written(engine: Engine) -> None:
    def rows() -> list[int]:
        known = patient(engine)
        return [known.count(table) for table in chain(OWN_TABLES.values())]

    before = rows()
    assert max(one.severity for one in examine(patient(engine), ON_THE_DATABASE)) >= Severity.NOTE
    assert rows() == before
