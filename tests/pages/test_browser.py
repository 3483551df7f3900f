"""The pages in a real browser: in Airflow's frame, with the keyboard, on a phone, for who does not see them."""

import pytest
from playwright.sync_api import Browser, FrameLocator, Page, expect

from include.sync.protocol import Entry
from include.vocabulary.state import Level
from tests.pages.accessible import violations
from tests.pages.moments import today
from tests.pages.rig import Pages, visit

FRAMED = "/plugin/serviceportal/serviceportal/protocol"
NARROW = 390


@pytest.fixture
def filled(pages: Pages) -> Pages:
    """A protocol with a run of each kind in the last hour."""
    refused = Entry("contact", "P8", Level.ERROR, "REFUSED", "update", 422)
    pages.add_run("persons", today(40), refused, read=1000, sent=3, errors=1, status="errors")
    pages.add_run("objects", today(50), read=20, sent=20, created=20)
    pages.add_run("documents", today(30), status="skipped", reason="Die Lizenz casavi ist nicht aktiv.")
    return pages


def frame(page: Page) -> FrameLocator:
    return page.frame_locator("iframe[title=Serviceportal]")


def addresses(browser: Browser, pages: Pages) -> list[str]:
    """Every page of the navigation, and a run."""
    with visit(browser, pages, "/protocol") as page:
        found = page.locator("header nav:first-of-type a").evaluate_all("links => links.map(link => link.pathname)")
        run = page.locator("#listed tbody th a").nth(1).get_attribute("href")
    return [address.removeprefix("/serviceportal") for address in (*found, run)]


@pytest.mark.parametrize(
    ("width", "language", "scheme"),
    [(1280, "de-DE", "light"), (1280, "en-GB", "dark"), (NARROW, "en-GB", "light"), (NARROW, "de-DE", "dark")],
)
def test_axe_finds_nothing(filled: Pages, browser: Browser, width: int, language: str, scheme: str) -> None:
    for address in addresses(browser, filled):
        with visit(browser, filled, address, language=language, width=width, color_scheme=scheme) as page:
            assert (address, violations(page)) == (address, [])


def test_nothing_sticks_out_on_a_phone(filled: Pages, browser: Browser) -> None:
    for address in addresses(browser, filled):
        with visit(browser, filled, address, width=NARROW) as page:
            scrolling = "[document.documentElement, ...document.querySelectorAll('.scroll')]"
            widths = page.evaluate(f"{scrolling}.map(one => one.scrollWidth - one.clientWidth)")
            assert (address, set(widths)) == (address, {0})


def test_the_table_of_runs_fits_into_airflow_on_a_common_screen(filled: Pages, browser: Browser) -> None:
    for language in ("de-DE", "en-GB"):
        with visit(browser, filled, FRAMED, language=language) as page:
            table = frame(page).locator("#listed .scroll")
            assert table.evaluate("table => table.scrollWidth - table.clientWidth") == 0


def test_the_pages_stand_in_airflows_navigation(filled: Pages, browser: Browser) -> None:
    with visit(browser, filled, "/") as page:
        page.get_by_role("link", name="Serviceportal").click()
        expect(frame(page).get_by_role("heading", level=1)).to_have_text("Heute")


@pytest.mark.rule("R51")
def test_a_new_run_appears_when_the_protocol_is_refreshed(filled: Pages, browser: Browser) -> None:
    with visit(browser, filled, FRAMED) as page:
        rows = frame(page).locator("#listed tbody tr")
        expect(rows).to_have_count(3)
        filled.add_run("reports", today(), sent=4711)
        frame(page).get_by_role("link", name="Protokolleinträge aktualisieren").click()
        expect(rows).to_have_count(4)
        expect(frame(page).locator("#overview")).to_contain_text("4.711")
        expect(frame(page).get_by_role("status")).to_contain_text("Aktualisiert um")


@pytest.mark.rule("R51")
def test_the_protocol_refreshes_by_itself_if_wanted(filled: Pages, browser: Browser) -> None:
    with visit(browser, filled, "/static/style.css") as page:
        page.clock.install()
        page.goto(f"{filled.url}/serviceportal/protocol")
        rows = page.locator("#listed tbody tr")
        filled.add_run("reports", today(), sent=1)
        page.clock.fast_forward(31_000)
        expect(rows).to_have_count(3)
        page.get_by_label("alle 30 Sekunden von selbst").check()
        page.clock.fast_forward(31_000)
        expect(rows).to_have_count(4)


def test_a_refresh_that_fails_says_so_and_leaves_the_page(filled: Pages, browser: Browser) -> None:
    with visit(browser, filled, "/protocol") as page:
        page.route("**/protocol*", lambda route: route.abort())
        page.get_by_role("link", name="Protokolleinträge aktualisieren").click()
        expect(page.get_by_role("status")).to_have_text("Nicht aktualisiert: der Server antwortet nicht.")
        expect(page.locator("#listed tbody tr")).to_have_count(3)


def test_the_filter_works_with_the_keyboard_alone(filled: Pages, browser: Browser) -> None:
    with visit(browser, filled, "/protocol") as page:
        page.keyboard.press("Tab")
        expect(page.locator(".skip")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator("main")).to_be_focused()
        group = page.get_by_label("Gruppe", exact=True)
        for _ in range(60):
            page.keyboard.press("Tab")
            if group.evaluate("field => field === document.activeElement"):
                break
        page.keyboard.type("Objekte")
        page.keyboard.press("Tab")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(page.locator("#listed tbody tr")).to_have_count(1)


def test_a_run_opens_and_leads_to_its_run_in_airflow(filled: Pages, browser: Browser) -> None:
    with visit(browser, filled, FRAMED) as page:
        frame(page).locator("#listed tbody tr", has_text="Personen").get_by_role("link").first.click()
        frame(page).get_by_text("Das Portal hat den Datensatz abgelehnt.").click()
        expect(frame(page).get_by_role("row", name="P8")).to_contain_text("ändern")
        frame(page).get_by_role("link", name="Lauf in Airflow öffnen").click()
        page.wait_for_url("**/dags/casavi_persons/runs/scheduled__**")


def test_a_file_of_the_protocol_can_be_saved_from_within_airflow(filled: Pages, browser: Browser) -> None:
    with visit(browser, filled, FRAMED) as page, page.expect_download() as saved:
        frame(page).get_by_role("link", name="Als CSV speichern").click()
    assert saved.value.suggested_filename.startswith("protokoll-")


def test_the_switch_changes_the_language_of_all_pages(filled: Pages, browser: Browser) -> None:
    with visit(browser, filled, FRAMED) as page:
        frame(page).get_by_role("link", name="English").click()
        expect(frame(page).get_by_role("heading", level=1)).to_have_text("Protocol")
        page.goto(f"{filled.url}{FRAMED}")
        expect(frame(page).get_by_role("heading", level=1)).to_have_text("Protocol")
        expect(frame(page).locator("html")).to_have_attribute("lang", "en")


def test_the_pages_follow_airflows_switch_between_light_and_dark(filled: Pages, browser: Browser) -> None:
    with visit(browser, filled, FRAMED, color_scheme="light") as page:
        expect(frame(page).locator("body")).to_have_css("background-color", "rgb(255, 255, 255)")
        page.get_by_role("button", name="Benutzer").click()
        page.get_by_text("Darstellung").click()
        page.get_by_text("Dunkelmodus").click()
        expect(frame(page).locator("body")).to_have_css("background-color", "rgb(17, 19, 24)")
