"""The page Meldungen: every report with its field Serviceportal, and what happened to it in both directions."""

import re

import pytest
from playwright.sync_api import Browser, expect

from demo.ixhaus import REPORT_CASES
from include.vocabulary.reasons import explain
from include.vocabulary.texts import Language
from tests.pages.accessible import TELEPHONE, serious, too_wide
from tests.pages.rig import Pages, visit

SENT, LOCKED = REPORT_CASES["R44"], REPORT_CASES["R39"]
CANARY = "<script>kanari()</script>"


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


def test_many_reports_come_in_pages(synced: Pages, browser: Browser) -> None:
    synced.sql(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 120) "
        "INSERT INTO SP_MELDUNG (MELDUNG_NR, OBJEKT_NR) SELECT printf('Z%03d', i), '900' FROM n"
    )
    with visit(browser, synced, "/reports?property_nr=900") as page:
        expect(page.get_by_role("status")).to_contain_text("120 Meldungen, Seite 1 von 3")
        page.get_by_role("link", name="Nächste Seite").click()
        page.get_by_role("link", name="Nächste Seite").click()
        expect(page.locator("tbody tr")).to_have_count(20)
        expect(page.get_by_role("link", name="Nächste Seite")).to_have_count(0)


def test_texts_of_ixhaus_are_shown_as_texts_and_stand_in_no_address(synced: Pages) -> None:
    synced.sql("UPDATE SP_MELDUNG SET BETREFF = ?, HINWEIS = ?, STATUS = ?", *[CANARY] * 3)
    synced.sql("UPDATE SP_MELDUNGSART SET BEZEICHNUNG = ?", CANARY)
    for path in ("/reports", f"/reports/history?number={SENT}"):
        text = synced.get(path).text
        assert "<script>kanari" not in text
        assert "&lt;script&gt;kanari" in text
        assert not [address for address in re.findall(r'(?:href|action|src)="([^"]*)"', text) if "kanari" in address]


@pytest.mark.parametrize("path", ["/reports", f"/reports/history?number={SENT}"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_fit_a_telephone_and_a_screen_reader(synced: Pages, browser: Browser, path: str, scheme: str) -> None:
    with visit(browser, synced, path, width=TELEPHONE, color_scheme=scheme) as page:
        assert not too_wide(page)
        assert serious(page) == []


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
    assert "config/production.yaml: colour: there is no such setting" in answer.text
    assert '<option value="test">' in answer.text
    assert synced.get("/reports?system=test").status == 200
    assert synced.get("/why").status == 200


def test_a_page_number_that_is_none_is_refused(synced: Pages) -> None:
    assert synced.get("/reports?page=0").status == 422
    assert synced.get("/reports?page=zwei").status == 422
