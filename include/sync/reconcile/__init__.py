"""Reconciliation: everything that the portal holds against the ledger and today's decisions.

It sends nothing. It brings the ledger to the truth, so that the groups' next runs send what is missing or differs and
take away what must leave, under the removal guard:

    seen.py                        desired.py                        findings.py    corrections.py
    ledger and views as they are → what the rules say, if the     → one finding → the ledger,
    all that the portal lists      portal's ids are those we know    per record     row by row
"""

from include.sync.reconcile.findings import Finding
from include.sync.reconcile.reconciling import Reconciled, reconcile

__all__ = ["Finding", "Reconciled", "reconcile"]
