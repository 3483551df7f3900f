"""Without a user who may make reports nothing comes in, and nothing is lost (R47, E55)."""

import pytest

from include.groups.reports.inbound import Received
from tests.groups.reports.inbound.harness import World


@pytest.mark.rule("R47", "E55")
@pytest.mark.parametrize(
    ("user", "reason"), [("555", "USER_MISSING"), ("099", "USER_LOCKED"), ("013", "USER_WITHOUT_RIGHTS")]
)
def test_a_user_without_rights_lets_everything_wait(world: World, user: str, reason: str) -> None:
    world.files_report()
    assert world.receive(report_user=user) == Received(refused=reason)
    assert world.sandbox.requests()[-1]["path"] != "/tickets"
    assert (world.reports(), world.cursor()) == ([], None)
    assert world.warned() == [("error", user, reason)]
    assert world.receive("casavi_reports/2", report_user="007") == Received(tickets=1)


@pytest.mark.rule("E55")
def test_leading_zeros_are_kept(world: World) -> None:
    world.files_report()
    world.receive(report_user="007")
    assert world.report()["created_by"] == "007"
