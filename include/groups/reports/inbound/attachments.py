"""Files on tickets and their comments (O26, E51): from the portal alone, bounded, typed by their content."""

import re
from collections.abc import Iterable, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

from include.casavi.client import FOREIGN_HOST, TOO_LARGE, Answer, Portal
from include.casavi.listing import ATTEMPTS, ListingError
from include.casavi.verdict import Verdict
from include.groups.reports.inbound.report import Report
from include.groups.reports.inbound.statements import CONTENT, FILES, INBOX, by_ids, row_of, rows_of
from include.groups.reports.inbound.work import Work, Writes, file_row
from include.ixhaus.database import read_snapshot
from include.ixhaus.files.kind import media_type_of
from include.ixhaus.files.names import safe_name
from include.ixhaus.files.program import run_program
from include.ixhaus.files.source import FileError
from include.vocabulary.state import Origin

_REASONS: Final = {FOREIGN_HOST: "ATTACHMENT_FOREIGN", TOO_LARGE: "ATTACHMENT_TOO_LARGE"}
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
    work: Work, portal: Portal, report: Report, found: Iterable[tuple[str | None, Attachment]], writes: Writes
) -> None:
    """Fetch and write those attachments that were never looked at before; what cannot be taken is named, once.

    found:  note (None: the report itself) and attachment, as the portal shows it
    raises: ListingError if the portal or the virus scanner is disturbed, so that all of the ticket is read again later;
            PortalStopError
    """
    attachments = {_key(one): (note_id, one) for note_id, one in found if one.get("isInternal", False) is False}
    with read_snapshot(work.engine) as connection:
        seen = by_ids(connection, INBOX, attachments, system=work.system, kind="attachment")
    for key, (note_id, attachment) in attachments.items():
        if key not in seen:
            file_id, reason = await _import(work, portal, report, note_id, key, attachment, writes)
            writes.remember(work, "attachment", key, file_id, "", is_known=False)
            if reason:
                writes.warn("attachment", key, reason)
                report.hints.append(reason)
                report.changes.append("NEUER_ANHANG")


async def _import(
    work: Work, portal: Portal, report: Report, note_id: str | None, key: str, attachment: Attachment, writes: Writes
) -> tuple[str | None, str]:
    """Return the id of the file in iX-Haus, or None and why it has none."""
    path = work.folder / uuid4().hex
    answer = await _fetch(portal, str(attachment.get("url") or ""), work.settings.limits.max_file_mb << 20, path)
    if answer.verdict is not Verdict.DONE:
        return None, _REASONS.get(answer.reason, "ATTACHMENT_MISSING")
    if own := _same_of_ours(work, report, path):
        return own, ""
    if await is_infected(work.settings.scan_command, path, work.settings.limits.upload_timeout_seconds):
        return None, "ATTACHMENT_INFECTED"
    try:
        true_type = media_type_of(path)
    except FileError as error:
        return None, error.reason
    declared = str(attachment.get("mimeType") or "")
    media_type = declared if true_type == _UNKNOWN and _MEDIA_TYPE.fullmatch(declared) else true_type
    name = safe_name(str(attachment.get("fileName") or ""), true_type)
    row = file_row(f"SP-{key}", report.number, note_id, name, media_type, path.stat().st_size)
    writes.files.append((row, path))
    writes.attachments += 1
    report.changes.append("NEUER_ANHANG")
    return f"SP-{key}", ""


async def _fetch(portal: Portal, address: str, limit: int, path: Path) -> Answer:
    with path.open("wb") as file:
        for attempt in range(1, ATTEMPTS + 1):
            answer = await portal.fetch(address, limit, file)
            if answer.verdict not in (Verdict.WAIT, Verdict.FAULT):
                return answer
            if not answer.pause:  # else the session's pace keeps it
                await portal.pace.rest(attempt)
    raise ListingError(f"an attachment could not be read ({answer.reason or answer.status})")


def _same_of_ours(work: Work, report: Report, path: Path) -> str | None:
    """Return which of the report's own files this is, come back under an id of the portal's (E49)."""
    if report.is_new:
        return None
    size = path.stat().st_size
    with read_snapshot(work.engine) as connection:
        for file in rows_of(connection, FILES, key=report.number):
            if file["origin"] != Origin.PORTAL and file["size"] in (size, None):
                held = row_of(connection, CONTENT, key=file["file_id"])
                if held and held["content"] == path.read_bytes():
                    return str(file["file_id"])
    return None


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
