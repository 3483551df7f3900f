"""A report as a conversation: what each side said, in order, and whether the other side can read it (R1, R44, R45).

What came from the portal both sides have. Of ours they share what the portal holds as the ledger knows it; whether a
note is meant for it, its flag says.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final, Literal

from sqlalchemy import Connection, Engine, Select, or_, select

from include.ixhaus.contract.own import SP_EINGANG
from include.ixhaus.contract.reports import SP_ANHANG, SP_BEAUFTRAGUNG, SP_MELDUNG, SP_NOTIZ
from include.ixhaus.database import read_snapshot
from include.ixhaus.rows import named_rows
from include.lookup.ledger import Sent, parts, sent_of
from include.lookup.overview import WATCHED
from include.rules.texts import sendable
from include.vocabulary import ids
from include.vocabulary.clock import from_local_column
from include.vocabulary.state import HELD, Origin

Standing = Literal["both", "internal", "not_there", "still_there"]
MOST: Final = 500
"""So many notes and so many files are read; nobody reads more."""
_REPORT, _NOTE, _FILE, _ORDER = SP_MELDUNG.c, SP_NOTIZ.c, SP_ANHANG.c, SP_BEAUFTRAGUNG.c
_INBOX = SP_EINGANG.c
_LONG_AGO: Final = datetime(1, 1, 1, tzinfo=UTC)
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Filed:
    """A file by its name; `standing` as of what was said."""

    file_id: str
    name: str
    standing: Standing


@dataclass(frozen=True)
class Said:
    """Something that was said about a report.

    record_type: ticket (the report itself) or comment
    key:         number or id in iX-Haus
    at:          zoned; None if iX-Haus does not say
    order:       the number of the order of which it tells; iX-Haus does not keep the text of such a note
    standing:    both: both sides can read it; internal: it stays in iX-Haus; not_there: not internal, but the portal
                 does not have it; still_there: internal by now, and the portal has it still
    crossed_at:  when the portal last took it, of what is ours
    """

    record_type: str
    key: str
    is_ours: bool
    at: datetime | None
    author: str
    text: str
    standing: Standing
    crossed_at: datetime | None = None
    order: str = ""
    files: tuple[Filed, ...] = ()


def conversation(engine: Engine, system: str, number: str, *, with_texts: bool) -> list[Said]:
    """Return what was said about a report, the oldest first.

    with_texts: else texts, authors, and names of firms and files are left empty
    """
    with read_snapshot(engine) as connection:
        said = [
            *_reports(connection, system, number), *_notes(connection, system, number),
            *_orders(connection, system, number),
        ]  # fmt: skip
        filed = _files(connection, system, number, {one.key: one for one in said if one.record_type == "comment"})
    said = [replace(one, files=tuple(filed.get((one.record_type, one.key), ()))) for one in said]
    ordered = sorted(said, key=lambda one: (one.record_type != "ticket", one.at or _LONG_AGO, one.key))
    return ordered if with_texts else [_without_texts(one) for one in ordered]


def report_query(number: str) -> Select[Any]:
    """Return the query for a report itself."""
    return select(_REPORT.report_nr, _REPORT.text, _REPORT.reported_at, _REPORT.origin).where(
        _REPORT.report_nr == number
    )


def notes_query(number: str) -> Select[Any]:
    """Return the query for a report's notes, the newest of very many."""
    columns = (_NOTE.note_id, _NOTE.text, _NOTE.is_public, _NOTE.author, _NOTE.created_at, _NOTE.origin)
    newest = (_NOTE.created_at.desc().nulls_last(), _NOTE.note_id)
    return select(*columns).where(_NOTE.report_nr == number).order_by(*newest).limit(MOST)


def orders_query(number: str) -> Select[Any]:
    """Return the query for a report's orders."""
    return select(_ORDER.order_nr, _ORDER.ordered_at, _ORDER.company).where(_ORDER.report_nr == number)


def files_query(number: str) -> Select[Any]:
    """Return the query for the files of a report and of its notes, without what is in them."""
    notes = select(_NOTE.note_id).where(_NOTE.report_nr == number)
    columns = (_FILE.file_id, _FILE.note_id, _FILE.file_name, _FILE.is_public, _FILE.origin)
    mine = or_(_FILE.report_nr == number, _FILE.note_id.in_(notes))
    return select(*columns).where(mine).order_by(_FILE.file_name, _FILE.file_id).limit(MOST)


