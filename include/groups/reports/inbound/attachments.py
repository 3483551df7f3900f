"""Files on tickets and their comments (O26, E51): from the portal alone, bounded, typed by their content."""

import logging
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple
from uuid import uuid4

from include.casavi.client import FOREIGN_HOST, NO_FILE, TOO_LARGE, Answer, Portal
from include.casavi.listing import ATTEMPTS
from include.casavi.verdict import Verdict
from include.groups.reports.inbound.keys import keys_of
from include.groups.reports.inbound.own_files import Files, link_file, look_up_files, same_of_ours
from include.groups.reports.inbound.report import Report
from include.groups.reports.inbound.set_aside import OddError, is_due, is_of_one, note, require_texts
from include.groups.reports.inbound.statements import FILE_OWNERS, INBOX, Row, by_ids
from include.groups.reports.inbound.tickets import Ticket
from include.groups.reports.inbound.versions import digest, version_in
from include.groups.reports.inbound.work import Work, Writes, file_row
from include.ixhaus.database import read_snapshot
from include.ixhaus.files.kind import media_type_of
from include.ixhaus.files.names import safe_name
from include.ixhaus.files.program import run_program
from include.ixhaus.files.source import FileError
from include.vocabulary import ids
from include.vocabulary.clock import utc_now

log = logging.getLogger(__name__)
_REASONS: Final = {
    FOREIGN_HOST: "ATTACHMENT_FOREIGN", NO_FILE: "ATTACHMENT_ELSEWHERE", TOO_LARGE: "ATTACHMENT_TOO_LARGE",
}  # fmt: skip
_TEXTS: Final = ("id", "fileName", "mimeType", "url")
_FORBIDDEN: Final = 403
_LONGEST_KEY: Final = 90
_UNKNOWN: Final = "application/octet-stream"
_MEDIA_TYPE: Final = re.compile(r"[\w.+-]{1,49}/[\w.+-]{1,50}", re.ASCII)
_CLEAN: Final = 0
_INFECTED: Final = 1
Attachment = dict[str, Any]


def listed(record: dict[str, Any]) -> list[Attachment]:
    """Return the attachments of a ticket or comment; what is none is among them all the same, to be set aside."""
    found = record.get("attachments")
    if found is None:
        return []
    entries = found if isinstance(found, list) else [found]
    return [one if isinstance(one, dict) else {"fileName": [one]} for one in entries]


async def import_attachments(
    work: Work, portal: Portal, ticket: Ticket, report: Report, found: Iterable[tuple[str | None, Attachment]],
    writes: Writes,
) -> None:  # fmt: skip
    """Fetch and write those attachments that were never looked at before, or are to be tried again; what cannot be
    taken is set aside.

    found:  note (None: the report itself) and attachment, as the portal shows it
    raises: PortalStopError
    """
    attachments = _by_key(found)
    with read_snapshot(work.run.engine) as connection:
        files = look_up_files(connection, work, ticket, report)
        keys = keys_of(
            connection, work, "attachment", ticket["id"], attachments, owners=FILE_OWNERS, report_nr=report.number,
            erp_ids=map(ids.imported, attachments), mine=files.from_portal | files.own.keys(),
        )  # fmt: skip
        names = map(keys.in_inbox, attachments)
        seen = by_ids(connection, INBOX, names, system=work.system, kind="attachment")
    ours: dict[str, int | None] = {row["erp_id"]: None for row in seen.values() if row["erp_id"] in files.own}
    for key, (note_id, attachment) in attachments.items():
        before, version = seen.get(keys.in_inbox(key)), _version_of(work, ticket, attachment)
        if before and not _is_to_be_tried(before, version):
            if before["reason"]:
                report.lack(before["reason"], is_news=False)
            continue
        file_id = keys.in_erp(ids.imported(key))
        taken = await _take(work, portal, report, files, note_id, file_id, attachment, writes)
        writes.remember(
            work, "attachment", keys.in_inbox(key), taken.file_id, version, before=before, reason=taken.reason or None
        )
        if taken.file_id in files.own:
            ours.setdefault(taken.file_id, taken.size)
        _tell(report, keys.in_inbox(key), taken, before, writes)
    for own_id, size in ours.items():
        link_file(work, ticket, report, files, own_id, size, writes)


def _by_key(found: Iterable[tuple[str | None, Attachment]]) -> dict[str, tuple[str | None, Attachment]]:
    """Return key → note and attachment, without those marked as internal; two of the same id that are not the same are
    two.
    """
    attachments: dict[str, tuple[str | None, Attachment]] = {}
    for note_id, one in found:
        is_internal = one.get("isInternal", False)
        if is_internal is True or is_internal is None:
            continue
        key = _key(one)
        if key in attachments and _content(attachments[key][1]) != _content(one):
            key = f"{key[: _LONGEST_KEY - 9]}#{_content(one)[:8]}"
        attachments[key] = (note_id, one)
    return attachments


def _is_to_be_tried(before: Row, version: str) -> bool:
    return bool(before["reason"]) and (is_due(before, utc_now()) or before["version"] != version)


