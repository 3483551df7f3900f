"""`make smoke-celery`: the services of docker-compose.yaml as processes, and their DAGs through a Celery worker.

Starts every Airflow service with the compose file's own command and environment; only addresses and folders are
translated to this machine, and each service has an AIRFLOW_HOME of its own, so that nothing can depend on sharing more
than compose shares. Needs PostgreSQL and Redis, see SMOKE_POSTGRES and SMOKE_REDIS; uses a database and a Redis number
of its own and removes both. Exit code 0: all seen; 1: something is wrong; 2: PostgreSQL or Redis does not answer.
"""

import json
import sqlite3
import sys
import time
from contextlib import closing
from datetime import date, timedelta
from typing import Any, Final
from urllib.parse import quote

import psycopg

from rig.office import OFFICE, Airflow
from rig.place import Place
from rig.servers import POSTGRES
from rig.stage import perform
from rig.telling import expect, say, step, wait
from tests.sandbox import SandboxProcess
from tests.smoke.portal import portal_of

STARTED: Final = ("api-server", "scheduler", "dag-processor", "triggerer", "worker")
SETTINGS: Final = """\
active: true
properties: 100-129, 200
person_types: [Mieter, Eigentümer]
portal_access_lead_days: 14
portal_access_trail_days: 90
report_user: "007"
post_author: verwaltung
schedules: {objects: null, persons: 30 2 * * *}
limits: {requests_per_second: 500, parallel_requests: 8}
removal_guard: {max_percent: 10, max_count: 200}
"""


def main() -> int:
    """Run all steps; returns the exit code."""
    return perform(_run, lambda folder, database, number: Place(folder, database, number, SETTINGS, persons=100))


def _run(place: Place) -> None:
    with step("init: database, pools, permissions; sample iX-Haus and sandbox portal"):
        place.start("demo")
        place.run("init")
        wait("the sandbox answers", lambda: place.is_healthy("demo"), 30)
        expect(place.staging.stat().st_mode & 0o777 == 0o700, "staging may be read by others")
    with step("the first dry run, before anything is switched on"):
        place.run("worker", ["python", "-m", "include.ixhaus", "check", "production"])
        place.run("worker", ["airflow", "dags", "test", "casavi_objects", "--conf", '{"dry_run": true}'])
        preview = [path.read_text(encoding="utf-8") for path in place.staging.glob("production/objects/*/preview.csv")]
        expect(len(preview) == 1 and ",create," in preview[0], f"preview: {preview}")
    with step("all services healthy by their own health checks"):
        place.start_all(*STARTED)
    airflow = Airflow(place.address, place.passwords[OFFICE])
    with portal_of(place) as portal:
        _sync(place, airflow, portal)
        _exchange(place, airflow, portal)
        _resend(place, airflow)
        _preview(place, airflow, portal)
        _release(place, airflow, portal)
        _forget(place, airflow, portal)
    _leave_nothing(place)
    memory = place.memory()
    say("      memory, MB: " + ", ".join(f"{name} {size:.0f}" for name, size in memory.items()))


def _sync(place: Place, airflow: Airflow, portal: SandboxProcess) -> None:
    with step("casavi_persons runs by its schedule when switched on; contracts wait for their units"):
        airflow.unpause("casavi_persons")
        first = airflow.protocol("casavi_persons", airflow.run_like("casavi_persons", "scheduled__"))
        expect(first["sent"] > 0 and first["errors"] == 0, f"casavi_persons: {first}")
        expect(not portal.state("contracts"), "contracts were sent before their units")
    with step("casavi_objects by REST, and casavi_persons because of it"):
        airflow.unpause("casavi_objects")
        objects = airflow.trigger("casavi_objects")
        sent = airflow.protocol("casavi_objects", objects)
        expect(sent["sent"] > 0 and sent["errors"] == 0, f"casavi_objects: {sent}")
        persons = airflow.run_like("casavi_persons", "asset_triggered__")
        then = airflow.protocol("casavi_persons", persons)
        expect(then["sent"] > 0 and then["errors"] == 0, f"casavi_persons: {then}")
        live = {kind: counts["live"] for kind, counts in portal.counts().items()}
        expect(sent["sent"] == live["properties"] + live["units"], f"sent {sent['sent']}, the portal holds {live}")
        expect(first["sent"] + then["sent"] == live["contacts"] + live["contracts"], f"the portal holds {live}")
        expect(live["contacts"] > 50, f"the portal holds {live}")
        expect_on_worker(place, airflow, "casavi_objects", objects)
        expect_on_worker(place, airflow, "casavi_persons", persons)


