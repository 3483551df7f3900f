"""What would leave the portal is asked about where it is doubtful, and an answer holds for what was shown, once."""

from typing import Any

import pytest

from include.erasure.housekeeping import tidy
from include.groups import PERSONS
from include.groups.reports.run import exchange
from include.ixhaus.contract.own import SP_ABGLEICH, SP_POSITION, SP_PROTOKOLL_EINTRAG
from include.settings import load_settings
from include.sync.run import Request
from include.vocabulary.clock import utc_now
from tests.faults.desk import Desk
from tests.faults.harness import CANARY, HOUSE, Ran, Tenant, World, tenants
from tests.faults.questions import BY, answer, pass_time, question, questions
from tests.faults.run_steps import SYSTEM, Progress, run_group
from tests.faults.test_erp import deletes, fewer, whole

pytestmark = pytest.mark.rule("E36", "R20")
STRICT = {"max_percent": 10, "source_percent": 70}


@pytest.fixture
def ten(world: World) -> World:
    """Ten tenants in ERP and portal, and a guard that asks from the second on."""
    world.settle(*tenants(10))
    world.configure(guard=STRICT | {"source_percent": 0})
    return world


def gone(*numbers: int) -> set[str]:
    """Paths of the removals of tenants: contact and contract."""
    return {path for one in numbers for path in (f"/contacts/{Tenant(one).contact_id}", f"/contracts/V{one}")}


def leave(world: World, *numbers: int) -> None:
    for number in numbers:
        world.drop(number)


def reasons(ran: Ran) -> set[str]:
    return {reason for reason, _ in ran.named("guarded").values()}


# an approval holds for what was shown, once


def test_what_is_approved_goes_and_what_vanished_since_is_asked_about(ten: World) -> None:
    leave(ten, 1, 2)
    assert deletes(ten.run()) == []
    answer(ten)
    leave(ten, 3, 4)
    assert set(deletes(ten.run())) == gone(1, 2)
    assert {external_id for _, external_id in question(ten)["items"]} == {"100.3.1", "V3", "100.4.1", "V4"}


def test_what_was_shown_and_is_back_stays_and_others_are_not_taken_for_it(ten: World) -> None:
    leave(ten, 1, 2)
    ten.run()
    answer(ten)
    ten.put(Tenant(1), Tenant(2))
    leave(ten, 3, 4)
    assert deletes(ten.run()) == []
    assert questions(ten)[0]["count"] == 4


def test_clearing_an_approved_run_removes_nothing_further(ten: World) -> None:
    leave(ten, 1, 2)
    ten.run()
    answer(ten)
    released = ten.run()
    assert set(deletes(released)) == gone(1, 2)
    ten.put(Tenant(1), Tenant(2))
    ten.run()
    leave(ten, 1, 2)
    assert deletes(ten.run(again=released.run)) == []
    leave(ten, 3, 4)
    assert deletes(ten.run(again=released.run)) == []


def test_an_approval_ends_when_what_was_shown_would_not_happen_any_more(ten: World) -> None:
    leave(ten, 1, 2)
    ten.run()
    answer(ten)
    ten.put(Tenant(1), Tenant(2))
    assert ten.run().requests == []
    leave(ten, 1, 2)
    assert deletes(ten.run()) == []
    assert len(questions(ten)) == 1


def test_nobody_is_asked_twice_and_two_questions_are_answered_each_for_itself(ten: World) -> None:
    leave(ten, 1, 2)
    first = ten.run().progress.returned["plan"]["approval"]
    assert ten.run().progress.returned["plan"]["approval"] is None
    leave(ten, 3, 4)
    second = ten.run().progress.returned["plan"]["approval"]
    assert [one["approval"] for one in questions(ten)] == [first, second]
    ten.sql("UPDATE SP_FREIGABE SET ZUSTAND = 'approved' WHERE FREIGABE = ?", second)
    assert set(deletes(ten.run())) == gone(3, 4)


def test_only_the_types_that_exceed_the_guard_wait(ten: World) -> None:
    """Of ten contacts one may go; of twelve contracts two may not."""
    for number in (1, 2):
        ten.sql("DELETE FROM SP_VERTRAG WHERE VERTRAG_NR = ?", f"V{number}")
    ten.insert(
        "SP_VERTRAG", contract_nr="V20", kind="MIETE", person_key="100.2.1", property_nr=HOUSE, unit_nr="2",
        begin=ten.today,
    )  # fmt: skip
    ten.tenants.clear()  # what the portal should hold is said below
    ran = ten.run()
    assert deletes(ran) == ["/contacts/100.1.1"]
    assert set(ran.named("guarded")) == {"V1", "V2"}
    assert question(ten)["cause"] == "contract: 2 von 10"


# what nobody approves


