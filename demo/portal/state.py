"""What the sandbox remembers, in one SQLite file: objects with their history in numbers, and login tokens."""

import json
import re
import sqlite3
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from demo.portal.clock import Clock
from demo.portal.files import FILE_TABLES, Files
from demo.portal.snapshots import Snapshots

Body = dict[str, Any]

LINKS: Final[dict[str, str]] = {"propertyId": "property_id", "unitId": "unit_id", "contactId": "contact_id"}
"""Payload field → indexed column, for what is looked up from the other end."""

TABLES: Final = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = OFF;
CREATE TABLE IF NOT EXISTS objects (
    internal_id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, id TEXT NOT NULL, archived INTEGER NOT NULL,
    revision INTEGER NOT NULL, created_at INTEGER NOT NULL, modified_at INTEGER NOT NULL,
    label TEXT NOT NULL, body TEXT NOT NULL, sent TEXT NOT NULL, property_id TEXT, unit_id TEXT, contact_id TEXT);
CREATE INDEX IF NOT EXISTS by_id ON objects (kind, id);
CREATE INDEX IF NOT EXISTS by_page ON objects (kind, archived, internal_id);
CREATE INDEX IF NOT EXISTS by_property ON objects (property_id, kind);
CREATE INDEX IF NOT EXISTS by_unit ON objects (unit_id, kind);
CREATE INDEX IF NOT EXISTS by_contact ON objects (contact_id, kind);
CREATE INDEX IF NOT EXISTS by_ticket ON objects (
    json_extract(body, '$.ticketInternalId'), kind, archived, internal_id);
CREATE TABLE IF NOT EXISTS tokens (token TEXT PRIMARY KEY, expires_at REAL NOT NULL);
PRAGMA user_version = 1;
"""
INTERNAL_ID: Final = re.compile(r"\d{1,18}", re.ASCII)
"""An internal id as text: SQLite's integers end somewhere."""
COLUMNS: Final = "internal_id, kind, id, archived, revision, created_at, modified_at, label, body, sent"


@dataclass(frozen=True, slots=True)
class Stored:
    """One object: `body` as the portal holds it, `sent` as the last write came in; times in ms since 1970 UTC."""

    internal_id: int
    kind: str
    id: str
    archived: bool
    revision: int
    created_at: int
    modified_at: int
    label: str
    body: Body
    sent: Any


def _stored(row: tuple[Any, ...]) -> Stored:
    *plain, label, body, sent = row
    internal_id, kind, external_id, archived, revision, created_at, modified_at = plain
    times = revision, created_at, modified_at
    return Stored(internal_id, kind, external_id, bool(archived), *times, label, json.loads(body), json.loads(sent))


