"""`make test-distributed`: two workers that share no folder, and what becomes of a night when machines die in it.

The services of docker-compose.yaml as in `make smoke-celery`, but each with logs of its own, two workers, and staging
in an S3 server. Everything is sent for PERSONS persons (20,000); meanwhile a worker, the scheduler and the triggerer
are each killed once and started again. At the end portal, ledger and iX-Haus must agree, and nothing may be there
twice. Prints how long each step took. Exit codes as of `make smoke-celery`.
"""

import json
import os
import sqlite3
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Final

import psycopg
import yaml

from demo.embedded import DOCUWARE
from rig.compose import ROOT
from rig.office import OFFICE, Airflow
from rig.place import Place
from rig.servers import POSTGRES
from rig.stage import perform
from rig.telling import expect, say, step, wait
from tests import objects
from tests.sandbox import KEY, SECRET, SandboxProcess
from tests.smoke.portal import portal_of

PERSONS: Final = int(os.environ.get("PERSONS") or 20_000)
WORKERS: Final = ("worker-1", "worker-2")
STARTED: Final = ("api-server", "scheduler", "dag-processor", "triggerer", *WORKERS)
FAILED: Final = """
    SELECT task.dag_id, task.run_id, task_id, task.state, try_number, max_tries, hostname, task.start_date::text,
        task.end_date::text
    FROM task_instance task JOIN dag_run run ON (run.dag_id, run.run_id) = (task.dag_id, task.run_id)
    WHERE run.state = 'failed' AND task.state IS DISTINCT FROM 'success'
"""
LONGEST: Final = 600 + PERSONS / 10
"""Seconds after which a run does not end any more."""
SUBJECTS: Final = ("Heizung kalt", "Licht aus", "Tür klemmt")
VARIABLES: Final = {
    "STAGING": objects.STAGING,
    "DOCUMENTS_PRODUCTION": '{"conn_type": "fs", "extra": {"path": "/var/lib/serviceportal/demo/dokumente"}}',
    "DOCUWARE_PRODUCTION": json.dumps(
        {"conn_type": "http", "host": f"http://127.0.0.1:8095{DOCUWARE}", "login": KEY, "password": SECRET}
    ),
}


def main() -> int:
    """Run all steps; returns the exit code."""
    with objects.object_store() as address:
        variables = VARIABLES | {"STAGING_CONNECTION": objects.connection(address)}

        def made(folder: Path, database: str, number: int) -> Place:
            return Place(folder, database, number, _settings(), PERSONS, variables, is_one=False)

        return perform(partial(_run, address), made)