def test_what_is_rejected_stays_until_something_about_it_changes(ten: World) -> None:
    leave(ten, 1, 2)
    ten.run()
    answer(ten, approve=False)
    ran = ten.run()
    assert (deletes(ran), reasons(ran), questions(ten)) == ([], {"REMOVAL_REJECTED"}, [])
    assert {row["decided_by"] for row in questions(ten, "rejected")} == {BY}
    ten.put(Tenant(1).renamed(f"{CANARY} neu"), Tenant(2))
    assert ten.run().xcom["updated"] == 1
    leave(ten, 1, 2)
    ran = ten.run()
    assert (deletes(ran), reasons(ran)) == ([], {"REMOVAL_GUARD"})
    assert question(ten)["count"] == 4


def test_a_question_that_nobody_answers_lapses_and_is_asked_anew(ten: World) -> None:
    leave(ten, 1, 2)
    first = ten.run().progress.returned["plan"]["approval"]
    pass_time(ten)
    second = ten.run().progress.returned["plan"]["approval"]
    assert second not in (None, first)
    assert [row["approval"] for row in questions(ten, "lapsed")] == [first]
    assert questions(ten)[0]["approval"] == second


def test_an_approval_that_has_run_out_releases_nothing(ten: World) -> None:
    leave(ten, 1, 2)
    ten.run()
    answer(ten)
    pass_time(ten)
    assert deletes(ten.run()) == []
    assert len(questions(ten)) == 1


def test_a_dry_run_asks_nothing_and_says_what_would_wait(ten: World) -> None:
    leave(ten, 1, 2)
    assert ten.run(dry_run=True).progress.returned["plan"]["approval"] is None
    assert questions(ten) == []
    (preview,) = (ten.folder / "staging").rglob("preview.csv")
    assert "contact,100.1.1,hold back,REMOVAL_GUARD" in preview.read_text(encoding="utf-8")


def test_an_old_question_is_forgotten_with_the_protocol(ten: World) -> None:
    leave(ten, 1, 2)
    ten.run()
    ten.sql("UPDATE SP_FREIGABE SET ZUSTAND = 'rejected', GESTELLT_AM = '2000-01-01 00:00:00.000000'")
    tidy(load_settings(SYSTEM, ten.folder / "config"), utc_now())
    assert questions(ten, "rejected") == []
    ten.run()
    assert question(ten)["count"] == 4


# views that return too little


def roles(world: World, number: int) -> None:
    """Let somebody else live with each of some tenants, who are partners then."""
    for one in range(1, number + 1):
        for partner in (f"T{one}", f"P{one}"):
            world.insert("SP_PARTNER", partner_nr=partner, last_name=CANARY, email=f"{CANARY}-{partner}@example.org")
        world.sql("UPDATE SP_PERSON SET PARTNER_NR = ? WHERE PERSON_SCHLUESSEL = ?", f"T{one}", f"{HOUSE}.{one}.1")
        world.insert("SP_VERTRAGSROLLE", contract_nr=f"V{one}", partner_nr=f"P{one}", role="MITBEWOHNER")


@pytest.mark.parametrize("condition", ["1 = 0", "PARTNER_NR = 'P1'"])
def test_a_view_of_few_that_returns_much_less_removes_nobody(world: World, condition: str) -> None:
    """So few that their removal alone would not be asked about."""
    world.settle(*tenants(6))
    roles(world, 3)
    world.tenants.clear()
    assert world.run().xcom["created"] == 6
    world.configure(guard={"source_percent": 70})
    fewer(world, "SP_VERTRAGSROLLE", condition)
    ran = world.run()
    assert (ran.status, deletes(ran), reasons(ran)) == ("ok", [], {"SOURCE_SHRUNK"})
    assert question(world)["cause"] == f"SP_VERTRAGSROLLE: {0 if '0' in condition else 1} von 3 Zeilen"
    whole(world, "SP_VERTRAGSROLLE")
    world.run()
    world.assert_idle()
    assert not [entry for entry in world.rows(SP_PROTOKOLL_EINTRAG) if entry["level"] == "error"]


def test_the_last_row_goes_once_it_is_approved_and_an_empty_view_is_then_no_fault(world: World) -> None:
    world.settle(Tenant(1))
    leave(world, 1)
    assert deletes(world.run()) == []
    answer(world)
    assert set(deletes(world.run())) == gone(1)
    assert world.rows(SP_POSITION, name="rows/persons/SP_PERSON")[0]["value"] == "0"
    world.put(Tenant(1))
    world.run()
    assert world.rows(SP_POSITION, name="rows/persons/SP_PERSON")[0]["value"] == "1"


