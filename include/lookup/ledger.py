"""The ledger's rows of single records of iX-Haus, under whatever ids the portal knows them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import pandas as pd
from sqlalchemy import ColumnElement, Connection, Row, Select, and_, or_, select

from include.ixhaus.contract.own import SP_ABGLEICH, SP_EINGANG
from include.rules.reports.ledger import base_ids, families
from include.vocabulary.clock import from_utc_column
from include.vocabulary.ids import ADDITION, AFTER_ADDITION, IMPORTED

_ROW, _INBOX = SP_ABGLEICH.c, SP_EINGANG.c
AT_ONCE: Final = 100
"""Ids in one statement: each may take two comparisons, and databases limit how many may stand side by side."""


@dataclass(frozen=True)
class Sent:
    """A row of the ledger: what the portal has of a record as far as it said, and the last transmission (times UTC)."""

    record_type: str
    external_id: str
    group: str
    state: str
    reason: str
    parents: str
    run: str
    action: str
    outcome: str
    http_status: int | None
    sent_at: datetime | None
    acknowledged_at: datetime | None


def sent_query(system: str, record_type: str, ids: Sequence[str], *, with_additions: bool = True) -> Select[Any]:
    """Return the query for the ledger's rows of some ids, and of the same with an addition (see rules/reports)."""
    conditions: list[ColumnElement[bool]] = [_ROW.SCHLUESSEL.in_(ids)]
    if with_additions:
        conditions += [  # a range finds them by the key, LIKE would not
            and_(_ROW.SCHLUESSEL >= f"{one}{ADDITION}", _ROW.SCHLUESSEL < f"{one}{AFTER_ADDITION}") for one in ids
        ]
    return select(SP_ABGLEICH).where(_ROW.SYSTEM == system, _ROW.ART == record_type, or_(*conditions))


def sent(connection: Connection, system: str, record_type: str, ids: Sequence[str]) -> list[Sent]:
    """Return the ledger's rows of exactly these ids."""
    rows: list[Sent] = []
    for part in parts(ids):
        rows += map(as_sent, connection.execute(sent_query(system, record_type, part, with_additions=False)))
    return rows


def sent_of(connection: Connection, system: str, record_type: str, numbers: Sequence[str]) -> dict[str, list[Sent]]:
    """Return for each key of iX-Haus (report, note, file) the ledger's rows under every id it ever had (E43, E49)."""
    inbox = _inbox(connection, system, record_type, numbers)
    everybody = list(dict.fromkeys([*numbers, *inbox["portal_id"], *inbox["erp_id"]]))
    bases = base_ids(pd.Series(everybody, dtype="str"), inbox)
    mine = {number: str(base) for number, base in zip(everybody, bases, strict=True) if number in set(numbers)}
    rows: dict[str, Sent] = {}
    for part in parts(mine.values()):
        for one in map(as_sent, connection.execute(sent_query(system, record_type, part))):
            rows[one.external_id] = one
    found: dict[str, list[Sent]] = {number: [] for number in numbers}
    for place, row in zip(families(pd.Series(list(rows), dtype="str"), bases), rows.values(), strict=True):
        if place >= 0 and everybody[place] in found:
            found[everybody[place]].append(row)
    return found


def parts(ids: Iterable[str]) -> list[Sequence[str]]:
    """Return ids in portions of AT_ONCE."""
    wanted = list(dict.fromkeys(ids))
    return [wanted[start : start + AT_ONCE] for start in range(0, len(wanted), AT_ONCE)]


def as_sent(row: Row[Any]) -> Sent:
    """Return a row of SP_ABGLEICH in the words of the code."""
    return Sent(
        record_type=row.ART,
        external_id=row.SCHLUESSEL,
        group=row.GRUPPE or "",
        state=row.ZUSTAND or "",
        reason=row.GRUND or "",
        parents=row.ELTERN or "",
        run=row.LAUF or "",
        action=row.AKTION or "",
        outcome=row.ERGEBNIS or "",
        http_status=row.HTTP_STATUS,
        sent_at=from_utc_column(row.GESENDET_AM),
        acknowledged_at=from_utc_column(row.BESTAETIGT_AM),
    )


def inbox_query(system: str, record_type: str, numbers: Sequence[str]) -> Select[Any]:
    """Return the query for what came from the portal under these keys of iX-Haus, or has one of them as its own id."""
    is_imported = _INBOX.IXHAUS_ID.startswith(IMPORTED, autoescape=True)
    return select(_INBOX.PORTAL_ID, _INBOX.IXHAUS_ID, _INBOX.EMPFANGEN_AM).where(
        _INBOX.SYSTEM == system,
        _INBOX.ART == record_type,
        is_imported,
        or_(_INBOX.IXHAUS_ID.in_(numbers), _INBOX.PORTAL_ID.in_(numbers)),
    )


def _inbox(connection: Connection, system: str, record_type: str, numbers: Sequence[str]) -> pd.DataFrame:
    rows = [
        (row.PORTAL_ID, row.IXHAUS_ID)
        for part in parts(numbers)
        for row in connection.execute(inbox_query(system, record_type, part))
    ]
    return pd.DataFrame(rows, columns=["portal_id", "erp_id"], dtype="str").drop_duplicates("erp_id", ignore_index=True)