def came_back_query(system: str, note_ids: Sequence[str]) -> Select[Any]:
    """Return the query for those of some notes that the inbox knows as comments of the portal."""
    mine = (_INBOX.system == system, _INBOX.record_type == "comment", _INBOX.erp_id.in_(note_ids))
    return select(_INBOX.erp_id).where(*mine)


def _reports(connection: Connection, system: str, number: str) -> Iterable[Said]:
    for row in named_rows(connection, report_query(number)):
        held = [one for kind in WATCHED for one in _held(connection, system, kind, [number])[number]]
        yield _said("ticket", number, row, row["reported_at"], held, is_public=True)


def _notes(connection: Connection, system: str, number: str) -> Iterable[Said]:
    rows = named_rows(connection, notes_query(number))
    keys = [row["note_id"] for row in rows]
    held, came_back = _held(connection, system, "comment", keys), _came_back(connection, system, keys)
    for row in rows:
        key = row["note_id"]
        is_known = key in came_back
        yield _said("comment", key, row, row["created_at"], held[key], is_public=row["is_public"], is_known=is_known)


def _orders(connection: Connection, system: str, number: str) -> Iterable[Said]:
    """Yield the notes on orders that the portal has; the order itself is nothing that was said."""
    rows = {ids.order_note(row["order_nr"]): row for row in named_rows(connection, orders_query(number))}
    for key, held in _held(connection, system, "comment", list(rows)).items():
        if held:
            row = rows[key] | {"text": rows[key]["company"], "author": "", "origin": None}
            said = _said("comment", key, row, row["ordered_at"], held, is_public=True)
            yield replace(said, order=row["order_nr"])


def _files(
    connection: Connection, system: str, number: str, notes: Mapping[str, Said]
) -> dict[tuple[str, str], list[Filed]]:
    rows = named_rows(connection, files_query(number))
    held = _held(connection, system, "attachment", [row["file_id"] for row in rows])
    found: dict[tuple[str, str], list[Filed]] = {}
    for row in rows:
        note = notes.get(row["note_id"] or "")
        is_internal = note is not None and note.standing in ("internal", "still_there")
        is_public = row["is_public"] and not is_internal
        standing = _standing(row, is_public=is_public, is_there=bool(held[row["file_id"]]))
        place = ("comment", note.key) if note else ("ticket", number)
        found.setdefault(place, []).append(Filed(row["file_id"], row["file_name"] or "", standing))
    return found


def _said(
    record_type: str, key: str, row: Row, at: datetime | None, held: Sequence[Sent], *, is_public: bool,
    is_known: bool = False,
) -> Said:  # fmt: skip
    is_ours = row["origin"] != Origin.PORTAL
    return Said(
        record_type, key, is_ours, from_local_column(at), row.get("author") or "",
        sendable(row["text"] or "").strip(), _standing(row, is_public=is_public, is_there=bool(held) or is_known),
        max((one.acknowledged_at for one in held if one.acknowledged_at), default=None) if is_ours else None,
    )  # fmt: skip


def _standing(row: Row, *, is_public: bool, is_there: bool) -> Standing:
    if row["origin"] == Origin.PORTAL:
        return "both" if is_public else "internal"
    if is_public:
        return "both" if is_there else "not_there"
    return "still_there" if is_there else "internal"


def _held(connection: Connection, system: str, record_type: str, keys: Sequence[str]) -> dict[str, list[Sent]]:
    """Return for each key of iX-Haus the ledger's rows of what the portal holds of it."""
    known = sent_of(connection, system, record_type, keys) if keys else {}
    return {key: [one for one in rows if one.state in HELD] for key, rows in known.items()}


def _came_back(connection: Connection, system: str, keys: Sequence[str]) -> set[str]:
    """Return the notes that were taken for ours when they came back from the portal under an id of its own."""
    queries = [came_back_query(system, part) for part in parts(keys)]
    return {erp_id for query in queries for erp_id in connection.execute(query).scalars()}


def _without_texts(said: Said) -> Said:
    return replace(said, author="", text="", files=tuple(replace(one, name="") for one in said.files))
