"""The page Heute: what waits, is late or is wrong is seen with the first click of a morning, and answered."""

import re
import sqlite3
from datetime import datetime

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import Engine

from include.ixhaus.database import engine_on
from include.lookup.today import RECORDS_SHOWN, SET_ASIDE_SHOWN
from include.sync.protocol import Entry
from include.vocabulary.reasons import explain
from include.vocabulary.state import Level
from include.vocabulary.texts import Language
from tests.lookup.asking import CAUSE, ask, leaving
from tests.pages.accessible import TELEPHONE, too_wide, violations
from tests.pages.moments import column, days_ago, today
from tests.pages.rig import Pages, begun, visit
from tests.pages.test_approvals import shown
from tests.pages.test_why import dags as dags

CANARY = "<script>kanari()</script>"
ODD = 'V-1/4711~ö & "'
"""An id of which every sign means something in an address or a page."""
NAMELESS = RECORDS_SHOWN + 47


def database(pages: Pages) -> Engine:
    return engine_on(lambda: sqlite3.connect(pages.database))


def take_in(pages: Pages, *rows: tuple[str, str, str | None, str | None, datetime]) -> None:
    """Rows of the inbox: record type, id in the portal, key in iX-Haus, reason, first try."""
    for kind, portal_id, erp_id, reason, at in rows:
        pages.sql(
            "INSERT INTO SP_EINGANG (SYSTEM, ART, PORTAL_ID, IXHAUS_ID, GRUND, EMPFANGEN_AM) "
            "VALUES ('production', ?, ?, ?, ?, ?)",
            kind, portal_id, erp_id, reason, column(at),
        )  # fmt: skip


@pytest.fixture
def morning(pages: Pages) -> Pages:
    """A night after which something of everything waits."""
    invalid = [Entry("contact", f"{number:03}.1", Level.INVALID, "NO_NAME") for number in range(NAMELESS)]
    scheduled = f"scheduled__{today().isoformat()}"
    held = Entry("contract", ODD, Level.INVALID, "NO_UNIT")
    run = pages.add_run("persons", today(60), *invalid, held, run_id=scheduled, read=900, invalid=57)
    pages.add_run("objects", days_ago(3), read=20, sent=20)
    pages.add_run("documents", today(60), status="failed", reason="Die Datenbank antwortet nicht.")
    ask(database(pages), "q1", leaving("129.R16.1"), leaving("4711", reason="ORPHAN"), run=run, asked_at=today())
    tried = [("ticket", f"T-{number}", None, "TICKET_ODD", today()) for number in range(SET_ASIDE_SHOWN + 2)]
    take_in(pages, ("ticket", "T-first", None, "TICKET_ODD", days_ago(30)), *tried)
    return pages


def test_each_block_says_what_there_is(morning: Pages) -> None:
    text = shown(morning.get("/today"))
    assert "Personen: 2 Datensätze" in text
    assert CAUSE in text
    assert f"1 × Kontakt wird entfernt: {explain('ORPHAN')}" in text
    assert "Lauf Personen (Zeitplan)" in text
    assert f"{NAMELESS} × {explain('NO_NAME')}" in text
    assert f"Und {NAMELESS - RECORDS_SHOWN} weitere: die ganze Liste" in text
    assert "T-first" in text
    assert "Und 3 weitere, später gekommene." in text
    states = re.findall(r"(Objekte|Personen|Dokumente|Meldungen) (überfällig seit|pünktlich|noch nie gelaufen)", text)
    assert dict(states) == {
        "Objekte": "überfällig seit", "Personen": "pünktlich",
        "Dokumente": "noch nie gelaufen", "Meldungen": "noch nie gelaufen",
    }  # fmt: skip
    assert "gescheitert Lauf Die Datenbank antwortet nicht." in text


