"""What a run does, leaves behind and says, through real Airflow and over real HTTP."""

import csv
import json
import re
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from demo import embedded
from demo.ixhaus import REFUSED
from include.commands import collect
from include.ixhaus.database import open_engine
from include.sync.approvals import decide
from include.sync.group import Group
from include.vocabulary.clock import utc_now
from include.vocabulary.reasons import explain
from tests.dags.conftest import SYNCED, FirstRun
from tests.dags.rig import COLUMNS, Finished, Rig, airflow_run

pytestmark = airflow_run
COUNTS = list(COLUMNS)[:10]
KINDS = {"property": "properties", "unit": "units", "contact": "contacts", "contract": "contracts"}
TENANTS = ("129.R16.1", "129.R18.1", "129.E2.1")
"""Portal users whose record concerns nobody else."""


def rename(rig: Rig, *persons: str, name: str = "Neumuster") -> None:
    for key in persons:
        rig.sql("UPDATE SP_PERSON SET NACHNAME = ? WHERE PERSON_SCHLUESSEL = ?", name, key)


def counts(run: Finished) -> dict[str, int]:
    """The counts that are not zero, without those that say that nothing happened."""
    return {name: run.protocol[name] for name in ("sent", "removed", "errors", "outstanding") if run.protocol[name]}


@pytest.mark.rule("R51")
@pytest.mark.parametrize("group", SYNCED)
def test_the_protocol_is_an_xcom_and_the_same_as_a_row(first: FirstRun, group: str) -> None:
    protocol, row = dict(first.runs[group].protocol), dict(first.rows[group])
    assert set(protocol) == {*COUNTS, "queried_at", "status", "reason"}
    queried = protocol.pop("queried_at")
    assert queried.endswith("+00:00")
    assert queried.removesuffix("+00:00") == row.pop("queried_at").isoformat()
    assert protocol == row | {"reason": row["reason"] or ""}


@pytest.mark.rule("R51")
@pytest.mark.parametrize("group", SYNCED)
def test_a_run_bears_its_counts_as_a_note(first: FirstRun, group: str) -> None:
    numbers, said = first.runs[group].protocol, first.runs[group].note
    assert said
    assert said.startswith(f"{numbers['sent']} gesendet")
    assert ("ungültig" in said, "Fehler" in said) == (numbers["invalid"] > 0, numbers["errors"] > 0)


@pytest.mark.rule("R51")
@pytest.mark.parametrize("group", SYNCED)
def test_every_record_read_has_one_outcome(first: FirstRun, group: str) -> None:
    numbers = first.runs[group].protocol
    assert numbers["sent"] == numbers["created"] + numbers["updated"] + numbers["removed"]
    outcomes = ("sent", "unchanged", "withheld", "invalid", "errors", "outstanding")
    assert numbers["read"] == sum(numbers[name] for name in outcomes)


@pytest.mark.rule("R2", "R3")
def test_an_empty_account_with_a_key_pair_is_enough(first: FirstRun) -> None:
    assert first.empty_before
    assert {run.state for run in first.runs.values()} == {"success"}
    assert all(run.protocol["created"] == run.protocol["sent"] > 0 for run in first.runs.values())
    # nothing is set up, and nothing read back but what only the portal knows, and whether it is really empty
    read = {"/properties", "/units", "/contacts", "/contracts", "/documents", "/document-types"}
    assert {one["path"] for one in first.requests if one["method"] == "GET"} == read
    replaced = {one["path"].rpartition("/")[2] for one in first.requests if one["method"] not in ("POST", "GET")}
    assert replaced == {"responsibilities"}


def test_only_the_samples_bad_records_are_invalid(synced: Rig, first: FirstRun) -> None:
    assert {key: reason for _, key, reason, _ in synced.entries("invalid")} == REFUSED
    documents = sum(key.startswith("DOK-") for key in REFUSED)
    expected = {"objects": 0, "persons": len(REFUSED) - documents, "owners_caretakers": 0, "documents": documents}
    assert {group: run.protocol["invalid"] for group, run in first.runs.items()} == expected
    assert {run.protocol["errors"] for run in first.runs.values()} == {0}


@pytest.mark.rule("R2", "R11")
def test_the_portal_holds_what_the_rules_decided(synced: Rig, tmp_path: Path) -> None:
    expected: dict[str, dict[str, Any]] = {record_type: {} for record_type in KINDS}
    for name in ("objects", "persons", "owners_caretakers"):
        for record_type, payloads in decided_payloads(synced, name, tmp_path).items():
            assert payloads, (name, record_type)
            expected.setdefault(record_type, {}).update(payloads)
    responsibilities = expected.pop("responsibility")
    assert expected == {record_type: synced.live(kind) for record_type, kind in KINDS.items()}
    assert responsibilities == {
        house: [{name: one[name] for name in responsibilities[house][0]} for one in entries]
        for house, entries in responsible(synced).items()
    }


