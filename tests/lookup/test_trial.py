"""What would come and go under other settings: it is what the runs then do, and nothing comes of asking."""

from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import Engine

from include.groups import GROUPS
from include.lookup.trial import READ_BY, Effect, groups_for, try_settings
from include.settings import TRIED, SystemSettings
from include.sync.decide import decide, take_snapshot
from include.sync.run import Extract, Request
from include.sync.staging import passing
from include.vocabulary.clock import berlin_day, utc_now
from tests.dags.rig import Rig
from tests.faults.run_steps import Progress, run_group
from tests.lookup.conftest import SYSTEM, Erp

WIDER = "105-129, 200, 300-301"
COPY = """INSERT INTO SP_DOKUMENT SELECT 'D-301', DOKUMENTTYP, BETREFF, DATEINAME, DOKUMENTDATUM, EMPFAENGERTYP, '301',
    FLAECHE_NR, '301.0001.01', VERTRAG_NR, ABLAGE, PFAD, GROESSE, VERSION, HAT_PDF, DMS_FELDER, GEAENDERT_AM
    FROM SP_DOKUMENT WHERE DOKUMENT_ID = 'D00000000'"""

CONTENT = "INSERT INTO SP_DOKUMENT_INHALT SELECT 'D-301', FASSUNG, INHALT FROM SP_DOKUMENT_INHALT WHERE DOKUMENT_ID = ?"
HELD = """SELECT DOKUMENT_ID FROM SP_DOKUMENT JOIN SP_ABGLEICH ON SCHLUESSEL = DOKUMENT_ID AND ZUSTAND = 'present'
    WHERE ART = 'document' AND DOKUMENTTYP = ? AND ABLAGE = 'DATENBANK'"""
OWN_TABLES = ("SP_ABGLEICH", "SP_PROTOKOLL", "SP_FREIGABE", "SP_SPERRE", "SP_POSITION")


def tried(engine: Engine, settings: SystemSettings, **values: Any) -> Effect:
    """What values would do that a file may hold."""
    changed = settings.model_dump() | values
    other = SystemSettings.model_validate(changed)
    return try_settings(engine, settings, other, list(values), utc_now())


def moved(effect: Effect, record_type: str, move: str) -> set[str]:
    moves = effect.moves[effect.moves["is_due"]]
    return set(moves.loc[(moves["record_type"] == record_type) & (moves["move"] == move), "external_id"])


def held(erp: Erp) -> set[tuple[str, str, str]]:
    rows = erp.sql("SELECT ART, SCHLUESSEL, ZUSTAND FROM SP_ABGLEICH WHERE ZUSTAND IN ('present', 'restricted')")
    return {(str(record_type), str(external_id), str(state)) for record_type, external_id, state in rows}


@pytest.mark.rule("R13", "R57")
def test_what_would_come_and_go_is_what_the_next_runs_do(
    world: Rig, erp: Erp, engine: Engine, settings: SystemSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    erp.sql(CONTENT, "D00000000")
    erp.sql(COPY)  # a letter to somebody who is to come
    guard = {**settings.removal_guard.model_dump(), "max_percent": 100.0, "max_count": 100_000}
    effect = tried(engine, settings, properties=WIDER, removal_guard=guard)
    before = held(erp)
    other = settings.model_copy(
        update={
            "properties": SystemSettings(system=SYSTEM, properties=WIDER).properties,
            "removal_guard": settings.removal_guard.model_copy(update={"max_percent": 100.0, "max_count": 100_000}),
        }
    )
    monkeypatch.setattr("include.sync.steps.load_settings", lambda _system: other)
    for place, name in enumerate(("objects", "persons", "owners_caretakers", "documents", "objects")):
        assert run_group(GROUPS[name], f"casavi_{name}/{place}", Request(), Progress()) is not None
    after = held(erp)
    for record_type in ("property", "unit", "contact", "contract", "document"):
        there, then = ({row[1] for row in rows if row[0] == record_type} for rows in (before, after))
        assert moved(effect, record_type, "create") == then - there, record_type
        assert moved(effect, record_type, "remove") == there - then, record_type
    assert moved(effect, "property", "create") == {"300", "301"}
    assert moved(effect, "document", "create") == {"D-301"}
    assert moved(effect, "property", "remove") == {"100", "101", "102", "103", "104"}


@pytest.mark.rule("R17", "R26", "R57")
def test_who_would_lose_access_what_waits_and_what_would_happen_anyway_is_told_apart(
    erp: Erp, engine: Engine, settings: SystemSettings
) -> None:
    bill, house = (str(erp.sql(HELD, kind)[0][0]) for kind in ("Abrechnung", "Hausordnung"))
    for document in (bill, house):  # both would come back
        erp.sql("UPDATE SP_ABGLEICH SET ZUSTAND = 'removed' WHERE ART = 'document' AND SCHLUESSEL = ?", document)
    before = [erp.sql(f"SELECT * FROM {table}") for table in OWN_TABLES]
    others = [name for name in settings.document_types if name != "Abrechnung"]
    effect = tried(engine, settings, person_types=["Eigentümer"], document_types=others)
    [number] = [one for one in effect.numbers() if one.move == "withdraw"]
    assert (number.record_type, number.waiting, number.anyway) == ("contact", number.due, 0)
    assert number.due > 0
    assert moved(effect, "document", "remove")
    assert bill in moved(effect, "document", "not_create")
    anyway = effect.moves[~effect.moves["is_due"]]
    assert anyway.loc[anyway["external_id"] == house, "move"].tolist() == ["create"]
    assert (effect.off, effect.groups) == ("", ("persons", "owners_caretakers", "documents", "reports"))
    assert before == [erp.sql(f"SELECT * FROM {table}") for table in OWN_TABLES]


class _Reading:
    """Settings that remember which of them were read."""

    def __init__(self, settings: SystemSettings) -> None:
        self._settings = settings
        self.read: set[str] = set()

    def __getattr__(self, name: str) -> object:
        self.read.add(f"{name}_days" if name.startswith("portal_access") else name)
        return getattr(self._settings, name)


@pytest.mark.parametrize("name", GROUPS)
def test_every_group_whose_rules_read_a_setting_is_asked_about_it(
    name: str, engine: Engine, settings: SystemSettings
) -> None:
    group, reading = GROUPS[name], _Reading(settings.model_copy(update={"include_vacant_units": False}))
    with passing(SYSTEM, "reading") as folder:
        take_snapshot(group, SYSTEM, engine, folder, Extract())
        decide(group, folder, reading, berlin_day(utc_now()))  # type: ignore[arg-type]
    known = {path.partition(".")[0] for path in TRIED} - {"removal_guard"}
    assert reading.read & known == {path for path in known if name in READ_BY[path]}


def test_groups_that_look_at_what_others_send_are_asked_with_them() -> None:
    def names(paths: Sequence[str]) -> tuple[list[str], list[str]]:
        concerned, chosen = groups_for(paths)
        return [group.name for group in concerned], [group.name for group in chosen]

    people = ["persons", "owners_caretakers"]
    assert names(["include_vacant_units"])[0] == ["objects", "owners_caretakers", "documents", "reports"]
    assert names(["document_types"]) == (["documents"], [*people, "documents"])
    assert names(["person_types"]) == ([*people, "documents", "reports"], [*people, "documents", "reports"])
    assert names(["removal_guard.max_count"])[0] == list(GROUPS)
