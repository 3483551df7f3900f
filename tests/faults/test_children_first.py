"""Children leave before their parents, whichever group sends them, and a run that comes too early waits (R15)."""

import pytest

from include.ixhaus.contract.own import SP_ABGLEICH
from include.sync.below import freed_parents, with_children
from tests.faults.harness import HOUSE, World, tenants
from tests.faults.run_steps import SYSTEM

CHILDREN = "CHILDREN_IN_PORTAL"
UNIT = f"{HOUSE}/1"


@pytest.fixture
def let(world: World) -> World:
    """A house with two tenants, all in the portal; then it is taken out of the range."""
    world.settle(*tenants(2))
    world.configure(properties="200")
    return world


def forget(world: World, **equal: str) -> None:
    """Let records be gone, as their group's run has them removed."""
    column = "UPDATE SP_ABGLEICH SET ZUSTAND = 'removed' WHERE "
    names = {"record_type": "ART", "external_id": "SCHLUESSEL"}
    world.sql(column + " AND ".join(f"{names[name]} = ?" for name in equal), *equal.values())


def below(world: World, record_type: str, external_id: str) -> bool:
    return with_children(world.engine, SYSTEM, record_type, [external_id]) == {external_id}


@pytest.mark.rule("R15")
def test_a_house_with_people_in_it_is_not_taken_from_the_portal(let: World) -> None:
    ran = let.run("objects")
    assert (ran.status, ran.requests) == ("ok", [])
    assert ran.named("withheld") == dict.fromkeys((HOUSE, UNIT, f"{HOUSE}/2"), (CHILDREN, None))
    assert ran.counts("withheld", "removed") == (3, 0)
    assert freed_parents(let.engine, SYSTEM) == set()


@pytest.mark.rule("R15")
def test_what_waited_leaves_once_there_is_nothing_below_it_any_more(let: World) -> None:
    let.run("objects")
    assert let.run("persons").counts("removed") == (4,)
    assert freed_parents(let.engine, SYSTEM) == {"objects"}
    assert let.run("objects").counts("withheld", "removed") == (0, 3)
    assert freed_parents(let.engine, SYSTEM) == set()
    assert [let.portal(kind) for kind in ("properties", "units", "contacts", "contracts")] == [{}, {}, {}, {}]


@pytest.mark.rule("R15")
def test_what_waited_and_is_wanted_again_waits_no_more(let: World) -> None:
    let.run("objects")
    let.configure(properties=HOUSE)
    assert let.run("objects").status == "ok"
    for row in let.rows(SP_ABGLEICH, record_type="unit"):
        assert (row["state"], row["outcome"], bool(row["hash"])) == ("present", "OK", True)
    forget(let, record_type="contract")
    assert freed_parents(let.engine, SYSTEM) == set()


@pytest.mark.rule("R15")
def test_a_tenant_who_must_leave_waits_for_nothing(let: World) -> None:
    assert let.run("persons").counts("withheld", "removed") == (0, 4)


@pytest.mark.rule("R15")
@pytest.mark.parametrize(
    ("state", "parents", "properties", "expected"),
    [
        ("present", "unit 100/1", "100", (True, True)),
        ("restricted", "contact 7\nunit 100/1", "100", (True, True)),
        ("pending", "property 100", None, (True, False)),
        ("present", None, "100", (True, False)),
        ("present", "", "100 200", (False, False)),
        ("removed", "unit 100/1", "100", (False, False)),
        ("new", "unit 100/1", "100", (False, False)),
        ("present", "unit 100/11", "1100", (False, False)),
        ("present", "property 1001\nproperty 2100", "2100", (False, False)),
    ],
)
def test_what_is_below_a_house_and_a_unit(
    world: World, state: str, parents: str | None, properties: str | None, expected: tuple[bool, bool]
) -> None:
    world.sql(
        "INSERT INTO SP_ABGLEICH (SYSTEM, ART, SCHLUESSEL, ZUSTAND, ELTERN, OBJEKTE) "
        "VALUES (?, 'contact', '7', ?, ?, ?)",
        SYSTEM, state, parents, properties,
    )  # fmt: skip
    assert (below(world, "property", HOUSE), below(world, "unit", UNIT)) == expected


@pytest.mark.rule("R15")
def test_of_many_records_each_is_judged_alike(let: World) -> None:
    houses = [*map(str, range(300, 400)), HOUSE]
    assert with_children(let.engine, SYSTEM, "property", houses) == {HOUSE}


@pytest.mark.rule("R15")
@pytest.mark.parametrize("record_type", ["comment", "attachment"])
def test_what_hangs_at_a_ticket_goes_with_it(world: World, record_type: str) -> None:
    """Many portals cannot take it back; the house must not stay for its sake."""
    world.sql(
        "INSERT INTO SP_ABGLEICH (SYSTEM, ART, SCHLUESSEL, ZUSTAND, ELTERN, OBJEKTE) "
        "VALUES (?, ?, 'N1', 'present', 'ticket M1', ?)",
        SYSTEM, record_type, HOUSE,
    )  # fmt: skip
    assert not below(world, "property", HOUSE)
