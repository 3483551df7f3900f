"""Documents and their folders: what is taken, what is kept of it, and what is refused."""

import hashlib
import sqlite3
import sys
from contextlib import closing
from typing import Any
from urllib.parse import quote

import pytest

from tests.demo.portal.building import build_house, move_in
from tests.sandbox import PortalUser, SandboxProcess, form_field

MEBIBYTE = 2**20
FILE = form_field("file", b"%PDF-1.7", '; filename="letter.pdf"', "application/pdf")


@pytest.fixture
def tenant(user: PortalUser) -> PortalUser:
    """The user, with tenant P-1 in a house to send documents to."""
    build_house(user)
    move_in(user, "P-1", "104/001", lastName="Beispiel")
    return user


def kept(sandbox: SandboxProcess) -> list[dict[str, Any]]:
    """The fields of all documents in the state."""
    return [one["fields"] for one in sandbox.state("documents")]


def files(sandbox: SandboxProcess) -> list[tuple[str, str]]:
    """File name and media type of all documents in the state."""
    return [(fields["fileName"], fields["mediaType"]) for fields in kept(sandbox)]


def test_a_new_portal_has_folders_whose_ids_are_not_their_names(user: PortalUser) -> None:
    folders = user.listed("document-types")
    assert [folder["name"] for folder in folders] == ["Abrechnung", "Anschreiben", "Hausordnung", "Protokoll"]
    assert [folder["id"] for folder in folders] == ["DT-1", "DT-2", "DT-3", "DT-4"]
    assert {folder["parentId"] for folder in folders} == {None}


def test_folders_come_in_pages(sandbox: SandboxProcess, user: PortalUser) -> None:
    sandbox.behave(page_size=3)
    assert [len(user.listed("document-types", query)) for query in ("", "?page=1")] == [3, 1]
    assert user.send("GET", "/document-types").json["_links"]["next"] == f"{sandbox.api}/document-types?page=1"


@pytest.mark.parametrize("names", [(), ("Rechnung", "Rechnung")])
def test_the_folders_can_be_replaced(sandbox: SandboxProcess, user: PortalUser, names: tuple[str, ...]) -> None:
    sandbox.folders(*names)
    assert [folder["name"] for folder in user.listed("document-types")] == list(names)
    sandbox.reset()
    assert len(PortalUser(sandbox).listed("document-types")) == 4


def test_two_folders_with_one_id_are_a_slip(sandbox: SandboxProcess) -> None:
    folders = [{"id": "DT-1", "name": "Rechnung"}, {"id": "DT-1", "name": "Protokoll"}]
    assert sandbox.send("PUT", "/_sandbox/document-types", folders).status == 422


def test_no_folders_are_still_none_after_a_crash(tmp_path_factory: pytest.TempPathFactory) -> None:
    with SandboxProcess(database=tmp_path_factory.mktemp("sandbox") / "state.db") as sandbox:
        sandbox.folders()
        sandbox.kill()
        sandbox.start()
        assert PortalUser(sandbox).listed("document-types") == []


def test_folders_are_no_records_that_somebody_sent(sandbox: SandboxProcess, user: PortalUser) -> None:
    assert not any(sum(numbers.values()) for numbers in sandbox.counts().values())
    assert user.post("document-types", id="DT-9", name="Rechnung").status == 405


def test_a_document_is_answered_in_the_documented_shape(tenant: PortalUser) -> None:
    reply = tenant.upload("D/1", title="Abrechnung 2025", documentTypeId="DT-1", unitId="104/001", sharedWith="RENTER")
    assert reply.status == 201
    document = tenant.get("documents", "D/1").json
    assert reply.json == document
    assert document.pop("createdAt").endswith("Z")
    assert isinstance(document.pop("internalId"), int)
    assert document == {
        "id": "D/1",
        "title": "Abrechnung 2025",
        "fileName": "letter.pdf",
        "documentTypeId": "DT-1",
        "propertyId": None,
        "unitId": "104/001",
        "contactId": None,
        "sharedWith": "RENTER",
        "downloads": [],
    }


def test_of_the_file_a_fingerprint_is_kept_for_comparison(sandbox: SandboxProcess, tenant: PortalUser) -> None:
    content = bytes(range(256)) * 999 + b"\r\n--between\r\n"
    tenant.upload("D-1", content, media_type="application/PDF; x=y", contactId="P-1", notify=False)
    (fields,) = kept(sandbox)
    assert fields["sha256"] == hashlib.sha256(content).hexdigest()
    assert (fields["size"], fields["mediaType"], fields["notify"]) == (len(content), "application/pdf", False)


def test_notify_is_on_unless_said_otherwise(sandbox: SandboxProcess, tenant: PortalUser) -> None:
    tenant.upload("D-1", contactId="P-1")
    assert kept(sandbox)[0]["notify"] is True


