"""Why a record is, or is not, in the portal: the answer comes from the rules that every run asks (R50, O8).

The group's views are read and its rules run as in a run, over everything, as decisions depend on one another (shared
e-mail addresses, partners, first exports); only then the one record is picked. So it takes as long as a dry run:
seconds with 100,000 records. Nothing is sent, no lease is taken, the files read are gone when the answer is there.
"""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

import pandas as pd
from sqlalchemy import Connection, Engine, Select, select

from include.casavi.endpoints import endpoint_of
from include.casavi.payloads import refusal
from include.groups import GROUPS
from include.ixhaus.activation import why_off
from include.ixhaus.contract.own import SP_PROTOKOLL, SP_PROTOKOLL_EINTRAG
from include.ixhaus.database import read_snapshot
from include.ixhaus.secret import SecretLostError, read_secret
from include.lookup.ledger import Sent, sent
from include.settings import SystemSettings
from include.sync.contents import with_content
from include.sync.decide import decide, imported, take_snapshot
from include.sync.finality import standing
from include.sync.group import Group
from include.sync.plan import Scope, compare, validate
from include.sync.run import Extract
from include.sync.staging import passing
from include.vocabulary import ids
from include.vocabulary.clock import berlin_day, from_utc_column
from include.vocabulary.decision import CONTROL_COLUMNS, EXTERNAL_ID
from include.vocabulary.state import RunStatus

_RUN, _ENTRY = SP_PROTOKOLL.c, SP_PROTOKOLL_EINTRAG.c
_DID_NOTHING: Final = (RunStatus.SKIPPED, RunStatus.DRY_RUN)


@dataclass(frozen=True)
class Kind:
    """What can be asked about: which groups decide, as which record types, and from which views its records are made.

    A view's name that ends with "/" stands for keys of several parts, of which the first is asked for.
    """

    groups: tuple[str, ...]
    record_types: tuple[str, ...]
    views: tuple[str, ...]


_PEOPLE: Final = ("persons", "owners_caretakers")
KINDS: Final = {
    "property": Kind(("objects",), ("property",), ("SP_OBJEKT",)),
    "unit": Kind(("objects",), ("unit",), ("SP_EINHEIT",)),
    "person": Kind(_PEOPLE, ("contact",), ("SP_PERSON", "SP_PARTNER")),
    "contract": Kind(_PEOPLE, ("contract",), ("SP_VERTRAG", "SP_VERTRAGSROLLE/")),
    "document": Kind(("documents",), ("document",), ("SP_DOKUMENT",)),
    "report": Kind(("reports",), ("ticket", "post"), ("SP_MELDUNG",)),
    "note": Kind(("reports",), ("comment",), ("SP_NOTIZ",)),
}


@dataclass(frozen=True)
class Question:
    """A record of iX-Haus or the portal: a kind (a key of KINDS) and its id, as either side writes it."""

    system: str
    kind: str
    id: str


@dataclass(frozen=True)
class Remark:
    """What the group's last run wrote into the protocol about the record; `at` is UTC."""

    level: str
    reason: str
    http_status: int | None
    text: str
    at: datetime | None


@dataclass(frozen=True)
class Verdict:
    """What is decided about one record, and what the portal has of it.

    decision: send, restrict, remove, withhold, invalid (see decision.Decision); "" for a record that neither iX-Haus
              nor the portal has any more
    outcome:  what the next run does with it: change, unchanged, withheld, invalid, outstanding; "" for nothing
    action:   create, update or remove if it is a change
    text:     what our own check refuses, without values
    sources:  keys in iX-Haus that the record is made from
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
    remarks: tuple[Remark, ...] = ()


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
    verdicts = [
        verdict
        for name in KINDS[question.kind].groups
        for verdict in _verdicts(engine, settings, GROUPS[name], question, now)
    ]
    with read_snapshot(engine) as connection:
        told = tuple(_with_ledger(connection, question.system, verdict) for verdict in verdicts)
    return Answer(question, now, off or "", told)


def last_run_query(system: str, group: str) -> Select[Any]:
    """Return the query for the group's newest run that did something."""
    mine = (_RUN.system == system, _RUN.group == group, _RUN.status.not_in(_DID_NOTHING))
    return select(_RUN.run).where(*mine).order_by(_RUN.queried_at.desc()).limit(1)


