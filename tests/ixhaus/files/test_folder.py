"""Files below the document folder: what is found, and that nothing leads out."""

import asyncio
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unicodedata import normalize

import pytest

from include.ixhaus.files import FileError, open_files
from include.ixhaus.files.folder import Folder
from tests.ixhaus.files.conftest import Archive, Connect
from tests.ixhaus.files.making import PDF, in_folder

OUTSIDE, MISSING, UNREADABLE = ("FILE_OUTSIDE_FOLDER", True), ("FILE_MISSING", False), ("FILE_UNREADABLE", False)
HOLDS_LEASE = """
import fcntl, os, signal, sys
signal.signal(signal.SIGIO, signal.SIG_IGN)
file = os.open(sys.argv[1], os.O_RDWR)
fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_WRLCK)
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def root(tmp_path: Path, connect: Connect) -> Path:
    """The document folder, beside a file that is no document."""
    folder = tmp_path / "documents"
    (folder / "2027").mkdir(parents=True)
    (folder / "2027" / "brief.pdf").write_bytes(PDF)
    (tmp_path / "secret.pdf").write_bytes(PDF)
    connect("documents_production", {"conn_type": "fs", "extra": {"path": str(folder)}})
    return folder


@pytest.mark.parametrize("path", ["2027/brief.pdf", "2027\\brief.pdf", "./2027//brief.pdf", "{root}/2027/brief.pdf"])
def test_a_file_is_taken_from_where_it_lies(archive: Archive, root: Path, path: str) -> None:
    delivery = archive.fetch(in_folder(path.format(root=root)))
    assert delivery.file.path == root.resolve() / "2027" / "brief.pdf"
    assert delivery.content == PDF
    assert (root / "2027" / "brief.pdf").exists()


@pytest.mark.parametrize(
    "path",
    [
        "../secret.pdf",
        "2027/../../secret.pdf",
        "2027\\..\\..\\secret.pdf",
        "2027/../2027/brief.pdf",
        "{root}/../secret.pdf",
        "/etc/passwd",
        "C:\\Windows\\win.ini",
        "C:brief.pdf",
        "\\\\server\\share\\brief.pdf",
        "2027/brief.pdf\0.txt",
        "2027",
        ".",
        "/dev/null",
    ],
)
def test_nothing_leads_out_of_the_folder(archive: Archive, root: Path, path: str) -> None:
    assert archive.refusal(in_folder(path.format(root=root))) == OUTSIDE


def test_a_link_that_leads_outside_is_refused_also_in_the_middle(archive: Archive, root: Path) -> None:
    (root / "link.pdf").symlink_to(root.parent / "secret.pdf")
    (root / "way").symlink_to(root.parent)
    assert archive.refusal(in_folder("link.pdf")) == OUTSIDE
    assert archive.refusal(in_folder("way/secret.pdf")) == OUTSIDE


def test_a_link_within_the_folder_is_followed(archive: Archive, root: Path) -> None:
    (root / "latest.pdf").symlink_to("2027/brief.pdf")
    assert archive.fetch(in_folder("latest.pdf")).content == PDF


def test_a_folder_that_only_begins_alike_is_outside(archive: Archive, root: Path) -> None:
    twin = root.parent / "documents-old"
    twin.mkdir()
    (twin / "a.pdf").write_bytes(PDF)
    assert archive.refusal(in_folder(str(twin / "a.pdf"))) == OUTSIDE


def test_what_is_no_file_is_refused_without_waiting_for_it(archive: Archive, root: Path) -> None:
    os.mkfifo(root / "pipe.pdf")
    assert archive.refusal(in_folder("pipe.pdf")) == OUTSIDE


@pytest.mark.rule("E30")
@pytest.mark.parametrize("path", [None, "", "2027/gone.pdf", "2027/brief.pdf/x", "x" * 300, "2027/\udcff.pdf"])
def test_a_file_that_is_not_there_may_come(archive: Archive, root: Path, path: str | None) -> None:
    assert archive.refusal(in_folder(path)) == MISSING


def test_a_loop_of_links_is_missing(archive: Archive, root: Path) -> None:
    (root / "a.pdf").symlink_to("b.pdf")
    (root / "b.pdf").symlink_to("a.pdf")
    assert archive.refusal(in_folder("a.pdf")) == MISSING


@pytest.mark.rule("E30")
@pytest.mark.parametrize("stored", ["NFC", "NFD"])
@pytest.mark.parametrize("asked", ["NFC", "NFD"])
def test_umlauts_are_found_however_they_are_written(archive: Archive, root: Path, stored: str, asked: str) -> None:
    path = "Müllerstraße/Überweisung Größe.pdf"
    there = root / normalize("NFC" if stored == "NFC" else "NFD", path)
    there.parent.mkdir()
    there.write_bytes(PDF)
    assert archive.fetch(in_folder(normalize("NFC" if asked == "NFC" else "NFD", path))).content == PDF


@pytest.mark.rule("E30")
def test_a_locked_file_is_not_waited_for(archive: Archive, root: Path) -> None:
    path = root / "2027" / "brief.pdf"
    call = [sys.executable, "-c", HOLDS_LEASE, str(path)]
    holder = subprocess.Popen(call, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert holder.stdout is not None
    try:
        if holder.stdout.readline() != b"held\n":
            pytest.skip("this file system knows no leases")
        assert archive.refusal(in_folder("2027/brief.pdf")) == UNREADABLE
    finally:
        holder.communicate(b"")
    assert archive.fetch(in_folder("2027/brief.pdf")).content == PDF


@pytest.fixture
def reachable() -> Iterator[Path]:
    """A document folder that everybody may enter, unlike those of the tests."""
    with tempfile.TemporaryDirectory(prefix="documents-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


@contextmanager
def nobody() -> Iterator[None]:
    """Be somebody whom permissions hold up, unlike root."""
    user = os.geteuid()
    if user == 0:
        os.seteuid(65_534)
    try:
        yield
    finally:
        os.seteuid(user)


@pytest.mark.rule("E30")
def test_a_file_that_may_not_be_read(reachable: Path, connect: Connect) -> None:
    (reachable / "open.pdf").write_bytes(PDF)
    (reachable / "closed.pdf").write_bytes(PDF)
    (reachable / "open.pdf").chmod(0o644)
    (reachable / "closed.pdf").chmod(0)
    (reachable / "closed").mkdir(mode=0)
    connect("documents_production", {"conn_type": "fs", "extra": {"path": str(reachable)}})
    folder = Folder("documents_production")
    assert folder.find("open.pdf")  # which asks Airflow, as the tests' own user
    with nobody():
        assert folder.find("open.pdf")
    for path in ("closed.pdf", "closed/brief.pdf"):
        with pytest.raises(FileError) as refused, nobody():
            folder.find(path)
        assert (refused.value.reason, refused.value.is_final) == UNREADABLE


@pytest.mark.parametrize("fields", [None, {"conn_type": "fs"}, {"conn_type": "fs", "extra": {"path": "/nowhere"}}])
def test_without_a_document_folder_one_line_says_what_to_add(
    archive: Archive, connect: Connect, caplog: pytest.LogCaptureFixture, fields: dict[str, object] | None
) -> None:
    if fields:
        connect("documents_production", fields)

    async def refused() -> list[tuple[str, bool]]:
        found = []
        async with open_files(archive.engine, archive.settings, archive.spool) as files:
            for _ in range(3):
                with pytest.raises(FileError) as error:
                    async with files.ready(in_folder("2027/brief.pdf")):
                        pass
                found.append((error.value.reason, error.value.is_final))
        return found

    assert asyncio.run(refused()) == [("NO_DOCUMENT_FOLDER", False)] * 3
    lines = [record.getMessage() for record in caplog.records if record.name.startswith("include")]
    assert len(lines) == 1
    assert all(word in lines[0] for word in ("documents_production", "File (path)", '{"path": '))