def test_where_nothing_waits_each_block_says_so_kindly(pages: Pages) -> None:
    assert pages.get("/").headers["location"] == "/serviceportal/today"
    for language, sentences in (
        ("de", ["Keine Frage wartet.", "In iX-Haus ist nichts zu berichtigen.", "Jede Meldung aus dem Portal",
                "Heute kam noch nichts.", "Heute ging noch nichts hinaus."]),
        ("en", ["No question waits.", "Nothing is to be corrected in iX-Haus.", "Every report of the portal",
                "Nothing has come today yet.", "Nothing has gone out today yet."]),
    ):  # fmt: skip
        text = shown(pages.get("/today", accept_language=language))
        assert [one for one in sentences if one not in text] == []


def test_what_went_over_today_is_counted_and_leads_to_its_report(synced: Pages) -> None:
    ((number,),) = synced.sql("SELECT MELDUNG_NR FROM SP_MELDUNG WHERE PORTAL_STATUS = 'SENT' LIMIT 1")
    tickets, notes = (
        synced.sql(
            "SELECT COUNT(*) FROM SP_ABGLEICH WHERE SYSTEM = 'production' AND ERGEBNIS = 'OK' "
            f"AND ART IN ({kinds}) AND GESENDET_AM >= '2000'"
        )[0][0]
        for kinds in ("'ticket', 'post'", "'comment'")
    )
    moment = column(today())
    synced.sql("UPDATE SP_ABGLEICH SET GESENDET_AM = ? WHERE ERGEBNIS = 'OK'", moment)
    earlier = "SELECT MIN(SCHLUESSEL) FROM SP_ABGLEICH WHERE ART = 'comment' AND ERGEBNIS = 'OK'"
    yesterday = column(days_ago(1))
    synced.sql(f"UPDATE SP_ABGLEICH SET GESENDET_AM = ? WHERE ART = 'comment' AND SCHLUESSEL = ({earlier})", yesterday)
    synced.sql("UPDATE SP_MELDUNG SET BETREFF = ? WHERE PORTAL_STATUS = 'SENT'", CANARY)
    synced.sql("INSERT INTO SP_NOTIZ (NOTIZ_ID, MELDUNG_NR) VALUES ('SP-9', ?)", number)
    gone = ("comment", "K-8", "SP-8", None, today())
    ours = ("ticket", "T-2", "M-2026", None, today())
    before = ("ticket", "T-1", "SP-1", None, days_ago(2))
    take_in(synced, ("comment", "K-9", "SP-9", None, today()), gone, ours, before)
    answer = synced.get("/today")
    text = shown(answer)
    assert tickets
    assert notes > 1
    assert f"Ins Portal gesendet Meldungen: {tickets} · Notizen: {notes - 1} " in text
    assert "Aus dem Portal übernommen Meldungen: 0 · Notizen: 2 " in text
    assert text.count("nicht mehr in iX-Haus") == 1
    assert f"reports/history?system=production&amp;number={number}" in answer.text
    assert CANARY not in answer.text


