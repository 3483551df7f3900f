"""The memory is checked: ledger and portal, each as it was at another time, each of another house."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from include.groups import GROUPS
from include.groups.reconciliation import reconcile_system
from include.ixhaus.contract.own import SP_PROTOKOLL_EINTRAG
from include.sync.run import RefusedError, Request
from tests.faults.harness import CANARY, Ran, Tenant, World, tenants
from tests.faults.questions import answer, question, questions
from tests.faults.run_steps import SYSTEM
from tests.sandbox import KEY, SECRET, SandboxProcess

ANNA, BERT, CARL = tenants(3)
GROUPS_HERE = ("objects", "persons")


@pytest.fixture
def house(world: World) -> World:
    """Three tenants whom ERP, ledger and portal hold, by real runs."""
    world.put(ANNA, BERT, CARL)
    run_all(world)
    return world


def run_all(world: World, **request: Any) -> list[Ran]:
    found = [world.run(group, **request) for group in GROUPS_HERE]
    assert {ran.status for ran in found} == {"ok"}, [ran.why for ran in found]
    return found


def reconcile(world: World, *, accept_account: bool = False, **request: Any) -> dict[str, dict[str, int]]:
    """Reconcile all groups; returns finding → record type → how many, in step and foreign ones too."""
    name, chosen = world.next_run("reconcile"), list(GROUPS.values())
    ending = reconcile_system(SYSTEM, name, Request(**request), chosen, accept_account=accept_account)
    assert ending.why_red is None, ending.why_red
    found: dict[str, dict[str, int]] = {}
    for row in world.rows(SP_PROTOKOLL_EINTRAG, level="finding"):
        if row["run"].startswith(name) and row["external_id"].startswith("("):
            found.setdefault(row["reason"], {})[row["record_type"]] = int(row["external_id"].strip("()"))
    return found


def lose_ledger(world: World) -> None:
    for table in ("SP_ABGLEICH", "SP_EINGANG", "SP_POSITION"):
        world.sql(f"DELETE FROM {table}")


def test_an_intact_world_is_in_step_and_nothing_is_sent(house: World) -> None:
    assert reconcile(house) == {"IN_STEP": {"property": 1, "unit": 3, "contact": 3, "contract": 3}}
    assert [ran.counts("sent") for ran in run_all(house)] == [(0,), (0,)]


@pytest.mark.rule("R19", "R20")
def test_a_restored_portal_gives_nobody_access_again(house: World) -> None:
    house.sandbox.snapshot()
    house.put(replace(BERT, end=-1))
    house.drop(CARL.number)
    run_all(house)
    house.sandbox.restore()
    assert set(house.portal("contacts")) >= {BERT.contact_id, CARL.contact_id}
    assert reconcile(house)["RETURNED"] == {"contact": 2, "contract": 2}
    run_all(house)
    house.assert_mirrors()


def test_what_a_restored_portal_lacks_is_sent_again_and_nothing_twice(house: World) -> None:
    house.sandbox.snapshot()
    house.put(Tenant(4), BERT.renamed("Neu"))
    run_all(house)
    house.sandbox.restore()
    house.sandbox.behave(post_existing="duplicate")
    found = reconcile(house)
    assert found["MISSING_IN_PORTAL"] == {"unit": 1, "contact": 1, "contract": 1}
    assert found["DRIFTED"] == {"contact": 1}
    run_all(house)
    house.assert_mirrors()


def test_who_was_made_after_the_backup_of_the_erp_is_asked_about_and_leaves(house: World) -> None:
    """The ledger was restored with it, so that nothing but the portal knows of them."""
    tables = ("SP_PERSON", "SP_VERTRAG", "SP_EINHEIT", "SP_ABGLEICH", "SP_POSITION")
    for table in tables:
        house.sql(f"CREATE TABLE backup_{table} AS SELECT * FROM {table}")
    before = dict(house.tenants)
    house.put(Tenant(4))
    run_all(house)
    for table in tables:
        house.sql(f"DELETE FROM {table}")
        house.sql(f"INSERT INTO {table} SELECT * FROM backup_{table}")
        house.sql(f"DROP TABLE backup_{table}")
    house.tenants = before
    assert reconcile(house)["ORPHAN"] == {"unit": 1, "contact": 1, "contract": 1}
    run_all(house)
    assert {row["cause"] for row in questions(house)} == {
        "unit: 1 im Portal, in iX-Haus unbekannt",
        "contact: 1 im Portal, in iX-Haus unbekannt\ncontract: 1 im Portal, in iX-Haus unbekannt",
    }
    assert Tenant(4).contact_id in house.portal("contacts")
    answer(house)
    run_all(house)
    house.run("objects")
    assert reconcile(house) == {"IN_STEP": {"property": 1, "unit": 3, "contact": 3, "contract": 3}}
    house.assert_mirrors()


def test_an_orphan_that_shall_stay_is_asked_about_once(house: World) -> None:
    house.sandbox.make("contacts", "100.9.1", lastName=f"{CANARY} Neun", portalUser=True)
    for _ in range(2):
        reconcile(house)
        run_all(house)
        if questions(house):
            assert list(question(house)["items"].values()) == [("remove", "ORPHAN")]
            answer(house, approve=False)
    assert len(questions(house, "rejected")) == 1
    assert "100.9.1" in house.portal("contacts")


def test_what_staff_made_by_hand_is_left_alone(house: World) -> None:
    made = house.sandbox.make("contacts", lastName=f"{CANARY} Krause")
    assert reconcile(house)["FOREIGN"] == {"contact": 1}
    run_all(house)
    assert made["id"] in house.portal("contacts")
    assert questions(house) == []


@pytest.mark.rule("R2")
def test_what_staff_changed_in_the_portal_is_overwritten(house: World) -> None:
    house.sandbox.edit("contacts", ANNA.contact_id, city=f"{CANARY} anderswo")
    assert reconcile(house)["DRIFTED"] == {"contact": 1}
    assert [one["method"] for one in house.run("persons").requests] == ["PUT"]
    house.assert_mirrors()


@pytest.mark.parametrize("known_id", ["refused", "updates", "doubles"])
def test_a_filled_portal_is_taken_over_without_sending_anything(house: World, known_id: str) -> None:
    """Nobody asked for it: a run that finds its ledger empty and the portal not looks first."""
    lose_ledger(house)
    house.sandbox.answer(post_on_known_id=known_id)
    assert [ran.counts("sent", "unchanged") for ran in run_all(house)] == [(0, 4), (0, 6)]
    house.assert_mirrors()


@pytest.mark.rule("R20")
def test_who_must_leave_a_portal_that_is_taken_over_leaves(house: World) -> None:
    lose_ledger(house)
    house.put(replace(BERT, end=-1))
    run_all(house)
    answer(house)  # nobody knows any more that the house has never had partners
    run_all(house)
    house.assert_mirrors()


def test_an_emptied_portal_is_filled_again(house: World) -> None:
    for kind in ("contracts", "contacts", "units", "properties"):
        for name in house.portal(kind):
            house.sandbox.forget(kind, name)
    assert reconcile(house)["MISSING_IN_PORTAL"] == {"property": 1, "unit": 3, "contact": 3, "contract": 3}
    run_all(house)
    house.assert_mirrors()


@pytest.mark.parametrize("path", ["/contacts", "/units"])
def test_a_list_that_leaves_out_what_is_there_is_no_finding(house: World, path: str) -> None:
    house.configure(guard={"source_percent": 70})
    empty = {"list": [], "_links": {"next": None}}
    house.sandbox.fault("status", "GET", path, status=200, body=empty, times=None)
    before = [house.ledger(tenant.contact_id) for tenant in (ANNA, BERT, CARL)]
    with pytest.raises(Exception, match="leaves out 3 of the 3 that the ledger holds"):
        reconcile(house)
    assert [house.ledger(tenant.contact_id) for tenant in (ANNA, BERT, CARL)] == before
    assert house.protocol()[0]["status"] == "failed"


def test_a_dry_run_corrects_nothing(house: World) -> None:
    house.sandbox.edit("contacts", ANNA.contact_id, city=f"{CANARY} anderswo")
    before = house.ledger(ANNA.contact_id)
    assert reconcile(house, dry_run=True)["DRIFTED"] == {"contact": 1}
    assert house.ledger(ANNA.contact_id) == before


def test_only_what_was_asked_for_is_judged(house: World) -> None:
    house.sandbox.edit("contacts", ANNA.contact_id, city=f"{CANARY} anderswo")
    assert "DRIFTED" not in reconcile(house, properties="200")
    assert reconcile(house, properties="100")["DRIFTED"] == {"contact": 1}


def test_everything_again_looks_first_and_deletes_nothing_to_send_it_again(house: World) -> None:
    house.sandbox.forget("contracts", ANNA.contract_id)
    house.sandbox.edit("contacts", BERT.contact_id, city=f"{CANARY} anderswo")
    house.sandbox.forget_requests()
    run_all(house, resend="all")
    written = [(one["method"], one["path"]) for one in house.sandbox.requests() if one["method"] not in ("GET",)]
    writes = [one for one in written if one[1] != "/authenticate"]
    contact, contract = f"/contacts/{BERT.contact_id}", f"/contracts/{ANNA.contract_id}"
    assert sorted(writes) == [("POST", "/contracts"), ("PUT", contact), ("PUT", contract)]
    house.assert_mirrors()


# ---- doubt


class Airflow:
    """What Airflow remembers of runs, as long as this test."""

    def __init__(self) -> None:
        self.runs: dict[str, int] = {}

    def recall(self, group: str) -> int:
        return self.runs.get(group, 0)

    def keep(self, group: str, runs: int) -> None:
        self.runs[group] = runs


def test_a_database_that_knows_of_fewer_runs_than_airflow_is_reconciled_first(house: World) -> None:
    airflow = Airflow()
    run_all(house, second_memory=airflow)
    house.sql("CREATE TABLE backup AS SELECT * FROM SP_ABGLEICH")
    house.sql("CREATE TABLE marks AS SELECT * FROM SP_POSITION")
    house.put(BERT.renamed("Neu"))
    run_all(house, second_memory=airflow)
    for table, backup in (("SP_ABGLEICH", "backup"), ("SP_POSITION", "marks")):
        house.sql(f"DELETE FROM {table}")
        house.sql(f"INSERT INTO {table} SELECT * FROM {backup}")
    house.sandbox.edit("contacts", ANNA.contact_id, city=f"{CANARY} anderswo")
    *_, persons = run_all(house, second_memory=airflow)
    assert [one["path"] for one in persons.requests if one["method"] == "GET"] == ["/contacts", "/contracts"]
    house.assert_mirrors()
    *_, after = run_all(house, second_memory=airflow)
    assert after.requests == []


def connect(house: World, monkeypatch: pytest.MonkeyPatch, **changes: str) -> None:
    portal = {"conn_type": "http", "host": house.sandbox.api, "login": KEY, "password": SECRET} | changes
    monkeypatch.setenv("AIRFLOW_CONN_CASAVI_PRODUCTION", json.dumps(portal))


@pytest.fixture
def elsewhere() -> Iterator[SandboxProcess]:
    with SandboxProcess() as started:
        yield started


def test_another_account_stops_everything_until_a_person_accepts_it(
    house: World, elsewhere: SandboxProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect(house, monkeypatch, host=elsewhere.api)
    ran = house.run("persons")
    assert ran.status == "failed"
    assert "speaks of the portal account at 127.0.0.1" in ran.why
    assert elsewhere.requests() == []
    with pytest.raises(RefusedError, match="start casavi_reconcile with accept_account"):
        reconcile(house)
    assert reconcile(house, accept_account=True)["MISSING_IN_PORTAL"]["contact"] == 3
    run_all(house)
    assert len([one for one in elsewhere.state("contacts") if not one["archived"]]) == 3


def test_another_key_of_the_same_account_costs_a_look(house: World, monkeypatch: pytest.MonkeyPatch) -> None:
    house.sql("UPDATE SP_POSITION SET WERT = replace(WERT, substr(WERT, 3, 32), 'other') WHERE NAME = 'memory/persons'")
    ran = house.run("persons")
    assert ran.status == "ok", ran.why
    assert [one["method"] for one in ran.requests] == ["GET"]
    assert house.run("persons").requests == []


def test_another_key_of_an_account_that_has_nothing_of_ours_stops_everything(house: World) -> None:
    house.sql("UPDATE SP_POSITION SET WERT = replace(WERT, substr(WERT, 3, 32), 'other') WHERE NAME = 'memory/persons'")
    for name in house.portal("contacts"):
        house.sandbox.forget("contacts", name)
    for name in house.portal("contracts"):
        house.sandbox.forget("contracts", name)
    ran = house.run("persons")
    assert (ran.status, "leads to another one there" in ran.why) == ("failed", True)
