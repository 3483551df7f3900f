"""Tickets and their types: what is taken, how it is listed, what changes its time, and whose clock that is."""

from collections.abc import Callable
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import quote

import pytest

from tests.demo.portal.building import build_house, move_in
from tests.sandbox import PortalUser, SandboxProcess

HOUR = 3600


@pytest.fixture
def tenant(user: PortalUser) -> PortalUser:
    """The user, with tenant P/1 in a house and a ticket type."""
    build_house(user)
    move_in(user, "P/1", "104/001", lastName="Beispiel")
    user.post("ticket-types", id="M", name="Heizung defekt")
    return user


def file(user: PortalUser, external_id: str = "T/1", **fields: Any) -> None:
    """A ticket of tenant P/1, unless the fields say otherwise."""
    given = {"ticketTypeId": "M", "title": "Kalt", "unitId": "104/001", "contactId": "P/1", **fields}
    assert user.post("tickets", id=external_id, **given).status == 201


def ids(user: PortalUser, query: str = "") -> list[str]:
    return [ticket["id"] for ticket in user.listed("tickets", query)]


def modified(user: PortalUser, external_id: str = "T/1") -> str:
    return str(user.get("tickets", external_id).json["modifiedAt"])


def test_types_are_listed_as_documented(user: PortalUser) -> None:
    reply = user.post("ticket-types", id="M/1", name="Heizung defekt", category="Technik")
    (listed,) = user.listed("ticket-types")
    assert reply.json == listed
    assert isinstance(listed.pop("internalId"), int)
    expected: dict[str, object] = {
        "id": "M/1",
        "name": "Heizung defekt",
        "category": "Technik",
        "description": None,
        "fields": [],
    }
    assert listed == expected


def test_a_type_is_changed_but_neither_read_alone_nor_removed(user: PortalUser) -> None:
    user.post("ticket-types", id="M/1", name="Heizung")
    assert user.put("ticket-types", id="M/1", name="Heizung defekt").json["name"] == "Heizung defekt"
    assert user.put("ticket-types", id="M/2", name="?").status == 404
    assert [user.get("ticket-types", "M/1").status, user.archive("ticket-types", "M/1").status] == [405, 405]


def test_types_from_the_interface_are_locked_and_those_of_the_portal_are_not_theirs_to_change(
    sandbox: SandboxProcess, user: PortalUser
) -> None:
    user.post("ticket-types", id="M", name="Heizung defekt")
    sandbox.portal_type("P", "Sonstiges")
    locked = {one["id"]: one["fields"]["locked"] for one in sandbox.state("ticket-types")}
    assert locked == {"M": True, "P": False}
    assert [one["id"] for one in user.listed("ticket-types")] == ["M", "P"]
    assert user.put("ticket-types", id="P", name="Anderes").status == 422


def test_a_ticket_is_answered_in_the_documented_shape(sandbox: SandboxProcess, tenant: PortalUser) -> None:
    file(tenant, description="Seit gestern", propertyId="104", fields={"f1": "Bad"}, notifyUnregisteredByEmail=True)
    ticket = tenant.get("tickets", "T/1").json
    assert ticket == tenant.listed("tickets")[0]
    number = ticket.pop("internalId")
    assert ticket.pop("createdAt") == ticket.pop("modifiedAt")
    assert ticket.pop("appLink") == f"{sandbox.url}/#tickets-{number}"
    assert ticket == {
        "id": "T/1",
        "ticketTypeId": "M",
        "title": "Kalt",
        "description": "Seit gestern",
        "status": "OPEN",
        "propertyId": "104",
        "unitId": "104/001",
        "contactId": "P/1",
        "fields": {"f1": "Bad"},
        "attachments": [],
    }
    assert sandbox.state("tickets")[0]["fields"]["notifyUnregisteredByEmail"] is True


@pytest.mark.parametrize(
    "fields",
    [
        {"ticketTypeId": "999"},
        {"contactId": "999"},
        {"unitId": "999"},
        {"propertyId": "999"},
        {"propertyId": "105", "unitId": "104/001"},
        {"id": ""},
    ],
)
def test_what_leads_nowhere_is_refused(sandbox: SandboxProcess, tenant: PortalUser, fields: dict[str, str]) -> None:
    tenant.post("properties", id="105", name="Nebenan")
    assert tenant.post("tickets", **{"id": "T/1", "ticketTypeId": "M", "title": "Kalt", **fields}).status == 422
    assert sandbox.state("tickets") == []


