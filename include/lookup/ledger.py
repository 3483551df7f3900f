"""The ledger's rows of single records of iX-Haus, under whatever ids the portal knows them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Final

import pandas as pd
from sqlalchemy import ColumnElement, Connection, Engine, Select, and_, or_, select

from include.ixhaus.contract.own import SP_ABGLEICH, SP_EINGANG
from include.ixhaus.database import read_snapshot
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


def ledger_query(*conditions: ColumnElement[bool]) -> Select[Any]:
    """Return the query for some of the ledger's rows, as `rows_sent` takes it."""
    return select(*(_ROW[field.name] for field in fields(Sent))).where(*conditions)


def rows_sent(connection: Connection, query: Select[Any]) -> list[Sent]:
    """Return the rows of a ledger_query."""
    rows = []
    for *texts, http_status, sent_at, acknowledged_at in connection.execute(query):
        values: list[Any] = [text or "" for text in texts]
        values += [http_status, from_utc_column(sent_at), from_utc_column(acknowledged_at)]
        rows.append(Sent(*values))
    return rows


def tickets_sent(engine: Engine, system: str) -> set[str]:
    """Return the ids of the tickets that the interface itself has made in the portal, or has tried to."""
    held = select(_ROW.external_id).where(_ROW.system == system, _ROW.record_type == "ticket")
    taken_in = select(_INBOX.portal_id).where(_INBOX.system == system, _INBOX.record_type == "ticket")
    with read_snapshot(engine) as connection:
        return set(connection.execute(held).scalars()) - set(connection.execute(taken_in).scalars())


def sent_query(system: str, record_type: str, ids: Sequence[str], *, with_additions: bool = True) -> Select[Any]:
    """Return the query for the ledger's rows of some ids, and of the same with an addition (see rules/reports)."""
    conditions: list[ColumnElement[bool]] = [_ROW.external_id.in_(ids)]
    if with_additions:
        conditions += [  # a range finds them by the key, LIKE would not
            and_(_ROW.external_id >= f"{one}{ADDITION}", _ROW.external_id < f"{one}{AFTER_ADDITION}") for one in ids
        ]
    return ledger_query(_ROW.system == system, _ROW.record_type == record_type, or_(*conditions))


def sent(connection: Connection, system: str, record_type: str, ids: Sequence[str]) -> list[Sent]:
    """Return the ledger's rows of exactly these ids."""
    rows: list[Sent] = []
    for part in parts(ids):
        rows += rows_sent(connection, sent_query(system, record_type, part, with_additions=False))
    return rows


def sent_of(connection: Connection, system: str, record_type: str, numbers: Sequence[str]) -> dict[str, list[Sent]]:
    """Return for each key of iX-Haus (report, note, file) the ledger's rows under every id it ever had (E43, E49)."""
    inbox = _inbox(connection, system, record_type, numbers)
    everybody = list(dict.fromkeys([*numbers, *inbox["portal_id"], *inbox["erp_id"]]))
    bases = base_ids(pd.Series(everybody, dtype="str"), inbox)
    mine = {number: str(base) for number, base in zip(everybody, bases, strict=True) if number in set(numbers)}
    rows: dict[str, Sent] = {}
    for part in parts(mine.values()):
        for one in rows_sent(connection, sent_query(system, record_type, part)):
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


def inbox_query(system: str, record_type: str, numbers: Sequence[str]) -> Select[Any]:
    """Return the query for what came from the portal under these keys of iX-Haus, or has one of them as its own id."""
    is_imported = _INBOX.erp_id.startswith(IMPORTED, autoescape=True)
    return select(_INBOX.portal_id, _INBOX.erp_id, _INBOX.received_at).where(
        _INBOX.system == system,
        _INBOX.record_type == record_type,
        is_imported,
        or_(_INBOX.erp_id.in_(numbers), _INBOX.portal_id.in_(numbers)),
    )


def _inbox(connection: Connection, system: str, record_type: str, numbers: Sequence[str]) -> pd.DataFrame:
    rows = [
        (portal_id, erp_id)
        for part in parts(numbers)
        for portal_id, erp_id, _ in connection.execute(inbox_query(system, record_type, part))
    ]
    return pd.DataFrame(rows, columns=["portal_id", "erp_id"], dtype="str").drop_duplicates("erp_id", ignore_index=True)