def remarks_query(system: str, run: str, record_type: str, external_id: str) -> Select[Any]:
    """Return the query for a run's protocol entries about a record."""
    which = (_ENTRY.run == run, _ENTRY.record_type == record_type, _ENTRY.external_id == external_id)
    shown = (_ENTRY.level, _ENTRY.reason, _ENTRY.http_status, _ENTRY.text, _ENTRY.at)
    return select(*shown).where(_ENTRY.system == system, *which).order_by(_ENTRY.reason)


def _verdicts(
    engine: Engine, settings: SystemSettings, group: Group, question: Question, now: datetime
) -> Iterator[Verdict]:
    kind, secret = KINDS[question.kind], _secret(engine, question.system)
    with passing(question.system, "why") as folder:
        take_snapshot(group, question.system, engine, folder, Extract())
        decided = decide(group, folder, settings, berlin_day(now))
        known = folder.read_table("known").to_pandas()
    for record_type in kind.record_types:
        if record_type in decided:
            held = known[known["record_type"] == record_type]
            held = standing(held, endpoint_of(record_type, settings.portal), now, settings.limits.refused_days)
            yield from _of_type(group, record_type, decided[record_type], held, question.id, kind.views, secret)


def _secret(engine: Engine, system: str) -> bytes | None:
    """Return what keys the ledger; None before its first run under this release, and where runs stop as it is lost."""
    with suppress(SecretLostError), read_snapshot(engine) as connection:
        return read_secret(connection, system)
    return None


def _of_type(
    group: Group,
    record_type: str,
    decided: pd.DataFrame,
    known: pd.DataFrame,
    wanted: str,
    views: Iterable[str],
    secret: bytes | None,
) -> Iterator[Verdict]:
    """Compare the wanted records as a plan does (see plan.compare) and tell the result."""
    model = imported(group.record_types[record_type])
    is_wanted = (decided[EXTERNAL_ID] == wanted) | decided["source"].str.contains(_sources(views, wanted))
    desired = with_content(decided[is_wanted], model.VERSION, secret).to_pandas()
    asked = set(desired[EXTERNAL_ID]) | {wanted}
    elsewhere = set(decided.loc[~is_wanted, EXTERNAL_ID])
    mine = known[known[EXTERNAL_ID].isin(asked - elsewhere)]
    mine = mine.assign(is_ours=mine["group"] == group.name)
    records = compare(desired[[*CONTROL_COLUMNS, "hash"]], mine, Scope())
    contents = desired.set_index(EXTERNAL_ID)["content"]
    checked = validate(records.assign(content=records[EXTERNAL_ID].map(contents)), model, refusal)
    yield from (_as_verdict(group.name, record_type, row) for row in _rows(checked))
    gone = mine[mine["is_ours"] & ~mine[EXTERNAL_ID].isin(checked[EXTERNAL_ID])]
    for row in _rows(gone):
        lost = {"decision": "", "reason": "GONE", "outcome": "", "action": "", "text": "", "warnings": "", "source": ""}
        yield _as_verdict(group.name, record_type, {**row, **lost})


def _rows(frame: pd.DataFrame) -> list[dict[Any, Any]]:
    plain = frame.astype(object)
    return plain.where(plain.notna(), "").to_dict("records")


def _sources(views: Iterable[str], wanted: str) -> str:
    """Return the pattern of a `source` that names the wanted record."""
    return "|".join(ids.source_pattern(view.rstrip("/"), wanted, is_first=view.endswith("/")) for view in views)


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


def _with_ledger(connection: Connection, system: str, verdict: Verdict) -> Verdict:
    row = next(iter(sent(connection, system, verdict.record_type, [verdict.external_id])), None)
    run = connection.execute(last_run_query(system, verdict.group)).scalar()
    query = remarks_query(system, run or "", verdict.record_type, verdict.external_id)
    remarks = tuple(
        Remark(level or "", reason, http_status, text or "", from_utc_column(at))
        for level, reason, http_status, text, at in connection.execute(query)
    )
    return replace(verdict, sent=row, remarks=remarks)
