"""Why a record is or is not in the portal: the answer is that of the rules a run asks, and nothing is sent for it."""

import os
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine

from demo.ixhaus import REPORT_CASES
from include.ixhaus.check import ContractError
from include.lookup import why as deciding
from include.lookup.kinds import KINDS
from include.lookup.why import Answer, Question, Verdict, why
from include.settings import PropertyRange, SystemSettings
from include.sync.run import Extract
from include.vocabulary.clock import utc_now
from tests.dags.rig import Rig
from tests.lookup.conftest import SYSTEM, Erp, run_reports

R16 = "129.R16.1"


class Asking:
    """Somebody who asks why."""

    def __init__(self, engine: Engine, settings: SystemSettings) -> None:
        self.engine, self.settings = engine, settings

    def __call__(self, kind: str, record_id: str) -> Answer:
        return why(self.engine, self.settings, Question(SYSTEM, kind, record_id), utc_now())

    def one(self, kind: str, record_id: str) -> Verdict:
        (verdict,) = self(kind, record_id).verdicts
        return verdict

    def brief(self, kind: str, record_id: str) -> tuple[str, ...]:
        """Decision, reason, what the portal has, what the next run does."""
        verdict = self.one(kind, record_id)
        return verdict.decision, verdict.reason, verdict.state, verdict.action or verdict.outcome


@pytest.fixture
def ask(engine: Engine, settings: SystemSettings) -> Asking:
    return Asking(engine, settings)


@pytest.mark.rule("R50", "O8")
@pytest.mark.parametrize(
    ("kind", "record_id", "expected"),
    [
        ("property", "100", ("send", "RELEASED", "present", "unchanged")),
        ("property", "301", ("remove", "PROPERTY_NOT_RELEASED", "new", "withheld")),
        ("unit", "129/R16", ("send", "RELEASED", "present", "unchanged")),
        ("person", R16, ("send", "ACTIVE", "present", "unchanged")),
        ("person", "129.E1.1", ("remove", "NOT_YET", "new", "withheld")),
        ("contract", "V-R16", ("send", "ACTIVE", "present", "unchanged")),
        ("report", REPORT_CASES["R35"], ("send", "INDIVIDUAL", "present", "unchanged")),
        ("report", REPORT_CASES["R39"], ("remove", "KIND_LOCKED", "new", "withheld")),
        ("report", REPORT_CASES["R40"], ("send", "BULLETIN", "present", "unchanged")),
        ("note", "N-R44-1", ("send", "NOTE_PUBLIC", "present", "unchanged")),
        ("note", "N-R44-2", ("remove", "NOTE_INTERNAL", "new", "withheld")),
    ],
)
def test_each_kind_is_answered_by_the_rules_of_its_group(
    ask: Asking, kind: str, record_id: str, expected: tuple[str, ...]
) -> None:
    assert ask.brief(kind, record_id) == expected


def test_a_document_says_where_it_stands_and_which_record_it_is_made_from(ask: Asking, erp: Erp) -> None:
    ((document,),) = erp.sql(
        "SELECT SCHLUESSEL FROM SP_ABGLEICH WHERE ART = 'document' AND ZUSTAND = 'present' LIMIT 1"
    )
    verdict = ask.one("document", str(document))
    assert (verdict.decision, verdict.state, verdict.sources) == ("send", "present", (f"SP_DOKUMENT:{document}",))


def test_the_answer_tells_what_was_sent_last_and_what_the_portal_said(ask: Asking) -> None:
    sent = ask.one("property", "100").sent
    assert sent is not None
    assert (sent.action, sent.outcome, sent.http_status, sent.run) == ("create", "OK", 201, "casavi_objects/first#1")
    assert sent.sent_at == sent.acknowledged_at


@pytest.mark.rule("R22", "R23")
def test_a_partner_is_found_by_its_own_number_and_by_the_keys_of_its_persons(ask: Asking, erp: Erp) -> None:
    ((person, partner),) = erp.sql(
        "SELECT PERSON_SCHLUESSEL, PARTNER_NR FROM SP_PERSON JOIN SP_ABGLEICH ON SCHLUESSEL = PARTNER_NR "
        "WHERE ART = 'contact' AND ZUSTAND = 'present' AND GRUPPE = 'persons' ORDER BY 1 LIMIT 1"
    )
    assert [one.external_id for one in ask("person", str(person)).verdicts if one.group == "persons"] == [partner]
    assert [one.external_id for one in ask("person", str(partner)).verdicts if one.group == "persons"] == [partner]


@pytest.mark.rule("R13", "R15")
def test_settings_that_release_less_show_at_once_what_the_next_run_will_remove(
    ask: Asking, settings: SystemSettings
) -> None:
    less = {"properties": PropertyRange.parse("100"), "properties_full_history": PropertyRange()}
    ask.settings = settings.model_copy(update=less)
    assert ask.brief("property", "129") == ("remove", "PROPERTY_NOT_RELEASED", "present", "remove")


def test_a_changed_record_waits_to_be_updated(ask: Asking, erp: Erp) -> None:
    erp.sql("UPDATE SP_OBJEKT SET BEZEICHNUNG = 'Neuer Name' WHERE OBJEKT_NR = '100'")
    assert ask.brief("property", "100") == ("send", "RELEASED", "present", "update")


@pytest.mark.rule("R20")
def test_a_record_that_ixhaus_has_lost_will_be_removed(ask: Asking, erp: Erp) -> None:
    erp.sql("DELETE FROM SP_EINHEIT WHERE OBJEKT_NR = '129' AND FLAECHE_NR = 'R16'")
    assert ask.brief("unit", "129/R16") == ("remove", "GONE", "present", "remove")


