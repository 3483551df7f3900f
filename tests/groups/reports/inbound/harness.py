"""A little iX-Haus, a sandbox portal, and readings of the portal between them."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Engine

from demo.ixhaus.estate import STAFF
from demo.ixhaus.writing import write_rows
from include.groups.reports.inbound import Received, receive
from include.ixhaus.database import engine_on
from include.ixhaus.ddl import create_sqlite_schema
from include.settings import SystemSettings
from include.sync.lease import acquire
from include.sync.run import Opened, RunState
from include.sync.staging import Staging
from include.vocabulary.clock import berlin_day, utc_now
from tests.sandbox import PortalUser, SandboxProcess

CANARY: Final = "kanari"
"""Stands in every name and text, and must stand in no log, protocol or exception."""
SYSTEM: Final = "production"
TENANT: Final = "100.1.1"
"""A person without partner, with a contract on unit 100/1."""
PARTNER: Final = "4711"
"""A partner whose person 100.2.1 has a contract on unit 100/2."""
LIMITS: Final[dict[str, object]] = {
    "requests_per_second": 5000, "timeout_seconds": 5, "lease_seconds": 60, "max_file_mb": 1,
}  # fmt: skip
Row = dict[str, Any]
_SCHEMA: list[bytes] = []


class World:
    """An ERP and a portal; everything lies in `folder`."""

    def __init__(self, folder: Path, sandbox: SandboxProcess) -> None:
        self.sandbox = sandbox
        self.user = PortalUser(sandbox)
        self.folder = folder
        (folder / "run").mkdir(exist_ok=True)
        self.database = folder / "ixhaus.db"
        self.engine: Engine = engine_on(lambda: sqlite3.connect(self.database))
        if not _SCHEMA:
            create_sqlite_schema(self.engine)
            self.engine.dispose()
            _SCHEMA.append(self.database.read_bytes())
        self.database.write_bytes(_SCHEMA[0])
        self.today = berlin_day(utc_now())
        self._settings: Row = {
            "system": SYSTEM, "active": True, "properties": "100", "person_types": ["Mieter"],
            "portal_access_lead_days": 0, "report_user": "007", "limits": LIMITS,
        }  # fmt: skip
        self._fill_erp()
        self._fill_portal()

    def _fill_erp(self) -> None:
        for table, rows in STAFF.items():
            self.insert(table, *rows)
        self.insert("SP_OBJEKT", {"OBJEKT_NR": "100", "TEAM_NR": "T1"}, {"OBJEKT_NR": "200", "TEAM_NR": "T3"})
        self.insert("SP_PARTNER", {"PARTNER_NR": PARTNER, "NACHNAME": CANARY})
        self.insert("SP_PERSON", {"PERSON_SCHLUESSEL": TENANT, "NACHNAME": CANARY})
        self.insert("SP_PERSON", {"PERSON_SCHLUESSEL": "100.2.1", "PARTNER_NR": PARTNER})
        self.contract("1", TENANT)
        self.contract("2", "100.2.1")

    def _fill_portal(self) -> None:
        self.user.post("properties", id="100", name="Am Ring", postalCode="0", city="Ort", addresses=[{"street": "A"}])
        for number in ("1", "2", "3"):
            self.user.post("units", id=f"100/{number}", propertyId="100", name=number, address="A")
        for contact_id in (TENANT, PARTNER):
            self.contact(contact_id)
        for kind in STAFF["SP_MELDUNGSART"]:
            self.user.post("ticket-types", id=kind["MELDUNGSART"], name=kind["BEZEICHNUNG"])

    # ---- the ERP

    def insert(self, table: str, *rows: Any) -> None:
        with closing(sqlite3.connect(self.database)) as connection, connection:
            write_rows(connection, table, rows)

    def sql(self, statement: str, *values: object) -> list[Row]:
        with closing(sqlite3.connect(self.database)) as connection, connection:
            cursor = connection.execute(statement, values)
            names = [name for name, *_ in cursor.description or ()]
            return [dict(zip(names, row, strict=True)) for row in cursor]

    def contract(
        self, unit: str, person: str, *, begin: int = -900, end: int | None = None, house: str = "100"
    ) -> None:
        """A contract between a person and a unit; days count from today."""
        self.insert("SP_VERTRAG", {
            "VERTRAG_NR": f"V{house}-{unit}-{person}-{begin}", "OBJEKT_NR": house, "FLAECHE_NR": unit, "ART": "MIETE",
            "PERSON_SCHLUESSEL": person, "BEGINN": self.today + timedelta(days=begin),
                    })  # fmt: skip

    def reports(self) -> list[Row]:
        return self.sql("SELECT * FROM SP_MELDUNG ORDER BY GEMELDET_AM, MELDUNG_NR")

    def report(self) -> Row:
        """The only report there is."""
        (report,) = self.reports()
        return report

    def notes(self) -> list[Row]:
        return self.sql("SELECT * FROM SP_NOTIZ ORDER BY rowid")

    def texts(self) -> list[str]:
        return [note["TEXT"] for note in self.notes()]

    def files(self) -> list[Row]:
        return self.sql("SELECT * FROM SP_ANHANG ORDER BY rowid")

    def warned(self) -> list[tuple[str, str, str]]:
        """Level, id and reason of every protocol entry."""
        rows = self.sql("SELECT * FROM SP_PROTOKOLL_EINTRAG ORDER BY ART, SCHLUESSEL, GRUND")
        return [(row["STUFE"], row["SCHLUESSEL"], row["GRUND"]) for row in rows]

    def cursor(self) -> str | None:
        rows = self.sql("SELECT WERT FROM SP_POSITION WHERE NAME = 'reports.inbound'")
        return str(rows[0]["WERT"]) if rows else None

    def ours(self, number: str = "M1", state: str = "present", **report: object) -> str:
        """A report of iX-Haus that the portal holds as a ticket of the same id, as the outbound side leaves it."""
        row = {"MELDUNG_NR": number, "STATUS": "Neu", "OBJEKT_NR": "100", "HERKUNFT": "ERP"}
        self.insert("SP_MELDUNG", row | report)
        self.ledger("ticket", number, state)
        ticket = {"ticketTypeId": "REPARATUR", "title": "Unsere", "contactId": TENANT}
        assert self.user.post("tickets", id=number, **ticket).status == 201
        return number

    def ledger(self, kind: str, external_id: str, state: str = "present") -> None:
        self.insert("SP_ABGLEICH", {
            "SYSTEM": SYSTEM, "ART": kind, "SCHLUESSEL": external_id, "ZUSTAND": state,
            "BESTAETIGT_AM": utc_now().replace(tzinfo=None),
        })  # fmt: skip

    # ---- the portal

    def contact(self, contact_id: str) -> None:
        assert self.user.post("contacts", id=contact_id, lastName=f"{CANARY} {contact_id}").status == 201

    def files_report(self, text: str = CANARY, contact: str = TENANT, **more: Any) -> str:
        """A tenant files a report; returns the ticket's id."""
        kind = more.pop("kind", "REPARATUR")
        return str(self.sandbox.tenant_files(contact, kind, more.pop("title", "Kalt"), text, **more)["id"])

    def comments(self, ticket_id: str, text: str = CANARY, **more: Any) -> int:
        """A tenant comments; returns the comment's internal id."""
        return int(self.sandbox.tenant_comments(TENANT, ticket_id, text, **more)["internalId"])

    # ---- readings

    def settings(self, **changes: object) -> SystemSettings:
        self._settings |= changes
        return SystemSettings.model_validate(self._settings)

    def receive(self, run: str = "casavi_reports/1", **settings: object) -> Received:
        """Read the portal once, as a run of its own; which reports are new is seen in iX-Haus."""
        given = self.settings(**settings)
        lease = acquire(self.engine, f"{SYSTEM}/reports", run, given.limits.lease_seconds)
        state = RunState(SYSTEM, "reports", run, "", lease.token, utc_now().isoformat())
        received = receive(Opened(state, given, self.engine, lease, Staging("run", self.folder)))
        lease.release(self.engine)
        return replace(received, reports=frozenset())