def responsible(rig: Rig) -> dict[str, list[dict[str, Any]]]:
    """Who looks after each property in the portal."""
    houses = {one["id"]: one["fields"].get("responsibilities", []) for one in rig.portal.state("properties")}
    return {house: entries for house, entries in houses.items() if entries}


def decided_payloads(rig: Rig, name: str, folder: Path) -> dict[str, dict[str, Any]]:
    """What the rules say about each record that may be sent: type → id → payload; no step of a run takes part."""
    from include.ixhaus.database import open_engine
    from include.ixhaus.read import frame_of, read_views
    from include.settings import load_settings
    from include.sync import ledger
    from include.vocabulary.clock import berlin_day, utc_now
    from include.vocabulary.decision import CONTROL_COLUMNS

    group, engine = group_of(name), open_engine("ixhaus_production")
    views = {one: frame_of(folder / "views", one) for one in read_views(engine, group.views, folder / "views")}
    known = ledger.known_records(engine, "production", tuple(group.record_types)).slice(0, 0).to_pandas()
    decided = imported(group.rules)(views, known, load_settings("production"), berlin_day(utc_now()))
    found: dict[str, dict[str, Any]] = {}
    for record_type, frame in decided.items():
        model = imported(group.record_types[record_type])
        sent = frame[frame["decision"].isin(["send", "restrict"])].drop(columns=[*CONTROL_COLUMNS[1:]])
        rows = json.loads(sent.rename(columns={"external_id": "_key"}).to_json(orient="records"))
        payloads = {row.pop("_key"): row for row in rows}
        found[record_type] = {
            key: json.loads(model.model_validate_json(json.dumps(row)).model_dump_json(by_alias=True))
            for key, row in payloads.items()
            if REFUSED.keys().isdisjoint({key, row.get("contactId")})
        }
    return found


def group_of(name: str) -> Group:
    group: Group = getattr(import_module(f"dags.casavi_{name}"), name.upper())
    return group


def imported(dotted: str) -> Any:
    module, _, name = dotted.rpartition(".")
    return getattr(import_module(module), name)


def test_a_second_run_sends_nothing(synced: Rig, first: FirstRun) -> None:
    for group in SYNCED:
        run = synced.run(f"casavi_{group}")
        before, after = first.runs[group].protocol, run.protocol
        assert (run.state, after["status"], after["sent"]) == ("success", "ok", 0)
        assert after["unchanged"] == before["sent"]
        assert [after[name] for name in ("read", "withheld", "invalid")] == [
            before[name] for name in ("read", "withheld", "invalid")
        ]
    assert synced.writes() == []


def test_a_dry_run_lists_ids_and_sends_nothing(synced: Rig) -> None:
    rename(synced, *TENANTS, name="Geheimname")
    run = synced.run("casavi_persons", dry_run=True)
    assert (run.state, run.protocol["status"]) == ("success", "dry_run")
    assert [run.protocol[name] for name in ("sent", "updated", "errors")] == [0, 3, 0]
    assert synced.last_protocol()["status"] == "dry_run"
    assert synced.portal.requests() == []
    (preview,) = synced.staged()
    rows = list(csv.DictReader(preview.read_text(encoding="utf-8").splitlines()))
    assert {row["external_id"] for row in rows if row["action"] == "update"} == set(TENANTS)
    assert set(rows[0]) == {"record_type", "external_id", "action", "reason"}
    assert "Geheimname" not in preview.read_text(encoding="utf-8")
    assert synced.run("casavi_persons").protocol["updated"] == 3  # the dry run has remembered nothing as sent


def test_a_run_for_some_properties_leaves_the_others_alone(synced: Rig) -> None:
    synced.sql("UPDATE SP_EINHEIT SET BEZEICHNUNG = 'Neu' WHERE OBJEKT_NR IN ('100', '101', '102')")
    ids = [f"{place}/{unit}" for place, unit in synced.sql(
        "SELECT OBJEKT_NR, FLAECHE_NR FROM SP_EINHEIT WHERE OBJEKT_NR IN ('100', '102')"
    )]  # fmt: skip
    run = synced.run("casavi_objects", properties="100, 102-105")
    assert (run.state, run.protocol["sent"]) == ("success", len(ids))
    assert {key for key, unit in synced.live("units").items() if unit["name"] == "Neu"} == set(ids)
    assert run.protocol["read"] < 50


def test_resend_all_sends_nothing_that_the_portal_has(synced: Rig) -> None:
    assert counts(synced.run("casavi_objects", resend="all")) == {}
    assert synced.writes() == []


