"""A record that carries a file: sent as multipart, streamed from disk, with a line in the log now and then."""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any, Final

import aiohttp
from aiohttp.abc import AbstractStreamWriter

log = logging.getLogger(__name__)
TELL_EVERY: Final = 10.0
"""Seconds between two lines about one upload."""
_MB: Final = 1 << 20


@dataclass(frozen=True)
class Upload:
    """The fields of a record and the file that goes with it; names are those of the portal's API."""

    external_id: str
    fields: Mapping[str, str]
    path: Path
    name: str
    media_type: str

    def form(self) -> aiohttp.MultipartWriter:
        """Return a body for one attempt; it reads the file as the connection takes it."""
        form = aiohttp.MultipartWriter("form-data")
        for name, text in self.fields.items():
            form.append(text).set_content_disposition("form-data", name=name)
        file = _File(self.path, self.external_id, self.media_type)
        form.append_payload(file)
        # not percent-encoded: that is how browsers send umlauts, and what portals read
        file.set_content_disposition("form-data", quote_fields=False, name="file", filename=self.name)
        return form


class _File(aiohttp.Payload):
    """A file as part of a form, read a megabyte at a time: aiohttp's own payload takes 64 kB, each by way of a thread,
    and three times as long (measured).
    """

    def __init__(self, path: Path, external_id: str, media_type: str) -> None:
        super().__init__(path, content_type=media_type)
        self._path = path
        self._external_id = external_id
        self._length = path.stat().st_size

    @property
    def size(self) -> int:
        """The number of bytes that will be sent."""
        return self._length

    def decode(self, encoding: str = "utf-8", errors: str = "strict") -> str:
        """Refuse: a file is never wanted as text."""
        raise TypeError("a file is sent, not read")

    async def write(self, writer: AbstractStreamWriter) -> None:
        """Send exactly as many bytes as were announced; a file that became shorter meanwhile ends the connection."""
        told_at, left = monotonic(), self._length
        with self._path.open("rb") as file:
            while left:
                piece: Any = await asyncio.to_thread(file.read, min(_MB, left))
                if not piece:
                    raise OSError("the file became shorter while it was sent")
                await writer.write(piece)
                left -= len(piece)
                if monotonic() - told_at > TELL_EVERY:
                    told_at = monotonic()
                    done = self._length - left
                    log.info("%s: %d of %d MB sent", self._external_id, done // _MB, self._length // _MB)
