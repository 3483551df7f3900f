"""What Airflow itself has kept of our runs: rows of its database, and task logs.

Only the server's side of Airflow may open its database: commands, not tasks.
"""

import os
import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from sqlalchemy import String, Table, cast, delete, or_, select, true, update
from sqlalchemy.orm import Session

from include.erasure.person import Person
from include.erasure.tables import naming
from include.vocabulary import ids

OURS: Final = "casavi_"
"""Begins the ids of our DAGs."""
REQUESTS: Final = "casavi_forget"
"""The DAG by which a person asks for an erasure."""
_ENDED: Final = ("success", "failed")
_GONE: Final = ("xcom", "rendered_task_instance_fields", "dag_run_note", "task_instance_note")
"""Tables of which a row that names the person goes."""
_EMPTIED: Final[Mapping[str, Mapping[str, Any]]] = {
    "dag_run": {"conf": {}},
    "log": {"extra": None},
    "asset_event": {"extra": {}},
    "hitl_detail": {"subject": "-", "body": None, "params": {}, "params_input": {}},
}
"""Tables of which columns that name the person are emptied, and with what."""


def forget_in_database(person: Person) -> Counter[str]:
    """Let Airflow's database forget a person's ids; returns table → how many rows."""
    from airflow.models import import_all_models
    from airflow.models.base import Base
    from airflow.utils.session import create_session

    import_all_models()  # type: ignore[no-untyped-call]  # else a process of its own does not know all tables
    tables, pattern, done = Base.metadata.tables, naming(person), Counter[str]()
    with create_session() as session:
        for name in _GONE:
            for key in _found(session, tables[name], list(tables[name].c.keys()), pattern, person):
                done[name] += _delete(session, tables[name], key)
        for name, values in _EMPTIED.items():
            there = {column: value for column, value in values.items() if column in tables[name].c}
            for key in _found(session, tables[name], list(there), pattern, person):
                session.execute(update(tables[name]).where(*_is(tables[name], key)).values(there))
                done[name] += 1
    return done


def _found(
    session: Session, table: Table, names: list[str], pattern: re.Pattern[str], person: Person
) -> list[tuple[Any, ...]]:
    """Return the keys of the rows in which one of these columns names the person."""
    texts = [cast(table.c[name], String) for name in names]
    likely = or_(*(text.contains(one, autoescape=True) for text in texts for one in person.names))
    rows = session.execute(select(*table.primary_key, *texts).where(likely, _is_ours(table))).all()
    width = len(table.primary_key)
    return [tuple(row[:width]) for row in rows if any(pattern.search(text or "") for text in row[width:])]


def _is_ours(table: Table) -> Any:
    """Return the condition for rows of our DAGs, or of none; where a table does not say, ids alone tell."""
    dag = table.c.get("dag_id", table.c.get("source_dag_id"))
    return true() if dag is None else or_(dag.startswith(OURS, autoescape=True), dag.is_(None))


def _is(table: Table, key: tuple[Any, ...]) -> list[Any]:
    return [column == value for column, value in zip(table.primary_key, key, strict=True)]


def _delete(session: Session, table: Table, key: tuple[Any, ...]) -> int:
    session.execute(delete(table).where(*_is(table, key)))
    return 1


def logs() -> Path:
    """Return the folder of task logs."""
    from airflow.configuration import conf

    return Path(conf.get("logging", "base_log_folder"))


def _ours() -> Iterator[Path]:
    yield from sorted(logs().glob(f"dag_id={OURS}*"))


def forget_in_logs(person: Person) -> int:
    """Remove the lines of our task logs that name a person; returns how many."""
    pattern = naming(person)
    return sum(_without(path, pattern) for folder in _ours() for path in folder.rglob("*.log"))


def _without(path: Path, pattern: re.Pattern[str]) -> int:
    lines = path.read_text(encoding="utf-8", errors="surrogateescape").splitlines(keepends=True)
    kept = [line for line in lines if not pattern.search(line)]
    if len(kept) < len(lines):
        with tempfile.NamedTemporaryFile(
            "w", dir=path.parent, delete=False, encoding="utf-8", errors="surrogateescape"
        ) as part:
            part.writelines(kept)
        Path(part.name).chmod(path.stat().st_mode)
        os.utime(part.name, (path.stat().st_atime, path.stat().st_mtime))
        Path(part.name).replace(path)
    return len(lines) - len(kept)


def forget_old_logs(days: int, now: datetime) -> int:
    """Delete the logs of our runs that are older than so many days; returns how many runs' folders."""
    limit = (now - timedelta(days=days)).timestamp()
    old = [run for dag in _ours() for run in dag.glob("run_id=*") if run.stat().st_mtime < limit]
    for run in old:
        shutil.rmtree(run, ignore_errors=True)
    return len(old)


def forget_old_runs(days: int, now: datetime) -> None:
    """Delete our runs in Airflow's database that are older than so many days, by Airflow's own means.

    Airflow cannot do that for the events of assets of some DAGs only (3.3.2): those stay for `airflow db clean`.
    """
    from airflow._shared.timezones.timezone import coerce_datetime
    from airflow.models.dag import DagModel
    from airflow.utils.db_cleanup import run_cleanup
    from airflow.utils.session import create_session

    with create_session() as session:
        mine = session.scalars(select(DagModel.dag_id).where(DagModel.dag_id.startswith(OURS))).all()
    if mine:
        run_cleanup(
            clean_before_timestamp=coerce_datetime(now - timedelta(days=days)), dag_ids=list(mine), confirm=False,
            skip_archive=True, table_names=["dag_run", "task_instance", "task_instance_history", "xcom", "log", "job"],
        )  # fmt: skip


def forget_requests() -> None:
    """Delete the runs of casavi_forget that have ended, and what else names whom they were about: what was done stands
    on the receipt.
    """
    from airflow.models.dagrun import DagRun
    from airflow.utils.session import create_session

    with create_session() as session:
        query = select(DagRun).where(DagRun.dag_id == REQUESTS, DagRun.state.in_(_ENDED))
        asked = [str((run.conf or {}).get("person", "")) for run in session.scalars(query)]
    for given in filter(None, asked):
        person = Person(frozenset({ids.bases(given.strip())[-1], given}), frozenset())
        forget_in_database(person)
        forget_in_logs(person)
    with create_session() as session:
        for run in session.scalars(query):
            session.delete(run)
