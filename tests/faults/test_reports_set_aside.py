"""A tenant's report that cannot be taken over keeps the run red, and nothing else waiting, until it is in iX-Haus."""

import pytest
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError

from include.ixhaus.contract.own import SP_EINGANG, SP_PROTOKOLL_EINTRAG
from include.ixhaus.contract.reports import SP_MELDUNG
from include.ixhaus.database import open_engine
from include.vocabulary.reasons import explain
from tests.distorted import Distorted
from tests.faults.desk import Desk
from tests.ixhaus.test_faults import drivers_error

SECONDS = 9.0
"""How long a call of the database may take here: its own engine."""
pytestmark = pytest.mark.rule("R58")


@pytest.fixture
def distorted(monkeypatch: pytest.MonkeyPatch) -> Distorted:
    return Distorted(monkeypatch)


@pytest.fixture
def desk(desk: Desk) -> Desk:
    """Staff, and a tenant who can report."""
    desk.settle()
    return desk


def files(desk: Desk, title: str = "Kalt") -> str:
    """The tenant files a report; returns the ticket's id."""
    return str(desk.sandbox.tenant_files(desk.tenant.contact_id, "ANFRAGE", title, "Es ist kalt.")["id"])


def is_green(desk: Desk) -> bool:
    """Exchange once; whether the run is green."""
    return desk.run().ending.why_red is None


def named(desk: Desk) -> list[tuple[str, str, str]]:
    """Level, id and reason of the newest run's entries about tickets."""
    rows = desk.world.rows(SP_PROTOKOLL_EINTRAG, record_type="ticket")
    newest = max((row["run"] for row in rows), default="")
    return [(row["level"], row["external_id"], row["reason"]) for row in rows if row["run"] == newest]


def aside(desk: Desk) -> list[str]:
    return [row["portal_id"] for row in desk.world.rows(SP_EINGANG) if row["reason"]]


def test_the_run_is_red_while_a_tenants_report_is_missing_and_green_afterwards(
    desk: Desk, distorted: Distorted
) -> None:
    ticket_id = files(desk)
    files(desk, "Warm")
    desk.note(desk.report("M1"), "N1", "Wir kommen morgen.")
    distorted(ticket_id, title=["Kalt"])
    for _ in range(3):  # also where nothing of it is listed, or tried, any more
        assert not is_green(desk)
        assert named(desk) == [("error", ticket_id, "TICKET_ODD")]
        desk.sandbox.behave(clock_skew_seconds=3600)
    assert desk.imported("SP_MELDUNG", "subject") == ["Warm"]
    assert desk.comments() == [("M1", "Wir kommen morgen.")]
    distorted(ticket_id)
    desk.sandbox.tenant_comments(desk.tenant.contact_id, ticket_id, "Immer noch")
    assert is_green(desk)
    assert desk.imported("SP_MELDUNG", "subject") == ["Kalt", "Warm"]
    assert aside(desk) == []
    desk.settle()


def test_a_report_that_staff_enter_by_hand_and_close_in_the_portal_is_waited_for_no_longer(
    desk: Desk, distorted: Distorted
) -> None:
    ticket_id = files(desk)
    distorted(ticket_id, title=["Kalt"])
    assert not is_green(desk)
    desk.sandbox.staff_sets_status(ticket_id, "CLOSED")
    assert is_green(desk)
    assert named(desk) == [("warning", ticket_id, "TICKET_ODD")]
    assert aside(desk) == []
    desk.settle()


def test_a_part_that_is_set_aside_is_said_at_the_report_and_leaves_the_run_green(
    desk: Desk, distorted: Distorted
) -> None:
    ticket_id = files(desk)
    comment = desk.sandbox.tenant_comments(desk.tenant.contact_id, ticket_id, "Immer noch")["id"]
    distorted(comment, text=["Immer noch"])
    assert is_green(desk)
    assert desk.imported("SP_MELDUNG", "hint") == [explain("COMMENT_ODD")]


def test_what_cannot_be_taken_of_a_report_of_our_own_leaves_the_run_green(desk: Desk, distorted: Distorted) -> None:
    desk.report("M1")
    desk.settle()
    distorted("M1", title=["Kalt"])
    desk.sandbox.tenant_comments(desk.tenant.contact_id, "M1", "Immer noch")
    assert is_green(desk)
    assert named(desk) == [("warning", "M1", "TICKET_ODD")]
    (report,) = desk.world.rows(SP_MELDUNG, report_nr="M1")
    assert report["hint"] == explain("TICKET_ODD")


@pytest.mark.rule("R52", "R53")
@pytest.mark.parametrize("at", ['INTO "SP_EINGANG"', 'INTO "SP_PROTOKOLL_EINTRAG"'])
def test_a_database_that_fails_while_something_is_set_aside_loses_nothing(
    desk: Desk, distorted: Distorted, at: str
) -> None:
    ticket_id = files(desk)
    files(desk, "Warm")
    distorted(ticket_id, title=["Kalt"])
    left = iter([drivers_error("ORA-03113")])
    desk.world.configure(limits={"database_seconds": SECONDS})

    @event.listens_for(open_engine("ixhaus_production", SECONDS), "before_cursor_execute")
    def fail(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if at in statement and (error := next(left, None)) is not None:
            raise DBAPIError.instance(statement, {}, error, type(error).__mro__[1], hide_parameters=True)

    assert not is_green(desk)
    assert not is_green(desk)
    assert next(left, None) is None
    assert aside(desk) == [ticket_id]
    assert desk.imported("SP_MELDUNG", "subject") == ["Warm"]
    distorted(ticket_id)
    desk.sandbox.tenant_comments(desk.tenant.contact_id, ticket_id, "Immer noch")
    assert is_green(desk)
    assert desk.imported("SP_MELDUNG", "subject") == ["Kalt", "Warm"]
