"""Questions that wait for a person, or were answered: what would leave the portal or come into it, and why (E36)."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Engine, Select, and_, case, func, literal, select
from sqlalchemy.exc import DBAPIError

from include.ixhaus.check import cannot_be_read
from include.ixhaus.contract.own import SP_FREIGABE, SP_FREIGABE_SATZ, SP_PROTOKOLL
from include.ixhaus.database import read_snapshot
from include.ixhaus.rows import named_rows
from include.lookup.paging import one_page, pages_of
from include.sync.approvals import Answer
from include.vocabulary.clock import from_utc_column, to_utc_column

PAGE: Final = 50
_QUESTION, _RECORD, _RUN = SP_FREIGABE.c, SP_FREIGABE_SATZ.c, SP_PROTOKOLL.c
COLUMNS: Final = (
    _QUESTION.system, _QUESTION.approval, _QUESTION.group, _QUESTION.state, _QUESTION.count, _QUESTION.cause,
    _QUESTION.run, _QUESTION.asked_at, _QUESTION.decided_at, _QUESTION.decided_by, _QUESTION.valid_until,
)  # fmt: skip


@dataclass(frozen=True)
class Approval:
    """A question; `state`: open, approved, rejected, lapsed, `causes`: sentences in German, `run`: the protocol's name
    of the run that asked it, `count`: how many records it is about. Times are UTC.
    """

    system: str
    approval: str
    group: str
    state: str
    count: int
    causes: tuple[str, ...]
    run: str
    asked_at: datetime | None
    decided_at: datetime | None
    decided_by: str
    valid_until: datetime | None

    def state_at(self, now: datetime) -> str:
        """Return its state at a time: one that nobody answered in time has lapsed, also if no run has said so yet."""
        is_over = self.valid_until is None or self.valid_until <= now
        return Answer.LAPSED.value if self.state == Answer.OPEN and is_over else self.state

    def waited_at(self, moment: datetime) -> bool:
        """Whether it waited for an answer at a time."""
        ended_at = self.decided_at or self.valid_until
        return bool(self.asked_at and ended_at and self.asked_at <= moment <= ended_at)


@dataclass(frozen=True)
class Record:
    """One record of a question; `kind`: remove, withdraw (its access), create."""

    record_type: str
    external_id: str
    kind: str
    reason: str
    properties: tuple[str, ...]


@dataclass(frozen=True)
class Number:
    """How many records of a question are of a type, for a reason."""

    record_type: str
    kind: str
    reason: str
    count: int


@dataclass(frozen=True)
class Wanted:
    """Which records of a question; "" for any."""

    record_type: str = ""
    reason: str = ""
    property_nr: str = ""


@dataclass(frozen=True)
class Found:
    """A question with the numbers of all its records and one page of those wanted; `is_run_known`: the protocol still
    has the run that asked it.
    """

    approval: Approval
    is_run_known: bool
    numbers: list[Number]
    records: list[Record]
    total: int

    @property
    def pages(self) -> int:
        """The number of pages of wanted records, at least one."""
        return pages_of(self.total, PAGE)


def find_approvals(engine: Engine, system: str, now: datetime, limit: int, offset: int = 0) -> list[Approval]:
    """Return a system's questions: first those that wait at a (zoned) time, then the newest answered ones."""
    with read_snapshot(engine) as connection:
        return read_approvals(connection, approvals_query(system, now).limit(limit).offset(offset))


def count_approvals(engine: Engine, system: str) -> int:
    """Return how many questions a system has."""
    query = select(func.count()).select_from(SP_FREIGABE).where(_QUESTION.system == system)
    with read_snapshot(engine) as connection:
        return connection.execute(query).scalar_one()


def open_approvals(engine: Engine, system: str, now: datetime) -> list[Approval]:
    """Return a system's questions that wait at a (zoned) time, newest first."""
    with read_snapshot(engine) as connection:
        return read_open(connection, system, now)


def read_open(connection: Connection, system: str, now: datetime) -> list[Approval]:
    """Return what open_approvals does, as of the connection's snapshot."""
    return read_approvals(connection, approvals_query(system, now).where(_is_open(now)))


