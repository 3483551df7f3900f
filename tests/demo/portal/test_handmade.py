"""What happens to the portal without the interface: objects made or wiped out by hand, and backups that come back."""

import hashlib

import pytest

from tests.demo.portal.building import build_house, move_in
from tests.sandbox import PortalUser, SandboxProcess

LETTER = ("letter.pdf", "application/pdf", b"%PDF-1.7 by hand")


def ids(user: PortalUser, kind: str = "contacts") -> list[str]:
    return [one["id"] for one in user.listed(kind)]


def test_an_object_made_by_hand_is_listed_as_any_other(sandbox: SandboxProcess, user: PortalUser) -> None:
    sandbox.make("contacts", "P-1", lastName="Muster", portalUser=False)
    (contact,) = user.listed("contacts")
    assert contact == user.get("contacts", "P-1").json
    assert [contact[name] for name in ("id", "lastName", "portalUser")] == ["P-1", "Muster", False]


def test_without_an_id_it_gets_one_of_the_portals(sandbox: SandboxProcess, user: PortalUser) -> None:
    made = [sandbox.make("properties", name="Am Ring", city="Musterstadt")["id"] for _ in range(2)]
    assert ids(user, "properties") == made
    assert len(set(made)) == 2


def test_a_document_made_by_hand_has_its_file(sandbox: SandboxProcess, user: PortalUser) -> None:
    build_house(user)
    made = sandbox.make("documents", "D-1", file=LETTER, title="Brief", propertyId="104")
    assert made["fields"]["sha256"] == hashlib.sha256(LETTER[2]).hexdigest()
    assert [(one["title"], one["fileName"]) for one in user.listed("documents")] == [("Brief", "letter.pdf")]


def test_what_is_made_by_hand_may_have_an_id_that_is_taken(sandbox: SandboxProcess, user: PortalUser) -> None:
    user.post("contacts", id="P-1")
    sandbox.make("contacts", "P-1")
    assert sandbox.counts()["contacts"]["duplicates"] == 1


def test_what_is_wiped_out_has_never_been(sandbox: SandboxProcess, user: PortalUser) -> None:
    user.post("contacts", id="P-1")
    user.archive("contacts", "P-1")
    sandbox.forget("contacts", "P-1")
    assert sandbox.state("contacts") == []
    assert user.post("contacts", id="P-1").status == 201


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "objects/cars", {"fields": {}}),
        ("POST", "objects/units", {"id": "104/1", "fields": {"propertyId": "999"}}),
        ("POST", "objects/contacts", {"id": "", "fields": {}}),
        ("POST", "objects/documents", {"fields": {"title": "ohne Datei"}}),
        ("POST", "objects/contacts", {"fields": {}, "file": {"fileName": "a", "content": ""}}),
        ("DELETE", "objects/contacts", {"id": "999"}),
        ("PUT", "snapshots/never/restore", None),
    ],
)
def test_a_slip_in_a_script_is_refused(sandbox: SandboxProcess, method: str, path: str, body: object) -> None:
    assert sandbox.send(method, f"/_sandbox/{path}", body).status in (404, 422)


def test_a_restored_backup_brings_everything_back(sandbox: SandboxProcess, user: PortalUser) -> None:
    build_house(user)
    move_in(user, "P-1", "104/001", lastName="vorher")
    user.upload("D-1", b"before", contactId="P-1")
    user.post("ticket-types", id="M", name="Heizung")
    sandbox.tenant_files("P-1", "M", "Kalt", file=("Bad.png", "image/png", b"PNG"))
    kinds = ("properties", "contacts", "documents", "tickets", "attachments", "ticket-types")
    before = {kind: sandbox.state(kind) for kind in kinds}
    sandbox.snapshot()
    user.put("contacts", id="P-1", lastName="nachher")
    user.archive("documents", "D-1")
    for kind in ("tickets", "attachments"):
        sandbox.forget(kind, sandbox.state(kind)[0]["id"])
    sandbox.restore()
    assert {kind: sandbox.state(kind) for kind in kinds} == before
    (attachment,) = user.listed("tickets")[0]["attachments"]
    assert user.send("GET", attachment["url"].removeprefix(sandbox.api)).content == b"PNG"


def test_a_backup_can_be_restored_again_and_there_may_be_several(sandbox: SandboxProcess, user: PortalUser) -> None:
    sandbox.snapshot("empty")
    user.post("contacts", id="P-1")
    sandbox.snapshot("one")
    for name, left in (("empty", []), ("one", ["P-1"]), ("empty", [])):
        sandbox.restore(name)
        assert ids(user) == left
        user.post("contacts", id="P-2")


def test_what_was_made_after_the_backup_has_never_been(sandbox: SandboxProcess, user: PortalUser) -> None:
    sandbox.snapshot()
    number = user.post("contacts", id="P-1").json["internalId"]
    user.archive("contacts", "P-1")
    sandbox.restore()
    assert user.post("contacts", id="P-1").json["internalId"] == number


def test_a_restore_leaves_logins_and_switches_alone(sandbox: SandboxProcess) -> None:
    sandbox.snapshot()
    later = PortalUser(sandbox)
    sandbox.behave(post_existing="update")
    sandbox.restore()
    assert ids(later) == []
    assert sandbox.send("GET", "/_sandbox/behaviour").json["post_existing"] == "update"


def test_reset_forgets_the_backups_too(sandbox: SandboxProcess) -> None:
    sandbox.snapshot()
    sandbox.reset()
    assert sandbox.send("PUT", "/_sandbox/snapshots/backup/restore").status == 404
