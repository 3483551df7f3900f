"""What staff see at their reports while the interface is off."""

import pytest

from include.groups.reports.run import exchange
from include.ixhaus.contract.reports import SP_MELDUNG
from include.sync.run import Request
from tests.faults.desk import Desk
from tests.faults.run_steps import SYSTEM

SWITCH = "Schnittstelle.Mieterportal.Aktiv"


def fields(desk: Desk) -> dict[str, tuple[str | None, str | None]]:
    """Report number → status and reason in the field Serviceportal."""
    return {row["report_nr"]: (row["portal_status"], row["portal_reason"]) for row in desk.world.rows(SP_MELDUNG)}


@pytest.mark.rule("R50", "R6")
def test_while_the_interface_is_off_every_report_says_so_and_then_how_it_stands(desk: Desk) -> None:
    desk.report("M1")
    desk.settle()
    before, changed = fields(desk), [row["changed_at"] for row in desk.world.rows(SP_MELDUNG)]
    assert before == {"M1": ("SENT", "INDIVIDUAL")}
    for table, key, reason in (("EINSTELLUNG", SWITCH, "INTERFACE_OFF"), ("LIZENZ", "casavi", "NO_LICENCE")):
        column, name = {"EINSTELLUNG": ("WERT", "SCHLUESSEL"), "LIZENZ": ("AKTIV", "LIZENZ")}[table]
        desk.world.sql(f"UPDATE SP_{table} SET {column} = 'N' WHERE {name} = ?", key)
        exchange(SYSTEM, desk.world.next_run("reports"), Request(dry_run=True))
        assert fields(desk) == before  # a preview writes nothing
        assert desk.run().ending.xcom["status"] == "skipped"
        assert fields(desk) == {"M1": (None, reason)}
        desk.world.sql(f"UPDATE SP_{table} SET {column} = 'J' WHERE {name} = ?", key)
        desk.run()
        assert fields(desk) == before
    assert [row["changed_at"] for row in desk.world.rows(SP_MELDUNG)] == changed
    assert [one for one in desk.sandbox.requests() if one["method"] != "GET" and "ticket" in one["path"]] == []
