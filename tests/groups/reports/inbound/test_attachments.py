"""Files of tickets and comments (O26, E51)."""

import tempfile

import pytest

from include.groups.reports.inbound import Received
from include.groups.reports.inbound.attachments import listed
from include.vocabulary.reasons import explain
from tests.groups.reports.inbound.harness import World

PNG = b"\x89PNG\r\n\x1a\n" + bytes(50)
MEGABYTE = 1 << 20


@pytest.mark.rule("O26", "E51")
def test_files_arrive_with_their_content_at_report_or_note(world: World) -> None:
    ticket_id = world.files_report(file=("../Küche<1>.exe", "image/png", PNG))
    world.comments(ticket_id, file=("liste.txt", "text/plain", "Grün".encode()))
    assert world.receive() == Received(tickets=1, comments=1, attachments=2)
    first, second = world.files()
    assert (first["file_name"], first["media_type"], first["size"]) == ("Küche-1.png", "image/png", len(PNG))
    assert (first["content"], first["note_id"], first["is_public"], first["origin"]) == (PNG, None, True, "PORTAL")
    assert second["note_id"] == world.notes()[0]["note_id"]
    assert {one["report_nr"] for one in (first, second)} == {world.report()["report_nr"]}
    assert first["file_id"].startswith("SP-")


@pytest.mark.rule("E51")
def test_many_files_and_later_ones_arrive_once_each(world: World) -> None:
    ticket_id = world.files_report()
    for number in range(20):
        world.user.attach(ticket_id, PNG + bytes([number]))
    assert world.receive().attachments == 20
    world.user.attach(ticket_id, PNG + b"later")
    assert world.receive() == Received(attachments=1)
    assert world.report()["portal_change"] == "NEUER_ANHANG"


@pytest.mark.rule("E51")
@pytest.mark.parametrize(("size", "arrives"), [(MEGABYTE, True), (MEGABYTE + 1, False)])
def test_a_file_that_is_too_large_is_named_and_the_rest_arrives(world: World, size: int, arrives: bool) -> None:
    world.comments(world.files_report(file=("a.bin", "application/octet-stream", b"\1" * size)))
    assert world.receive() == Received(tickets=1, comments=1, attachments=int(arrives))
    assert world.report()["hint"] == (None if arrives else explain("ATTACHMENT_TOO_LARGE"))
    assert [reason for *_, reason in world.warned()] == ([] if arrives else ["ATTACHMENT_TOO_LARGE"])


@pytest.mark.rule("E51")
def test_a_program_is_not_taken(world: World) -> None:
    world.files_report(file=("foto.jpg", "image/jpeg", b"MZ" + bytes(80)))
    assert world.receive() == Received(tickets=1)
    assert [reason for *_, reason in world.warned()] == ["FILE_TYPE_REFUSED"]


@pytest.mark.rule("O26")
@pytest.mark.parametrize("url", ["http://127.0.0.1:9/v2/attachments/1", "//evil.example/x", "ftp://x/", "http://["])
def test_another_host_is_never_asked(world: World, monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    def elsewhere(record: dict[str, object]) -> list[dict[str, object]]:
        return [one | {"url": url} for one in listed(record)]

    monkeypatch.setattr("include.groups.reports.inbound.intake.listed", elsewhere)
    world.files_report(file=("a.png", "image/png", PNG))
    assert world.receive() == Received(tickets=1)
    assert [reason for *_, reason in world.warned()] == ["ATTACHMENT_FOREIGN"]


@pytest.mark.rule("O26")
@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ({"kind": "redirect"}, "ATTACHMENT_FOREIGN"),
        ({"kind": "status", "status": 404}, "ATTACHMENT_MISSING"),
        ({"kind": "status", "status": 422}, "ATTACHMENT_MISSING"),
    ],
)
def test_a_file_that_cannot_be_had_is_named_once(world: World, fault: dict[str, object], reason: str) -> None:
    world.files_report(file=("a.png", "image/png", PNG))
    world.sandbox.fault(**fault, path="/attachments/*", times=1)  # type: ignore[arg-type]
    assert world.receive() == Received(tickets=1)
    assert [one for *_, one in world.warned()] == [reason]
    assert world.receive() == Received()


@pytest.mark.parametrize(("fault", "times"), [("drop", 2), ("cut", 3), ("expire_tokens", 1)])
def test_a_disturbance_is_overcome(world: World, fault: str, times: int) -> None:
    world.files_report(file=("a.png", "image/png", PNG))
    world.sandbox.fault(fault, path="/attachments/*", times=times)
    assert world.receive() == Received(tickets=1, attachments=1)
    assert world.files()[0]["content"] == PNG


def test_a_portal_that_stays_disturbed_lets_the_file_wait(world: World) -> None:
    world.files_report(file=("a.png", "image/png", PNG))
    world.sandbox.fault("status", path="/attachments/*", times=None, status=503)
    assert world.receive() == Received(tickets=1)
    assert world.report()["hint"] == explain("ATTACHMENT_UNREADABLE")
    world.sandbox.end_faults()
    assert world.receive() == Received(attachments=1)
    assert world.report()["hint"] is None


@pytest.mark.rule("E49")
def test_our_own_file_coming_back_is_not_imported(world: World) -> None:
    number = world.ours()
    world.insert("SP_ANHANG", {
        "file_id": "A1", "report_nr": number, "size": len(PNG), "content": PNG, "origin": "ERP",
    })  # fmt: skip
    world.user.attach(number, PNG)
    world.user.attach(number, PNG[:-1] + b"x")
    assert world.receive() == Received(attachments=1)


@pytest.mark.rule("O26")
@pytest.mark.parametrize(
    "url",
    ["contacts", "/v2/contacts", "/v2/attachments/../contacts", "/_sandbox/counts", "attachments/%2e%2e%2Fcontacts"],
)
def test_no_other_address_of_the_portal_is_fetched(world: World, monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    def elsewhere(record: dict[str, object]) -> list[dict[str, object]]:
        return [one | {"url": url} for one in listed(record)]

    monkeypatch.setattr("include.groups.reports.inbound.intake.listed", elsewhere)
    world.files_report(file=("a.png", "image/png", PNG))
    world.sandbox.forget_requests()
    assert world.receive() == Received(tickets=1)
    assert [reason for *_, reason in world.warned()] == ["ATTACHMENT_ELSEWHERE"]
    assert not any("contacts" in one["path"] for one in world.sandbox.requests())


@pytest.mark.rule("R44")
def test_a_file_marked_internal_is_left_alone(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "include.groups.reports.inbound.intake.listed", lambda _: [{"id": "1", "isInternal": True, "url": "x"}]
    )
    world.files_report()
    assert world.receive() == Received(tickets=1)
    assert world.warned() == []


@pytest.mark.rule("R21", "O26")
def test_files_on_their_way_lie_in_the_runs_own_folder_only(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a killed run leaves there goes with the next one; nobody would clear the system's folder."""
    monkeypatch.setattr(tempfile, "tempdir", str(world.folder / "nowhere"))
    world.files_report(file=("a.png", "image/png", PNG))
    assert world.receive() == Received(tickets=1, attachments=1)
