"""Airflow DAG casavi_objects: properties with their entrances, and units."""

from include.groups import OBJECTS
from include.sync.flow import for_each_system, sync_dag

DOCS = """
### casavi_objects

Keeps the properties (with the addresses of their entrances) and units of the portal in step with iX-Haus. Runs nightly;
persons follow as soon as it has succeeded.

#### Triage

| What you see | What it means | What to do |
|---|---|---|
| `extract` skipped | switched off, no licence, or another run is working; the log says which | nothing, or switch it on |
| `extract` red | a connection, setting, view or column is wrong; **nothing was sent** | the log's last line says what to write; then trigger again |
| `plan` red | two records claim one id; nothing was sent | mend the keys in the view, trigger again |
| a `load` red | the portal is down, refuses the key or many records alike, or asks for a long pause; what was acknowledged stays | wait or mend the key; the next run goes on |
| only `protocol` red | everything else was delivered; some records were refused | `make protocol` or SP_PROTOKOLL_EINTRAG names them |
| *withheld* with CHILDREN_IN_PORTAL | the portal still holds something below a property or unit that is to leave | nothing: a run of its own removes it as soon as the last of that has left |
| green, *withheld* high, Required Actions waiting | the removal guard held removals back, or a view returned too little | look at the cause and the list on *Serviceportal > Freigaben*, then approve or reject |

Safe at any time: trigger again, dry run, backfill, clearing the **whole** run. Not useful: clearing single tasks (their
files are gone when a run ends). Nothing is ever sent twice for being repeated.

Parameters: `properties` limits a run to some properties; `dry_run` ends after the plan; `resend` = `all` looks at the
portal first (see `casavi_reconcile`), and like `refused` also sends what was refused before; a backfill re-sends what was changed within its interval. What waits is released by an answer to
its question, by nothing else.
"""

for_each_system(OBJECTS, DOCS, lambda system: sync_dag(OBJECTS, system, DOCS))
