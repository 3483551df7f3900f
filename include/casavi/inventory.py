"""Everything the portal holds of some record types, page by page into files: what a reconciliation compares with.

Of each record only its id, whom it is for and a digest of what it shows is kept, so that a million contacts fit.
"""

import asyncio
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from include.casavi.answers import read
from include.casavi.client import Portal
from include.casavi.endpoints import LISTS, SINGLE
from include.casavi.listing import ListingError, list_pages, list_records
from include.casavi.shown import digest_of, visible_fields
from include.casavi.verdict import Verdict
from include.settings import Limits

ROW: Final = pa.schema(
    [
        (name, pa.string())
        for name in ("portal_id", "number", "digest", "property_id", "unit_id", "contact_id", "created_at")
    ]
    + [(name, pa.bool_()) for name in ("has_access", "is_gone")]
    + [("parent", pa.string())]
)
"""portal_id:    the record's id in the portal; of attachments the id that our name of the file holds
number:       its internalId there
created_at:   ISO, as the portal writes it
has_access:   of a contact whether it may use the portal; true for all else
is_gone:      it is as a removal leaves it: of tickets those that are closed
parent:       of comments and attachments the id of their ticket
"""
BELOW: Final = {"responsibility": "property", "comment": "ticket", "attachment": "ticket"}
"""Record types that are listed with the records of another one."""
_OWN_NAME: Final = re.compile(r"\(([^()]+)\)(?:\.[^.]*)?$")
_RESPONSIBILITIES: Final = "responsibilities"
Row = dict[str, Any]


class Listed(NamedTuple):
    """One record type as the portal lists it.

    file:    Parquet, rows as ROW
    visible: the fields that the portal shows of such records
    """

    file: Path
    visible: frozenset[str] | None


async def take_inventory(
    portal: Portal, record_types: Iterable[str], folder: Path, limits: Limits
) -> Mapping[str, Listed]:
    """List all records of some types; returns record type → what was listed.

    raises: ListingError if a list could not be read to its end, PortalStopError
    """
    wanted = set(record_types)
    found: dict[str, Listed] = {}
    for record_type in sorted(wanted - BELOW.keys() | {BELOW[one] for one in wanted & BELOW.keys()}):
        below = [one for one, above in BELOW.items() if above == record_type and one in wanted]
        found |= await _Lists(portal, record_type, below, folder, limits).read()
    return {record_type: found[record_type] for record_type in wanted}


async def is_there(portal: Portal, record_type: str, portal_id: str) -> bool | None:
    """Ask for one record by its id; None if such records cannot be asked for, or the portal does not say."""
    if record_type not in SINGLE:
        return None
    answer = await portal.call(SINGLE[record_type], portal_id)
    return {Verdict.DONE: True, Verdict.MISSING: False}.get(answer.verdict)


async def number_of(portal: Portal, record_type: str, portal_id: str) -> str | None:
    """Return the portal's own number of a record: no two accounts give the same to one id; None if it is not there, or
    the portal does not say.
    """
    answer = await portal.call(SINGLE[record_type], portal_id)
    return _id(read(answer.content).get("internalId")) if answer.verdict is Verdict.DONE else None


async def first_ids(portal: Portal, record_type: str) -> list[str]:
    """Return the ids on the first page of a list: [] for an empty portal; raises as `list_pages` does."""
    async for page in list_pages(portal, LISTS[record_type]):
        return [record["id"] for record in page.records]
    return []


