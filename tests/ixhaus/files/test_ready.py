"""From a source to a file that is ready: order, sizes, names, and what is left behind (nothing)."""

import asyncio
from pathlib import Path

import pytest

from include.ixhaus.files import FileError, Source, open_files
from tests.ixhaus.files.conftest import Archive, Connect
from tests.ixhaus.files.making import PDF, docx, in_database, in_folder, png, zipped

LIMIT = 100 * 2**20


@pytest.fixture
def root(tmp_path: Path, connect: Connect) -> Path:
    folder = tmp_path / "documents"
    folder.mkdir()
    connect("documents_production", {"conn_type": "fs", "extra": {"path": str(folder)}})
    return folder


@pytest.mark.rule("E30", "R28")
def test_exactly_the_limit_passes(archive: Archive, root: Path) -> None:
    with (root / "large.pdf").open("wb") as file:
        file.write(PDF)
        file.truncate(LIMIT)
    delivery = archive.fetch(in_folder("large.pdf"))
    assert (delivery.file.size, delivery.file.media_type) == (LIMIT, "application/pdf")


@pytest.mark.rule("E30", "R28")
def test_one_byte_more_is_too_large(archive: Archive, root: Path) -> None:
    with (root / "large.pdf").open("wb") as file:
        file.truncate(LIMIT + 1)
    assert archive.refusal(in_folder("large.pdf")) == ("FILE_TOO_LARGE", True)


@pytest.mark.rule("R28")
@pytest.mark.parametrize(("size", "passes"), [(2**20, True), (2**20 + 1, False)])
def test_the_limit_is_the_setting(archive: Archive, size: int, passes: bool) -> None:
    archive.limits = {"max_file_mb": 1}
    archive.put(PDF.ljust(size, b"\0"))
    if passes:
        assert archive.fetch(in_database()).file.size == size
    else:
        assert archive.refusal(in_database()) == ("FILE_TOO_LARGE", True)


@pytest.mark.rule("E30")
def test_an_empty_file_is_refused(archive: Archive, root: Path) -> None:
    (root / "empty.pdf").touch()
    archive.put(b"")
    assert archive.refusal(in_folder("empty.pdf")) == ("FILE_EMPTY", True)
    assert archive.refusal(in_database()) == ("FILE_EMPTY", True)


@pytest.mark.rule("E37")
@pytest.mark.parametrize(
    ("content", "name", "expected"),
    [
        (PDF, "rechnung.pdf.exe", ("rechnung.pdf", "application/pdf")),
        (png(), "brief.pdf", ("brief.png", "image/png")),
        (PDF, "../a/" + "x" * 300, ("x" * 135 + "… [gekürzt].pdf", "application/pdf")),
        (zipped(a="x"), "", ("Dokument.zip", "application/zip")),
    ],
)
def test_name_and_type_follow_the_content(
    archive: Archive, content: bytes, name: str, expected: tuple[str, str]
) -> None:
    archive.put(content)
    delivery = archive.fetch(in_database(name))
    assert (delivery.file.name, delivery.file.media_type) == expected
    assert delivery.content == content


@pytest.mark.rule("E37")
def test_a_program_is_refused_under_the_name_of_a_pdf(archive: Archive) -> None:
    archive.put(b"MZ\x90\0" + bytes(100))
    assert archive.refusal(in_database("rechnung.pdf")) == ("FILE_TYPE_REFUSED", True)


def test_an_unknown_storage_is_refused(archive: Archive) -> None:
    assert archive.refusal(Source("D1", "BAND", None, "ORIGINAL", "a", convert=False)) == ("UNKNOWN_STORAGE", True)


def test_the_spool_holds_a_file_only_while_it_is_used_and_for_its_owner_only(archive: Archive) -> None:
    archive.put(PDF)

    async def look() -> None:
        async with open_files(archive.engine, archive.settings, archive.spool) as files:
            async with files.ready(in_database()) as file:
                assert file.path.is_relative_to(archive.spool)
                assert file.path.parent.stat().st_mode & 0o077 == 0
            assert list(archive.spool.iterdir()) == []
            with pytest.raises(ZeroDivisionError):
                async with files.ready(in_database()):
                    _ = 1 / 0
            assert list(archive.spool.iterdir()) == []

    asyncio.run(look())


def test_a_spool_that_takes_nothing_is_not_the_end_of_the_document(archive: Archive) -> None:
    archive.put(PDF)
    archive.spool.rmdir()

    async def fetch() -> None:
        async with open_files(archive.engine, archive.settings, archive.spool) as files, files.ready(in_database()):
            pass

    with pytest.raises(FileError, match="FILE_UNREADABLE") as refused:
        asyncio.run(fetch())
    assert not refused.value.is_final
    archive.spool.mkdir()


def test_many_at_once_get_each_its_own(archive: Archive, root: Path) -> None:
    for number in range(30):
        archive.put(PDF + b"%" + bytes([65 + number]) * 100_000, document_id=f"D{number}")

    async def all_at_once() -> None:
        async with open_files(archive.engine, archive.settings, archive.spool) as files:

            async def one(number: int) -> bytes:
                async with files.ready(in_database(document_id=f"D{number}")) as file:
                    await asyncio.sleep(0.01)
                    return file.path.read_bytes()[-1:]

            assert await asyncio.gather(*map(one, range(30))) == [bytes([65 + number]) for number in range(30)]

    asyncio.run(all_at_once())
    assert list(archive.spool.iterdir()) == []


def test_a_task_cancelled_while_it_copies_leaves_nothing(archive: Archive) -> None:
    archive.put(bytes(80 * 2**20))

    async def cancelled() -> None:
        async with open_files(archive.engine, archive.settings, archive.spool) as files:

            async def one() -> None:
                async with files.ready(in_database()):
                    raise AssertionError("it was cancelled before")

            task = asyncio.create_task(one())
            while not [path for path in archive.spool.rglob("content") if path.stat().st_size]:
                await asyncio.sleep(0)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert list(archive.spool.iterdir()) == []

    asyncio.run(cancelled())
    assert list(archive.spool.iterdir()) == []


@pytest.mark.rule("R31")
@pytest.mark.usefixtures("libreoffice")
def test_the_original_of_a_conversion_is_left_alone(archive: Archive, root: Path) -> None:
    (root / "brief.docx").write_bytes(docx())
    delivery = archive.fetch(in_folder("brief.docx", "brief.docx", convert=True))
    assert delivery.file.name == "brief.pdf"
    assert {path.name: path.read_bytes() for path in root.iterdir()} == {"brief.docx": docx()}