def find_approval(engine: Engine, system: str, approval: str, wanted: Wanted, page: int = 1) -> Found | None:
    """Return one question with a page of its records, None if there is no such question."""
    this = select(*COLUMNS).where(_QUESTION.system == system, _QUESTION.approval == approval)
    shown = one_page(records_query(system, approval, wanted), page, PAGE)
    with read_snapshot(engine) as connection:
        found = next(iter(read_approvals(connection, this)), None)
        if found is None:
            return None
        asking = select(_RUN.run).where(_RUN.system == system, _RUN.run == found.run)
        return Found(
            approval=found,
            is_run_known=connection.execute(asking).first() is not None,
            numbers=read_numbers(connection, system, approval),
            records=_records(connection, shown),
            total=connection.execute(total_query(system, approval, wanted)).scalar_one(),
        )


def all_records(engine: Engine, system: str, approval: str, wanted: Wanted) -> list[Record]:
    """Return all wanted records of a question, by type and id."""
    with read_snapshot(engine) as connection:
        return _records(connection, records_query(system, approval, wanted))


def read_approvals(connection: Connection, query: Select[Any]) -> list[Approval]:
    """Return the questions of a query for COLUMNS.

    Where the table is still to be added, as after an update, no run can have asked anything.
    """
    try:
        rows = named_rows(connection, query)
    except DBAPIError as error:
        if not cannot_be_read(error):
            raise
        return []
    return [_as_approval(row) for row in rows]


def approvals_query(system: str, now: datetime) -> Select[Any]:
    """Return the query for a system's questions."""
    rank = case((_is_open(now), 0), else_=1)
    latest = func.coalesce(_QUESTION.decided_at, _QUESTION.asked_at)
    return select(*COLUMNS).where(_QUESTION.system == system).order_by(rank, latest.desc(), _QUESTION.approval)


def records_query(system: str, approval: str, wanted: Wanted) -> Select[Any]:
    """Return the query for wanted records of a question."""
    columns = (_RECORD[field.name] for field in fields(Record))
    by_id = (_RECORD.record_type, _RECORD.external_id)
    return select(*columns).where(*_conditions(system, approval, wanted)).order_by(*by_id)


def total_query(system: str, approval: str, wanted: Wanted) -> Select[Any]:
    """Return the query for how many records are wanted."""
    return select(func.count()).select_from(SP_FREIGABE_SATZ).where(*_conditions(system, approval, wanted))


def numbers_query(system: str, approval: str) -> Select[Any]:
    """Return the query for how many records there are of each type, kind and reason."""
    groups = (_RECORD.record_type, _RECORD.kind, _RECORD.reason)
    mine = _conditions(system, approval, Wanted())
    return select(*groups, func.count()).where(*mine).group_by(*groups).order_by(*groups)


def _is_open(now: datetime) -> ColumnElement[bool]:
    return and_(_QUESTION.state == Answer.OPEN, _QUESTION.valid_until > to_utc_column(now))


def _conditions(system: str, approval: str, wanted: Wanted) -> list[ColumnElement[bool]]:
    found = [_RECORD.system == system, _RECORD.approval == approval]
    if wanted.record_type:
        found.append(_RECORD.record_type == wanted.record_type)
    if wanted.reason:
        found.append(_RECORD.reason == wanted.reason)
    if wanted.property_nr:  # one of several numbers with blanks between
        numbers = literal(" ") + _RECORD.properties + literal(" ")
        found.append(numbers.contains(f" {wanted.property_nr} ", autoescape=True))
    return found


def _as_approval(row: Mapping[str, Any]) -> Approval:
    return Approval(
        system=row["system"],
        approval=row["approval"],
        group=row["group"] or "",
        state=row["state"] or "",
        count=row["count"] or 0,
        causes=tuple(filter(None, (row["cause"] or "").splitlines())),
        run=row["run"] or "",
        asked_at=from_utc_column(row["asked_at"]),
        decided_at=from_utc_column(row["decided_at"]),
        decided_by=row["decided_by"] or "",
        valid_until=from_utc_column(row["valid_until"]),
    )


def read_numbers(connection: Connection, system: str, approval: str) -> list[Number]:
    """Return how many records of a question are of each type, kind and reason."""
    rows = connection.execute(numbers_query(system, approval))
    return [Number(record_type, kind or "", reason or "", count) for record_type, kind, reason, count in rows]


def _records(connection: Connection, query: Select[Any]) -> list[Record]:
    return [
        Record(record_type, external_id, kind or "", reason or "", tuple((properties or "").split()))
        for record_type, external_id, kind, reason, properties in connection.execute(query)
    ]
