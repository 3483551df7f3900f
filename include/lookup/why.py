"""Why a record is, or is not, in the portal: the answer comes from the rules that every run asks (R50, O8).

The group's rules run as in a run, over all that the decision about the one record depends on and nothing else (see
narrow.py); then the one record is picked. Nothing is sent, no lease is taken, the files read are gone when the answer
is there.
"""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

import pandas as pd
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from include.casavi.endpoints import endpoint_of
from include.casavi.payloads import refusal
from include.groups import GROUPS
from include.ixhaus.activation import why_off
from include.ixhaus.check import cannot_be_read
from include.ixhaus.database import read_snapshot
from include.ixhaus.secret import SecretLostError, read_secret
from include.lookup.kinds import KINDS
from include.lookup.ledger import Sent, sent
from include.lookup.narrow import extract_for
from include.lookup.past import Past, past_of
from include.lookup.roles import roles_of
from include.settings import SystemSettings
from include.sync.contents import with_content
from include.sync.decide import decide, imported, take_snapshot
from include.sync.finality import standing
from include.sync.group import Group
from include.sync.ledger import known_of
from include.sync.plan import Scope, compare, validate
from include.sync.run import Extract
from include.sync.staging import passing
from include.vocabulary import ids
from include.vocabulary.clock import berlin_day
from include.vocabulary.decision import CONTROL_COLUMNS, EXTERNAL_ID


@dataclass(frozen=True)
class Question:
    """A record of iX-Haus or the portal: a kind (a key of KINDS) and its id, as either side writes it.

    For whoever spells it otherwise, lookup/spelling.py has the ids that it may mean.
    """

    system: str
    kind: str
    id: str


@dataclass(frozen=True)
class Verdict:
    """What is decided about one record, and what the portal has of it.

    decision: send, restrict, remove, withhold, invalid (see decision.Decision); "" for a record that neither iX-Haus
              nor the portal has any more
    outcome:  what the next run does with it: change, unchanged, withheld, invalid, outstanding; "" for nothing
    action:   create, update or remove if it is a change
    text:     what our own check refuses, without values
    sources:  keys in iX-Haus that the record is made from
    roles:    what a person is: tenant, co_resident, contract_partner, owner, caretaker
    past:     what happened to the record, newest first
    """

    group: str
    record_type: str
    external_id: str
    decision: str
    reason: str
    outcome: str
    action: str
    text: str
    warnings: tuple[str, ...]
    properties: tuple[str, ...]
    sources: tuple[str, ...]
    state: str
    sent: Sent | None = None
    roles: tuple[str, ...] = ()
    past: tuple[Past, ...] = ()


@dataclass(frozen=True)
class Answer:
    """All records that the question fits; `off` is the reason why nothing is sent at all at the moment, "" if none."""

    question: Question
    asked_at: datetime
    off: str
    verdicts: tuple[Verdict, ...]

    @property
    def properties(self) -> list[str]:
        """The numbers of the properties that the records belong to."""
        return sorted({number for verdict in self.verdicts for number in verdict.properties})


def why(engine: Engine, settings: SystemSettings, question: Question, now: datetime) -> Answer:
    """Decide about one record as the next run would; `now` is zoned, and gives the day.

    Raises ContractError when a view is not as agreed: then no run can decide either.
    """
    off = why_off(engine, berlin_day(now)) if settings.active else "SYSTEM_OFF"
    verdicts = list(_verdicts(engine, settings, question, now))
    with read_snapshot(engine) as connection:
        told = tuple(_with_memory(connection, question.system, verdict) for verdict in verdicts)
    return Answer(question, now, off or "", told)


def remembered(engine: Engine, question: Question) -> list[Verdict]:
    """Return what the ledger knows of the records of exactly this id, without any decision."""
    with read_snapshot(engine) as connection:
        rows = [
            row
            for record_type in KINDS[question.kind].record_types
            for row in sent(connection, question.system, record_type, [question.id])
        ]
        return [
            _with_memory(connection, question.system, _as_verdict(row.group, row.record_type, _known(row)))
            for row in rows
        ]


def _known(row: Sent) -> dict[str, str]:
    nothing = dict.fromkeys(("decision", "outcome", "action", "text", "warnings", "properties", "source"), "")
    return {**nothing, EXTERNAL_ID: row.external_id, "reason": row.reason, "state": row.state}


