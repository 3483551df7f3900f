"""Reading back who is registered and invited: what the portal says of everybody, or what it said the last time."""

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import insert

from include.casavi import listing
from include.casavi.client import PortalStopError
from include.casavi.listing import ListingError
from include.groups.documents import accounts
from include.groups.documents.accounts import read_accounts
from include.ixhaus.contract.own import SP_ABGLEICH
from include.ixhaus.database import engine_on, open_engine
from include.ixhaus.ddl import create_sqlite_schema
from include.settings import SystemSettings
from include.sync.lease import Lease
from include.sync.run import Opened, RunState
from tests.casavi.elsewhere import open_elsewhere
from tests.sandbox import KEY, SECRET, PortalUser, SandboxProcess

MONDAY, TUESDAY = datetime(2026, 6, 1, 3, tzinfo=UTC), datetime(2026, 6, 2, 3, tzinfo=UTC)
PEOPLE = ["P/1", "P/2", "P/3", "P/4", "P/5"]
BEFORE = {"P/1": "J J", "P/2": "N J", "P/3": "N N", "P/4": "N N", "P/5": "N N"}
"""Contact → registered and invited."""
Rows = Callable[[], list[tuple[str, str]]]


@pytest.fixture
def portal(sandbox: SandboxProcess) -> PortalUser:
    """Five contacts on three pages, of whom one is registered and two are invited."""
    user = PortalUser(sandbox)
    for contact in PEOPLE:
        user.post("contacts", id=contact, lastName="Kanari")
    sandbox.edit("contacts", "P/1", isRegistered=True, isInvited=True)
    sandbox.edit("contacts", "P/2", isInvited=True)
    sandbox.behave(page_size=2)
    return user


