"""A little iX-Haus, a sandbox portal, and readings of the portal between them."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Engine, Table, select

from demo.ixhaus.estate import STAFF
from demo.ixhaus.writing import write_rows
from include.groups.reports.inbound import Received, receive
from include.ixhaus.contract.own import SP_EINGANG, SP_POSITION, SP_PROTOKOLL_EINTRAG
from include.ixhaus.contract.reports import SP_ANHANG, SP_MELDUNG, SP_NOTIZ
from include.ixhaus.database import engine_on, read_snapshot
from include.ixhaus.ddl import create_sqlite_schema
from include.ixhaus.rows import named_rows
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


class Office:
    """An ERP, and readings of the portal that Airflow's connection names; everything lies in `folder`."""

    def __init__(self, folder: Path) -> None:
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
            "portal_access_lead_days": 0, "report_user": "007", "post_author": None, "limits": LIMITS,
        }  # fmt: skip
        self._fill_erp()

    def _fill_erp(self) -> None:
        for table, rows in STAFF.items():
            self.insert(table, *rows)
        self.insert("SP_OBJEKT", {"property_nr": "100", "team_nr": "T1"}, {"property_nr": "200", "team_nr": "T3"})
        self.insert("SP_PARTNER", {"partner_nr": PARTNER, "last_name": CANARY})
        self.insert("SP_PERSON", {"person_key": TENANT, "last_name": CANARY})
        self.insert("SP_PERSON", {"person_key": "100.2.1", "partner_nr": PARTNER})
        self.contract("1", TENANT)
        self.contract("2", "100.2.1")

    # ---- the ERP

    def insert(self, table: str, *rows: Any) -> None:
        with closing(sqlite3.connect(self.database)) as connection, connection:
            write_rows(connection, table, rows)

    def sql(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.database)) as connection, connection:
            return connection.execute(statement, values).fetchall()

    def rows(self, table: Table, **equal: object) -> list[Row]:
        """Return the rows of a table or view in which columns have these values."""
        with read_snapshot(self.engine) as connection:
            return named_rows(connection, select(table).filter_by(**equal))

    def contract(
        self, unit: str, person: str, *, begin: int = -900, end: int | None = None, house: str = "100"
    ) -> None:
        """A contract between a person and a unit; days count from today."""
        self.insert("SP_VERTRAG", {
            "contract_nr": f"V{house}-{unit}-{person}-{begin}", "property_nr": house, "unit_nr": unit, "kind": "MIETE",
            "person_key": person, "begin": self.today + timedelta(days=begin),
                    })  # fmt: skip

    def reports(self) -> list[Row]:
        return sorted(self.rows(SP_MELDUNG), key=lambda row: (str(row["reported_at"] or ""), row["report_nr"]))

    def report(self) -> Row:
        """The only report there is."""
        (report,) = self.reports()
        return report

    def notes(self) -> list[Row]:
        return self.rows(SP_NOTIZ)

    def texts(self) -> list[str]:
        return [note["text"] for note in self.notes()]

    def files(self) -> list[Row]:
        return self.rows(SP_ANHANG)

    def warned(self) -> list[tuple[str, str, str]]:
        """Level, id and reason of every protocol entry."""
        rows = sorted(
            self.rows(SP_PROTOKOLL_EINTRAG), key=lambda row: (row["record_type"], row["external_id"], row["reason"])
        )
        return [(row["level"], row["external_id"], row["reason"]) for row in rows]

    def aside(self) -> list[tuple[str, str, str]]:
        """Type, id and reason of all that is set aside."""
        rows = [one for one in self.rows(SP_EINGANG) if one["reason"]]
        return sorted((one["record_type"], one["portal_id"], one["reason"]) for one in rows)

    def hours_pass(self, hours: int) -> None:
        """What was tried was tried so many hours earlier."""
        for column in ("EMPFANGEN_AM", "VERSUCHT_AM"):
            self.sql(
                f"UPDATE SP_EINGANG SET {column} = datetime({column}, ?) || '.000000' WHERE {column} IS NOT NULL",
                f"-{hours} hours",
            )

    def cursor(self) -> str | None:
        rows = self.rows(SP_POSITION, name="reports.inbound")
        return str(rows[0]["value"]) if rows else None

    def ledger(self, kind: str, external_id: str, state: str = "present") -> None:
        self.insert("SP_ABGLEICH", {
            "system": SYSTEM, "record_type": kind, "external_id": external_id, "state": state,
            "acknowledged_at": utc_now().replace(tzinfo=None),
        })  # fmt: skip

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


class World(Office):
    """An ERP and a portal."""

    def __init__(self, folder: Path, sandbox: SandboxProcess) -> None:
        super().__init__(folder)
        self.sandbox = sandbox
        self.user = PortalUser(sandbox)
        self._fill_portal()

    def _fill_portal(self) -> None:
        self.user.post("properties", id="100", name="Am Ring", postalCode="0", city="Ort", addresses=[{"street": "A"}])
        for number in ("1", "2", "3"):
            self.user.post("units", id=f"100/{number}", propertyId="100", name=number, address="A")
        for contact_id in (TENANT, PARTNER):
            self.contact(contact_id)
        for kind in STAFF["SP_MELDUNGSART"]:
            self.user.post("ticket-types", id=kind["report_kind"], name=kind["name"])

    def ours(self, number: str = "M1", state: str = "present", **report: object) -> str:
        """A report of iX-Haus that the portal holds as a ticket of the same id, as the outbound side leaves it."""
        row = {"report_nr": number, "status": "Neu", "property_nr": "100", "origin": "ERP"}
        self.insert("SP_MELDUNG", row | report)
        self.ledger("ticket", number, state)
        ticket = {"ticketTypeId": "REPARATUR", "title": "Unsere", "contactId": TENANT}
        assert self.user.post("tickets", id=number, **ticket).status == 201
        return number

    def contact(self, contact_id: str) -> None:
        assert self.user.post("contacts", id=contact_id, lastName=f"{CANARY} {contact_id}").status == 201

    def files_report(self, text: str = CANARY, contact: str = TENANT, **more: Any) -> str:
        """A tenant files a report; returns the ticket's id."""
        kind = more.pop("kind", "REPARATUR")
        return str(self.sandbox.tenant_files(contact, kind, more.pop("title", "Kalt"), text, **more)["id"])

    def comments(self, ticket_id: str, text: str = CANARY, **more: Any) -> int:
        """A tenant comments; returns the comment's internal id."""
        return int(self.sandbox.tenant_comments(TENANT, ticket_id, text, **more)["internalId"])

    def comment(self, ticket_id: str, text: str = "Noch kalt", **more: Any) -> str:
        """A tenant comments; returns the comment's id."""
        return str(self.sandbox.tenant_comments(TENANT, ticket_id, text, **more)["id"])

    def attachments(self) -> list[str]:
        """The ids of all attachments of the portal, the oldest first."""
        return [one["id"] for one in self.sandbox.state("attachments")]
