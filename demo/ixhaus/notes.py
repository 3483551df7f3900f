"""A note in the sample, as if a member of staff had just written it, to see how it gets into the portal."""

from datetime import datetime
from typing import Final
from uuid import uuid4

from sqlalchemy import Engine, insert, select

from include.ixhaus.contract import NO, YES
from include.ixhaus.contract.reports import SP_BENUTZER, SP_MELDUNG, SP_NOTIZ
from include.ixhaus.database import read_snapshot
from include.vocabulary.clock import BERLIN

_STAFF: Final = "011"


class NoteRefusedError(Exception):
    """There is no such note to write; the message says why and what to do."""


def open_reports(engine: Engine, closing_statuses: list[str]) -> list[tuple[str, str]]:
    """Return number and subject of the sample's reports that are not closed; raises NoteRefusedError as `add_note`."""
    _refuse_all_but_the_sample(engine)
    report = SP_MELDUNG.c
    query = select(report.report_nr, report.subject).order_by(report.report_nr)
    with read_snapshot(engine) as connection:
        found = connection.execute(query.where(report.status.not_in(closing_statuses))).all()
    return [(number, subject or "") for number, subject in found]


def add_note(engine: Engine, report_nr: str, text: str, now: datetime, *, is_public: bool) -> str:
    """Write a note below a report of the sample and return its key.

    now:    with its zone
    raises: NoteRefusedError if there is no such report, no text, or the database is not the sample: in an iX-Haus it
            is staff who write
    """
    _refuse_all_but_the_sample(engine)
    if not text.strip():
        raise NoteRefusedError("the note has no text; write TEXT=…")
    moment = now.astimezone(BERLIN).replace(tzinfo=None)
    note_id = f"N-{uuid4().hex[:12]}"
    row = {
        "note_id": note_id, "report_nr": report_nr, "text": text,
        "is_public": YES if is_public else NO, "created_by": _STAFF, "created_at": moment, "origin": "ERP",
        "changed_at": moment,
    }  # fmt: skip
    report, user = SP_MELDUNG.c, SP_BENUTZER.c
    with engine.begin() as connection:
        if connection.scalar(select(report.report_nr).where(report.report_nr == report_nr)) is None:
            raise NoteRefusedError(f"the sample has no report {report_nr}; without one the command lists those it has")
        name = connection.scalar(select(user.name).where(user.user_nr == _STAFF))
        connection.execute(insert(SP_NOTIZ), [row | {"author": name}])
    return note_id


def _refuse_all_but_the_sample(engine: Engine) -> None:
    if engine.dialect.name != "sqlite":
        raise NoteRefusedError(
            "the connection leads to an Oracle database, not to the sample; notes in iX-Haus are written in iX-Haus"
        )