@pytest.mark.parametrize(
    ("extra", "file_name"),
    [
        ('; filename="Müller – Übergabe; 1.pdf"', "Müller – Übergabe; 1.pdf"),
        ("; filename*=UTF-8''M%C3%BCller%20%E2%80%93%201.pdf", "Müller – 1.pdf"),
        ("; filename=\"Mueller.pdf\"; filename*=utf-8''M%C3%BCller.pdf", "Müller.pdf"),
        ("; filename*=utf-8''M%C3%BCller.pdf; filename=\"Mueller.pdf\"", "Müller.pdf"),
        ("; filename*=iso-8859-1''M%FCller.pdf", "Müller.pdf"),
        ('; filename="a \\"b\\".pdf"', 'a "b".pdf'),
        ('; filename="100%25.pdf"', "100%25.pdf"),
    ],
)
def test_file_names_arrive_intact(sandbox: SandboxProcess, tenant: PortalUser, extra: str, file_name: str) -> None:
    texts = {"id": "D-1", "title": "Übergabe", "contactId": "P-1"}
    parts = [form_field(name, text) for name, text in texts.items()]
    assert tenant.post_form(form_field("file", b"x", extra, "text/plain"), *parts).json["fileName"] == file_name
    assert kept(sandbox)[0]["title"] == "Übergabe"


@pytest.mark.parametrize("media_type", [None, "<script>/x", "tëxt/plain"])
def test_what_declares_no_sensible_media_type_is_just_bytes(
    sandbox: SandboxProcess, tenant: PortalUser, media_type: str | None
) -> None:
    tenant.upload("D-1", media_type=media_type, contactId="P-1")
    assert files(sandbox) == [("letter.pdf", "application/octet-stream")]


def test_an_empty_file_is_a_file(sandbox: SandboxProcess, tenant: PortalUser) -> None:
    assert tenant.upload("D-1", b"", contactId="P-1").status == 201
    assert kept(sandbox)[0]["sha256"] == hashlib.sha256(b"").hexdigest()


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"contactId": "P-1", "unitId": "104/001"},
        {"propertyId": "104", "unitId": "104/001", "contactId": "P-1"},
        {"contactId": "999"},
        {"unitId": "999"},
        {"propertyId": "999"},
        {"contactId": ""},
        {"contactId": "P-1", "documentTypeId": "Abrechnung"},
        {"contactId": "P-1", "documentTypeId": ""},
        {"id": "", "contactId": "P-1"},
    ],
)
def test_what_leads_nowhere_is_refused(sandbox: SandboxProcess, tenant: PortalUser, fields: dict[str, str]) -> None:
    given = {"id": "D-1", "title": "Letter", **fields}
    reply = tenant.post_form(*(form_field(name, text) for name, text in given.items()), FILE)
    assert reply.status == 422
    assert ": " in reply.json["message"]
    assert kept(sandbox) == []


def test_a_file_without_a_name_is_refused(tenant: PortalUser) -> None:
    texts = {"id": "D-1", "title": "Letter", "contactId": "P-1", "file": "%PDF"}
    assert tenant.post_form(*(form_field(name, text) for name, text in texts.items())).status == 422


TEXTS = form_field("id", "D-1") + form_field("title", "Letter") + form_field("contactId", "P-1")


@pytest.mark.parametrize(
    "parts",
    [
        [TEXTS],
        [FILE, form_field("id", "D-1")],
        [FILE, form_field("title", "Letter")],
        [FILE, TEXTS, form_field("sharedWith", "EVERYBODY")],
        [FILE, TEXTS, form_field("notify", "yes")],
        [FILE, TEXTS, form_field("id", "D-2")],
        [FILE, TEXTS, FILE],
        [FILE, form_field("id", "D-1"), form_field("title", b"\xff")],
        [FILE, TEXTS, form_field("x", "", "; filename*=utf-8''%FF")],
        [FILE, TEXTS, b"--between-two-fields\r\nX: y\r\n\r\n\r\n"],
        [FILE, TEXTS, b"nonsense"],
        [b""],
    ],
)
def test_a_form_that_breaks_the_schema_is_refused(
    sandbox: SandboxProcess, tenant: PortalUser, parts: list[bytes]
) -> None:
    assert tenant.post_form(*parts).status == 400
    assert kept(sandbox) == []


@pytest.mark.parametrize("content_type", ["multipart/form-data; boundary=other", "multipart/form-data", "a/b"])
def test_what_is_no_form_is_refused(tenant: PortalUser, content_type: str) -> None:
    body = TEXTS + FILE + b"--between-two-fields--\r\n"
    assert tenant.send("POST", "/documents", body, **{"content-type": content_type}).status == 400


