"""What axe and a telephone find wrong with a page."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

TELEPHONE = 390


def serious(page: Page) -> list[str]:
    """The serious and critical violations that axe finds: rule and first place."""
    found = Axe().run(page).response["violations"]
    return [f"{one['id']} {one['nodes'][0]['target']}" for one in found if one["impact"] in ("serious", "critical")]


def too_wide(page: Page) -> bool:
    """Whether one has to scroll sideways to read the page."""
    return bool(page.evaluate("document.scrollingElement.scrollWidth > innerWidth"))
