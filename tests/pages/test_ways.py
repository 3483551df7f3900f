"""The ways people go, from Airflow's first page to their last click: to a question, to what is missing, to the keys."""

import pytest
from playwright.sync_api import Browser, FrameLocator, expect

from include.vocabulary.reasons import explain
from include.vocabulary.texts import Language
from tests.pages.rig import Pages, begun
from tests.pages.test_approvals import asked as held_back
from tests.pages.test_configuration import ENTRIES, stored
from tests.pages.test_configuration import nothing_stored as nothing_stored
from tests.pages.test_why import dags as dags

PREVIEW = {"de": ("Vorschau", "Der Probelauf ist gestartet"), "en": ("Preview", "The dry run has been started")}
QUESTION = {
    "de": ("Protokoll", "Personen, 3 Datensätze", "Ablehnen", "abgelehnt"),
    "en": ("Protocol", "Persons, 3 records", "Reject", "rejected"),
}
SETTINGS = {
    "de": ("Einstellungen", "Hinterlegen", "Hinterlegt als", "Verbindung prüfen", "ixhaus_test gibt es nicht"),
    "en": ("Settings", "Store", "Stored as", "Check connections", "no Airflow connection ixhaus_test"),
}
DOCTOR = {"de": ("Alles prüfen", "Rundumprüfung"), "en": ("Examine everything", "Doctor")}
both = pytest.mark.parametrize("language", ["de", "en"])


def asked(inside: FrameLocator, kind: str, typed: str) -> None:
    """Ask the page Warum? by keyboard, from whichever page is open."""
    inside.locator("header nav").first.locator("a[href$='/why']").click()
    inside.locator("#kind").select_option(kind)
    inside.locator("#id").fill(typed)
    inside.locator("#id").press("Enter")


def previewed(inside: FrameLocator, reason: str, language: Language) -> None:
    """Read the reason and let a dry run begin."""
    button, started = PREVIEW[language]
    expect(inside.locator("section.card").first).to_contain_text(explain(reason, language))
    inside.get_by_role("button", name=button).click()
    expect(inside.get_by_role("status").first).to_contain_text(started)


@both
def test_the_way_of_a_missing_tenant(synced: Pages, browser: Browser, dags: None, language: Language) -> None:
    ((first, last),) = synced.sql("SELECT VORNAME, NACHNAME FROM SP_PERSON WHERE PERSON_SCHLUESSEL = '129.E1.1'")
    with begun(browser, synced, language) as inside:
        asked(inside, "person", f"{last} {first}".lower())
        inside.get_by_role("link", name="129.E1.1", exact=True).click()
        previewed(inside, "NOT_YET", language)


@both
def test_the_way_of_a_missing_letter(synced: Pages, browser: Browser, dags: None, language: Language) -> None:
    with begun(browser, synced, language) as inside:
        asked(inside, "document", "dok r26 OLD")
        previewed(inside, "DOCUMENT_TOO_OLD", language)


@both
def test_the_way_of_a_question(pages: Pages, browser: Browser, language: Language) -> None:
    title, waits, reject, rejected = QUESTION[language]
    held_back(pages, f"way{language}")
    with begun(browser, pages, language) as inside:
        inside.get_by_role("navigation").first.get_by_role("link", name=title).click()
        inside.locator("#waiting").get_by_role("link", name=waits).click()
        expect(inside.locator("[aria-labelledby=list] tbody tr")).to_have_count(3)
        inside.get_by_role("button", name=reject).click()
        expect(inside.locator("dl.about")).to_contain_text(rejected)
    assert pages.sql("SELECT ZUSTAND, ENTSCHIEDEN_VON FROM SP_FREIGABE") == [("rejected", "clerk")]


@both
@pytest.mark.usefixtures("nothing_stored")
def test_the_way_of_a_first_set_up(pages: Pages, browser: Browser, language: Language) -> None:
    title, store, told, check, missing = SETTINGS[language]
    examine, doctor = DOCTOR[language]
    with begun(browser, pages, language, "admin") as inside:
        inside.get_by_role("navigation").first.get_by_role("link", name=title).click()
        other = inside.get_by_role("link", name="Test", exact=True)
        other.click()
        expect(other).to_have_attribute("aria-current", "page")
        for name, value in ENTRIES.items():
            inside.locator(f"#{name}").fill(value)
        inside.get_by_role("button", name=store).click()
        expect(inside.get_by_role("status")).to_contain_text(told)
        inside.get_by_role("button", name=check).click()
        expect(inside.get_by_role("status")).to_contain_text(missing)
        inside.get_by_role("button", name=examine).click()
        expect(inside.get_by_role("heading", level=1)).to_have_text(doctor)
        expect(inside.locator("main")).to_contain_text("ixhaus_test")
    assert stored() == (ENTRIES["address"], ENTRIES["key"], ENTRIES["secret"])
