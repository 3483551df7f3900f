"""What goes with a file of a report: the file itself (O26)."""

import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from sqlalchemy import Engine, select

from include.casavi.client import Portal
from include.casavi.upload import Upload
from include.ixhaus.contract.reports import SP_ANHANG
from include.ixhaus.database import read_snapshot
from include.ixhaus.files import FileError, Files, Source, open_files
from include.sync.deliver import ParcelError
from include.sync.run import Opened
from include.sync.staging import Change, sent_content
from include.vocabulary import ids

_FILE = SP_ANHANG.c.file_id


class ReportFileParcels:
    """Packs files of reports for one session. Use `open_report_parcels`."""

    def __init__(self, engine: Engine, files: Files) -> None:
        self._engine = engine
        self._files = files

    @asynccontextmanager
    async def pack(self, change: Change) -> AsyncGenerator[Upload]:
        """Yield a file of a report; raises ParcelError if it cannot be had.

        The portal gives attachments ids of its own, so the file's name carries ours: it is what a lost answer is looked
        up by.
        """
        content = json.loads(sent_content(change))
        own_id = ids.last_part(change["external_id"])  # a "/" in a file's name would be taken for a folder's
        source = Source(
            self._key_of(change["external_id"]), "ANHANG", None, "ORIGINAL", content["fileName"], convert=False
        )
        try:
            async with self._files.ready(source) as file:
                stem, dot, ending = file.name.rpartition(".")
                name = f"{stem or ending} ({own_id}){dot}{ending if dot else ''}"
                yield Upload(change["external_id"], {"isInternal": "false"}, file.path, name, file.media_type)
        except FileError as error:
            raise ParcelError(error.reason, is_final=error.is_final) from None

    def _key_of(self, external_id: str) -> str:
        """Return the file's key in iX-Haus: on a ticket for another audience its id has additions behind it (E43)."""
        keys = ids.bases(external_id)
        with read_snapshot(self._engine) as connection:
            found = set(connection.execute(select(_FILE).where(_FILE.in_(keys))).scalars())
        return next((key for key in keys if key in found), external_id)


@asynccontextmanager
async def open_report_parcels(run: Opened, _portal: Portal) -> AsyncGenerator[ReportFileParcels]:
    """Make ready to fetch the files of reports."""
    with run.folder.spool("files") as spool:
        async with open_files(run.engine, run.settings, spool) as files:
            yield ReportFileParcels(run.engine, files)
