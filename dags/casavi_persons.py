"""Airflow DAG casavi_persons: contacts of persons, partners, co-residents and contract partners, and their contracts."""

from include.groups import PERSONS
from include.sync.flow import for_each_system, sync_dag

DOCS = """
### casavi_persons

Keeps contacts and contracts of the portal in step with iX-Haus: who has access, from when to when, and with which data.
Runs nightly and whenever `casavi_objects` has succeeded. Owners and caretakers of whole properties who are no tenants too
are sent by `casavi_owners_caretakers`.

#### Triage

| What you see | What it means | What to do |
|---|---|---|
| `extract` skipped | switched off, no licence, another run is working, or this night's run has been started by the group before it; the log says which | nothing, or switch it on |
| `extract` red | a connection, setting, view or column is wrong; **nothing was sent** | the log's last line says what to write; then trigger again |
| a `load` red | the portal is down, refuses the key, or asks for a long pause; what was acknowledged stays | wait or mend the key; the next run goes on |
| only `protocol` red | everything else was delivered; some records were refused | `make protocol` or SP_PROTOKOLL_EINTRAG names them |
| *invalid* > 0 | iX-Haus holds a record that cannot be sent: no name, no valid e-mail, end before begin | staff correct it in iX-Haus; the next run sends it |
| *withheld* with PARENT_NOT_IN_PORTAL | a contract's unit or contact is not in the portal yet | run `casavi_objects`, then this one |
| green, *withheld* high, Required Actions waiting | the removal guard held removals or withdrawals of access back, or a view returned too little | look at the cause and the list on *Serviceportal > Freigaben*, then approve or reject |

Safe at any time: trigger again, dry run, backfill, clearing the **whole** run. Not useful: clearing single tasks (their
files are gone when a run ends). Nothing is ever sent twice for being repeated.
"""

for_each_system(PERSONS, DOCS, lambda system: sync_dag(PERSONS, system, DOCS, after="objects"))
