"""What the portal should show, if all that it lists were known: the rules themselves say whom they know."""

import json
from collections.abc import Mapping, Sequence
from typing import Final

import pandas as pd
import pyarrow as pa
from pydantic import BaseModel, ValidationError

from include.casavi.inventory import BELOW
from include.casavi.shown import digest_of
from include.columns.keys import occurs
from include.sync.contents import with_content
from include.sync.decide import RULES_SEE, decide, imported
from include.sync.group import Group
from include.sync.reconcile.corrections import STATE_OF
from include.sync.reconcile.findings import DESIRED
from include.sync.reconcile.seen import Seen
from include.sync.run import Opened
from include.vocabulary import ids
from include.vocabulary.decision import EXTERNAL_ID
from include.vocabulary.state import HELD, State

_TICKET: Final = ids.parent_pattern("ticket")
_OTHER_GROUP: Final = "OTHER_GROUP"


def desired_of(run: Opened, groups: Sequence[Group], seen: Seen) -> dict[str, pd.DataFrame]:
    """Return record type → what today's rules say of each record, under the id that the portal has it by.

    returns: findings.DESIRED; sender is the group that sends it, digest that of what the portal should show of it
             (missing for what is not sent, or not listed)
    """
    ledger = {
        record_type: _tentative(record_type, known, seen.portal[record_type]) if record_type in seen.portal else known
        for record_type, known in seen.known.items()
    }
    found: dict[str, list[pd.DataFrame]] = {}
    for group in groups:  # in order: documents go by what becomes of contacts
        seen.folder.write_table("known", _as_table(ledger))
        decided = decide(group, seen.folder, run.settings, run.today)
        for record_type in group.record_types:
            table = _with_digests(group, record_type, decided.pop(record_type), seen, run.secret)
            found.setdefault(record_type, []).append(table[list(DESIRED)])
            ledger[record_type] = _settled(ledger[record_type], table, seen.portal[record_type])
    return {record_type: _of_one_sender(frames) for record_type, frames in found.items()}


def _with_digests(group: Group, record_type: str, decided: pd.DataFrame, seen: Seen, secret: bytes) -> pd.DataFrame:
    model, visible = imported(group.record_types[record_type]), seen.visible[record_type]
    table = with_content(decided, model.VERSION, secret).to_pandas().assign(sender=group.name)
    may_be_there = occurs(table[EXTERNAL_ID], seen.portal[record_type][EXTERNAL_ID]) | (record_type in BELOW)
    contents = table.pop("content").where(may_be_there)
    digests = [_digest(record_type, model, one, visible) for one in contents]
    table["digest"] = pd.Series(digests, index=table.index, dtype="str")
    if BELOW.get(record_type) == "ticket":
        seen.portal[record_type] = _linked(table, seen.portal[record_type], known=seen.known[record_type])
    return table


def _settled(ledger: pd.DataFrame, decided: pd.DataFrame, listed: pd.DataFrame) -> pd.DataFrame:
    """Return the ledger with the state of what the portal shows just as it was decided."""
    if decided.empty or listed.empty:
        return ledger
    shown = decided.merge(listed[[EXTERNAL_ID, "digest"]], on=[EXTERNAL_ID, "digest"])
    states = shown.set_index(EXTERNAL_ID)["decision"].map(STATE_OF).dropna().astype("str")
    return ledger.assign(state=ledger[EXTERNAL_ID].map(states).astype("str").fillna(ledger["state"]))


def _of_one_sender(frames: list[pd.DataFrame]) -> pd.DataFrame:
    """Return one row per record; where two groups name it, that of the group which sends it."""
    rows = pd.concat(frames, ignore_index=True)
    is_others = rows["reason"] == _OTHER_GROUP
    return pd.concat([rows[~is_others], rows[is_others]]).drop_duplicates(EXTERNAL_ID).reset_index(drop=True)


def _linked(desired: pd.DataFrame, listed: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    """Return what is listed below tickets with the records it stands for where the portal gave it an id of its own:
    a note is known by its text, a file by the last part of its id, which its name holds.

    desired: external_id, parents, digest
    """
    is_open = ~occurs(listed[EXTERNAL_ID], pd.concat([desired[EXTERNAL_ID], known[EXTERNAL_ID]]))
    wanted = desired[~occurs(desired[EXTERNAL_ID], listed[EXTERNAL_ID]) & (desired["parents"] != "")]
    marks = wanted["digest"].fillna(wanted[EXTERNAL_ID].map(ids.last_part))
    keys = list(zip(wanted["parents"].str.extract(_TICKET)[0], marks, strict=True))
    ours = dict(zip(reversed(keys), reversed(wanted[EXTERNAL_ID].tolist()), strict=True))
    rows = listed[is_open]
    names = rows["digest"].fillna(rows[EXTERNAL_ID])
    found = [ours.pop(key, None) for key in zip(rows["parent"], names, strict=True)]
    same = pd.Series(found, rows.index, dtype="str").reindex(listed.index)
    linked = listed.assign(external_id=same.fillna(listed[EXTERNAL_ID]))
    is_file = listed["digest"].isna()  # its id in the portal is none of ours, and nothing is ever asked for by it
    return linked.assign(portal_id=linked["portal_id"].mask(is_file, linked[EXTERNAL_ID]))


def _digest(record_type: str, model: type[BaseModel], content: object, visible: frozenset[str] | None) -> str | None:
    if not isinstance(content, str) or record_type == "attachment":
        return None
    try:
        checked = model.model_validate_json(content).model_dump_json(by_alias=True)
    except ValidationError:  # the plan names it
        return None
    return digest_of(record_type, json.loads(checked), visible)


def _as_table(ledger: Mapping[str, pd.DataFrame]) -> pa.Table:
    rows = pd.concat([frame.reindex(columns=RULES_SEE) for frame in ledger.values()], ignore_index=True)
    schema = pa.schema([(name, pa.string()) for name in RULES_SEE])
    return pa.Table.from_pandas(rows, schema=schema, preserve_index=False)


def _tentative(record_type: str, known: pd.DataFrame, listed: pd.DataFrame) -> pd.DataFrame:
    """Return the ledger's rows of a type as they would be if it held all that the portal lists."""
    if known.empty and listed.empty:
        return known
    there = listed.set_index(EXTERNAL_ID)
    state = pd.Series(State.PRESENT.value, index=listed.index).mask(~listed["has_access"], State.RESTRICTED.value)
    adopted = listed.assign(record_type=record_type, state=state, acknowledged_at=moments(listed["created_at"]))
    is_listed = occurs(known[EXTERNAL_ID], listed[EXTERNAL_ID])
    is_known = known["state"] != State.NEW
    returned = (known["state"] == State.REMOVED) & known[EXTERNAL_ID].map(there["is_gone"]).eq(False)
    missing = known["state"].isin(HELD) & ~is_listed
    before = known.assign(state=known["state"].mask(returned, State.PRESENT.value).mask(missing, State.PENDING.value))[
        is_known | ~is_listed
    ]
    return pd.concat([before, adopted[~occurs(adopted[EXTERNAL_ID], before[EXTERNAL_ID])]], ignore_index=True)


def moments(texts: pd.Series) -> pd.Series:
    """Return times as the ledger's frames hold them (ISO, UTC without zone) of times as the portal writes them."""
    return parsed(texts).map(lambda moment: moment.isoformat(), na_action="ignore").astype(object)


def parsed(texts: pd.Series) -> pd.Series:
    """Return times as the portal writes them as times in UTC without zone; missing for what is none."""
    return pd.to_datetime(texts, utc=True, errors="coerce", format="ISO8601").dt.tz_localize(None)
