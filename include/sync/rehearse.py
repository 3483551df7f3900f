"""What a run of a group would do under some settings: decided and planned as a run does it, and nothing comes of it.

No lease is taken, nothing is sent, and neither ledger nor protocol are written.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

import pandas as pd
import pyarrow as pa
from sqlalchemy import Engine

from include.ixhaus.database import read_snapshot
from include.ixhaus.secret import read_secret
from include.settings import SystemSettings
from include.sync import steps
from include.sync.group import Group
from include.sync.lease import Lease
from include.sync.plan import Action, Outcome
from include.sync.run import Opened, Request, RunState, lease_name
from include.sync.staging import Staging
from include.vocabulary.clock import to_utc_column
from include.vocabulary.decision import EXTERNAL_ID, Decision
from include.vocabulary.state import State

_REHEARSAL = Request(dry_run=True)


def rehearse(
    group: Group, settings: SystemSettings, engine: Engine, folder: Staging, now: datetime
) -> dict[str, pd.DataFrame]:
    """Return record type → frame as plan.validate returns it, without the contents, plus `group`, and `why`: the reason
    that a record had before the guard held it back. A type of which there is nothing is left out.

    folder: holds a snapshot of the group (see decide.take_snapshot); what is decided is left in it
    now:    when the run would be, zoned
    raises: as the steps of a run, SecretLostError among them
    """
    state = RunState(settings.system, group.name, "", folder.reference, 0, now.isoformat())
    lease = Lease(lease_name(settings.system, group.name), "", 0, settings.limits.lease_seconds)
    run = Opened(state, settings, engine, lease, folder)
    with read_snapshot(engine) as connection:
        secret = read_secret(connection, settings.system)  # a run makes one where there is none
    steps.decide_into(group, run, secret, [])
    guarded, compared = steps.judge_all(group, run, _REHEARSAL)
    return {
        record_type: records.drop(columns="content").assign(
            why=records["reason"].mask(records["waits"], guarded.judged[record_type].records["reason"]),
            group=group.name,
        )
        for record_type, records in compared.items()
    }


def assume(folder: Staging, group: Group, happened: Mapping[str, Sequence[pd.DataFrame]], now: datetime) -> None:
    """Let a snapshot's ledger say what it would say after the rehearsed changes of groups that run before.

    folder:   holds a snapshot of the group
    happened: record type → frames as `rehearse` returns them, in the order of the groups
    """
    table = folder.read_table("known")
    rows = [table.to_pandas()]
    for record_type in (*group.record_types, *group.sees):
        rows += [_as_ledger(record_type, frame, now) for frame in happened.get(record_type, ())]
    if len(rows) == 1:
        return
    known = pd.concat(rows, ignore_index=True).drop_duplicates(["record_type", EXTERNAL_ID], keep="last")
    plain = known[table.column_names].astype(object)
    plain = plain.where(plain.notna(), None)
    folder.write_table("known", pa.Table.from_pandas(plain, schema=table.schema, preserve_index=False))


def _as_ledger(record_type: str, records: pd.DataFrame, now: datetime) -> pd.DataFrame:
    """Return the ledger's rows of what a plan changes, as they are once the portal has acknowledged it."""
    changed = records[records["outcome"] == Outcome.CHANGE]
    is_removed = changed["action"] == Action.REMOVE
    state = changed["decision"].map({Decision.SEND.value: State.PRESENT.value}).fillna(State.RESTRICTED.value)
    names = [EXTERNAL_ID, "hash", "reason", "properties", "identity", "parents", "group"]
    return changed[names].assign(
        record_type=record_type,
        state=state.mask(is_removed, State.REMOVED.value),
        acknowledged_at=to_utc_column(now).isoformat(),
    )
