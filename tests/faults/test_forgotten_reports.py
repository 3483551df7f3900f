"""Ledger and inbox of the reports are lost, the portal is as it was: nothing comes in again, nothing goes out twice."""

from collections import Counter
from typing import Any

import pytest

from include.ixhaus.contract.own import SP_ABGLEICH, SP_EINGANG
from include.ixhaus.contract.reports import SP_ANHANG, SP_MELDUNG, SP_NOTIZ
from tests.faults.desk import Desk
from tests.faults.harness import HOUSE

BELOW = ("ticket", "comment", "attachment")


def talked(desk: Desk) -> str:
    """Reports from both sides, with everything that hangs at them; returns the id of the tenant's ticket."""
    desk.note(desk.report("M1", "REPARATUR"), "N1", "Wir kommen morgen.")
    desk.note("M1", "N2", "Nur für uns.", public=False)
    desk.file("M1", "F1")
    desk.world.insert("SP_BEAUFTRAGUNG", order_nr="A1", report_nr="M1", company="Rohr", status="Beauftragt")
    desk.note(desk.report("M2", "GEBAEUDE", reporter_person=None, unit_nr=None), "N3", "Das Wasser ist abgestellt.")
    desk.settle()
    ticket = desk.sandbox.tenant_files(
        desk.tenant.contact_id, "ANFRAGE", "Kalt", "Es ist kalt.", file=("a.txt", "text/plain", b"Kalt")
    )["id"]
    desk.sandbox.tenant_comments(
        desk.tenant.contact_id, ticket, "Immer noch", file=("b.txt", "text/plain", b"Immer noch")
    )
    desk.settle()
    desk.note(desk.imported("SP_MELDUNG", "report_nr")[0], "N4", "Verstanden.")
    desk.sandbox.tenant_comments(desk.tenant.contact_id, "M1", "Danke")
    desk.settle()
    desk.settle()
    return str(ticket)


def forget(desk: Desk, *tables: str) -> None:
    """Lose what these tables hold, of the ledger what it says of reports."""
    for table in tables:
        only = f" WHERE ART IN {BELOW}" if table == "SP_ABGLEICH" else ""
        desk.world.sql(f"DELETE FROM {table}{only}")


def held(desk: Desk) -> list[Any]:
    """What both sides hold of reports, and what ledger and inbox say of it."""
    shown = [sorted((one["id"], str(one)) for one in desk.live(kind)) for kind in ("comments", "attachments")]
    tickets = sorted(one["id"] for one in desk.live("tickets"))
    own = [sorted(row["report_nr"] for row in desk.world.rows(SP_MELDUNG))]
    own += [sorted(row["note_id"] for row in desk.world.rows(SP_NOTIZ))]
    own += [sorted(row["file_id"] for row in desk.world.rows(SP_ANHANG))]
    return [*shown, tickets, *own, ledger(desk), inbox(desk)]


def ledger(desk: Desk) -> list[tuple[object, ...]]:
    """Without the hashes, which another secret keys, and the mark of a first export, which is for what goes out."""
    found = []
    for row in desk.world.rows(SP_ABGLEICH):
        what = [row[name] or "" for name in ("record_type", "external_id", "state", "properties", "group")]
        if row["record_type"] in BELOW:
            found.append((*what, (row["identity"] or "").removesuffix(" first")))
    return sorted(found)


def inbox(desk: Desk) -> list[tuple[str, str, str]]:
    rows = desk.world.rows(SP_EINGANG)
    return sorted((row["record_type"], row["portal_id"], str(row["erp_id"])) for row in rows)


def posts(desk: Desk) -> Counter[str]:
    return Counter(one["path"] for one in desk.sandbox.requests() if one["method"] == "POST")


@pytest.mark.rule("R58", "E49")
@pytest.mark.parametrize("lost", [("SP_ABGLEICH", "SP_EINGANG", "SP_POSITION"), ("SP_EINGANG", "SP_POSITION")])
def test_what_both_sides_have_is_recognised_and_nothing_is_made_twice(desk: Desk, lost: tuple[str, ...]) -> None:
    talked(desk)
    before = held(desk)
    forget(desk, *lost)
    done = desk.run()
    assert (done.ending.why_red, done.ending.xcom["created"], done.ending.xcom["errors"]) == (None, 0, 0)
    assert posts(desk) == {"/authenticate": posts(desk)["/authenticate"]}
    for one, other in zip(held(desk), before, strict=True):
        assert one == other
    desk.sandbox.forget_requests()
    assert desk.run().ending.xcom["sent"] == 0
    assert held(desk) == before
    assert HOUSE in str(ledger(desk))


@pytest.mark.rule("R58")
def test_what_ixhaus_answers_to_a_ticket_without_an_id_goes_to_it(desk: Desk) -> None:
    desk.report("M1")
    desk.settle()
    desk.sandbox.behave(ticket_ids="none")
    desk.sandbox.tenant_files(desk.tenant.contact_id, "ANFRAGE", "Kalt", "Es ist kalt.")
    desk.settle()
    (number,) = desk.imported("SP_MELDUNG", "report_nr")
    desk.note(number, "N1", "Verstanden.")
    desk.file(number, "F1")
    desk.set("SP_MELDUNG", "report_nr", number, status="In Bearbeitung")
    desk.settle()
    ticket = number.removeprefix("SP-")
    assert desk.comments() == [(ticket, "Verstanden.")]
    assert [where for where, _ in desk.files()] == [ticket]
    assert next(one for one in desk.live("tickets") if one["id"] == ticket)["status"] == "IN_PROGRESS"
    forget(desk, "SP_ABGLEICH", "SP_EINGANG", "SP_POSITION")
    before = held(desk)[:6]
    desk.settle()
    assert held(desk)[:6] == before
