"""Which records a typed id means, however it was spelled."""

import pytest
from sqlalchemy import Engine

from demo.ixhaus import REPORT_CASES
from include.lookup.spelling import meant, named
from tests.lookup.conftest import SYSTEM, Erp


@pytest.mark.parametrize(
    ("kind", "typed", "expected"),
    [
        ("report", REPORT_CASES["R35"].lower(), REPORT_CASES["R35"]),
        ("report", f" {REPORT_CASES['R35']}", REPORT_CASES["R35"]),
        ("unit", "100/1", "100/0001"),
        ("unit", "100 1", "100/0001"),
        ("unit", "0100/0001", "100/0001"),
        ("property", "00100", "100"),
        ("person", "129.r16.1", "129.R16.1"),
        ("contract", "v-r16", "V-R16"),
        ("co_resident", "p-r22-co", "P-R22-co"),
        ("caretaker", "0100", "100"),  # the record of all caretakers of a property
    ],
)
def test_every_spelling_of_an_id_means_its_record(engine: Engine, kind: str, typed: str, expected: str) -> None:
    assert meant(engine, SYSTEM, kind, typed).ids == (expected,)


def test_an_id_as_it_stands_comes_before_any_other_spelling(engine: Engine, erp: Erp) -> None:
    erp.sql("INSERT INTO SP_EINHEIT (OBJEKT_NR, FLAECHE_NR) VALUES ('100', '01'), ('100', '001')")
    assert meant(engine, SYSTEM, "unit", "100/01").ids == ("100/01",)
    assert meant(engine, SYSTEM, "unit", "100/1").ids == ("100/0001", "100/001", "100/01")


def test_the_id_of_a_copy_in_the_portal_means_the_record(engine: Engine, erp: Erp) -> None:
    erp.sql("UPDATE SP_ABGLEICH SET PORTAL_ID = '129/R16~v2' WHERE ART = 'unit' AND SCHLUESSEL = '129/R16'")
    assert meant(engine, SYSTEM, "unit", "129/r16~v2").ids == ("129/R16",)


def test_an_id_that_means_nothing_brings_those_that_look_like_it(engine: Engine) -> None:
    found = meant(engine, SYSTEM, "unit", "129/R61")
    assert found.ids == ()
    assert "129/R16" in found.near
    assert len(found.near) <= 5
    assert meant(engine, SYSTEM, "unit", "gibt es nicht").near == ()


def test_a_person_is_found_by_every_word_of_the_name(engine: Engine, erp: Erp) -> None:
    erp.sql("UPDATE SP_PERSON SET VORNAME = 'Kana', NACHNAME = 'Ri%' WHERE PERSON_SCHLUESSEL = '129.R16.1'")
    assert [(one.id, one.name) for one in named(engine, "ri% KANA")] == [("129.R16.1", "Kana Ri%")]
    assert named(engine, "Kana Anders") == []
