"""Without a user who may make reports nothing comes in, and nothing is lost (R47, E55)."""

import pytest

from include.groups.reports.inbound import Received
from include.ixhaus.check import ContractError
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


@pytest.mark.rule("R39", "R41", "R47")
@pytest.mark.parametrize(
    ("statement", "place"),
    [
        ("UPDATE SP_BENUTZER SET GESPERRT = 'j' WHERE BENUTZER_NR = '007'", "SP_BENUTZER.GESPERRT"),
        ("UPDATE SP_MELDUNGSART SET PORTAL_SPERRE = 'j'", "SP_MELDUNGSART.PORTAL_SPERRE"),
        ("UPDATE SP_MELDUNGSART SET FREIGEGEBEN = '1'", "SP_MELDUNGSART.FREIGEGEBEN"),
    ],
)
def test_a_flag_that_nobody_can_read_lets_everything_wait(world: World, statement: str, place: str) -> None:
    world.files_report()
    world.sql(statement)
    with pytest.raises(ContractError, match=f"^{place}: some values are not J or N"):
        world.receive()
    assert (world.reports(), world.cursor()) == ([], None)
