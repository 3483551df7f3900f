"""What axe and a telephone find wrong with a page."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

TELEPHONE = 390


def violations(page: Page) -> list[str]:
    """Whatever axe finds wrong: rule and element."""
    found = Axe().run(page).response["violations"]
    return [f"{one['id']}: {node['html']}" for one in found for node in one["nodes"]]


def too_wide(page: Page) -> bool:
    """Whether one has to scroll sideways to read the page."""
    page.wait_for_function("() => document.scrollingElement")  # a page that is being left, or only comes, has none
    return bool(page.evaluate("document.scrollingElement.scrollWidth > innerWidth"))
