"""Measuring what is not known of a portal: against each portal that there may be, and leaving it as it was."""

import json
import sqlite3
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import yaml

from include import commands
from include.casavi.client import Pace
from include.ixhaus.contract.own import SP_ABGLEICH, SP_EINGANG
from include.ixhaus.database import engine_on
from include.settings import PortalAnswers, load_settings
from tests.sandbox import ANSWERS, KEY, SECRET, PortalUser, SandboxProcess

KINDS = ("properties", "units", "contacts", "contracts", "documents", "tickets", "ticket-types", "posts", "comments")
SETTINGS = "active: false\nlimits: {requests_per_second: 5000, timeout_seconds: 5}\n"


@pytest.fixture(autouse=True)
def system(sandbox: SandboxProcess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both systems' settings and their connections: the portals are the same sandbox under two addresses."""
    for name in ("production", "test"):
        (tmp_path / f"{name}.yaml").write_text(SETTINGS, encoding="utf-8")
        address = sandbox.api.replace("127.0.0.1", "localhost" if name == "production" else "127.0.0.1")
        portal = {"conn_type": "http", "host": address, "login": KEY, "password": SECRET}
        monkeypatch.setenv(f"AIRFLOW_CONN_CASAVI_{name.upper()}", json.dumps(portal))
        database = {"conn_type": "sqlite", "host": str(tmp_path / "ixhaus.db")}
        monkeypatch.setenv(f"AIRFLOW_CONN_IXHAUS_{name.upper()}", json.dumps(database))
    monkeypatch.setattr(commands, "load_settings", partial(load_settings, folder=tmp_path))

    async def no_rest(_pace: Pace, _seconds: float) -> None:
        pass

    monkeypatch.setattr(Pace, "rest", no_rest)
    ledger(tmp_path)


def ledger(folder: Path, *, sent: tuple[str, ...] = (), taken_in: tuple[str, ...] = ()) -> None:
    """An iX-Haus that has sent and taken in these tickets."""
    engine = engine_on(lambda: sqlite3.connect(folder / "ixhaus.db"))
    SP_ABGLEICH.metadata.create_all(engine, [SP_ABGLEICH, SP_EINGANG])
    with engine.begin() as connection:
        for one in (*sent, *taken_in):
            row = {"system": "test", "record_type": "ticket", "external_id": one, "group": "reports"}
            connection.execute(SP_ABGLEICH.insert().values(**row, state="present"))
        for one in taken_in:
            row = {"system": "test", "record_type": "ticket", "portal_id": one, "erp_id": "SP-1", "version": "1"}
            connection.execute(SP_EINGANG.insert().values(**row))


@pytest.fixture
def house(user: PortalUser) -> PortalUser:
    """The user, with a property, a tenant's contact, and a ticket type."""
    user.post("properties", id="100/A", name="Musterstr. 1")
    user.post("contacts", id="P-1", lastName="Muster")
    user.post("ticket-types", id="M", name="Heizung defekt")
    return user


def probe(capsys: pytest.CaptureFixture[str], system: str = "test", *more: str) -> str:
    """What the probe prints."""
    assert commands.main(["probe", system, "100/A", *more]) == 0
    return capsys.readouterr().out


def settings(printed: str) -> dict[str, Any]:
    """The settings it prints, as the file that they are written into is read."""
    return dict(yaml.safe_load(printed)["portal"])


def alive(sandbox: SandboxProcess) -> list[tuple[str, str]]:
    """Kind and id of all that is not archived."""
    return [(kind, one["id"]) for kind in KINDS for one in sandbox.state(kind) if not one["archived"]]


@pytest.mark.parametrize(("setting", "answer"), ANSWERS)
@pytest.mark.usefixtures("house")
def test_it_prints_the_settings_that_the_portal_behaves_by(
    sandbox: SandboxProcess, capsys: pytest.CaptureFixture[str], setting: str, answer: object
) -> None:
    sandbox.answer(**{setting: answer})
    sandbox.tenant_files("P-1", "M", "Kalt")
    found = settings(probe(capsys))
    assert found[setting] == answer
    assert PortalAnswers.model_validate(found).model_fields_set == set(PortalAnswers.model_fields)


@pytest.mark.parametrize("post_on_known_id", ["doubles", "refused", "updates"])
@pytest.mark.parametrize("deleted_id", ["taken", "free"])
@pytest.mark.parametrize("comments_can_be_deleted", [True, False])
@pytest.mark.usefixtures("house")
def test_it_leaves_nothing_but_a_closed_ticket_which_it_names(
    sandbox: SandboxProcess,
    capsys: pytest.CaptureFixture[str],
    post_on_known_id: str,
    deleted_id: str,
    comments_can_be_deleted: bool,
) -> None:
    sandbox.answer(post_on_known_id=post_on_known_id, deleted_id=deleted_id)
    sandbox.answer(comments_can_be_deleted=comments_can_be_deleted)
    before = alive(sandbox)
    printed = probe(capsys)
    (ticket,) = [one for one in sandbox.state("tickets") if one["id"].startswith("serviceportal-probe-")]
    assert ticket["fields"]["status"] == "CLOSED"
    left = {*alive(sandbox)} - {*before}
    assert {kind: one for kind, one in left if kind != "comments"} == {"tickets": ticket["id"]}
    assert {*before} <= {*alive(sandbox)}
    assert f"by hand: ticket {ticket['id']} (closed;" in printed
    assert printed.count("by hand") == 1


@pytest.mark.usefixtures("house")
def test_nobody_sees_what_it_makes(sandbox: SandboxProcess, capsys: pytest.CaptureFixture[str]) -> None:
    probe(capsys)
    made = {one["id"]: one["sent"] for one in sandbox.state("contacts") if one["id"] != "P-1"}
    assert {sent["portalUser"] for sent in made.values()} == {False}
    assert {one["fields"]["contactId"] for one in sandbox.state("documents")} <= set(made)
    assert {one["fields"]["contactId"] for one in sandbox.state("tickets")} <= set(made)
    assert [one["fields"]["isInternal"] for one in sandbox.state("comments")] == [True]


@pytest.mark.usefixtures("house")
def test_a_second_record_under_an_id_of_the_portals_is_found_and_removed(
    sandbox: SandboxProcess, capsys: pytest.CaptureFixture[str]
) -> None:
    sandbox.answer(post_on_known_id="doubles")
    sandbox.fault("wrong_id", "POST", "/contacts", skip=2)
    assert settings(probe(capsys))["post_on_known_id"] == "doubles"
    assert [one for one in alive(sandbox) if one[0] == "contacts"] == [("contacts", "P-1")]


@pytest.mark.parametrize(("path", "unknown"), [
    ("/documents", {"deleted_id"}),
    ("/tickets", {"comments_can_be_deleted"}),
    ("/tickets/*/comments", {"comments_can_be_deleted"}),
    ("/contacts", {"omitted_field", "deleted_id", "comments_can_be_deleted", "post_on_known_id"}),
])  # fmt: skip
@pytest.mark.parametrize("status", [403, 422, 500])
@pytest.mark.usefixtures("house")
def test_what_cannot_be_measured_is_a_comment_and_the_rest_is_measured(
    sandbox: SandboxProcess, capsys: pytest.CaptureFixture[str], path: str, unknown: set[str], status: int
) -> None:
    sandbox.tenant_files("P-1", "M", "Kalt")
    before = alive(sandbox)
    sandbox.fault("status", "POST", path, status=status, times=None)
    printed = probe(capsys)
    assert set(PortalAnswers.model_fields) - set(settings(printed)) == unknown
    assert all(f"  # {one}: not known\n" in printed for one in unknown)
    assert {kind for kind, one in alive(sandbox) if (kind, one) not in before} <= {"tickets", "comments"}


@pytest.mark.usefixtures("house")
def test_what_was_made_without_an_answer_is_removed_too(
    sandbox: SandboxProcess, capsys: pytest.CaptureFixture[str]
) -> None:
    sandbox.fault("drop", "POST", "/contacts", when="after", times=None)
    assert "POST /contacts failed (NO_CONNECTION)" in probe(capsys)
    assert len(sandbox.state("contacts")) > 1
    assert [one for one in alive(sandbox) if one[0] == "contacts"] == [("contacts", "P-1")]


@pytest.mark.usefixtures("house")
def test_what_it_cannot_remove_it_names(sandbox: SandboxProcess, capsys: pytest.CaptureFixture[str]) -> None:
    sandbox.fault("status", "DELETE", "/contacts/*-contact", status=500, times=None)
    printed = probe(capsys)
    (left,) = [one["id"] for one in sandbox.state("contacts") if not one["archived"] and one["id"] != "P-1"]
    assert f"# Left in the portal, please remove by hand: contact {left} (DELETE /contacts/{{id}} failed" in printed


@pytest.mark.usefixtures("house")
def test_whatever_ends_it_it_tidies_up_and_says_what_it_knows(
    sandbox: SandboxProcess, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("include.casavi.probe.Probe._post_on_known_id", interrupted)
    before = alive(sandbox)
    with pytest.raises(KeyboardInterrupt):
        commands.main(["probe", "test", "100/A"])
    assert "omitted_field: cleared" in capsys.readouterr().out
    assert {kind for kind, one in alive(sandbox) if (kind, one) not in before} == {"tickets", "comments"}


# ---- tickets made in the portal


@pytest.mark.usefixtures("house")
def test_tickets_that_were_sent_tell_nothing_of_those_made_in_the_portal(
    user: PortalUser, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    user.post("tickets", id="M1", ticketTypeId="M", title="Kalt")
    ledger(tmp_path, sent=("M1",))
    printed = probe(capsys)
    assert "  # tickets_have_ids: not known\n" in printed
    assert "make one there and measure again" in printed


@pytest.mark.usefixtures("house")
def test_a_ticket_that_was_taken_in_was_made_in_the_portal(
    user: PortalUser, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    user.post("tickets", id="T1", ticketTypeId="M", title="Kalt")
    ledger(tmp_path, taken_in=("T1",))
    assert settings(probe(capsys))["tickets_have_ids"] is True


@pytest.mark.usefixtures("house", "airflow_db")
def test_without_a_ledger_only_a_ticket_without_an_id_tells(
    sandbox: SandboxProcess, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AIRFLOW_CONN_IXHAUS_TEST")
    sandbox.tenant_files("P-1", "M", "Kalt")
    assert "tickets_have_ids" not in settings(probe(capsys))
    sandbox.answer(tickets_have_ids=False)
    sandbox.tenant_files("P-1", "M", "Kalt")
    assert settings(probe(capsys))["tickets_have_ids"] is False


# ---- what it refuses


def refusal(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """The one sentence with which nothing is measured."""
    assert commands.main(["probe", *arguments]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    return said.err


def test_production_is_measured_only_if_that_is_meant(
    sandbox: SandboxProcess, house: PortalUser, capsys: pytest.CaptureFixture[str]
) -> None:
    sandbox.forget_requests()
    assert "--yes-production" in refusal(capsys, "production", "100/A")
    assert sandbox.requests() == []
    assert "deleted_id" in settings(probe(capsys, "production", "--yes-production"))


def test_a_property_that_the_portal_lacks(
    sandbox: SandboxProcess, house: PortalUser, capsys: pytest.CaptureFixture[str]
) -> None:
    before = alive(sandbox)
    assert "Property 999 is not in the portal" in refusal(capsys, "test", "999")
    assert alive(sandbox) == before


def test_a_system_without_settings(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "test.yaml").unlink()
    assert "test.yaml: there is no such file" in refusal(capsys, "test", "100/A")


def test_a_key_pair_that_is_refused(
    sandbox: SandboxProcess, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    portal = {"conn_type": "http", "host": sandbox.api, "login": "wrong", "password": SECRET}
    monkeypatch.setenv("AIRFLOW_CONN_CASAVI_TEST", json.dumps(portal))
    assert "the portal refuses the key pair" in refusal(capsys, "test", "100/A")


@pytest.mark.usefixtures("house")
def test_a_ledger_that_cannot_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "other.db").write_bytes(b"no database at all" * 100)
    database = {"conn_type": "sqlite", "host": str(tmp_path / "other.db")}
    monkeypatch.setenv("AIRFLOW_CONN_IXHAUS_TEST", json.dumps(database))
    assert refusal(capsys, "test", "100/A").startswith("ixhaus_test: ")
