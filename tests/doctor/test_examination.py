"""One broken thing never hides the others; nothing is written, sent, or said of a person."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from string import Formatter
from types import ModuleType

import pytest
from sqlalchemy.exc import OperationalError

from include import commands
from include.doctor import (
    AREAS,
    Area,
    Finding,
    Patient,
    Severity,
    airflow,
    airflow_texts,
    data_texts,
    database_texts,
    examination_texts,
    examine,
    exit_code,
    places_texts,
    portal_texts,
    released_texts,
    shape_texts,
)
from include.doctor.finding import filled
from include.settings import ConfigurationError
from include.vocabulary.clock import utc_now
from include.vocabulary.texts import Text
from tests.doctor.clinic import Clinic

CANARY = "Kanari"
TEXTS = (
    airflow_texts, data_texts, database_texts, examination_texts, places_texts, portal_texts, released_texts,
    shape_texts,
)  # fmt: skip


def codes(findings: Iterable[Finding], *areas: str) -> list[str]:
    return [one.code for one in findings if not areas or one.area in areas]


def broken(_: Patient) -> Iterable[Finding]:
    raise ValueError(f"{CANARY} lives in Kanariweg 1")


def test_a_check_that_breaks_is_a_finding_and_the_others_go_on(clinic: Clinic) -> None:
    first = Area("first", Text("", ""), (broken, *AREAS[0].checks))
    found = examine(clinic.patient(), [first, *AREAS[1:]])
    assert [one for one in found if one.severity > Severity.NOTE] == [found[0]]
    assert (found[0].code, found[0].where) == ("NOT_LOOKED", "broken")
    assert CANARY not in str(found[0])
    assert len({one.area for one in found}) > 3


def test_a_database_that_is_away_is_said_once_and_everything_else_is_looked_at(
    clinic: Clinic, healthy: list[Finding]
) -> None:
    clinic.connect("ixhaus", conn_type="sqlite", host=str(clinic.folder / "nowhere.db"))
    clinic.connect("casavi", conn_type="http", host=clinic.sandbox.api, login="demo-key", password="wrong")
    clinic.set(scan_command=("clamdscan-not-here",))
    found = clinic.examine()
    assert codes(found, "database", "data", "settings") == ["DATABASE", "UNSEEN", "UNSEEN"]
    assert {"KEY_REFUSED", "SCANNER_MISSING"} <= set(codes(found))
    assert Counter(codes(found))["DATABASE"] == 1


def test_a_connection_that_is_missing_is_said_once(clinic: Clinic) -> None:
    clinic.disconnect("ixhaus")
    found = clinic.examine()
    assert codes(found, "database", "data", "settings") == ["CONNECTION_MISSING", "UNSEEN", "UNSEEN"]


def test_nothing_is_written_and_nothing_is_sent(clinic: Clinic) -> None:
    def digest() -> str:
        return hashlib.sha256(clinic.path.read_bytes()).hexdigest()

    clinic.sandbox.forget_requests()
    before, staged = digest(), list((clinic.folder / "staging").iterdir())
    clinic.examine()
    assert digest() == before
    assert list((clinic.folder / "staging").iterdir()) == staged
    sent = {(one["method"], one["path"]) for one in clinic.sandbox.requests() if one["method"] != "GET"}
    assert {path.rpartition("/")[2] for _, path in sent} <= {"authenticate", "token"}


def test_words_that_are_too_many_are_counted_only(clinic: Clinic) -> None:
    clinic.sql(f"UPDATE SP_VERTRAG SET ART = '{CANARY} ' || VERTRAG_NR")
    [found] = [one for one in clinic.examine() if one.where == "SP_VERTRAG.ART" and one.code == "WORD_UNKNOWN"]
    assert CANARY not in str(found)


def test_texts_of_persons_are_in_no_finding(clinic: Clinic) -> None:
    for column in ("NACHNAME", "VORNAME", "EMAIL", "STRASSE"):
        clinic.sql(f"UPDATE SP_PERSON SET {column} = '{CANARY}' || hex(zeroblob(300))")
    found = clinic.examine()
    assert "TOO_LONG" in codes(found)
    assert CANARY not in str(found)


@pytest.mark.parametrize(("worst", "code"), [(None, 0), (Severity.NOTE, 0), (Severity.WARNING, 1), (Severity.ERROR, 2)])
def test_the_exit_code_is_the_worst(worst: Severity | None, code: int, healthy: list[Finding]) -> None:
    found = [healthy[0]._replace(severity=one) for one in (Severity.NOTE, worst) if one]
    assert exit_code(found) == code


@pytest.mark.parametrize(("language", "said"), [("en", "The interface is off"), ("de", "Die Schnittstelle ist in")])
def test_the_command_prints_what_and_who(
    clinic: Clinic, capsys: pytest.CaptureFixture[str], language: str, said: str
) -> None:
    clinic.sql("UPDATE SP_EINSTELLUNG SET WERT = 'N'")
    assert commands.main(["doctor", "production", "--language", language]) == 1
    printed = capsys.readouterr().out
    assert said in printed
    assert ("iX-Haus consultant" if language == "en" else "iX-Haus-Berater") in printed


def test_settings_that_are_wrong_are_the_first_thing_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(_: str) -> None:
        raise ConfigurationError("production.yaml: person_typ: there is no such setting")

    monkeypatch.setattr(commands, "load_settings", refuse)
    assert commands.main(["doctor", "production"]) == 2
    assert capsys.readouterr().err == "production.yaml: person_typ: there is no such setting\n"


def test_airflows_own_database_is_not_taken_for_the_erps(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    from airflow.models.pool import Pool

    def away(*_: object) -> None:
        raise OperationalError("SELECT", {}, Exception(CANARY))

    monkeypatch.setattr(Pool, "get_pool", away)
    [found] = list(airflow.pool(clinic.patient()))
    assert (found.code, found.where) == ("AIRFLOW_DATABASE", "Airflow")
    assert CANARY not in str(found)


@pytest.mark.parametrize("module", TEXTS, ids=lambda module: module.__name__)
def test_both_languages_have_the_same_places(module: ModuleType) -> None:
    for code, saying in module.SAYINGS.items():
        for text in (saying.what, saying.remedy):
            german, english = ({name for _, name, _, _ in Formatter().parse(one) if name} for one in text)
            assert german == english, code


def test_no_code_is_said_in_two_ways() -> None:
    known = Counter(code for module in TEXTS for code in module.SAYINGS)
    assert [code for code, times in known.items() if times > 1] == []


def test_a_place_may_be_a_text_itself() -> None:
    assert filled(Text("Es {wrong}.", "It {wrong}."), {"wrong": Text("fehlt", "is gone")}) == (
        "Es fehlt.",
        "It is gone.",
    )


def test_dags_that_are_paused_broken_or_missing_are_named(clinic: Clinic) -> None:
    sound = (False, False, False)
    clinic.dags = {
        "casavi_objects": (True, False, False), "casavi_persons": (False, False, True), "casavi_documents": sound,
        "casavi_owners_caretakers": sound, "casavi_reconcile": sound,
    }  # fmt: skip
    assert {one.where: one.code for one in airflow.dags(clinic.patient())} == {
        "casavi_objects": "DAG_PAUSED", "casavi_persons": "DAG_BROKEN", "casavi_reports": "DAG_MISSING",
    }  # fmt: skip


def test_how_a_dag_stands_is_what_airflows_database_says(airflow_db: None) -> None:
    from airflow.models.dag import DagModel
    from airflow.models.dagbundle import DagBundleModel
    from airflow.utils.session import create_session

    with create_session() as session:
        session.merge(DagBundleModel(name="doctor"))
        session.flush()
        one = {"dag_id": "casavi_invented", "bundle_name": "doctor", "fileloc": "", "is_paused": True}
        session.merge(DagModel(**one, is_stale=False, has_import_errors=True))  # type: ignore[no-untyped-call]
    try:
        assert airflow.known_dags()["casavi_invented"] == (True, False, True)
    finally:
        with create_session() as session:
            session.delete(session.get(DagModel, "casavi_invented"))


def test_a_group_is_late_only_after_two_of_its_times(clinic: Clinic) -> None:
    insert = "INSERT INTO SP_PROTOKOLL (SYSTEM, LAUF, GRUPPE, STATUS, ABGEFRAGT_AM) VALUES (?, ?, ?, ?, ?)"
    today = f"{utc_now():%Y-%m-%d} 00:30:00.000000"
    for group in ("objects", "persons", "owners_caretakers", "documents", "reports", "reconcile"):
        clinic.sql(insert, "production", group, group, "errors", today)
    assert list(airflow.last_runs(clinic.patient())) == []


def test_the_openapi_document_of_this_project_fits(clinic: Clinic) -> None:
    clinic.openapi = Path("include/casavi/casavi-v2.openapi.yaml")
    assert codes(clinic.examine(), "portal") == ["AUTHOR_UNKNOWN"]


def test_a_document_in_json_with_the_version_in_its_paths_fits_too(clinic: Clinic) -> None:
    from include.doctor.portal import ours

    paths: dict[str, dict[str, object]] = {}
    for method, path in ours():
        paths.setdefault(f"/v2{path.replace('{id}', '{externalId}')}", {})[method.lower()] = {}
    clinic.openapi = clinic.write("portal.json", json.dumps({"paths": paths}))
    assert codes(clinic.examine(), "portal") == ["AUTHOR_UNKNOWN"]
    del paths["/v2/units"]["post"]
    clinic.openapi = clinic.write("portal.json", json.dumps({"paths": paths}))
    assert "METHOD_UNKNOWN" in codes(clinic.examine(), "portal")
