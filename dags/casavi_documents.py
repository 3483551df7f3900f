"""Airflow DAG casavi_documents: documents with their files; and who is registered in the portal, read back."""

from airflow.sdk import task

from include.groups import DOCUMENTS
from include.sync.flow import Wired, for_each_system, opened, sync_dag
from include.sync.xcom import StateXCom

DOCS = """
### casavi_documents

Keeps documents in step: released types of released properties, each for exactly one person, unit or property. A document
that is no longer released is reported as removed. Removals go first, so that a corrected recipient loses a letter before
the right one gets it. Runs nightly and whenever `casavi_persons` has succeeded.

The task `accounts` reads back per contact whether it is registered and invited (SP_PORTALKONTO).

#### Triage

| What you see | What it means | What to do |
|---|---|---|
| `extract` skipped | switched off, no licence, another run is working, or this night's run has been started by the group before it; the log says which | nothing, or switch it on |
| `extract` red | a connection, setting, view or column is wrong; **nothing was sent** | the log's last line says what to write; then trigger again |
| a `load` red | the portal is down, refuses the key, or its folders cannot be read; what was acknowledged stays | wait or mend the key; the next run goes on |
| `accounts` red | the portal's contacts could not be read to the end; yesterday's state stays | wait; the next run reads again |
| only `protocol` red | everything else was delivered; some documents failed | see the reason: FILE_… is the file in iX-Haus, DMS_… is DocuWare, CONVERSION_… LibreOffice, REFUSED the portal |
| *invalid* > 0 | no recipient, no date, empty or too large | staff correct it in iX-Haus; the next run sends it |
| "Why is this document not there?" | most often its document date | a dry run's preview and SP_ABGLEICH.GRUND name the reason |
| green, *withheld* high, Required Actions waiting | the removal guard held removals back, or a view returned too little, as on 1 January when a year falls out of the filter | look at the cause and the list on *Serviceportal > Freigaben*, then approve or reject |

Safe at any time: trigger again, dry run, backfill, clearing the **whole** run. Not useful: clearing single tasks (their
files are gone when a run ends). Unchanged documents are neither read nor sent again.
"""


def accounts() -> Wired:
    """Make the task that reads back who is registered."""

    @task(task_id="accounts")
    def read_back(state: StateXCom) -> dict[str, int]:
        """Remember per contact whether it is registered and invited (R32)."""
        from include.groups.documents.accounts import read_accounts

        with opened(state) as run:
            return read_accounts(run)

    return read_back


for_each_system(
    DOCUMENTS, DOCS, lambda system: sync_dag(DOCUMENTS, system, DOCS, after="persons", alongside=[accounts])
)