@pytest.mark.parametrize("body", [{}, {"status": "DONE"}, {"title": 1}, {"title": None}])
def test_a_change_that_breaks_the_schema_is_refused(tenant: PortalUser, body: dict[str, Any]) -> None:
    file(tenant)
    assert tenant.change("tickets", "T/1", **body).status == 400


def test_single_fields_change_and_the_others_stay(tenant: PortalUser) -> None:
    file(tenant, description="Seit gestern", propertyId="104")
    changed = tenant.change("tickets", "T/1", status="CLOSED", unitId=None, description="unknown to PATCH").json
    assert changed == tenant.get("tickets", "T/1").json
    kept = {name: changed[name] for name in ("status", "title", "description", "unitId", "contactId")}
    assert kept == {
        "status": "CLOSED",
        "title": "Kalt",
        "description": "Seit gestern",
        "unitId": None,
        "contactId": "P/1",
    }


@pytest.mark.parametrize(
    ("external_id", "fields", "status"),
    [
        ("T/1", {"ticketTypeId": "999"}, 422),
        ("T/1", {"unitId": "999"}, 422),
        ("T/1", {"unitId": "105/001"}, 422),
        ("T/9", {"status": "CLOSED"}, 404),
    ],
)
def test_a_change_to_what_is_not_there_is_refused(
    tenant: PortalUser, external_id: str, fields: dict[str, str], status: int
) -> None:
    tenant.post("properties", id="105", name="Nebenan")
    tenant.post("units", id="105/001", propertyId="105", name="EG")
    file(tenant, propertyId="104")
    assert tenant.change("tickets", external_id, **fields).status == status
    assert tenant.get("tickets", "T/1").json["unitId"] == "104/001"


def test_the_ticket_of_who_has_left_can_still_be_closed(tenant: PortalUser) -> None:
    file(tenant)
    tenant.archive("contacts", "P/1")
    assert tenant.change("tickets", "T/1", status="CLOSED").status == 200


def test_a_ticket_is_neither_replaced_nor_deleted(tenant: PortalUser) -> None:
    file(tenant)
    replies = [tenant.put("tickets", id="T/1"), tenant.archive("tickets", "T/1")]
    assert [(reply.status, sorted(reply.headers["allow"].split(", "))) for reply in replies] == [
        (405, ["GET", "HEAD", "PATCH"])
    ] * 2


@pytest.mark.parametrize(
    ("answer", "status", "titles"),
    [("conflict", 409, ["Kalt"]), ("update", 200, ["Warm"]), ("duplicate", 201, ["Kalt", "Warm"])],
)
def test_an_id_that_is_taken(
    sandbox: SandboxProcess, tenant: PortalUser, answer: str, status: int, titles: list[str]
) -> None:
    sandbox.behave(post_existing=answer)
    file(tenant)
    assert tenant.post("tickets", id="T/1", ticketTypeId="M", title="Warm", contactId="P/1").status == status
    assert [one["fields"]["title"] for one in sandbox.state("tickets")] == titles


def test_tickets_are_listed_by_their_last_change(sandbox: SandboxProcess, tenant: PortalUser) -> None:
    for hour, external_id in enumerate(("A", "B", "C", "D")):
        sandbox.behave(clock_skew_seconds=hour * HOUR)
        file(tenant, external_id)
    sandbox.behave(clock_skew_seconds=9 * HOUR)
    tenant.change("tickets", "B", status="IN_PROGRESS")
    sandbox.behave(page_size=3)
    assert (ids(tenant), ids(tenant, "?page=1")) == (["A", "C", "D"], ["B"])
    since = f"?modifiedAfter={quote(modified(tenant, 'D'))}"
    assert ids(tenant, since) == ["D", "B"]
    sandbox.behave(modified_after="exclusive")
    assert ids(tenant, since) == ["B"]


def test_among_changes_of_one_moment_the_older_ticket_comes_first(sandbox: SandboxProcess, tenant: PortalUser) -> None:
    for external_id in ("B", "A"):
        file(tenant, external_id)
    listed = tenant.listed("tickets")
    assert listed == sorted(listed, key=lambda ticket: (ticket["modifiedAt"], ticket["internalId"]))


