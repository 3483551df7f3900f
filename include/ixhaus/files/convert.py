"""Office documents and images to PDF (R31), with LibreOffice where it is installed."""

import asyncio
import logging
import shutil
from codecs import getincrementaldecoder
from pathlib import Path
from typing import BinaryIO, Final

from include.ixhaus.files import media
from include.ixhaus.files.kind import HEAD, text_encoding
from include.ixhaus.files.office import FILTERS, command, write_profile
from include.ixhaus.files.pages import has_more_pages
from include.ixhaus.files.program import run_program
from include.ixhaus.files.source import PIECE, FileError

log = logging.getLogger(__name__)

AT_ONCE: Final = 2
PACKAGES: Final = "libreoffice-writer-nogui libreoffice-calc-nogui libreoffice-draw-nogui"


class Converter:
    """LibreOffice, at most two at once, each with a profile of its own and killed at the time limit."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._turn = asyncio.Semaphore(AT_ONCE)
        self._has_warned = False

    async def to_pdf(self, path: Path, media_type: str, folder: Path) -> Path | None:
        """Return a new file in the private `folder`, or None where the content is to go out as it is: no office
        document or image, an image of several pages (LibreOffice takes the first only), or no LibreOffice here.

        Raises FileError: CONVERSION_FAILED, CONVERSION_TIMEOUT.
        """
        if media_type not in FILTERS or (media_type == media.TIFF and await asyncio.to_thread(has_more_pages, path)):
            return None
        program = shutil.which("soffice")
        if program is None:
            self._warn_once()
            return None
        async with self._turn:
            return await self._convert(program, path, media_type, folder)

    async def _convert(self, program: str, path: Path, media_type: str, folder: Path) -> Path:
        given = folder / f"given.{media.ENDINGS[media_type][0]}"  # a copy: LibreOffice leaves lock files beside it
        with given.open("xb") as file:  # opened here, so that a thread left behind by a cancelled task cannot make it
            await asyncio.to_thread(_copy_text if media_type == media.TEXT else _copy, path, file)
        profile = folder / "profile"
        write_profile(profile)
        try:
            await run_program(command(program, given, media_type, folder), folder, self._seconds)
        except TimeoutError:
            raise FileError("CONVERSION_TIMEOUT", False) from None
        shutil.rmtree(profile, ignore_errors=True)
        given.unlink(missing_ok=True)
        result = folder / "given.pdf"
        if not result.is_file():
            raise FileError("CONVERSION_FAILED", True)
        return result

    def _warn_once(self) -> None:
        if not self._has_warned:
            log.warning("LibreOffice is missing, so documents go out unconverted; install the packages %s", PACKAGES)
        self._has_warned = True


def _copy(path: Path, file: BinaryIO) -> None:
    with path.open("rb") as given:
        shutil.copyfileobj(given, file, PIECE)


def _copy_text(path: Path, file: BinaryIO) -> None:
    """Copy a text and make UTF-8 of it: LibreOffice cannot tell."""
    with path.open("rb") as given:
        encoding = text_encoding(given.read(HEAD)) or "cp1252"
        given.seek(0)
        decoder = getincrementaldecoder(encoding)("replace")
        while piece := given.read(PIECE):
            file.write(decoder.decode(piece).encode())
        file.write(decoder.decode(b"", final=True).encode())
