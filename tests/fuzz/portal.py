"""A portal that answers with whatever records it is given, as bytes on the wire; and what becomes of them."""

import json
import logging
from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, BinaryIO, Final, NamedTuple
from unittest.mock import patch

from yarl import URL

from include.casavi.client import Answer, Pace, Portal
from include.casavi.endpoints import Call
from include.casavi.verdict import Expected, Verdict, judge
from include.groups.reports.inbound import receiving
from include.ixhaus.contract.own import SP_ABGLEICH, SP_EINGANG, SP_PROTOKOLL_EINTRAG
from tests.groups.reports.inbound.harness import CANARY, TENANT, Office

BASE: Final = "http://portal.example/v2"
DATE: Final = datetime(2026, 6, 15, 8, tzinfo=UTC)
TICKETS: Final = range(103)
Record = dict[str, Any]
Lists = dict[str, list[Any]]
"""Path of a list → its entries."""


class Shown(Portal):
    """A session with a portal that lists these records; whatever file is asked for holds its own address."""

    def __init__(self, lists: Mapping[str, Sequence[Any]]) -> None:
        super().__init__(None, None, BASE, ("key", "secret"), Pace(1e9), 1.0)  # type: ignore[arg-type]  # nothing is sent
        self._lists = lists
        self._token = "token"

    async def _attempt(self, call: Call, url: URL, external_id: str, body: object, token: str) -> Answer:
        path = url.path.removeprefix("/v2")
        if call.answers is not Expected.PAGE:
            return Answer(Verdict.MISSING, 404)
        content = json.dumps({"list": self._lists.get(path, [])}).encode()
        verdict = judge(200, content, external_id, call.answers, of_all=call.is_of_all)
        return Answer(verdict, 200, content=content, date=DATE)

    async def _download(self, url: URL, limit: int, file: BinaryIO, token: str) -> Answer:
        file.write(url.path.encode())
        return Answer(Verdict.DONE, 200)


def lists() -> Lists:
    """Return everything of a portal with many tickets: each has a file and two comments, the first of these a file."""
    found: Lists = {"/tickets": [ticket(number) for number in TICKETS]}
    for number in TICKETS:
        found[f"/tickets/T{number}/comments"] = [comment(number, 1, [file(number, "b")]), comment(number, 2)]
    return found


def ticket(number: int) -> Record:
    moment = f"2026-06-01T08:{number % 60:02}:00.000Z"
    return {
        "id": f"T{number}", "internalId": 1000 + number, "ticketTypeId": "REPARATUR", "title": f"{CANARY} {number}",
        "description": f"{CANARY} beschreibt {number}", "status": "OPEN", "propertyId": None, "unitId": None,
        "contactId": TENANT, "fields": {}, "attachments": [file(number, "a")], "createdAt": moment,
        "modifiedAt": moment, "appLink": "",
    }  # fmt: skip


def comment(number: int, place: int, files: Sequence[Record] = ()) -> Record:
    moment = f"2026-06-02T08:00:0{place}.000Z"
    return {
        "id": f"C{number}-{place}", "text": f"{CANARY} sagt {number}-{place}", "isInternal": False, "authorId": TENANT,
        "authorName": CANARY, "internalId": 10_000 + 10 * number + place, "createdAt": moment, "modifiedAt": moment,
        "attachments": list(files),
    }  # fmt: skip


def file(number: int, name: str) -> Record:
    key = f"F{number}-{name}"
    return {"id": key, "fileName": f"{CANARY} {name}.txt", "mimeType": "text/plain", "url": f"{BASE}/attachments/{key}"}


class Came(NamedTuple):
    """What a ticket has become, and what is set aside of it."""

    report: tuple[object, ...]
    hint: str
    notes: tuple[str, ...]
    files: tuple[bytes, ...]
    lacks: str


class Outcome(NamedTuple):
    """Subject → what came of tickets; what the protocol says of tickets (id and reason), and all that was said."""

    reports: dict[str, Came]
    number: int
    """Of reports: two may have one subject."""
    named: list[tuple[str, str]]
    aside: list[tuple[str, str]]
    """Type and reason of all that is set aside."""
    said: str


def outcome(given: Mapping[str, Sequence[Any]]) -> Outcome:
    """Read a portal with these lists twice, and return what that left behind."""
    with TemporaryDirectory() as root, _said() as lines:
        office = Office(Path(root))

        @asynccontextmanager
        async def opened(*_: object) -> AsyncGenerator[Portal]:
            yield Shown(given)

        with patch.object(receiving, "open_portal", opened):
            office.receive("casavi_reports/1")
            first = _outcome(office, "")
            office.receive("casavi_reports/2")
        found = _outcome(office, "\n".join(lines))
        office.engine.dispose()
    anew = {subject: (came, first.reports.get(subject)) for subject, came in found.reports.items()}
    differing = {subject[:40]: both for subject, both in anew.items() if both[0] != both[1]}
    assert not differing, f"read anew {differing}"
    assert found.number == first.number, f"read anew: {first.number}, then {found.number}"
    assert found.aside == first.aside, f"read anew: {set(first.aside) ^ set(found.aside)}"
    return found


def _outcome(office: Office, lines: str) -> Outcome:
    own = [office.rows(table) for table in (SP_EINGANG, SP_ABGLEICH, SP_PROTOKOLL_EINTRAG)]
    inbox, _, entries = own
    reports, notes, files = office.reports(), office.notes(), office.files()
    reasons = {row["erp_id"]: row["reason"] or "" for row in inbox if row["record_type"] == "ticket"}
    texts, contents = _by_report(notes, "text"), _by_report(files, "content")
    return Outcome(
        reports={
            str(row["subject"]): Came(
                report=tuple(row[name] for name in ("text", "report_kind", "reporter_person", "reported_at")),
                hint=row["hint"] or "",
                notes=texts.get(row["report_nr"], ()),
                files=contents.get(row["report_nr"], ()),
                lacks=reasons.get(row["report_nr"], ""),
            )
            for row in reports
        },
        number=len(reports),
        named=sorted({(e["external_id"], e["reason"]) for e in entries if e["record_type"] == "ticket"}),
        aside=sorted((row["record_type"], row["reason"]) for row in inbox if row["reason"]),
        said=f"{lines}\n{own}",
    )


def _by_report(rows: Sequence[Record], column: str) -> dict[str, tuple[Any, ...]]:
    found: dict[str, tuple[Any, ...]] = {}
    for row in rows:
        found[row["report_nr"]] = (*found.get(row["report_nr"], ()), row[column])
    return {report_nr: tuple(sorted(values)) for report_nr, values in found.items()}


@contextmanager
def _said() -> Iterator[list[str]]:
    """Collect all that is logged, with tracebacks."""
    lines: list[str] = []
    log = logging.getLogger("include")

    class Collector(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(logging.Formatter().format(record))

    handler, before = Collector(), log.level
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    try:
        yield lines
    finally:
        log.removeHandler(handler)
        log.setLevel(before)
