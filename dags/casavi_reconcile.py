"""Airflow DAG casavi_reconcile: everything that the portal holds against the ledger and iX-Haus."""

from include.groups import RECONCILIATION
from include.groups.reconciliation import reconcile_dag
from include.sync.flow import for_each_system

DOCS = """
### casavi_reconcile

Lists all that the portal holds and compares it, record by record, with what the ledger remembers and what iX-Haus says
today. It **sends nothing**: it brings the ledger to the truth, and the next runs of the groups send what is missing or
differs and take away what must leave, under the removal guard. Runs weekly; start it by hand after a backup of iX-Haus or
of the portal was restored, when another program filled the portal before, and when a run is red with *another account*.

| Finding | What it means | What follows |
|---|---|---|
| *in step* | portal, ledger and iX-Haus agree | nothing |
| MISSING_IN_PORTAL | the ledger has it there, the portal does not | the next run looks it up and sends it again |
| ADOPTED | the portal has it, the ledger did not, iX-Haus knows it | linked; brought up to date, or due to leave |
| RETURNED | the ledger calls it removed, the portal has it | due to leave, or sent again if iX-Haus wants it |
| DRIFTED | the portal says something else | overwritten by the next run |
| ORPHAN | an id of our form that iX-Haus does not know | a person is asked, once, by the next run |
| *foreign* | made by hand in casavi | left alone, counted |

#### Triage

| What you see | What it means | What to do |
|---|---|---|
| `reconcile` red: *another account* | the connection leads to another portal account than the ledger speaks of | correct the connection, or start again with *Anderes Konto übernehmen* |
| red: *Airflow's Fernet key does not open the secret* | another Fernet key than before | write the former one behind it, or start again with *Anderes Konto übernehmen* |
| red: *the portal's list leaves out …* | a list of the portal is incomplete; nothing was changed | wait, ask casavi |
| red: a sentence about a view or the database | as in the other DAGs | write what the sentence says; start again |

Safe at any time, also beside other runs: what they send meanwhile is left as they acknowledged it.
"""

for_each_system(RECONCILIATION, DOCS, lambda system: reconcile_dag(system, DOCS))
