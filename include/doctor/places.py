"""What else the interface reaches for: documents, mail server, who is told, programs, its own folder."""

import asyncio
import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from sqlalchemy import select

from include.alerts.notifiers import ways
from include.doctor.finding import Finding, said
from include.doctor.patient import Check, Patient
from include.doctor.places_texts import SAYINGS
from include.groups.reports.mail.server import MailServer, ServerAwayError
from include.ixhaus.contract import YES
from include.ixhaus.contract.documents import SP_DOKUMENT
from include.ixhaus.contract.reports import SP_MELDUNGSART
from include.ixhaus.files.docuware import DocuWare
from include.ixhaus.files.folder import Folder
from include.ixhaus.files.program import run_program
from include.ixhaus.files.source import FileError
from include.settings import ConfigurationError
from include.sync.storage import WHERE, staging_root, why_refused
from include.vocabulary.sentences import in_both

SCANNED: Final = Path(__file__)
"""A file that is certainly clean."""
ROOM_NEEDED: Final = 1 << 30
"""Bytes that should be free in the staging folder."""
_OTHERS: Final = 0o077
_TRIED: Final = 10
_NEVER_TAKEN: Final = 0
"""Bytes taken of a document: that it is there is all that is asked."""


def folder(patient: Patient) -> Iterator[Finding]:
    """Find a document folder that cannot be read, or that holds none of what iX-Haus says lies there."""
    where, paths = patient.settings.documents_connection, _paths(patient, "DATEI")
    if not paths:
        return
    files = Folder(where)
    reasons = Counter(_why_not(files, path) for path in paths)
    if reasons["NO_DOCUMENT_FOLDER"]:
        yield said(SAYINGS, "NO_DOCUMENT_FOLDER", where)
    elif not reasons[""]:
        yield said(SAYINGS, "NO_FILE_FOUND", where, number=len(paths), reasons=", ".join(sorted(reasons)))


def docuware(patient: Patient) -> Iterator[Finding]:
    """Find a DocuWare that does not answer or refuses the login, where documents lie in it."""
    where, paths = patient.settings.docuware_connection, _paths(patient, "DOCUWARE")
    if paths and (reason := asyncio.run(_refused(patient, paths[0]))):
        yield said(SAYINGS, reason, where)


def mail(patient: Patient) -> Iterator[Finding]:
    """Find e-mails without a mail server, where kinds of reports ask for them (R42)."""
    where, kinds = patient.settings.mail_connection, SP_MELDUNGSART.c
    if not patient.count(SP_MELDUNGSART, kinds.notifies_unregistered == YES):
        return
    if not MailServer.is_configured(where):
        yield said(SAYINGS, "NO_MAIL_SERVER", where)
        return
    server = MailServer(smtp_conn_id=where)
    try:
        server.connected()
    except ServerAwayError as away:
        yield said(SAYINGS, "NO_SENDER" if "from_email" in str(away) else "MAIL_SERVER_AWAY", where)
    else:
        server.quit()


def alerts(patient: Patient) -> Iterator[Finding]:
    """Find that nobody is told when something is wrong, or cannot be."""
    where = f"config/{patient.settings.system}.yaml: alerts.notifiers"
    try:
        if not ways(patient.settings):
            yield said(SAYINGS, "NOBODY_TOLD", where)
    except ConfigurationError as mistake:
        yield said(SAYINGS, "NOTIFIER_WRONG", where, sentence=in_both(str(mistake)))


def office(patient: Patient) -> Iterator[Finding]:
    """Find LibreOffice missing where the settings ask for PDF (R31)."""
    if patient.settings.convert_to_pdf and not shutil.which("soffice"):
        yield said(SAYINGS, "NO_LIBREOFFICE", "convert_to_pdf")


def scanner(patient: Patient) -> Iterator[Finding]:
    """Find a virus scanner that is none, is not there, or calls a clean file something else (O26)."""
    command = patient.settings.scan_command
    if not command:
        yield said(SAYINGS, "NO_SCANNER", "scan_command")
    elif not shutil.which(command[0]):
        yield said(SAYINGS, "SCANNER_MISSING", "scan_command", program=command[0])
    elif (status := _scan(patient)) != "0":
        yield said(SAYINGS, "SCANNER_FAILS", "scan_command", status=status)


def staging(patient: Patient) -> Iterator[Finding]:
    """Find a staging folder that cannot be written, that others can read, or that is nearly full; of an object store,
    whether it takes a file and gives it back.
    """
    try:
        wanted = staging_root()
    except ConfigurationError:
        yield said(SAYINGS, "STAGING_UNKNOWN", WHERE)
        return
    if not isinstance(wanted, Path):
        if error := why_refused(wanted):
            yield said(SAYINGS, "STAGING_AWAY", WHERE, error=error)
        return
    existing = next(path for path in (wanted, *wanted.parents) if path.exists())
    if not (existing.is_dir() and os.access(existing, os.W_OK | os.X_OK)):
        yield said(SAYINGS, "STAGING_READ_ONLY", WHERE)
        return
    if existing == wanted and existing.stat().st_mode & _OTHERS:
        yield said(SAYINGS, "STAGING_OPEN", WHERE, mode=f"{existing.stat().st_mode & 0o777:o}")
    free = shutil.disk_usage(existing).free
    if free < ROOM_NEEDED:
        yield said(SAYINGS, "STAGING_FULL", WHERE, free=free >> 20, needed=ROOM_NEEDED >> 20)


def _paths(patient: Patient, storage: str) -> list[Any]:
    """Return the paths of the newest documents that lie there."""
    columns = SP_DOKUMENT.c
    query = select(columns.path).where(columns.storage == storage).order_by(columns.changed_at.desc()).limit(_TRIED)
    return [row[0] for row in patient.rows(query)]


def _why_not(files: Folder, path: str | None) -> str:
    try:
        files.find(path)
    except FileError as error:
        return error.reason
    return ""


async def _refused(patient: Patient, path: str | None) -> str:
    """Return why DocuWare cannot be asked; a document that is there, too large, or gone was asked for."""
    dms = DocuWare(patient.settings.docuware_connection, patient.settings.limits)
    try:
        await dms.download(path, "ORIGINAL", BytesIO(), _NEVER_TAKEN)
    except FileError as error:
        return error.reason if error.reason in ("DMS_REFUSED", "DMS_FAULT") else ""
    finally:
        await dms.close()
    return ""


def _scan(patient: Patient) -> str:
    """Return the scanner's exit status, or why there is none."""
    call, seconds = [*patient.settings.scan_command, str(SCANNED)], patient.settings.limits.upload_timeout_seconds
    with tempfile.TemporaryDirectory() as home:
        try:
            return str(asyncio.run(run_program(call, Path(home), seconds)))
        except (TimeoutError, OSError) as error:
            return type(error).__name__


CHECKS: Final[tuple[Check, ...]] = (folder, docuware, mail, alerts, office, scanner, staging)
