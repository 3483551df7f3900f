"""The pages where little is as usual: texts without end, hundreds of rows, nothing at all, a database that is away."""

import re
import sqlite3
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.pages.accessible import TELEPHONE, too_wide, violations
from tests.pages.extremes import LONG, MANY, crowded, emptied, paths, stretched
from tests.pages.rig import Pages, visit
from tests.pages.test_approvals import shown

SCREEN = 1280
AWAY = "Die Datenbank antwortet nicht."
COVERED = """() => {
  const found = [], all = [...document.querySelectorAll("h1, h2, h3")].filter(one => one.checkVisibility());
  for (const one of all) {
    const box = one.getBoundingClientRect();
    if (one.scrollWidth > one.clientWidth) found.push("sticks out: " + one.textContent);
    for (const other of all.slice(all.indexOf(one) + 1)) {
      const its = other.getBoundingClientRect();
      if (its.left < box.right && box.left < its.right && its.top < box.bottom && box.top < its.bottom)
        found.push(one.textContent + " and " + other.textContent);
    }
  }
  return found;
}"""
"""Headings that stick out of their place or lie upon each other."""
CUT = """() => [...document.querySelectorAll("main *")].filter(one =>
  getComputedStyle(one).overflowX === "hidden" && one.clientWidth > 1 && one.scrollWidth > one.clientWidth
).map(one => one.textContent)"""
"""Texts and numbers of which one cannot see the end."""


def flaws(page: Page) -> list[str]:
    """What one cannot read of a page, with all that it folds away."""
    page.evaluate("() => document.querySelectorAll('details').forEach(one => { one.open = true; })")
    sideways = ["too wide"] if too_wide(page) else []
    return [*sideways, *page.evaluate(COVERED), *page.evaluate(CUT)]


def look(
    browser: Browser, pages: Pages, addresses: Mapping[str, str], width: int, scheme: str, language: str = "de-DE"
) -> dict[str, list[str]]:
    """What is wrong with the pages on such a screen: page → flaws."""
    found = {}
    for name, address in addresses.items():
        with visit(browser, pages, address, width=width, color_scheme=scheme, language=language) as page:
            found[name] = flaws(page)
    return {name: wrong for name, wrong in found.items() if wrong}


def some(addresses: Mapping[str, str], names: Iterable[str]) -> dict[str, str]:
    return {name: addresses[name] for name in names}


def test_a_word_without_end_breaks_within_the_page(synced: Pages, browser: Browser) -> None:
    addresses = stretched(synced)
    names = ("today", "protocol", "run", "reports", "report", "question", "unknown", "configuration")
    assert look(browser, synced, some(addresses, names), TELEPHONE, "dark") == {}
    wide = ("today", "protocol", "run", "reports", "report", "approvals", "question")
    assert look(browser, synced, some(addresses, wide), SCREEN, "light", "en-GB") == {}


def test_tables_of_a_few_columns_need_no_scrolling_for_long_keys(synced: Pages, browser: Browser) -> None:
    addresses = stretched(synced)
    for name in ("today", "run", "reports"):
        with visit(browser, synced, addresses[name]) as page:
            page.evaluate("() => document.querySelectorAll('details').forEach(one => { one.open = true; })")
            widths = page.evaluate(
                "() => [...document.querySelectorAll('.scroll')].map(one => one.scrollWidth - one.clientWidth)"
            )
            assert (name, set(widths)) == (name, {0})


