"""Documents of the little iX-Haus, with their contents, and what the portal must show of them."""

import hashlib
import json
import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any, Final

import pytest

from demo.portal.docuware import pdf_saying
from include.vocabulary.ids import unversioned
from tests.faults.harness import CANARY, HOUSE, Ran, Row, Tenant, World, tenants

ANNA, BERT = tenants(2)
LETTER: Final = "Anschreiben"
OUTCOMES: Final = ("created", "updated", "removed", "errors", "outstanding")


@dataclass(frozen=True)
class Paper:
    """A letter in the ERP's database, or in its document folder if it has a path."""

    number: int
    to: Tenant
    content: bytes | None = pdf_saying("Erste Fassung")
    """None: there is a row, but no content."""
    pdf: bytes | None = None
    """The PDF rendition beside the original."""
    path: str | None = None
    row: Row = field(default_factory=dict)
    """Columns of SP_DOKUMENT that differ from the usual ones."""

    @property
    def id(self) -> str:
        return f"DOK-{self.number}"

    def columns(self) -> Row:
        """Return the row; subject and file name hold the canary."""
        usual = {
            "document_id": self.id, "document_type": LETTER,
            "subject": f"{CANARY.title()}, Ihr Schreiben {self.number}", "file_name": f"{CANARY}-{self.number}.pdf",
            "recipient_type": "P", "property_nr": HOUSE, "recipient_id": self.to.contact_id,
            "storage": "DATEI" if self.path else "DATENBANK", "path": self.path, "size": len(self.content or b"?"),
            "version": 1, "has_pdf": "J" if self.pdf else "N",
        }  # fmt: skip
        return usual | self.row

    def in_portal(self) -> Row:
        """Return the document as the portal should show it."""
        content = self.pdf or self.content or b""
        title, digest = self.columns()["subject"], hashlib.sha256(content).hexdigest()
        return {"title": title, "contactId": self.to.contact_id, "sha256": digest}


class Archive:
    """The documents of a world. Use the fixture `archive`."""

    def __init__(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        self.world = world
        self.sandbox = world.sandbox
        self.folder = world.folder / "ablage"
        self.folder.mkdir()
        self._monkeypatch = monkeypatch
        self.connect("documents", conn_type="fs", extra={"path": str(self.folder)})
        world.configure(document_types=[LETTER])

    def connect(self, name: str, **fields: object) -> None:
        """Define the Airflow connection that says where contents lie."""
        self._monkeypatch.setenv(f"AIRFLOW_CONN_{name.upper()}_PRODUCTION", json.dumps(fields))

    def put(self, *papers: Paper) -> None:
        """Write documents into the ERP, in place of what it held of them."""
        for paper in papers:
            self.drop(paper)
            self.world.insert("SP_DOKUMENT", **{"document_date": self.world.today} | paper.columns())
            if paper.path:
                self.store(paper)
            else:
                self._keep({"ORIGINAL": paper.content, "PDF": paper.pdf}, paper.id)

    def store(self, paper: Paper) -> None:
        """Lay the content of a document into the document folder."""
        if paper.path and paper.content is not None:
            place = self.folder / paper.path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(paper.content)

    def drop(self, paper: Paper) -> None:
        """Delete a document in the ERP for good."""
        for view in ("SP_DOKUMENT", "SP_DOKUMENT_INHALT"):
            self.world.sql(f"DELETE FROM {view} WHERE DOKUMENT_ID = ?", paper.id)

    def settle(self, *papers: Paper) -> None:
        """Begin with documents that ERP and portal hold; the log of requests begins anew."""
        self.put(*papers)
        assert (ran := self.run()).status == "ok", ran.why
        self.sandbox.forget_requests()

    def run(self, **more: Any) -> Ran:
        """Run the group of documents; whatever comes of it, no file stays behind."""
        ran = self.world.run("documents", **more)
        assert [path for path in self.world.folder.glob("staging/**/*") if path.is_file()] == []
        return ran

    def heal(self) -> Ran:
        """End the faults and run once more; nothing may be left undone."""
        self.sandbox.end_faults()
        self.world.be_patient()
        healed = self.run()
        assert (healed.status, *healed.counts("errors", "outstanding")) == ("ok", 0, 0), healed.why
        return healed

    def seen(self) -> dict[str, str]:
        """Return document → who sees it in the portal."""
        documents = self.world.portal("documents").items()
        return {unversioned(portal_id): fields["contactId"] for portal_id, fields in documents}

    def assert_holds(self, *papers: Paper) -> None:
        """The portal shows just these documents, with the right content, and each once; the ledger knows it."""
        names = ("title", "contactId", "sha256")
        found = [one for one in self.sandbox.state("documents") if not one["archived"]]
        held = [(unversioned(one["id"]), {name: one["fields"].get(name) for name in names}) for one in found]
        assert sorted(held) == sorted((paper.id, paper.in_portal()) for paper in papers)
        self.world.assert_no_duplicates()
        self.world.assert_ledger_is_true()

    def _keep(self, contents: dict[str, bytes | None], document_id: str) -> None:
        rows = [(document_id, rendition, content) for rendition, content in contents.items() if content is not None]
        with closing(sqlite3.connect(self.world.database)) as connection, connection:
            connection.executemany("INSERT INTO SP_DOKUMENT_INHALT VALUES (?, ?, ?)", rows)


def letters(number: int, to: Tenant, first: int = 1) -> list[Paper]:
    return [Paper(first + index, to) for index in range(number)]


def outcomes(ran: Ran) -> dict[str, int]:
    """Return what became of the documents; what did not occur is left out."""
    return {name: number for name, number in zip(OUTCOMES, ran.counts(*OUTCOMES), strict=True) if number}


def writes(ran: Ran) -> list[tuple[str, str]]:
    """Return method and document of what was sent, in order."""
    seen = [(one["method"], one["body_id"] or one["path"].rpartition("/")[2]) for one in ran.requests]
    return [pair for pair in seen if pair[0] != "GET"]
