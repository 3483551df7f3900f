"""Real Airflow between a sample iX-Haus and a sandbox portal, and what tests ask of a run."""

import json
import os
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from sqlalchemy import delete, inspect, select

from demo.embedded import DOCUWARE
from demo.ixhaus import build_sample
from include.ixhaus.contract.own import SP_PROTOKOLL
from include.ixhaus.database import close_engines, engine_on, read_snapshot
from include.ixhaus.rows import named_rows
from tests.sandbox import KEY, SECRET, SandboxProcess
from tests.warm_portal import WarmSandbox

airflow_run = [
    pytest.mark.airflow,
    # Airflow's execution API imports svcs, and that Starlette's test client, as soon as a DAG runs in-process.
    pytest.mark.filterwarnings("ignore:Using `httpx` with `starlette.testclient` is deprecated"),
    # Airflow's own, of a DAG whose shape has changed meanwhile: tests change settings, which DAGs are built from.
    pytest.mark.filterwarnings("ignore:Multiple rows returned with uselist=False.*DagRun.serialized_dag"),
]
"""The marks of a module whose tests run DAGs."""

COLUMNS = (
    "read", "sent", "created", "updated", "removed", "unchanged", "withheld", "invalid", "errors", "outstanding",
    "status", "reason",
)  # fmt: skip
"""What the protocol's XCom and SP_PROTOKOLL both say; `queried_at` too, here in UTC without zone."""
Rows = list[tuple[Any, ...]]


@dataclass(frozen=True)
class Finished:
    """A run that has ended: its state, the state of each of its tasks, the XCom of its protocol, its note and id."""

    state: str
    tasks: dict[str, str]
    protocol: dict[str, Any]
    note: str | None = None
    run: str = ""

    @property
    def skipped(self) -> set[str]:
        return {name for name, state in self.tasks.items() if state == "skipped"}

    @property
    def failed(self) -> set[str]:
        return {name for name, state in self.tasks.items() if state == "failed"}


@dataclass
class Rig:
    """One iX-Haus database and one portal, connected as production."""

    database: Path
    portal: SandboxProcess
    staging: Path
    exchanges: int = 0

    def run(self, dag_id: str, *, with_interval: bool = True, **conf: object) -> Finished:
        """Run a DAG through Airflow as a trigger with this conf does and wait for its end.

        Airflow gives such a run a data interval; without it, it is like one triggered from the form.
        """
        from airflow.dag_processing.dagbag import DagBag

        files = Path(os.environ["AIRFLOW__CORE__DAGS_FOLDER"]).glob("*.py")
        file = max((file for file in files if dag_id.startswith(file.stem)), key=lambda file: len(file.stem))
        bag = DagBag(file)
        assert not bag.import_errors
        when: dict[str, Any] = {} if with_interval else {"logical_date": None}
        with alone(file):
            run = bag.dags[dag_id].test(run_conf=conf, **when)
        tasks = {ti.task_id: str(ti.state) for ti in run.get_task_instances()}
        last = "exchange" if "exchange" in tasks else "protocol"
        return Finished(str(run.state), tasks, xcom(dag_id, run.run_id, last), note(dag_id, run.run_id), run.run_id)

    def exchange(self, **request: Any) -> Finished:
        """Do what the one task of casavi_reports does, without Airflow around it: a tenth of the time."""
        from include.groups.reports.run import exchange
        from include.sync.run import Request

        self.exchanges += 1
        ending = exchange("production", f"casavi_reports/{self.exchanges}", Request(**request)).ending
        return Finished("failed" if ending.why_red else "success", {}, ending.xcom)

    def sql(self, statement: str, *values: object) -> Rows:
        """Change or look at iX-Haus, as its users and consultants do."""
        with closing(sqlite3.connect(self.database)) as connection, connection:
            return connection.execute(statement, values).fetchall()

    def entries(self, level: str) -> Rows:
        """The protocol's entries of a level: record type, id, reason, HTTP status."""
        query = "SELECT ART, SCHLUESSEL, GRUND, HTTP_STATUS FROM SP_PROTOKOLL_EINTRAG WHERE STUFE = ? ORDER BY 1, 2, 3"
        return self.sql(query, level)

    def last_protocol(self, group: str = "%") -> dict[str, Any]:
        """The newest row of SP_PROTOKOLL, of any or one group."""
        row = SP_PROTOKOLL.c
        query = select(*(row[name] for name in (*COLUMNS, "queried_at"))).where(row.group.like(group))
        with read_snapshot(engine_on(lambda: sqlite3.connect(self.database))) as connection:
            return named_rows(connection, query.order_by(row.queried_at.desc()).limit(1))[0]

    def live(self, kind: str) -> dict[str, dict[str, Any]]:
        """What the portal holds of a kind: id → what was sent last; archived objects left out."""
        return {one["id"]: one["sent"] for one in self.portal.state(kind) if not one["archived"]}

    def staged(self) -> list[Path]:
        """The files in the staging folder."""
        return [path for path in self.staging.rglob("*") if path.is_file()]

    def writes(self) -> list[tuple[str, str]]:
        """Method and path of the requests so far that were to change something."""
        found = [(one["method"], one["path"]) for one in self.portal.requests() if one["path"] != "/authenticate"]
        return [(method, path) for method, path in found if method != "GET"]


