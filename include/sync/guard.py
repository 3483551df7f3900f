"""Which changes a person is asked about before they are sent, and why (E36). Knows no database and does no I/O."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher, get_close_matches
from enum import StrEnum
from hashlib import blake2b
from typing import Final

import numpy as np
import pandas as pd

from include.settings import RemovalGuard
from include.sync.approvals import Answer, Item, Marked
from include.sync.plan import Action, Outcome, takes_away
from include.sync.sources import Source
from include.vocabulary.decision import EXTERNAL_ID, ORPHAN
from include.vocabulary.state import HELD

SHRUNK: Final = "SOURCE_SHRUNK"
ALIKE: Final = "LOOK_ALIKE"
ORDINARY: Final = "REMOVAL_GUARD"
REJECTED: Final = "REMOVAL_REJECTED"
_ORDER: Final = (SHRUNK, ALIKE, ORPHAN, ORDINARY)
"""In which order a question names its causes: the likely faults first."""
_PAIRS: Final = 3
_COMPARED: Final = (20, 500)
"""How many of the old and new ids are looked through for those that read alike."""


class Kind(StrEnum):
    """What is to happen to a record."""

    REMOVE = "remove"
    WITHDRAW = "withdraw"
    """It stays in the portal, but without access."""
    CREATE = "create"


@dataclass(frozen=True)
class Judged:
    """The records of a type with what is asked about each, and the causes, one per reason and line.

    records: as returned by plan.compare, plus kind, mark (None: nothing to ask about), why (a reason), waits, is_new
             (whether nobody has been asked yet)
    """

    record_type: str
    records: pd.DataFrame
    causes: Sequence[tuple[str, str]]

    def held_back(self) -> pd.DataFrame:
        """Return the records with everything that waits withheld, for the reason why it does."""
        waits = self.records["waits"]
        return self.records.assign(
            outcome=self.records["outcome"].mask(waits, Outcome.WITHHELD),
            action=self.records["action"].mask(waits, None),
            reason=self.records["reason"].mask(waits, self.records["why"]),
        )

    def items(self) -> list[Item]:
        """Return what a person is to be asked about now."""
        if not self.records["is_new"].any():
            return []
        names = [EXTERNAL_ID, "kind", "reason", "properties", "mark"]
        rows = self.records.loc[self.records["is_new"], names].astype(object)
        plain = rows.where(rows.notna(), None).to_numpy().tolist()
        return [Item(self.record_type, *row) for row in plain]

    def marks(self) -> set[Marked]:
        """Return what would happen to which records, as they stand."""
        rows = self.records.loc[self.records["mark"].notna(), [EXTERNAL_ID, "mark"]]
        return {Marked(self.record_type, *row) for row in rows.to_numpy().tolist()}


def judge(
    record_type: str,
    records: pd.DataFrame,
    answers: Mapping[Marked, Answer],
    guard: RemovalGuard,
    never_wait: Collection[str] = (),
    shrunken: Sequence[Source] = (),
    held: int | None = None,
) -> Judged:
    """Work out which changes of a record type wait for a person.

    records:    as returned by plan.compare
    answers:    what was asked and answered before
    never_wait: reasons of decisions that are carried out whatever happens
    shrunken:   views this type is made from that returned suspiciously little
    held:       how many records the portal holds of which too large a share must not go; None: those looked at
    """
    alike = _look_alikes(records, guard)
    takes = takes_away(records) & ~records["reason"].isin(never_wait)
    is_removal, is_create = takes & (records["action"] == Action.REMOVE), alike & (records["action"] == Action.CREATE)
    kind = _first([(is_removal, Kind.REMOVE), (takes, Kind.WITHDRAW), (is_create, Kind.CREATE)], records.index)
    why = _first(
        [
            (takes & (records["reason"] == ORPHAN), ORPHAN),
            (takes & bool(shrunken), SHRUNK),
            (alike & kind.notna(), ALIKE),
            (takes, ORDINARY),
        ],
        records.index,
    )
    mark = _marks(records, kind)
    answer = _answers(record_type, records, mark, answers)
    open_ = kind.notna() & ~answer.isin([Answer.APPROVED, Answer.REJECTED])
    count = int((open_ & takes).sum())
    held = int(records["state"].isin(HELD).sum()) if held is None else held
    waits = open_ & ((why != ORDINARY) | _exceeds(count, held, guard))
    rejected = answer == Answer.REJECTED
    is_new = waits & answer.isna()
    judged = records.assign(
        kind=kind, mark=mark, why=why.mask(rejected, REJECTED), waits=waits | rejected, is_new=is_new
    )
    return Judged(record_type, judged, _causes(record_type, judged, shrunken, f"{count} von {held}"))


def in_order(causes: Iterable[tuple[str, str]]) -> list[str]:
    """Return the lines of causes, each once, the likely faults first."""
    ordered = sorted(causes, key=lambda cause: _ORDER.index(cause[0]))
    return list(dict.fromkeys(line for _, line in ordered))


def _first(cases: Sequence[tuple["pd.Series[bool]", str]], index: pd.Index) -> pd.Series:
    """Return per row what the first case that holds says, None if none does."""
    chosen = np.select([case.to_numpy(dtype=bool) for case, _ in cases], [str(says) for _, says in cases], default="")
    texts = pd.Series(chosen, index=index, dtype=object)
    return texts.where(texts != "", None)


def _exceeds(count: int, held: int, guard: RemovalGuard) -> bool:
    return count > guard.max_count or count * 100 > guard.max_percent * held


def _look_alikes(records: pd.DataFrame, guard: RemovalGuard) -> "pd.Series[bool]":
    """Return what goes and what comes where about as many do: perhaps they are the same under other keys."""
    is_gone = records["gone"] & (records["action"] == Action.REMOVE) & records["state"].isin(HELD)
    is_unseen = records["unseen"] & (records["action"] == Action.CREATE)
    gone, unseen = int(is_gone.sum()), int(is_unseen.sum())
    is_suspect = gone >= guard.alike_from and unseen and abs(gone - unseen) * 100 <= guard.alike_percent * gone
    return (is_gone | is_unseen) & bool(is_suspect)


def _marks(records: pd.DataFrame, kind: pd.Series) -> pd.Series:
    """Return per change that may be asked about a digest of what is to happen, and of how the record stands."""
    asked = records[kind.notna()]
    columns = [kind[asked.index], *(asked[name] for name in ("reason", "acknowledged_at", "held_identity"))]
    texts = zip(*(column.astype(object).where(column.notna(), "") for column in columns), strict=True)
    marks = [blake2b("\n".join(map(str, text)).encode(), digest_size=16).hexdigest() for text in texts]
    return pd.Series(marks, index=asked.index, dtype=object).reindex(records.index)


def _answers(
    record_type: str, records: pd.DataFrame, marks: pd.Series, answers: Mapping[Marked, Answer]
) -> "pd.Series[str]":
    asked = marks.dropna()
    found = [
        answers.get(Marked(record_type, external_id, mark))
        for external_id, mark in zip(records.loc[asked.index, EXTERNAL_ID], asked, strict=True)
    ]
    return pd.Series(found, index=asked.index, dtype=object).reindex(records.index)


def _causes(
    record_type: str, records: pd.DataFrame, shrunken: Sequence[Source], share: str
) -> Sequence[tuple[str, str]]:
    if not records["is_new"].any():
        return []
    new = records[records["is_new"]]
    number = new["why"].value_counts()
    lines = {
        SHRUNK: [str(source) for source in shrunken],
        ALIKE: [f"{record_type}: {_alike(new[new['why'] == ALIKE])}"],
        ORPHAN: [f"{record_type}: {number.get(ORPHAN, 0)} im Portal, in iX-Haus unbekannt"],
        ORDINARY: [f"{record_type}: {share}"],
    }
    return [(why, line) for why in _ORDER if number.get(why, 0) for line in lines[why]]


def _alike(records: pd.DataFrame) -> str:
    """Return the pairs of old and new ids that read most alike."""
    is_new = records["kind"] == Kind.CREATE
    olds, news = (sorted(records.loc[which, EXTERNAL_ID]) for which in (~is_new, is_new))
    pairs = [
        (-SequenceMatcher(None, old, new).ratio(), old, new)
        for old in olds[: _COMPARED[0]]
        for new in get_close_matches(old, news[: _COMPARED[1]], n=1, cutoff=0)
    ]
    return ", ".join(f"{old} -> {new}" for _, old, new in sorted(pairs)[:_PAIRS])
