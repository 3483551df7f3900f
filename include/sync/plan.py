"""Comparing what the portal should hold with what it has acknowledged. Knows no business and does no I/O."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final, Literal

import numpy as np
import pandas as pd
from pydantic import BaseModel, ValidationError

from include.casavi.endpoints import ENDPOINTS
from include.columns.keys import positions, taken
from include.settings import PropertyRange
from include.sync.contents import REMOVAL_HASH
from include.sync.finality import CONTENT_LETTERS
from include.vocabulary.decision import EXTERNAL_ID, ORPHAN, Decision
from include.vocabulary.state import HELD, State

Resend = Literal["changed", "interval", "refused", "all"]
Refusal = Callable[[ValidationError], tuple[str, str]]
"""Puts a payload model's refusal into a reason code and a text without personal data."""


class Outcome(StrEnum):
    """What comparing says about a record; every record has exactly one."""

    CHANGE = "change"
    UNCHANGED = "unchanged"
    WITHHELD = "withheld"
    INVALID = "invalid"
    OUTSTANDING = "outstanding"
    """The portal refused exactly this content; for how long that counts is said in finality.py."""


class Action(StrEnum):
    """How a change is sent."""

    CREATE = "create"
    UPDATE = "update"
    REMOVE = "remove"


class DuplicateKeysError(Exception):
    """Two records claim one id in the portal; nothing may be sent before the ERP's data are mended."""


@dataclass(frozen=True)
class Scope:
    """What a run was asked to look at and to send again.

    properties: only records of these properties, or None for all
    resend:     changed (what differs), interval (also what the ERP changed within `interval`), refused (also what the
                portal has refused), all (likewise; whether it holds what the ledger says is looked up, nothing is sent
                on suspicion)
    interval:   start (inclusive) and end (exclusive), UTC without zone
    """

    properties: PropertyRange | None = None
    resend: Resend = "changed"
    interval: tuple[datetime, datetime] | None = None

    def forced(self, records: pd.DataFrame) -> "pd.Series[bool]":
        """Return which records are sent even if the portal has them as they are."""
        if self.resend == "interval" and self.interval is not None:
            start, end = self.interval
            return (records["changed_at"] >= start) & (records["changed_at"] < end)
        return pd.Series(False, index=records.index)

    def retried(self, records: pd.DataFrame) -> "pd.Series[bool]":
        """Return which records are sent even if the portal has refused them as they are."""
        return self.forced(records) | (self.resend in ("refused", "all"))

    def of_type(self, record_type: str) -> "Scope":
        """Return the scope for a record type: what the portal cannot update would have to go before it comes again, so
        that is never sent for nothing.
        """
        is_forced = self.resend == "interval" and ENDPOINTS[record_type].update is None
        return replace(self, resend="changed") if is_forced else self

    def covers(self, records: pd.DataFrame) -> "pd.Series[bool]":
        """Return which records belong to the chosen properties; a record of several belongs to each."""
        if self.properties is None:
            return pd.Series(True, index=records.index)
        chosen = self.properties
        numbers = records["properties"].fillna("")
        answers = {text: any(number in chosen for number in text.split()) for text in numbers.unique()}
        return numbers.map(answers).astype(bool)


_SHARED: Final = [
    "state", "hash", "refused", "reason", "properties", "identity", "parents", "acknowledged_at", "is_ours",
]  # fmt: skip
_CHECKED: Final = ["outcome", "reason", "content", "text"]
_KEPT: Final = {"acknowledged_at_known": "acknowledged_at", "identity_known": "held_identity"}


def compare(desired: pd.DataFrame, known: pd.DataFrame, scope: Scope) -> pd.DataFrame:
    """Return one row per record, desired or held, with its `outcome` and, for a change, its `action`.

    desired: the control columns of include/vocabulary/decision.py plus hash (see contents.with_content)
    known:   the ledger's rows of this record type (see ledger.known_records), with the refusals that still count (see
             finality.standing), plus is_ours: bool, whether this group is the one that sends them
    returns: desired's columns plus state, outcome, action, and of the ledger acknowledged_at and held_identity; records
             of ours that the ERP no longer has come with decision REMOVE and reason GONE (ORPHAN if it never had them)
             if the portal holds them, and not at all otherwise; `unseen` marks records that the ledger does not know
             yet, `gone` those that the ERP does not have any more, `foreign` those that another group has sent so far,
             `replaced` those in whose place the portal has one of another identity
    raises:  DuplicateKeysError naming the ids
    """
    twice = desired[EXTERNAL_ID][desired[EXTERNAL_ID].duplicated()]
    if len(twice):
        raise DuplicateKeysError(f"these ids occur more than once: {', '.join(sorted(set(twice.head(5))))}")
    records, is_known = _side_by_side(desired, known)
    gone = pd.Series(np.arange(len(records)) >= len(desired))
    state = records["state_known"].fillna(State.NEW.value)
    is_ours = records["is_ours_known"].eq(True).fillna(False).astype(bool)
    marks = {"unseen": ~is_known, "gone": gone, "foreign": is_known & ~gone & ~is_ours}
    maybe_held = state.isin([*HELD, State.PENDING])
    marks["replaced"] = maybe_held & _differ(records["identity"], records["identity_known"])
    records = _fill_gone(records, gone).assign(state=state, **marks)
    records = records[(~gone | (maybe_held & is_ours)) & scope.covers(records)]
    judged = _judged(records, scope).rename(columns=_KEPT)
    return judged.drop(columns=[f"{name}_known" for name in _SHARED], errors="ignore")