def expect_on_worker(place: Place, airflow: Airflow, dag: str, run: str) -> None:
    loads = {name: task for name, task in airflow.tasks(dag, run).items() if ".load[" in name}
    expect(bool(loads), f"{dag} {run} loaded nothing")
    done = """
        SELECT count(*) FROM task_instance t JOIN celery_taskmeta c ON c.task_id = t.external_executor_id
        WHERE t.dag_id = %s AND t.run_id = %s AND t.task_id LIKE '%%.load' AND c.status = 'SUCCESS'
    """

    def by_celery() -> bool | None:
        with psycopg.connect(f"{POSTGRES}/{place.database}") as connection:
            return True if connection.execute(done, (dag, run)).fetchone() == (len(loads),) else None

    wait(f"Celery has a result for the loads of {dag}: {list(loads)}", by_celery, 10)


def _exchange(place: Place, airflow: Airflow, portal: SandboxProcess) -> None:
    with step("casavi_reports by its schedule when switched on"):
        airflow.unpause("casavi_reports")
        airflow.finish("casavi_reports", airflow.run_like("casavi_reports", "scheduled__"))
        expect(portal.counts()["tickets"]["live"] > 10, f"the portal holds {portal.counts()['tickets']}")
    with step("a tenant's report starts it: the triggerer watches the portal"):
        wait("the triggerer watches", lambda: _watched(portal), 90)
        portal.tenant_files("129.R16.1", "ANFRAGE", "Heizung kalt", "Seit gestern.", "129/R16")
        airflow.finish("casavi_reports", airflow.run_like("casavi_reports", "asset_triggered__"))
        with closing(sqlite3.connect(place.erp, timeout=30)) as connection:
            found = connection.execute("SELECT 1 FROM SP_MELDUNG WHERE BETREFF = 'Heizung kalt'").fetchall()
        expect(len(found) == 1, f"the report is in iX-Haus {len(found)} times")


def _watched(portal: SandboxProcess) -> bool | None:
    """True once somebody asks the portal for tickets while no run does."""
    portal.forget_requests()
    time.sleep(5)
    paths = [one["path"] for one in portal.requests()]
    return True if paths.count("/tickets") >= 2 and set(paths) <= {"/tickets", "/authenticate"} else None


def _resend(place: Place, airflow: Airflow) -> None:
    with step("a backfill sends again what was changed in its interval"):
        day = date.today() - timedelta(days=5)  # noqa: DTZ011 - any day in the past will do
        changed = "UPDATE SP_PERSON SET GEAENDERT_AM = ? WHERE OBJEKT_NR = '100'"
        number = _change_erp(place, changed, f"{day} 12:00:00.000000")
        dates = ["--from-date", str(day), "--to-date", str(day + timedelta(days=1))]
        place.run("scheduler", ["airflow", "backfill", "create", "--dag-id", "casavi_persons", *dates])
        run = airflow.run_like("casavi_persons", "backfill__")
        again = airflow.protocol("casavi_persons", run)
        expect(0 < again["updated"] <= number, f"{number} persons were changed, backfill: {again}")
        expect(again["sent"] == again["updated"] and again["errors"] == 0, f"backfill: {again}")


def _preview(place: Place, airflow: Airflow, portal: SandboxProcess) -> None:
    with step("a dry run sends nothing, and says so"):
        _change_erp(place, "UPDATE SP_PARTNER SET VORNAME = 'Anders' WHERE VORNAME IS NOT NULL")
        before = portal.state("contacts")
        portal.forget_requests()
        dry = airflow.protocol("casavi_persons", airflow.trigger("casavi_persons", dry_run=True))
        expect(dry["status"] == "dry_run" and dry["sent"] == 0 and dry["updated"] > 0, f"dry run: {dry}")
        paths = {one["path"] for one in portal.requests()} - {"/tickets", "/authenticate"}  # the triggerer's looks
        expect(not paths and portal.state("contacts") == before, f"a dry run spoke to the portal: {paths}")


def _change_erp(place: Place, statement: str, *given: str) -> int:
    """Change the sample iX-Haus; returns how many rows."""
    with closing(sqlite3.connect(place.erp, timeout=30)) as connection, connection:
        number = connection.execute(statement, given).rowcount
    expect(number > 0, f"the sample has nothing for: {statement}")
    return number