@pytest.mark.parametrize("touches", [True, False])
@pytest.mark.parametrize("how", ["comment", "attach", "staff", "tenant", "edit", "delete"])
def test_what_happens_on_a_ticket_changes_its_time(
    sandbox: SandboxProcess, tenant: PortalUser, how: str, touches: bool
) -> None:
    file(tenant)
    number = sandbox.staff_comments("T/1", "Wir kommen.")["internalId"]
    before = modified(tenant)
    sandbox.behave(comments_touch_ticket=touches, clock_skew_seconds=HOUR)
    happen: dict[str, Callable[[], object]] = {
        "comment": lambda: tenant.comment("T/1", "Hallo"),
        "attach": lambda: tenant.attach("T/1"),
        "staff": lambda: sandbox.staff_comments("T/1", "Gleich."),
        "tenant": lambda: sandbox.tenant_comments("P/1", "T/1", "Danke."),
        "edit": lambda: sandbox.staff_edits_comment(number, text="Wir kommen gleich."),
        "delete": lambda: sandbox.staff_deletes_comment(number),
    }
    happen[how]()
    assert (modified(tenant) > before) is touches


def test_a_status_set_in_the_portal_always_changes_the_time(sandbox: SandboxProcess, tenant: PortalUser) -> None:
    file(tenant)
    before = modified(tenant)
    sandbox.behave(comments_touch_ticket=False, clock_skew_seconds=HOUR)
    sandbox.staff_sets_status("T/1", "IN_PROGRESS")
    ticket = tenant.get("tickets", "T/1").json
    assert ticket["status"] == "IN_PROGRESS"
    assert ticket["modifiedAt"] > before


def test_a_report_from_the_portal_is_a_private_ticket_with_an_id_of_its_own(
    sandbox: SandboxProcess, tenant: PortalUser
) -> None:
    made = sandbox.tenant_files("P/1", "M", "Kalt", "Seit gestern", "104/001", file=("Bad.png", "image/png", b"PNG"))
    ticket = tenant.get("tickets", made["id"]).json
    assert ticket == tenant.listed("tickets")[0]
    assert (ticket["contactId"], ticket["unitId"], ticket["propertyId"]) == ("P/1", "104/001", "104")
    assert (ticket["title"], ticket["description"], ticket["status"]) == ("Kalt", "Seit gestern", "OPEN")
    assert [one["fileName"] for one in ticket["attachments"]] == ["Bad.png"]
    assert sandbox.state("tickets")[0]["sent"] is None


def test_a_script_can_file_what_no_form_offers(sandbox: SandboxProcess, tenant: PortalUser) -> None:
    sandbox.portal_type("P", "Sonstiges")
    ticket = sandbox.tenant_files("P/1", "P", "Nur so")["fields"]
    assert (ticket["ticketTypeId"], ticket.get("unitId")) == ("P", None)


@pytest.fixture
def nameless(sandbox: SandboxProcess, tenant: PortalUser) -> str:
    """The internal id of a ticket without an id that the tenant has filed beside one with an id."""
    file(tenant)
    sandbox.behave(ticket_ids="none")
    return str(sandbox.tenant_files("P/1", "M", "Kalt", unit_id="104/001")["internalId"])


def test_a_ticket_made_in_the_portal_may_have_no_id(sandbox: SandboxProcess, tenant: PortalUser, nameless: str) -> None:
    assert ids(tenant) == ["T/1", None]
    assert [one["id"] for one in sandbox.state("tickets")] == ["T/1", None]
    ticket = tenant.get("tickets", nameless).json
    assert (ticket["id"], str(ticket["internalId"]), ticket["title"]) == (None, nameless, "Kalt")


def test_a_ticket_without_an_id_is_named_by_its_internal_id(
    sandbox: SandboxProcess, tenant: PortalUser, nameless: str
) -> None:
    assert tenant.comment(nameless, "Wir kommen.", id="N").status == 201
    sandbox.staff_comments(nameless, "Morgen.")
    assert tenant.attach(nameless).status == 201
    assert tenant.change("tickets", nameless, status="CLOSED").json["status"] == "CLOSED"
    assert [one["text"] for one in tenant.comments(nameless)] == ["Wir kommen.", "Morgen."]
    sandbox.behave(comment_delete="deletes")
    assert tenant.send("DELETE", f"/tickets/{nameless}/comments/N").status == 204