def _verdicts(engine: Engine, settings: SystemSettings, question: Question, now: datetime) -> Iterator[Verdict]:
    """Yield what every group that sends such records decides; they read the same views, so once for all."""
    kind, secret = KINDS[question.kind], _secret(engine, question.system)
    extract = _extract(engine, settings, question)
    groups = [GROUPS[name] for name in kind.groups]
    with passing(question.system, "why") as folder:
        take_snapshot(groups[0], question.system, engine, folder, extract)
        for group in groups:
            decided = decide(group, folder, settings, berlin_day(now))
            for record_type in kind.record_types:
                if record_type in decided:
                    asked = _Asked(group, record_type, question, settings, now)
                    yield from _of_type(engine, asked, decided[record_type], secret)


def _extract(engine: Engine, settings: SystemSettings, question: Question) -> Extract:
    try:
        return extract_for(engine, settings, question.kind, [question.id])
    except DBAPIError as error:
        if not cannot_be_read(error):
            raise
        return Extract()  # reading the views says what is missing of them


def _secret(engine: Engine, system: str) -> bytes | None:
    """Return what keys the ledger; None before its first run under this release, and where runs stop as it is lost."""
    with suppress(SecretLostError), read_snapshot(engine) as connection:
        return read_secret(connection, system)
    return None


class _Asked(NamedTuple):
    """One record type of a group, and what is asked of it."""

    group: Group
    record_type: str
    question: Question
    settings: SystemSettings
    now: datetime


def _of_type(engine: Engine, asked: _Asked, decided: pd.DataFrame, secret: bytes | None) -> Iterator[Verdict]:
    """Compare the wanted records as a plan does (see plan.compare) and tell the result."""
    model, wanted = imported(asked.group.record_types[asked.record_type]), asked.question.id
    named = decided["source"].str.contains(_sources(KINDS[asked.question.kind].views, wanted))
    is_wanted = (decided[EXTERNAL_ID] == wanted) | named
    desired = with_content(decided[is_wanted], model.VERSION, secret).to_pandas()
    elsewhere = set(decided.loc[~is_wanted, EXTERNAL_ID])
    mine = _held(engine, asked, ({*desired[EXTERNAL_ID], wanted}) - elsewhere)
    records = compare(desired[[*CONTROL_COLUMNS, "hash"]], mine, Scope())
    contents = desired.set_index(EXTERNAL_ID)["content"]
    checked = validate(records.assign(content=records[EXTERNAL_ID].map(contents)), model, refusal)
    yield from (_as_verdict(asked.group.name, asked.record_type, row) for row in _rows(checked))
    gone = mine[mine["is_ours"] & ~mine[EXTERNAL_ID].isin(checked[EXTERNAL_ID])]
    for row in _rows(gone):
        lost = {"decision": "", "reason": "GONE", "outcome": "", "action": "", "text": "", "warnings": "", "source": ""}
        yield _as_verdict(asked.group.name, asked.record_type, {**row, **lost})


def _held(engine: Engine, asked: _Asked, external_ids: set[str]) -> pd.DataFrame:
    """Return the ledger's rows of some records as a plan sees them."""
    held = known_of(engine, asked.question.system, asked.record_type, external_ids or {""}).to_pandas()
    endpoint = endpoint_of(asked.record_type, asked.settings.portal)
    held = standing(held, endpoint, asked.now, asked.settings.limits.refused_days)
    return held.assign(is_ours=held["group"] == asked.group.name)


def _rows(frame: pd.DataFrame) -> list[dict[Any, Any]]:
    plain = frame.astype(object)
    return plain.where(plain.notna(), "").to_dict("records")


def _sources(views: Iterable[str], wanted: str) -> str:
    """Return the pattern of a `source` that names the wanted record."""
    return "|".join(
        ids.source_part_pattern(view[1:], wanted)
        if view.startswith("/")
        else ids.source_pattern(view.rstrip("/"), wanted, is_first=view.endswith("/"))
        for view in views
    )


def _as_verdict(group: str, record_type: str, row: dict[Any, Any]) -> Verdict:
    return Verdict(
        group=group,
        record_type=record_type,
        external_id=str(row[EXTERNAL_ID]),
        decision=str(row["decision"]),
        reason=str(row["reason"]),
        outcome=str(row["outcome"]),
        action=str(row["action"]),
        text=str(row["text"]),
        warnings=tuple(str(row["warnings"]).split()),
        properties=tuple(str(row["properties"]).split()),
        sources=tuple(str(row["source"]).split()),
        state=str(row["state"]),
    )


def _with_memory(connection: Connection, system: str, verdict: Verdict) -> Verdict:
    row = next(iter(sent(connection, system, verdict.record_type, [verdict.external_id])), None)
    past = past_of(connection, system, verdict.record_type, verdict.external_id, row)
    roles = roles_of(connection, verdict.sources) if verdict.record_type == "contact" else ()
    return replace(verdict, sent=row, past=past, roles=roles)
