"""What a run is asked: the form a person fills in, and what Airflow says of the run itself.

Imported by DAG files, so nothing heavy is imported here at the top level.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from airflow.sdk import Param, Variable, get_current_context

if TYPE_CHECKING:
    from include.sync.run import Request

FREED: Final = "_freed"
"""How the names of the assets end that are updated when nothing hangs below a group's records any more."""


def params() -> dict[str, Param]:
    """Return the form of every group's DAG."""
    kinds = {
        "changed": "was sich unterscheidet · what differs",
        "interval": "auch was im Datenintervall geändert wurde · and what changed in the data interval",
        "refused": "auch früher Abgelehntes · and what was refused before",
        "all": "was im Portal fehlt oder anders steht · what the portal lacks or shows otherwise",
    }
    return {
        "properties": chosen_properties(),
        "dry_run": Param(
            False, type="boolean", title="Probelauf · Dry run",
            description="Endet nach dem Plan, sendet nichts · Ends after the plan, sends nothing",
        ),
        "resend": Param(
            "changed", type="string", enum=list(kinds), values_display=kinds, title="Senden · Send",
            description="Im Zweifel lassen, wie es ist · Leave it as it is if in doubt",
        ),
    }  # fmt: skip


def chosen_properties() -> Param:
    """Return the field of a form in which properties are chosen. It may be left empty, which Airflow calls null."""
    said = "Nummern und Bereiche wie 100-119, 200; leer = alle · Numbers and ranges such as 100-119, 200; empty = all"
    return Param(None, type=["string", "null"], pattern=r"^[\w./, -]*$", title="Objekte · Properties", description=said)


def request_of_run() -> Request:
    """Read what was asked of the current run; a backfilled run re-sends what changed within its data interval."""
    from include.sync.run import Request
    from include.vocabulary.clock import to_utc_column

    context = get_current_context()
    given, dag_run = context["params"], context["dag_run"]
    start, end = dag_run.data_interval_start, dag_run.data_interval_end
    run_type = _run_type(dag_run)
    backfilled = run_type.startswith("backfill")
    return Request(
        properties=given["properties"] or "",
        dry_run=given["dry_run"],
        resend="interval" if backfilled and given["resend"] == "changed" else given["resend"],
        interval=(to_utc_column(start), to_utc_column(end)) if start and end and start < end else None,
        about=_about(context),
        clock_since=to_utc_column(start) if start and run_type == "scheduled" else None,
        second_memory=AirflowMemory(dag_run.dag_id),
    )


class AirflowMemory:
    """What Airflow remembers of a system's runs, as variables: casavi_objects.runs, …"""

    def __init__(self, dag_id: str) -> None:
        self._suffix = "_test" if dag_id.endswith("_test") else ""

    def recall(self, group: str) -> int:
        """Return how many runs of a group there were; 0 if Airflow does not know, or cannot read it any more because
        its Fernet key is another one now.
        """
        return int(Variable.get(self._name(group), default=None) or 0)

    def keep(self, group: str, runs: int) -> None:
        """Remember how many there are now."""
        Variable.set(self._name(group), str(runs), description="Runs of the group, see include/sync/doubt.py")

    def _name(self, group: str) -> str:
        return f"casavi_{group}{self._suffix}.runs"


def _about(context: Any) -> tuple[str, ...] | None:
    """Return the keys of the records that the events which started this run name; None if it is about everything."""
    if _run_type(context["dag_run"]) != "asset_triggered":
        return None
    events = [event for of_asset in context["triggering_asset_events"].values() for event in of_asset]
    named: list[list[str] | None] = [(event.extra.get("payload") or {}).get("about") for event in events]
    keys = {key for some in named for key in some or ()}
    return None if not named or None in named else tuple(sorted(keys))


def is_aftermath() -> bool:
    """Whether the current run was started for nothing but to remove what had to wait for others (flow.freed)."""
    context = get_current_context()
    if _run_type(context["dag_run"]) != "asset_triggered":
        return False
    return all(asset.name.endswith(FREED) for asset in context["triggering_asset_events"])


def _run_type(dag_run: Any) -> str:
    return str(dag_run.run_type).rpartition(".")[2].lower()


def run_name() -> str:
    """Return the name of the current run: DAG and Airflow's run."""
    dag_run = get_current_context()["dag_run"]
    return f"{dag_run.dag_id}/{dag_run.run_id}"