def _side_by_side(desired: pd.DataFrame, known: pd.DataFrame) -> tuple[pd.DataFrame, "pd.Series[bool]"]:
    """Return each desired record with the ledger's row of the same id, behind them the ledger's other rows, and which
    of them the ledger knows.
    """
    ledger = known[[EXTERNAL_ID, *_SHARED]].rename(columns={name: f"{name}_known" for name in _SHARED})
    found = positions(desired[EXTERNAL_ID], ledger[EXTERNAL_ID])
    is_other = np.ones(len(ledger), dtype=bool)
    is_other[found[found >= 0]] = False
    beside = desired.reset_index(drop=True).join(taken(ledger.drop(columns=EXTERNAL_ID), found))
    records = pd.concat([beside, ledger[is_other]], ignore_index=True)
    return records, pd.Series(np.append(found >= 0, is_other[is_other]))


def _differ(identity: pd.Series, known: pd.Series) -> "pd.Series[bool]":
    return (identity.fillna("") != "") & (known.fillna("") != "") & (identity != known)


def _fill_gone(records: pd.DataFrame, gone: "pd.Series[bool]") -> pd.DataFrame:
    filled = {"decision": Decision.REMOVE.value, "reason": "GONE", "hash": REMOVAL_HASH, "warnings": ""}
    changes = {name: records[name].mask(gone, value) for name, value in filled.items()}
    changes["reason"] = changes["reason"].mask(gone & (records["reason_known"] == ORPHAN).fillna(False), ORPHAN)
    # the identity tells a number used again from the record that is gone (E21), the parents where it is to be removed
    for name in ("properties", "identity"):
        changes[name] = records[name].mask(gone, records[f"{name}_known"])
    leaves = gone | ((records["decision"] == Decision.REMOVE) & (records["parents"].fillna("") == ""))
    changes["parents"] = records["parents"].mask(leaves, records["parents_known"])
    return records.assign(**changes)


def _judged(records: pd.DataFrame, scope: Scope) -> pd.DataFrame:
    decision, state = records["decision"], records["state"]
    wanted = decision.isin([Decision.SEND, Decision.RESTRICT])
    held = state.isin(HELD)
    maybe_held = held | (state == State.PENDING)
    same = held & (records["hash"] == records["hash_known"])
    outcome = np.select(
        [
            decision == Decision.INVALID,
            decision == Decision.WITHHOLD,
            (decision == Decision.REMOVE) & ~maybe_held,
            wanted & same & ~scope.forced(records),
            _is_refused(records) & ~scope.retried(records),
        ],
        [Outcome.INVALID, Outcome.WITHHELD, Outcome.WITHHELD, Outcome.UNCHANGED, Outcome.OUTSTANDING],
        default=Outcome.CHANGE,
    )
    action = np.select([~wanted, held], [Action.REMOVE, Action.UPDATE], default=Action.CREATE)
    judged = records.assign(outcome=outcome, action=action)
    return judged.assign(action=judged["action"].astype(object).where(judged["outcome"] == Outcome.CHANGE, None))


def _is_refused(records: pd.DataFrame) -> "pd.Series[bool]":
    refused = records["refused_known"].dropna().str[:CONTENT_LETTERS]
    same: pd.Series[bool] = records.loc[refused.index, "hash"].str[:CONTENT_LETTERS].eq(refused).fillna(False)
    return same.astype(bool).reindex(records.index, fill_value=False)


def to_send(records: pd.DataFrame) -> "pd.Series[bool]":
    """Return which records go to the portal with a content: those to be created or updated."""
    return records["action"].isin([Action.CREATE, Action.UPDATE])


def takes_away(records: pd.DataFrame) -> "pd.Series[bool]":
    """Return which changes take something from the portal: removals, and withdrawals of access."""
    withdrawn = (records["decision"] == Decision.RESTRICT) & (records["state"] == State.PRESENT)
    return (records["outcome"] == Outcome.CHANGE) & ((records["action"] == Action.REMOVE) | withdrawn)


def validate(records: pd.DataFrame, model: type[BaseModel], refusal: Refusal) -> pd.DataFrame:
    """Check the content of what is to be sent; content becomes the JSON text for the portal.

    records: as returned by `compare`, with the content of everything that is to be created or updated
    A record the model refuses becomes outcome invalid, with a reason code and in `text` what is wrong, without values;
    if the portal holds one of another identity in its place, that is removed.
    """
    is_sent = to_send(records)
    checked = records.assign(text="")
    if is_sent.any():  # most runs change little
        checked.loc[is_sent, _CHECKED] = _checked(records[is_sent], model, refusal)
    is_change = checked["outcome"] == Outcome.CHANGE
    leaves = is_change & is_sent & checked["content"].isna()
    return checked.assign(
        action=checked["action"].where(is_change, None).mask(leaves, Action.REMOVE.value),
        decision=checked["decision"].mask(leaves, Decision.REMOVE.value),
        hash=checked["hash"].mask(leaves, REMOVAL_HASH),
    )


def _checked(sent: pd.DataFrame, model: type[BaseModel], refusal: Refusal) -> pd.DataFrame:
    outcome, reason, content = (sent[name].tolist() for name in ("outcome", "reason", "content"))
    text = [""] * len(sent)
    for row, replaced in enumerate(sent["replaced"].tolist()):
        try:
            content[row] = model.model_validate_json(content[row]).model_dump_json(by_alias=True)
        except ValidationError as error:
            reason[row], text[row] = refusal(error)
            content[row] = None
            if not replaced:
                outcome[row] = Outcome.INVALID
    columns = dict(zip(_CHECKED, (outcome, reason, content, text), strict=True))
    return pd.DataFrame(columns, index=sent.index)
