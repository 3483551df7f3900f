"""Comments and attachments of tickets: who writes them, which ids they have, and what becomes of the files."""

import hashlib
from typing import Any
from urllib.parse import quote

import pytest

from tests.demo.portal.building import build_house, move_in
from tests.sandbox import PortalUser, SandboxProcess


@pytest.fixture
def tenant(user: PortalUser) -> PortalUser:
    """The user, with tenant P/1 in a house, who has the ticket T/1."""
    build_house(user)
    move_in(user, "P/1", "104/001", lastName="Beispiel")
    user.post("ticket-types", id="M", name="Heizung defekt")
    user.post("tickets", id="T/1", ticketTypeId="M", title="Kalt", contactId="P/1")
    return user


def texts(user: PortalUser, ticket_id: str = "T/1") -> list[str]:
    return [comment["text"] for comment in user.comments(ticket_id)]


def test_a_comment_is_answered_in_the_documented_shape(tenant: PortalUser) -> None:
    reply = tenant.comment("T/1", "Wir kommen.", id="N/3", isInternal=False, authorId="M-12")
    assert reply.status == 201
    (comment,) = tenant.comments("T/1")
    assert reply.json == comment
    assert isinstance(comment.pop("internalId"), int)
    assert comment.pop("createdAt") == comment.pop("modifiedAt")
    assert comment == {
        "id": "N/3",
        "text": "Wir kommen.",
        "isInternal": False,
        "authorId": "M-12",
        "authorName": None,
        "attachments": [],
    }


def test_a_comment_is_internal_unless_said_otherwise(tenant: PortalUser) -> None:
    assert tenant.comment("T/1", "Nur für uns").json["isInternal"] is True


def test_comments_come_oldest_first_in_pages(sandbox: SandboxProcess, tenant: PortalUser) -> None:
    sandbox.behave(page_size=2)
    for number in range(3):
        tenant.comment("T/1", str(number))
    first = tenant.send("GET", "/tickets/T%2F1/comments").json
    assert [one["text"] for one in first["list"]] == ["0", "1"]
    assert first["_links"]["next"] == f"{sandbox.api}/tickets/T%2F1/comments?page=1"
    assert [one["text"] for one in tenant.listed("tickets/T%2F1/comments", "?page=1")] == ["2"]
    assert tenant.send("GET", "/tickets/T%2F1/comments?modifiedAfter=2026-01-01T00:00:00Z").status == 400


def test_comments_belong_to_one_ticket(tenant: PortalUser) -> None:
    tenant.post("tickets", id="T/2", ticketTypeId="M", title="Auch kalt")
    assert [tenant.comment(ticket, ticket, id="N").status for ticket in ("T/1", "T/2")] == [201, 201]
    assert (texts(tenant, "T/1"), texts(tenant, "T/2")) == (["T/1"], ["T/2"])


@pytest.mark.parametrize("body", [{}, {"text": 1}, {"text": "x", "isInternal": "no"}, {"text": "x", "id": None}])
def test_a_comment_that_breaks_the_schema_is_refused(tenant: PortalUser, body: dict[str, Any]) -> None:
    assert tenant.send("POST", "/tickets/T%2F1/comments", body).status == 400
    assert texts(tenant) == []


def test_an_empty_id_is_none(tenant: PortalUser) -> None:
    assert tenant.comment("T/1", "Hallo", id="").status == 422


def test_what_is_not_there_has_no_comments(tenant: PortalUser) -> None:
    path = "/tickets/T%2F9/comments"
    assert [tenant.send("GET", path).status, tenant.send("POST", path, {"text": "x"}).status] == [404, 404]
    assert tenant.attach("T/9").status == 404


@pytest.mark.parametrize(
    ("answer", "status", "ids"), [("conflict", 409, ["N"]), ("duplicate", 201, ["N", "N"]), ("ignored", 201, None)]
)
def test_an_id_that_the_ticket_already_has(
    sandbox: SandboxProcess, tenant: PortalUser, answer: str, status: int, ids: list[str] | None
) -> None:
    sandbox.behave(comment_ids=answer)
    tenant.comment("T/1", "einmal", id="N")
    assert tenant.comment("T/1", "zweimal", id="N").status == status
    found = [comment["id"] for comment in tenant.comments("T/1")]
    if ids is None:
        assert len(set(found)) == 2
        assert "N" not in found
    else:
        assert found == ids
    assert sandbox.counts()["comments"]["duplicates"] == (answer == "duplicate")


