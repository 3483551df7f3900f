"""Random walks of an iX-Haus and a portal, their moments kept, and any three of them put together."""

import random
import sqlite3
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final

from demo.portal.docuware import pdf_saying
from include.groups import GROUPS
from include.groups.reconciliation import reconcile_system
from include.ixhaus.contract import OWN_TABLES
from include.ixhaus.contract.own import SP_FREIGABE, SP_PROTOKOLL_EINTRAG
from include.sync import approvals
from include.sync.below import freed_parents
from include.sync.run import Request
from include.vocabulary.clock import BERLIN, utc_now
from include.vocabulary.ids import unversioned
from tests.faults.desk import Desk
from tests.faults.harness import CANARY, Tenant, World, shown
from tests.faults.papers import Archive, Paper
from tests.faults.run_steps import SYSTEM

KRAUSE: Final = f"{CANARY} Krause"
"""The name of people whom staff make by hand in the portal."""
STEPS: Final = 12
ORDER: Final = ("objects", "persons", "documents", "reports")
"""The groups that have something to do in this world, in the order of the night."""
Tables = Mapping[str, list[tuple[Any, ...]]]


@dataclass(frozen=True)
class Moment:
    """What was true at one moment of a walk, beside what the tables and the portal held."""

    name: str
    tenants: dict[int, Tenant]
    papers: dict[int, Paper]
    reports: dict[str, str]
    """Number → kind of what it is about: open or closed."""
    notes: dict[str, tuple[str, str, bool]]
    """Key → report, text, whether it is public."""


