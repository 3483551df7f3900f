"""What goes with a document: its file, from wherever it lies, and its folder in the portal (O17, R28, R31)."""

import json
import logging
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final

from include.casavi.client import Portal
from include.casavi.endpoints import LISTS
from include.casavi.listing import list_records
from include.casavi.payloads.documents import TOLD
from include.casavi.upload import Upload
from include.ixhaus.files import FileError, Files, ReadyFile, Source, open_files
from include.sync import protocol
from include.sync.deliver import ParcelError
from include.sync.protocol import Entry
from include.sync.run import Opened
from include.sync.staging import Change, sent_content
from include.vocabulary.clock import utc_now
from include.vocabulary.state import Level

log = logging.getLogger(__name__)
FOLDER: Final = "document_type"


class DocumentParcels:
    """Packs documents for one session. Use `open_document_parcels`."""

    def __init__(self, files: Files, folders: Mapping[str, str], default_folder: str | None) -> None:
        self._files = files
        self._folders = folders
        self._default = default_folder
        self.unknown: set[str] = set()
        """Document types for which the portal has no folder."""

    @asynccontextmanager
    async def pack(self, change: Change) -> AsyncGenerator[Upload]:
        """Yield a document with its file; raises ParcelError if the file cannot be had."""
        content = json.loads(sent_content(change))
        source = Source(
            document_id=content["id"],
            storage=content["storage"],
            path=content["path"],
            rendition=content["rendition"],
            name=content["fileName"],
            convert=content["convert"],
        )
        try:
            async with self._files.ready(source) as file:
                yield self._upload(content, file)
        except FileError as error:
            raise ParcelError(error.reason, is_final=error.is_final) from None

    def _upload(self, content: Mapping[str, Any], file: ReadyFile) -> Upload:
        fields = {name: str(content[name]) for name in TOLD if content[name] is not None}
        folder = self.folder_of(content["documentType"])
        if folder is not None:
            fields["documentTypeId"] = folder
        return Upload(content["id"], fields, file.path, file.name, file.media_type)

    def folder_of(self, document_type: str) -> str | None:
        """Return the id of the portal's folder for a document type: the one of the same name, else the default one."""
        if document_type in self._folders:
            return self._folders[document_type]
        self.unknown.add(document_type)
        return self._folders.get(self._default) if self._default else None


@asynccontextmanager
async def open_document_parcels(run: Opened, portal: Portal) -> AsyncGenerator[DocumentParcels]:
    """Read the portal's folders and make ready to fetch files; at the end, name in the protocol the document types
    for which there is no folder. Raises ListingError if the folders cannot be read.
    """
    records = list_records(portal, LISTS["document_type"], longest_pause=run.settings.limits.max_wait_seconds)
    folders = {str(record.get("name")): record["id"] async for record in records if record["id"]}
    with run.folder.spool("files") as spool:
        async with open_files(run.engine, run.settings, spool) as files:
            parcels = DocumentParcels(files, folders, run.settings.default_folder)
            try:
                yield parcels
            finally:
                entries = [Entry(FOLDER, name, Level.WARNING, "FOLDER_UNKNOWN") for name in sorted(parcels.unknown)]
                protocol.add_once(run.engine, run.key, entries, utc_now())