def test_staff_and_tenants_comment_under_their_names(sandbox: SandboxProcess, tenant: PortalUser) -> None:
    sandbox.staff_comments("T/1", "Wir kommen.", author="Team Technik")
    sandbox.staff_comments("T/1", "Ärgerlich.", internal=True)
    sandbox.tenant_comments("P/1", "T/1", "Danke.", file=("Bad.png", "image/png", b"PNG"))
    wrote = [(one["text"], one["isInternal"], one["authorName"], one["authorId"]) for one in tenant.comments("T/1")]
    assert wrote == [
        ("Wir kommen.", False, "Team Technik", None),
        ("Ärgerlich.", True, "Verwaltung", None),
        ("Danke.", False, "Beispiel", "P/1"),
    ]
    assert [one["fileName"] for one in tenant.comments("T/1")[2]["attachments"]] == ["Bad.png"]
    assert tenant.get("tickets", "T/1").json["attachments"] == []


def test_the_state_tells_who_wrote_and_what_was_sent(sandbox: SandboxProcess, tenant: PortalUser) -> None:
    tenant.comment("T/1", "Hallo", id="N")
    sandbox.staff_comments("T/1", "Hallo")
    sandbox.tenant_comments("P/1", "T/1", "Hallo")
    state = sandbox.state("comments")
    assert [(one["fields"]["origin"], one["fields"]["ticketId"], one["sent"]) for one in state] == [
        ("interface", "T/1", {"text": "Hallo", "id": "N"}),
        ("staff", "T/1", None),
        ("tenant", "T/1", None),
    ]


def test_staff_edit_a_comment(sandbox: SandboxProcess, tenant: PortalUser) -> None:
    number = sandbox.staff_comments("T/1", "Wir komen.")["internalId"]
    sandbox.behave(clock_skew_seconds=3600)
    sandbox.staff_edits_comment(number, text="Wir kommen.")
    sandbox.staff_edits_comment(number, internal=True)
    (comment,) = tenant.comments("T/1")
    assert (comment["text"], comment["isInternal"]) == ("Wir kommen.", True)
    assert comment["modifiedAt"] > comment["createdAt"]


def test_a_deleted_comment_is_gone_with_its_files(sandbox: SandboxProcess, tenant: PortalUser) -> None:
    comment = sandbox.tenant_comments("P/1", "T/1", "Danke.", file=("Bad.png", "image/png", b"PNG"))
    (attachment,) = tenant.comments("T/1")[0]["attachments"]
    sandbox.staff_deletes_comment(comment["internalId"])
    assert texts(tenant) == []
    assert [one["archived"] for kind in ("comments", "attachments") for one in sandbox.state(kind)] == [True, True]
    assert tenant.send("GET", attachment["url"].removeprefix(sandbox.api)).status == 404
    assert tenant.comment("T/1", "wieder da", id=comment["id"]).status == 201


def delete(user: PortalUser, external_id: str, ticket_id: str = "T%2F1") -> int:
    return user.send("DELETE", f"/tickets/{ticket_id}/comments/{quote(external_id, safe='')}").status


@pytest.mark.parametrize(("answer", "status", "left"), [("unknown", 404, 1), ("refuses", 405, 1), ("deletes", 204, 0)])
def test_whether_the_interface_can_delete_a_comment(
    sandbox: SandboxProcess, tenant: PortalUser, answer: str, status: int, left: int
) -> None:
    sandbox.behave(comment_delete=answer)
    tenant.comment("T/1", "Wir kommen.", id="N/3")
    assert (delete(tenant, "N/3"), len(texts(tenant))) == (status, left)


def test_a_comment_is_deleted_on_its_own_ticket_only_and_once(sandbox: SandboxProcess, tenant: PortalUser) -> None:
    sandbox.behave(comment_delete="deletes")
    tenant.post("tickets", id="T2", ticketTypeId="M", title="Auch kalt")
    tenant.comment("T/1", "Wir kommen.", id="N")
    assert [delete(tenant, "N", ticket) for ticket in ("T2", "T9", "T%2F1", "T%2F1")] == [404, 404, 204, 404]