class _Lists:
    """The list of one record type, and of what is listed with it."""

    def __init__(self, portal: Portal, record_type: str, below: list[str], folder: Path, limits: Limits) -> None:
        self._portal, self._type, self._below, self._limits = portal, record_type, below, limits
        self._files = {name: folder / f"{name}.parquet" for name in (record_type, *below)}
        self._visible: frozenset[str] | None = None

    async def read(self) -> dict[str, Listed]:
        writers = {name: pq.ParquetWriter(file, ROW, compression="lz4") for name, file in self._files.items()}
        try:
            async for page in list_pages(self._portal, LISTS[self._type], longest_pause=self._limits.max_wait_seconds):
                if page.strays:
                    raise ListingError(f"{LISTS[self._type].path}: a page holds something that is no record")
                records = [_known_by(self._type, record) for record in page.records]
                self._visible = self._visible or visible_fields(records) or None
                for name, rows in (await self._rows_of(records)).items():
                    writers[name].write_table(pa.Table.from_pylist(rows, schema=ROW))
        finally:
            for writer in writers.values():
                writer.close()
        return {name: Listed(file, self._visible if name == self._type else None) for name, file in self._files.items()}

    async def _rows_of(self, records: list[Row]) -> dict[str, list[Row]]:
        rows = {name: list[Row]() for name in self._files}
        rows[self._type] = [_row(self._type, record, self._visible) for record in records if record["id"]]
        if "responsibility" in self._below:
            rows["responsibility"] = [one for record in records if (one := _responsibilities(record))]
        if "attachment" in self._below:
            rows["attachment"] = [one for record in records for one in _attachments(record, record["id"])]
        if "comment" in self._below:
            for ticket_id, comments in await self._comments(records):
                rows["comment"] += [_row("comment", one, None) | {"parent": ticket_id} for one in comments]
                if "attachment" in self._below:
                    rows["attachment"] += [one for comment in comments for one in _attachments(comment, ticket_id)]
        return rows

    async def _comments(self, tickets: list[Row]) -> list[tuple[str, list[Row]]]:
        at_once = asyncio.Semaphore(self._limits.parallel_requests)

        async def of(ticket_id: str) -> tuple[str, list[Row]]:
            async with at_once:
                pause = self._limits.max_wait_seconds
                return ticket_id, [
                    one async for one in list_records(self._portal, LISTS["comment"], ticket_id, longest_pause=pause)
                ]

        try:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(of(ticket["id"])) for ticket in tickets if ticket["id"]]
        except ExceptionGroup as several:
            raise several.exceptions[0] from None
        return [task.result() for task in tasks]


def _known_by(record_type: str, record: Row) -> Row:
    """Return a record with the id it is known by: a ticket that was made in the portal may have none but its number."""
    if record["id"] or record_type != "ticket" or record.get("internalId") is None:
        return record
    return record | {"id": str(record["internalId"])}


def _row(record_type: str, record: Row, visible: frozenset[str] | None) -> Row:
    return {
        "portal_id": record["id"],
        "number": _id(record.get("internalId")),
        "digest": digest_of(record_type, record, visible),
        "property_id": _id(record.get("propertyId")),
        "unit_id": _id(record.get("unitId")),
        "contact_id": _id(record.get("contactId")),
        "created_at": str(record.get("createdAt") or "") or None,
        "has_access": record.get("portalUser") is not False,
        "is_gone": record_type == "ticket" and record.get("status") == "CLOSED",
        "parent": None,
    }


def _id(value: object) -> str | None:
    return None if value in (None, "") else str(value)


def _responsibilities(record: Row) -> Row | None:
    """Return what a property shows of those who look after it but for the portal's own staff; None for nobody."""
    shown = record.get(_RESPONSIBILITIES)
    everybody = shown if isinstance(shown, list) else []
    ours = [one for one in everybody if isinstance(one, dict) and one.get("roleType") != "internal"]
    if not ours or not record["id"]:
        return None
    return _row("property", record, None) | {"digest": digest_of("responsibility", ours), "is_gone": False}


def _attachments(record: Row, ticket_id: str) -> list[Row]:
    """Return the files that bear our name: the portal gives them ids of its own."""
    shown = record.get("attachments")
    names = (
        [str(one.get("fileName") or "") for one in shown if isinstance(one, dict)] if isinstance(shown, list) else []
    )
    found = [match[1] for name in names if (match := _OWN_NAME.search(name))]
    row = dict.fromkeys(ROW.names)
    return [row | {"portal_id": one, "parent": ticket_id, "has_access": True, "is_gone": False} for one in found]