def test_rows_are_remembered_of_good_whole_runs_that_held_nothing_back(world: World) -> None:
    world.settle(*tenants(10))
    world.configure(guard={"source_percent": 70})

    def remembered() -> str:
        return str(world.rows(SP_POSITION, name="rows/persons/SP_PERSON")[0]["value"])

    world.put(Tenant(11))
    for request in (Request(dry_run=True), Request(properties="999")):
        run_group(PERSONS, world.next_run(), request, Progress())
    assert remembered() == "10"
    world.sandbox.fault("status", "POST", "/contacts", status=422)
    assert world.run().status == "errors"
    assert remembered() == "10"
    world.sandbox.end_faults()
    world.run()
    assert remembered() == "11"
    leave(world, *range(1, 8))
    world.run()
    assert remembered() == "11"


# look-alikes, shares, strangers


def test_keys_that_are_written_differently_make_nobody_new_and_nobody_gone(world: World) -> None:
    world.settle(*tenants(10))
    world.configure(guard={"alike_from": 10})
    before = set(world.portal("contacts"))
    for view in ("SP_PERSON", "SP_VERTRAG"):
        world.sql(f"UPDATE {view} SET PERSON_SCHLUESSEL = '0' || PERSON_SCHLUESSEL")
    world.tenants.clear()
    ran = world.run()
    assert (set(world.portal("contacts")), reasons(ran)) == (before, {"LOOK_ALIKE"})
    assert "100.1.1 -> 0100.1.1" in question(world)["cause"]
    answer(world)
    world.run()
    assert set(world.portal("contacts")) == {f"0{external_id}" for external_id in before}


def test_a_run_for_one_property_is_measured_by_that_property(world: World) -> None:
    world.insert("SP_OBJEKT", property_nr="105", name="Am Wall", street="Am Wall 1")
    world.configure(properties=f"{HOUSE}, 105")
    world.settle(*tenants(30), *(Tenant(number, house="105") for number in (41, 42)))
    world.configure(guard={"max_percent": 10})
    leave(world, 41, 42)
    run_group(PERSONS, world.next_run(), Request(properties="105"), Progress())
    assert world.sandbox.requests() == []
    assert question(world)["cause"] == "contact: 2 von 2\ncontract: 2 von 2"


def test_what_the_erp_never_had_is_asked_about_even_alone(world: World) -> None:
    world.settle(*tenants(3))
    world.drop(1)
    world.sql("UPDATE SP_ABGLEICH SET GRUND = 'ORPHAN' WHERE SCHLUESSEL = '100.1.1'")
    ran = world.run()
    assert (deletes(ran), ran.named("guarded")) == (["/contracts/V1"], {"100.1.1": ("ORPHAN", None)})
    assert question(world)["items"] == {("contact", "100.1.1"): ("remove", "ORPHAN")}


# reports


@pytest.fixture
def told(desk: Desk) -> Desk:
    """Three notes and a file at a report, all in the portal."""
    desk.report("M1")
    for note in ("N1", "N2", "N3"):
        desk.note("M1", note, f"{CANARY} {note}")
    desk.file("M1", "A1")
    desk.settle()
    desk.world.configure(guard={"source_percent": 70})
    return desk


def states(desk: Desk) -> dict[str, Any]:
    return {
        row["external_id"]: row["state"] for kind in ("comment", "attachment")
        for row in desk.world.rows(SP_ABGLEICH, record_type=kind)
    }  # fmt: skip


@pytest.mark.rule("R44", "R45")
@pytest.mark.parametrize("view", ["SP_NOTIZ", "SP_ANHANG", "SP_MELDUNG", "SP_MELDUNGSART"])
def test_an_empty_view_takes_no_comment_and_no_file_away(told: Desk, view: str) -> None:
    fewer(told.world, view, "1 = 0")
    done = told.run()
    assert done.ending.xcom["status"] == "ok", done.ending.why_red
    assert set(states(told).values()) == {"present"}
    assert question(told.world)["cause"].startswith(f"{view}: 0 von ")
    whole(told.world, view)
    assert told.run().ending.xcom["outstanding"] == 0
    assert len(told.comments()) == 3


@pytest.mark.rule("R44")
def test_a_note_that_became_internal_leaves_at_once_though_its_view_is_shrunken(told: Desk) -> None:
    told.set("SP_NOTIZ", "note_id", "N1", is_public="N")
    fewer(told.world, "SP_NOTIZ", "NOTIZ_ID = 'N1'")
    told.run()
    tried = [one["path"] for one in told.sandbox.requests() if one["method"] == "DELETE"]
    assert tried == ["/tickets/M1/comments/N1"]
    assert question(told.world)["cause"] == "SP_NOTIZ: 1 von 3 Zeilen"


def test_a_run_about_one_report_counts_the_views_before_it_takes_anything_away(told: Desk) -> None:
    fewer(told.world, "SP_NOTIZ", "1 = 0")
    exchange(SYSTEM, told.world.next_run("reports"), Request(about=("M1",)))
    assert question(told.world)["cause"] == "SP_NOTIZ: 0 von 3 Zeilen"
    assert set(states(told).values()) == {"present"}
