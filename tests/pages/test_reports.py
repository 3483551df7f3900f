"""The page Meldungen: every report with its field Serviceportal, and what happened to it in both directions."""

import re
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, expect

from demo.ixhaus import REPORT_CASES
from include.vocabulary.addresses import PAGES, why_address
from include.vocabulary.reasons import explain
from include.vocabulary.texts import Language
from tests.pages.accessible import TELEPHONE, too_wide, violations
from tests.pages.moments import column, days_ago
from tests.pages.rig import Pages, begun, visit
from tests.pages.test_approvals import shown

SENT, LOCKED = REPORT_CASES["R44"], REPORT_CASES["R39"]
CANARY = "<script>kanari()</script>"
GERMAN = ("Suchworte", "Wartet", "auf uns", "Filtern", "Das Gespräch", "intern", "für beide sichtbar", "Meldungen")
ENGLISH = ("Search words", "Waits", "for us", "Filter", "The conversation", "internal", "both can read it", "Reports")
TEXT = "Seit gestern ist es kalt. " + "Sehr lang und breit. " * 200


@pytest.mark.rule("R50")
@pytest.mark.parametrize(
    ("language", "wish", "status"), [("de", "de-DE", "übertragen"), ("en", "en-GB", "transferred")]
)
def test_each_report_shows_its_status_and_the_reason_in_the_readers_language(
    synced: Pages, browser: Browser, language: Language, wish: str, status: str
) -> None:
    with visit(browser, synced, "/reports", language=wish) as page:
        sent, locked = (
            page.get_by_role("row").filter(has=page.get_by_role("link", name=nr, exact=True)) for nr in (SENT, LOCKED)
        )
        expect(sent).to_contain_text(status)
        expect(sent).to_contain_text(explain("INDIVIDUAL", language))
        expect(locked).to_contain_text(explain("KIND_LOCKED", language))


@pytest.mark.rule("R50")
def test_reports_are_filtered_by_property_status_and_reason_with_the_keyboard(synced: Pages, browser: Browser) -> None:
    with visit(browser, synced, "/reports") as page:
        rows = page.locator("tbody tr")
        page.get_by_label("Objektnummer").fill("301")
        page.keyboard.press("Enter")
        expect(rows).to_have_count(1)
        expect(rows).to_contain_text(explain("PROPERTY_NOT_RELEASED"))
        page.get_by_role("link", name="Filter aufheben").press("Enter")
        expect(page.get_by_label("Objektnummer")).to_have_value("")
        page.get_by_label("Grund").select_option("KIND_LOCKED")
        page.get_by_role("button", name="Filtern").press("Enter")
        expect(rows).to_have_count(1)
        expect(rows).to_contain_text(LOCKED)
        page.get_by_label("Serviceportal").select_option("SENT")
        page.get_by_role("button", name="Filtern").press("Enter")
        expect(page.get_by_role("status")).to_contain_text("Keine Meldung")


@pytest.mark.rule("R49")
def test_a_change_in_the_portal_shows_in_the_portal_columns(synced: Pages, browser: Browser) -> None:
    synced.sql(
        "UPDATE SP_MELDUNG SET PORTAL_GEAENDERT_AM = '2026-11-02 08:15:00', "
        "PORTAL_AENDERUNG = 'NEUE_NOTIZ STATUS_GEAENDERT' WHERE MELDUNG_NR = ?",
        SENT,
    )
    with visit(browser, synced, "/reports") as page:
        row = page.get_by_role("row").filter(has_text=SENT)
        for text in ("02.11.2026 08:15:00", "neue Notiz", "Status geändert"):
            expect(row).to_contain_text(text)


@pytest.mark.rule("R44")
def test_a_report_opens_to_its_history_and_leads_on_to_the_run_and_to_warum(synced: Pages, browser: Browser) -> None:
    with visit(browser, synced, "/reports") as page:
        page.get_by_role("link", name=SENT, exact=True).click()
        expect(page.get_by_role("heading", level=1)).to_have_text(f"Meldung {SENT}")
        rows = page.locator("tbody tr")
        expect(rows).to_have_count(2)  # the ticket and its public note; the internal one never left
        expect(rows.first).to_contain_text("zum Portal")
        address = rows.first.get_by_role("link").last.get_attribute("href")
        assert address == "/dags/casavi_reports/runs/first"
        page.get_by_role("link", name="Warum?", exact=True).last.click()
        expect(page.get_by_role("heading", level=2)).to_contain_text(f"Vorgang {SENT}")