@dataclass
class Walk:
    """One walk. `archive` and `desk` belong to the same world, which begins with two tenants."""

    archive: Archive
    desk: Desk
    random: random.Random
    papers: dict[int, Paper] = field(default_factory=dict)
    reports: dict[str, str] = field(default_factory=dict)
    notes: dict[str, tuple[str, str, bool]] = field(default_factory=dict)
    moments: list[Moment] = field(default_factory=list)
    _tables: dict[str, Tables] = field(default_factory=dict)
    _count: int = 10

    @property
    def world(self) -> World:
        return self.archive.world

    def go(self, steps: int = STEPS) -> None:
        """Take steps, each of one edit somewhere and sometimes a run; keep the moment after each."""
        edits: list[Callable[[], None]] = [
            self.move_in, self.move_out, self.delete, self.rename, self.write_letter, self.new_version,
            self.drop_letter, self.report, self.close, self.note, self.hide_note, self.staff_edit, self.hand_made,
        ]  # fmt: skip
        for begin in (self.write_letter, self.report, self.note):  # what the ids of iX-Haus look like
            begin()
        self.run(*ORDER)
        self.keep()
        for _ in range(steps):
            self.random.choice(edits)()
            self.run(*(group for group in ORDER if self.random.random() < 0.4))
            self.keep()

    # ---- edits in iX-Haus

    def move_in(self) -> None:
        self._count += 1
        self.world.put(Tenant(self._count))

    def move_out(self) -> None:
        if tenant := self._tenant():
            self.world.put(replace(tenant, end=-1 if tenant.end is None else None))

    def delete(self) -> None:
        if tenant := self._tenant():
            self.world.drop(tenant.number)

    def rename(self) -> None:
        if tenant := self._tenant():
            self._count += 1
            self.world.put(tenant.renamed(f"{CANARY.title()} {self._count}"))

    def write_letter(self) -> None:
        if tenant := self._tenant():
            self._count += 1
            self._letter(Paper(self._count, tenant, pdf_saying(f"Brief {self._count}")))

    def new_version(self) -> None:
        if self.papers:
            paper = self.random.choice(list(self.papers.values()))
            self._count += 1
            version = {"version": self._count, "size": 1000 + self._count}
            self._letter(replace(paper, content=pdf_saying(f"Fassung {self._count}"), row=version))

    def drop_letter(self) -> None:
        if self.papers:
            paper = self.papers.pop(self.random.choice(list(self.papers)))
            self.archive.drop(paper)

    def _letter(self, paper: Paper) -> None:
        self.archive.put(paper)
        self.papers[paper.number] = paper

    def report(self) -> None:
        self._count += 1
        number = self.desk.report(f"M{self._count}", changed_at=_now())
        self.reports[number] = "open"

    def close(self) -> None:
        if number := self._report():
            self.reports[number] = "closed"
            self.desk.set("SP_MELDUNG", "report_nr", number, status="Abgeschlossen", changed_at=_now())

    def note(self) -> None:
        if number := self._report():
            self._count += 1
            note_id, text = f"N{self._count}", f"{CANARY} Notiz {self._count}"
            self.desk.note(number, note_id, text)
            self.notes[note_id] = (number, text, True)

    def hide_note(self) -> None:
        if self.notes:
            note_id = self.random.choice(list(self.notes))
            report, text, _ = self.notes[note_id]
            self.notes[note_id] = (report, text, False)
            self.desk.set("SP_NOTIZ", "note_id", note_id, is_public="N", changed_at=_now())

    # ---- edits in the portal

    def staff_edit(self) -> None:
        contacts = list(self.world.portal("contacts"))
        if contacts:
            self._count += 1
            self.world.sandbox.edit("contacts", self.random.choice(contacts), city=f"{CANARY} {self._count}")

    def hand_made(self) -> None:
        self._count += 1
        self.world.sandbox.make("contacts", lastName=f"{KRAUSE} {self._count}")

    # ---- runs and moments

    def run(self, *groups: str) -> None:
        """Run groups, one after the other."""
        for group in groups:
            if group == "reports":
                done = self.desk.run()
                assert done.ending.why_red is None, (done.ending.why_red, self._errors())
            else:
                ran = self.world.run(group)
                assert ran.status == "ok", (group, ran.why, ran.named("error"))

    def keep(self) -> None:
        """Keep this moment under its number."""
        name = str(len(self.moments))
        self.world.sandbox.snapshot(name)
        self._tables[name] = self._dump()
        moment = Moment(name, dict(self.world.tenants), dict(self.papers), dict(self.reports), dict(self.notes))
        self.moments.append(moment)

    def put_together(self, erp: Moment, ledger: Moment, portal: Moment) -> None:
        """Let iX-Haus, its own tables and the portal be as they were at three moments."""
        self.world.close()
        with closing(sqlite3.connect(self.world.database)) as connection, connection:
            for table in self._tables[erp.name]:
                rows = self._tables[(ledger if table in OWN_TABLES else erp).name][table]
                connection.execute(f"DELETE FROM {table}")
                if rows:
                    marks = ", ".join("?" * len(rows[0]))
                    connection.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)
        self.world.sandbox.restore(portal.name)
        self.world.tenants = dict(erp.tenants)

    def mend(self) -> None:
        """One reconciliation, all questions approved, all groups once more."""
        ending = reconcile_system(SYSTEM, self.world.next_run("reconcile"), Request(), list(GROUPS.values()))
        assert ending.why_red is None, ending.why_red
        self.run(*ORDER)
        if questions := self.world.rows(SP_FREIGABE, state="open"):
            for row in questions:
                assert approvals.decide(
                    self.world.engine, SYSTEM, row["approval"], approve=True, by="test", holds=timedelta(1),
                    now=utc_now(),
                )  # fmt: skip
            self.run(*ORDER[min(ORDER.index(row["group"]) for row in questions) :])  # as the night goes on from there
        for group in freed_parents(self.world.engine, SYSTEM):  # what stood above others leaves after them
            self.run(group)

    def assert_as_the_rules_say(self, erp: Moment) -> None:
        """Nobody in who must be out, nobody out who must be in, nothing twice."""
        contacts, contracts = self.world.expected()
        people = self.world.portal("contacts")
        ours = {name: fields for name, fields in people.items() if KRAUSE not in str(fields["lastName"])}
        assert shown(ours, contacts) == contacts
        assert shown(self.world.portal("contracts"), contracts) == contracts
        self.world.assert_no_duplicates()
        self._assert_papers(erp)
        self._assert_reports(erp)

    def _assert_papers(self, erp: Moment) -> None:
        users = {one for one, fields in self.world.portal("contacts").items() if fields.get("portalUser")}
        wanted = {
            paper.id: paper.in_portal()["sha256"] for paper in erp.papers.values() if paper.to.contact_id in users
        }
        shown = [(unversioned(name), fields["sha256"]) for name, fields in self.world.portal("documents").items()]
        assert sorted(shown) == sorted(wanted.items())

    def _assert_reports(self, erp: Moment) -> None:
        tickets = Counter(one["id"] for one in self.desk.live("tickets") if one["status"] != "CLOSED")
        is_user = self.desk.tenant.contact_id in self.world.portal("contacts")
        wanted = Counter(number for number, status in erp.reports.items() if status == "open" and is_user)
        assert tickets == wanted, (tickets, wanted)
        comments = Counter(text for _, text in self.desk.comments())
        assert max(comments.values(), default=1) == 1
        hidden = {text for _, text, is_public in erp.notes.values() if not is_public}
        assert not hidden & set(comments)

    def _errors(self) -> list[tuple[str, ...]]:
        rows = self.world.rows(SP_PROTOKOLL_EINTRAG, level="error")
        return [(row["record_type"], row["external_id"], row["reason"], row["run"]) for row in rows]

    def _tenant(self) -> Tenant | None:
        others = [one for one in self.world.tenants.values() if one.number != self.desk.tenant.number]
        return self.random.choice(others) if others else None

    def _report(self) -> str | None:
        is_open = [number for number, status in self.reports.items() if status == "open"]
        return self.random.choice(is_open) if is_open else None

    def _dump(self) -> dict[str, list[tuple[Any, ...]]]:
        with closing(sqlite3.connect(self.world.database)) as connection:
            names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
            return {name: connection.execute(f"SELECT * FROM {name}").fetchall() for (name,) in names}


def _now() -> datetime:
    return utc_now().astimezone(BERLIN).replace(tzinfo=None)
