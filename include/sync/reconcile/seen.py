"""What a reconciliation looks at: ledger and views as of one moment, then all that the portal lists."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pandas as pd
import pyarrow.parquet as pq

from include.casavi.client import Portal, open_portal
from include.casavi.inventory import Listed, is_there, take_inventory
from include.casavi.listing import ListingError
from include.columns.keys import occurs
from include.ixhaus.read import read_views
from include.sync import ledger
from include.sync.decide import imported
from include.sync.group import Group
from include.sync.inbox import imported_records
from include.sync.reconcile.findings import slim, told_apart
from include.sync.run import Opened
from include.sync.staging import Staging
from include.vocabulary.decision import EXTERNAL_ID
from include.vocabulary.state import HELD

_SAMPLE: Final = 5
"""Records that are asked for one by one where a list leaves out many."""
MORE: Final = ("portal_id", "run")
"""What the ledger knows besides, and only a reconciliation asks for."""


@dataclass
class Seen:
    """What was seen of the groups' record types.

    folder:  holds the views
    known:   record type → the ledger's rows, and of the types that the rules look at besides; see ledger.known_records,
             with MORE, without columns in which nothing stands
    portal:  record type → what the portal lists: inventory.ROW, external_id and identity (for whom it is,
             as the ledger would remember it)
    visible: record type → the fields that the portal shows of it; None: all
    """

    folder: Staging
    known: dict[str, pd.DataFrame]
    portal: dict[str, pd.DataFrame]
    visible: dict[str, frozenset[str] | None]


def look(run: Opened, groups: Sequence[Group], folder: Staging) -> Seen:
    """Read ledger, views and portal.

    The ledger is read first: what is sent while the portal is listed makes a correction void, see corrections.py.
    Raises ListingError if a list could not be read to its end or leaves out what is there, PortalStopError,
    ContractError.
    """
    types = tuple(dict.fromkeys(name for group in groups for name in group.record_types))
    besides = {name for group in groups for name in group.sees} - set(types)
    known = {
        name: slim(ledger.known_records(run.engine, run.system, [name], more=MORE).to_pandas(self_destruct=True))
        for name in (*types, *besides)
    }
    views, lists = (Path(str(folder.path(name))) for name in ("views", "portal"))  # of this machine, see below
    read_views(run.engine, list({name: None for group in groups for name in group.views}), views)
    lists.mkdir(mode=0o700)
    listed = asyncio.run(_listed(run, types, known, lists))
    portal = {name: pq.read_table(one.file).to_pandas(self_destruct=True) for name, one in listed.items()}
    for group in groups:
        if group.recognise:
            imported(group.recognise)(run, portal)
        if group.has_inbox:
            imported_records(run.engine, run.system).to_parquet(views / "inbox.parquet")
    for name, rows_listed in portal.items():
        apart = told_apart(rows_listed, known[name])
        portal[name] = slim(apart.assign(identity=_identity(groups, name, apart)))
    return Seen(folder, known, portal, {name: one.visible for name, one in listed.items()})


def _identity(groups: Sequence[Group], record_type: str, listed: pd.DataFrame) -> pd.Series:
    for group in groups:
        if record_type in group.identities:
            found: pd.Series = imported(group.identities[record_type])(listed)
            return found
    return pd.Series(None, index=listed.index, dtype=object)


async def _listed(
    run: Opened, types: Sequence[str], known: Mapping[str, pd.DataFrame], folder: Path
) -> Mapping[str, Listed]:
    settings = run.settings
    async with open_portal(settings.portal_connection, settings.limits) as portal:
        listed = await take_inventory(portal, types, folder, settings.limits)
        for record_type, one in listed.items():
            names = pq.read_table(one.file, columns=["portal_id"]).to_pandas()["portal_id"]
            held = known[record_type][known[record_type]["state"].isin(HELD)]
            await _confirm(portal, record_type, held, names, settings.removal_guard.source_percent)
    return listed


async def _confirm(portal: Portal, record_type: str, held: pd.DataFrame, listed: pd.Series, percent: float) -> None:
    """Raise ListingError if a list leaves out many records and the portal has one of them when it is asked for it: then
    the list is wrong, and not the ledger.
    """
    names = held["portal_id"].fillna(held[EXTERNAL_ID])
    missing = names[~occurs(names, listed)]
    if len(missing) * 100 <= (100 - percent) * len(held):
        return
    for name in missing.sample(min(_SAMPLE, len(missing)), random_state=len(missing)):
        if await is_there(portal, record_type, name):
            raise ListingError(
                f"the portal's list of {record_type} records leaves out {len(missing)} of the {len(held)} that the "
                f"ledger holds, and has {name} when asked for it; nothing was changed, ask casavi about that list"
            )