def test_both_ids_of_what_came_from_the_portal_lead_to_warum(asked: Pages) -> None:
    asked.sql(
        "INSERT INTO SP_EINGANG (SYSTEM, ART, PORTAL_ID, IXHAUS_ID, EMPFANGEN_AM) "
        "VALUES ('production', 'comment', 'K-78', 'SP-78', '2025-11-02 10:00:00.000000')"
    )
    text = asked.get("/reports/history?system=production&number=SP-77").text
    for one in ("SP-78", "K-78"):
        assert f'<a href="{why_address("production", "comment", one)}">{one}</a>' in text
        assert asked.get(why_address("production", "comment", one).removeprefix(PAGES)).status in (200, 303)


def test_many_reports_come_in_pages(synced: Pages, browser: Browser) -> None:
    synced.sql(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 120) "
        "INSERT INTO SP_MELDUNG (MELDUNG_NR, OBJEKT_NR) SELECT printf('Z%03d', i), '900' FROM n"
    )
    with visit(browser, synced, "/reports?property_nr=900") as page:
        expect(page.get_by_role("status")).to_contain_text("120 Meldungen, Seite 1 von 3")
        page.get_by_role("link", name="Nächste Seite").click()
        expect(page.get_by_role("status")).to_contain_text("Seite 2 von 3")
        page.get_by_role("link", name="Nächste Seite").click()
        expect(page.locator("tbody tr")).to_have_count(20)
        expect(page.get_by_role("link", name="Nächste Seite")).to_have_count(0)


@pytest.fixture
def asked(synced: Pages) -> Pages:
    """A tenant's report with an internal note of ours, one that has arrived, and a comment since then."""
    synced.sql(
        "INSERT INTO SP_MELDUNG (MELDUNG_NR, BETREFF, MELDUNGSTEXT, OBJEKT_NR, STATUS, HERKUNFT, GEMELDET_AM) "
        f"VALUES ('SP-77', 'Heizung {CANARY}', ?, '129', 'Neu', 'PORTAL', '2025-11-02 08:15:00')", TEXT,
    )  # fmt: skip
    for key, text, public, origin, minute in (
        ("N-77", "Nur für Kollegen.", "N", None, "09:00"),
        ("N-78", "Der Techniker kommt.", "J", None, "10:00"),
        ("SP-78", "Wann denn?", "J", "PORTAL", "11:00"),
    ):
        synced.sql(
            "INSERT INTO SP_NOTIZ (NOTIZ_ID, MELDUNG_NR, TEXT, OEFFENTLICH, HERKUNFT, VERFASSER, ANGELEGT_AM) "
            "VALUES (?, 'SP-77', ?, ?, ?, 'Nora Nordlicht', ?)", key, text, public, origin, f"2025-11-02 {minute}:00",
        )  # fmt: skip
    synced.sql(
        "INSERT INTO SP_ABGLEICH (SYSTEM, ART, SCHLUESSEL, ZUSTAND, AKTION, ERGEBNIS, BESTAETIGT_AM) VALUES "
        "('production', 'comment', 'N-78', 'present', 'create', 'OK', '2025-11-02 09:01:00.000000')"
    )
    synced.sql(
        "INSERT INTO SP_ANHANG (ANHANG_ID, NOTIZ_ID, DATEINAME, OEFFENTLICH, HERKUNFT) "
        "VALUES ('SP-79', 'SP-78', 'Heizkörper.jpg', 'J', 'PORTAL')"
    )
    return synced


@pytest.mark.rule("R1", "R44")
@pytest.mark.parametrize(("language", "words"), [("de", GERMAN), ("en", ENGLISH)])
def test_the_way_from_a_tenants_report_to_its_answer(
    asked: Pages, browser: Browser, language: Language, words: tuple[str, ...]
) -> None:
    search, waits, us, filter_, talk, internal, both, title = words
    with begun(browser, asked, language) as inside:
        inside.get_by_role("navigation").first.get_by_role("link", name=title, exact=True).click()
        rows = inside.locator("tbody tr")
        expect(rows.first).to_contain_text("SP-77")  # what waits for us is first
        inside.get_by_label(search).fill("techniker WANN")
        inside.get_by_label(waits, exact=True).select_option(label=f"{us} (1)")
        inside.get_by_role("button", name=filter_, exact=True).click()
        expect(rows).to_have_count(1)
        expect(rows).to_contain_text(us)
        inside.get_by_role("link", name="SP-77", exact=True).click()
        expect(inside.get_by_role("heading", name=talk)).to_be_visible()
        said = inside.locator("ol.talk > li")
        expect(said).to_have_count(4)
        for place, text in enumerate(("Seit gestern", "Nur für Kollegen.", "Der Techniker kommt.", "Wann denn?")):
            expect(said.nth(place)).to_contain_text(text)
            expect(said.nth(place).locator(".badge").first).to_have_text(internal if place == 1 else both)
        expect(inside.locator("li.inside")).to_have_count(1)
        expect(said.last).to_contain_text("Heizkörper.jpg")
        address = why_address("production", "comment", "N-78")
        expect(said.nth(2).get_by_role("link")).to_have_attribute("href", address)
        inside.get_by_role("link", name=f"← {title}").click()
        expect(rows).to_have_count(1)  # back to what was looked for
        expect(inside.get_by_label(search)).to_have_value("techniker WANN")
    for word in ("techniker", "WANN"):
        assert word not in asked.log()


