"""Files of ours among a ticket's attachments, to which the portal gives ids of its own (E49)."""

import re
from pathlib import Path
from typing import Final, NamedTuple

from sqlalchemy import Connection, Engine

from include.casavi.payloads import AttachmentPayload
from include.groups.reports.inbound.report import Report
from include.groups.reports.inbound.statements import CONTENT, FILES, LEDGER, Row, by_ids, row_of, rows_of
from include.groups.reports.inbound.tickets import Ticket
from include.groups.reports.inbound.work import Work, Writes
from include.ixhaus.database import read_snapshot
from include.rules.reports.attachments import content_of
from include.sync.contents import content_hash
from include.vocabulary import ids
from include.vocabulary.state import Origin, State

_NAMED: Final = re.compile(r".* \((?P<id>[^()]+)\)(?:\.[^.]*)?")
"""A file's name as it goes out: with our id in it."""


class Files(NamedTuple):
    """The files that iX-Haus has of a report."""

    from_portal: frozenset[str]
    own: dict[str, Row]
    """Id → file that was not attached in the portal."""
    addition: str
    """What their ids have behind them in this ticket (E43)."""
    sent: dict[str, Row]
    """The ledger's rows of the own ones."""

    def is_sent(self, file_id: str) -> bool:
        """Whether the ledger knows what became of an own file."""
        row = self.sent.get(file_id + self.addition)
        return row is not None and row["state"] != State.NEW


def look_up_files(connection: Connection, work: Work, ticket: Ticket, report: Report) -> Files:
    """Return what iX-Haus knows of a report's files."""
    found = [] if report.is_new else rows_of(connection, FILES, key=report.number)
    own = {str(file["file_id"]): file for file in found if file["origin"] != Origin.PORTAL}
    addition = ids.addition(ticket["id"], report.number).removeprefix(ids.ADDITION + ids.ERP)
    sent = by_ids(connection, LEDGER, [name + addition for name in own], system=work.system, kind="attachment")
    return Files(frozenset(file["file_id"] for file in found) - own.keys(), own, addition, sent)


def same_of_ours(engine: Engine, files: Files, path: Path, name: str) -> str | None:
    """Return which of the report's own files this is, come back under an id of the portal's: one of the same content,
    or one that the ledger has forgotten and whose id the name bears.
    """
    size = path.stat().st_size
    with read_snapshot(engine) as connection:
        for file_id, file in files.own.items():
            if file["size"] in (size, None):
                held = row_of(connection, CONTENT, key=file_id)
                if held and held["content"] == path.read_bytes():
                    return file_id
    named = _NAMED.fullmatch(name)
    bases = ids.bases(named["id"]) if named else []
    return next((one for one in files.own if ids.last_part(one) in bases and not files.is_sent(one)), None)


def link_file(
    work: Work, ticket: Ticket, report: Report, files: Files, file_id: str, size: int | None, writes: Writes
) -> None:
    """Note in the ledger that the portal holds an own file, where it does not say so; a size that is not the file's
    (None: not known) says that it is another version.
    """
    if files.is_sent(file_id):
        return
    external_id, file = file_id + files.addition, files.own[file_id]
    is_same = size is None or file["size"] in (size, None)
    content = content_of(external_id, ticket["id"], file)
    writes.hold(
        work, "attachment", external_id, files.sent.get(external_id), property_nr=report.property_nr,
        parents=ids.typed("ticket", ticket["id"]),
        content=content_hash(content, AttachmentPayload.VERSION, work.run.secret) if is_same else None,
    )  # fmt: skip
