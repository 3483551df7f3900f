"""The doctor on the page Einstellungen."""

import time

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from tests.pages.rig import Pages, visit
from tests.pages.test_configuration import text_of

# As in test_configuration.py: making a form's token here imports Starlette's test client.
pytestmark = pytest.mark.filterwarnings("ignore:Using `httpx` with `starlette.testclient` is deprecated")
PAGE = "/configuration"
FIELDS = {"system": "production"}


def examined(pages: Pages, language: str = "de") -> str:
    """The page with what was found, however often it has to be asked for."""
    for _ in range(60):
        answer = pages.submit(PAGE, f"{PAGE}/doctor", FIELDS, accept_language=language)
        assert answer.status == 200, answer.text
        if "data-again" not in answer.text:
            return text_of(answer.text)
        time.sleep(0.5)
    raise AssertionError("the examination does not end")


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("de", "Fehler SP_HAUSMEISTER Die Sicht fehlt, ist nicht freigegeben"),
        ("en", "error SP_HAUSMEISTER The view is missing, not granted"),
    ],
)
def test_what_is_wrong_is_named_with_who_mends_it(pages: Pages, language: str, said: str) -> None:
    pages.sql("DROP TABLE SP_HAUSMEISTER")
    pages.sql("UPDATE SP_EINSTELLUNG SET WERT = 'N'")
    page = examined(pages, language)
    assert said in page
    assert ("iX-Haus-Berater" if language == "de" else "iX-Haus consultant") in page
    assert "Schnittstelle.Mieterportal.Aktiv" in page


def test_who_may_only_look_may_not_ask(pages: Pages) -> None:
    assert "configuration/doctor" not in pages.get(PAGE, "leser").text
    token = {"token": pages.token("leser")}
    assert pages.post(f"{PAGE}/doctor", {**FIELDS, **token}, "leser").status == 403


def test_a_click_leads_there_and_axe_finds_nothing(pages: Pages, browser: Browser) -> None:
    with visit(browser, pages, PAGE, language="de-DE") as page:
        page.get_by_role("button", name="Alles prüfen").click()
        page.get_by_role("heading", name="Daten der Sichten").wait_for()
        assert page.evaluate("document.documentElement.scrollWidth") <= 1280
        found = Axe().run(page).response["violations"]
        assert [(one["id"], one["nodes"][0]["html"]) for one in found] == []
