"""Airflow DAG casavi_reports: reports and notes, both ways."""

from include.groups import REPORTS
from include.groups.reports.dag import exchange_dag
from include.sync.flow import for_each_system

DOCS = """
### casavi_reports

Exchanges reports, notes and their files with the portal. First everything new in the portal comes into iX-Haus, then
everything changed in iX-Haus goes out, in one task, as every further task would cost a second. Runs every five minutes over
everything, and seconds after a change on either side over the properties concerned (`asset_triggered`).

#### Triage

| What you see | What it means | What to do |
|---|---|---|
| `exchange` green, status *skipped* | switched off, no licence, or another run is working; the protocol says which | nothing, or switch it on |
| `exchange` red: a sentence about a setting, view or column | **nothing was sent** | write what the sentence says; then trigger again |
| red: *receive* failed | the portal's reports could not be read to the end; the read mark stays, nothing is lost | wait; the next run reads again |
| red: USER_MISSING, USER_LOCKED, USER_WITHOUT_RIGHTS | the user for reports is missing, locked or without rights in iX-Haus plus | mend the user; what waits comes in then |
| red: *send* failed | the portal is down, refuses the key, or asks for a long pause | wait or mend the key; the next run goes on |
| red: *settle*: e-mails wait | the mail server or the portal is away; everything else is done | wait or mend `smtp_<system>`; the next run sends them |
| red: records refused | everything else was delivered | `make protocol` or SP_PROTOKOLL_EINTRAG names them |
| reports take minutes instead of seconds | no events: the triggerer is down, or its log says *cannot be watched* or *the portal: …* | look at the triggerer; nothing is lost meanwhile |
| a report is not in the portal | its field Serviceportal (PORTAL_STATUS, PORTAL_GRUND) says why | see the reason |
| CANNOT_WITHDRAW | a note became internal, but the portal cannot take it back | remove it in casavi by hand |

Safe at any time: trigger again, dry run, clearing the run. Nothing is ever sent or imported twice for being repeated.
"""

for_each_system(REPORTS, DOCS, lambda system: exchange_dag(system, DOCS))
