"""What people are asked before it happens, and what they answered: SP_FREIGABE and SP_FREIGABE_SATZ (E36).

    open ──► approved | rejected     somebody has answered
     └─────► lapsed                  nobody has in time; whoever still finds the same asks anew

An answer holds for exactly what was shown: a record, what was to happen to it, and how it stood (its mark). What has
happened changes how it stands, so no approval is used twice.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import blake2b
from typing import Final, NamedTuple

from sqlalchemy import ColumnElement, Connection, Engine, and_, bindparam, delete, insert, or_, select, update

from include.ixhaus.contract.own import SP_FREIGABE, SP_FREIGABE_SATZ
from include.ixhaus.database import id_lists, read_snapshot
from include.settings import Retention
from include.sync.protocol import RunKey
from include.vocabulary.clock import to_utc_column

_QUESTION, _ITEM = SP_FREIGABE.c, SP_FREIGABE_SATZ.c
_LONGEST_CAUSE: Final = 400
_LONGEST_NAME: Final = 100
_SHOWN: Final = 10


class Answer(StrEnum):
    """How a question stands."""

    OPEN = "open"
    APPROVED = "approved"
    REJECTED = "rejected"
    LAPSED = "lapsed"


class Marked(NamedTuple):
    """A record as it stands, and what is to happen to it."""

    record_type: str
    external_id: str
    mark: str


@dataclass(frozen=True)
class Item:
    """One record of a question: what is to happen to it (a guard.Kind), and the reason of that decision."""

    record_type: str
    external_id: str
    kind: str
    reason: str
    properties: str | None
    mark: str


@dataclass(frozen=True)
class Answers:
    """What holds of the questions of a group now: the newest for each mark, and the questions that name it."""

    newest: Mapping[Marked, Answer]
    named_in: Sequence[tuple[str, Marked]]


@dataclass(frozen=True)
class Shown:
    """An open question as a person is to read it: causes, (record type, kind) → number, and some ids."""

    causes: str
    numbers: Mapping[tuple[str, str], int]
    sample: Sequence[str]


def answers(engine: Engine, system: str, group: str, now: datetime) -> Answers:
    """Return what people have answered, or are being asked, about a group's records; what has lapsed is left out."""
    in_time = _QUESTION.state.in_([Answer.OPEN, Answer.APPROVED]) & (_QUESTION.valid_until >= to_utc_column(now))
    query = (
        select(_ITEM.approval, _ITEM.record_type, _ITEM.external_id, _ITEM.mark, _QUESTION.state)
        .join(SP_FREIGABE, and_(_QUESTION.system == _ITEM.system, _QUESTION.approval == _ITEM.approval))
        .where(_QUESTION.system == system, _QUESTION.group == group, _ITEM.mark.is_not(None))
        .where(or_(_QUESTION.state == Answer.REJECTED, in_time))
        .order_by(_QUESTION.asked_at)
    )
    newest: dict[Marked, Answer] = {}
    named_in = []
    with read_snapshot(engine) as connection:
        for approval, *parts, state in connection.execute(query):
            newest[marked := Marked(*parts)] = Answer(state)
            named_in.append((approval, marked))
    return Answers(newest, named_in)


def ask(
    connection: Connection, run: RunKey, items: Sequence[Item], causes: Iterable[str], now: datetime, holds: timedelta
) -> None:
    """Write the one question of a run.

    causes: why it is asked, a line each
    holds:  how long it waits
    """
    digest = _digest(sorted("\t".join(map(str, asdict(item).values())) for item in items), size=32)
    approval = _digest([run.system, run.name, digest], size=16)
    asked_at = to_utc_column(now)
    question = {
        "system": run.system, "approval": approval, "group": run.group, "state": Answer.OPEN.value, "digest": digest,
        "count": len(items), "cause": _cut("\n".join(causes), _LONGEST_CAUSE), "run": run.name, "asked_at": asked_at,
        "valid_until": asked_at + holds,
    }  # fmt: skip
    connection.execute(insert(SP_FREIGABE).values(question))
    key = {"system": run.system, "approval": approval}
    connection.execute(insert(SP_FREIGABE_SATZ), [key | asdict(item) for item in items])


def asked_by(engine: Engine, run: RunKey) -> str | None:
    """Return the open question of a run, None if it has none; a plan that is repeated finds the one it asked before."""
    mine = select(_QUESTION.approval).where(_QUESTION.system == run.system, _QUESTION.run == run.name)
    with read_snapshot(engine) as connection:
        return connection.execute(mine.where(_QUESTION.state == Answer.OPEN)).scalars().first()