def test_a_ticket_with_an_id_is_not_named_by_its_internal_id(tenant: PortalUser, nameless: str) -> None:
    assert tenant.get("tickets", str(tenant.get("tickets", "T/1").json["internalId"])).status == 404
    file(tenant, nameless)
    assert tenant.get("tickets", nameless).json["id"] == nameless
    assert tenant.post("tickets", id="", ticketTypeId="M", title="").status == 422


def test_tickets_without_an_id_are_no_duplicates(sandbox: SandboxProcess, tenant: PortalUser, nameless: str) -> None:
    sandbox.tenant_files("P/1", "M", "Auch kalt")
    assert sandbox.counts()["tickets"] == {"live": 3, "archived": 0, "duplicates": 0}


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "tenant-reports", {"contactId": "999", "ticketTypeId": "M", "title": "", "text": ""}, 404),
        ("POST", "tenant-reports", {"contactId": "P/1", "ticketTypeId": "999", "title": "", "text": ""}, 404),
        ("POST", "tenant-comments", {"ticketId": "T/1", "contactId": "999", "text": ""}, 404),
        ("POST", "staff-comments", {"ticketId": "999", "text": ""}, 404),
        ("POST", "staff-comments", {"ticketId": "T/1", "text": "", "internal": True}, 422),
        ("PUT", "ticket-status", {"ticketId": "T/1", "status": "DONE"}, 422),
        ("PATCH", "comments/999", {"text": ""}, 404),
        ("DELETE", "comments/999", None, 404),
        ("POST", "ticket-types", {"id": "M", "name": ""}, 409),
        ("PATCH", "state/comments", {"id": "C", "fields": {}}, 404),
    ],
)
def test_a_slip_in_a_script_is_refused(
    sandbox: SandboxProcess, tenant: PortalUser, method: str, path: str, body: object, status: int
) -> None:
    file(tenant)
    assert sandbox.send(method, f"/_sandbox/{path}", body).status == status


@pytest.mark.parametrize("skew", [0, 2 * 24 * HOUR, -2 * 24 * HOUR])
def test_the_portals_clock_can_be_wrong(sandbox: SandboxProcess, tenant: PortalUser, skew: int) -> None:
    true = parsedate_to_datetime(tenant.send("GET", "/tickets").headers["date"])
    sandbox.behave(clock_skew_seconds=skew)
    file(tenant)
    tenant.comment("T/1", "Hallo")
    reply = tenant.get("tickets", "T/1")
    written = [reply.json["createdAt"], reply.json["modifiedAt"], tenant.comments("T/1")[0]["createdAt"]]
    shown = [parsedate_to_datetime(reply.headers["date"]), *(datetime.fromisoformat(text) for text in written)]
    assert reply.headers["date"].endswith(" GMT")
    # an hour is far more than the test takes and far less than the skew
    assert all(abs(moment - true - timedelta(seconds=skew)) < timedelta(hours=1) for moment in shown)


def test_a_token_lives_as_long_on_a_wrong_clock(sandbox: SandboxProcess) -> None:
    sandbox.behave(clock_skew_seconds=365 * 24 * HOUR)
    ahead = sandbox.send("POST", "/v2/authenticate", {"key": "demo-key", "secret": "demo-secret"}).json
    sandbox.behave(clock_skew_seconds=0)
    now = sandbox.send("POST", "/v2/authenticate", {"key": "demo-key", "secret": "demo-secret"}).json
    ends = [datetime.fromisoformat(one["expiresAt"]) for one in (ahead, now)]
    assert timedelta(days=364) < ends[0] - ends[1] < timedelta(days=366)
    assert sandbox.send("GET", "/v2/tickets", headers={"token": ahead["token"]}).status == 200


def test_every_answer_has_one_date_and_a_scripted_one_wins(sandbox: SandboxProcess, user: PortalUser) -> None:
    sandbox.fault("status", path="/tickets", status=503)
    dates = [user.send("GET", "/tickets").headers["date"], sandbox.send("GET", "/v2/tickets").headers["date"]]
    dates += [sandbox.send("GET", "/").headers["date"], sandbox.send("GET", "/nothing").headers["date"]]
    assert all(parsedate_to_datetime(text) for text in dates)
    sandbox.fault("status", path="/tickets", headers={"Date": "Sun, 01 Feb 2026 07:12:00 GMT"})
    assert user.send("GET", "/tickets").headers["date"] == "Sun, 01 Feb 2026 07:12:00 GMT"
