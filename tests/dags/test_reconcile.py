"""casavi_reconcile through Airflow, over the sample: a portal that an earlier program filled is taken over."""

from types import SimpleNamespace
from typing import Any

import pytest

from include.groups import GROUPS
from include.sync.flow import ended
from include.sync.steps import Ending, not_begun
from tests.dags.rig import Rig, airflow_run

pytestmark = airflow_run
OWN = ("SP_ABGLEICH", "SP_EINGANG", "SP_POSITION")


def findings(rig: Rig) -> dict[str, dict[str, int]]:
    """Finding → record type → how many, of the protocol's last reconciliation."""
    found: dict[str, dict[str, int]] = {}
    for record_type, number, reason, _ in rig.entries("finding"):
        if number.startswith("("):
            found.setdefault(reason, {})[record_type] = int(number.strip("()"))
    return found


@pytest.mark.rule("R58")
def test_a_portal_that_an_earlier_program_filled_is_taken_over(told: Rig) -> None:
    held = {kind: numbers["live"] for kind, numbers in told.portal.counts().items()}
    reports, notes = (told.sql(f"SELECT count(*) FROM {view}") for view in ("SP_MELDUNG", "SP_NOTIZ"))
    for table in OWN:
        told.sql(f"DELETE FROM {table}")
    assert told.run("casavi_reconcile", groups=[], properties=None).state == "success"
    found = findings(told)
    assert set(found) == {"ADOPTED"}
    names = {"property": "properties", "unit": "units", "contact": "contacts", "contract": "contracts"}
    assert {name: found["ADOPTED"][name] for name in names} == {name: held[kind] for name, kind in names.items()}
    assert found["ADOPTED"]["document"] == held["documents"]
    assert found["ADOPTED"]["ticket"] == held["tickets"]
    for group in GROUPS:
        finished = told.run(f"casavi_{group}")
        assert finished.state == "success", (group, told.entries("error"))
        protocol = told.last_protocol(group)
        assert (protocol["sent"], protocol["created"], protocol["errors"]) == (0, 0, 0), group
    assert told.writes() == []
    assert [told.sql(f"SELECT count(*) FROM {view}") for view in ("SP_MELDUNG", "SP_NOTIZ")] == [reports, notes]


def test_a_run_that_removed_the_last_child_starts_the_group_that_waits_for_it() -> None:
    told: list[Any] = []
    outlet = SimpleNamespace(add=told.append)
    said = not_begun().xcom | {"status": "ok"}
    ending = Ending(said, None, is_synced=True, frees=("objects",))
    assert ended(ending, outlet, "persons", "production") == said
    assert [asset.name for asset in told] == ["casavi_production_persons", "casavi_production_objects_freed"]
