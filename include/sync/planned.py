"""What a plan leaves behind: batches to load, ledger rows for new records, protocol entries, or a preview."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, TypedDict

import pandas as pd
import pyarrow as pa
from sqlalchemy import Connection

from include.settings import Limits
from include.sync import ledger, links, protocol
from include.sync.asking import Guarded
from include.sync.calls import CANNOT_WITHDRAW
from include.sync.finality import REFUSED
from include.sync.group import Group, is_removal, stages
from include.sync.plan import Action, Outcome
from include.sync.protocol import Counts, Entry
from include.sync.run import Opened
from include.sync.staging import PREVIEW, Change
from include.vocabulary.clock import utc_now
from include.vocabulary.decision import NOT_UNIQUE, Decision
from include.vocabulary.state import Level

log = logging.getLogger(__name__)
VIEW: Final = "view"
"""What the protocol calls a view of the contract among record types."""
MAX_BATCHES: Final = 50
"""Airflow maps a task over at most 1,024 parts, and each costs about half a second."""
PREVIEW_LINES: Final = 100
_PREVIEWED: Final = ["record_type", "external_id", "action", "reason"]
HOLD_BACK: Final = "hold back"
"""Stands in a preview for the action of what would wait for a person."""
Compared = Mapping[str, pd.DataFrame]
"""Record type → frame as returned by plan.compare, guard.Judged.held_back and plan.validate; no type of which there is
nothing.
"""


class BatchPart(TypedDict):
    """Where one batch is staged: it goes through XCom."""

    record_type: str
    file: str
    part: int


Batches = dict[str, list[BatchPart]]
"""Load task → where each of its batches is staged."""


@dataclass(frozen=True)
class Planned:
    """What a plan found: counts, the changes to send as batches per load task, and the question it has asked."""

    counts: Counts
    changes: int
    batches: Batches
    approval: str | None = None


def planned_counts(compared: Compared, *, dry_run: bool) -> Counts:
    """Return the counts a plan knows; of a dry run also what would be created, updated and removed."""
    if not compared:
        return Counts()
    records = pd.concat([frame[["outcome", "action", "gone"]] for frame in compared.values()])
    outcome, action = records["outcome"].value_counts(), records["action"].value_counts()
    would = {"created": Action.CREATE, "updated": Action.UPDATE, "removed": Action.REMOVE} if dry_run else {}
    return Counts(
        read=int((~records["gone"].astype(bool)).sum()),
        unchanged=int(outcome.get(Outcome.UNCHANGED, 0)),
        withheld=int(outcome.get(Outcome.WITHHELD, 0)),
        invalid=int(outcome.get(Outcome.INVALID, 0)),
        outstanding=int(outcome.get(Outcome.OUTSTANDING, 0)),
        **{name: int(action.get(value, 0)) for name, value in would.items()},
    )


def kinds(records: pd.DataFrame) -> dict[str, int]:
    """Return how many records of a type are to be changed in which way, and how many are not, by why."""
    kind = records["outcome"].mask(records["outcome"] == Outcome.CHANGE, records["action"])
    return {str(name): int(number) for name, number in kind.value_counts().items()}


def leave_preview(run: Opened, compared: Compared) -> None:
    """Write the changes of a dry run, and what would wait for a person, ids and reasons only, to the run's preview and
    the first of them to the log, each with the address of its page.
    """
    parts = [_previewed(record_type, records) for record_type, records in compared.items()]
    changes = pd.concat(parts) if parts else pd.DataFrame(columns=_PREVIEWED)
    run.folder.path(PREVIEW).write_text(changes.to_csv(index=False), encoding="utf-8")
    waiting = int((changes["action"] == HOLD_BACK).sum())
    log.info("dry run: %d changes would be sent, %d would wait, all in %s/%s", len(changes) - waiting, waiting,
             run.folder.reference, PREVIEW)  # fmt: skip
    for row in changes.head(PREVIEW_LINES).itertuples(index=False):
        page = links.why(run.system, str(row.record_type), str(row.external_id))
        log.info("would %s %s %s (%s): %s", row.action, row.record_type, row.external_id, row.reason, page)


def _previewed(record_type: str, records: pd.DataFrame) -> pd.DataFrame:
    chosen = records[(records["outcome"] == Outcome.CHANGE) | records["waits"]]
    action = chosen["action"].mask(chosen["waits"], HOLD_BACK)
    return chosen.assign(record_type=record_type, action=action)[_PREVIEWED].sort_values("external_id")


def record(run: Opened, compared: Compared, guarded: Guarded, *, is_whole: bool) -> None:
    """Enter into the protocol what will not be sent, into the ledger what it has never seen, and ask what is to be.

    is_whole: whether everything was looked at, so that a warning that is not among these stands no more
    """
    with run.engine.begin() as connection:
        run.lease.confirm(connection)
        keyless = [source.view for source in guarded.sources if source.keyless]
        warnings = [Entry(VIEW, view, Level.WARNING, "ROWS_WITHOUT_KEY") for view in keyless]
        for record_type, records in compared.items():
            failures = _failures(connection, run.system, record_type, records)
            protocol.add_entries(connection, run.key, _entries(record_type, records, failures), utc_now())
            warnings += _warnings(record_type, records)
            unseen = records[(records["action"] == Action.CREATE) & records["unseen"]]
            columns = ["external_id", "properties", "identity"]
            ledger.add_new(connection, run.system, run.state.group, record_type, unseen[columns].to_dict("records"))
            taken_over = records["foreign"] & records["decision"].isin([Decision.SEND, Decision.RESTRICT])
            theirs = records.loc[taken_over, "external_id"]
            ledger.take_over(connection, run.system, run.state.group, record_type, theirs)
        protocol.add_standing(connection, run.key, warnings, utc_now(), is_whole=is_whole)
        guarded.write(connection, run)


def _failures(
    connection: Connection, system: str, record_type: str, records: pd.DataFrame
) -> Mapping[str, ledger.Failure]:
    is_any = (records["outcome"] == Outcome.OUTSTANDING).any()
    return ledger.failures_of(connection, system, record_type) if is_any else {}


def _entries(record_type: str, records: pd.DataFrame, failures: Mapping[str, ledger.Failure]) -> list[Entry]:
    is_notable = records["outcome"].isin([Outcome.INVALID, Outcome.OUTSTANDING]) | records["waits"]
    if not is_notable.any():
        return []
    notable = records[is_notable]
    return [_entry(record_type, row, failures) for row in notable.itertuples(index=False)]


def _warnings(record_type: str, records: pd.DataFrame) -> list[Entry]:
    entries: list[Entry] = []
    has_any = records["warnings"].fillna("") != ""
    if not has_any.any():
        return entries
    is_left = records["decision"] == Decision.WITHHOLD  # on purpose; others that are withheld are not in the portal
    is_there = (records["outcome"] != Outcome.WITHHELD) | is_left
    warned = records[has_any & is_there]
    for external_id, codes in zip(warned["external_id"], warned["warnings"], strict=True):
        entries += [Entry(record_type, external_id, Level.WARNING, code) for code in codes.split()]
    return entries


def _entry(record_type: str, row: Any, failures: Mapping[str, ledger.Failure]) -> Entry:
    if row.outcome == Outcome.OUTSTANDING:
        failure = failures.get(row.external_id)
        if failure and failure.reason == CANNOT_WITHDRAW:  # no change in the ERP would help
            return Entry(record_type, row.external_id, Level.OUTSTANDING, CANNOT_WITHDRAW)
        said = failure.status if failure and failure.reason in REFUSED else None
        return Entry(record_type, row.external_id, Level.OUTSTANDING, protocol.REFUSED_BEFORE, http_status=said)
    if row.outcome == Outcome.INVALID:
        told = row.text or (row.source if row.reason == NOT_UNIQUE else "")  # both are named
        return Entry(record_type, row.external_id, Level.INVALID, row.reason, text=told)
    return Entry(record_type, row.external_id, Level.GUARDED, row.reason)


def stage(group: Group, run: Opened, compared: Compared) -> Batches:
    """Write the changes in batches of about `batch_size`, larger if that made too many, and return where each load task
    finds its own.
    """
    batches: Batches = {}
    for name in stages(group):
        record_type = name.partition("_")[2]
        records = compared.get(record_type)
        if records is None:
            continue
        chosen = (records["outcome"] == Outcome.CHANGE) & ((records["action"] == Action.REMOVE) == is_removal(name))
        if not chosen.any():
            continue
        rows = records.loc[chosen, list(Change.__annotations__)].sort_values("external_id")
        changes = pa.Table.from_pandas(rows, preserve_index=False)
        parts = _number_of_batches(changes.num_rows, run.settings.limits)
        # all of about the same size: in a batch of one nobody could tell a fault of the portal's from the record's
        size = -(-changes.num_rows // parts)
        run.folder.write_table(name, changes, rows_per_group=size)
        parts = -(-changes.num_rows // size)
        batches[name] = [{"record_type": record_type, "file": name, "part": part} for part in range(parts)]
    return batches


def _number_of_batches(changes: int, limits: Limits) -> int:
    """Return how many batches there are, where several a multiple of those sent at once: no worker idles at the end."""
    parts = -(-changes // limits.batch_size)
    return min(MAX_BATCHES, parts + -parts % limits.parallel_loads if parts > 1 else parts)
