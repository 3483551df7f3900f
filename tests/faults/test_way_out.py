"""A run of a house with a proxy and a CA of its own: all of it takes that way; where it is closed it ends at once."""

import pytest

from tests.faults.harness import World, tenants
from tests.network.conftest import Connect, connect, house, standing
from tests.network.house import HOST, House
from tests.network.proxy import PASSWORD

__all__ = ["connect", "house", "standing"]


@pytest.fixture
def sandbox(house: House) -> object:
    """The portal of the house, in place of the one that all others share."""
    return house.sandbox


def test_a_run_takes_the_way_that_the_connection_names(world: World, house: House, connect: Connect) -> None:
    connect("casavi_production", house.portal(proxies={"https": house.way()}, verify=house.ca))
    world.move_in(*tenants(5))
    ran = world.run()
    assert ran.status == "ok", ran.why
    assert set(house.proxy.asked) == {(f"{HOST}:{house.port}", True)}
    world.assert_mirrors()


@pytest.mark.parametrize(
    ("login", "knows_ca", "said"),
    [
        (True, False, "the server shows a certificate that nobody vouches for who is trusted here; "),
        (False, True, "the proxy takes nothing without user and password, or not these (status 407); "),
    ],
)
def test_a_run_whose_way_is_closed_ends_with_one_sentence_and_without_trying_again(
    world: World, house: House, connect: Connect, login: bool, knows_ca: bool, said: str
) -> None:
    connect("casavi_production", house.portal(proxies={"https": house.way()}, verify=house.ca))
    world.move_in(*tenants(20))
    house.proxy.asked.clear()
    proxy = house.way() if login else f"http://127.0.0.1:{house.proxy.port}"
    connect("casavi_production", house.portal(proxies={"https": proxy}, **({"verify": house.ca} if knows_ca else {})))
    ran = world.run()
    assert ran.status == "failed"
    assert f"Airflow connection casavi_production: {said}" in ran.why
    assert PASSWORD not in ran.why
    assert len(house.proxy.asked) == 1
    assert ran.counts("created", "errors") == (0, 0)
