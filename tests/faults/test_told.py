"""People are told of what really went wrong, and of nobody: no name, address or e-mail goes out in a message."""

from dataclasses import replace

import pytest

from include.alerts import morning
from include.alerts.watch import look
from tests.alerts.office import SMTP, Kept
from tests.faults.harness import CANARY, World, tenants
from tests.mailbox import Mailbox


def test_a_run_that_went_wrong_is_told_of_without_names(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    refused, nameless = tenants(2)
    world.move_in(refused, replace(nameless, person={"last_name": None, "company": None}))
    world.configure(alerts={"notifiers": [SMTP], "morning_to": ["buero@example.org"]})
    world.sandbox.fault(
        "status", "POST", "/contacts", body_id=refused.contact_id, status=422, times=None, body={"lastName": CANARY}
    )
    assert world.run().status == "errors"
    monkeypatch.setenv("SERVICEPORTAL_CONFIG", str(world.folder / "config"))
    mailbox, kept = Mailbox(), Kept()
    with mailbox.open():
        mailbox.connect(monkeypatch)
        assert look("production", "a look", store=kept)["told"] == 1
        world.sql("DROP TABLE SP_LIZENZ")
        assert look("production", "a look", store=kept)["told"] == 1
        world.sql("CREATE TABLE SP_LIZENZ (LIZENZ, AKTIV, GUELTIG_BIS)")
        world.insert("SP_LIZENZ", licence="casavi", active="J")
        assert morning.send("production", store=kept)
    subjects = [subject for _, subject in mailbox.told]
    assert subjects[:2] == [
        "Serviceportal Produktivsystem: Personen: Lauf fehlgeschlagen",
        "Serviceportal Produktivsystem: iX-Haus antwortet nicht",
    ]
    assert "SP_LIZENZ" in mailbox.texts[1]
    world.assert_discreet("\n".join([*subjects, *mailbox.texts]))
