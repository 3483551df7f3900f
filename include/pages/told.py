"""How the pages tell of runs: what is added to a row of the protocol before it is shown."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from fastapi import Request

from include.lookup.kept import COUNTS
from include.lookup.runs import dag_run_of
from include.pages.frame_texts import FRAME
from include.pages.language import language_of
from include.pages.protocol_texts import TEXTS
from include.vocabulary.clock import BERLIN
from include.vocabulary.reasons import translate
from include.vocabulary.state import RunStatus
from include.vocabulary.texts import translator

Run = Mapping[str, Any]
SILENT: Final = "silent"
"""The status of a run that says it is at work, and is not: it holds no lease. The group's next run closes it."""


def told(run: Run, request: Request, at_work: Collection[str], now: datetime) -> dict[str, Any]:
    """Return a run with its time, trigger, Airflow run, the reason in the reader's language, and whether its numbers
    are known yet.

    at_work: names of the runs that are
    """
    dag_id, run_id = dag_run_of(run["run"])
    queried = run["queried_at"] and datetime.fromisoformat(run["queried_at"])
    is_open = run["status"] == RunStatus.RUNNING
    return {
        **run, "queried": queried, "dag_id": dag_id, "run_id": run_id, "trigger": run_id.partition("__")[0],
        "status": SILENT if is_open and run["run"] not in at_work else run["status"], "is_open": is_open,
        "lasts": (now - queried).total_seconds() if is_open and queried else None,
        "reason": translate(run["reason"] or "", language_of(request)),
        **({} if not is_open else dict.fromkeys(COUNTS)),
    }  # fmt: skip


def heads(request: Request, keys: Sequence[str]) -> list[str]:
    """Return the names of columns, in the reader's language, for a file."""
    t = translator({**FRAME, **TEXTS}, language_of(request))
    return [t(key).replace("\u00ad", "") for key in keys]


def local(run: Run) -> str:
    """Return when a run began, in Europe/Berlin, for a file."""
    moment = run["queried_at"] and datetime.fromisoformat(run["queried_at"])
    return f"{moment.astimezone(BERLIN):%Y-%m-%d %H:%M:%S}" if moment else ""