def _settings() -> str:
    """The sample's, with the night by hand, and batches small enough for both workers."""
    settings = yaml.safe_load((ROOT / "demo" / "config" / "production.yaml").read_text(encoding="utf-8"))
    settings["schedules"] = dict.fromkeys(("objects", "persons", "owners_caretakers", "documents"))
    settings["limits"] |= {"batch_size": max(PERSONS // 8, 100), "parallel_loads": len(WORKERS)}
    return str(yaml.safe_dump(settings, allow_unicode=True))


def _run(store: str, place: Place) -> None:
    with step(f"init; sample iX-Haus with {PERSONS} persons"):
        place.start("demo")
        place.run("init")
        wait("the sandbox answers", lambda: place.is_healthy("demo"), 300)
    with step(f"all services healthy, {len(WORKERS)} workers without a shared folder"):
        place.start_all(*STARTED)
    airflow = Airflow(place.address, place.passwords[OFFICE])
    with portal_of(place) as portal, place.supervised():
        _night(place, airflow)
        _report(place, airflow, portal)
        _agree(place, airflow, portal)
        _nothing_left(place, airflow, store)
    say(f"      restarted: {', '.join(place.restarted)}")


def _night(place: Place, airflow: Airflow) -> None:
    for dag in ("casavi_objects", "casavi_persons", "casavi_owners_caretakers", "casavi_documents"):
        airflow.unpause(dag)
    with step("casavi_objects"):
        _finish(airflow, "casavi_objects", airflow.trigger("casavi_objects"))
    with step("casavi_persons and casavi_owners_caretakers at once; a worker dies in mid-load"):
        persons = airflow.run_like("casavi_persons", "asset_triggered__")
        owners = airflow.run_like("casavi_owners_caretakers", "asset_triggered__")
        victim = wait("a load of persons", partial(_loading, place, "casavi_persons"), LONGEST, pause=0.1)
        with _back_in_time(f"{victim} is back"):
            place.kill(victim)
            place.wait_healthy_again(victim)
        _finish(airflow, "casavi_persons", persons)
        _finish(airflow, "casavi_owners_caretakers", owners)
    expect(_tries(place, "casavi_persons") > 1, "the killed load was not repeated")
    with step("casavi_documents; the scheduler dies in mid-load"):
        documents = airflow.run_like("casavi_documents", "asset_triggered__", 120)
        wait("a load of documents", partial(_loading, place, "casavi_documents"), LONGEST, pause=0.1)
        with _back_in_time("the scheduler is back"):
            place.kill("scheduler")
            place.wait_healthy_again("scheduler")
        _finish(airflow, "casavi_documents", documents)
    _on_both(place)


@contextmanager
def _back_in_time(what: str) -> Iterator[None]:
    began = time.monotonic()
    yield
    say(f"      {time.monotonic() - began:6.1f} s  {what}")


def _loading(place: Place, dag: str) -> str | None:
    """The worker on which a load of a group has run for a moment."""
    query = """
        SELECT pid FROM task_instance WHERE dag_id = %s AND task_id LIKE '%%.load' AND state = 'running'
        AND start_date < now() - interval '1 second'
    """
    for (pid,) in _asked(place, query, dag):
        for worker in WORKERS:
            if place.runs(worker, pid):
                return worker
    return None


def _tries(place: Place, dag: str) -> int:
    query = "SELECT max(try_number) FROM task_instance WHERE dag_id = %s AND task_id LIKE '%%.load'"
    return int(_asked(place, query, dag)[0][0])


def _on_both(place: Place) -> None:
    """See that one run had tasks on both workers, each of which keeps its own logs."""
    logs = [place.logs.glob(f"of-{worker}/dag_id=*/run_id=*") for worker in WORKERS]
    first, second = ({path.name for path in paths} for paths in logs)
    expect(bool(first & second), f"no run was on both workers: {first}, {second}")


def _asked(place: Place, query: Any, *given: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(f"{POSTGRES}/{place.database}") as connection:
        return connection.execute(query, given).fetchall()


def _finish(airflow: Airflow, dag: str, run: str) -> dict[str, Any]:
    airflow.finish(dag, run, LONGEST)
    found = airflow.protocol(dag, run)
    expect(found["errors"] == 0, f"{dag}: {found}")
    say(f"              {dag}: {found['sent']} sent")
    return found


def _report(place: Place, airflow: Airflow, portal: SandboxProcess) -> None:
    with step("casavi_reports by its schedule when switched on"):
        airflow.unpause("casavi_reports")
        airflow.finish("casavi_reports", airflow.run_like("casavi_reports", "scheduled__"), LONGEST)
    tenant = partial(portal.tenant_files, "129.R16.1", "ANFRAGE", text="Seit gestern.", unit_id="129/R16")
    with step("the triggerer dies between two reports of a tenant: both are in iX-Haus"):
        tenant(title=SUBJECTS[0])
        place.kill("triggerer")
        tenant(title=SUBJECTS[1])
        for subject in SUBJECTS[:2]:
            wait(f"{subject} is in iX-Haus", partial(_imported, place, subject), 420, pause=0.5)
        place.wait_healthy_again("triggerer")
    with step("the triggerer is back: the next one takes seconds again"):
        tenant(title=SUBJECTS[2])
        wait(f"{SUBJECTS[2]} is in iX-Haus", partial(_imported, place, SUBJECTS[2]), 60)


def _imported(place: Place, subject: str) -> bool | None:
    return True if _in_erp(place, "SELECT count(*) FROM SP_MELDUNG WHERE BETREFF = ?", subject) == [(1,)] else None


def _in_erp(place: Place, query: str, *given: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(place.erp, timeout=30)) as connection:
        return connection.execute(query, given).fetchall()


def _agree(place: Place, airflow: Airflow, portal: SandboxProcess) -> None:
    with step("no run is left, none has failed"):
        wait("all runs end", partial(_at_rest, place), LONGEST, pause=2)
        failed = _asked(place, FAILED)
        expect(not failed, f"failed: {failed}")
    with step("portal, ledger and iX-Haus agree on everything (casavi_reconcile)"):
        airflow.unpause("casavi_reconcile")
        airflow.finish("casavi_reconcile", airflow.trigger("casavi_reconcile"), LONGEST)
        counted = (
            "SELECT ART, GRUND, SCHLUESSEL FROM SP_PROTOKOLL_EINTRAG WHERE STUFE = 'finding' AND SCHLUESSEL LIKE '(%'"
        )
        found = {(kind, reason): number for kind, reason, number in _in_erp(place, counted)}
        say(f"              {', '.join(f'{kind} {number}' for (kind, _), number in found.items())}")
        expect({reason for _, reason in found} == {"IN_STEP"}, f"not in step: {found}")
    with step("nothing is there twice, nothing was sent twice"):
        double = {kind: counts for kind, counts in portal.counts().items() if counts["duplicates"]}
        expect(not double, f"twice in the portal: {double}")
        made = Counter(
            (one["path"], one["body_id"])
            for one in portal.requests()
            if one["method"] == "POST" and one["body_id"] and one["status"] is not None and one["status"] < 300
        )
        again = [one for one, number in made.items() if number > 1]
        expect(bool(made) and not again, f"created twice: {again[:10]}, {len(again)} in all")
        say(f"              {len(made)} created")
        for subject in SUBJECTS:
            expect(_imported(place, subject) is True, f"{subject} is not in iX-Haus exactly once")


def _at_rest(place: Place) -> bool | None:
    running = "SELECT 1 FROM dag_run WHERE state IN ('running', 'queued') AND dag_id LIKE 'casavi%%' LIMIT 1"
    return None if _asked(place, running) else True


def _nothing_left(place: Place, airflow: Airflow, store: str) -> None:
    with step("nothing is staged any more, in the store or on a worker"):
        airflow.pause("casavi_reports")  # by its schedule a run may just have begun
        wait("all runs end", partial(_at_rest, place), LONGEST)
        left = [path.relative_to(place.folder) for path in place.folder.glob("worker-*/staging/**/*") if path.is_file()]
        expect(not left, f"left on the workers: {left}")
        staged = objects.listed(store)
        expect(not staged, f"left in the store: {staged}")


if __name__ == "__main__":
    sys.exit(main())