@pytest.mark.rule("R54")
def test_a_refused_record_turns_the_run_red_after_everything_else_was_delivered(synced: Rig) -> None:
    refused, *others = TENANTS
    rename(synced, *TENANTS)
    synced.portal.fault("status", "PUT", f"/contacts/{refused}", status=422)
    run = synced.run("casavi_persons")
    assert (run.state, run.failed) == ("failed", {"protocol"})
    assert counts(run) == {"sent": 2, "errors": 1}
    assert run.protocol["status"] == "errors"
    assert synced.entries("error") == [("contact", refused, "REFUSED", 422)]
    assert all(synced.live("contacts")[key]["lastName"] == "Neumuster" for key in others)

    synced.portal.forget_requests()
    again = synced.run("casavi_persons")  # the portal would take it now, but nobody has changed it
    assert (again.state, counts(again), synced.portal.requests()) == ("success", {"outstanding": 1}, [])
    rename(synced, refused, name="Bessermuster")
    assert counts(synced.run("casavi_persons")) == {"sent": 1}
    assert synced.live("contacts")[refused]["lastName"] == "Bessermuster"


@pytest.mark.rule("R51", "R54")
def test_the_command_shows_the_protocol_and_fails_when_a_record_failed(
    synced: Rig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from airflow import __version__

    (tmp_path / f"ready-{__version__}").touch()  # Airflow's database is there
    monkeypatch.setenv("SANDBOX_PORT", synced.portal.url.rpartition(":")[2])
    (tmp_path / "sandbox.db").symlink_to(synced.portal.database)  # so it is this checkout's sandbox
    rename(synced, *TENANTS)
    synced.portal.fault("status", "PUT", f"/contacts/{TENANTS[0]}", status=422)
    assert embedded.sync(tmp_path) == 1
    printed, protocol = capsys.readouterr().out, synced.last_protocol("persons")
    assert re.search(
        rf"^casavi_persons: {protocol['read']:,} records in [\d.]+ s, \d+ records/s; 2 of them sent$", printed, re.M
    )
    lines = [line.split() for line in printed.splitlines() if "production" in line]
    numbers = [word for line in lines for word in line if "persons" in line and "errors" in line]
    assert [str(protocol[name]) for name in COUNTS] == [word.strip("│") for word in numbers if word.isdigit()][:10]
    assert protocol["errors"] == 1
    assert embedded.sync(tmp_path) == 0


@pytest.mark.rule("R51")
def test_the_protocol_as_a_list_has_the_documented_fields(synced: Rig, first: FirstRun) -> None:
    runs = collect(last=20)
    assert [run["group"] for run in runs] == list(reversed(SYNCED))  # newest first
    for run in runs:
        protocol = first.runs[run["group"]].protocol
        assert run["system"] == "production"
        assert {name: run[name] for name in (*COUNTS, "queried_at")} == {
            name: protocol[name] for name in (*COUNTS, "queried_at")
        }
    assert collect(last=1) == runs[:1]


@pytest.mark.rule("R51")
def test_the_command_prints_the_list_as_json(synced: Rig, capsys: pytest.CaptureFixture[str]) -> None:
    assert embedded.main(["protocol", "--format", "json", "--last", "1"]) == 0
    assert json.loads(capsys.readouterr().out) == collect(last=1)


ON, NO_LICENCE, OFF = "", "NO_LICENCE", "INTERFACE_OFF"


@pytest.mark.rule("R6")
@pytest.mark.parametrize(
    ("switch", "licence", "reason"),
    [
        ("J", "J", ON),
        ("J", "N", NO_LICENCE),
        ("N", "J", OFF),
        ("N", "N", OFF),
        ("J", None, NO_LICENCE),
        (None, "J", OFF),
    ],
)
def test_nothing_runs_unless_switch_and_licence_are_on(
    synced: Rig, switch: str | None, licence: str | None, reason: str
) -> None:
    synced.sql("DELETE FROM SP_EINSTELLUNG")
    synced.sql("DELETE FROM SP_LIZENZ WHERE LIZENZ = 'casavi'")
    if switch:
        synced.sql("INSERT INTO SP_EINSTELLUNG VALUES ('Schnittstelle.Mieterportal.Aktiv', ?)", switch)
    if licence:
        synced.sql("INSERT INTO SP_LIZENZ (LIZENZ, AKTIV) VALUES ('casavi', ?)", licence)
    synced.sql("UPDATE SP_EINHEIT SET BEZEICHNUNG = 'Neu' WHERE OBJEKT_NR = '100'")  # there is something to send
    run = synced.run("casavi_objects")
    assert run.state == "success"
    if reason == ON:
        assert run.protocol["sent"] > 0
        return
    assert run.tasks.pop("protocol") == "success"
    assert set(run.tasks.values()) == {"skipped"}
    for protocol in (run.protocol, synced.last_protocol()):
        assert (protocol["status"], protocol["reason"]) == ("skipped", explain(reason))
    assert synced.portal.requests() == []


@pytest.mark.rule("R8")
def test_the_test_system_is_off_by_default(synced: Rig) -> None:
    run = synced.run("casavi_persons_test")
    assert run.state == "success"
    assert run.protocol["reason"] == explain("SYSTEM_OFF")
    assert run.tasks["extract"] == "skipped"
    assert synced.portal.requests() == []


def test_many_removals_wait_until_somebody_releases_them(synced: Rig) -> None:
    before = synced.live("contacts")
    chosen = sorted(key for key in before if key.startswith("129."))[: len(before) * 2 // 10]
    for key in chosen:
        synced.sql("DELETE FROM SP_VERTRAG WHERE PERSON_SCHLUESSEL = ?", key)
        synced.sql("DELETE FROM SP_PERSON WHERE PERSON_SCHLUESSEL = ?", key)
    staying = next(key for key in before if key not in chosen and not key.startswith("P"))
    rename(synced, staying)
    held = synced.run("casavi_persons")
    assert held.state == "success"
    assert counts(held) == {"sent": 1}  # everything else flows
    assert synced.live("contacts").keys() == before.keys()
    guarded = {
        key for kind, key, reason, _ in synced.entries("guarded") if (kind, reason) == ("contact", "REMOVAL_GUARD")
    }
    assert guarded == set(chosen)
    ours = synced.sql("SELECT COUNT(*) FROM SP_ABGLEICH WHERE ART = 'contact' AND GRUPPE = 'persons' AND"
                      " ZUSTAND IN ('present', 'restricted')")  # fmt: skip
    engine, now, event = open_engine("ixhaus_production"), utc_now(), waiting_question()
    assert event.keys() == {"system", "group", "approval"}
    (cause,) = synced.sql("SELECT ANLASS FROM SP_FREIGABE WHERE FREIGABE = ?", event["approval"])[0]
    assert f"contact: {len(chosen)} von {ours[0][0]}" in cause.splitlines()

    answer: dict[str, Any] = {"by": "anna", "holds": timedelta(hours=1), "now": now}
    assert decide(engine, "production", event["approval"], approve=True, **answer)
    released = synced.run("casavi_persons")
    assert (released.state, released.protocol["removed"]) == ("success", len(synced.entries("guarded")))
    assert synced.live("contacts").keys() == before.keys() - set(chosen)


def waiting_question() -> dict[str, Any]:
    """What casavi_release_removals is started with: the newest event of the asset."""
    from airflow.models.asset import AssetEvent, AssetModel
    from airflow.utils.session import create_session
    from sqlalchemy import select

    query = select(AssetEvent).join(AssetModel, AssetModel.id == AssetEvent.asset_id).order_by(AssetEvent.id.desc())
    with create_session() as session:
        event = session.scalar(query.where(AssetModel.name == "casavi_guarded_removals"))
        assert event is not None
        return dict(event.extra)


@pytest.mark.rule("R53")
def test_a_second_run_at_the_same_time_says_so_and_ends(synced: Rig) -> None:
    from include.ixhaus.database import open_engine
    from include.sync.lease import acquire

    rename(synced, *TENANTS)
    engine = open_engine("ixhaus_production")
    with acquire(engine, "production/persons", "another run", seconds=6).kept_alive(engine):
        run = synced.run("casavi_persons")
    assert (run.state, run.tasks["extract"]) == ("success", "skipped")
    assert (run.protocol["status"], run.protocol["reason"]) == ("skipped", explain("BUSY"))
    assert synced.last_protocol()["reason"] == f"{explain('BUSY')} (another run)"
    assert synced.portal.requests() == []


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"properties": "x-y"}, 'parameter properties: "x-y" is neither a property number nor a range; write for'),
        ({"resend": "interval"}, "parameter resend: interval needs a data interval, which only a backfill"),
    ],
)
def test_a_parameter_without_sense_stops_before_anything_is_sent(
    synced: Rig, asked: dict[str, str], sentence: str, capfd: pytest.CaptureFixture[str]
) -> None:
    synced.sql("UPDATE SP_EINHEIT SET BEZEICHNUNG = 'Neu'")
    run = synced.run("casavi_objects", with_interval=False, **asked)
    assert (run.state, run.failed) == ("failed", {"extract", "protocol"})
    assert sentence in capfd.readouterr().out
    assert (run.protocol["status"], run.protocol["sent"]) == ("failed", 0)
    assert sentence in run.protocol["reason"]
    assert synced.portal.requests() == []


def test_a_finished_run_leaves_no_files(synced: Rig) -> None:
    rename(synced, TENANTS[0])
    assert counts(synced.run("casavi_persons")) == {"sent": 1}
    assert synced.staged() == []