def test_a_record_that_neither_side_has_any_more_is_still_known(ask: Asking, erp: Erp) -> None:
    erp.sql("DELETE FROM SP_EINHEIT WHERE OBJEKT_NR = '129' AND FLAECHE_NR = 'R16'")
    erp.sql("UPDATE SP_ABGLEICH SET ZUSTAND = 'removed' WHERE ART = 'unit' AND SCHLUESSEL = '129/R16'")
    assert ask.brief("unit", "129/R16") == ("", "GONE", "removed", "")


@pytest.mark.parametrize("kind", KINDS)
def test_an_id_that_nobody_knows_has_no_answer(ask: Asking, kind: str) -> None:
    assert ask(kind, "gibt es nicht").verdicts == ()


def test_an_id_is_taken_letter_by_letter(ask: Asking) -> None:
    assert ask("property", "1.0").verdicts == ()
    assert ask("property", ".*").verdicts == ()


@pytest.mark.rule("R46")
def test_what_the_last_run_could_not_send_is_told_with_the_portals_answer(ask: Asking, world: Rig) -> None:
    number = REPORT_CASES["R35"]
    world.sql("UPDATE SP_MELDUNG SET MELDUNGSTEXT = 'Anderes.' WHERE MELDUNG_NR = ?", number)
    world.portal.fault("status", "PATCH", f"/tickets/{number}", status=422, times=1)
    run_reports()
    verdict = ask.one("report", number)
    assert verdict.sent is not None
    assert (verdict.outcome, verdict.sent.outcome, verdict.sent.http_status) == ("outstanding", "REFUSED", 422)
    newest, *older = verdict.past
    assert (newest.level, newest.reason, newest.http_status) == ("error", "REFUSED", 422)
    assert newest.run.startswith("casavi_reports/again#")
    assert [(one.action, one.reason) for one in older] == [("acknowledged", "OK")]


@pytest.mark.rule("R6", "R8")
def test_an_interface_that_is_off_says_so_beside_the_decision(ask: Asking, erp: Erp, settings: SystemSettings) -> None:
    erp.sql("UPDATE SP_EINSTELLUNG SET WERT = 'N'")
    assert ask("property", "100").off == "INTERFACE_OFF"
    ask.settings = settings.model_copy(update={"active": False})
    assert ask("property", "100").off == "SYSTEM_OFF"


@pytest.mark.rule("R55")
def test_a_view_that_is_not_as_agreed_is_named(ask: Asking, erp: Erp) -> None:
    erp.sql("ALTER TABLE SP_EINHEIT DROP COLUMN NUTZUNG")
    with pytest.raises(ContractError, match="NUTZUNG"):
        ask("unit", "129/R16")


def test_asking_sends_nothing_takes_no_lease_and_leaves_no_file(ask: Asking, world: Rig) -> None:
    world.portal.forget_requests()
    before = world.sql("SELECT * FROM SP_SPERRE"), world.sql("SELECT count(*) FROM SP_PROTOKOLL"), world.staged()
    ask("report", REPORT_CASES["R35"])
    assert world.portal.requests() == []
    assert (
        world.sql("SELECT * FROM SP_SPERRE"),
        world.sql("SELECT count(*) FROM SP_PROTOKOLL"),
        world.staged(),
    ) == before


def test_the_properties_of_an_answer_are_those_of_its_records(ask: Asking) -> None:
    answer = ask("person", R16)
    assert answer.properties == ["129"]
    both = replace(answer, verdicts=(*answer.verdicts, replace(answer.verdicts[0], properties=("100", "129"))))
    assert both.properties == ["100", "129"]


@pytest.mark.rule("R21")
def test_what_is_read_for_an_answer_lies_beside_the_runs_and_nowhere_else(
    ask: Asking, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Also after the process was killed in the middle of an earlier answer."""
    staging = tmp_path / "staging"
    left = staging / SYSTEM / "why" / "killed"
    left.mkdir(parents=True)
    (left / "persons.parquet").write_text("kanari", encoding="utf-8")
    os.utime(left, (0, 0))
    monkeypatch.setenv("SERVICEPORTAL_STAGING", str(staging))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
    assert ask.one("property", "100").reason == "RELEASED"
    assert [path for path in staging.rglob("*") if path.is_file()] == []


SPECIAL = [
    ("property", "100"), ("property", "301"), ("unit", "129/R16"), ("unit", "301/R13"),
    *(("person", one) for one in ("129.R16.1", "129.E14a.1", "129.E14b.1", "129.R23.1", "301.R13.1")),
    *(("contract", one) for one in ("V-R16", "V-R22", "V-E16", "V-R22/P-R22-co")),
    ("co_resident", "P-R22-co"), ("contract_partner", "P-R22-cp"), ("owner", "5001000"), ("caretaker", "600104"),
    ("document", "D00000001"), ("attachment", "F-E51"), ("note", "N-R44-1"),
    *(("report", REPORT_CASES[one]) for one in ("R35", "R39", "R40", "E43")),
]  # fmt: skip


@pytest.mark.rule("R50", "E14")
def test_what_is_read_for_one_record_decides_as_a_run_over_everything(
    ask: Asking, settings: SystemSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """People depend on others by contract, number and e-mail address; units on the contracts by which they are let."""
    ask.settings = settings.model_copy(update={"include_vacant_units": False})
    narrow = {question: ask(*question) for question in SPECIAL}
    monkeypatch.setattr(deciding, "extract_for", lambda *_: Extract())
    whole = {question: ask(*question) for question in SPECIAL}
    for question in SPECIAL:
        assert narrow[question].verdicts == whole[question].verdicts, question
    assert sum(bool(answer.verdicts) for answer in whole.values()) > len(SPECIAL) * 0.8