@pytest.fixture
def rows(sandbox: SandboxProcess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Rows:
    """An ERP beside that portal; returns each contact as "<key> <registered> <invited>", and when that was written."""
    database = tmp_path / "ixhaus.db"
    create_sqlite_schema(engine_on(lambda: sqlite3.connect(database)))
    connections = {
        "ixhaus": {"conn_type": "sqlite", "host": str(database)},
        "casavi": {"conn_type": "http", "host": sandbox.api, "login": KEY, "password": SECRET},
    }
    for name, fields in connections.items():
        for system in ("production", "test"):
            monkeypatch.setenv(f"AIRFLOW_CONN_{name}_{system}".upper(), json.dumps(fields))
    monkeypatch.setattr(accounts, "utc_now", lambda: MONDAY)
    monkeypatch.setattr(listing, "ATTEMPTS", 1)

    def read() -> list[tuple[str, str]]:
        query = "SELECT SYSTEM, KONTAKT, REGISTRIERT, EINGELADEN, STAND FROM SP_PORTALKONTO ORDER BY SYSTEM, KONTAKT"
        with closing(sqlite3.connect(database)) as connection:
            return [(" ".join(row[1:4]), row[4][:10]) for row in connection.execute(query)]

    return read


def settings(system: str) -> SystemSettings:
    limits = {"requests_per_second": 5000, "timeout_seconds": 5}
    return SystemSettings.model_validate({"system": system, "limits": limits})


def opened(system: str) -> Opened:
    """A run of documents as the task `accounts` opens it."""
    given, run = settings(system), RunState(system, "documents", "run", "", 1, MONDAY.isoformat())
    lease = Lease(f"{system}/documents", "run", 1, 60)
    return Opened(run, given, open_engine(given.ixhaus_connection), lease, run.staging())


def on(day: str, states: dict[str, str]) -> list[tuple[str, str]]:
    return [(f"{contact} {state}", day) for contact, state in states.items()]


@pytest.mark.rule("R32")
def test_who_is_registered_or_invited_is_remembered_of_every_page(
    sandbox: SandboxProcess, portal: PortalUser, rows: Rows
) -> None:
    sandbox.forget_requests()
    assert read_accounts(opened("production")) == {"contacts": 5, "registered": 1, "invited": 2}
    assert rows() == on("2026-06-01", BEFORE)
    assert [one["method"] for one in sandbox.requests()] == ["POST", "GET", "GET", "GET"]


@pytest.mark.rule("R32")
def test_only_what_changed_is_written(
    sandbox: SandboxProcess, portal: PortalUser, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_accounts(opened("production"))
    monkeypatch.setattr(accounts, "utc_now", lambda: TUESDAY)
    sandbox.edit("contacts", "P/2", isRegistered=True)
    portal.archive("contacts", "P/3")
    portal.post("contacts", id="P/6")
    assert read_accounts(opened("production")) == {"contacts": 5, "registered": 2, "invited": 2}
    unchanged = on("2026-06-01", {name: BEFORE[name] for name in ("P/1", "P/4", "P/5")})
    assert rows() == sorted([*unchanged, *on("2026-06-02", {"P/2": "J J", "P/6": "N N"})])


@pytest.mark.rule("R32", "R7")
def test_each_system_has_accounts_of_its_own(portal: PortalUser, rows: Rows) -> None:
    read_accounts(opened("production"))
    read_accounts(opened("test"))
    portal.archive("contacts", "P/1")
    read_accounts(opened("test"))
    kept = on("2026-06-01", BEFORE)
    assert rows() == [*kept, *kept[1:]]


@pytest.mark.rule("R32")
@pytest.mark.parametrize("said", [{}, {"isRegistered": None}, {"isRegistered": "true"}, {"isRegistered": 1}])
def test_only_a_clear_yes_counts_as_registered(sandbox: SandboxProcess, rows: Rows, said: dict[str, object]) -> None:
    sandbox.fault("status", "GET", "/contacts", status=200, body={"list": [{"id": "P/1", **said}]})
    read_accounts(opened("production"))
    assert rows() == on("2026-06-01", {"P/1": "N N"})


def test_a_contact_made_by_staff_in_the_portal_is_none_of_ours(sandbox: SandboxProcess, rows: Rows) -> None:
    body = {"list": [{"id": None, "isRegistered": True}, {"isRegistered": True}]}
    sandbox.fault("status", "GET", "/contacts", status=200, body=body)
    assert read_accounts(opened("production"))["contacts"] == 0
    assert rows() == []


@pytest.mark.rule("R32")
@pytest.mark.parametrize("kind", ["status", "cut", "html", "drop"])
@pytest.mark.parametrize("page", [1, 2, 3])
def test_a_list_that_breaks_off_changes_nothing(
    sandbox: SandboxProcess, portal: PortalUser, rows: Rows, kind: str, page: int
) -> None:
    read_accounts(opened("production"))
    for contact in PEOPLE:
        sandbox.edit("contacts", contact, isRegistered=True)
    sandbox.fault(kind, "GET", "/contacts", skip=page - 1, times=None)
    with pytest.raises(ListingError):
        read_accounts(opened("production"))
    assert rows() == on("2026-06-01", BEFORE)


@pytest.mark.rule("R32")
def test_pages_that_come_round_again_change_nothing(sandbox: SandboxProcess, portal: PortalUser, rows: Rows) -> None:
    read_accounts(opened("production"))
    body = {"list": [], "_links": {"next": f"{sandbox.api}/contacts"}}
    sandbox.fault("status", "GET", "/contacts", status=200, body=body, times=None)
    with pytest.raises(ListingError, match="come round again"):
        read_accounts(opened("production"))
    assert rows() == on("2026-06-01", BEFORE)


@pytest.mark.rule("R32")
def test_a_page_on_another_host_changes_nothing_and_is_not_visited(
    sandbox: SandboxProcess, portal: PortalUser, rows: Rows
) -> None:
    read_accounts(opened("production"))
    with open_elsewhere() as elsewhere:
        body = {"list": [], "_links": {"next": f"{elsewhere.url}/v2/contacts?page=1"}}
        sandbox.fault("status", "GET", "/contacts", status=200, body=body)
        with pytest.raises(ListingError, match="another host"):
            read_accounts(opened("production"))
        assert elsewhere.visits == []
    assert rows() == on("2026-06-01", BEFORE)


def test_a_refused_key_changes_nothing(sandbox: SandboxProcess, portal: PortalUser, rows: Rows) -> None:
    read_accounts(opened("production"))
    sandbox.fault("status", "POST", "/authenticate", status=401, times=None)
    with pytest.raises(PortalStopError, match="refuses the key pair"):
        read_accounts(opened("production"))
    assert rows() == on("2026-06-01", BEFORE)


@pytest.mark.rule("R32")
@pytest.mark.parametrize("left", [0, 1, 3])
def test_a_list_that_lacks_most_contacts_changes_nothing_and_says_how_many(
    sandbox: SandboxProcess, portal: PortalUser, rows: Rows, left: int
) -> None:
    read_accounts(opened("production"))
    body = {"list": [{"id": contact, "isRegistered": True} for contact in PEOPLE[:left]]}
    sandbox.fault("status", "GET", "/contacts", status=200, body=body)
    with pytest.raises(ListingError, match=f"lists {left} contacts, 5 were expected; nothing was changed"):
        read_accounts(opened("production"))
    assert rows() == on("2026-06-01", BEFORE)
    assert read_accounts(opened("production"))["contacts"] == 5


@pytest.mark.rule("R32")
@pytest.mark.parametrize(("state", "is_expected"), [("removed", False), ("pending", False), ("restricted", True)])
def test_contacts_that_have_left_the_portal_are_not_expected_in_the_list(
    portal: PortalUser, rows: Rows, state: str, is_expected: bool
) -> None:
    run = opened("production")
    read_accounts(run)
    for contact in PEOPLE[1:]:
        portal.archive("contacts", contact)
    with run.engine.begin() as connection:
        row = {"system": "production", "record_type": "contact", "state": state}
        connection.execute(insert(SP_ABGLEICH), [row | {"external_id": contact} for contact in PEOPLE[1:]])
    if is_expected:
        with pytest.raises(ListingError):
            read_accounts(run)
    else:
        assert read_accounts(run)["contacts"] == 1
