"""A person is forgotten wherever the project kept anything about it, and nobody else is."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from sqlalchemy import delete, insert, select

from include.erasure import airflow, request
from include.erasure import forget as erasure
from include.erasure.command import UNKNOWN
from include.erasure.person import find_person
from include.erasure.portal import NotForgottenError
from include.erasure.receipt import read
from include.groups import GROUPS
from include.ixhaus.contract import OWN_TABLES
from include.ixhaus.contract.own import SP_POSITION
from include.ixhaus.database import read_snapshot
from include.settings import load_settings
from include.sync.run import Request
from include.vocabulary.clock import to_utc_column, utc_now
from tests.faults.desk import Desk
from tests.faults.harness import Tenant, World
from tests.faults.papers import Archive, Paper
from tests.faults.run_steps import SYSTEM, Progress, run_group
from tests.sandbox import ROOT

GONE, STAYS = Tenant(1), Tenant(2)
LETTER = Paper(1, GONE)
VALUES = re.compile(r"kanari[ -]?1\b|kanari1@|kanariweg 1\b|Ihr Schreiben 1\b", re.IGNORECASE)
"""What iX-Haus says of the one who is forgotten."""
IDS = re.compile(r"100\.1\.1|\bV1\b|DOK-1\b")
LEFT = re.compile(r"100\.2\.1|\bV2\b|DOK-2\b")
STEPS = ("take_away", "forget_staged", "forget_in_database", "forget_in_logs", "forget_rows")


class Traces(NamedTuple):
    """Where a person who was in the portal leaves traces."""

    world: World
    logs: Path

    def own_tables(self) -> str:
        return "\n".join(str(self.world.rows(table)) for table in OWN_TABLES.values())

    def everywhere(self) -> dict[str, str]:
        """Place → all that stands there."""
        staged = [path for path in (self.world.folder / "staging").rglob("*") if path.is_file()]
        return {
            "own tables": self.own_tables(),
            "staging": "\n".join(path.read_bytes().decode(errors="replace") for path in staged),
            "logs": "\n".join(path.read_text(encoding="utf-8") for path in self.logs.rglob("*.log")),
            "airflow": in_airflow(),
        }

    def portal(self) -> str:
        """What the portal keeps, archived contacts too; of what it archives otherwise only casavi can rid itself."""
        shown = [str(self.world.portal(kind)) for kind in ("contracts", "documents")]
        return "\n".join([*shown, *(str(one) for one in self.world.sandbox.state("contacts"))])

    def forget(self, given: str = " 100.1.1~v2 ", **more: Any) -> dict[str, Any]:
        settings = load_settings(SYSTEM, self.world.folder / "config")
        return erasure.forget(settings, given, "Dana Schutz", utc_now(), **more)


def in_airflow() -> str:
    from airflow.models.base import Base
    from airflow.utils.session import create_session

    names = ("xcom", "dag_run", "log", "rendered_task_instance_fields")
    with create_session() as session:
        return "\n".join(str(session.execute(select(Base.metadata.tables[name])).all()) for name in names)


@pytest.fixture
def traces(world: World, monkeypatch: pytest.MonkeyPatch, airflow_db: None) -> Iterator[Traces]:
    """A tenant with a contract, a letter and a report, whom real runs brought into the portal and who has left iX-Haus;
    and another one like that, who stays.
    """
    world.settle(GONE, STAYS)
    archive, desk = Archive(world, monkeypatch), Desk(world, GONE)
    archive.settle(LETTER, Paper(2, STAYS))
    desk.report("M1")
    desk.settle()
    world.put(GONE.renamed("Kanari 1, neu"), STAYS.renamed("Kanari 2, neu"))
    world.sandbox.fault("status", "PUT", "/contacts/*", status=422, times=2)
    run_group(GROUPS["persons"], world.next_run(), Request(dry_run=True), Progress())
    world.run()
    world.sandbox.end_faults()
    world.drop(GONE.number)
    archive.drop(LETTER)
    for contact in (GONE.contact_id, STAYS.contact_id):
        world.insert("SP_PORTALKONTO", system=SYSTEM, contact=contact, registered="J", as_of=to_utc_column(utc_now()))
        world.insert("SP_EMAIL", system=SYSTEM, event=f"M1/closed/{contact}", state="settled")
        world.insert(
            "SP_HINWEIS", system=SYSTEM, group="persons", record_type="contact", external_id=contact, reason="X"
        )
    dead = world.folder / "staging" / SYSTEM / "persons" / "dead-1"
    dead.mkdir(parents=True)
    (dead / "views.parquet").write_bytes(b"Kanari 1")
    made = Traces(world, airflow.logs() / "dag_id=casavi_persons" / "run_id=forget")
    plant_in_airflow(made.logs)
    yield made
    shutil.rmtree(made.logs)
    with_log_entries(delete_them=True)


def plant_in_airflow(logs: Path) -> None:
    """What a task wrote into its log, and what Airflow's audit log keeps of a run that somebody started."""
    logs.mkdir(parents=True)
    lines = [json.dumps({"event": f"would update contact {one} (ACTIVE)"}) for one in ("100.1.1", "100.2.1", "1")]
    (logs / "attempt=1.log").write_text("\n".join(lines) + "\n", encoding="utf-8")
    with_log_entries(delete_them=False)


