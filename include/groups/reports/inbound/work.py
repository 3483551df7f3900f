"""What all parts of one reading share, and what it puts into iX-Haus: everything of a ticket in one transaction."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Table
from sqlalchemy.exc import StatementError

from include.groups.reports.inbound.statements import (
    ENTRIES,
    GONE,
    HELD_AFTER_ALL,
    HINT,
    INBOX_VERSION,
    INSERTS,
    PORTAL_COLUMNS,
    Row,
    rows_of,
)
from include.groups.reports.inbound.versions import digest
from include.groups.reports.times import local
from include.ixhaus.contract import YES
from include.ixhaus.contract.own import SP_ABGLEICH, SP_EINGANG
from include.ixhaus.contract.reports import SP_ANHANG
from include.sync import marks, protocol
from include.sync.protocol import Entry
from include.sync.run import Opened
from include.vocabulary.clock import to_utc_column, utc_now
from include.vocabulary.signs import cut
from include.vocabulary.state import Level, Origin, State

CURSOR: Final = "reports.inbound"
LONGEST_TEXT: Final = 30_000
_LONGEST_KEPT: Final = 93
"""Letters of a key that leave room for what is put behind it."""
WHOLE_TEXT: Final = "Vollständiger Text.txt"


@dataclass(frozen=True)
class Work:
    """One reading of a run, and a folder for files on their way."""

    run: Opened
    folder: Path

    @property
    def system(self) -> str:
        """Production or test."""
        return self.run.system

    @property
    def user(self) -> str:
        """The number under which everything is made (R47)."""
        return self.run.settings.report_user or ""


@dataclass
class Writes:
    """What is to be written; nothing is, until `store`."""

    rows: list[tuple[Table, Row]] = field(default_factory=list)
    files: list[tuple[Row, Path | bytes]] = field(default_factory=list)
    """Rows of SP_ANHANG but for their content, and that."""
    reports: list[Row] = field(default_factory=list)
    hints: list[Row] = field(default_factory=list)
    """Of reports of which nothing else changes."""
    inbox_versions: list[Row] = field(default_factory=list)
    gone: list[Row] = field(default_factory=list)
    """Keys of ledger rows whose records staff have removed in the portal by hand."""
    held_after_all: list[Row] = field(default_factory=list)
    """Of records that the ledger only planned to send and the portal has."""
    entries: list[Entry] = field(default_factory=list)
    lacks: list[str] = field(default_factory=list)
    """Why parts of the ticket are set aside."""
    tickets: int = 0
    comments: int = 0
    attachments: int = 0

    def add(self, other: "Writes") -> None:
        """Take over what another one holds."""
        for name, value in vars(other).items():
            setattr(self, name, getattr(self, name) + value)

    def remember(
        self, work: Work, kind: str, portal_id: str, erp_id: str | None, version: str, *, before: Row | None,
        reason: str | None = None,
    ) -> None:  # fmt: skip
        """Note in the inbox which record an event of the portal became (None: none) and how it stood (R58).

        before: the inbox's row, if any
        reason: why it, or something below it, is set aside
        """
        key = {"system": work.system, "record_type": kind, "portal_id": portal_id}
        now = to_utc_column(utc_now())
        since = before["received_at"] if before and reason and before["reason"] else now
        values = {
            "erp_id": erp_id, "version": version, "received_at": since,
            "reason": reason, "tried_at": now if reason else None,
        }  # fmt: skip
        if before is not None:
            self.inbox_versions.append({**{f"k_{name}": value for name, value in key.items()}, **values})
        else:
            self.rows.append((SP_EINGANG, key | values))

    def hold(
        self, work: Work, record_type: str, external_id: str, before: Row | None, *, property_nr: str | None,
        identity: str | None = None, parents: str | None = None, content: str | None = None,
        portal_id: str | None = None,
    ) -> None:  # fmt: skip
        """Note in the ledger that the portal holds a record, unless the ledger knows what became of it.

        before:    the ledger's row, if any
        content:   the hash of what the portal shows, where that is what iX-Haus says; else it is sent again
        portal_id: under which the portal has it, if that may be another id
        """
        if before and before["state"] != State.NEW:
            return
        key = {"system": work.system, "record_type": record_type, "external_id": external_id}
        values = {
            "group": work.run.state.group, "properties": property_nr, "identity": identity, "parents": parents,
            "state": State.PRESENT.value, "hash": content, "acknowledged_at": to_utc_column(utc_now()),
            "portal_id": None if portal_id == external_id else portal_id,
        }  # fmt: skip
        if before:
            self.held_after_all.append({**{f"k_{name}": value for name, value in key.items()}, **values})
        else:
            self.rows.append((SP_ABGLEICH, dict.fromkeys(SP_ABGLEICH.c.keys()) | key | values))

    def remove(self, work: Work, record_type: str, external_id: str) -> None:
        """Note in the ledger that the portal does not hold a record any more, without our doing."""
        key = {"k_system": work.system, "k_record_type": record_type, "k_external_id": external_id}
        values = {"state": State.REMOVED.value, "hash": None, "refused": None, "outcome": "OK"}
        self.gone.append(key | values)

    def warn(self, kind: str, portal_id: str, reason: str, level: Level = Level.WARNING) -> None:
        """Note something that staff should know of an event."""
        self.entries.append(Entry(kind, portal_id[:100], level, reason))


def read_cursor(connection: Connection, system: str) -> str:
    """Return up to when (ISO, UTC) everything was read; "" if nothing was yet."""
    return marks.read(connection, system, CURSOR)


def store(work: Work, writes: Writes, cursor: str | None = None) -> None:
    """Write everything, and the cursor if one is given, in one transaction under the lease.

    Raises LeaseLostError, and database errors without the values that were to be written.
    """
    try:
        with work.run.engine.begin() as connection:
            work.run.lease.confirm(connection)
            _write(connection, writes)
            _add_entries(connection, work, writes.entries)
            if cursor:
                marks.write(connection, work.system, CURSOR, cursor)
    except StatementError as error:
        error.hide_parameters = True  # they are what a tenant wrote
        raise


def _write(connection: Connection, writes: Writes) -> None:
    for table, statement in INSERTS.items():
        if rows := [row for of_table, row in writes.rows if of_table is table]:
            connection.execute(statement, rows)
    for row, content in writes.files:  # one at a time: each may be 100 MB
        held = content if isinstance(content, bytes) else content.read_bytes()
        connection.execute(INSERTS[SP_ANHANG], [row | {"content": held}])
    if writes.reports:
        connection.execute(PORTAL_COLUMNS, writes.reports)
    if writes.hints:
        connection.execute(HINT, writes.hints)
    if writes.inbox_versions:
        connection.execute(INBOX_VERSION, writes.inbox_versions)
    if writes.held_after_all:
        connection.execute(HELD_AFTER_ALL, writes.held_after_all)
    if writes.gone:
        connection.execute(GONE, writes.gone)


def _add_entries(connection: Connection, work: Work, entries: list[Entry]) -> None:
    """Write entries that this run has not written yet: it may come upon the same thing twice."""
    if not entries:
        return
    run = work.run.key
    there = {tuple(row.values()) for row in rows_of(connection, ENTRIES, system=run.system, key=run.name)}
    new = {(entry.record_type, entry.external_id, entry.reason): entry for entry in entries}
    protocol.add_entries(connection, run, [entry for key, entry in new.items() if key not in there], utc_now())


def kept_text(report_nr: str, note_id: str | None, text: str, writes: Writes) -> str:
    """Return a text as iX-Haus keeps it: one that is too long is cut, and goes whole into a file beside it (E50)."""
    if len(text) > LONGEST_TEXT:
        content = text.encode()
        of = note_id or report_nr
        file_id = f"{of if len(of) <= _LONGEST_KEPT else digest(of)}-{'N' if note_id else 'M'}-Text"
        row = file_row(file_id, report_nr, note_id, WHOLE_TEXT, "text/plain", len(content))
        writes.files.append((row, content))
    return cut(text, LONGEST_TEXT)


def file_row(file_id: str, report_nr: str, note_id: str | None, name: str, media_type: str, size: int) -> Row:
    """Return a row of SP_ANHANG but for its content."""
    row: dict[str, Any] = {
        "file_id": file_id, "report_nr": report_nr, "note_id": note_id, "file_name": name, "media_type": media_type,
        "size": size, "is_public": YES, "origin": Origin.PORTAL.value, "changed_at": local(utc_now()),
    }  # fmt: skip
    return row
