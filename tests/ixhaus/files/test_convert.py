"""Office documents and images to PDF, by the real LibreOffice, and by programs in its place that misbehave."""

import asyncio
import io
import os
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from random import Random
from threading import Thread

import psutil
import pytest
from pypdf import PdfReader

from include.ixhaus.files import FileError, media, open_files
from include.ixhaus.files.convert import Converter
from tests.ixhaus.files.conftest import Archive, Delivery
from tests.ixhaus.files.making import PDF, TEXT, docx, heic, in_database, made_by_libreoffice, odt, ole, png, tiff

TABLE = b"Name;Betrag\r\nMeier;12\r\n"
Program = Callable[[str], Path]


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Program:
    """Puts a shell script in LibreOffice's place; it finds a folder for its notes in $NOTES."""
    folder, notes = tmp_path / "bin", tmp_path / "notes"
    folder.mkdir()
    notes.mkdir()

    def install(script: str) -> Path:
        (folder / "soffice").write_text(f"#!/bin/bash\nNOTES={notes}\nGIVEN=${{@: -1}}\n{script}\n", encoding="utf-8")
        (folder / "soffice").chmod(0o755)
        monkeypatch.setenv("PATH", str(folder), prepend=os.pathsep)
        return notes

    return install


def converted(archive: Archive, content: bytes, name: str = "Brief.docx") -> Delivery:
    archive.put(content)
    return archive.fetch(in_database(name, convert=True))


def text_of(delivery: Delivery) -> str:
    assert delivery.file.media_type == "application/pdf"
    assert delivery.file.size == len(delivery.content)
    return " ".join(PdfReader(io.BytesIO(delivery.content)).pages[0].extract_text().split())


@pytest.mark.rule("R31")
@pytest.mark.usefixtures("libreoffice")
@pytest.mark.parametrize("wanted", ["doc", "docx", "odt", "rtf"])
def test_a_letter_becomes_a_pdf(archive: Archive, tmp_path: Path, wanted: str) -> None:
    letter = docx() if wanted == "docx" else made_by_libreoffice(tmp_path, docx(), "docx", wanted)
    delivery = converted(archive, letter, f"Brief.{wanted}")
    assert text_of(delivery) == "Sehr geehrte Frau Müller"
    assert delivery.file.name == "Brief.pdf"


@pytest.mark.rule("R31")
@pytest.mark.usefixtures("libreoffice")
@pytest.mark.parametrize("wanted", ["xls", "xlsx", "ods"])
def test_a_table_becomes_a_pdf(archive: Archive, tmp_path: Path, wanted: str) -> None:
    table = made_by_libreoffice(tmp_path, TABLE, "csv", wanted)
    assert "Meier" in text_of(converted(archive, table, "Tabelle"))


@pytest.mark.rule("R31")
@pytest.mark.usefixtures("libreoffice")
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_a_text_becomes_a_pdf_with_its_umlauts(archive: Archive, encoding: str) -> None:
    assert text_of(converted(archive, TEXT.encode(encoding))) == " ".join(TEXT.split())


@pytest.mark.rule("R31")
@pytest.mark.usefixtures("libreoffice")
@pytest.mark.parametrize("image", [png(), tiff()], ids=["png", "tiff"])
def test_an_image_becomes_a_pdf(archive: Archive, image: bytes) -> None:
    delivery = converted(archive, image, "Foto")
    assert text_of(delivery) == ""
    assert len(PdfReader(io.BytesIO(delivery.content)).pages[0].images) == 1


@pytest.mark.rule("R31")
@pytest.mark.parametrize(
    ("content", "name"),
    [(PDF, "Brief.pdf"), (tiff(pages=2), "Brief.tif"), (heic(), "Brief.heic"), (ole("Unknown"), "Brief.bin")],
    ids=["pdf", "pages", "heic", "unknown"],
)
def test_what_needs_no_conversion_or_would_lose_by_it_goes_out_as_it_is(
    archive: Archive, program: Program, content: bytes, name: str
) -> None:
    notes = program("touch $NOTES/called")
    delivery = converted(archive, content, "Brief.docx")
    assert (delivery.content, delivery.file.name) == (content, name)
    assert not list(notes.iterdir())


