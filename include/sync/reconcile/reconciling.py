"""One reconciliation from its snapshot to its protocol."""

import logging
import shutil
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import pandas as pd

from include.casavi.endpoints import SINGLE
from include.sync import protocol
from include.sync.group import Group
from include.sync.plan import Scope
from include.sync.protocol import Entry
from include.sync.reconcile.corrections import corrections, write
from include.sync.reconcile.desired import desired_of, moments
from include.sync.reconcile.findings import Finding, judge
from include.sync.reconcile.seen import Seen, look
from include.sync.run import Opened
from include.vocabulary import ids
from include.vocabulary.clock import utc_now
from include.vocabulary.decision import EXTERNAL_ID
from include.vocabulary.state import Level

log = logging.getLogger(__name__)
NAMED: Final = 1_000
"""Most entries of one finding and record type in the protocol; how many there are is always said."""
_UNNAMED: Final = (Finding.IN_STEP, Finding.FOREIGN)


@dataclass
class Reconciled:
    """What a reconciliation found: how many records of which type, by finding, and how many were corrected."""

    findings: Counter[tuple[str, Finding]] = field(default_factory=Counter)
    entries: list[Entry] = field(default_factory=list)
    corrected: int = 0
    witnesses: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Record type → id and number in the portal of a record of ours: they tell this account from any other."""

    def number(self, *findings: Finding) -> int:
        """Return how many records have one of these findings; of all findings if none is named."""
        return sum(number for (_, finding), number in self.findings.items() if not findings or finding in findings)


def reconcile(run: Opened, groups: Sequence[Group], scope: Scope, *, dry_run: bool = False) -> Reconciled:
    """Compare all that some groups send with the portal, and correct the ledger.

    scope:   only records of its properties are judged
    dry_run: the ledger stays as it is
    returns: the findings, which stand in the run's protocol too
    raises:  as `seen.look`, LeaseLostError; the ledger is as before then, or partly corrected
    """
    folder = run.folder.below("reconcile")
    result = Reconciled()
    try:
        seen = look(run, groups, folder)
        desired = desired_of(run, groups, seen)
        for record_type, records in desired.items():
            judged = _judged(record_type, groups, records, seen)
            judged = judged[scope.covers(judged.assign(properties=judged["belongs_to"]))]
            _note(result, record_type, judged)
            ours = judged[judged["finding"].isin([Finding.IN_STEP, Finding.ADOPTED]) & judged["number_portal"].notna()]
            if record_type in SINGLE and len(ours):
                result.witnesses[record_type] = (ours["portal_id_portal"].iloc[-1], ours["number_portal"].iloc[-1])
            if not dry_run:
                rows = corrections(judged, run.system, record_type, utc_now())
                result.corrected += write(run.engine, run.lease, rows)
    finally:
        shutil.rmtree(folder.folder, ignore_errors=True)
    with run.engine.begin() as connection:
        run.lease.confirm(connection)
        protocol.add_entries(connection, run.key, result.entries, utc_now())
    return result


def _judged(record_type: str, groups: Sequence[Group], desired: pd.DataFrame, seen: Seen) -> pd.DataFrame:
    """Return what findings.judge says, with what an adopted record needs: where it belongs, below what, whose it is."""
    judged = judge(desired, seen.known[record_type], seen.portal[record_type])
    units = judged[EXTERNAL_ID if record_type == "unit" else "unit_id_portal"]
    houses = judged[EXTERNAL_ID if record_type == "property" else "property_id_portal"]
    place = houses.fillna(units.map(ids.property_of, na_action="ignore").astype("str"))
    names = {group.name for group in groups}
    if any(group.shared.get(record_type, group.name) not in names for group in groups):
        unknown = judged["finding"].isin([Finding.ORPHAN, Finding.FOREIGN])  # to these groups
        judged["finding"] = judged["finding"].mask(unknown, "")
    is_opaque = any(record_type in group.parcels for group in groups)  # its content is not shown
    made = pd.to_datetime(moments(judged["created_at_portal"]), format="ISO8601")
    return judged.assign(
        belongs_to=judged["properties"].fillna(judged["properties_known"]).fillna(place),
        stands_below=judged["parents"].replace("", None).fillna(_lines(judged)),
        sender=judged["sender"].fillna(next(one.name for one in groups if record_type in one.record_types)),
        identity_portal=judged["identity_portal"].fillna(judged["identity"]),
        is_newer=~(judged["changed_at"] <= made).fillna(False).astype(bool) & is_opaque,  # unknown is newer
    )


def _lines(judged: pd.DataFrame) -> pd.Series:
    """Return the parents of records as the portal names them."""
    columns = {"property": "property_id", "unit": "unit_id", "contact": "contact_id", "ticket": "parent"}
    found = [ids.typed(kind, judged[f"{name}_portal"]) for kind, name in columns.items()]
    lines = found[0].fillna("")
    for one in found[1:]:
        lines = lines + (ids.LINE + one).fillna("")
    return lines.str.strip(ids.LINE).replace("", None)


def _note(result: Reconciled, record_type: str, judged: pd.DataFrame) -> None:
    for name, records in judged[judged["finding"] != ""].groupby("finding"):
        finding, number = Finding(str(name)), len(records)
        result.findings[record_type, finding] = number
        log.info("reconciled %s: %d %s", record_type, number, finding)
        named = [] if finding in _UNNAMED else list(records[EXTERNAL_ID].head(NAMED))
        result.entries += [Entry(record_type, one, Level.FINDING, finding.value) for one in (total_of(number), *named)]


def total_of(number: int) -> str:
    """Return what stands for the id in the protocol's entry that says how many records have a finding."""
    return f"({number})"
