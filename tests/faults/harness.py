"""A little iX-Haus, a sandbox portal, and runs between them: what every fault test starts from and is measured by."""

import json
import os
import re
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import partial
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import pytest
import yaml
from sqlalchemy import Engine, Table, insert, select

from demo.ixhaus.writing import write_rows
from include.groups import GROUPS
from include.ixhaus.contract import OWN_TABLES
from include.ixhaus.contract.own import SP_ABGLEICH, SP_PROTOKOLL, SP_PROTOKOLL_EINTRAG, SP_SPERRE
from include.ixhaus.database import close_engines, engine_on, read_snapshot
from include.ixhaus.ddl import create_sqlite_schema
from include.ixhaus.rows import named_rows
from include.lookup.runs import last_runs
from include.settings import PropertyRange, load_settings
from include.sync import steps
from include.sync.run import Request
from include.vocabulary.clock import berlin_day, utc_now
from tests.faults.run_steps import SYSTEM, Progress, run_group
from tests.sandbox import KEY, ROOT, SECRET, PortalUser, SandboxProcess

CANARY: Final = "kanari"
"""Stands in every name, address and e-mail of this iX-Haus, and must stand in no log, XCom or exception."""
HOUSE: Final = "100"
KINDS: Final = {
    "property": "properties", "unit": "units", "contact": "contacts", "contract": "contracts", "document": "documents",
}  # fmt: skip
OUTCOMES: Final = ("created", "updated", "removed", "unchanged", "withheld", "invalid", "errors", "outstanding")
LIMITS: Final[dict[str, object]] = {
    "requests_per_second": 5000, "parallel_requests": 4, "timeout_seconds": 5, "attempts": 3, "max_wait_seconds": 5,
    "lease_seconds": 1, "upload_timeout_seconds": 5,
}  # fmt: skip
UNGUARDED: Final[dict[str, object]] = {"max_percent": 100, "max_count": 200, "source_percent": 0}
"""A guard that asks only where a view returns nothing."""
Row = dict[str, Any]
_BEGINNINGS: dict[str, tuple[bytes, list[tuple[str, Row]]]] = {}
"""How worlds began: the ERP with its ledger, and the portal's objects."""


@dataclass(frozen=True)
class Tenant:
    """A person with a contract on a unit of its own; days count from today."""

    number: int
    begin: int = -400
    end: int | None = None
    type: str = "Mieter"
    house: str = HOUSE
    person: Row = field(default_factory=dict)
    """Columns of SP_PERSON that differ from the usual ones."""
    contract: Row = field(default_factory=dict)

    @property
    def contact_id(self) -> str:
        return f"{self.house}.{self.number}.1"

    @property
    def contract_id(self) -> str:
        return f"V{self.number}"

    def rows(self, today: date) -> Iterator[tuple[str, Row]]:
        """Yield view and row of everything the ERP holds about it."""
        key, unit = {"person_key": self.contact_id}, {"property_nr": self.house, "unit_nr": str(self.number)}
        end = None if self.end is None else today + timedelta(days=self.end)
        yield "SP_EINHEIT", {**unit, "name": f"Wohnung {self.number}"}
        usual = {
            "person_type": self.type, "property_nr": self.house, "first_name": f"{CANARY}-{self.number}",
            "last_name": f"{CANARY.title()} {self.number}", "email": f"{CANARY}{self.number}@example.org",
            "street": f"{CANARY.title()}weg {self.number}", "city": f"{CANARY.title()}hausen",
        }  # fmt: skip
        yield "SP_PERSON", key | usual | self.person
        days = {"begin": today + timedelta(days=self.begin), "end": end}
        yield "SP_VERTRAG", {"contract_nr": self.contract_id, "kind": "MIETE"} | key | unit | days | self.contract

    def renamed(self, last_name: str) -> "Tenant":
        """Return the tenant under another name, as after a correction in the ERP."""
        return replace(self, person={**self.person, "last_name": last_name})

    def is_in_portal(self) -> bool:
        """Whether the portal should hold contact and contract: settings open and close access on the day itself."""
        return self.begin <= 0 and (self.end is None or self.end >= 0)

    def in_portal(self, today: date) -> tuple[Row, Row | None]:
        """Return contact and contract as the portal should show them."""
        (_, unit), (_, person), _ = self.rows(today)
        is_user = self.type == "Mieter"
        contact = {
            "lastName": person["last_name"], "portalUser": is_user, "email": person["email"] if is_user else None,
        }  # fmt: skip
        contract = {
            "contactId": self.contact_id, "unitId": f"{self.house}/{unit['unit_nr']}",
            "startDate": (today + timedelta(days=self.begin)).isoformat(),
            "endDate": None if self.end is None else (today + timedelta(days=self.end)).isoformat(),
        }  # fmt: skip
        return contact, contract if is_user else None