@pytest.mark.parametrize(("answer", "status"), [("free", 201), ("taken", 409)])
def test_whether_the_id_of_a_deleted_comment_is_free(
    sandbox: SandboxProcess, tenant: PortalUser, answer: str, status: int
) -> None:
    sandbox.behave(comment_delete="deletes", deleted_ids=answer)
    tenant.comment("T/1", "alt", id="N")
    delete(tenant, "N")
    assert tenant.comment("T/1", "neu", id="N").status == status


def test_a_known_id_can_mean_a_change(sandbox: SandboxProcess, tenant: PortalUser) -> None:
    sandbox.behave(comment_ids="update")
    assert tenant.comment("T/1", "alt", id="N", isInternal=False, authorId="M-12").status == 201
    assert tenant.comment("T/1", "neu", id="N", isInternal=False).status == 200
    assert texts(tenant) == ["neu"]


def test_an_attachment_is_listed_and_leads_to_the_file(sandbox: SandboxProcess, tenant: PortalUser) -> None:
    content = bytes(range(256)) * 99
    reply = tenant.attach("T/1", content, file_name="Müller – Bad.jpg")
    assert reply.status == 201
    (attachment,) = tenant.get("tickets", "T/1").json["attachments"]
    assert attachment == reply.json == tenant.listed("tickets")[0]["attachments"][0]
    assert attachment.keys() == {"id", "fileName", "mimeType", "url"}
    assert (attachment["fileName"], attachment["mimeType"]) == ("Müller – Bad.jpg", "image/jpeg")
    assert attachment["url"].startswith(f"{sandbox.api}/")
    path = attachment["url"].removeprefix(sandbox.api)
    opened = tenant.send("GET", path)
    assert (opened.content, opened.headers["content-type"]) == (content, "image/jpeg")
    assert sandbox.send("GET", f"/v2{path}").status == 401


def test_of_an_attachment_a_fingerprint_is_kept(sandbox: SandboxProcess, tenant: PortalUser) -> None:
    tenant.attach("T/1", b"one")
    tenant.attach("T/1", b"two!", isInternal="false")
    fields = [one["fields"] for one in sandbox.state("attachments")]
    assert [one["sha256"] for one in fields] == [hashlib.sha256(content).hexdigest() for content in (b"one", b"two!")]
    assert [(one["ticketId"], one["commentInternalId"], one["size"]) for one in fields] == [
        ("T/1", None, 3),
        ("T/1", None, 4),
    ]
    assert [one["isInternal"] for one in fields] == [True, False]


def test_an_attachment_that_is_not_taken(sandbox: SandboxProcess, tenant: PortalUser) -> None:
    sandbox.behave(max_file_bytes=10, refused_media_types=["image/tiff"])
    replies = [
        tenant.attach("T/1", b"x" * 11),
        tenant.attach("T/1", b"x", media_type="image/tiff"),
        tenant.attach("T/1", b"x", isInternal="no"),
        tenant.post_form(b"nonsense", path="/tickets/T%2F1/attachments"),
    ]
    assert [reply.status for reply in replies] == [413, 415, 400, 400]
    assert tenant.attach("T/1", b"x" * 10).status == 201
    assert [one["fields"]["size"] for one in sandbox.state("attachments")] == [10]


def test_reports_survive_a_crash(tmp_path_factory: pytest.TempPathFactory) -> None:
    with SandboxProcess(database=tmp_path_factory.mktemp("sandbox") / "state.db") as sandbox:
        user = PortalUser(sandbox)
        user.post("ticket-types", id="M", name="Heizung defekt")
        user.post("tickets", id="T/1", ticketTypeId="M", title="Kalt")
        user.comment("T/1", "Hallo")
        user.attach("T/1", b"content")
        sandbox.kill()
        sandbox.start()
        assert texts(user) == ["Hallo"]
        (attachment,) = user.get("tickets", "T/1").json["attachments"]
        assert user.send("GET", f"/attachments/{attachment['id']}").content == b"content"
