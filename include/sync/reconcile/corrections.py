"""Bringing the ledger to what a reconciliation found, beside whatever runs meanwhile.

A correction holds for the row as it was when the reconciliation began. Whoever sent the record since knows better: then
nothing is changed, and the next reconciliation looks again.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

import pandas as pd
from sqlalchemy import ColumnElement, Connection, Engine, and_, bindparam, insert, or_, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.sql.dml import Update

from include.ixhaus.contract.own import SP_ABGLEICH
from include.sync.lease import Lease
from include.sync.reconcile.findings import Finding
from include.vocabulary.clock import to_utc_column
from include.vocabulary.decision import Decision
from include.vocabulary.state import State

_ROW = SP_ABGLEICH.c
_SEEN: Final = ("state", "run")
"""What tells whether a row is still as it was read: every sending changes one of them."""
_SET: Final = (
    "state", "hash", "refused", "reason", "properties", "identity", "parents", "portal_id", "next_id",
    "acknowledged_at",
)  # fmt: skip
STATE_OF: Final = {Decision.SEND.value: State.PRESENT.value, Decision.RESTRICT.value: State.RESTRICTED.value}
"""Decision → state of a record that the portal shows as it was decided."""
_AT_ONCE: Final = 1_000
Row = dict[str, object]


def corrections(judged: pd.DataFrame, system: str, record_type: str, now: datetime) -> pd.DataFrame:
    """Return the ledger's rows as they should read, of the records where anything differs.

    judged:  see findings.judge
    returns: _SET and external_id, group, is_new (bool: the ledger has no such row), seen_state, seen_run
    """
    finding = judged["finding"]
    is_adopted = finding.isin([Finding.ADOPTED, Finding.ORPHAN])
    moved = is_adopted | (finding == Finding.RETURNED)
    agrees = judged["is_wanted"] & judged["is_equal"] & ~judged["is_newer"]
    fits = (
        judged["hash_known"].isna() & agrees & (is_adopted | ((finding == Finding.IN_STEP) & ~judged["is_other_copy"]))
    )
    there = pd.Series(State.PRESENT.value, index=judged.index)
    there = there.mask(judged["has_access_portal"].eq(False), State.RESTRICTED.value)
    there = there.mask(agrees, judged["decision"].map(STATE_OF))
    there = there.mask(is_adopted & judged["is_gone_portal"].eq(True) & ~judged["is_wanted"], State.REMOVED.value)
    there = there.mask(finding == Finding.IN_STEP, judged["state_known"])
    state = there.mask(finding == Finding.MISSING, State.PENDING.value)
    state = state.mask(finding.isin(["", Finding.FOREIGN]), judged["state_known"])
    is_another = finding.isin([Finding.MISSING, Finding.RETURNED, Finding.DRIFTED]) | moved | judged["is_other_copy"]
    kept = judged["hash_known"].where(~is_another)  # it is of what the portal does not have, or not have as it was
    listed_id = judged["portal_id_portal"]
    own_id = listed_id.where(listed_id != judged["external_id"])
    rows = pd.DataFrame(
        {
            "system": system,
            "record_type": record_type,
            "external_id": judged["external_id"],
            "state": state,
            "hash": kept.mask(fits, judged["hash"]),
            "refused": judged["refused_known"].where(~is_adopted),
            "reason": judged["reason_known"].mask(is_adopted, judged["reason"].fillna(Finding.ORPHAN.value)),
            "properties": judged["properties_known"].mask(is_adopted, judged["belongs_to"]),
            "identity": judged["identity_known"].mask(is_adopted, judged["identity_portal"]),
            "parents": judged["parents_known"].mask(is_adopted, judged["stands_below"]),
            "portal_id": own_id.where(listed_id.notna(), judged["portal_id_known"]),
            "next_id": None,  # what is said here of the record is a fact
            "acknowledged_at": judged["acknowledged_at_known"].mask(moved, to_utc_column(now).isoformat()),
            "group": judged["group_known"].fillna(judged["sender"]),
            "is_new": judged["state_known"].isna(),
            **{f"seen_{name}": judged[f"{name}_known"] for name in _SEEN},
        }
    )  # fmt: skip
    is_changed = pd.Series(False, index=rows.index)
    for name in ("state", "hash", "portal_id", "identity", "acknowledged_at"):
        is_changed |= rows[name].fillna("") != judged[f"{name}_known"].fillna("")
    return rows[is_changed & ~finding.isin(["", Finding.FOREIGN])].reset_index(drop=True)


def write(engine: Engine, lease: Lease, rows: pd.DataFrame) -> int:
    """Write corrections in small transactions; returns how many took effect. Raises LeaseLostError."""
    done = 0
    for start in range(0, len(rows), _AT_ONCE):
        part = rows.iloc[start : start + _AT_ONCE]
        with engine.begin() as connection:
            lease.confirm(connection)
            done += sum(_correct(connection, row) for row in _values(part[~part["is_new"]]))
        done += _add(engine, lease, list(_values(part[part["is_new"]])))
    return done


def _correct(connection: Connection, row: Row) -> int:
    key = {f"k_{name}": row[name] for name in ("system", "record_type", "external_id")}
    seen = {f"k_seen_{name}": row[f"seen_{name}"] for name in _SEEN}
    return connection.execute(_CORRECT, {**key, **seen, **{name: row[name] for name in _SET}}).rowcount


def _add(engine: Engine, lease: Lease, rows: list[Row]) -> int:
    """Insert rows; where a run was quicker with one, the others still come in."""
    values = [{name: row[name] for name in (*_SET, "system", "record_type", "external_id", "group")} for row in rows]
    if not values:
        return 0
    try:
        with engine.begin() as connection:
            lease.confirm(connection)
            connection.execute(insert(SP_ABGLEICH), values)
    except IntegrityError:
        if len(values) == 1:
            return 0
        middle = len(rows) // 2
        return _add(engine, lease, rows[:middle]) + _add(engine, lease, rows[middle:])
    return len(values)


def _values(rows: pd.DataFrame) -> Iterator[Row]:
    plain = rows.astype(object).where(rows.notna(), None)
    for row in plain.to_dict("records"):
        moment = row["acknowledged_at"]
        yield {str(name): value for name, value in row.items()} | {
            "acknowledged_at": datetime.fromisoformat(moment) if moment else None
        }


def _same(name: str) -> ColumnElement[bool]:
    column, seen = _ROW[name], bindparam(f"k_seen_{name}", type_=_ROW[name].type)
    return or_(column == seen, and_(column.is_(None), seen.is_(None)))


def _correction() -> Update:
    key = [_ROW[name] == bindparam(f"k_{name}") for name in ("system", "record_type", "external_id")]
    return update(SP_ABGLEICH).where(*key, *map(_same, _SEEN)).values({name: bindparam(name) for name in _SET})


_CORRECT: Final = _correction()