@dataclass(frozen=True)
class Ran:
    """What a run left behind."""

    run: str
    xcom: Row
    failed: list[str]
    progress: Progress
    requests: list[Row]
    """What the portal saw meanwhile, logins left out."""
    logins: int
    entries: list[Row]
    """The protocol's entries."""

    @property
    def status(self) -> str:
        return str(self.xcom["status"])

    @property
    def why(self) -> str:
        """Everything it said about what went wrong."""
        return "\n".join([self.xcom["reason"], *self.progress.said])

    def named(self, level: str) -> dict[str, tuple[str, int | None]]:
        """Return external id → reason code and HTTP status of the entries of a level."""
        found = [entry for entry in self.entries if entry["level"] == level]
        return {entry["external_id"]: (entry["reason"], entry["http_status"]) for entry in found}

    def counts(self, *names: str) -> tuple[int, ...]:
        return tuple(self.xcom[name] for name in names)


class World:
    """An ERP and a portal, and runs between them. Everything lies in `folder`."""

    def __init__(self, folder: Path, sandbox: SandboxProcess) -> None:
        self.folder = folder
        self.sandbox = sandbox
        self.today = berlin_day(utc_now())
        self.tenants: dict[int, Tenant] = {}
        self.said: list[str] = []
        """All that runs returned, raised or logged in processes of their own."""
        self._runs = count(1)
        self._settings: Row = {}
        self.database = folder / "ixhaus.db"
        self.engine: Engine = engine_on(lambda: sqlite3.connect(self.database))
        create_sqlite_schema(self.engine)
        self.insert("SP_EINSTELLUNG", name="Schnittstelle.Mieterportal.Aktiv", value="J")
        self.insert("SP_LIZENZ", licence="casavi", active="J")
        self.insert("SP_OBJEKT", property_nr=HOUSE, name="Am Ring", street="Am Ring 1")
        (folder / "config").mkdir()
        self.configure()

    # ---- the ERP

    def insert(self, view: str, **columns: object) -> None:
        with closing(sqlite3.connect(self.database)) as connection, connection:
            write_rows(connection, view, [columns])

    def sql(self, statement: str, *values: object) -> None:
        """Change the ERP, or what the interface keeps in it, by hand."""
        with closing(sqlite3.connect(self.database)) as connection, connection:
            connection.execute(statement, values)

    def rows(self, table: Table, **equal: object) -> list[Row]:
        """Return the rows of a table or view in which columns have these values."""
        with read_snapshot(self.engine) as connection:
            return named_rows(connection, select(table).filter_by(**equal))

    def put(self, *tenants: Tenant) -> None:
        """Write tenants into the ERP, in place of what it held of them."""
        for tenant in tenants:
            self.drop(tenant.number)
        self.tenants |= {tenant.number: tenant for tenant in tenants}
        rows: dict[str, list[Row]] = {}
        for view, row in (pair for tenant in tenants for pair in tenant.rows(self.today)):
            rows.setdefault(view, []).append(row)
        with closing(sqlite3.connect(self.database)) as connection, connection:
            for view, of_view in rows.items():
                write_rows(connection, view, of_view)

    def drop(self, number: int) -> None:
        """Delete a tenant in the ERP for good; the unit stays."""
        tenant = self.tenants.pop(number, None)
        if tenant:
            self.sql("DELETE FROM SP_PERSON WHERE PERSON_SCHLUESSEL = ?", tenant.contact_id)
            self.sql("DELETE FROM SP_VERTRAG WHERE VERTRAG_NR = ?", tenant.contract_id)
            self.sql("DELETE FROM SP_EINHEIT WHERE OBJEKT_NR = ? AND FLAECHE_NR = ?", tenant.house, str(number))

    def settle(self, *tenants: Tenant) -> None:
        """Begin with tenants whom ERP and portal hold; the log of requests begins anew."""
        self._begin_with(tenants, ("objects", "persons"))

    def move_in(self, *tenants: Tenant) -> None:
        """Begin with tenants in the ERP whose units the portal holds, so that persons and contracts come next.

        The ledger knows of somebody who has left, so that no run looks first whether the portal is empty.
        """
        self._begin_with(tenants, ("objects",))
        left = {"system": SYSTEM, "record_type": "contact", "external_id": "0", "state": "removed", "group": "persons"}
        with self.engine.begin() as connection:
            connection.execute(insert(SP_ABGLEICH).values(left))

    def _begin_with(self, tenants: Sequence[Tenant], groups: Sequence[str]) -> None:
        """Bring tenants into ERP and portal by real runs; where another world began so, by copying what it came to."""
        begun = _BEGINNINGS.get(name := repr((self.today, tenants, groups)))
        if begun is None:
            self.put(*tenants)
            for group in groups:
                assert (ran := self.run(group)).status == "ok", ran.why
            objects = [(kind, one["sent"]) for kind in KINDS.values() for one in self.sandbox.state(kind)]
            self.close()
            _BEGINNINGS[name] = self.database.read_bytes(), objects
        else:
            self.close()
            self.tenants = {tenant.number: tenant for tenant in tenants}
            self.database.write_bytes(begun[0])
            user = PortalUser(self.sandbox)
            for kind, body in begun[1]:
                assert user.post(kind, **body).status == 201
        self.sandbox.forget_requests()

    def close(self) -> None:
        """Let the file hold everything, and nobody an older one."""
        self.engine.dispose()
        close_engines()

    # ---- settings and runs

    def configure(
        self, guard: Row | None = None, limits: Row | None = None, portal: Row | None = None, **settings: object
    ) -> None:
        """Change settings; what is not named stays as it was."""
        before = self._settings or {"active": "true", "properties": HOUSE, "person_types": ["Mieter"],
                                    "portal_access_lead_days": 0, "report_user": "007", "post_author": None,
                                    "limits": LIMITS,
                                    "portal": {"omitted_field": "stays"}, "removal_guard": UNGUARDED}  # fmt: skip
        changed = {
            "limits": before["limits"] | (limits or {}),
            "portal": before["portal"] | (portal or {}),
            "removal_guard": before["removal_guard"] | (guard or {}),
        }
        self._settings = before | changed | settings
        (self.folder / "config" / f"{SYSTEM}.yaml").write_text(yaml.safe_dump(self._settings), encoding="utf-8")

    def environment(self) -> dict[str, str]:
        portal = {"conn_type": "http", "host": self.sandbox.api, "login": KEY, "password": SECRET}
        return {
            "AIRFLOW_CONN_IXHAUS_PRODUCTION": json.dumps({"conn_type": "sqlite", "host": str(self.database)}),
            "AIRFLOW_CONN_CASAVI_PRODUCTION": json.dumps(portal),
            "SERVICEPORTAL_STAGING": str(self.folder / "staging"),
        }

    def enter(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Let runs in this process use this world."""
        for name, value in self.environment().items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(steps, "load_settings", partial(load_settings, folder=self.folder / "config"))

    def run(
        self, group: str = "persons", *, resume: str | None = None, again: str | None = None, **request: Any
    ) -> Ran:
        """Run a group in this process and check what must be true of every run.

        resume: name of a run that was killed, of which the rest is done as Airflow's retries do it
        again:  name of a run that has ended and is cleared
        """
        name = resume or again or self.next_run(group)
        progress = Progress.load(self.progress(name)) if resume else Progress()
        before, present = len(self.sandbox.requests()), self._expected_ids()
        xcom = run_group(GROUPS[group], name, Request(**request), progress)
        self.said += progress.said
        assert xcom is not None, "\n".join(progress.said)
        ran = self._ran(name, xcom, progress, self.sandbox.requests()[before:])
        _assert_adds_up(ran)
        if "plan" in progress.returned:
            assert sum(ran.counts(*OUTCOMES)) == progress.records, xcom
            assert not present & {seen_id(one) for one in ran.requests if one["method"] == "DELETE"}
        return ran

    def next_run(self, group: str = "persons") -> str:
        return f"casavi_{group}/{next(self._runs)}"

    def progress(self, run: str) -> Path:
        return self.folder / f"{run.replace('/', '-')}.json"

    def order(self, run: str, group: str = "persons", **more: object) -> Row:
        """Return the order to run a group in a process of its own, see Worker."""
        return {
            "environment": self.environment(), "config": str(self.folder / "config"), "group": group, "run": run,
            "progress": str(self.progress(run)), "log": str(self.folder / "worker.log"), **more,
        }  # fmt: skip

    def _ran(self, name: str, xcom: Row, progress: Progress, seen: list[Row]) -> Ran:
        requests = [one for one in seen if one["path"] != "/authenticate"]
        token = progress.returned.get("extract", {}).get("token", 0)
        entries = self.rows(SP_PROTOKOLL_EINTRAG, run=f"{name}#{token}")
        (row,) = self.rows(SP_PROTOKOLL, run=f"{name}#{token}") or [{}]
        if row:  # XCom and protocol say the same
            names = ("status", "sent", "errors")
            assert [row[name] for name in names] == [xcom[name] for name in names]
        return Ran(name, xcom, list(progress.failed), progress, requests, len(seen) - len(requests), entries)

    def protocol(self) -> list[Row]:
        """Return the protocol's rows, newest first."""
        return last_runs(self.engine, 100)

    def ledger(self, external_id: str) -> Row:
        """Return the ledger's row of a record."""
        (row,) = self.rows(SP_ABGLEICH, external_id=external_id)
        return row

    def expire_lease(self) -> None:
        """Let the lease of a dead run be over without waiting for it."""
        self.sql("UPDATE SP_SPERRE SET GUELTIG_BIS = '2000-01-01 00:00:00.000000'")

    def is_leased(self) -> bool:
        return any(row["holder"] for row in self.rows(SP_SPERRE))

    # ---- the portal, and the invariants

    def portal(self, kind: str) -> dict[str, Row]:
        """Return external id → fields of what a user of the portal can see."""
        return {one["id"]: one["fields"] for one in self.sandbox.state(kind) if not one["archived"]}

    def looked_after(self) -> dict[str, list[Row]]:
        """Return the responsibilities that the interface has given, of each property that has some."""
        of_houses = {house: fields.get("responsibilities", []) for house, fields in self.portal("properties").items()}
        ours = {house: [one for one in found if one["roleType"] == "external"] for house, found in of_houses.items()}
        return {house: found for house, found in ours.items() if found}

    def expected(self) -> tuple[dict[str, Row], dict[str, Row]]:
        """Return the contacts and contracts that the portal should show, as the ERP stands now."""
        contacts, contracts = {}, {}
        for tenant in self.tenants.values():
            if tenant.is_in_portal() and tenant.house in PropertyRange.parse(self._settings["properties"]):
                contacts[tenant.contact_id], contract = tenant.in_portal(self.today)
                if contract:
                    contracts[tenant.contract_id] = contract
        return contacts, contracts

    def _expected_ids(self) -> set[str]:
        return {external_id for of_kind in self.expected() for external_id in of_kind}

    def assert_mirrors(self) -> None:
        """I1: the portal shows what the ERP says. I2: nothing twice. I6: the ledger knows what the portal holds."""
        contacts, contracts = self.expected()
        assert shown(self.portal("contacts"), contacts) == contacts
        assert shown(self.portal("contracts"), contracts) == contracts
        self.assert_no_duplicates()
        self.assert_ledger_is_true()

    def assert_no_duplicates(self) -> None:
        """I2: no external id stands for two objects."""
        assert {
            kind: counted["duplicates"] for kind, counted in self.sandbox.counts().items() if counted["duplicates"]
        } == {}

    def assert_ledger_is_true(self) -> None:
        """I6: what the ledger calls acknowledged the portal holds, and what it calls removed the portal does not."""
        held = {(kind, external_id) for kind, plural in KINDS.items() for external_id in self.portal(plural)}
        held |= {("responsibility", house) for house in self.looked_after()}
        for row in self.rows(SP_ABGLEICH):
            is_held = (row["record_type"], row["portal_id"] or row["external_id"]) in held
            if row["state"] in ("present", "restricted") and row["hash"]:
                assert is_held, row
            if row["state"] in ("removed", "new"):
                assert not is_held, row

    def be_patient(self) -> None:
        """Wait for answers and ask again as usual, whatever a test had set: a busy machine is no fault of a portal."""
        usual = ("attempts", "timeout_seconds", "upload_timeout_seconds")
        self.configure(limits={name: LIMITS[name] for name in usual})

    def heal(self) -> Ran:
        """End the faults and run once more; then everything must be as if nothing had happened."""
        self.sandbox.end_faults()
        self.sandbox.behave(token_life_seconds=86_400)
        self.be_patient()
        healed = self.run()
        assert (healed.status, *healed.counts("errors", "outstanding")) == ("ok", 0, 0), healed.why
        self.assert_mirrors()
        return healed

    def assert_idle(self) -> None:
        """A further run finds nothing to do."""
        assert self.run().requests == []

    def assert_discreet(self, log: str) -> None:
        """I5: no name, address, e-mail or secret in a log, an XCom, an exception or the protocol."""
        own = (name for name in ("SP_ABGLEICH", "SP_PROTOKOLL", "SP_PROTOKOLL_EINTRAG", "SP_SPERRE", "SP_PORTALKONTO"))
        tables = [str(self.rows(OWN_TABLES[name])) for name in own]
        worker_log = self.folder / "worker.log"
        logs = [log, worker_log.read_text(encoding="utf-8") if worker_log.exists() else ""]
        for text in (*self.said, *tables, *logs):
            assert not re.search(f"(?i){CANARY}|{SECRET}", text), text


def _assert_adds_up(ran: Ran) -> None:
    """I4: every record has exactly one outcome, and those that did not go well are named."""
    assert ran.xcom["sent"] == sum(ran.counts("created", "updated", "removed"))
    levels = Counter(entry["level"] for entry in ran.entries)
    assert (levels["error"], levels["invalid"]) == ran.counts("errors", "invalid")


def shown(found: dict[str, Row], expected: dict[str, Row]) -> dict[str, Row]:
    """Return of everything found the fields that are expected of its kind."""
    names = next(iter(expected.values()), {})
    return {external_id: {name: fields.get(name) for name in names} for external_id, fields in found.items()}


def seen_id(request: Row) -> str:
    """Return the external id that a request was about."""
    return request["body_id"] or str(request["path"]).split("/", 2)[-1]


def tenants(number: int, first: int = 1) -> list[Tenant]:
    return [Tenant(first + index) for index in range(number)]


class Worker:
    """A process that runs groups in forks of its own, so that they can be killed; see run_steps."""

    def __enter__(self) -> Self:
        command = [sys.executable, "-m", "tests.faults.run_steps"]
        self._process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        self._process.wait(60)
        self._process.stdout.close()

    def start(self, order: Row) -> int:
        """Begin a run and return its process id."""
        return self._ask({"start": order})

    def wait(self, pid: int) -> int:
        """Return the exit status of a run: 0, 1 if something failed, negative if a signal ended it."""
        return self._ask({"wait": pid})

    def kill_when(self, pid: int, signal_number: int, sandbox: SandboxProcess, requests: int) -> int:
        """Send a signal as soon as the portal has seen so many requests; returns the exit status."""
        self.signal_when(pid, signal_number, sandbox, requests)
        return self.wait(pid)

    def signal_when(self, pid: int, signal_number: int, sandbox: SandboxProcess, requests: int) -> None:
        """Send a signal as soon as the portal has seen so many requests."""
        deadline = time.monotonic() + 60
        while len(sandbox.requests()) < requests:
            assert time.monotonic() < deadline, "the run sends nothing"
        os.kill(pid, signal_number)

    def _ask(self, message: Row) -> int:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(message) + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())
