"""The way from something red to its reason, by mouse, keyboard and telephone: Protokoll, run, reason, Warum?."""

import pytest
from playwright.sync_api import Browser, Page, expect

from include.sync.protocol import Entry
from include.vocabulary.reasons import explain
from include.vocabulary.state import Level
from include.vocabulary.texts import Language
from tests.pages.accessible import TELEPHONE, too_wide, violations
from tests.pages.moments import days_ago, today
from tests.pages.rig import Pages, begun, go_back, visit

LONG = "Die Datenbank antwortet nicht, und zwar seit einer ganzen Weile schon. " * 5


@pytest.fixture
def red(pages: Pages) -> Pages:
    """A group with errors yesterday and today, one that ended without a word, one that failed."""
    errors = [Entry("contact", f"{place:03}.1", Level.ERROR, "REFUSED", "update", 422) for place in range(12)]
    invalid = Entry("contract", "V-1/2", Level.INVALID, "END_BEFORE_START")
    pages.add_run("persons", days_ago(1), errors=40, invalid=3, status="errors")
    pages.add_run("persons", today(9), *errors, invalid, status="errors", errors=12, invalid=1)
    pages.add_run("objects", today(8), sent=20)
    pages.add_run("documents", today(7), status="failed", reason=LONG)
    pages.begin_run("reports", today(6))
    return pages


@pytest.mark.rule("R51")
@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("de", ("Protokoll", "Personen", "mit Fehlern", "Kennung oder Text", "Suchen", "Alle 12 Datensätze ansehen")),
        ("en", ("Protocol", "Persons", "with errors", "Id or text", "Search", "Look at all 12 records")),
    ],
)
def test_the_way_from_a_red_run_to_the_reason_of_one_record(
    red: Pages, browser: Browser, language: Language, words: tuple[str, ...]
) -> None:
    title, group, status, field, search, everything = words
    with begun(browser, red, language, "leser") as inside:
        inside.get_by_role("navigation").first.get_by_role("link", name=title, exact=True).click()
        inside.locator("#listed tbody tr", has_text=group).filter(has_text=status).get_by_role("link").first.click()
        reason = inside.locator("details", has_text=explain("REFUSED", language))
        expect(reason.locator("summary")).to_contain_text("12 ×")
        expect(reason.get_by_role("link", name="003.1")).to_be_hidden()
        reason.locator("summary").press("Enter")
        reason.get_by_role("link", name="003.1").click()
        expect(inside.locator("#id")).to_have_value("003.1")
        expect(inside.locator("#kind")).to_have_value("person")
        go_back(inside)
        reason.locator("summary").click()
        inside.get_by_role("link", name=everything).click()
        expect(inside.locator("tbody tr")).to_have_count(12)
        go_back(inside)
        inside.get_by_label(field).fill("v-1/2")
        inside.get_by_role("button", name=search).click()
        expect(inside.locator("tbody tr")).to_have_count(1)
        expect(inside.locator("tbody tr")).to_contain_text(explain("END_BEFORE_START", language))


def said(page: Page) -> str:
    """What is written below the days of the persons."""
    return page.locator("figure", has_text="Personen").locator("[data-said]").inner_text()


@pytest.mark.rule("R51")
def test_each_day_of_the_chart_is_reached_by_mouse_and_by_keyboard(red: Pages, browser: Browser) -> None:
    this_day, yesterday = (f"{days_ago(ago):%d.%m.%Y}" for ago in (0, 1))
    with visit(browser, red, "/protocol") as page:
        days = page.get_by_role("group", name="Personen: die Pfeiltasten").get_by_role("link")
        expect(days).to_have_count(30)
        assert said(page) == "höchstens 40 in einem Lauf"
        days.nth(28).hover()
        assert said(page) == f"{yesterday}: Fehler 40, zu berichtigen 3"
        days.last.focus()
        assert said(page) == f"{this_day}: Fehler 12, zu berichtigen 1"
        for key in ("Home", "End", "ArrowLeft"):
            page.keyboard.press(key)
        assert said(page) == f"{yesterday}: Fehler 40, zu berichtigen 3"
        page.get_by_role("link", name="Protokolleinträge aktualisieren").evaluate("button => button.click()")
        expect(page.get_by_role("status")).to_contain_text("Aktualisiert um")
        expect(days.nth(28)).to_be_focused()
        page.keyboard.press("Enter")
        page.wait_for_url("**group=persons&notable=true#runs")
        expect(page.locator("#listed tbody tr")).to_have_count(1)


def test_a_run_is_two_lines_on_a_telephone(red: Pages, browser: Browser) -> None:
    with visit(browser, red, "/protocol", width=TELEPHONE, color_scheme="dark") as page:
        rows = page.locator("table.lines tbody tr").all()
        assert len(rows) == 6 + 4
        for row in rows:
            box = row.bounding_box()
            assert box
            assert box["height"] < 65, row.inner_text()
        expect(page.locator("#listed tbody tr", has_text="Meldungen")).to_contain_text("arbeitet nicht mehr")
        expect(page.locator("#listed tbody tr", has_text="Personen")).to_contain_text("Fehler 12")


def test_everybody_can_use_a_run_on_every_screen(red: Pages, browser: Browser) -> None:
    for width in (TELEPHONE, 1920):
        with visit(browser, red, "/protocol", width=width, color_scheme="dark") as page:
            open_all(page)
            assert not too_wide(page)
            page.locator("#listed tbody tr", has_text="Personen").get_by_role("link").first.click()
            expect(page.get_by_role("heading", level=2).first).to_contain_text("Personen")
            open_all(page)
            assert ([] if width > TELEPHONE else violations(page), too_wide(page)) == ([], False)
            page.get_by_role("link", name="Alle 12 Datensätze ansehen").click()
            expect(page.locator("tbody tr")).to_have_count(12)
            assert ([] if width > TELEPHONE else violations(page), too_wide(page)) == ([], False)


def open_all(page: Page) -> None:
    """Open whatever opens."""
    for summary in page.locator("summary").all():
        summary.click()