@pytest.mark.rule("R37")
def test_each_team_leads_from_its_numbers_to_its_reports(morning: Pages, browser: Browser) -> None:
    assert "Meldungen der Teams" not in shown(morning.get("/today"))
    with (morning.folder / "config" / "production.yaml").open("a", encoding="utf-8") as settings:
        settings.write("\nuser_teams: [T1]\n")
    morning.sql("UPDATE SP_MELDUNG SET HERKUNFT = 'PORTAL', STATUS = 'Neu', TEAM_NR = 'T3'")
    numbers = [number for (number,) in morning.sql("SELECT MELDUNG_NR FROM SP_MELDUNG ORDER BY MELDUNG_NR LIMIT 3")]
    morning.sql("UPDATE SP_MELDUNG SET TEAM_NR = 'T1' WHERE MELDUNG_NR IN (?, ?, ?)", *numbers)
    take_in(morning, ("ticket", "T-part", numbers[0], "COMMENTS_UNREADABLE", today()))
    ((name,),) = morning.sql("SELECT BEZEICHNUNG FROM SP_TEAM WHERE TEAM_NR = 'T1'")
    english = shown(morning.get("/today", accept_language="en"))
    assert f"Not wholly taken over {name} 3 0 1" in english
    with visit(browser, morning, "/today") as page:
        page.get_by_role("link", name=f"{name}, Nicht ganz übernommen: 1").click()
        expect(page.get_by_label("nicht ganz übernommen")).to_be_checked()
        expect(page.get_by_label("Team")).to_have_value("T1")
        rows = page.locator("tbody tr")
        expect(rows).to_have_count(1)
        expect(rows).to_contain_text(numbers[0])
        page.get_by_label("nicht ganz übernommen").uncheck()
        page.get_by_role("button", name="Filtern").click()
        expect(rows).to_have_count(3)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("de", ("Heute", "Freigeben: Personen, 2 Datensätze", "Der Lauf ist gestartet.", "Keine Frage wartet.")),
        ("en", ("Today", "Approve: Persons, 2 records", "The run has been started.", "No question waits.")),
    ],
)  # fmt: skip
def test_the_way_of_a_morning(
    morning: Pages, browser: Browser, dags: None, language: Language, words: tuple[str, str, str, str]
) -> None:
    title, approve, started, none_waits = words
    morning.sql("UPDATE SP_FREIGABE SET FREIGABE = ?", f"q{language}")  # one approval starts one run
    morning.sql("UPDATE SP_FREIGABE_SATZ SET FREIGABE = ?", f"q{language}")
    with begun(browser, morning, language) as inside:
        expect(inside.get_by_role("heading", level=1)).to_have_text(title)
        inside.get_by_role("button", name=approve).click()
        expect(inside.get_by_role("status").first).to_contain_text(started)
        inside.get_by_role("navigation").first.get_by_role("link", name=title).click()
        expect(inside.locator("section[aria-labelledby=questions]")).to_contain_text(none_waits)
        reason = inside.locator("details", has_text=explain("NO_UNIT", language))
        link = reason.get_by_role("link")
        expect(link).to_be_hidden()
        reason.locator("summary").click()
        link.click()
        expect(inside.locator("#id")).to_have_value(ODD)
        expect(inside.locator("#kind")).to_have_value("contract")
    assert morning.sql("SELECT ZUSTAND, ENTSCHIEDEN_VON FROM SP_FREIGABE") == [("approved", "clerk")]


def test_who_may_only_look_sees_all_but_the_buttons(morning: Pages) -> None:
    answer = morning.get("/today", "leser")
    assert "Personen: 2 Datensätze" in shown(answer)
    assert "fehlt Ihnen in Airflow das Recht, die Gruppe Personen zu starten" in shown(answer)
    assert 'method="post"' not in answer.text
    assert 'method="post"' in morning.get("/today", "clerk").text


def test_all_records_of_a_reason_are_listed_by_pages(morning: Pages) -> None:
    first, second = (morning.get(f"/today/records?reason=NO_NAME&number={number}") for number in (1, 2))
    assert f"{NAMELESS} Datensätze, Seite 1 von 2" in shown(first)
    seen = re.findall(r'href="/serviceportal/why/person/(\d+\.1)\?system=production"', first.text + second.text)
    assert seen == [f"{number:03}.1" for number in range(NAMELESS)]
    assert "ist nichts mehr zu berichtigen" in shown(morning.get("/today/records?reason=MOVED_OUT"))


def test_a_system_that_is_off_or_wrongly_set_says_so(morning: Pages) -> None:
    morning.sql("UPDATE SP_EINSTELLUNG SET WERT = 'N'")
    text = shown(morning.get("/today"))
    assert f"Zurzeit läuft nichts: {explain('INTERFACE_OFF')}" in text
    assert "überfällig" not in text
    morning.configure("production", "active: maybe")
    assert "config/production.yaml: active" in shown(morning.get("/today?system=production"))
    assert morning.get("/today?system=elsewhere").status == 404


def test_everybody_can_use_it_on_every_screen(morning: Pages, browser: Browser) -> None:
    for width, scheme in ((TELEPHONE, "dark"), (1920, "light")):
        with visit(browser, morning, "/today", width=width, color_scheme=scheme) as page:
            for reason in page.locator("details").all():
                reason.locator("summary").click()
            assert (width, violations(page), too_wide(page)) == (width, [], False)
