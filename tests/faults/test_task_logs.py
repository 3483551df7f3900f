"""Each step says in one line of its log what it did, and a run's log leads on to the pages; that no line names anybody
every fault test asks (`world`).
"""

import re
from dataclasses import replace

import pytest

from include.casavi.endpoints import ENDPOINTS
from include.groups import GROUPS
from include.lookup.kinds import kind_of
from include.sync.run import Request
from tests.faults.harness import Tenant, World, tenants
from tests.faults.run_steps import Progress, run_group
from tests.faults.test_refusals import refuse

WHY = "/serviceportal/why/contact/{}?system=production"
NAMELESS = {"last_name": None, "company": None}


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What the steps said, without the seconds."""
    mine = [one.getMessage() for one in caplog.records if one.name in ("include.sync.said", "include.sync.steps")]
    return [re.sub(r"\d+\.\d s", "… s", line) for line in mine]


def test_each_step_says_what_it_did_in_one_line(world: World, caplog: pytest.LogCaptureFixture) -> None:
    good, bad, gone = tenants(3)
    world.move_in(good, replace(bad, person={"last_name": None, "company": None}), replace(gone, end=-400))
    caplog.clear()
    ran = world.run()
    said = lines(caplog)
    assert len(said) == len(set(said)), said
    [read, decided, planned, *loads, ended] = said
    assert re.fullmatch(r"read: .*\bpersons 3, .* in … s", read)
    contacts, contracts = decided.removeprefix("decided: ").split("; ")
    assert contacts == "contact: ACTIVE 1, NO_NAME 1, MOVED_OUT 1"
    assert contracts == "contract: ACTIVE 1, CONTACT_NOT_SENT 1, MOVED_OUT 1 in … s"
    assert planned == ("planned: contact: create 1, invalid 1, withheld 1; contract: withheld 2, create 1 in … s")
    assert loads == [
        "send_contact: acknowledged 1; 2 requests in … s", "send_contract: acknowledged 1; 2 requests in … s",
    ]  # fmt: skip
    assert len(ran.requests) + ran.logins == 4
    assert re.fullmatch(r"run ended ok after … s: read \d+, sent 2, created 2, .*, outstanding 0", ended)


def leading(caplog: pytest.LogCaptureFixture) -> list[str]:
    """The lines that end with an address."""
    return [line for one in caplog.records if "/serviceportal/" in (line := one.getMessage())]


def nameless(tenant: Tenant) -> Tenant:
    return replace(tenant, person=NAMELESS)


@pytest.mark.rule("R51")
@pytest.mark.parametrize("airflow", ["", "https://sp.example/airflow"])
def test_the_log_of_a_run_leads_to_its_page_and_to_those_of_its_wrong_records(
    world: World, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, airflow: str
) -> None:
    monkeypatch.setenv("AIRFLOW__API__BASE_URL", f"{airflow}/" if airflow else "")
    good, refused, bad = tenants(3)
    world.move_in(good, refused, nameless(bad))
    refuse(world, 422, refused.contact_id)
    caplog.clear()
    ran = world.run()
    run = f"casavi_persons%2F{ran.run.partition('/')[2]}%23{ran.progress.returned['extract']['token']}"
    assert leading(caplog) == [
        f"error contact {refused.contact_id} (REFUSED): {airflow}{WHY.format(refused.contact_id)}",
        f"invalid contact {bad.contact_id} (NO_NAME): {airflow}{WHY.format(bad.contact_id)}",
        f"this run in the protocol: {airflow}/serviceportal/protocol/run?system=production&run={run}",
    ]


def test_of_many_wrong_records_the_log_names_a_handful(world: World, caplog: pytest.LogCaptureFixture) -> None:
    world.move_in(*(nameless(one) for one in tenants(9)))
    caplog.clear()
    assert world.run().counts("invalid") == (9,)
    assert [line.split()[0] for line in leading(caplog)] == ["invalid"] * 5 + ["this"]


def test_a_dry_run_leads_to_the_page_of_each_record_it_names(world: World, caplog: pytest.LogCaptureFixture) -> None:
    (one,) = tenants(1)
    world.move_in(one)
    caplog.clear()
    run_group(GROUPS["persons"], world.next_run(), Request(dry_run=True), Progress())
    assert f"would create contact {one.contact_id} (ACTIVE): {WHY.format(one.contact_id)}" in leading(caplog)


def test_every_record_that_is_sent_has_a_page_to_lead_to() -> None:
    assert {kind for kind in ENDPOINTS if kind_of(kind) is None} == {"ticket_type"}  # which is no record