@pytest.mark.parametrize(
    ("zone", "wish", "time"),
    [("Europe/Berlin", "de-DE", "02.11.2025 08:15"), ("Asia/Tokyo", "en-GB", "2025-11-02 16:15")],
)
def test_times_are_in_the_readers_zone(asked: Pages, browser: Browser, zone: str, wish: str, time: str) -> None:
    with visit(browser, asked, "/reports/history?number=SP-77", language=wish, zone=zone) as page:
        expect(page.locator("ol.talk time").first).to_have_text(time)
        expect(page.locator("[data-zone]")).to_have_text(zone)


def test_every_page_says_its_times_in_the_readers_zone_and_once_which(asked: Pages, browser: Browser) -> None:
    began = datetime(2026, 11, 24, 1, tzinfo=UTC)
    run = asked.add_run("persons", began, status="errors", errors=1)
    of_run = f"/protocol/run?{urlencode({'system': 'production', 'run': run})}"
    for path in ("/today", "/protocol?first=2026-11-24", of_run, "/reports", "/approvals", "/why/ticket/SP-77"):
        with visit(browser, asked, path, zone="Asia/Tokyo") as page:
            expect(page.locator("[data-zone]")).to_have_text("Asia/Tokyo")
            assert (path, page.locator("time[data-zoned]").count()) == (path, 0)
            if path.startswith("/protocol?"):
                links = page.get_by_role("link", name="24.11.2026 10:00")
                assert links.count() == page.locator("a", has_text="24.11.2026 10:00").count() > 1


def test_who_may_only_look_sees_no_texts_and_finds_none(asked: Pages) -> None:
    pages = [asked.get(path, "leser").text for path in ("/reports", "/reports/history?number=SP-77")]
    for text in ("Heizung", "Seit gestern", "Techniker", "Kollegen", "Nora", "Heizk", "Wann denn"):
        assert [one for one in pages if text in one] == []
    assert all("sieht nur, wer in Airflow die Gruppe Meldungen starten darf" in one for one in pages)
    assert "N-77" in pages[1]
    assert 'name="text"' not in pages[0]
    assert asked.submit("/reports", "/reports", {"text": "Techniker"}, "leser").status == 403
    assert asked.submit("/reports", "/reports", {"waiting": "us"}, "leser").status == 303
    found = asked.submit("/reports", "/reports", {"text": "Techniker"}, "clerk").headers["location"]
    assert asked.get(found.removeprefix("/serviceportal"), "leser").status == 403
    subject = shown(asked.get("/today", "leser"))
    assert "Muster-" not in subject


def test_what_is_looked_for_stands_in_no_address(asked: Pages) -> None:
    found = asked.submit("/reports", "/reports", {"text": "Techniker", "team": "-", "age": "7"})
    address = found.headers["location"]
    assert found.status == 303
    assert "team=-" in address
    assert "echniker" not in address
    page = asked.get(address.removeprefix("/serviceportal"))
    assert page.status == 200
    addresses = re.findall(r'(?:href|action|src)="([^"]*)"', page.text)
    assert [one for one in addresses if "echniker" in one] == []
    assert asked.get("/reports?search=Techniker").status == 422


