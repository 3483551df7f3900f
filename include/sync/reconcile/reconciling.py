"""One reconciliation from its snapshot to its protocol."""

import logging
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

import pandas as pd

from include.casavi.endpoints import SINGLE
from include.sync import protocol
from include.sync.group import Group
from include.sync.plan import Scope
from include.sync.protocol import Entry
from include.sync.reconcile.corrections import corrections, write
from include.sync.reconcile.desired import desired_of
from include.sync.reconcile.findings import Finding
from include.sync.reconcile.placed import found_of
from include.sync.reconcile.seen import look
from include.sync.run import Opened
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
    named: dict[tuple[str, Finding], list[str]] = field(default_factory=dict)
    """The ids of the first of them."""
    corrected: int = 0
    witnesses: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Record type → id and number in the portal of a record of ours: they tell this account from any other."""

    def number(self, *findings: Finding) -> int:
        """Return how many records have one of these findings; of all findings if none is named."""
        return sum(number for (_, finding), number in self.findings.items() if not findings or finding in findings)

    def add(self, record_type: str, judged: pd.DataFrame) -> None:
        """Count what was found of some records of a type."""
        for name, records in judged[judged["finding"] != ""].groupby("finding"):
            key = record_type, Finding(str(name))
            self.findings[key] += len(records)
            names = self.named.setdefault(key, [])
            names += [] if key[1] in _UNNAMED else list(records[EXTERNAL_ID].head(NAMED - len(names)))
        ours = judged[judged["finding"].isin([Finding.IN_STEP, Finding.ADOPTED]) & judged["number_portal"].notna()]
        if record_type in SINGLE and len(ours):
            self.witnesses[record_type] = (ours["portal_id_portal"].iloc[-1], ours["number_portal"].iloc[-1])

    def entries(self) -> Iterator[Entry]:
        """Yield the protocol's entries: of each finding and record type how many, and which."""
        for (record_type, finding), number in sorted(self.findings.items()):
            for one in (f"({number})", *self.named[record_type, finding]):
                yield Entry(record_type, one, Level.FINDING, finding.value)


def reconcile(run: Opened, groups: Sequence[Group], scope: Scope, *, dry_run: bool = False) -> Reconciled:
    """Compare all that some groups send with the portal, and correct the ledger.

    scope:   only records of its properties are judged
    dry_run: the ledger stays as it is
    returns: the findings, which stand in the run's protocol too
    raises:  as `seen.look`, LeaseLostError; the ledger is as before then, or partly corrected
    """
    result = Reconciled()
    with run.folder.below("reconcile") as folder:
        seen = look(run, groups, folder)
        desired = desired_of(run, groups, seen)
        for record_type in list(desired):  # each is given up once it is judged: they are large
            sides = desired.pop(record_type), seen.known.pop(record_type), seen.portal.pop(record_type)
            if not any(map(len, sides)):
                continue
            for found in found_of(record_type, groups, *sides):
                judged = found[scope.covers(found.assign(properties=found["belongs_to"]))]
                result.add(record_type, judged)
                if not dry_run:
                    rows = corrections(judged, run.system, record_type, utc_now())
                    result.corrected += write(run.engine, run.lease, rows)
    with run.engine.begin() as connection:
        run.lease.confirm(connection)
        protocol.add_entries(connection, run.key, result.entries(), utc_now())
    for (record_type, finding), number in sorted(result.findings.items()):
        log.info("reconciled %s: %d %s", record_type, number, finding)
    return result