def _release(place: Place, airflow: Airflow, portal: SandboxProcess) -> None:
    def live() -> int:
        return portal.counts()["contacts"]["live"]

    held = live()
    with step("more removals than the guard allows: nothing is removed, one question is asked"):
        gone = "(SELECT PERSON_SCHLUESSEL FROM SP_PERSON WHERE OBJEKT_NR BETWEEN '100' AND '119')"
        contracts = f"(SELECT VERTRAG_NR FROM SP_VERTRAG WHERE PERSON_SCHLUESSEL IN {gone})"
        _change_erp(place, f"DELETE FROM SP_VERTRAGSROLLE WHERE VERTRAG_NR IN {contracts}")
        _change_erp(place, f"DELETE FROM SP_VERTRAG WHERE PERSON_SCHLUESSEL IN {gone}")
        _change_erp(place, f"DELETE FROM SP_PERSON WHERE PERSON_SCHLUESSEL IN {gone}")
        guarded = airflow.protocol("casavi_persons", airflow.trigger("casavi_persons"))
        expect(guarded["removed"] == 0 and live() == held, f"guard: {guarded}, the portal holds {live()} of {held}")
        expect(guarded["updated"] > 0 and guarded["errors"] == 0, f"what the guard does not concern: {guarded}")
        asking = airflow.run_like("casavi_release_removals", "asset_triggered__")
        question = wait("the question waits", lambda: _waiting(airflow, "casavi_release_removals", asking))
    with step("the next run finds the same: no second question"):
        again = airflow.protocol("casavi_persons", airflow.trigger("casavi_persons"))
        runs = airflow.run_ids(question["dag"])
        expect(again["removed"] == 0 and runs == [asking], f"asked twice: {again}, {runs}")
    with step("approved by the office: the removals are released"):
        expect("contact" in question["body"], f"the question says {question['body']}")
        airflow.approve(question["dag"], asking, "ask.approve/0")
        released = airflow.protocol("casavi_persons", airflow.run_like("casavi_persons", "released__"))
        expect(released["removed"] > held / 10 and released["errors"] == 0, f"released: {released}")
        expect(live() < held * 0.9, f"{live()} of {held} contacts are still in the portal")
        airflow.finish(question["dag"], asking)


def _waiting(airflow: Airflow, dag: str, run: str) -> dict[str, Any] | None:
    """The open question of a run."""
    found = airflow.send("GET", f"/api/v2/dags/{dag}/dagRuns/{quote(run, safe='')}/hitlDetails")
    details = [item for item in found["hitl_details"] if not item["response_received"]]
    return {"dag": dag, "body": details[0]["body"]} if details else None


def _forget(place: Place, airflow: Airflow, portal: SandboxProcess) -> None:
    person = "129.R18.1"
    with step("a person is forgotten when the office has approved it, and what was asked with the next tidy"):
        airflow.pause("casavi_reports")  # whose runs keep others from forgetting anybody
        wait("casavi_reports rests", lambda: not airflow.running("casavi_reports") or None)
        run = airflow.trigger("casavi_forget", person=person, although_sent=True)
        question = wait("the question waits", lambda: _waiting(airflow, "casavi_forget", run))
        expect(f"{person}\n" in question["body"] and "contact" in question["body"], f"asked: {question['body']}")
        expect(any(one["id"] == person for one in portal.state("contacts")), "the portal does not have the person")
        airflow.approve("casavi_forget", run, "approve/-1")
        airflow.finish("casavi_forget", run)
        left = [one for one in portal.state("contacts") if one["id"] == person and not one["archived"]]
        expect(not left, f"left in the portal: {len(left)}")
        place.run("worker", ["python", "-m", "include.commands", "tidy"])
        expect(airflow.run_ids("casavi_forget") == [], "Airflow remembers who was forgotten")


def _leave_nothing(place: Place) -> None:
    with step("staging is empty but for the dry runs' previews; no home is shared"):
        left = [path.name for path in place.staging.rglob("*") if path.is_file()]
        expect(set(left) == {"preview.csv"}, f"left in staging: {left}")
        expect(not (place.folder / "worker" / "staging").exists(), "the worker staged in its own home")
    with step("no log holds a secret or a person"):
        logs = "\n".join(path.read_text("utf-8", "replace") for path in place.logs.rglob("*.log"))
        found = [what for what, words in _private(place).items() for word in words if word in logs]
        expect("casavi_persons" in logs and not found, f"in the logs: {sorted(set(found))}")
    with step("the protocol's command names every run"):
        runs = json.loads(
            place.run("worker", ["python", "-m", "include.commands", "protocol", "--format", "json", "--last", "99"])
        )
        ended = [(run["group"], run["status"]) for run in reversed(runs) if run["group"] != "reports"]
        expected = [("objects", "dry_run"), ("persons", "ok"), ("objects", "ok"), ("persons", "ok"), ("persons", "ok")]
        expected += [("persons", "dry_run"), ("persons", "ok"), ("persons", "ok"), ("persons", "ok")]
        expect(ended == expected, f"runs in the protocol: {ended}")


def _private(place: Place) -> dict[str, list[str]]:
    """What no log may hold, by what it is."""
    with closing(sqlite3.connect(place.erp)) as connection:
        persons = {
            column: [
                value
                for table in ("SP_PERSON", "SP_PARTNER")
                for (value,) in connection.execute(f"SELECT DISTINCT {column} FROM {table} WHERE length({column}) > 5")
            ]
            for column in ("NACHNAME", "EMAIL", "STRASSE", "TELEFON")
        }
    return persons | {"a secret": [*place.passwords.values(), "demo-secret", *place.signing_keys]}


if __name__ == "__main__":
    sys.exit(main())
