"""What staff call a record, by the id of the portal."""

import sqlite3
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import insert

from include.ixhaus.contract import METADATA
from include.ixhaus.database import engine_on
from include.lookup.names import names_of

MAY = datetime.fromisoformat("2026-05-01T09:30:00")


class Little:
    """A database that keeps the contract and holds only what a test puts in."""

    def __init__(self, path: Path) -> None:
        self.engine = engine_on(lambda: sqlite3.connect(path))
        METADATA.create_all(self.engine)

    def add(self, table: str, **values: object) -> None:
        with self.engine.begin() as connection:
            connection.execute(insert(METADATA.tables[table]).values(**values))

    def known(self, record_type: str, external_id: str, **values: object) -> None:
        self.add("SP_ABGLEICH", system="production", record_type=record_type, external_id=external_id, **values)

    def name(self, record_type: str, external_id: str) -> str | None:
        return names_of(self.engine, "production", [(record_type, external_id)]).get((record_type, external_id))


@pytest.fixture
def erp(tmp_path: Path) -> Little:
    return Little(tmp_path / "erp.db")


def test_properties_units_documents_and_reports_have_their_names(erp: Little) -> None:
    erp.add("SP_OBJEKT", property_nr="100", name="Gartenstraße 1")
    erp.add("SP_EINHEIT", property_nr="100", unit_nr="1/2", name="1. OG links")
    erp.add("SP_DOKUMENT", document_id="D-1", subject="Abrechnung 2025")
    erp.add("SP_MELDUNG", report_nr="M-1", subject="Heizung kalt")
    assert erp.name("property", "100") == erp.name("responsibility", "100") == "Gartenstraße 1"
    assert erp.name("unit", "100/1/2") == "1. OG links"
    assert erp.name("document", "D-1") == "Abrechnung 2025"
    assert erp.name("ticket", "M-1") == erp.name("ticket", "M-1~P~100") == erp.name("post", "M-1~2") == "Heizung kalt"


def test_a_contact_is_called_by_its_partner_or_its_person(erp: Little) -> None:
    erp.add("SP_PARTNER", partner_nr="4711", first_name="Erika", last_name="Musterfrau")
    erp.add("SP_PERSON", person_key="110.1.1", last_name="Beispiel")
    erp.add("SP_PARTNER", partner_nr="4712", company="Muster GmbH", last_name="Ansprech")
    assert erp.name("contact", "4711") == "Erika Musterfrau"
    assert erp.name("contact", "110.1.1") == "Beispiel"
    assert erp.name("contact", "4712") == "Muster GmbH"


def test_a_person_with_a_partners_number_is_not_that_partner(erp: Little) -> None:
    erp.add("SP_PARTNER", partner_nr="4711", last_name="Partner")
    erp.add("SP_PERSON", person_key="4711", last_name="Person")
    assert (erp.name("contact", "4711"), erp.name("contact", "4711~person")) == ("Partner", "Person")


@pytest.mark.rule("E21")
def test_a_number_that_was_given_again_does_not_name_who_has_it_now(erp: Little) -> None:
    erp.add("SP_PARTNER", partner_nr="4711", last_name="Nachfolger", created_at=MAY)
    erp.known("contact", "4711", identity="2020-01-01T08:00:00")
    erp.known("contact", "4711~20260501", identity="2026-05-01T09:30:00")
    assert (erp.name("contact", "4711"), erp.name("contact", "4711~20260501")) == (None, "Nachfolger")


def test_a_contract_is_called_by_its_contact(erp: Little) -> None:
    erp.add("SP_PARTNER", partner_nr="4711", last_name="Musterfrau")
    erp.known("contract", "V-1", parents="unit 100/1\ncontact 4711")
    assert erp.name("contract", "V-1") == "Musterfrau"


@pytest.mark.rule("E49")
def test_a_ticket_of_the_portal_is_not_taken_for_the_report_of_that_number(erp: Little) -> None:
    erp.add("SP_MELDUNG", report_nr="17", subject="Nummer 17")
    erp.add("SP_MELDUNG", report_nr="SP-9", subject="Aus dem Portal")
    erp.add("SP_EINGANG", system="production", record_type="ticket", portal_id="17", erp_id="SP-9")
    assert (erp.name("ticket", "17"), erp.name("ticket", "17~P")) == ("Aus dem Portal", "Aus dem Portal")
    assert erp.name("ticket", "17~ERP") == "Nummer 17"


def test_what_ix_haus_no_longer_has_has_no_name(erp: Little) -> None:
    erp.add("SP_PARTNER", partner_nr="2")
    for record_type in ("property", "unit", "contact", "contract", "document", "ticket", "comment", "unheard_of"):
        assert names_of(erp.engine, "production", [(record_type, "1"), (record_type, "2")]) == {}


def test_any_number_of_records_is_named(erp: Little) -> None:
    for number in range(2500):
        erp.add("SP_OBJEKT", property_nr=str(number), name=f"Objekt {number}") if number % 500 == 0 else None
    found = names_of(erp.engine, "production", [("property", str(number)) for number in range(2500)])
    assert len(found) == 5