def with_log_entries(*, delete_them: bool) -> None:
    from airflow.models.log import Log
    from airflow.utils.session import create_session

    with create_session() as session:
        if delete_them:
            session.execute(delete(Log).where(Log.event == "forget_test"))
            return
        for name in ("100.1.1", "100.2.1"):
            conf = json.dumps({"note": f"contact {name} called"})
            session.execute(
                insert(Log).values(event="forget_test", dttm=utc_now(), extra=conf, dag_id="casavi_persons")
            )


def assert_forgotten(traces: Traces) -> None:
    for place, text in traces.everywhere().items():
        assert not VALUES.search(text), place
        assert not IDS.search(text), (place, IDS.search(text))
    assert not VALUES.search(traces.portal())


def test_a_person_is_forgotten_everywhere_and_nobody_else_is(traces: Traces) -> None:
    before = traces.everywhere()
    assert {place for place, text in before.items() if IDS.search(text) or VALUES.search(text)} == set(before)
    assert VALUES.search(traces.portal())
    receipt = traces.forget()
    assert_forgotten(traces)
    assert {place for place, text in traces.everywhere().items() if LEFT.search(text)} == set(before)
    assert set(traces.world.portal("contacts")) == {STAYS.contact_id}
    assert set(traces.world.portal("documents")) == {"DOK-2"}
    assert receipt["by"] == "Dana Schutz"
    assert receipt["numbers"] == {
        "portal": 3, "previews": 1, "airflow": 1, "logs": 1, "reports left": 1, "SP_ABGLEICH": 4, "SP_HINWEIS": 1,
        "SP_PROTOKOLL_EINTRAG": 1, "SP_PORTALKONTO": 1, "SP_EMAIL": 2,
    }  # fmt: skip
    assert by_command(traces.world, GONE.contact_id) == receipt
    with read_snapshot(traces.world.engine) as connection:
        assert list(read(connection, SYSTEM).values()) == [receipt]
    traces.world.sandbox.forget_requests()
    assert [traces.world.run(group).requests for group in ("persons", "documents")] != []
    assert not any(IDS.search(str(one)) for one in traces.world.sandbox.requests())
    assert_forgotten(traces)


def test_whoever_is_killed_after_any_step_begins_again(traces: Traces, monkeypatch: pytest.MonkeyPatch) -> None:
    for step in STEPS:
        place: Any = airflow if hasattr(airflow, step) else erasure
        with monkeypatch.context() as killing:
            killing.setattr(place, step, partial(die_after, getattr(place, step)))
            with pytest.raises(KeyboardInterrupt):
                traces.forget()
        assert IDS.search(traces.own_tables()), "what is left can be found no more"
    traces.forget()
    assert_forgotten(traces)