@pytest.mark.rule("R31")
def test_nothing_is_converted_unasked(archive: Archive, program: Program) -> None:
    program("exit 1")
    archive.put(docx())
    assert archive.fetch(in_database("Brief.docx")).content == docx()


@pytest.mark.rule("R31")
@pytest.mark.usefixtures("libreoffice")
@pytest.mark.parametrize("content", [ole("WordDocument"), ole("Workbook"), b"\xff\xd8\xff\xe0" + bytes(99)])
def test_a_damaged_document_does_not_become_a_pdf_of_garbage(archive: Archive, content: bytes) -> None:
    archive.put(content)
    assert archive.refusal(in_database(convert=True)) == ("CONVERSION_FAILED", True)


@pytest.mark.rule("R31")
@pytest.mark.usefixtures("libreoffice")
def test_what_libreoffice_would_take_for_a_text_is_a_failure_as_well(tmp_path: Path) -> None:
    damaged = ole("Workbook")[:700] + Random(7).randbytes(6_000)  # left to itself, it makes five pages of this
    (tmp_path / "content").write_bytes(damaged)
    with pytest.raises(FileError, match="CONVERSION_FAILED"):
        asyncio.run(Converter(60).to_pdf(tmp_path / "content", media.XLS, tmp_path))


@pytest.mark.parametrize("script", ["exit 0", "exit 77", "echo no pdf > ${GIVEN%.*}.pdf", "mkdir ${GIVEN%.*}.pdf"])
def test_a_result_that_is_no_pdf_is_a_failure(archive: Archive, program: Program, script: str) -> None:
    program(script)
    archive.put(docx())
    assert archive.refusal(in_database(convert=True)) == ("CONVERSION_FAILED", True)


@pytest.mark.rule("R28", "R31")
def test_the_result_is_measured_as_well(archive: Archive, program: Program) -> None:
    program("truncate -s 1048577 ${GIVEN%.*}.pdf")
    archive.limits = {"max_file_mb": 1}
    archive.put(docx())
    assert archive.refusal(in_database(convert=True)) == ("FILE_TOO_LARGE", True)


STARTS = "sleep 600 & echo $! > $NOTES/child; echo $$ > $NOTES/part; mv $NOTES/part $NOTES/leader"
HANGS = f"{STARTS}; sleep 600"


def gone(notes: Path) -> bool:
    """Whether neither the program nor its child runs, the child at most as init's to reap."""
    leader, child = (int((notes / name).read_text(encoding="utf-8")) for name in ("leader", "child"))
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with suppress(psutil.NoSuchProcess):
            if psutil.Process(child).status() != psutil.STATUS_ZOMBIE:
                time.sleep(0.01)
                continue
        return not psutil.pid_exists(leader)
    return False


@pytest.mark.rule("R31")
def test_a_conversion_that_hangs_is_ended_with_all_it_started(archive: Archive, program: Program) -> None:
    notes = program(HANGS)
    archive.limits = {"conversion_timeout_seconds": 0.5}
    archive.put(docx())
    assert archive.refusal(in_database(convert=True)) == ("CONVERSION_TIMEOUT", False)
    assert gone(notes)


@pytest.mark.rule("R31")
@pytest.mark.usefixtures("libreoffice")
def test_nothing_of_the_real_libreoffice_outlives_its_time_limit(archive: Archive) -> None:
    archive.limits = {"conversion_timeout_seconds": 0.4}
    archive.put(docx())
    assert archive.refusal(in_database(convert=True)) == ("CONVERSION_TIMEOUT", False)
    deadline = time.monotonic() + 60
    while (left := running_below(archive.spool)) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert left == []