def test_a_form_that_ends_too_early_is_refused(tenant: PortalUser) -> None:
    headers = {"content-type": "multipart/form-data; boundary=between-two-fields"}
    assert tenant.send("POST", "/documents", TEXTS + FILE, **headers).status == 400


def test_a_field_that_is_not_known_is_passed_over(tenant: PortalUser) -> None:
    assert tenant.upload("D-1", contactId="P-1", color="red").status == 201


@pytest.mark.parametrize(("size", "status"), [(1000, 201), (1001, 413)])
def test_a_file_may_be_as_large_as_the_switch_says(
    sandbox: SandboxProcess, tenant: PortalUser, size: int, status: int
) -> None:
    sandbox.behave(max_file_bytes=1000)
    assert tenant.upload("D-1", b"x" * size, contactId="P-1").status == status


@pytest.mark.skipif(sys.platform != "linux", reason="asks Linux for the memory of a process")
def test_a_hundred_mebibytes_pass_in_a_few_copies() -> None:
    with SandboxProcess() as sandbox:
        user = PortalUser(sandbox)
        user.post("contacts", id="P-1")
        before = sandbox.peak_memory()
        assert user.upload("D-1", b"\r\n-x" * (25 * MEBIBYTE), contactId="P-1").status == 201
        assert kept(sandbox)[0]["size"] == 100 * MEBIBYTE
        assert sandbox.peak_memory() - before < 3 * 100 * MEBIBYTE
        assert user.upload("D-2", b"x" * (100 * MEBIBYTE + 1), contactId="P-1").status == 413


@pytest.mark.parametrize(("media_type", "status"), [("image/tiff", 415), ("Image/TIFF", 415), ("image/png", 201)])
def test_media_types_can_be_refused(sandbox: SandboxProcess, tenant: PortalUser, media_type: str, status: int) -> None:
    sandbox.behave(refused_media_types=["image/tiff"])
    assert tenant.upload("D-1", media_type=media_type, contactId="P-1").status == status


@pytest.mark.parametrize(
    ("answer", "status", "afterwards"),
    [
        ("conflict", 409, [("old.pdf", "application/pdf")]),
        ("update", 200, [("new.pdf", "application/pdf")]),
        ("duplicate", 201, [("old.pdf", "application/pdf"), ("new.pdf", "application/pdf")]),
    ],
)
def test_an_id_that_is_taken(
    sandbox: SandboxProcess, tenant: PortalUser, answer: str, status: int, afterwards: list[Any]
) -> None:
    sandbox.behave(post_existing=answer)
    tenant.upload("D-1", file_name="old.pdf", unitId="104/001", sharedWith="OWNER")
    assert tenant.upload("D-1", file_name="new.pdf", contactId="P-1").status == status
    assert files(sandbox) == afterwards


def test_an_update_leaves_nothing_of_what_was_there(sandbox: SandboxProcess, tenant: PortalUser) -> None:
    sandbox.behave(post_existing="update", put_omitted="keep")
    tenant.upload("D-1", unitId="104/001", sharedWith="OWNER")
    document = tenant.upload("D-1", contactId="P-1").json
    assert (document["contactId"], document["unitId"], document["sharedWith"]) == ("P-1", None, None)


@pytest.mark.parametrize(("answer", "status", "live"), [("taken", 409, 0), ("free", 201, 1)])
def test_the_id_of_a_deleted_document_is_taken_or_free_again(
    sandbox: SandboxProcess, tenant: PortalUser, answer: str, status: int, live: int
) -> None:
    sandbox.behave(deleted_ids=answer)
    tenant.upload("D-1", contactId="P-1")
    tenant.archive("documents", "D-1")
    assert tenant.upload("D-1", contactId="P-1").status == status
    assert sandbox.counts()["documents"] == {"live": live, "archived": 1 - live, "duplicates": 0}


def test_what_is_made_under_a_freed_id_has_nothing_of_what_was_deleted(
    sandbox: SandboxProcess, tenant: PortalUser
) -> None:
    tenant.upload("D-1", b"old", title="Alt", contactId="P-1", sharedWith="OWNER")
    tenant.archive("documents", "D-1")
    tenant.upload("D-1", b"new", title="Neu", unitId="104/001")
    (document,) = tenant.listed("documents")
    assert [document[name] for name in ("title", "contactId", "unitId", "sharedWith")] == ["Neu", None, "104/001", None]
    assert [one["sha256"] for one in kept(sandbox)] == [hashlib.sha256(b"new").hexdigest()]


@pytest.mark.parametrize(("answer", "titles"), [("conflict", ["a"]), ("update", ["b"]), ("duplicate", ["a", "b"])])
def test_a_document_under_a_known_id(
    sandbox: SandboxProcess, tenant: PortalUser, answer: str, titles: list[str]
) -> None:
    sandbox.behave(post_existing=answer)
    for title in ("a", "b"):
        tenant.upload("D-1", title.encode(), title=title, contactId="P-1")
    assert [one["title"] for one in tenant.listed("documents")] == titles
    assert [one["sha256"] for one in kept(sandbox)] == [hashlib.sha256(one.encode()).hexdigest() for one in titles]