class Store:
    """All access to the SQLite file; used from the event loop's thread only, so one connection is enough."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(path, isolation_level=None)
        self.is_new = self._db.execute("PRAGMA user_version").fetchone() == (0,)
        """Whether this file holds a state for the first time."""
        self._db.executescript(TABLES + FILE_TABLES)
        self.clock = Clock()
        self.files = Files(self._db, self.clock)
        self.snapshots = Snapshots(self._db)

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def clear(self) -> None:
        """Forget every object, token and snapshot, and count internal ids from 1 again."""
        self.snapshots.clear()
        tables = ("objects", "tokens", "files", "downloads", "sqlite_sequence")
        self._db.executescript(" ".join(f"DELETE FROM {table};" for table in tables))  # noqa: S608 - own constants

    @contextmanager
    def together(self) -> Iterator[None]:
        """Let all writes inside happen, or none."""
        with self._db:
            self._db.execute("BEGIN")
            yield

    def _select(self, condition: str, values: Sequence[object]) -> list[Stored]:
        rows = self._db.execute(f"SELECT {COLUMNS} FROM objects WHERE {condition}", values)  # noqa: S608 - own constants
        return [_stored(row) for row in rows]

    def find(self, kind: str, external_id: str) -> Stored | None:
        """Return the object under an external id: the oldest living one, else the newest archived one."""
        if external_id == "":  # what those have that have none
            return None
        newest = "internal_id * (1 - 2 * archived)"
        # the plus keeps SQLite from the index of pages, which would lead it through all of the kind
        found = self._select(f"kind = ? AND id = ? ORDER BY +archived, {newest} LIMIT 1", (kind, external_id))
        return found[0] if found else None

    def live(self, kind: str, external_id: str) -> Stored | None:
        """Return the object under an external id unless it is archived."""
        found = self.find(kind, external_id)
        return None if found is None or found.archived else found

    def named(self, kind: str, name: str) -> Stored | None:
        """Return the living object under an external id, or else under its internal id if it has no other."""
        found = self.live(kind, name)
        if found is None and INTERNAL_ID.fullmatch(name):
            numbered = self.numbered(kind, int(name))
            found = numbered if numbered and not numbered.id else None
        return found

    def linked(self, kind: str, field: str, external_id: str) -> list[Stored]:
        """Return the living objects of a kind whose `field` names the external id."""
        return self._select(
            f"{LINKS[field]} = ? AND kind = ? AND archived = 0 ORDER BY internal_id", (external_id, kind)
        )

    def of_ticket(self, kind: str, number: int, *, offset: int = 0, limit: int = -1) -> list[Stored]:
        """Return the living comments or attachments of the ticket with that internal id in the order of their making.

        Their external ids are not unique, and neither need be the ticket's.
        """
        return self.page(kind, [("json_extract(body, '$.ticketInternalId') = ?", number)], offset=offset, limit=limit)

    def page(
        self,
        kind: str,
        conditions: Iterable[tuple[str, object]],
        *,
        offset: int = 0,
        limit: int = -1,
        order: str = "internal_id",
    ) -> list[Stored]:
        """Return living objects that fulfil all (SQL condition, value) pairs; a limit of -1 is none."""
        pairs = list(conditions)
        sql = " AND ".join(["kind = ?", "archived = 0", *(condition for condition, _ in pairs)])
        values = [kind, *(value for _, value in pairs), limit, offset]
        return self._select(f"{sql} ORDER BY {order} LIMIT ? OFFSET ?", values)

    def numbered(self, kind: str, number: int) -> Stored | None:
        """Return the living object of a kind under an internal id."""
        found = self._select("internal_id = ? AND kind = ? AND archived = 0", (number, kind))
        return found[0] if found else None

    def everything(self, kind: str) -> list[Stored]:
        """Return all objects of a kind, archived ones included."""
        return self._select("kind = ? ORDER BY internal_id", (kind,))

    def search(self, kind: str, text: str, limit: int) -> list[Stored]:
        """Return living objects whose id or label contains the text, capitals or not."""
        values = (kind, text.casefold(), text.casefold(), limit)
        return self._select(
            "kind = ? AND archived = 0 AND (instr(lower(id), ?) OR instr(label, ?)) ORDER BY id LIMIT ?", values
        )

    def insert(self, kind: str, external_id: str, body: Body, sent: object, label: str) -> Stored:
        """Make a new object, whatever else has that external id; "" is none."""
        now = self.clock.now()
        values = [kind, external_id, now, now, label.casefold(), _json(body), _json(sent), *_links(body)]
        cursor = self._db.execute(
            "INSERT INTO objects (kind, id, archived, revision, created_at, modified_at, label, body, sent,"
            " property_id, unit_id, contact_id) VALUES (?, ?, 0, 1, ?, ?, ?, ?, ?, ?, ?, ?)",
            values,
        )
        return self._select("internal_id = ?", (cursor.lastrowid,))[0]

    def update(self, stored: Stored, body: Body, sent: object, label: str, *, archived: bool = False) -> Stored:
        """Write a new revision of an object; by default it is a living one from then on."""
        number, texts = stored.internal_id, (label.casefold(), _json(body), _json(sent))
        values = [archived, self.clock.now(), *texts, *_links(body), number]
        self._db.execute(
            "UPDATE objects SET archived = ?, revision = revision + 1, modified_at = ?, label = ?, body = ?, sent = ?,"
            " property_id = ?, unit_id = ?, contact_id = ? WHERE internal_id = ?",
            values,
        )
        return self._select("internal_id = ?", (stored.internal_id,))[0]

    def touch(self, number: int) -> None:
        """Change nothing of the object under an internal id but the time of its last change."""
        self._db.execute("UPDATE objects SET modified_at = ? WHERE internal_id = ?", (self.clock.now(), number))

    def forget(self, kind: str) -> None:
        """Remove all objects of a kind as if they had never been."""
        self._db.execute("DELETE FROM objects WHERE kind = ?", (kind,))

    def forget_one(self, stored: Stored) -> None:
        """Remove an object and its file as if they had never been."""
        self._db.execute("DELETE FROM objects WHERE internal_id = ?", (stored.internal_id,))
        self.files.drop(stored.internal_id)

    def counts(self) -> dict[str, dict[str, int]]:
        """Return kind → number of living and archived objects, and of external ids that several living ones have."""
        rows = self._db.execute(
            "SELECT kind, sum(live), sum(archived), sum(live > 1) FROM (SELECT kind, sum(1 - archived) AS live,"
            " sum(archived) AS archived FROM objects GROUP BY kind, iif(id = '', internal_id, id)) GROUP BY kind"
        )
        return {kind: {"live": live, "archived": gone, "duplicates": double} for kind, live, gone, double in rows}

    def add_token(self, token: str, expires_at: float) -> None:
        """Remember a token until that time (seconds since 1970)."""
        self._db.execute("INSERT INTO tokens VALUES (?, ?)", (token, expires_at))

    def knows_token(self, token: str) -> bool:
        """Whether the token was given out and has not expired."""
        rows = self._db.execute("SELECT 1 FROM tokens WHERE token = ? AND expires_at > ?", (token, time.time()))
        return rows.fetchone() is not None

    def drop_tokens(self) -> None:
        """Make every token unknown."""
        self._db.execute("DELETE FROM tokens")


def _json(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))


def _links(body: Body) -> list[object]:
    return [body.get(field) for field in LINKS]
