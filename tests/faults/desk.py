"""Reports between the staff at their desk and a tenant in the portal, and what each side must hold of them."""

from collections import Counter
from datetime import timedelta
from typing import Any

from sqlalchemy import update

from demo.ixhaus.estate import STAFF
from include.groups.reports.run import Exchanged, exchange
from include.ixhaus.contract import VIEWS
from include.ixhaus.contract.own import SP_ABGLEICH, SP_PROTOKOLL_EINTRAG
from include.sync.run import Request
from include.vocabulary.clock import BERLIN, utc_now
from tests.faults.harness import CANARY, HOUSE, Row, Tenant, World
from tests.faults.run_steps import SYSTEM

OUT = {"ticket": "tickets", "comment": "comments", "post": "posts"}
"""Record types whose ids the portal keeps, and what it calls them."""


class Desk:
    """The reports of a world with one tenant. Use the fixture `desk`."""

    def __init__(self, world: World, tenant: Tenant) -> None:
        self.world = world
        self.sandbox = world.sandbox
        self.tenant = tenant
        for table, rows in STAFF.items():
            for row in rows:
                world.insert(table, **row)
        world.configure(post_author="verwaltung")

    # ---- staff, in iX-Haus

    def report(self, number: str, kind: str = "ANFRAGE", **columns: object) -> str:
        """Staff write down a report of the tenant; returns its number."""
        self.world.insert("SP_MELDUNG", **{
            "report_nr": number, "subject": f"{CANARY} {number}", "text": f"{CANARY} zu {number}",
            "report_kind": kind, "status": "Neu", "reported_at": _earlier(), "reporter_person": self.tenant.contact_id,
            "property_nr": HOUSE, "unit_nr": str(self.tenant.number), "team_nr": "T1", "origin": "ERP",
            "created_by": "011", "changed_by": "011", "changed_at": _earlier(),
        } | columns)  # fmt: skip
        return number

    def note(self, number: str, note_id: str, text: str, *, public: bool = True) -> str:
        """Staff write a note below a report; returns its id."""
        self.world.insert(
            "SP_NOTIZ", note_id=note_id, report_nr=number, text=text, is_public="J" if public else "N",
            author="Nora Nordlicht", created_by="011", created_at=_earlier(), origin="ERP",
            changed_at=_earlier(),
        )  # fmt: skip
        return note_id

    def file(self, number: str, file_id: str, content: bytes = b"Eine Datei") -> str:
        """Staff attach a text to a report; returns its id."""
        self.world.insert(
            "SP_ANHANG", file_id=file_id, report_nr=number, file_name=f"{CANARY}.txt", media_type="text/plain",
            size=len(content), content=content, is_public="J", origin="ERP", changed_at=_earlier(),
        )  # fmt: skip
        return file_id

    def set(self, view: str, key: str, value: str, **columns: object) -> None:
        """Staff change columns of one record."""
        table = VIEWS[view]
        with self.world.engine.begin() as connection:
            connection.execute(update(table).where(table.c[key] == value).values(**columns))

    # ---- runs

    def run(self) -> Exchanged:
        """Exchange both ways, as the DAG's one task does."""
        return exchange(SYSTEM, self.world.next_run("reports"), Request())

    def settle(self) -> None:
        """Exchange, with nothing left to do; the log of requests begins anew."""
        done = self.run()
        entries = self.world.rows(SP_PROTOKOLL_EINTRAG, level="error")
        assert done.ending.xcom["status"] == "ok", (done.ending.why_red, entries)
        self.sandbox.forget_requests()

    # ---- what each side holds

    def live(self, kind: str) -> list[Row]:
        """What users of the portal see of a kind."""
        found = [one for one in self.sandbox.state(kind) if not one["archived"]]
        return [one["fields"] | {"id": one["id"] or str(one["internalId"])} for one in found]

    def comments(self) -> list[tuple[str, str]]:
        """Ticket and text of each comment that the interface made."""
        ours = [one for one in self.live("comments") if one["origin"] == "interface"]
        return sorted((one["ticketId"] or str(one["ticketInternalId"]), one["text"]) for one in ours)

    def files(self) -> list[tuple[str, str]]:
        """Ticket and name of each file in the portal."""
        of = [(one["ticketId"] or str(one["ticketInternalId"]), one) for one in self.live("attachments")]
        return sorted((ticket_id, one["fileName"]) for ticket_id, one in of)

    def imported(self, view: str, column: str) -> list[Any]:
        """One column of everything that came from the portal."""
        return sorted(row[column] for row in self.world.rows(VIEWS[view], origin="PORTAL"))

    def assert_ledger_is_true(self) -> None:
        """What the ledger calls present the portal holds, once; what it calls removed or new the portal does not."""
        for record_type, kind in OUT.items():
            held = Counter(_ledger_id(record_type, one) for one in self.live(kind))
            for row in self.world.rows(SP_ABGLEICH, record_type=record_type):
                number = held[row["portal_id"] or row["external_id"]]
                is_there = row["state"] == "present" or (record_type == "ticket" and row["state"] == "removed")
                assert number == is_there, (row, number)  # a ticket that was withdrawn stays, closed


def _ledger_id(record_type: str, found: Row) -> str:
    return str(found["id"])


def _earlier() -> Any:
    return (utc_now() - timedelta(minutes=5)).astimezone(BERLIN).replace(tzinfo=None)
