"""What would come and go under other settings: the groups concerned are rehearsed under those in force and under the
others, and what differs is the answer (R13, R17, R26). Nothing is sent, nothing is written.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple

import numpy as np
import pandas as pd
from sqlalchemy import Engine

from include.groups import GROUPS
from include.ixhaus.activation import why_off
from include.settings import SystemSettings
from include.sync.decide import take_snapshot
from include.sync.group import Group
from include.sync.guard import REJECTED, Kind
from include.sync.plan import Action, Outcome
from include.sync.rehearse import assume, rehearse
from include.sync.run import Extract
from include.sync.staging import Staging, passing
from include.vocabulary.clock import berlin_day
from include.vocabulary.decision import EXTERNAL_ID, Decision
from include.vocabulary.state import State

_PEOPLE: Final = ("persons", "owners_caretakers")
_TENANCIES: Final = ("objects", *_PEOPLE, "documents")
READ_BY: Final[Mapping[str, tuple[str, ...]]] = {
    "properties": tuple(GROUPS),
    "include_vacant_units": ("objects", "owners_caretakers"),
    "person_types": (*_PEOPLE, "documents"),
    "portal_access_lead_days": _TENANCIES,
    "portal_access_trail_days": _TENANCIES,
    "document_types": ("documents",),
    "document_types_without_time_filter": ("documents",),
    "property_document_types": ("documents",),
    "unit_document_types": ("documents",),
    "user_teams": ("reports",),
    "open_reports_cutoff": ("reports",),
    "removal_guard": tuple(GROUPS),
}
"""Setting → the groups whose decisions or plans read it."""
MOVES: Final = ("create", "grant", "update", "withdraw", "remove", "invalid")
"""What may become of a record; with not_ before it, what would become of it no more."""
_SHOWN: Final = ["record_type", EXTERNAL_ID, "move", "reason", "properties", "waits", "is_due"]


class Number(NamedTuple):
    """How many records of a type would move in a way for a reason: through the change (due), of those so many only
    after somebody's approval (waiting), and so many without the change as well (anyway).
    """

    record_type: str
    move: str
    reason: str
    due: int
    waiting: int
    anyway: int


@dataclass(frozen=True)
class Effect:
    """What would happen under other settings.

    moves: one row per record: record_type, external_id, move, reason, properties, waits, is_due (through the change)
    off:   the reason why nothing is sent at all at the moment, "" if none
    """

    asked_at: datetime
    groups: tuple[str, ...]
    off: str
    moves: pd.DataFrame

    def total(self, *moves: str) -> int:
        """Return how many records would move so through the change."""
        return int((self.moves["is_due"] & self.moves["move"].isin(moves)).sum())

    def numbers(self) -> list[Number]:
        """Return the numbers by record type, move and reason, those of one type together."""
        rows = self.moves.assign(
            waiting=self.moves["is_due"] & self.moves["waits"], anyway=~self.moves["is_due"], due=self.moves["is_due"]
        )
        keys = ["record_type", "move", "reason"]
        counted = rows.groupby(keys, sort=False)[["due", "waiting", "anyway"]].sum().reset_index()
        types = list(dict.fromkeys(name for group in GROUPS.values() for name in group.record_types))
        moves = [*MOVES, *(f"not_{move}" for move in MOVES)]
        found = [
            Number(str(record_type), str(move), str(reason), int(due), int(waiting), int(anyway))
            for record_type, move, reason, due, waiting, anyway in counted.to_numpy().tolist()
        ]
        return sorted(found, key=lambda one: (types.index(one.record_type), moves.index(one.move), -one.due))


def groups_for(paths: Collection[str]) -> tuple[list[Group], list[Group]]:
    """Return the groups in which changed settings may change something, and those to be rehearsed, which are these and
    those before them that decide about records these look at; both in the order of a full run.
    """
    names = {name for path in paths for name in READ_BY[path.partition(".")[0]]}
    concerned = [group for group in GROUPS.values() if group.name in names or _sees(group, names)]
    before = {name for group in concerned for name in GROUPS if set(GROUPS[name].record_types) & set(group.sees)}
    chosen = {*before, *(group.name for group in concerned)}
    return concerned, [group for group in GROUPS.values() if group.name in chosen]


def _sees(group: Group, names: Collection[str]) -> bool:
    return any(set(GROUPS[name].record_types) & set(group.sees) for name in names)


def try_settings(
    engine: Engine, current: SystemSettings, tried: SystemSettings, paths: Collection[str], now: datetime
) -> Effect:
    """Rehearse what runs of the groups concerned would do; `paths` are the settings that differ, `now` is zoned.

    What one group would do is assumed done for those behind it: a letter comes once its recipient has come. Raises what
    a run raises: ContractError when a view is not as agreed, DuplicateKeysError, SecretLostError.
    """
    concerned, chosen = groups_for(paths)
    as_is: dict[str, list[pd.DataFrame]] = defaultdict(list)
    as_tried: dict[str, list[pd.DataFrame]] = defaultdict(list)
    parts = []
    for group in chosen:
        with passing(current.system, "trial") as folder:
            take_snapshot(group, current.system, engine, folder, Extract())
            known = folder.read_table("known")
            before = _rehearsed(group, current, engine, folder, as_is, now)
            if group in concerned:
                folder.write_table("known", known)
                after = _rehearsed(group, tried, engine, folder, as_tried, now)
                parts += [_moves(name, *_either(name, before, after)) for name in {**before, **after}]
            else:
                after = before
        for happened, frames in ((as_is, before), (as_tried, after)):
            for record_type, records in frames.items():
                happened[record_type].append(records)
    off = why_off(engine, berlin_day(now)) if current.active else "SYSTEM_OFF"
    moves = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=_SHOWN)
    return Effect(now, tuple(group.name for group in concerned), off or "", moves)


def _rehearsed(
    group: Group,
    settings: SystemSettings,
    engine: Engine,
    folder: Staging,
    happened: Mapping[str, list[pd.DataFrame]],
    now: datetime,
) -> dict[str, pd.DataFrame]:
    assume(folder, group, happened, now)
    return rehearse(group, settings, engine, folder, now)


def _either(record_type: str, *sides: Mapping[str, pd.DataFrame]) -> list[pd.DataFrame]:
    """Return what each side has of a record type, which one of them may not have at all."""
    there = next(side[record_type] for side in sides if record_type in side)
    return [side.get(record_type, there.iloc[:0]) for side in sides]


def _moves(record_type: str, before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Return the moves of a record type; due are those that would not happen, or not so, as things are."""
    old, new = _moving(before), _moving(after)
    both = new.merge(old, on=EXTERNAL_ID, how="outer", suffixes=("", "_before"), indicator="_found")
    is_same = both["_found"] == "both"
    for name in ("move", "waits", "hash"):
        is_same &= both[name].eq(both[f"{name}_before"]).fillna(False).astype(bool)
    is_dropped = both["_found"] == "right_only"
    reason = both[EXTERNAL_ID].map(after.set_index(EXTERNAL_ID)["why"]).fillna(both["reason_before"])
    rows = both.assign(
        record_type=record_type,
        move=both["move"].mask(is_dropped, "not_" + both["move_before"]),
        reason=both["reason"].mask(is_dropped, reason),
        properties=both["properties"].mask(is_dropped, both["properties_before"]).fillna(""),
        waits=both["waits"].eq(True),
        is_due=~is_same,
    )
    return rows.loc[rows["is_due"] | (rows["move"] != "invalid"), _SHOWN]  # what is invalid already, nobody asks here


def _moving(records: pd.DataFrame) -> pd.DataFrame:
    """Return external_id, move, waits, reason, properties and hash of the records that would move."""
    waits = records["waits"] & (records["reason"] != REJECTED)
    is_change, action = records["outcome"] == Outcome.CHANGE, records["action"]
    gets = (records["state"] == State.RESTRICTED) & (records["decision"] == Decision.SEND)
    loses = (records["state"] == State.PRESENT) & (records["decision"] == Decision.RESTRICT)
    kind = records["kind"].where(waits, "")
    move = np.select(
        [
            (is_change & (action == Action.CREATE)) | (kind == Kind.CREATE),
            (is_change & (action == Action.REMOVE)) | (kind == Kind.REMOVE),
            (is_change & loses) | (kind == Kind.WITHDRAW),
            is_change & gets,
            is_change,
            records["outcome"] == Outcome.INVALID,
        ],
        ["create", "remove", "withdraw", "grant", "update", "invalid"],
        default="",
    )
    named = records.assign(move=move, waits=waits, reason=records["why"], hash=records["hash"].fillna(""))
    return named.loc[named["move"] != "", [EXTERNAL_ID, "move", "waits", "reason", "properties", "hash"]]