def test_a_deleted_document_is_gone(sandbox: SandboxProcess, tenant: PortalUser) -> None:
    tenant.upload("D/1", contactId="P-1")
    assert tenant.archive("documents", "D/1").status == 204
    assert tenant.archive("documents", "D/1").status == 404
    assert tenant.get("documents", "D/1").status == 404
    assert tenant.listed("documents") == []
    assert sandbox.counts()["documents"] == {"live": 0, "archived": 1, "duplicates": 0}


def test_the_content_of_a_deleted_document_is_dropped(tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("sandbox") / "state.db"
    with SandboxProcess(database=path) as sandbox, closing(sqlite3.connect(path)) as state:
        user = PortalUser(sandbox)
        user.post("contacts", id="P-1")
        for external_id in ("D-1", "D-2"):
            user.upload(external_id, external_id.encode(), contactId="P-1")
        user.archive("documents", "D-1")
        assert state.execute("SELECT content FROM files").fetchall() == [(b"D-2",)]


def test_there_is_no_put(tenant: PortalUser) -> None:
    tenant.upload("D-1", contactId="P-1")
    assert tenant.put("documents", id="D-1").status == 405


def test_documents_are_listed_since_a_time(sandbox: SandboxProcess, tenant: PortalUser) -> None:
    tenant.upload("D-1", contactId="P-1")
    tenant.upload("D-2", contactId="P-1")
    assert [document["id"] for document in tenant.listed("documents")] == ["D-1", "D-2"]
    made = quote(tenant.get("documents", "D-2").json["createdAt"])
    assert tenant.listed("documents", f"?modifiedAfter={made}")[-1]["id"] == "D-2"
    assert tenant.listed("documents", "?modifiedAfter=2999-01-01T00:00:00Z") == []


def test_a_fault_can_name_the_id_in_the_form(sandbox: SandboxProcess, tenant: PortalUser) -> None:
    sandbox.fault("status", "POST", "/documents", body_id="D/2", status=503)
    assert [tenant.upload(f"D/{number}", contactId="P-1").status for number in (1, 2, 3)] == [201, 503, 201]
    assert [fields["id"] for fields in kept(sandbox)] == ["D/1", "D/3"]


def test_a_drop_after_the_effect_leaves_the_document(sandbox: SandboxProcess, tenant: PortalUser) -> None:
    sandbox.fault("drop", "POST", "/documents", when="after")
    with pytest.raises(ConnectionError):
        tenant.upload("D-1", contactId="P-1")
    assert [fields["id"] for fields in kept(sandbox)] == ["D-1"]


def test_the_log_knows_the_id_in_the_form(sandbox: SandboxProcess, tenant: PortalUser) -> None:
    sandbox.forget_requests()
    tenant.upload("D/ü", contactId="P-1")
    tenant.post_form(b"nonsense")
    logged = [(entry["path"], entry["body_id"], entry["status"]) for entry in sandbox.requests()]
    assert logged == [("/documents", "D/ü", 201), ("/documents", None, 400)]


def test_neither_log_nor_errors_show_contents(sandbox: SandboxProcess, tenant: PortalUser) -> None:
    secret = "Kontostand 4711"
    sandbox.behave(refused_media_types=["image/tiff"], max_file_bytes=100)
    content = secret.encode()
    replies = [
        tenant.upload("D-1", content, title=secret, contactId="999"),
        tenant.upload("D-1", content, title=secret, contactId="P-1", notify=secret),
        tenant.upload("D-1", content, title=secret, contactId="P-1", media_type="image/tiff"),
        tenant.upload("D-1", content * 100, title=secret, contactId="P-1"),
        tenant.post_form(content),
    ]
    assert [reply.status for reply in replies] == [422, 400, 415, 413, 400]
    requests = sandbox.send("GET", "/_sandbox/requests").text
    assert not [text for text in (*(reply.text for reply in replies), requests, sandbox.log()) if secret in text]


def test_a_refused_upload_leaves_no_content(sandbox: SandboxProcess, tenant: PortalUser) -> None:
    tenant.upload("D-1", b"first", contactId="P-1")
    tenant.upload("D-1", b"second", contactId="P-1")
    assert [fields["size"] for fields in kept(sandbox)] == [5]


def test_who_registers_is_listed_as_such(sandbox: SandboxProcess, tenant: PortalUser) -> None:
    assert tenant.listed("contacts", "?isRegistered=true") == []
    sandbox.edit("contacts", "P-1", isRegistered=True)
    assert [contact["id"] for contact in tenant.listed("contacts", "?isRegistered=true")] == ["P-1"]
