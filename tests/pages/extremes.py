"""Worlds in which the pages are hard to read: texts without end, hundreds of rows, nothing at all."""

from typing import Any, Final
from urllib.parse import quote, urlencode

from include.ixhaus.contract import VIEWS
from include.sync.protocol import Entry
from include.vocabulary.state import Level
from tests.lookup.asking import ask, leaving
from tests.pages.moments import today
from tests.pages.rig import Pages

LONG: Final = ("Wohnungseigentümergemeinschaftsverwaltungsbeiratsvorsitzende" * 4)[:200]
"""A text of 200 letters without a blank."""
KEY: Final = LONG[:100]
"""The longest key that there is."""
MANY: Final = 500
REPORT: Final = "SP-77"
Paths = dict[str, str]
"""Page → its address."""


def stretched(pages: Pages) -> Paths:
    """Every text that iX-Haus, the portal or a person gives is as long as it can be, every number as large."""
    held = Entry("contact", KEY, Level.ERROR, LONG[:40], "update", 422, LONG)
    counted = ("read", "sent", "created", "updated", "invalid", "errors", "outstanding")
    counts: dict[str, Any] = dict.fromkeys(counted, 98_765_432)
    run = pages.add_run("persons", today(60), held, status="errors", reason=LONG, **counts)
    pages.add_run("documents", today(120), status="failed", reason=LONG)
    decided: dict[str, Any] = {"state": "approved", "decided_by": KEY, "decided_at": today()}
    leaves = leaving(KEY, reason=LONG[:40], properties=KEY)
    ask(pages.engine(), "q1", leaves, run=run, asked_at=today(), cause=LONG)
    ask(pages.engine(), "q2", leaves, run=run, asked_at=today(), cause=LONG, **decided)
    pages.sql(
        "INSERT INTO SP_EINGANG (SYSTEM, ART, PORTAL_ID, GRUND) VALUES ('production', 'ticket', ?, ?)", KEY, LONG[:40]
    )
    _stretch_names(pages)
    _talk(pages)
    shipped = (pages.folder / "config" / "production.yaml").read_text(encoding="utf-8")
    pages.configure("production", shipped.replace("verwaltung", LONG) + f"\nuser_teams: [T1, {LONG}]\n")
    return {
        **paths(run), "question": "/approvals/production/q1", "report": f"/reports/history?number={REPORT}",
        "unknown": f"/why/person/{quote(KEY)}",
    }  # fmt: skip


def _stretch_names(pages: Pages) -> None:
    pages.sql("UPDATE SP_MELDUNGSART SET BEZEICHNUNG = ?", LONG)
    pages.sql("UPDATE SP_TEAM SET BEZEICHNUNG = ?", KEY)
    pages.sql("UPDATE SP_OBJEKT SET BEZEICHNUNG = ?", LONG)
    pages.sql(
        "UPDATE SP_MELDUNG SET BETREFF = ?, STATUS = ?, PORTAL_GRUND = ?, OBJEKT_NR = ?, TEAM_NR = 'T1', "
        "PORTAL_GEAENDERT_AM = '2025-11-02 08:15:00', PORTAL_AENDERUNG = 'NEUE_NOTIZ STATUS_GEAENDERT'",
        LONG, LONG[:40], LONG[:60], KEY,
    )  # fmt: skip


def _talk(pages: Pages) -> None:
    """A tenant's report with notes of both sides and a file."""
    pages.sql(
        "INSERT INTO SP_MELDUNG (MELDUNG_NR, BETREFF, MELDUNGSTEXT, HINWEIS, OBJEKT_NR, HERKUNFT, GEMELDET_AM) "
        "VALUES (?, ?, ?, ?, ?, 'PORTAL', '2025-11-02 08:15:00')", REPORT, LONG, LONG * 9, LONG, KEY,
    )  # fmt: skip
    for key, public, origin in (("N-77", "N", None), (KEY, "J", "PORTAL")):
        pages.sql(
            "INSERT INTO SP_NOTIZ (NOTIZ_ID, MELDUNG_NR, TEXT, OEFFENTLICH, HERKUNFT, VERFASSER, ANGELEGT_AM) "
            "VALUES (?, ?, ?, ?, ?, ?, '2025-11-02 09:00:00')", key, REPORT, LONG, public, origin, KEY,
        )  # fmt: skip
    pages.sql(
        "INSERT INTO SP_ANHANG (ANHANG_ID, MELDUNG_NR, NOTIZ_ID, DATEINAME, OEFFENTLICH, HERKUNFT) "
        "VALUES (?, ?, ?, ?, 'J', 'PORTAL')", KEY, REPORT, KEY, LONG,
    )  # fmt: skip


def crowded(pages: Pages) -> Paths:
    """A run that names hundreds of records, and hundreds of reports that wait."""
    entries = [Entry("contact", f"{number:03}.1", Level.INVALID, "NO_NAME") for number in range(MANY)]
    run = pages.add_run("persons", today(60), *entries, read=123_456, invalid=MANY)
    pages.sql(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) "
        "INSERT INTO SP_MELDUNG (MELDUNG_NR, OBJEKT_NR, HERKUNFT, STATUS, GEMELDET_AM, BETREFF) "
        "SELECT printf('SP-%06d', i), '900', 'PORTAL', 'Neu', '2025-11-02 08:15:00', 'Heizung kalt' FROM n", MANY,
    )  # fmt: skip
    where = urlencode({"system": "production", "run": run, "level": "invalid", "reason": "NO_NAME"})
    reports = {"reports": "/reports?property_nr=900", "last reports": f"/reports?property_nr=900&page={MANY // 50}"}
    return {**paths(run), **reports, "records": f"/protocol/records?{where}"}


def emptied(pages: Pages) -> Paths:
    """A new installation: nothing has ever run, and iX-Haus has no records."""
    for view in VIEWS.values():
        if view.name not in ("SP_EINSTELLUNG", "SP_LIZENZ"):
            pages.sql(f"DELETE FROM {view.name}")
    return {**paths(), "person": "/why/person/4711.1"}


def paths(run: str = "") -> Paths:
    """The pages that staff open, with that of a run."""
    found = {name: f"/{name}" for name in ("today", "protocol", "reports", "why", "approvals", "configuration")}
    return found | ({"run": f"/protocol/run?{urlencode({'system': 'production', 'run': run})}"} if run else {})