def end_moot(connection: Connection, system: str, moot: Collection[tuple[str, Marked]]) -> None:
    """Let answers hold no longer for what would not happen any more: should it be so again, it is asked about again.

    moot: questions and what they name
    """
    names = ("approval", "record_type", "external_id")
    which = and_(_ITEM.system == system, *(_ITEM[name] == bindparam(f"k_{name}") for name in names))
    rows = [
        {"k_approval": approval, "k_record_type": marked.record_type, "k_external_id": marked.external_id}
        for approval, marked in moot
    ]
    if rows:
        connection.execute(update(SP_FREIGABE_SATZ).where(which).values(mark=None), rows)


def lapse_overdue(connection: Connection, system: str, group: str, now: datetime) -> None:
    """Mark the questions of a group that nobody has answered in time."""
    mine = and_(_QUESTION.system == system, _QUESTION.group == group, _QUESTION.state == Answer.OPEN)
    is_over = _QUESTION.valid_until < to_utc_column(now)
    connection.execute(update(SP_FREIGABE).where(mine, is_over).values(state=Answer.LAPSED.value))


def decide(
    engine: Engine, system: str, approval: str, *, approve: bool, by: str, holds: timedelta, now: datetime
) -> bool:
    """Answer a question; returns False, and changes nothing, if it is not open any more.

    by:    who answers
    holds: how long an approval holds from now
    """
    moment = to_utc_column(now)
    answer = {"decided_at": moment, "decided_by": by[:_LONGEST_NAME], "valid_until": moment + holds}
    state = Answer.APPROVED if approve else Answer.REJECTED
    is_open = and_(_QUESTION.state == Answer.OPEN, _QUESTION.valid_until >= moment)
    with engine.begin() as connection:
        statement = update(SP_FREIGABE).where(*_one(system, approval), is_open).values(state=state.value, **answer)
        return connection.execute(statement).rowcount == 1


def is_approved(engine: Engine, system: str, approval: str, by: str) -> bool:
    """Return whether it was this person who has approved a question."""
    mine = (_QUESTION.state == Answer.APPROVED) & (_QUESTION.decided_by == by[:_LONGEST_NAME])
    with read_snapshot(engine) as connection:
        query = select(_QUESTION.approval).where(*_one(system, approval), mine)
        return connection.execute(query).first() is not None


def lapse(engine: Engine, system: str, approval: str, now: datetime) -> None:
    """Mark a question that nobody has answered in time; one that is decided stays as it is."""
    mine = update(SP_FREIGABE).where(*_one(system, approval), _QUESTION.state == Answer.OPEN)
    with engine.begin() as connection:
        connection.execute(mine.values(state=Answer.LAPSED.value, decided_at=to_utc_column(now)))


def shown(engine: Engine, system: str, approval: str, now: datetime) -> Shown | None:
    """Return a question as a person is to read it, None if it is not open any more."""
    is_open = and_(_QUESTION.state == Answer.OPEN, _QUESTION.valid_until >= to_utc_column(now))
    cause = select(_QUESTION.cause).where(*_one(system, approval), is_open)
    items = (
        select(_ITEM.record_type, _ITEM.kind, _ITEM.external_id)
        .where(_ITEM.system == system, _ITEM.approval == approval)
        .order_by(_ITEM.record_type, _ITEM.external_id)
    )
    with read_snapshot(engine) as connection:
        found = connection.execute(cause).first()
        if found is None:
            return None
        rows = connection.execute(items).all()
    numbers = Counter((record_type, kind) for record_type, kind, _ in rows)
    sample = [f"{record_type} {external_id}" for record_type, _, external_id in rows[:_SHOWN]]
    return Shown(found[0] or "", numbers, sample)


def forget_old(engine: Engine, system: str, keep: Retention, now: datetime) -> int:
    """Delete answered and lapsed questions after the time for which the protocol is kept; returns how many."""
    limit = to_utc_column(now) - timedelta(days=keep.protocol_days)
    old = select(_QUESTION.approval).where(_QUESTION.system == system, _QUESTION.asked_at < limit)
    with read_snapshot(engine) as connection:
        names = connection.execute(old.where(_QUESTION.state != Answer.OPEN)).scalars().all()
    for some in id_lists(names):
        with engine.begin() as connection:
            for table in (SP_FREIGABE_SATZ, SP_FREIGABE):
                connection.execute(delete(table).where(table.c.system == system, table.c.approval.in_(some)))
    return len(names)


def _one(system: str, approval: str) -> tuple[ColumnElement[bool], ...]:
    return _QUESTION.system == system, _QUESTION.approval == approval


def _digest(lines: Iterable[str], size: int) -> str:
    return blake2b("\n".join(lines).encode(), digest_size=size).hexdigest()


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"
