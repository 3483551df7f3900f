"""Airflow DAG casavi_owners_caretakers: owners and caretakers of whole properties, each only with its licence."""

from include.groups import OWNERS_CARETAKERS
from include.sync.flow import for_each_system, sync_dag

DOCS = """
### casavi_owners_caretakers

Keeps owners (a contact with an owner's contract on every unit) and caretakers (a contact without access, and a
responsibility of the property) in step with iX-Haus. Owners need the licence *Objekteigentümer*, caretakers the licence
*Hausmeister*; without it they are reported as removed. Runs nightly and whenever `casavi_objects` has succeeded.

#### Triage

| What you see | What it means | What to do |
|---|---|---|
| `extract` skipped | switched off, no licence, another run is working, or this night's run has been started by the group before it; the log says which | nothing, or switch it on |
| `extract` red | a connection, setting, view or column is wrong; **nothing was sent** | the log's last line says what to write; then trigger again |
| a `load` red | the portal is down, refuses the key, or asks for a long pause; what was acknowledged stays | wait or mend the key; the next run goes on |
| only `protocol` red | everything else was delivered; some records were refused | `make protocol` or SP_PROTOKOLL_EINTRAG names them |
| reason NO_OWNER_LICENCE or NO_CARETAKER_LICENCE | the licence is not active in iX-Haus (SP_LIZENZ) | renew it before approving removals |
| *withheld* with PARENT_NOT_IN_PORTAL | a unit or property is not in the portal yet | run `casavi_objects`, then this one |
| green, *withheld* high, Required Actions waiting | the removal guard held removals back, or a view returned too little, for example after a licence ran out | look at the cause and the list on *Serviceportal > Freigaben*, then approve or reject |
| the same question again after approval | a view without any row is never released; the last owner's or caretaker's row was deleted | enter an end date instead of deleting the row |

An owner or caretaker who is also a tenant is one contact; `casavi_persons` sends it (reason OTHER_GROUP here).

Safe at any time: trigger again, dry run, backfill, clearing the **whole** run. Not useful: clearing single tasks (their
files are gone when a run ends). Nothing is ever sent twice for being repeated.
"""

for_each_system(OWNERS_CARETAKERS, DOCS, lambda system: sync_dag(OWNERS_CARETAKERS, system, DOCS, after="objects"))
