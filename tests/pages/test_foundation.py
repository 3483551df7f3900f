"""The pages as a whole: who gets in, what every answer carries, and that they stand in Airflow's navigation."""

import pytest
from playwright.sync_api import Browser

from tests.pages.rig import Pages, visit


def test_nobody_gets_in_without_logging_in(pages: Pages) -> None:
    assert pages.get("/protocol", user=None).status == 401
    assert pages.get("/protocol", user="leser").status == 200


@pytest.mark.parametrize(("wished", "title"), [("de-DE,en;q=0.5", "Protokoll"), ("en-GB,de;q=0.5", "Protocol")])
def test_pages_speak_the_language_of_the_browser(pages: Pages, wished: str, title: str) -> None:
    assert f"<h1>{title}</h1>" in pages.get("/protocol", accept_language=wished).text


def test_the_pages_stand_in_airflows_navigation(pages: Pages, browser: Browser) -> None:
    with visit(browser, pages, "/plugin/serviceportal") as page:
        frame = page.frame_locator("iframe[title=Serviceportal]")
        assert frame.get_by_role("heading", level=1).inner_text() == "Protokoll"
