"""A record that carries a file: sent as multipart, streamed from disk, with a line in the log now and then."""

import io
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Final

import aiohttp

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
        """Return a body for one attempt; it reads the file as the connection takes it, and closes it at the end."""
        form = aiohttp.MultipartWriter("form-data")
        for name, text in self.fields.items():
            form.append(text, {"Content-Type": "text/plain; charset=utf-8"}).set_content_disposition(
                "form-data", name=name
            )
        part = form.append(_Watched(self.path, self.external_id), {"Content-Type": self.media_type})
        part.set_content_disposition("form-data", quote_fields=False, name="file", filename=self.name)
        return form


class _Watched(io.BufferedReader):
    """A file that tells from time to time how much of it has been read."""

    def __init__(self, path: Path, external_id: str) -> None:
        super().__init__(io.FileIO(path), _MB)
        self._external_id = external_id
        self._size = path.stat().st_size
        self._told_at = monotonic()

    def read(self, size: int | None = -1, /) -> bytes:
        """Read as any file does."""
        if monotonic() - self._told_at > TELL_EVERY:
            self._told_at = monotonic()
            log.info("document %s: %d of %d MB sent", self._external_id, self.tell() // _MB, self._size // _MB)
        return super().read(size)