def test_hundreds_of_rows_come_by_pages(synced: Pages, browser: Browser) -> None:
    addresses = crowded(synced)
    names = ("today", "run", "records", "reports")
    assert look(browser, synced, some(addresses, names), TELEPHONE, "light") == {}
    assert look(browser, synced, some(addresses, ["last reports"]), SCREEN, "dark") == {}
    for name in ("records", "reports"):
        text = synced.get(addresses[name]).text
        assert (text.count("<tr>") - 1, f"{MANY}" in text, "von 10" in text) == (50, True, True), name
    assert f"{MANY} × Weder Nachname noch Firma ist erfasst." in shown(synced.get(addresses["run"]))


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("de", {
            "today": "Keine Frage wartet.", "protocol": "In den letzten 30 Tagen gab es keinen Lauf.",
            "reports": "In iX-Haus gibt es noch keine Meldung.", "approvals": "Es wurde noch nichts gefragt.",
            "why": "Nachsehen", "person": "Weder iX-Haus noch der Abgleich kennt Person 4711.1.",
            "configuration": "Die Schnittstelle ist eingeschaltet.",
        }),
        ("en", {
            "today": "No question waits.", "protocol": "There was no run in the last 30 days.",
            "reports": "There is no report in iX-Haus yet.", "approvals": "Nothing has been asked yet.",
            "why": "Look it up", "person": "4711.1", "configuration": "The interface is on.",
        }),
    ],
)  # fmt: skip
def test_a_new_installation_says_kindly_that_there_is_nothing(
    pages: Pages, browser: Browser, language: str, words: dict[str, str]
) -> None:
    addresses = emptied(pages)
    texts = {name: shown(pages.get(address, accept_language=language)) for name, address in addresses.items()}
    assert {name: word for name, word in words.items() if word not in texts[name]} == {}
    if language == "de":
        assert look(browser, pages, addresses, TELEPHONE, "light") == {}


def told(pages: Pages, addresses: Iterable[str]) -> dict[str, tuple[int, str]]:
    """Page → status and content, all asked at once."""
    with ThreadPoolExecutor(8) as readers:
        answers = dict(zip(addresses, readers.map(pages.get, addresses), strict=True))
    return {address: (answer.status, answer.text) for address, answer in answers.items()}


def test_without_the_database_each_page_says_so_in_a_sentence(pages: Pages, browser: Browser) -> None:
    pages.database.unlink()
    pages.database.mkdir()
    try:
        answers = told(pages, paths("any").values())
        flawed = look(browser, pages, some(paths(), ["today", "configuration"]), TELEPHONE, "dark")
    finally:
        pages.database.rmdir()
    settings, asks = answers.pop("/configuration"), answers.pop("/why")
    assert flawed == {}
    assert {(status, AWAY in text) for status, text in answers.values()} == {(503, True)}
    assert (settings[0], asks[0]) == (200, 200)  # these two show what they know without it
    texts = " ".join(text for _, text in (*answers.values(), settings, asks))
    assert re.findall("Traceback|sqlite|OperationalError|unable to open", texts) == []


def test_a_database_that_takes_too_long_is_not_waited_for(pages: Pages, browser: Browser) -> None:
    asked = some(paths(), ["today", "protocol", "reports", "approvals"])
    with closing(sqlite3.connect(pages.database)) as locked:
        locked.execute("PRAGMA locking_mode=EXCLUSIVE")
        locked.execute("BEGIN EXCLUSIVE")
        locked.execute("DELETE FROM SP_PROTOKOLL")
        answers = told(pages, asked.values())
        with visit(browser, pages, "/today", width=TELEPHONE) as page:
            expect(page.get_by_role("alert")).to_contain_text(AWAY)
            assert (flaws(page), violations(page)) == ([], [])
        locked.rollback()
    assert {(status, AWAY in text) for status, text in answers.values()} == {(503, True)}


def test_a_mistake_in_the_settings_is_named_on_each_page(pages: Pages, browser: Browser) -> None:
    pages.configure("production", f"active: maybe\n{LONG}: 1\n")
    answers = told(pages, paths().values())
    asks = answers.pop("/why")
    assert asks[0] == 200
    assert {address for address, (_, text) in answers.items() if "config/production.yaml: active" not in text} == set()
    assert "Es wurde noch nichts gefragt" not in answers["/approvals"][1]
    assert look(browser, pages, some(paths(), ["today", "configuration"]), TELEPHONE, "light") == {}