def xcom(dag_id: str, run_id: str, task_id: str) -> Any:
    """The return value of a task as it lies in Airflow's database; None if there is none."""
    from airflow.models.xcom import XComModel
    from airflow.utils.session import create_session

    query = select(XComModel).filter_by(dag_id=dag_id, run_id=run_id, task_id=task_id, key="return_value")
    with create_session() as session:
        row = session.scalar(query)
        return None if row is None else XComModel.deserialize_value(row)


def note(dag_id: str, run_id: str) -> str | None:
    """The note at a run in Airflow's lists; None if it has none."""
    from airflow.models.dagrun import DagRun, DagRunNote
    from airflow.utils.session import create_session

    with create_session() as session:
        query = select(DagRunNote.content).join(DagRun).where(DagRun.dag_id == dag_id, DagRun.run_id == run_id)
        return session.scalar(query)


@contextmanager
def alone(file: Path) -> Iterator[None]:
    """Let Airflow, which reads all DAG files again before each run, read only this one."""
    from airflow.dag_processing import dagbag

    def read(dag_folder: object, bag: Callable[..., Any] = dagbag.BundleDagBag, **more: Any) -> Any:
        return bag(dag_folder=file, **more)

    with patch.object(dagbag, "BundleDagBag", read):
        yield


@contextmanager
def connected(folder: Path, environment: pytest.MonkeyPatch, *, key: str = KEY, secret: str = SECRET) -> Iterator[Rig]:
    """Start a portal on the state in `folder`, empty if there is none, and connect it and folder/ixhaus.db."""
    with WarmSandbox("--key", key, "--secret", secret, database=folder / "portal.db") as portal:
        connections = {
            "IXHAUS": {"conn_type": "sqlite", "host": str(folder / "ixhaus.db")},
            "CASAVI": {"conn_type": "http", "host": portal.api, "login": key, "password": secret},
            "DOCUMENTS": {"conn_type": "fs", "extra": {"path": str(folder / "dokumente")}},
            "DOCUWARE": {"conn_type": "http", "host": portal.url + DOCUWARE, "login": key, "password": secret},
        }
        for side, fields in connections.items():
            environment.setenv(f"AIRFLOW_CONN_{side}_PRODUCTION", json.dumps(fields))
        environment.setenv("SERVICEPORTAL_STAGING", str(folder / "staging"))
        # Airflow's test run sleeps a second whenever it has no task to start: half of all the time.
        environment.setattr(time, "sleep", lambda seconds, sleep=time.sleep: sleep(0.02 if seconds == 1 else seconds))
        forget_runs()
        yield Rig(folder / "ixhaus.db", portal, folder / "staging")
        close_engines()  # what is copied from here must be whole


def new_sample(folder: Path) -> Path:
    """A folder with a small sample iX-Haus and no portal yet."""
    build_sample(folder / "ixhaus.db", persons=120, letters=20)
    return folder


def copied(source: Path, target: Path) -> Path:
    """A copy of a folder's databases, journals included; the portal will be served at another address."""
    shutil.copytree(source, target, dirs_exist_ok=True)
    forget_address(target / "ixhaus.db")
    return target


def forget_runs() -> None:
    """Let Airflow, whose database is one for many tests, not know how many runs there were in the iX-Haus of others."""
    from airflow.models.variable import Variable
    from airflow.utils.session import create_session

    with create_session() as session:
        if inspect(session.connection()).has_table(Variable.__tablename__):
            session.execute(delete(Variable).where(Variable.key.like("casavi_%.runs")))


def forget_address(database: Path) -> None:
    """Let an iX-Haus not know at which address its portal was: each test has a port of its own."""
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("DELETE FROM SP_POSITION WHERE NAME LIKE 'memory/%'")
