"""Files on tickets and their comments (O26, E51): from the portal alone, bounded, typed by their content."""

import re
from collections.abc import Iterable, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final, NamedTuple
from uuid import uuid4

from include.casavi.client import FOREIGN_HOST, NO_FILE, TOO_LARGE, Answer, Portal
from include.casavi.listing import ATTEMPTS, ListingError
from include.casavi.verdict import Verdict
from include.groups.reports.inbound.own_files import Files, link_file, look_up_files, same_of_ours
from include.groups.reports.inbound.report import Report
from include.groups.reports.inbound.statements import INBOX, by_ids
from include.groups.reports.inbound.tickets import Ticket
from include.groups.reports.inbound.work import Work, Writes, file_row
from include.ixhaus.database import read_snapshot
from include.ixhaus.files.kind import media_type_of
from include.ixhaus.files.names import safe_name
from include.ixhaus.files.program import run_program
from include.ixhaus.files.source import FileError
from include.vocabulary import ids

_REASONS: Final = {
    FOREIGN_HOST: "ATTACHMENT_FOREIGN", NO_FILE: "ATTACHMENT_ELSEWHERE", TOO_LARGE: "ATTACHMENT_TOO_LARGE",
}  # fmt: skip
_UNKNOWN: Final = "application/octet-stream"
_MEDIA_TYPE: Final = re.compile(r"[\w.+-]{1,49}/[\w.+-]{1,50}", re.ASCII)
_CLEAN: Final = 0
_INFECTED: Final = 1
Attachment = dict[str, Any]


def listed(record: dict[str, Any]) -> list[Attachment]:
    """Return the attachments of a ticket or comment."""
    found = record.get("attachments")
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


async def import_attachments(
    work: Work, portal: Portal, ticket: Ticket, report: Report, found: Iterable[tuple[str | None, Attachment]],
    writes: Writes,
) -> None:  # fmt: skip
    """Fetch and write those attachments that were never looked at before; what cannot be taken is named, once.

    found:  note (None: the report itself) and attachment, as the portal shows it
    raises: ListingError if the portal or the virus scanner is disturbed, so that all of the ticket is read again later;
            PortalStopError
    """
    attachments = {_key(one): (note_id, one) for note_id, one in found if one.get("isInternal", False) is False}
    with read_snapshot(work.run.engine) as connection:
        seen = by_ids(connection, INBOX, attachments, system=work.system, kind="attachment")
        files = look_up_files(connection, work, ticket, report)
    ours: dict[str, int | None] = {row["erp_id"]: None for row in seen.values() if row["erp_id"] in files.own}
    for key, (note_id, attachment) in attachments.items():
        if key not in seen:
            taken = await _take(work, portal, report, files, note_id, key, attachment, writes)
            writes.remember(work, "attachment", key, taken.file_id, "", is_known=False)
            if taken.file_id in files.own:
                ours.setdefault(taken.file_id, taken.size)
            if taken.reason:
                writes.warn("attachment", key, taken.reason)
                report.hints.append(taken.reason)
                report.changes.append("NEUER_ANHANG")
    for file_id, size in ours.items():
        link_file(work, ticket, report, files, file_id, size, writes)


class _Taken(NamedTuple):
    """The id of an attachment's file in iX-Haus, or why it has none, and its size in the portal where that was seen."""

    file_id: str | None
    reason: str = ""
    size: int | None = None


async def _take(
    work: Work, portal: Portal, report: Report, files: Files, note_id: str | None, key: str, attachment: Attachment,
    writes: Writes,
) -> _Taken:  # fmt: skip
    if ids.imported(key) in files.from_portal:  # the inbox has forgotten it
        return _Taken(ids.imported(key))
    path = work.folder / uuid4().hex
    answer = await _fetch(portal, str(attachment.get("url") or ""), work.run.settings.limits.max_file_mb << 20, path)
    if answer.verdict is not Verdict.DONE:
        return _Taken(None, _REASONS.get(answer.reason, "ATTACHMENT_MISSING"))
    size, name = path.stat().st_size, str(attachment.get("fileName") or "")
    if own := same_of_ours(work.run.engine, files, path, name):
        return _Taken(own, size=size)
    if await is_infected(work.run.settings.scan_command, path, work.run.settings.limits.upload_timeout_seconds):
        return _Taken(None, "ATTACHMENT_INFECTED")
    try:
        true_type = media_type_of(path)
    except FileError as error:
        return _Taken(None, error.reason)
    declared = str(attachment.get("mimeType") or "")
    media_type = declared if true_type == _UNKNOWN and _MEDIA_TYPE.fullmatch(declared) else true_type
    row = file_row(ids.imported(key), report.number, note_id, safe_name(name, true_type), media_type, size)
    writes.files.append((row, path))
    writes.attachments += 1
    report.changes.append("NEUER_ANHANG")
    return _Taken(ids.imported(key))


async def _fetch(portal: Portal, address: str, limit: int, path: Path) -> Answer:
    with path.open("wb") as file:
        for attempt in range(1, ATTEMPTS + 1):
            answer = await portal.fetch(address, limit, file)
            if answer.verdict not in (Verdict.WAIT, Verdict.FAULT):
                return answer
            if not answer.pause:  # else the session's pace keeps it
                await portal.pace.rest(attempt)
    raise ListingError(f"an attachment could not be read ({answer.reason or answer.status})")


def _key(attachment: Attachment) -> str:
    """Return the portal's id; where that is none or too long, something as lasting."""
    external_id = str(attachment.get("id") or "")
    if 0 < len(external_id) <= 90:
        return external_id
    return blake2b((external_id or str(attachment.get("url"))).encode(errors="replace"), digest_size=16).hexdigest()


async def is_infected(command: Sequence[str], path: Path, seconds: float) -> bool:
    """Ask the scanner about a file; it is told the file's path and nothing else. An empty command asks nobody.

    raises: ListingError if it cannot say: the file waits in the portal then, as when the portal is disturbed
    """
    if not command:
        return False
    try:
        status = await run_program([*command, str(path)], path.parent, seconds)
    except (TimeoutError, OSError) as error:
        raise ListingError(f"an attachment could not be scanned ({type(error).__name__}); see scan_command") from None
    if status not in (_CLEAN, _INFECTED):
        raise ListingError(f"an attachment could not be scanned (exit status {status}); see scan_command")
    return status == _INFECTED
