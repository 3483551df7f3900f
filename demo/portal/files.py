"""The contents of documents and attachments, beside the objects they belong to, and who has opened them."""

import sqlite3
from typing import Final

from demo.portal.clock import Clock
from demo.portal.schema import iso_time

FILE_TABLES: Final = """
CREATE TABLE IF NOT EXISTS files (internal_id INTEGER PRIMARY KEY, content BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS downloads (
    internal_id INTEGER NOT NULL, contact_id TEXT NOT NULL, downloaded_at INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS by_document ON downloads (internal_id);
"""


class Files:
    """Internal id of an object → the bytes of its file, in the same SQLite file as the objects."""

    def __init__(self, database: sqlite3.Connection, clock: Clock) -> None:
        self._db = database
        self._clock = clock

    def keep(self, internal_id: int, content: bytes | memoryview) -> None:
        """Keep the content in place of any that was there; nobody has opened it yet."""
        self.drop(internal_id)
        self._db.execute("INSERT INTO files VALUES (?, zeroblob(?))", (internal_id, len(content)))
        with self._db.blobopen("files", "content", internal_id) as blob:
            blob.write(content)  # binding it as a value would copy it twice

    def content(self, internal_id: int) -> bytes | None:
        """Return the bytes, None when there are none (any more)."""
        row = self._db.execute("SELECT content FROM files WHERE internal_id = ?", (internal_id,)).fetchone()
        return None if row is None else bytes(row[0])

    def drop(self, internal_id: int) -> None:
        """Forget the content and who has opened it."""
        self._db.execute("DELETE FROM files WHERE internal_id = ?", (internal_id,))
        self._db.execute("DELETE FROM downloads WHERE internal_id = ?", (internal_id,))

    def note_download(self, internal_id: int, contact_id: str) -> None:
        """Remember that this person opened the file now."""
        values = (internal_id, contact_id, self._clock.now())
        self._db.execute("INSERT INTO downloads VALUES (?, ?, ?)", values)

    def downloads(self, internal_id: int) -> list[dict[str, str]]:
        """Return who opened the file when, in the shape of the OpenAPI document."""
        sql = "SELECT contact_id, downloaded_at FROM downloads WHERE internal_id = ? ORDER BY rowid"
        rows = self._db.execute(sql, (internal_id,))
        return [{"contactId": contact_id, "downloadedAt": iso_time(moment)} for contact_id, moment in rows]
