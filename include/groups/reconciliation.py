"""The reconciliation of a system: all groups, or some, against everything that the portal holds; and its DAG.

Imported by the DAG file, so nothing heavy is imported here at the top level.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow.sdk import DAG, AssetAlias, Param, get_current_context, task

from include.groups import GROUPS, RECONCILIATION
from include.sync.flow import Wired, empty_dag, ended, spoken
from include.sync.params import AirflowMemory, chosen_properties, run_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from include.sync.group import Group
    from include.sync.protocol import Counts
    from include.sync.run import Opened, Request
    from include.sync.steps import Ending


def reconcile_system(
    system: str, run: str, request: Request, groups: Sequence[Group], *, accept_account: bool = False
) -> Ending:
    """Reconcile some groups; returns how that ended.

    accept_account: the portal account that the connection leads to is right, whatever the ledger speaks of
    raises:         as `steps.begin` and `reconcile`; RefusedError if the account is another one and not accepted
    """
    from include.sync import steps
    from include.sync.run import SkipRunError

    try:
        opened = steps.begin(RECONCILIATION, system, run, request)
    except SkipRunError as skip:
        return steps.not_begun(skip=skip.reason)
    with opened.kept(), steps.closed_by_failure(opened):
        counts = _compared(opened, request, groups, accept_account=accept_account)
    return steps.finish(opened, steps.Left(counts), request)


def _compared(run: Opened, request: Request, groups: Sequence[Group], *, accept_account: bool) -> Counts:
    from include.sync.doubt import forget_lost_secret, memory_of, refuse_other_account, settle_all
    from include.sync.protocol import Counts
    from include.sync.reconcile import Finding, reconcile

    if accept_account:
        forget_lost_secret(run)
    for group in () if accept_account else groups:
        refuse_other_account(run, group, memory_of(run, group))
    found = reconcile(run, groups, request.scope(), dry_run=request.dry_run)
    if request.is_whole() and not request.dry_run:
        settle_all(run, groups, request, found)
    return Counts(
        read=found.number(),
        unchanged=found.number(Finding.IN_STEP),
        withheld=found.number(Finding.FOREIGN, Finding.ORPHAN),
        outstanding=found.number(Finding.MISSING, Finding.DRIFTED, Finding.RETURNED),
    )


def reconcile_dag(system: str, docs: str) -> DAG:
    """Make the DAG that reconciles a system."""
    with empty_dag(RECONCILIATION, system, None, docs, _form()) as dag:
        _reconcile(system)()
    return dag


def _form() -> dict[str, Param]:
    chosen = "Welche Gruppen verglichen werden; leer = alle · Which groups are compared; empty = all"
    account = (
        "Das Konto, zu dem die Portal-Verbindung führt, ist richtig, auch wenn der Abgleich ein anderes kennt · "
        "The account that the portal's connection leads to is right, although the ledger knows another one"
    )
    return {
        "groups": Param([], type="array", items={"enum": list(GROUPS)}, title="Gruppen · Groups", description=chosen),
        "properties": chosen_properties(),
        "dry_run": Param(
            False,
            type="boolean",
            title="Probelauf · Dry run",
            description="Vergleicht nur, ändert nichts · Compares only, changes nothing",
        ),
        "accept_account": Param(
            False, type="boolean", title="Anderes Konto übernehmen · Accept another account", description=account
        ),
    }


def _reconcile(system: str) -> Wired:
    alias = AssetAlias(f"casavi_{system}_reconciled")

    @task(pool=f"casavi_{system}", outlets=[alias])
    def reconcile(*, outlet_events: Wired) -> dict[str, object]:
        """Compare portal, ledger and iX-Haus; the protocol is the result."""
        from include.sync.run import Request

        context = get_current_context()
        given = context["params"]
        request = Request(
            properties=given["properties"] or "",
            dry_run=given["dry_run"],
            second_memory=AirflowMemory(context["dag_run"].dag_id),
        )
        chosen = [group for name, group in GROUPS.items() if name in (given["groups"] or GROUPS)]
        with spoken():
            ending = reconcile_system(system, run_name(), request, chosen, accept_account=given["accept_account"])
        return ended(ending, outlet_events[alias], RECONCILIATION.name, system)

    return reconcile