def by_command(world: World, person: str) -> Any:
    """What the command prints, in a process of its own."""
    done = command(world, person)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def command(world: World, person: str) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "-m", "include.commands", "forget", SYSTEM, person, "--by", "Dana Schutz", "--yes"]
    given = {**os.environ, **world.environment(), "SERVICEPORTAL_CONFIG": str(world.folder / "config")}
    return subprocess.run(words, cwd=ROOT, env=given, capture_output=True, text=True, check=False)


def test_two_do_not_forget_at_once(world: World, monkeypatch: pytest.MonkeyPatch, airflow_db: None) -> None:
    world.settle(GONE)
    traces, refused = Traces(world, Path()), []

    def meanwhile(*_: Any) -> dict[str, int]:
        with pytest.raises(NotForgottenError, match="works; nothing was removed") as error:
            traces.forget(although_sent=True)
        refused.append(error)
        return {}

    monkeypatch.setattr(erasure, "take_away", meanwhile)
    traces.forget(although_sent=True)
    assert len(refused) == 1


def die_after(step: Any, *given: Any) -> None:
    step(*given)
    raise KeyboardInterrupt


def test_who_would_be_sent_again_is_not_forgotten_unless_that_is_meant(world: World) -> None:
    world.settle(GONE, STAYS)
    traces = Traces(world, Path())
    with pytest.raises(NotForgottenError, match="gives the portal 1 contract, 1 contact of this person"):
        traces.forget()
    assert world.sandbox.requests() == []
    assert traces.forget(although_sent=True)["numbers"] == {"portal": 2, "SP_ABGLEICH": 2}
    assert set(world.portal("contacts")) == {STAYS.contact_id}


def test_nobody_is_forgotten_by_an_empty_or_unknown_id(world: World, airflow_db: None) -> None:
    world.settle(GONE)
    traces = Traces(world, Path())
    with pytest.raises(NotForgottenError, match="nobody is named"):
        traces.forget(" ")
    unknown = command(world, "4711")
    assert (unknown.returncode, unknown.stderr) == (1, UNKNOWN)
    assert traces.forget("4711")["numbers"] == {}
    assert not [row for row in world.rows(SP_POSITION) if row["name"].startswith("forgotten/")]
    assert world.ledger(GONE.contact_id)["state"] == "present"


def test_a_request_says_whom_it_concerns_and_is_carried_out_when_approved(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.settle(GONE, STAYS)
    monkeypatch.setenv("SERVICEPORTAL_CONFIG", str(world.folder / "config"))
    asked: dict[str, Any] = {"system": SYSTEM, "person": GONE.contact_id, "although_sent": True}
    assert request.look(asked) == {"contact": 1, "contract": 1, "reports left": 0}
    assert set(world.portal("contacts")) == {GONE.contact_id, STAYS.contact_id}
    receipt = request.carry_out(asked, "Dana Schutz")
    assert (receipt["by"], receipt["numbers"]) == ("Dana Schutz", {"portal": 2, "SP_ABGLEICH": 2})
    assert set(world.portal("contacts")) == {STAYS.contact_id}
    with pytest.raises(NotForgottenError, match="nothing is kept of anybody under this id"):
        request.look(asked)


@pytest.mark.parametrize("given", ["4711", "100.5.1", "4711~2", " 100.6.1 "])
def test_a_partner_is_found_by_its_number_and_by_each_of_its_persons(world: World, given: str) -> None:
    world.insert("SP_PARTNER", partner_nr="4711", last_name="Kanari")
    for person in ("100.5.1", "100.6.1"):
        world.insert("SP_PERSON", person_key=person, partner_nr="4711")
    world.insert("SP_PERSON", person_key="100.7.1")
    for name in ("4711", "4711~2", "4711~person", "47110"):
        world.insert("SP_ABGLEICH", system=SYSTEM, record_type="contact", external_id=name, state="present")
    found = find_person(world.engine, SYSTEM, given)
    assert (set(found.persons), set(found.partners)) == ({"100.5.1", "100.6.1"}, {"4711"})
    assert {one.external_id for one in found.records} == {"4711", "4711~2"}
