"""From a source to a file that is ready: fetched, measured, looked into, converted where asked, named."""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncGenerator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from errno import EDQUOT, ENOSPC
from functools import partial
from pathlib import Path
from typing import Final, Self

from sqlalchemy import Engine, Table

from include.ixhaus.contract.documents import SP_DOKUMENT_INHALT
from include.ixhaus.contract.reports import SP_ANHANG
from include.ixhaus.files.blob import copy_blob
from include.ixhaus.files.convert import Converter
from include.ixhaus.files.docuware import DocuWare
from include.ixhaus.files.folder import Folder
from include.ixhaus.files.kind import media_type_of
from include.ixhaus.files.media import PDF
from include.ixhaus.files.names import safe_name
from include.ixhaus.files.source import FileError, ReadyFile, Source
from include.settings import SystemSettings

CONTENTS_AT_ONCE: Final = 2
"""Contents read out of the database at the same time, each over a connection of the run's engine."""


class Files:
    """The contents of one system's documents, for many tasks of one event loop. Use `open_files`."""

    def __init__(self, engine: Engine, settings: SystemSettings, spool: Path) -> None:
        self._engine = engine
        self._spool = spool
        self._max_bytes = settings.limits.max_file_mb * 2**20
        self._folder = Folder(settings.documents_connection)
        self._docuware = DocuWare(settings.docuware_connection, settings.limits)
        self._converter = Converter(settings.limits.conversion_timeout_seconds)
        self._readers = ThreadPoolExecutor(CONTENTS_AT_ONCE, "contents")

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """End the session with DocuWare, if there was one, and the threads that read contents."""
        self._readers.shutdown(wait=False, cancel_futures=True)
        await self._docuware.close()

    @asynccontextmanager
    async def ready(self, source: Source) -> AsyncGenerator[ReadyFile]:
        """Yield a document's file; what was written for it is removed at the end.

        A file of the document folder is yielded where it lies, unless converted: whoever reads it sees later changes.
        Raises FileError when the content cannot be had.
        """
        with _private_folder(self._spool) as folder:
            yield await self._prepared(source, folder)

    async def _prepared(self, source: Source, folder: Path) -> ReadyFile:
        try:
            path = await self._fetched(source, folder)
            media_type = await self._checked(path)
            converted = await self._converter.to_pdf(path, media_type, folder) if source.convert else None
            if converted:
                path, media_type = converted, await self._checked(converted)
                if media_type != PDF:
                    raise FileError("CONVERSION_FAILED", True)
            return ReadyFile(path, safe_name(source.name, media_type), media_type, path.stat().st_size)
        except OSError as error:
            raise _fault(error) from None

    async def _fetched(self, source: Source, folder: Path) -> Path:
        if source.storage == "DATEI":
            return await asyncio.to_thread(self._folder.find, source.path)
        path = folder / "content"
        with path.open("xb") as file:  # a thread left behind by a cancelled task finds it closed and ends
            if source.storage in ("DATENBANK", "ANHANG"):
                copy = partial(copy_blob, self._engine, *_row_of(source), file, self._max_bytes)
                await asyncio.get_running_loop().run_in_executor(self._readers, copy)
            elif source.storage == "DOCUWARE":
                await self._docuware.download(source.path, source.rendition, file, self._max_bytes)
            else:
                raise FileError("UNKNOWN_STORAGE", True)
        return path

    async def _checked(self, path: Path) -> str:
        """Return the true media type of a file whose size is allowed (R28)."""
        size = path.stat().st_size
        if size == 0:
            raise FileError("FILE_EMPTY", True)
        if size > self._max_bytes:
            raise FileError("FILE_TOO_LARGE", True)
        return await asyncio.to_thread(media_type_of, path)


def _row_of(source: Source) -> tuple[Table, dict[str, str]]:
    if source.storage == "ANHANG":
        return SP_ANHANG, {"file_id": source.document_id}
    return SP_DOKUMENT_INHALT, {"document_id": source.document_id, "rendition": source.rendition}


@contextmanager
def _private_folder(spool: Path) -> Iterator[Path]:
    try:
        folder = Path(tempfile.mkdtemp(prefix="file-", dir=spool))  # readable by the owner only
    except OSError as error:
        raise _fault(error) from None
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _fault(error: OSError) -> FileError:
    """Return what to raise instead, as the error's own message may hold a path."""
    return FileError("NO_SPACE" if error.errno in (ENOSPC, EDQUOT) else "FILE_UNREADABLE", False)


@asynccontextmanager
async def open_files(engine: Engine, settings: SystemSettings, spool: Path) -> AsyncGenerator[Files]:
    """Open the contents of a system's documents; `spool` is an existing private folder. Closes DocuWare's session."""
    async with Files(engine, settings, spool) as files:
        yield files
