"""Files from the portal go past a virus scanner (O26, E51)."""

import stat
from pathlib import Path

import pytest
from pydantic import ValidationError

from include.groups.reports.inbound import Received
from include.vocabulary.reasons import explain
from tests.groups.reports.inbound.harness import World

pytestmark = pytest.mark.rule("O26", "E51")
PLAGUE = b"die Pest"


def scanner(folder: Path, script: str) -> list[str]:
    """A scanner of our own: what it is started with."""
    path = folder / "scanner"
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(stat.S_IRWXU)
    return [str(path), "--quietly"]


@pytest.fixture
def command(tmp_path: Path) -> list[str]:
    """A scanner that finds the plague, notes how it was called, and talks too much."""
    return scanner(tmp_path, f'echo "$@" | tee -a "{tmp_path}/calls"; ! grep -q "{PLAGUE.decode()}" "$2"')


def test_an_infected_file_is_not_taken_and_the_rest_arrives(
    world: World, command: list[str], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    ticket_id = world.files_report(file=("kanari.txt", "text/plain", PLAGUE))
    world.comments(ticket_id, file=("gut.txt", "text/plain", b"gesund"))
    assert world.receive(scan_command=command) == Received(tickets=1, comments=1, attachments=1)
    assert [file["content"] for file in world.files()] == [b"gesund"]
    assert [(level, reason) for level, _, reason in world.warned()] == [("warning", "ATTACHMENT_INFECTED")]
    assert world.report()["hint"] == explain("ATTACHMENT_INFECTED")
    world.user.change("tickets", ticket_id, title="Anders")
    world.receive()
    calls = (tmp_path / "calls").read_text(encoding="utf-8").splitlines()
    assert len(calls) == 2  # each file once, and nothing of its name is said
    assert all(call.startswith("--quietly /") and "kanari" not in call for call in calls)
    assert capfd.readouterr().out == ""


@pytest.mark.parametrize("script", ["exit 2", "kill -9 $$", "sleep 60"])
def test_while_the_scanner_fails_the_file_waits_in_the_portal(world: World, tmp_path: Path, script: str) -> None:
    world.files_report(title="krank", file=("a.txt", "text/plain", b"gesund"))
    world.files_report(title="ohne Datei")
    broken = scanner(tmp_path, script)
    limits = world.settings().limits.model_dump() | {"upload_timeout_seconds": 0.5}
    received = world.receive(scan_command=broken, limits=limits)
    assert received == Received(tickets=2)
    assert [reason for *_, reason in world.warned()] == ["ATTACHMENT_UNREADABLE"]
    assert world.files() == []
    assert world.receive(scan_command=scanner(tmp_path, "exit 0")) == Received(attachments=1)
    assert [file["content"] for file in world.files()] == [b"gesund"]


def test_without_the_program_nothing_is_taken(world: World, tmp_path: Path) -> None:
    world.files_report(file=("a.txt", "text/plain", b"gesund"))
    assert world.receive(scan_command=[str(tmp_path / "fehlt")]) == Received(tickets=1)
    assert world.files() == []


def test_without_a_command_nobody_is_asked(world: World) -> None:
    world.files_report(file=("a.txt", "text/plain", PLAGUE))
    assert world.receive() == Received(tickets=1, attachments=1)


@pytest.mark.parametrize("wrong", ["clamdscan --fdpass", [1]])
def test_the_command_is_a_list_of_words(world: World, wrong: object) -> None:
    with pytest.raises(ValidationError, match="scan_command"):
        world.settings(scan_command=wrong)