def running_below(folder: Path) -> list[str]:
    """The processes that were told to work in a folder."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if any(str(folder) in word for word in process.cmdline()):
                found.append(process.name())
    return found


@pytest.mark.rule("R31")
def test_a_cancelled_task_leaves_no_process_and_no_file(archive: Archive, program: Program) -> None:
    notes = program(HANGS)
    archive.put(docx())

    async def cancelled() -> None:
        async with open_files(archive.engine, archive.settings, archive.spool) as files:

            async def convert() -> None:
                async with files.ready(in_database(convert=True)):
                    raise AssertionError("it hangs")

            task = asyncio.create_task(convert())
            while not (notes / "leader").exists():
                await asyncio.sleep(0.01)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

    asyncio.run(cancelled())
    assert gone(notes)
    assert list(archive.spool.iterdir()) == []


def test_what_a_finished_conversion_left_running_is_ended(archive: Archive, program: Program) -> None:
    notes = program(STARTS)
    archive.put(docx())
    assert archive.refusal(in_database(convert=True)) == ("CONVERSION_FAILED", True)
    assert gone(notes)


def test_never_more_than_two_run_at_once(archive: Archive, program: Program) -> None:
    notes = program(
        "touch $NOTES/run-$$; ls $NOTES/run-* | wc -l >> $NOTES/counts; sleep 0.2; rm $NOTES/run-$$; exit 1"
    )
    archive.put(docx())

    async def all_at_once() -> None:
        async with open_files(archive.engine, archive.settings, archive.spool) as files:

            async def one() -> None:
                async with files.ready(in_database(convert=True)):
                    pass

            results = await asyncio.gather(*(one() for _ in range(6)), return_exceptions=True)
            assert [str(result) for result in results] == ["CONVERSION_FAILED"] * 6

    asyncio.run(all_at_once())
    counts = [int(line) for line in (notes / "counts").read_text(encoding="utf-8").split()]
    assert (len(counts), max(counts)) == (6, 2)


@pytest.mark.rule("R31")
def test_without_libreoffice_the_original_goes_out_and_one_line_says_so(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    archive.put(docx())

    async def twice() -> None:
        async with open_files(archive.engine, archive.settings, archive.spool) as files:
            for _ in range(2):
                async with files.ready(in_database("Brief.docx", convert=True)) as file:
                    assert (file.name, file.path.read_bytes()) == ("Brief.docx", docx())

    asyncio.run(twice())
    lines = [record.getMessage() for record in caplog.records if record.name.startswith("include")]
    assert len(lines) == 1
    assert "libreoffice-writer-nogui libreoffice-calc-nogui libreoffice-draw-nogui" in lines[0]


@pytest.fixture
def watched() -> Iterator[tuple[str, list[str]]]:
    """A server with a picture, and what was asked of it."""
    asked: list[str] = []

    class Picture(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(png())

        do_OPTIONS = do_HEAD = do_PROPFIND = do_GET

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Picture)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/x.png", asked
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.rule("R31")
@pytest.mark.usefixtures("libreoffice")
def test_a_document_cannot_fetch_anything_into_its_pdf(
    archive: Archive, tmp_path: Path, watched: tuple[str, list[str]]
) -> None:
    (tmp_path / "local.png").write_bytes(png())
    address, asked = watched
    body = "".join(
        '<text:p>Bild<draw:frame text:anchor-type="as-char" svg:width="2cm" svg:height="2cm"><draw:image '
        f'xlink:href="{link}" xlink:type="simple" xlink:show="embed" xlink:actuate="onLoad"/></draw:frame></text:p>'
        for link in (address, (tmp_path / "local.png").as_uri())
    )
    delivery = converted(archive, odt(body), "Brief.odt")
    assert text_of(delivery) == "Bild Bild"
    assert asked == []
    assert len(PdfReader(io.BytesIO(delivery.content)).pages[0].images) == 0