def _version_of(work: Work, ticket: Ticket, attachment: Attachment) -> str:
    return version_in(ticket["id"], _content(attachment), work.run.secret)


def _content(attachment: Attachment) -> str:
    """Return what tells an attachment from another; its address may be another each time."""
    return digest(repr([attachment.get(name) for name in ("id", "fileName", "mimeType")]))


def _tell(report: Report, key: str, taken: "_Taken", before: Row | None, writes: Writes) -> None:
    """Let staff know what became of an attachment: of one that is set aside again, nothing new."""
    if not taken.reason:
        report.arrived += [before["reason"]] if before else []
        return
    writes.warn("attachment", key, taken.reason)
    is_news = before is None or before["reason"] != taken.reason
    report.lack(taken.reason, is_news=is_news)
    if is_news:
        report.changes.append("NEUER_ANHANG")


class _Taken(NamedTuple):
    """The id of an attachment's file in iX-Haus, or why it has none, and its size in the portal where that was seen."""

    file_id: str | None
    reason: str = ""
    size: int | None = None


async def _take(
    work: Work, portal: Portal, report: Report, files: Files, note_id: str | None, file_id: str, attachment: Attachment,
    writes: Writes,
) -> _Taken:  # fmt: skip
    if file_id in files.from_portal:  # the inbox has forgotten it
        return _Taken(file_id)
    if _is_odd(attachment):
        return _Taken(None, "ATTACHMENT_ODD")
    try:
        return await _fetch_checked(work, portal, report, files, note_id, file_id, attachment, writes)
    except Exception as error:
        if not is_of_one(error):
            raise
        note("attachment", file_id, error)
        return _Taken(None, "ATTACHMENT_ODD")


async def _fetch_checked(
    work: Work, portal: Portal, report: Report, files: Files, note_id: str | None, file_id: str, attachment: Attachment,
    writes: Writes,
) -> _Taken:  # fmt: skip
    path = work.folder / uuid4().hex
    answer = await _fetch(portal, str(attachment.get("url") or ""), work.run.settings.limits.max_file_mb << 20, path)
    if answer.verdict is not Verdict.DONE:
        return _Taken(None, _why_missing(answer))
    size, name = path.stat().st_size, str(attachment.get("fileName") or "")
    if own := same_of_ours(work.run.engine, files, path, name):
        return _Taken(own, size=size)
    if reason := await scanned(work.run.settings.scan_command, path, work.run.settings.limits.upload_timeout_seconds):
        return _Taken(None, reason)
    try:
        true_type = media_type_of(path)
    except FileError as error:
        return _Taken(None, error.reason)
    declared = str(attachment.get("mimeType") or "")
    media_type = declared if true_type == _UNKNOWN and _MEDIA_TYPE.fullmatch(declared) else true_type
    row = file_row(file_id, report.number, note_id, safe_name(name, true_type), media_type, size)
    writes.files.append((row, path))
    writes.attachments += 1
    report.changes.append("NEUER_ANHANG")
    return _Taken(file_id)


def _is_odd(attachment: Attachment) -> bool:
    try:
        require_texts(attachment, _TEXTS)
    except OddError:
        return True
    return attachment.get("isInternal", False) is not False


def _why_missing(answer: Answer) -> str:
    is_passing = answer.verdict in (Verdict.WAIT, Verdict.FAULT) or answer.status == _FORBIDDEN
    return _REASONS.get(answer.reason, "ATTACHMENT_UNREADABLE" if is_passing else "ATTACHMENT_MISSING")


async def _fetch(portal: Portal, address: str, limit: int, path: Path) -> Answer:
    with path.open("wb") as file:
        for attempt in range(1, ATTEMPTS + 1):
            answer = await portal.fetch(address, limit, file)
            if answer.verdict not in (Verdict.WAIT, Verdict.FAULT):
                break
            if not answer.pause and attempt < ATTEMPTS:  # else the session's pace keeps it
                await portal.pace.rest(attempt)
    return answer


def _key(attachment: Attachment) -> str:
    """Return the portal's id; where that is none or too long, something as lasting."""
    external_id = str(attachment.get("id") or "")
    if 0 < len(external_id) <= _LONGEST_KEY:
        return external_id
    return digest(external_id or str(attachment.get("url") or _content(attachment)))


async def scanned(command: Sequence[str], path: Path, seconds: float) -> str:
    """Ask the scanner about a file and return why it is not to be taken, "" if it may be; the scanner is told the
    file's path and nothing else. An empty command asks nobody. Where it cannot say, the file waits in the portal.
    """
    if not command:
        return ""
    try:
        status = await run_program([*command, str(path)], path.parent, seconds)
    except (TimeoutError, OSError) as error:
        log.warning("an attachment could not be scanned (%s); see scan_command", type(error).__name__)
        return "ATTACHMENT_UNREADABLE"
    if status not in (_CLEAN, _INFECTED):
        log.warning("an attachment could not be scanned (exit status %d); see scan_command", status)
        return "ATTACHMENT_UNREADABLE"
    return "ATTACHMENT_INFECTED" if status == _INFECTED else ""