def test_filters_survive_turning_pages(synced: Pages, browser: Browser) -> None:
    synced.sql(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 120) INSERT INTO SP_MELDUNG "
        "(MELDUNG_NR, BETREFF, OBJEKT_NR, TEAM_NR, HERKUNFT, GEMELDET_AM) SELECT printf('Z%03d', i), "
        "'Wasser', CASE WHEN i % 2 THEN '900' ELSE '901' END, 'T1', 'PORTAL', '2020-01-01 10:00:00' FROM n"
    )
    with visit(browser, synced, "/reports") as page:
        page.get_by_label("Suchworte").fill("wasser")
        page.get_by_label("Objektnummer").fill("900")
        page.get_by_label("Team").select_option("T1")
        page.get_by_label("Alter").select_option("90")
        page.get_by_label("Wartet", exact=True).select_option("us")
        page.get_by_role("button", name="Filtern", exact=True).click()
        expect(page.get_by_role("status")).to_contain_text("60 Meldungen, Seite 1 von 2")
        page.get_by_role("link", name="Nächste Seite").click()
        expect(page.locator("tbody tr")).to_have_count(10)
        expect(page.get_by_label("Suchworte")).to_have_value("wasser")
        expect(page.get_by_label("Team")).to_have_value("T1")
        page.get_by_role("link", name="English").click()
        expect(page.get_by_role("status")).to_contain_text("60 reports, page 2 of 2")


def test_the_answer_time_is_shown(asked: Pages) -> None:
    assert "Antwortzeit: keine Antworten in 30 Tagen." in shown(asked.get("/reports"))
    written = days_ago(3)
    at, answered_at = f"{written:%Y-%m-%d %H:%M:%S}", column(written + timedelta(minutes=205))
    asked.sql("UPDATE SP_MELDUNG SET GEMELDET_AM = ? WHERE MELDUNG_NR = 'SP-77'", at)
    asked.sql("UPDATE SP_NOTIZ SET ANGELEGT_AM = ? WHERE NOTIZ_ID IN ('N-78', 'SP-78')", at)
    asked.sql("UPDATE SP_ABGLEICH SET BESTAETIGT_AM = ? WHERE SCHLUESSEL = 'N-78'", answered_at)
    german = "kam innerhalb von 3 Std. 25 Min., 90 % innerhalb von 3 Std. 25 Min. (1 Antwort)"
    assert german in shown(asked.get("/reports"))
    assert "came within 3 h 25 min, 90 % within 3 h 25 min (1 answer)" in shown(
        asked.get("/reports", accept_language="en")
    )


def test_a_page_behind_the_last_leads_back(asked: Pages) -> None:
    page = asked.get("/reports?page=900&property_nr=129")
    assert "So viele Seiten sind es nicht." in shown(page)
    assert 'href="/serviceportal/reports?property_nr=129"' in page.text


def test_texts_of_ixhaus_are_shown_as_texts_and_stand_in_no_address(synced: Pages) -> None:
    synced.sql("UPDATE SP_MELDUNG SET BETREFF = ?, HINWEIS = ?, STATUS = ?", *[CANARY] * 3)
    synced.sql("UPDATE SP_MELDUNGSART SET BEZEICHNUNG = ?", CANARY)
    for path in ("/reports", f"/reports/history?number={SENT}"):
        text = synced.get(path).text
        assert "<script>kanari" not in text
        assert "&lt;script&gt;kanari" in text
        assert not [address for address in re.findall(r'(?:href|action|src)="([^"]*)"', text) if "kanari" in address]


@pytest.mark.parametrize("path", ["/reports", "/reports/history?number=SP-77"])
@pytest.mark.parametrize(("scheme", "width"), [("light", TELEPHONE), ("dark", TELEPHONE), ("light", 1920)])
def test_the_pages_fit_a_telephone_and_a_screen_reader(
    asked: Pages, browser: Browser, path: str, scheme: str, width: int
) -> None:
    with visit(browser, asked, path, width=width, color_scheme=scheme) as page:
        assert not too_wide(page)
        assert violations(page) == []


@pytest.mark.parametrize(
    "path", ["/reports?system=gibtesnicht", "/reports/history?number=gibtesnicht", "/reports/history?number=1&system=x"]
)
def test_what_does_not_exist_is_said_to_be_missing(synced: Pages, path: str) -> None:
    assert synced.get(path).status == 404


@pytest.mark.rule("R7")
def test_of_a_system_whose_settings_are_wrong_the_mistake_is_shown_and_the_other_can_be_chosen(synced: Pages) -> None:
    production = (synced.folder / "config" / "production.yaml").read_text(encoding="utf-8")
    synced.configure("test", f"{production}\nixhaus_connection: ixhaus_production\n")
    synced.configure("production", f"{production}\ncolour: red\n")
    answer = synced.get("/reports")
    assert answer.status == 503
    assert "config/production.yaml: colour: diese Einstellung gibt es nicht" in answer.text
    assert '<option value="test">' in answer.text
    assert synced.get("/reports?system=test").status == 200
    assert synced.get("/why").status == 200


def test_a_page_number_that_is_none_is_refused(synced: Pages) -> None:
    assert synced.get("/reports?page=0").status == 422
    assert synced.get("/reports?page=zwei").status == 422
